//! The committed seed says what the demo and the tests rely on.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::Seed;
use crate::directory::{Directory, Tenant};

fn directory() -> Directory {
    Seed::contoso()
        .directory()
        .expect("the seed names only what it holds")
}

fn named<'a>(directory: &'a Directory, name: &str) -> &'a Tenant {
    directory
        .tenants
        .iter()
        .find(|tenant| tenant.name == name)
        .expect(name)
}

fn contoso(directory: &Directory) -> &Tenant {
    named(directory, "Contoso")
}

fn group_count(tenant: &Tenant, person: &str) -> usize {
    tenant
        .transitive_groups(tenant.user_named(person).expect(person).id)
        .len()
}

#[test]
fn every_object_has_an_id_of_its_own() {
    for tenant in directory().tenants {
        let ids = tenant
            .users
            .iter()
            .map(|user| user.id)
            .chain(tenant.groups.iter().map(|group| group.id));
        let ids = ids
            .chain(tenant.roles.iter().map(|role| role.id))
            .collect::<Vec<_>>();
        assert_eq!(
            ids.len(),
            ids.iter().collect::<BTreeSet<&Uuid>>().len(),
            "{}",
            tenant.name
        );
    }
}

#[test]
fn people_are_in_as_many_groups_as_the_tests_expect() {
    let directory = directory();
    let contoso = contoso(&directory);
    assert_eq!(group_count(contoso, "Olga Many"), 201);
    assert_eq!(group_count(contoso, "Tom Edge"), 199);
    assert_eq!(group_count(contoso, "Zoë Ångström"), 0);
    assert_eq!(group_count(contoso, "Dana Reyes"), 3);
}

#[test]
fn the_large_group_has_its_members_and_the_empty_one_none() {
    let directory = directory();
    let size = |name: &str| {
        contoso(&directory)
            .groups
            .iter()
            .find(|group| group.name == name)
            .map(|group| group.members.len())
    };
    assert_eq!(size("All Staff"), Some(1_240));
    assert_eq!(size("Future Hires"), Some(0));
}

#[test]
fn a_guest_knows_the_way_home() {
    let directory = directory();
    let guest = contoso(&directory)
        .user_named("Sam Hill")
        .expect("Sam is a guest");
    let home = guest.home.expect("Sam has a home");
    let litware = named(&directory, "Litware");
    assert_eq!(home.tenant, litware.id);
    assert_ne!(home.user, guest.id);
    assert_eq!(
        litware.user(home.user).as_deref().map(|user| user.name.as_str()),
        Some("Sam Hill")
    );
}

#[test]
fn a_seed_that_names_nobody_is_refused() {
    let mut seed = Seed::contoso();
    seed.tenants[0].groups[0]
        .members
        .push("nobody@contoso.com".to_owned());
    assert!(
        seed.directory()
            .is_err_and(|problem| problem.contains("nobody@contoso.com"))
    );
}
