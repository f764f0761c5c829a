//! One person of a tenant, and the groups that person is in.
//!
//! A person is named by object ID or by an address; two people with one address are no answer. Labels are cleaned. The
//! groups are all of them or an error, as everywhere.
//! <https://learn.microsoft.com/graph/api/user-get> <https://learn.microsoft.com/graph/api/user-list-transitivememberof>

use std::{collections::HashSet, time::Duration};

use serde::Deserialize;
use tokio::time::timeout;

use super::{Directory, WireObject, label, object_id};
use crate::{
    domain::{input, tenant::ObjectId},
    entra::{
        error::EntraError,
        graph::{Pages, Question},
    },
};

const WHAT: &str = "a person of the directory";
const GROUPS: &str = "a person's groups";
const PERSON: &str = "id,displayName,mail,userPrincipalName,accountEnabled,userType";

/// A person as a tenant's directory describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonFound {
    /// Object ID.
    pub id: ObjectId,
    /// Display name; `None` when Microsoft withholds it.
    pub name: Option<String>,
    /// Mail address, else the user principal name.
    pub email: Option<String>,
    /// Whether Microsoft lets the person sign in; true when it does not say.
    pub enabled: bool,
    /// A guest of the tenant.
    pub guest: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePerson {
    id: String,
    display_name: Option<String>,
    mail: Option<String>,
    user_principal_name: Option<String>,
    account_enabled: Option<bool>,
    user_type: Option<String>,
}

impl WirePerson {
    fn person(self) -> Result<PersonFound, EntraError> {
        let address = self
            .mail
            .as_deref()
            .and_then(input::email)
            .or_else(|| label(self.user_principal_name));
        Ok(PersonFound {
            id: object_id(WHAT, &self.id)?,
            name: label(self.display_name),
            email: address,
            enabled: self.account_enabled.unwrap_or(true),
            guest: self.user_type.as_deref() == Some("Guest"),
        })
    }
}

impl Directory<'_> {
    /// The person with this object ID; `None` when the tenant has no such person.
    ///
    /// # Errors
    /// [`EntraError`]: 403 without a permission for people.
    pub async fn person(&self, id: ObjectId) -> Result<Option<PersonFound>, EntraError> {
        self.in_time(WHAT, async {
            let path = [format!("/users/{id}?$select={PERSON}")];
            let found: Vec<Option<WirePerson>> = self.asker().await?.batch(WHAT, &path).await?;
            found
                .into_iter()
                .flatten()
                .next()
                .map(WirePerson::person)
                .transpose()
        })
        .await
    }

    /// The people with this mail address or user principal name, in canonical form; two at most.
    ///
    /// # Errors
    /// [`EntraError`]: 403 without a permission for people.
    pub async fn people_called(&self, address: &str) -> Result<Vec<PersonFound>, EntraError> {
        self.in_time(WHAT, async {
            let text = address.replace('\'', "''");
            let wanted = format!("mail eq '{text}' or userPrincipalName eq '{text}'");
            let options = [
                ("$filter", wanted.as_str()),
                ("$select", PERSON),
                // One more than the one that is hoped for, and its neighbour.
                ("$top", "3"),
            ];
            let question = Question::new(WHAT, self.graph().address_with("v1.0/users", &options));
            let mut asker = self.asker().await?;
            let page = asker.page(&question, question.address.clone()).await?;
            let people: Vec<WirePerson> = page.value;
            people.into_iter().take(2).map(WirePerson::person).collect()
        })
        .await
    }

    /// The groups that a person is in, directly or through other groups, as Microsoft knows them now.
    ///
    /// # Errors
    /// [`EntraError`]: 404 when the tenant has no such person; `TimedOut` when they cannot be read `within` that time.
    pub async fn groups_of(
        &self,
        person: ObjectId,
        within: Duration,
    ) -> Result<HashSet<ObjectId>, EntraError> {
        let reading = async {
            let options = [("$select", "id"), ("$top", "999")];
            let path = format!("v1.0/users/{person}/transitiveMemberOf");
            let question = Question::new(GROUPS, self.graph().address_with(&path, &options));
            let mut asker = self.asker().await?;
            let mut pages = Pages::of(&question);
            while let Some(address) = pages.next_address()? {
                pages.add(asker.page(&question, address).await?)?;
            }
            let objects: Vec<WireObject> = pages.all();
            objects
                .iter()
                .map(|object| object_id(GROUPS, &object.id))
                .collect()
        };
        timeout(within, reading)
            .await
            .unwrap_or(Err(EntraError::TimedOut { what: GROUPS }))
    }
}
