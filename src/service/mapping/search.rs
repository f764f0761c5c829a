//! Groups found by name or by object ID, with what a person must know before choosing one.

use super::{
    check::kind_of,
    reading::{self, Door, Reading},
};
use crate::{
    domain::{
        connection_test::Permitted,
        graph_permission::WHOLE_DIRECTORY,
        id::MappingId,
        input,
        mapping::{GroupKind, Mapping},
        role::MappableRole,
        tenant::ObjectId,
    },
    entra::{EntraError, GroupFound},
    service::{ServiceError, Services},
    storage::Administrator,
};

/// What a search for groups needs. Microsoft would answer other permissions too; the product says which one it asks for.
pub(super) const NEEDED: [&str; 1] = ["Group.Read.All"];
/// Any of these will do.
const ANY_OF: [&str; 2] = [NEEDED[0], WHOLE_DIRECTORY];
/// As many as are shown at once.
const SHOWN: usize = 20;

/// A group that can be chosen, or that is shown and cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Object ID.
    pub id: ObjectId,
    /// Name; `None` while it cannot be looked up.
    pub name: Option<String>,
    /// Kind; `None` while it cannot be looked up.
    pub kind: Option<GroupKind>,
    /// The mapping it has already, and the role that gives.
    pub mapped: Option<(MappingId, MappableRole)>,
}

impl Candidate {
    /// Whether it can be chosen.
    pub fn is_usable(&self) -> bool {
        self.mapped.is_none() && self.kind.is_none_or(GroupKind::is_mappable)
    }
}

/// What a search found, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// The first groups that fit.
    Found {
        /// They.
        groups: Vec<Candidate>,
        /// Whether there are more.
        more: bool,
        /// An object ID was given, and Microsoft has no such group.
        unknown: bool,
    },
    /// Groups cannot be searched; an object ID that was given can be used all the same.
    Closed {
        /// Why.
        why: Reading,
        /// The group of the object ID.
        by_id: Option<Candidate>,
    },
}

/// Finds groups by the beginnings of the words of their names, or the one group with an object ID.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn search(services: &Services, admin: &Administrator, query: &str) -> Result<Search, ServiceError> {
    let mappings = services.store.list_mappings(admin).await?;
    let id = input::guid(query).map(ObjectId::from);
    let closed = |why| Search::Closed {
        why,
        by_id: id.map(|id| unnamed(id, &mappings)),
    };
    let door = match reading::open(services, admin).await? {
        Ok(door) => door,
        Err(why) => return Ok(closed(why)),
    };
    let found = found(&door, query, id).await;
    let refused = match &found {
        Err(Failed::NotPermitted) => true,
        Err(Failed::Entra(error)) => matches!(Reading::after(error, &NEEDED), Reading::NotPermitted(_)),
        Ok(_) => false,
    };
    if refused {
        super::check::note(services, admin, &door, Permitted::Refused).await?;
    }
    Ok(match found {
        Ok((groups, more)) => Search::Found {
            unknown: id.is_some() && groups.is_empty(),
            groups: groups
                .into_iter()
                .map(|group| candidate(group, &mappings))
                .collect(),
            more,
        },
        Err(Failed::NotPermitted) => closed(Reading::NotPermitted(NEEDED.to_vec())),
        Err(Failed::Entra(error)) => {
            tracing::info!(%error, "groups could not be searched");
            closed(Reading::after(&error, &NEEDED))
        }
    })
}

enum Failed {
    NotPermitted,
    Entra(EntraError),
}

impl From<EntraError> for Failed {
    fn from(error: EntraError) -> Self {
        Self::Entra(error)
    }
}

async fn found(
    door: &Door<'_>,
    query: &str,
    id: Option<ObjectId>,
) -> Result<(Vec<GroupFound>, bool), Failed> {
    if door.access().await?.holds_any(&ANY_OF) == Some(false) {
        return Err(Failed::NotPermitted);
    }
    if let Some(id) = id {
        let mut named = door.groups_named(&[id]).await?;
        return Ok((named.remove(&id).flatten().into_iter().collect(), false));
    }
    let mut found = door.search_groups(query).await?;
    let more = found.more || found.groups.len() > SHOWN;
    found.groups.truncate(SHOWN);
    Ok((found.groups, more))
}

fn candidate(group: GroupFound, mappings: &[Mapping]) -> Candidate {
    Candidate {
        kind: Some(kind_of(&group)),
        name: group.name,
        ..unnamed(group.id, mappings)
    }
}

fn unnamed(id: ObjectId, mappings: &[Mapping]) -> Candidate {
    let mapped = mappings.iter().find(|mapping| mapping.group == id);
    Candidate {
        id,
        name: mapped.and_then(|mapping| mapping.group_name.clone()),
        kind: None,
        mapped: mapped.map(|mapping| (mapping.id, mapping.role)),
    }
}
