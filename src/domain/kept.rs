//! A role that is kept although nobody could say which groups a person is in.
//!
//! Microsoft's bad day must neither take a role away nor give one. So whoever has a role keeps it for a day after the
//! last time their groups were read; after that, and for new people, there is no answer, and the sign-in is refused.
//! Owners and people whose role was set by hand do not depend on groups at all.

use std::time::Duration;

use super::{
    role::{HeldRole, RoleSource},
    time::Timestamp,
};

/// So long after groups were last read a role that follows from them is kept.
pub const KEPT_FOR: Duration = Duration::from_hours(24);

/// From when the kept role is, and until when it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// When the groups were last read.
    pub from: Timestamp,
    /// After this moment a sign-in without groups is refused.
    pub until: Timestamp,
}

impl Kept {
    /// Of groups that were read at `from`.
    pub fn since(from: Timestamp) -> Self {
        Self {
            from,
            until: from.plus(KEPT_FOR),
        }
    }
}

/// What a sign-in without groups means for somebody's role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutGroups {
    /// The role does not follow from groups.
    Unaffected,
    /// The role of the last reading still holds.
    Stale(Kept),
    /// Nobody can say which role it is.
    Unknown,
}

/// Whether somebody keeps `held` when their groups cannot be read at `now`; they were last read at `read_at`.
pub fn without_groups(held: HeldRole, read_at: Option<Timestamp>, now: Timestamp) -> WithoutGroups {
    if matches!(held.source, RoleSource::Owner | RoleSource::Manual) {
        return WithoutGroups::Unaffected;
    }
    match read_at.map(Kept::since) {
        Some(kept) if now <= kept.until => WithoutGroups::Stale(kept),
        _ => WithoutGroups::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{id::MappingId, role::Role};

    fn held(role: Role, source: RoleSource) -> HeldRole {
        HeldRole { role, source }
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    #[test]
    fn a_role_from_groups_holds_for_a_day_and_not_a_moment_longer() {
        let read = at("2026-03-04T14:02:00Z");
        let kept = Kept {
            from: read,
            until: at("2026-03-05T14:02:00Z"),
        };
        for source in [
            RoleSource::Group(MappingId::from(Uuid::from_u128(1))),
            RoleSource::Default,
            RoleSource::Invitation,
        ] {
            let role = held(Role::Operator, source);
            for now in [read, kept.until] {
                assert_eq!(without_groups(role, Some(read), now), WithoutGroups::Stale(kept));
            }
            let later = kept.until.plus(Duration::from_micros(1));
            assert_eq!(without_groups(role, Some(read), later), WithoutGroups::Unknown);
            assert_eq!(without_groups(role, None, read), WithoutGroups::Unknown);
        }
    }

    #[test]
    fn owners_and_pinned_roles_do_not_depend_on_groups() {
        let now = at("2026-03-04T14:02:00Z");
        for role in [
            held(Role::Owner, RoleSource::Owner),
            held(Role::Viewer, RoleSource::Manual),
        ] {
            for read in [None, Some(now.minus(KEPT_FOR * 40))] {
                assert_eq!(without_groups(role, read, now), WithoutGroups::Unaffected);
            }
        }
    }
}
