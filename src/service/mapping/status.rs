//! How a mapping stands, in the order in which it matters to whoever looks at the table.

use super::{MappedGroup, called};
use crate::domain::mapping::{GroupKind, Mapping};

/// One thing to know about a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The group is gone from the tenant; nobody gets a role from it.
    NotFound,
    /// Microsoft sends no such group at sign-in.
    NotSecurity,
    /// Others have the same priority: their groups by name.
    Tie(Vec<String>),
    /// So many people are in it, and others decide for all of them.
    NoEffect(u64),
    /// Nobody is in it.
    Empty,
    /// It had this name before.
    Renamed(String),
    /// Nobody has looked yet.
    NotChecked,
    /// As it should be.
    Ok,
}

impl Status {
    /// The fixed word.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NotSecurity => "not_security",
            Self::Tie(_) => "tie",
            Self::NoEffect(_) => "no_effect",
            Self::Empty => "empty",
            Self::Renamed(_) => "renamed",
            Self::NotChecked => "not_checked",
            Self::Ok => "ok",
        }
    }
}

/// Everything there is to know about a mapping; never nothing.
pub fn statuses(row: &MappedGroup, ties: &[Mapping]) -> Vec<Status> {
    let mut all = Vec::new();
    let found = row.checked.map(|(_, found)| found);
    if found == Some(false) {
        all.push(Status::NotFound);
    } else if row.kind == Some(GroupKind::NotSecurity) {
        all.push(Status::NotSecurity);
    }
    if !ties.is_empty() {
        all.push(Status::Tie(ties.iter().map(called).collect()));
    }
    match row.members.filter(|_| found == Some(true)) {
        Some(members) if members.people == 0 => all.push(Status::Empty),
        Some(members) if members.decides == Some(false) => all.push(Status::NoEffect(members.people)),
        _ => {}
    }
    if let Some(before) = &row.renamed_from {
        all.push(Status::Renamed(before.clone()));
    }
    if found.is_none() {
        all.push(Status::NotChecked);
    }
    if all.is_empty() {
        all.push(Status::Ok);
    }
    all
}
