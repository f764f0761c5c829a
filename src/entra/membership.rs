//! Which groups a person is in.
//!
//! The claim when it holds them all, else Graph. A partial answer is never an answer: an element that is no object ID
//! or a list that goes on elsewhere is an error, because "no groups" would take roles away, and a role must not come
//! from half a list. The address in `_claim_sources` is never called.
//! <https://learn.microsoft.com/graph/api/directoryobject-getmemberobjects>

use std::{collections::HashSet, time::Duration};

use secrecy::SecretString;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;
use tokio::time::timeout;

use super::{error::EntraError, graph::Graph, identity::Identity, metadata::hyphenated_guid};
use crate::domain::tenant::ObjectId;

const WHAT: &str = "the list of a person's groups";

/// The transitive security groups of one person: all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// Object IDs. The claim may also hold directory roles, which no mapping names.
    pub ids: HashSet<ObjectId>,
    /// Where they were read.
    pub from: GroupsFrom,
}

/// Where groups were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupsFrom {
    /// The `groups` claim.
    Token,
    /// Microsoft Graph, since the token could not hold them.
    Graph,
}

impl GroupsFrom {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Graph => "graph",
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    value: Vec<String>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<IgnoredAny>,
}

/// The groups of somebody who has just signed in.
pub(super) async fn groups_of(
    graph: &Graph,
    identity: &Identity,
    access_token: Option<&SecretString>,
    patience: Duration,
) -> Result<Groups, EntraError> {
    let claimed = &identity.groups;
    if claimed.complete {
        return Ok(Groups {
            ids: claimed.ids.clone(),
            from: GroupsFrom::Token,
        });
    }
    let malformed = |why: &str| EntraError::Malformed {
        what: WHAT,
        why: why.to_owned(),
    };
    let token = access_token.ok_or_else(|| malformed("no access token came with the ID token"))?;
    let question = json!({ "securityEnabledOnly": true });
    let asked = graph.ask(WHAT, "v1.0/me/getMemberObjects", &question, token);
    let answer: Answer = timeout(patience, asked)
        .await
        .unwrap_or(Err(EntraError::TimedOut { what: WHAT }))?;
    if answer.next.is_some() {
        return Err(malformed("it goes on elsewhere"));
    }
    let mut ids = answer
        .value
        .iter()
        .map(|id| hyphenated_guid(id).map(ObjectId::from))
        .collect::<Option<HashSet<_>>>()
        .ok_or_else(|| malformed("an element is no object ID"))?;
    ids.extend(&claimed.ids);
    Ok(Groups {
        ids,
        from: GroupsFrom::Graph,
    })
}

#[cfg(test)]
mod tests;
