//! Why somebody has a role, or would have it: every rule in the order in which it is looked at, and what became of it.
//!
//! The decision itself is made by [`resolve`] and [`role_after_sign_in`] alone; here it is told.

use std::collections::HashSet;

use super::{
    mapping::{Mapping, ranked, resolve, ties_of},
    role::{HeldRole, MappableRole, RoleSource, role_after_sign_in},
    tenant::ObjectId,
};

/// A rule that can decide a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// An owner is never changed by a sign-in.
    Owner,
    /// A role set by hand is pinned.
    ByHand,
    /// A role from an invitation, until a mapping matches.
    Invitation,
    /// A group and its role.
    Mapping(Mapping),
    /// The default role, for everybody else.
    Default(MappableRole),
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The role is this one's.
    Decides,
    /// It does not apply.
    No,
    /// The person is not in the group.
    NotAMember,
    /// The person is in the group too, and another rule decides.
    AlsoAMember,
    /// Whether the person is in the group could not be read.
    NotChecked,
    /// A rule before it has decided.
    NotReached,
    /// It applied until a mapping matched.
    NoLongerUsed,
}

/// One line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The rule.
    pub rule: Rule,
    /// What became of it.
    pub verdict: Verdict,
    /// The groups, by mapping, with the same priority over which the less privileged role won.
    pub ties: Vec<Mapping>,
}

/// A role and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The role.
    pub decided: HeldRole,
    /// Every rule, in the order in which it is looked at.
    pub lines: Vec<Line>,
}

/// Explains the role that somebody in `groups` has after a sign-in; `held` is the role until then, if any.
pub fn explain<S: std::hash::BuildHasher>(
    held: Option<HeldRole>,
    groups: &HashSet<ObjectId, S>,
    mappings: &[Mapping],
    default: MappableRole,
) -> Explanation {
    let winner = resolve(groups, mappings);
    let matched = winner.map(|mapping| (mapping.id, mapping.role));
    let decided = role_after_sign_in(held, matched, default);
    let source = decided.source;
    let fixed = matches!(source, RoleSource::Owner | RoleSource::Manual);
    let simple = |rule, own: RoleSource| Line {
        verdict: if source == own {
            Verdict::Decides
        } else {
            Verdict::No
        },
        rule,
        ties: Vec::new(),
    };
    let mut lines = vec![
        simple(Rule::Owner, RoleSource::Owner),
        simple(Rule::ByHand, RoleSource::Manual),
    ];
    let invited = held.is_some_and(|held| held.source == RoleSource::Invitation);
    let mut invitation = simple(Rule::Invitation, RoleSource::Invitation);
    if invited && source != RoleSource::Invitation {
        invitation.verdict = Verdict::NoLongerUsed;
    }
    lines.push(invitation);
    for mapping in ranked(mappings) {
        let is_in = groups.contains(&mapping.group);
        let is_winner = source == RoleSource::Group(mapping.id);
        let verdict = match (is_winner, is_in) {
            (true, _) => Verdict::Decides,
            (false, false) => Verdict::NotAMember,
            (false, true) => Verdict::AlsoAMember,
        };
        let ties = if is_winner {
            let others = ties_of(mapping, mappings);
            let met = others.into_iter().filter(|other| groups.contains(&other.group));
            met.cloned().collect()
        } else {
            Vec::new()
        };
        lines.push(Line {
            rule: Rule::Mapping(mapping.clone()),
            verdict,
            ties,
        });
    }
    let mut last = simple(Rule::Default(default), RoleSource::Default);
    if last.verdict == Verdict::No && (fixed || winner.is_some() || source == RoleSource::Invitation) {
        last.verdict = Verdict::NotReached;
    }
    lines.push(last);
    Explanation { decided, lines }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{id::MappingId, mapping::Priority, role::Role};

    fn mapping(number: u8, role: Role, priority: u8) -> Mapping {
        Mapping {
            id: MappingId::from(Uuid::from_u128(u128::from(number))),
            group: ObjectId::from(Uuid::from_u128(u128::from(number))),
            group_name: None,
            role: MappableRole::try_from(role).expect("mappable"),
            priority: Priority::try_from(priority).expect("in range"),
            version: 1,
        }
    }

    fn verdicts(held: Option<HeldRole>, groups: &[u8]) -> (Role, Vec<Verdict>) {
        let mappings = [
            mapping(1, Role::Viewer, 10),
            mapping(2, Role::Admin, 90),
            mapping(3, Role::Operator, 50),
            mapping(4, Role::Auditor, 50),
        ];
        let groups: HashSet<_> = groups
            .iter()
            .map(|number| ObjectId::from(Uuid::from_u128(u128::from(*number))))
            .collect();
        let told = explain(held, &groups, &mappings, MappableRole::MEMBER);
        let deciding = told.lines.iter().filter(|line| line.verdict == Verdict::Decides);
        assert_eq!(deciding.count(), 1, "exactly one rule decides");
        (
            told.decided.role,
            told.lines.iter().map(|line| line.verdict).collect(),
        )
    }

    #[test]
    fn the_rules_stand_in_the_order_in_which_they_are_looked_at() {
        use Verdict::{AlsoAMember, Decides, No, NoLongerUsed, NotAMember, NotReached};
        // Owner, by hand, invitation, 90, 50 (less privileged first), 50, 10, default.
        assert_eq!(
            verdicts(None, &[1, 3, 4]),
            (
                Role::Auditor,
                vec![
                    No,
                    No,
                    No,
                    NotAMember,
                    Decides,
                    AlsoAMember,
                    AlsoAMember,
                    NotReached
                ]
            )
        );
        assert_eq!(
            verdicts(None, &[]),
            (
                Role::Member,
                vec![
                    No, No, No, NotAMember, NotAMember, NotAMember, NotAMember, Decides
                ]
            )
        );
        let held = |role, source| Some(HeldRole { role, source });
        assert_eq!(
            verdicts(held(Role::Viewer, RoleSource::Manual), &[2]),
            (
                Role::Viewer,
                vec![
                    No,
                    Decides,
                    No,
                    AlsoAMember,
                    NotAMember,
                    NotAMember,
                    NotAMember,
                    NotReached
                ]
            )
        );
        let invited = held(Role::Admin, RoleSource::Invitation);
        assert_eq!(verdicts(invited, &[]).1[2], Decides);
        assert_eq!(verdicts(invited, &[1]).1[2], NoLongerUsed);
        assert_eq!(verdicts(held(Role::Owner, RoleSource::Owner), &[1]).1[0], Decides);
    }
}
