//! What a change of the mappings does to people, in sentences.

use super::{listed, name};
use crate::{
    domain::{
        mapping::Priority,
        role::{MappableRole, Role},
    },
    text::words,
};

/// So many people become one role for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Became {
    /// How many.
    pub people: usize,
    /// The role.
    pub role: Role,
    /// Where it comes from then, such as `default role`.
    pub from: String,
}

/// The words about changes.
pub struct Changes {
    /// So many people change role; ends in a colon where a list follows.
    pub people: fn(usize, listed: bool) -> String,
    /// The same with what they become.
    pub become_: fn(usize, &[Became]) -> String,
    /// One of them.
    pub one: fn(name: &str, from: Role, to: Role) -> String,
    /// Not all are listed.
    pub shown: fn(usize, of: usize) -> String,
    /// So many people keep their role.
    pub unaffected: fn(u64) -> String,
    /// So many people have no account.
    pub without_account: fn(u64) -> String,
    /// So many people will manage the team.
    pub administrators: fn(u64) -> String,
    /// So many invitations are taken back.
    pub invitations: fn(u64) -> String,
    /// The groups with the same priority, and the role that wins.
    pub tie: fn(&[String], Priority, MappableRole) -> String,
    /// Nobody's membership is known; what can be done all the same.
    pub unknown_add: &'static str,
    /// The same for a mapping that exists.
    pub unknown_edit: &'static str,
    /// The same before one is removed.
    pub unknown_remove: &'static str,
    /// The memberships are those of each person's newest sign-in.
    pub not_now: &'static str,
    /// The memberships of other groups are.
    pub others_not_now: &'static str,
}

words!(Changes);

fn change(count: usize) -> String {
    match count {
        0 => "Nobody changes role at their next sign-in".to_owned(),
        1 => "1 person changes role at their next sign-in".to_owned(),
        count => format!("{count} people change role at their next sign-in"),
    }
}

fn become_(count: usize, groups: &[Became]) -> String {
    let parts: Vec<_> = groups
        .iter()
        .map(|became| {
            let become_ = if became.people == 1 { "becomes" } else { "become" };
            format!(
                "{} {become_} {} ({})",
                became.people,
                name(became.role),
                became.from
            )
        })
        .collect();
    if parts.is_empty() {
        format!("{}.", change(count))
    } else {
        format!("{}: {}.", change(count), parts.join(", "))
    }
}

/// English.
pub(super) static EN: Changes = Changes {
    people: |count, listed| format!("{}{}", change(count), if listed { ":" } else { "." }),
    become_,
    one: |person, from, to| format!("{person}, {} → {}", name(from), name(to)),
    shown: |shown, of| format!("Showing {shown} of {of}."),
    unaffected: |count| match count {
        1 => "1 person stays as they are: owner or set by hand.".to_owned(),
        count => format!("{count} people stay as they are: owner or set by hand."),
    },
    without_account: |count| match count {
        1 => "1 person has no account yet; this doesn't invite them.".to_owned(),
        count => format!("{count} people have no account yet; this doesn't invite them."),
    },
    invitations: |count| match count {
        1 => "1 invitation that nobody has accepted is taken back.".to_owned(),
        count => format!("{count} invitations that nobody has accepted are taken back."),
    },
    administrators: |count| match count {
        1 => "1 person will be able to change settings, mappings and roles.".to_owned(),
        count => format!("{count} people will be able to change settings, mappings and roles."),
    },
    tie: |others, priority, winner| {
        let (has, groups, less) = if others.len() == 1 {
            ("has", "both groups", "less")
        } else {
            ("have", "several of these groups", "least")
        };
        format!(
            "Warning: {} also {has} priority {}. For someone in {groups} the {less} privileged role, {}, wins.",
            listed(others),
            u8::from(priority),
            name(winner)
        )
    },
    unknown_add: "We can't list this group's members, so we can't show who changes. You can still add the mapping.",
    unknown_edit: "We can't list this group's members, so we can't show who changes. You can still save the mapping.",
    unknown_remove: "We can't list this group's members, so we can't show who changes. You can still remove the \
                     mapping.",
    not_now: "We can't list this group's members now. This is from the groups of each person's last sign-in.",
    others_not_now: "We can't list the members of every mapped group now. For the others this is from the groups of \
                     each person's last sign-in.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_counted_in_every_number() {
        assert_eq!(
            (EN.people)(0, false),
            "Nobody changes role at their next sign-in."
        );
        assert_eq!(
            (EN.people)(1, true),
            "1 person changes role at their next sign-in:"
        );
        assert_eq!(
            (EN.people)(3, true),
            "3 people change role at their next sign-in:"
        );
        assert_eq!(
            (EN.administrators)(312),
            "312 people will be able to change settings, mappings and roles."
        );
    }

    #[test]
    fn a_removal_says_what_people_become_and_why() {
        let became = |people, role, from: &str| Became {
            people,
            role,
            from: from.to_owned(),
        };
        assert_eq!(
            become_(
                14,
                &[
                    became(12, Role::Member, "default role"),
                    became(2, Role::Viewer, "SonicSaaS-Viewers"),
                ]
            ),
            "14 people change role at their next sign-in: 12 become Member (default role), 2 become Viewer \
             (SonicSaaS-Viewers)."
        );
        assert_eq!(
            become_(1, &[became(1, Role::Member, "default role")]),
            "1 person changes role at their next sign-in: 1 becomes Member (default role)."
        );
        assert_eq!(become_(0, &[]), "Nobody changes role at their next sign-in.");
    }

    #[test]
    fn a_tie_is_a_warning() {
        let fifty = Priority::try_from(50).expect("a priority");
        let auditor: MappableRole = "auditor".parse().expect("a role");
        let tie = |others: &[&str]| {
            let others: Vec<_> = others.iter().map(|name| (*name).to_owned()).collect();
            (EN.tie)(&others, fifty, auditor)
        };
        assert_eq!(
            tie(&["SonicSaaS-Auditors"]),
            "Warning: SonicSaaS-Auditors also has priority 50. For someone in both groups the less privileged role, \
             Auditor, wins."
        );
        assert_eq!(
            tie(&["A", "B"]),
            "Warning: A and B also have priority 50. For someone in several of these groups the least privileged \
             role, Auditor, wins."
        );
    }
}
