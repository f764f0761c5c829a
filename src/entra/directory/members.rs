//! The people of a group as a list to look at: page by page as Microsoft gives them, with what can be read of each.
//!
//! No more than one page is held at a time, so a group of fifty thousand weighs no more than one of a thousand. What
//! Microsoft withholds about a person is `None` and the person stays; what is no person (devices, service principals,
//! contacts, groups) is left out. A page that cannot be read is an error and never the end.
//! <https://learn.microsoft.com/graph/api/group-list-transitivemembers>

use std::time::Duration;

use serde::Deserialize;
use tokio::time::timeout;

use super::{Directory, label, malformed, object_id};
use crate::{
    domain::{input, invitation::Candidate, tenant::ObjectId},
    entra::{
        application::Asker,
        error::EntraError,
        graph::{Pages, Question},
    },
};

const WHAT: &str = "the people of a group";
const PERSON: &str = "#microsoft.graph.user";
const SELECT: &str = "id,displayName,mail,userPrincipalName,accountEnabled,userType";

/// A person in a group, as far as Microsoft lets us read who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupMember {
    /// Object ID.
    pub id: ObjectId,
    /// Display name, cleaned; `None` without a permission for people.
    pub name: Option<String>,
    /// Mail address in canonical form; `None` also when there is none that mail can go to.
    pub mail: Option<String>,
    /// User principal name; a label, never an address.
    pub principal: Option<String>,
    /// Whether the account is switched on.
    pub enabled: Option<bool>,
    /// Whether it is a guest of the tenant.
    pub guest: Option<bool>,
}

impl GroupMember {
    /// Whether Microsoft lets us read who it is. Everybody has a display name, so one that is missing was withheld.
    pub const fn is_readable(&self) -> bool {
        self.name.is_some()
    }

    /// The person as somebody to be invited. What is withheld is not known to be so.
    pub fn candidate(&self) -> Candidate {
        self.clone().into_candidate()
    }

    /// The same of a person of whom nothing else is needed.
    pub fn into_candidate(self) -> Candidate {
        Candidate {
            object: self.id,
            readable: self.is_readable(),
            disabled: self.enabled == Some(false),
            guest: self.guest == Some(true),
            name: self.name,
            email: self.mail,
        }
    }
}

/// One page of a group's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembersPage {
    /// Where this page lies.
    pub address: String,
    /// Its people, in Microsoft's order.
    pub people: Vec<GroupMember>,
    /// How many objects it held in all.
    pub objects: usize,
    /// Where the next page lies; `None` on the last one.
    pub next: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireMember {
    #[serde(rename = "@odata.type")]
    kind: Option<String>,
    id: String,
    display_name: Option<String>,
    mail: Option<String>,
    user_principal_name: Option<String>,
    account_enabled: Option<bool>,
    user_type: Option<String>,
}

#[derive(Deserialize)]
struct WireCount {
    #[serde(rename = "@odata.count")]
    count: Option<u64>,
}

impl WireMember {
    fn member(self) -> Result<Option<GroupMember>, EntraError> {
        let kind = self
            .kind
            .ok_or_else(|| malformed(WHAT, "a member does not say what it is"))?;
        if kind != PERSON {
            return Ok(None);
        }
        Ok(Some(GroupMember {
            id: object_id(WHAT, &self.id)?,
            name: label(self.display_name),
            mail: self.mail.as_deref().and_then(input::email),
            principal: label(self.user_principal_name),
            enabled: self.account_enabled,
            guest: self.user_type.map(|kind| kind.eq_ignore_ascii_case("guest")),
        }))
    }
}

/// The people of a group while they are read.
#[derive(Debug)]
pub struct Members<'entra> {
    asker: Asker<'entra>,
    question: Question,
    pages: Pages<WireMember>,
}

impl<'entra> Directory<'entra> {
    /// The people in this group, directly or through other groups, beginning with its first page or with the page at
    /// `from`, which an earlier page named. Names need a permission for people, the list does not.
    ///
    /// # Errors
    /// [`EntraError`]: `Foreign` when `from` lies elsewhere than at Microsoft, or is not about this group.
    pub async fn members_of(
        &self,
        group: ObjectId,
        from: Option<&str>,
    ) -> Result<Members<'entra>, EntraError> {
        let path = format!("v1.0/groups/{group}/transitiveMembers");
        let options = [("$select", SELECT), ("$top", "999")];
        let first = self.graph().address_with(&path, &options);
        let question = match from {
            None => Question::new(WHAT, first),
            Some(from) => Question::new(WHAT, self.graph().page_of(WHAT, from, &first)?),
        };
        Ok(Members {
            asker: Asker::new(self.means, self.tenant).await?,
            pages: Pages::of(&question),
            question,
        })
    }

    /// About how many people are in this group, directly or through other groups: the count of an index that lags behind.
    ///
    /// # Errors
    /// [`EntraError`].
    pub async fn about_how_many(&self, group: ObjectId) -> Result<Option<u64>, EntraError> {
        self.in_time(WHAT, async {
            let path = format!("v1.0/groups/{group}/transitiveMembers/microsoft.graph.user");
            let options = [("$count", "true"), ("$select", "id"), ("$top", "1")];
            let question = Question::new(WHAT, self.graph().address_with(&path, &options)).in_index();
            let counted: WireCount = self.asker().await?.get(&question).await?;
            Ok(counted.count)
        })
        .await
    }
}

impl Members<'_> {
    /// The next page; `None` when there is none.
    ///
    /// # Errors
    /// [`EntraError`]: `Malformed` for pages that go round or never end, `TimedOut` after `within`.
    pub async fn next(&mut self, within: Duration) -> Result<Option<MembersPage>, EntraError> {
        let Some(address) = self.pages.next_address()? else {
            return Ok(None);
        };
        let asked = self.asker.page::<WireMember>(&self.question, address.clone());
        let page = timeout(within, asked)
            .await
            .unwrap_or(Err(EntraError::TimedOut { what: WHAT }));
        let page = match page {
            Ok(page) => page,
            Err(error) => {
                // It can be asked for again. It is not the end.
                self.pages.put_back(address);
                return Err(error);
            }
        };
        let next = page.next.clone().map(Into::into);
        let objects = page.value.len();
        self.pages.add(page)?;
        let people = self.pages.drain();
        let people = people.filter_map(|member| member.member().transpose());
        Ok(Some(MembersPage {
            address: address.into(),
            people: people.collect::<Result<_, _>>()?,
            objects,
            next,
        }))
    }
}
