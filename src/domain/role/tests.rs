//! What roles permit, where they come from, and what a sign-in leaves behind.

use uuid::Uuid;

use super::*;

fn mapping(role: Role) -> (MappingId, MappableRole) {
    (
        MappingId::from(Uuid::from_u128(1)),
        MappableRole::try_from(role).expect("mappable"),
    )
}

fn held(role: Role, source: RoleSource) -> HeldRole {
    HeldRole { role, source }
}

#[test]
fn privilege_follows_the_documented_order() {
    assert!(Role::ALL.is_sorted_by(|left, right| left > right));
}

#[test]
fn owner_is_not_mappable() {
    assert_eq!(MappableRole::try_from(Role::Owner), Err(OwnerNotMappable));
    assert_eq!("owner".parse::<MappableRole>(), Err(UnknownRole));
}

#[test]
fn permissions_are_the_documented_table() {
    use Permission::{Manage, ManageOwners, Operate, Read, ReadAuditLog};
    let table = [
        (
            Role::Owner,
            vec![Read, Operate, Manage, ManageOwners, ReadAuditLog],
        ),
        (Role::Admin, vec![Read, Operate, Manage, ReadAuditLog]),
        (Role::Operator, vec![Read, Operate]),
        (Role::Member, vec![Read, Operate]),
        (Role::Auditor, vec![Read, ReadAuditLog]),
        (Role::Viewer, vec![Read]),
    ];
    for (role, granted) in table {
        for permission in [Read, Operate, Manage, ManageOwners, ReadAuditLog] {
            assert_eq!(
                role.may(permission),
                granted.contains(&permission),
                "{role} {permission:?}"
            );
        }
    }
}

#[test]
fn an_owner_and_a_pinned_role_survive_any_sign_in() {
    for kept in [
        held(Role::Owner, RoleSource::Owner),
        held(Role::Viewer, RoleSource::Manual),
    ] {
        for matched in [None, Some(mapping(Role::Admin))] {
            assert_eq!(
                role_after_sign_in(Some(kept), matched, MappableRole::MEMBER),
                kept
            );
        }
    }
}

#[test]
fn a_mapping_decides_over_default_and_invitation() {
    for before in [
        None,
        Some(held(Role::Member, RoleSource::Default)),
        Some(held(Role::Admin, RoleSource::Invitation)),
    ] {
        let after = role_after_sign_in(before, Some(mapping(Role::Auditor)), MappableRole::MEMBER);
        assert_eq!(after.role, Role::Auditor);
        assert!(matches!(after.source, RoleSource::Group(_)));
    }
}

#[test]
fn an_invited_role_stands_without_a_match_and_is_spent_after_one() {
    let invited = held(Role::Admin, RoleSource::Invitation);
    assert_eq!(
        role_after_sign_in(Some(invited), None, MappableRole::MEMBER),
        invited
    );
    let matched = role_after_sign_in(Some(invited), Some(mapping(Role::Viewer)), MappableRole::MEMBER);
    let later = role_after_sign_in(Some(matched), None, MappableRole::MEMBER);
    assert_eq!(
        later,
        HeldRole {
            role: Role::Member,
            source: RoleSource::Default
        }
    );
}

#[test]
fn sources_survive_storage() {
    let group = RoleSource::Group(MappingId::from(Uuid::from_u128(7)));
    for source in [
        RoleSource::Owner,
        RoleSource::Manual,
        group,
        RoleSource::Default,
        RoleSource::Invitation,
    ] {
        assert_eq!(source.to_string().parse(), Ok(source));
    }
    assert_eq!("group:x".parse::<RoleSource>(), Err(UnknownRoleSource));
}
