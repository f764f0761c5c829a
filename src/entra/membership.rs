//! Which groups a person is in.
//!
//! The claim when it holds them all, else Graph, three ways: the person's own token asks for all ids at once; where
//! those are too many for one answer it asks page by page; and where Microsoft refuses the person, the application asks
//! for exactly the person who has just signed in. A partial answer is never an answer: an element that is no object ID,
//! or a list that breaks off, is an error, because "no groups" would take roles away, and a role must not come from half
//! a list. The address in `_claim_sources` is never called.
//! <https://learn.microsoft.com/graph/api/directoryobject-getmemberobjects>
//! <https://learn.microsoft.com/graph/api/user-list-transitivememberof>

use std::collections::HashSet;

use secrecy::SecretString;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;
use tokio::time::timeout;
use url::Url;

use super::{
    application::{Asker, Means},
    error::EntraError,
    graph::{Graph, Page, Pages, Question},
    identity::Identity,
    metadata::hyphenated_guid,
};
use crate::domain::tenant::ObjectId;

const WHAT: &str = "the list of a person's groups";
/// What Graph answers when the ids are too many for one answer.
const TOO_MANY: &str = "Directory_ResultSizeLimitExceeded";

/// The transitive security groups of one person: all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// Object IDs. Claim and pages may also hold directory roles, which no mapping names.
    pub ids: HashSet<ObjectId>,
    /// Where they were read.
    pub from: GroupsFrom,
}

/// Where groups were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupsFrom {
    /// The `groups` claim.
    Token,
    /// Microsoft Graph in one answer, since the token could not hold them.
    Graph,
    /// Microsoft Graph page by page, since one answer could not hold them.
    GraphPages,
    /// Microsoft Graph with the application's own right, since it refused the person's.
    GraphApplication,
}

impl GroupsFrom {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Graph => "graph",
            Self::GraphPages => "graph_pages",
            Self::GraphApplication => "graph_application",
        }
    }
}

/// Nobody gave the whole list of a person's groups. That is never "no groups".
#[derive(Debug, thiserror::Error)]
#[error("asked as the person: {as_person}; asked as the application: {as_application}")]
pub struct GroupsUnread {
    /// Why the person's own question failed.
    pub as_person: EntraError,
    /// Why the application's question failed.
    pub as_application: EntraError,
}

#[derive(Deserialize)]
struct Answer {
    value: Vec<String>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<IgnoredAny>,
}

/// A directory object of which only the id is asked for; everything else may be null.
#[derive(Deserialize)]
struct Object {
    id: String,
}

/// The groups of somebody who has just signed in.
pub(super) async fn groups_of(
    means: Means<'_>,
    identity: &Identity,
    access_token: Option<&SecretString>,
) -> Result<Groups, Box<GroupsUnread>> {
    let claimed = &identity.groups;
    if claimed.complete {
        return Ok(Groups {
            ids: claimed.ids.clone(),
            from: GroupsFrom::Token,
        });
    }
    let late = |_| Err(EntraError::TimedOut { what: WHAT });
    let as_person = timeout(means.patience, by_person(means.graph, access_token));
    let as_person = match as_person.await.unwrap_or_else(late) {
        Ok(groups) => return Ok(with_claimed(groups, &claimed.ids)),
        Err(error) => error,
    };
    tracing::info!(error = %as_person, "Graph did not give a person their groups; the application asks");
    let as_application = timeout(means.patience, by_application(means, identity));
    match as_application.await.unwrap_or_else(late) {
        Ok(groups) => Ok(with_claimed(groups, &claimed.ids)),
        Err(as_application) => Err(Box::new(GroupsUnread {
            as_person,
            as_application,
        })),
    }
}

fn with_claimed(mut groups: Groups, claimed: &HashSet<ObjectId>) -> Groups {
    groups.ids.extend(claimed);
    groups
}

/// The first two ways: with the token of this very sign-in, which is dropped afterwards.
async fn by_person(graph: &Graph, access_token: Option<&SecretString>) -> Result<Groups, EntraError> {
    let token = access_token.ok_or_else(|| malformed("no access token came with the ID token"))?;
    let question = json!({ "securityEnabledOnly": true });
    let asked = graph.ask(WHAT, "v1.0/me/getMemberObjects", &question, token);
    match asked.await {
        Ok(answer) => Ok(Groups {
            ids: whole(answer)?,
            from: GroupsFrom::Graph,
        }),
        Err(EntraError::Refused { error, .. }) if error.error == TOO_MANY => Ok(Groups {
            ids: pages(
                &mut Reader::Person(graph, token),
                &list_at(graph, "v1.0/me/transitiveMemberOf"),
            )
            .await?,
            from: GroupsFrom::GraphPages,
        }),
        Err(error) => Err(error),
    }
}

/// The third way: exactly the person of the ID token just verified, by object ID, in that person's own tenant.
async fn by_application(means: Means<'_>, identity: &Identity) -> Result<Groups, EntraError> {
    let key = identity.key();
    let list = list_at(
        means.graph,
        &format!("v1.0/users/{}/transitiveMemberOf", key.object),
    );
    let mut reader = Reader::Application(Asker::new(means, key.tenant).await?);
    Ok(Groups {
        ids: pages(&mut reader, &list).await?,
        from: GroupsFrom::GraphApplication,
    })
}

/// Who reads a list.
enum Reader<'entra> {
    Person(&'entra Graph, &'entra SecretString),
    Application(Asker<'entra>),
}

impl Reader<'_> {
    async fn page(&mut self, list: &Question, address: Url) -> Result<Page<Object>, EntraError> {
        match self {
            Self::Person(graph, token) => graph.page(list, address, token).await,
            Self::Application(asker) => asker.page(list, address).await,
        }
    }
}

/// A list of directory objects. No cast, no filter, no count: with those Graph asks an index that lags, and breaks off
/// later pages.
fn list_at(graph: &Graph, path: &str) -> Question {
    let options = [("$select", "id"), ("$top", "999")];
    Question::new(WHAT, graph.address_with(path, &options))
}

/// The ids of one answer that must be all of them.
fn whole(answer: Answer) -> Result<HashSet<ObjectId>, EntraError> {
    if answer.next.is_some() {
        return Err(malformed("it goes on elsewhere"));
    }
    answer.value.iter().map(|id| object_id(id)).collect()
}

/// The ids of a list of pages. When a later page breaks, all pages are dropped and the list is read once more from its
/// start; when it breaks again, there is no list.
async fn pages(reader: &mut Reader<'_>, list: &Question) -> Result<HashSet<ObjectId>, EntraError> {
    match all_pages(reader, list).await {
        Err((page, error)) if page > 1 => {
            tracing::info!(page, %error, "a list of groups broke off; it is read once more");
            all_pages(reader, list).await.map_err(|(_, error)| error)
        }
        ended => ended.map_err(|(_, error)| error),
    }
}

/// All pages, or the number of the one that failed.
async fn all_pages(
    reader: &mut Reader<'_>,
    list: &Question,
) -> Result<HashSet<ObjectId>, (usize, EntraError)> {
    let mut pages = Pages::of(list);
    let ended = async {
        while let Some(address) = pages.next_address()? {
            pages.add(reader.page(list, address).await?)?;
        }
        Ok(())
    };
    let ended: Result<(), EntraError> = ended.await;
    let asked = pages.asked();
    let ids = ended.and_then(|()| pages.all().iter().map(|object| object_id(&object.id)).collect());
    ids.map_err(|error| (asked, error))
}

fn object_id(text: &str) -> Result<ObjectId, EntraError> {
    hyphenated_guid(text)
        .map(ObjectId::from)
        .ok_or_else(|| malformed("an element is no object ID"))
}

fn malformed(why: &str) -> EntraError {
    EntraError::Malformed {
        what: WHAT,
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests;
