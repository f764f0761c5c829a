//! Which group mapping decides a role. One function, used wherever a role follows from groups.

mod change;
mod form;

use std::{cmp::Reverse, collections::HashSet};

use serde::{Deserialize, Serialize};

use super::{
    id::MappingId,
    role::{MappableRole, Role},
    tenant::ObjectId,
};

pub use self::{
    change::{Change, Effect, MappingDraft, effect},
    form::{Field, MappingForm, MappingNotice, MappingRefused, Mistake, Wanted},
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

/// All mappings, the one that decides first among those that match before the others.
pub fn ranked(mappings: &[Mapping]) -> Vec<&Mapping> {
    let mut all: Vec<_> = mappings.iter().collect();
    all.sort_by_key(|mapping| Reverse(mapping.rank()));
    all
}

/// The mappings that tie with this one: the same priority and other permissions, so that for somebody in both groups
/// the less privileged role wins. Operator and member have the same permissions, and so have two mappings of one role.
pub fn ties_of<'mappings>(mapping: &Mapping, mappings: &'mappings [Mapping]) -> Vec<&'mappings Mapping> {
    mappings
        .iter()
        .filter(|other| other.id != mapping.id && other.priority == mapping.priority)
        .filter(|other| !other.role.role().permits_the_same_as(mapping.role.role()))
        .collect()
}

/// What kind of group Microsoft says it is. Only groups that are security-enabled stand in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// A security group.
    Security,
    /// A security group that receives mail.
    MailEnabledSecurity,
    /// A Microsoft 365 group that is security-enabled.
    Microsoft365,
    /// A group that no token holds: a distribution list, or a Microsoft 365 group that is not security-enabled.
    NotSecurity,
}

impl GroupKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [
        Self::Security,
        Self::MailEnabledSecurity,
        Self::Microsoft365,
        Self::NotSecurity,
    ];

    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::MailEnabledSecurity => "mail_enabled_security",
            Self::Microsoft365 => "microsoft_365",
            Self::NotSecurity => "not_security",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind of a group by its properties.
    /// <https://learn.microsoft.com/graph/api/resources/groups-overview>
    pub const fn of(security_enabled: bool, mail_enabled: bool, unified: bool) -> Self {
        match (security_enabled, unified, mail_enabled) {
            (false, _, _) => Self::NotSecurity,
            (true, true, _) => Self::Microsoft365,
            (true, false, true) => Self::MailEnabledSecurity,
            (true, false, false) => Self::Security,
        }
    }

    /// Whether a token can hold it, so that a mapping of it has a meaning.
    pub const fn is_mappable(self) -> bool {
        !matches!(self, Self::NotSecurity)
    }
}

#[cfg(test)]
mod tests;
