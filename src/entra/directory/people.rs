//! Who is in a group: the people of it and of all groups inside it, by object ID alone.
//!
//! The whole list or an error: roles and their previews are computed from it, and half a list would say that somebody
//! left. What is no person (devices, service principals, contacts, groups) is left out. Neither a cast nor a count is
//! asked for: with those Graph asks an index that lags behind.
//! <https://learn.microsoft.com/graph/api/group-list-transitivemembers>

use std::time::Duration;

use serde::Deserialize;
use tokio::time::timeout;

use super::{Directory, malformed, object_id};
use crate::{
    domain::tenant::ObjectId,
    entra::{
        error::EntraError,
        graph::{Pages, Question},
    },
};

const WHAT: &str = "a group's members";
const PERSON: &str = "#microsoft.graph.user";

#[derive(Deserialize)]
struct WireMember {
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
    id: String,
}

impl Directory<'_> {
    /// The people in this group, directly or through other groups, in ascending order of their object IDs. It needs
    /// `GroupMember.Read.All`, and no permission for people.
    ///
    /// # Errors
    /// [`EntraError`]: 404 when the tenant has no such group; `TimedOut` when it cannot be read `within` that time.
    pub async fn people_of(&self, group: ObjectId, within: Duration) -> Result<Vec<ObjectId>, EntraError> {
        let reading = async {
            let options = [("$select", "id"), ("$top", "999")];
            let path = format!("v1.0/groups/{group}/transitiveMembers");
            let question = Question::new(WHAT, self.graph().address_with(&path, &options));
            let mut asker = self.asker().await?;
            let mut pages = Pages::of(&question);
            let mut people = Vec::new();
            while let Some(address) = pages.next_address()? {
                pages.add(asker.page(&question, address).await?)?;
                for member in pages.drain() {
                    let member: WireMember = member;
                    let kind = member
                        .kind
                        .ok_or_else(|| malformed(WHAT, "a member does not say what it is"))?;
                    if kind == PERSON {
                        people.push(object_id(WHAT, &member.id)?);
                    }
                }
            }
            people.sort_unstable();
            people.dedup();
            Ok(people)
        };
        timeout(within, reading)
            .await
            .unwrap_or(Err(EntraError::TimedOut { what: WHAT }))
    }

    /// Whether an object ID is a person's. It needs a permission for people.
    ///
    /// # Errors
    /// [`EntraError`]: 403 without such a permission.
    pub async fn is_person(&self, id: ObjectId) -> Result<bool, EntraError> {
        let what = "an object of the directory";
        self.in_time(what, async {
            let path = [format!("/users/{id}?$select=id")];
            let found: Vec<Option<super::WireObject>> = self.asker().await?.batch(what, &path).await?;
            Ok(found.into_iter().flatten().next().is_some())
        })
        .await
    }
}
