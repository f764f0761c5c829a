//! Which group mapping decides a role. One function, used wherever a role follows from groups.

use std::{cmp::Reverse, collections::HashSet};

use serde::{Deserialize, Serialize};

use super::{
    id::MappingId,
    role::{MappableRole, Role},
    tenant::ObjectId,
};

/// 0 to 100; the highest number wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Priority(u8);

impl Priority {
    /// The lowest, and the command line's default.
    pub const LOWEST: Self = Self(0);
}

/// A priority is a whole number from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a priority is a whole number from 0 to 100")]
pub struct PriorityOutOfRange;

impl TryFrom<u8> for Priority {
    type Error = PriorityOutOfRange;

    fn try_from(value: u8) -> Result<Self, Self::Error> {
        if value <= 100 {
            Ok(Self(value))
        } else {
            Err(PriorityOutOfRange)
        }
    }
}

impl From<Priority> for u8 {
    fn from(priority: Priority) -> Self {
        priority.0
    }
}

/// A team's rule: whoever is in this security group gets this role, at this priority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Which mapping.
    pub id: MappingId,
    /// The security group, by its object ID and never by its name.
    pub group: ObjectId,
    /// The group's name when it was last read; a label only.
    pub group_name: Option<String>,
    /// The role it gives.
    pub role: MappableRole,
    /// How it ranks among the mappings that match.
    pub priority: Priority,
    /// Grows with each change; a stale one is a conflict.
    pub version: i64,
}

impl Mapping {
    /// Greater ranks first: the higher priority; then the *less* privileged role; then the older mapping, so that
    /// two mappings of one role do not depend on the order of rows either.
    fn rank(&self) -> (Priority, Reverse<Role>, Reverse<MappingId>) {
        (self.priority, Reverse(self.role.role()), Reverse(self.id))
    }
}

/// The mapping that decides for somebody in `groups`, or `None` when no mapping matches.
///
/// The answer depends neither on the order of the groups nor on that of the mappings.
pub fn resolve<'mappings, S: std::hash::BuildHasher>(
    groups: &HashSet<ObjectId, S>,
    mappings: &'mappings [Mapping],
) -> Option<&'mappings Mapping> {
    mappings
        .iter()
        .filter(|mapping| groups.contains(&mapping.group))
        .max_by_key(|mapping| mapping.rank())
}

#[cfg(test)]
mod tests;
