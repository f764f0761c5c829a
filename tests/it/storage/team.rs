//! Making and listing teams.

use std::time::Duration;

use secrecy::SecretString;
use sonicsaas::{
    domain::{audit::Action, id::TeamId, role::Role, session::SessionLimits, tenant::Verification},
    storage::{Authentication, InTeam as _, NewSession, NewTeam, RegistrationDraft, StoreError},
};
use uuid::Uuid;

use super::{World, add, by_default, event, key, start, tenant};

fn new_team<'text>(name: &'text str, email: &'text str, password: Option<&str>) -> NewTeam<'text> {
    let password_hash = password.map(SecretString::from);
    NewTeam {
        name,
        owner_name: "Olivia Owner",
        owner_email: email,
        password_hash,
        invitation: None,
    }
}

#[tokio::test]
async fn a_new_team_has_an_owner_and_two_events() {
    let world = World::new().await;
    let made = world
        .store
        .create_team(&world.operator, new_team("Ou\0rs", "o@example.com", None))
        .await;
    let (team, owner) = made.expect("a team");
    let proof = world.proof(team).await;
    assert_eq!(
        world.store.owner_names(&proof).await.expect("read"),
        ["Olivia Owner"]
    );

    let mut work = world.store.begin(&proof).await.expect("begun");
    let session = NewSession {
        user: owner,
        token_hash: [1; 32],
        method: "password",
        identity: None,
        microsoft_sid: None,
        began: start(),
    };
    work.insert_session(session).await.expect("a session");
    work.commit(event(Action::SignIn)).await.expect("committed");
    let found = world
        .store
        .authenticate(&[1; 32], SessionLimits::default(), start())
        .await
        .expect("read");
    let Authentication::SignedIn(person) = found else {
        panic!("{found:?}")
    };
    assert_eq!(
        (person.user(), person.team(), person.team_name()),
        (owner, team, "Ours")
    );
    assert_eq!(
        (person.role(), person.held().source.to_string()),
        (Role::Owner, "owner".to_owned())
    );
    assert_eq!(
        (person.email(), person.last_sign_in(), person.guest()),
        (Some("o@example.com"), None, false)
    );

    let events = world.events(Some(team)).await;
    let facts: Vec<_> = events
        .iter()
        .map(|event| (event.action.as_str(), event.target_id.clone()))
        .collect();
    let expected = [
        ("member.provisioned", Some(owner.to_string())),
        ("team.created", Some(team.to_string())),
        ("sign_in", None),
    ];
    assert_eq!(facts, expected);
    world.end().await;
}

#[tokio::test]
async fn an_address_with_a_password_is_unique_on_the_platform() {
    let world = World::new().await;
    let create = async |name, email, password| {
        world
            .store
            .create_team(&world.operator, new_team(name, email, password))
            .await
    };
    create("First", "o@example.com", Some("a hash"))
        .await
        .expect("a team");
    for password in [Some("another hash"), None] {
        let refused = create("Second", "o@example.com", password).await;
        assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    }
    let names: Vec<_> = world
        .store
        .list_teams(&world.operator)
        .await
        .expect("read")
        .into_iter()
        .map(|team| team.name)
        .collect();
    assert_eq!(names, ["First"], "a refused team leaves nothing behind");
    assert_eq!(world.look::<i64>("select count(*) from user_account").await, 1);
    assert_eq!(
        world.look::<String>("select password_hash from credential").await,
        "a hash"
    );
    create("Second", "p@example.com", None)
        .await
        .expect("another address");
    world.end().await;
}

#[tokio::test]
async fn teams_are_listed_with_their_people_and_tenant() {
    let world = World::new().await;
    assert!(
        world
            .store
            .list_teams(&world.operator)
            .await
            .expect("read")
            .is_empty()
    );
    let (first, _) = world.team("First").await;
    world.clock.advance(Duration::from_secs(1));
    let (second, _) = world.team("Second").await;
    let mut work = world.store.begin(&second).await.expect("begun");
    let draft = RegistrationDraft {
        tenant: tenant(2),
        enabled: false,
        allow_guests: true,
        verification: Verification::Unverified,
    };
    let saved = work.save_registration(draft).await.expect("saved");
    add(&mut work, "Priya", by_default(Role::Member), key(2, 1))
        .await
        .expect("added");
    work.commit(event(Action::TenantSaved)).await.expect("committed");

    let teams = world.store.list_teams(&world.operator).await.expect("read");
    let facts: Vec<_> = teams
        .iter()
        .map(|team| (team.id, team.name.as_str(), team.members))
        .collect();
    assert_eq!(facts, [(first.team(), "First", 1), (second.team(), "Second", 2)]);
    assert_eq!(teams[1].created_at, start().plus(Duration::from_secs(1)));
    assert_eq!((&teams[0].tenant, &teams[1].tenant), (&None, &Some(saved)));
    world.end().await;
}

#[tokio::test]
async fn nobody_operates_on_a_team_that_is_not_there() {
    let world = World::new().await;
    world.team("Ours").await;
    let other = TeamId::from(Uuid::from_u128(1));
    assert!(
        world
            .store
            .operate_on(&world.operator, other)
            .await
            .expect("read")
            .is_none()
    );
    world.end().await;
}
