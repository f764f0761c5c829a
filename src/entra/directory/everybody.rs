//! Everybody in a group, to be invited.

use serde::Deserialize;

use super::{Directory, EntraError, ObjectId, label, object_id};
use crate::{
    domain::{input, invitation::Candidate},
    entra::graph::{Pages, Question},
};

const WHAT: &str = "everybody in a group";
const SELECT: &str = "id,displayName,mail,accountEnabled,userType";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePerson {
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
    id: String,
    display_name: Option<String>,
    mail: Option<String>,
    account_enabled: Option<bool>,
    user_type: Option<String>,
}

impl Directory<'_> {
    /// Everybody in this group, directly or through other groups.
    ///
    /// # Errors
    /// [`EntraError`].
    pub async fn everybody_in(&self, group: ObjectId) -> Result<Vec<Candidate>, EntraError> {
        let options = [("$top", "999"), ("$select", SELECT)];
        let path = format!("v1.0/groups/{group}/transitiveMembers");
        let question = Question::new(WHAT, self.graph().address_with(&path, &options));
        let mut asker = self.asker().await?;
        let mut pages = Pages::of(&question);
        while let Some(address) = pages.next_address()? {
            pages.add(asker.page(&question, address).await?)?;
        }
        let people = pages.all().into_iter();
        people
            .filter(|person: &WirePerson| person.kind.as_deref() == Some("#microsoft.graph.user"))
            .map(|person| {
                Ok(Candidate {
                    object: object_id(WHAT, &person.id)?,
                    readable: person.display_name.is_some(),
                    name: label(person.display_name),
                    email: person.mail.as_deref().and_then(input::email),
                    disabled: person.account_enabled == Some(false),
                    guest: person.user_type.as_deref() == Some("Guest"),
                })
            })
            .collect()
    }
}
