//! What a change of the mappings does to a person: the role at the next sign-in without it and with it.
//!
//! Both answers come from the two functions that sign people in, [`resolve`] and [`role_after_sign_in`]; a preview that
//! decided in any other way would be a promise that nobody keeps.

use std::collections::HashSet;

use uuid::Uuid;

use super::{Mapping, Priority, resolve};
use crate::domain::{
    id::MappingId,
    role::{HeldRole, MappableRole, role_after_sign_in},
    tenant::ObjectId,
};

/// A mapping that does not exist yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingDraft {
    /// The group.
    pub group: ObjectId,
    /// Its name, where known; a label only.
    pub group_name: Option<String>,
    /// The role it gives.
    pub role: MappableRole,
    /// How it ranks.
    pub priority: Priority,
}

/// A change of a team's mappings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// One more.
    Add(MappingDraft),
    /// Another role or priority for this one.
    Edit {
        /// Which.
        id: MappingId,
        /// The role it gives then.
        role: MappableRole,
        /// How it ranks then.
        priority: Priority,
    },
    /// One less.
    Remove(MappingId),
}

impl Change {
    /// The group whose members the change concerns; `None` when the mapping is not among these.
    pub fn group(&self, mappings: &[Mapping]) -> Option<ObjectId> {
        match self {
            Self::Add(draft) => Some(draft.group),
            Self::Edit { id, .. } | Self::Remove(id) => mappings
                .iter()
                .find(|mapping| mapping.id == *id)
                .map(|mapping| mapping.group),
        }
    }

    /// The mappings after the change. A new one is younger than all others, as it will be.
    pub fn applied(&self, mappings: &[Mapping]) -> Vec<Mapping> {
        let mut after = mappings.to_vec();
        match self {
            Self::Add(draft) => after.push(Mapping {
                id: MappingId::from(Uuid::max()),
                group: draft.group,
                group_name: draft.group_name.clone(),
                role: draft.role,
                priority: draft.priority,
                version: 1,
            }),
            Self::Edit { id, role, priority } => {
                for mapping in after.iter_mut().filter(|mapping| mapping.id == *id) {
                    (mapping.role, mapping.priority) = (*role, *priority);
                }
            }
            Self::Remove(id) => after.retain(|mapping| mapping.id != *id),
        }
        after
    }

    /// The mapping as it will be; `None` when it will be gone.
    pub fn changed<'after>(&self, after: &'after [Mapping]) -> Option<&'after Mapping> {
        let id = match self {
            Self::Add(_) => MappingId::from(Uuid::max()),
            Self::Edit { id, .. } => *id,
            Self::Remove(_) => return None,
        };
        after.iter().find(|mapping| mapping.id == id)
    }
}

/// What a change does to one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The role after the next sign-in, had nothing changed.
    pub from: HeldRole,
    /// The role after the next sign-in.
    pub to: HeldRole,
}

impl Effect {
    /// Whether the person may do other things, or is called otherwise. Another source of the same role is no change.
    pub fn changes_role(&self) -> bool {
        self.from.role != self.to.role
    }
}

/// What becomes of somebody in `groups` when `before` becomes `after`.
pub fn effect<S: std::hash::BuildHasher>(
    held: Option<HeldRole>,
    groups: &HashSet<ObjectId, S>,
    (before, after): (&[Mapping], &[Mapping]),
    default: MappableRole,
) -> Effect {
    let decided = |mappings: &[Mapping]| {
        let matched = resolve(groups, mappings).map(|mapping| (mapping.id, mapping.role));
        role_after_sign_in(held, matched, default)
    };
    Effect {
        from: decided(before),
        to: decided(after),
    }
}
