//! Properties of the role decision, over generated groups and mappings.

use proptest::{prelude::*, sample::subsequence};
use uuid::Uuid;

use super::*;
use crate::domain::role::{HeldRole, RoleSource, role_after_sign_in};

fn group(number: u8) -> ObjectId {
    ObjectId::from(Uuid::from_u128(u128::from(number)))
}

fn mapping(number: usize, group_number: u8, role: Role, priority: u8) -> Mapping {
    Mapping {
        id: MappingId::from(Uuid::from_u128(number as u128)),
        group: group(group_number),
        group_name: None,
        role: MappableRole::try_from(role).expect("mappable"),
        priority: Priority::try_from(priority).expect("in range"),
        version: 1,
    }
}

fn any_role() -> impl Strategy<Value = Role> {
    prop::sample::select(&Role::ALL[1..])
}

/// Up to twelve mappings of the groups 0 to 9, with few priorities so that ties are frequent.
fn any_mappings() -> impl Strategy<Value = Vec<Mapping>> {
    prop::collection::vec((0_u8..10, any_role(), 0_u8..4), 0..12).prop_map(|rows| {
        rows.into_iter()
            .enumerate()
            .map(|(number, (group, role, priority))| mapping(number, group, role, priority))
            .collect()
    })
}

fn any_groups() -> impl Strategy<Value = HashSet<ObjectId>> {
    subsequence((0_u8..10).collect::<Vec<_>>(), 0..10)
        .prop_map(|numbers| numbers.into_iter().map(group).collect())
}

proptest! {
    #[test]
    fn the_order_of_rows_does_not_matter(
        groups in any_groups(),
        (mappings, shuffled) in any_mappings().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        prop_assert_eq!(resolve(&groups, &mappings), resolve(&groups, &shuffled));
    }

    #[test]
    fn the_order_of_claims_does_not_matter(
        mappings in any_mappings(),
        (claims, shuffled) in subsequence((0_u8..10).collect::<Vec<_>>(), 0..10)
            .prop_flat_map(|claims| (Just(claims.clone()), Just(claims).prop_shuffle())),
    ) {
        let set = |numbers: Vec<u8>| numbers.into_iter().map(group).collect::<HashSet<_>>();
        prop_assert_eq!(resolve(&set(claims), &mappings), resolve(&set(shuffled), &mappings));
    }

    #[test]
    fn an_unmapped_group_changes_nothing(groups in any_groups(), mappings in any_mappings(), stranger in 10_u8..) {
        let mut more = groups.clone();
        more.insert(group(stranger));
        prop_assert_eq!(resolve(&groups, &mappings), resolve(&more, &mappings));
    }

    #[test]
    fn nobody_becomes_an_owner(groups in any_groups(), mappings in any_mappings(), default in any_role()) {
        let matched = resolve(&groups, &mappings).map(|mapping| (mapping.id, mapping.role));
        let default = MappableRole::try_from(default).expect("mappable");
        let after = role_after_sign_in(None, matched, default);
        prop_assert_ne!(after.role, Role::Owner);
        prop_assert_ne!(after.source, RoleSource::Owner);
    }

    #[test]
    fn the_winner_matches_and_nothing_outranks_it(groups in any_groups(), mappings in any_mappings()) {
        let matching: Vec<_> = mappings.iter().filter(|mapping| groups.contains(&mapping.group)).collect();
        match resolve(&groups, &mappings) {
            None => prop_assert!(matching.is_empty()),
            Some(winner) => {
                prop_assert!(matching.contains(&winner));
                for other in matching {
                    prop_assert!(winner.priority >= other.priority);
                    if winner.priority == other.priority {
                        prop_assert!(winner.role <= other.role, "equal priorities give the less privileged role");
                    }
                }
            }
        }
    }

    #[test]
    fn a_pinned_member_keeps_the_role(groups in any_groups(), mappings in any_mappings(), role in any_role()) {
        let pinned = HeldRole { role, source: RoleSource::Manual };
        let matched = resolve(&groups, &mappings).map(|mapping| (mapping.id, mapping.role));
        prop_assert_eq!(role_after_sign_in(Some(pinned), matched, MappableRole::MEMBER), pinned);
    }
}

#[test]
fn operator_and_member_tie_as_member() {
    let mappings = [mapping(1, 1, Role::Operator, 50), mapping(2, 2, Role::Member, 50)];
    let both = HashSet::from([group(1), group(2)]);
    assert_eq!(
        resolve(&both, &mappings).map(|winner| winner.role.role()),
        Some(Role::Member)
    );
}

#[test]
fn priorities_end_at_a_hundred() {
    assert!(Priority::try_from(100).is_ok());
    assert_eq!(Priority::try_from(101), Err(PriorityOutOfRange));
}
