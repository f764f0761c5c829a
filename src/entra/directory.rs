//! What the application reads in a tenant's directory: groups, members, the organization.
//!
//! This is the access that one customer's consent gives to the whole deployment, so it opens only with the proof that the
//! tenant is the team's own. `service/directory.rs` asks for that proof and is the only caller of
//! [`Entra::read_directory_of`](super::Entra::read_directory_of); a test keeps it so. What Microsoft withholds is `None`,
//! what it answers by halves is an error.

mod members;
mod organization;
mod people;
mod person;

use std::collections::HashMap;

use serde::Deserialize;
use tokio::time::timeout;

pub(super) use self::organization::{WHAT as ORGANIZATION, of_person};
pub use self::{
    members::{GroupMember, Members, MembersPage},
    organization::Organization,
    person::PersonFound,
};
use super::{
    application::{Asker, Means},
    error::EntraError,
    graph::{Graph, Question},
    metadata::hyphenated_guid,
};
use crate::domain::{
    input,
    tenant::{ObjectId, TenantId},
};

/// As many groups as a search shows at once.
const SHOWN: usize = 50;
/// Among so many members there is a person, unless the group is made of other things.
const LOOKED_AT: &str = "20";
const GROUP: &str = "id,displayName,description,mail,groupTypes,securityEnabled,mailEnabled,\
                     membershipRule,onPremisesSyncEnabled";

/// A tenant's directory, as the application may read it.
#[derive(Debug)]
pub struct Directory<'entra> {
    pub(super) means: Means<'entra>,
    pub(super) tenant: TenantId,
}

/// A group as Microsoft describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one property of a group at Microsoft"
)]
pub struct GroupFound {
    /// Object ID.
    pub id: ObjectId,
    /// Display name, cleaned; `None` when Microsoft withholds it.
    pub name: Option<String>,
    /// Description, cleaned.
    pub description: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
    /// Whether it can stand in a token, and so in a mapping.
    pub security_enabled: bool,
    /// Whether it receives mail.
    pub mail_enabled: bool,
    /// A Microsoft 365 group.
    pub unified: bool,
    /// Its members follow a rule.
    pub dynamic: bool,
    /// It comes from a directory on premises.
    pub synchronised: bool,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupsFound {
    /// The first security groups that fit.
    pub groups: Vec<GroupFound>,
    /// Whether there are more than these.
    pub more: bool,
}

/// Somebody in a group, seen to learn whether people's names can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberSeen {
    /// Object ID.
    pub id: ObjectId,
    /// Whether Microsoft gave the name. Without a permission for people it answers with the ID alone, and never refuses.
    pub name_readable: bool,
}

#[derive(Deserialize)]
struct WireObject {
    id: String,
}

/// Of a group; a search asks for all of it, a look for a name for less.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireGroup {
    id: String,
    display_name: Option<String>,
    description: Option<String>,
    mail: Option<String>,
    group_types: Option<Vec<String>>,
    security_enabled: Option<bool>,
    mail_enabled: Option<bool>,
    membership_rule: Option<String>,
    on_premises_sync_enabled: Option<bool>,
}

#[derive(Deserialize)]
struct WireMember {
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
    id: String,
    #[serde(rename = "displayName")]
    name: Option<String>,
}

impl WireGroup {
    fn group(self, what: &'static str) -> Result<GroupFound, EntraError> {
        let kinds = self.group_types.unwrap_or_default();
        let is = |wanted: &str| kinds.iter().any(|kind| kind == wanted);
        Ok(GroupFound {
            id: object_id(what, &self.id)?,
            name: label(self.display_name),
            description: label(self.description),
            mail: label(self.mail),
            security_enabled: self.security_enabled.unwrap_or_default(),
            mail_enabled: self.mail_enabled.unwrap_or_default(),
            unified: is("Unified"),
            dynamic: is("DynamicMembership") || self.membership_rule.is_some(),
            synchronised: self.on_premises_sync_enabled.unwrap_or_default(),
        })
    }
}

impl Directory<'_> {
    /// Some group of the tenant, to learn whether groups can be read; `None` when it has none.
    ///
    /// # Errors
    /// [`EntraError`]: 403 without the permission, 401 `Authorization_IdentityNotFound` while a consent is on its way.
    pub async fn any_group(&self) -> Result<Option<ObjectId>, EntraError> {
        let what = "a tenant's groups";
        self.in_time(what, async {
            let options = [("$top", "1"), ("$select", "id")];
            let question = Question::new(what, self.graph().address_with("v1.0/groups", &options));
            let mut asker = self.asker().await?;
            let page = asker.page(&question, question.address.clone()).await?;
            let groups: Vec<WireObject> = page.value;
            groups.first().map(|group| object_id(what, &group.id)).transpose()
        })
        .await
    }

    /// What these groups are called and what kind they are; `None` for one that the tenant does not have (any more).
    ///
    /// # Errors
    /// [`EntraError`]; also when a single one of them gives no answer.
    pub async fn groups_named(
        &self,
        ids: &[ObjectId],
    ) -> Result<HashMap<ObjectId, Option<GroupFound>>, EntraError> {
        let what = "the names of groups";
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        self.in_time(what, async {
            let select = "$select=id,displayName,securityEnabled,mailEnabled,groupTypes";
            let paths: Vec<_> = ids.iter().map(|id| format!("/groups/{id}?{select}")).collect();
            let found: Vec<Option<WireGroup>> = self.asker().await?.batch(what, &paths).await?;
            let pair = |(id, group): (&ObjectId, Option<WireGroup>)| {
                let group = group.map(|group| group.group(what)).transpose()?;
                if group.as_ref().is_some_and(|group| group.id != *id) {
                    return Err(malformed(what, "an answer is about another group"));
                }
                Ok((*id, group))
            };
            ids.iter().zip(found).map(pair).collect()
        })
        .await
    }

    /// A person in this group, directly or through other groups; `None` when there is none among its first members.
    ///
    /// # Errors
    /// [`EntraError`]: 404 when the tenant has no such group.
    pub async fn first_member(&self, group: ObjectId) -> Result<Option<MemberSeen>, EntraError> {
        let what = "a group's members";
        self.in_time(what, async {
            let options = [("$top", LOOKED_AT), ("$select", "id,displayName")];
            let path = format!("v1.0/groups/{group}/transitiveMembers");
            let question = Question::new(what, self.graph().address_with(&path, &options));
            let mut asker = self.asker().await?;
            let page = asker.page(&question, question.address.clone()).await?;
            let members: Vec<WireMember> = page.value;
            let person = members
                .into_iter()
                .find(|member| member.kind.as_deref() == Some("#microsoft.graph.user"));
            let seen = |member: WireMember| {
                Ok(MemberSeen {
                    id: object_id(what, &member.id)?,
                    name_readable: member.name.is_some(),
                })
            };
            person.map(seen).transpose()
        })
        .await
    }

    /// The groups of every kind whose names hold every word of `text`, as words or as their beginnings; Microsoft searches
    /// by words and never within one. Its index lags behind by moments.
    ///
    /// # Errors
    /// [`EntraError`].
    pub async fn search_groups(&self, text: &str) -> Result<GroupsFound, EntraError> {
        let what = "a search for groups";
        let text = input::label(text);
        if text.is_empty() {
            return Ok(GroupsFound::default());
        }
        self.in_time(what, async {
            let clause = format!("\"displayName:{}\"", escaped(&text));
            let options = [
                ("$search", clause.as_str()),
                ("$select", GROUP),
                ("$top", &SHOWN.to_string()),
                ("$count", "true"),
            ];
            let address = self.graph().address_with("v1.0/groups", &options);
            let question = Question::new(what, address).in_index();
            let mut asker = self.asker().await?;
            let page = asker.page(&question, question.address.clone()).await?;
            let more = page.next.is_some();
            let groups = page.value.into_iter().map(|group: WireGroup| group.group(what));
            let groups = groups.collect::<Result<_, _>>()?;
            Ok(GroupsFound { groups, more })
        })
        .await
    }

    /// The organization itself; `None` when its administrator did not permit reading it, which is the usual case.
    ///
    /// # Errors
    /// [`EntraError::ForeignTenant`] when the answer is about another tenant.
    pub async fn organization(&self) -> Result<Option<Organization>, EntraError> {
        self.in_time(organization::WHAT, async {
            let mut asker = self.asker().await?.bearing_denial();
            let permitted = asker.access().holds_any(&organization::PERMISSIONS);
            if permitted == Some(false) {
                return Ok(None);
            }
            match asker.get(&organization::question(self.graph())).await {
                Err(EntraError::Refused { status: 403, .. }) => Ok(None),
                ended => organization::read(ended?, self.tenant).map(Some),
            }
        })
        .await
    }

    fn graph(&self) -> &Graph {
        self.means.graph
    }

    async fn asker(&self) -> Result<Asker<'_>, EntraError> {
        Asker::new(self.means, self.tenant).await
    }

    async fn in_time<T>(
        &self,
        what: &'static str,
        asking: impl Future<Output = Result<T, EntraError>>,
    ) -> Result<T, EntraError> {
        timeout(self.means.patience, asking)
            .await
            .unwrap_or(Err(EntraError::TimedOut { what }))
    }
}

/// A text inside the double quotes of `$search`.
/// <https://learn.microsoft.com/graph/search-query-parameter>
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// What stands in the directory, cleaned; nothing when nothing is left.
fn label(text: Option<String>) -> Option<String> {
    let label = input::label(&text?);
    (!label.is_empty()).then_some(label)
}

fn object_id(what: &'static str, text: &str) -> Result<ObjectId, EntraError> {
    hyphenated_guid(text)
        .map(ObjectId::from)
        .ok_or_else(|| malformed(what, "an element is no object ID"))
}

fn malformed(what: &'static str, why: &str) -> EntraError {
    EntraError::Malformed {
        what,
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests;
