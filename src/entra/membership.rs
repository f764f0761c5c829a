//! Which groups a person is in.
//!
//! The claim when it holds them all, else Graph, three ways: the person's own token asks for all ids at once; where
//! those are too many for one answer it asks page by page; and where Microsoft refuses the person, the application asks
//! for exactly the person who has just signed in. A partial answer is never an answer: an element that is no object ID,
//! or a list that breaks off, is an error, because "no groups" would take roles away, and a role must not come from half
//! a list. The address in `_claim_sources` is never called.
//! <https://learn.microsoft.com/graph/api/directoryobject-getmemberobjects>
//! <https://learn.microsoft.com/graph/api/user-list-transitivememberof>

use std::{collections::HashSet, time::Duration};

use secrecy::SecretString;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;
use tokio::time::timeout;
use url::Url;

use super::{
    application::ApplicationTokens, error::EntraError, flow::Flow, graph::Graph, http::Zone,
    identity::Identity, metadata::Authority, metadata::hyphenated_guid,
};
use crate::domain::tenant::ObjectId;

const WHAT: &str = "the list of a person's groups";
/// As many pages of 999 as nobody's groups fill. A list that goes on longer has no end.
const MOST_PAGES: usize = 500;
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

/// What a question about groups is asked with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Means<'entra> {
    pub(super) graph: &'entra Graph,
    pub(super) tokens: &'entra ApplicationTokens,
    pub(super) flow: &'entra Flow,
    pub(super) login: &'entra Zone,
    pub(super) authority: &'entra Authority,
    /// For each of the two who ask: the person, and the application.
    pub(super) patience: Duration,
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
            ids: pages(graph, &graph.address("v1.0/me/transitiveMemberOf"), token).await?,
            from: GroupsFrom::GraphPages,
        }),
        Err(error) => Err(error),
    }
}

/// The third way: exactly the person of the ID token just verified, by object ID, in that person's own tenant.
async fn by_application(means: Means<'_>, identity: &Identity) -> Result<Groups, EntraError> {
    let key = identity.key();
    let address = means
        .graph
        .address(&format!("v1.0/users/{}/transitiveMemberOf", key.object));
    let token = || {
        means
            .tokens
            .of(key.tenant, means.flow, means.login, means.authority)
    };
    let first = token().await?;
    let asked = pages(means.graph, &address, &first.token).await;
    let ids = match asked {
        // A kept token may have lost its worth, by a consent just given or withdrawn.
        Err(EntraError::Refused {
            status: 401 | 403, ..
        }) => {
            means.tokens.drop_of(key.tenant, &first).await;
            let second = token().await?;
            pages(means.graph, &address, &second.token).await?
        }
        ended => ended?,
    };
    Ok(Groups {
        ids,
        from: GroupsFrom::GraphApplication,
    })
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
async fn pages(graph: &Graph, address: &Url, token: &SecretString) -> Result<HashSet<ObjectId>, EntraError> {
    // No cast, no filter, no count: with those Graph asks an index that lags, and breaks off later pages.
    let mut first = address.clone();
    first.set_query(Some("$select=id&$top=999"));
    match all_pages(graph, first.clone(), token).await {
        Err((page, error)) if page > 1 => {
            tracing::info!(page, %error, "a list of groups broke off; it is read once more");
            all_pages(graph, first, token).await.map_err(|(_, error)| error)
        }
        ended => ended.map_err(|(_, error)| error),
    }
}

/// All pages, or the number of the one that failed.
async fn all_pages(
    graph: &Graph,
    first: Url,
    token: &SecretString,
) -> Result<HashSet<ObjectId>, (usize, EntraError)> {
    let mut ids = HashSet::new();
    let mut seen = HashSet::new();
    let mut address = first;
    for number in 1..=MOST_PAGES {
        let failed = |error| (number, error);
        if !seen.insert(address.clone()) {
            return Err(failed(malformed("its pages go round in a circle")));
        }
        let page = graph.page(WHAT, address, token).await.map_err(failed)?;
        for object in page.value {
            let Object { id } = object;
            ids.insert(object_id(&id).map_err(failed)?);
        }
        match page.next {
            Some(next) => address = next,
            None => return Ok(ids),
        }
    }
    Err((MOST_PAGES, malformed("it has no end")))
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
