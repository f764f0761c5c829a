//! Sessions, proofs, and used attempts.

use std::time::Duration;

use sonicsaas::{
    domain::{
        audit::Action,
        id::UserId,
        role::{HeldRole, Permission, Role, RoleSource},
        session::SessionLimits,
        time::Timestamp,
    },
    storage::{Authentication, InTeam, NewSession, OperatorInTeam, SignedIn},
};

use super::{World, add, event, key, start, tenant};

pub(super) fn at(minutes: u64) -> Timestamp {
    start().plus(Duration::from_mins(minutes))
}

pub(super) fn session(user: UserId, token: u8, began: Timestamp) -> NewSession {
    NewSession {
        user,
        token_hash: [token; 32],
        method: "sso",
        identity: Some(key(1, 1)),
        microsoft_sid: Some("microsoft-session".to_owned()),
        began,
    }
}

pub(super) async fn begin_session(world: &World, team: &OperatorInTeam, new: NewSession) {
    let mut work = world.store.begin(team).await.expect("begun");
    work.insert_session(new).await.expect("a session");
    work.commit(event(Action::SignIn)).await.expect("committed");
}

pub(super) async fn authenticate(world: &World, token: u8, now: Timestamp) -> Authentication {
    world
        .store
        .authenticate(&[token; 32], SessionLimits::default(), now)
        .await
        .expect("read")
}

pub(super) async fn signed_in(world: &World, token: u8, now: Timestamp) -> SignedIn {
    match authenticate(world, token, now).await {
        Authentication::SignedIn(person) => person,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_session_says_who_it_is() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let mut work = world.store.begin(&team).await.expect("begun");
    let held = HeldRole {
        role: Role::Auditor,
        source: RoleSource::Manual,
    };
    let user = add(&mut work, "Priya", held, key(1, 1)).await.expect("added");
    let id = work
        .insert_session(session(user, 7, at(1)))
        .await
        .expect("a session");
    work.commit(event(Action::SignIn)).await.expect("committed");

    let person = signed_in(&world, 7, at(2)).await;
    assert_eq!(
        (person.team(), person.team_name(), person.user()),
        (team.team(), "Ours", user)
    );
    assert_eq!(
        (person.name(), person.email()),
        ("Priya", Some("someone@example.com"))
    );
    assert_eq!(
        (person.held(), person.role(), person.guest()),
        (held, Role::Auditor, false)
    );
    assert_eq!(
        (person.session(), person.method(), person.tenant()),
        (id, "sso", Some(tenant(1)))
    );
    assert_eq!(
        (person.began(), person.touched(), person.last_sign_in()),
        (at(1), at(1), Some(start()))
    );
    world.end().await;
}

#[tokio::test]
async fn a_session_ends_without_use_and_in_any_case() {
    let world = World::new().await;
    let (team, owner) = world.team("Ours").await;
    begin_session(&world, &team, session(owner, 1, at(0))).await;
    assert!(
        matches!(authenticate(&world, 2, at(0)).await, Authentication::Ended),
        "an unknown token"
    );
    assert!(matches!(
        authenticate(&world, 1, at(59)).await,
        Authentication::SignedIn(_)
    ));
    assert!(matches!(
        authenticate(&world, 1, at(60)).await,
        Authentication::Ended
    ));

    let mut now = 0;
    while now + 50 < 24 * 60 {
        now += 50;
        let person = signed_in(&world, 1, at(now)).await;
        world
            .store
            .upkeep()
            .touch_session(&person, at(now))
            .await
            .expect("touched");
        assert_eq!(signed_in(&world, 1, at(now)).await.touched(), at(now));
    }
    assert!(matches!(
        authenticate(&world, 1, at(24 * 60 - 1)).await,
        Authentication::SignedIn(_)
    ));
    assert!(matches!(
        authenticate(&world, 1, at(24 * 60)).await,
        Authentication::Ended
    ));
    world.end().await;
}

#[tokio::test]
async fn a_touch_never_takes_time_back() {
    let world = World::new().await;
    let (team, owner) = world.team("Ours").await;
    begin_session(&world, &team, session(owner, 1, at(0))).await;
    let person = signed_in(&world, 1, at(1)).await;
    world
        .store
        .upkeep()
        .touch_session(&person, at(30))
        .await
        .expect("touched");
    world
        .store
        .upkeep()
        .touch_session(&person, at(20))
        .await
        .expect("a server whose clock is behind");
    assert_eq!(signed_in(&world, 1, at(31)).await.touched(), at(30));
    world.end().await;
}

#[tokio::test]
async fn role_and_standing_are_read_each_time() {
    let world = World::new().await;
    let (team, owner) = world.team("Ours").await;
    begin_session(&world, &team, session(owner, 1, at(0))).await;
    assert_eq!(signed_in(&world, 1, at(1)).await.role(), Role::Owner);
    world
        .raw("update member set role = 'viewer', role_source = 'manual'")
        .await;
    assert_eq!(signed_in(&world, 1, at(1)).await.role(), Role::Viewer);
    world.raw("update member set standing = 'suspended'").await;
    assert!(matches!(
        authenticate(&world, 1, at(1)).await,
        Authentication::Suspended
    ));
    assert!(
        matches!(authenticate(&world, 1, at(60)).await, Authentication::Ended),
        "ended comes first"
    );
    world.raw("delete from member").await;
    let found = authenticate(&world, 1, at(1)).await;
    assert!(
        matches!(&found, Authentication::NotAMember { team_name } if team_name == "Ours"),
        "{found:?}"
    );
    world.end().await;
}

/// The contract's table of permissions, as proofs.
#[tokio::test]
async fn a_proof_is_given_by_role() {
    let world = World::new().await;
    let (team, owner) = world.team("Ours").await;
    begin_session(&world, &team, session(owner, 1, at(0))).await;
    let change: [(Role, &str); 6] = [
        (
            Role::Owner,
            "update member set role = 'owner', role_source = 'owner'",
        ),
        (
            Role::Admin,
            "update member set role = 'admin', role_source = 'manual'",
        ),
        (
            Role::Operator,
            "update member set role = 'operator', role_source = 'manual'",
        ),
        (
            Role::Member,
            "update member set role = 'member', role_source = 'manual'",
        ),
        (
            Role::Auditor,
            "update member set role = 'auditor', role_source = 'manual'",
        ),
        (
            Role::Viewer,
            "update member set role = 'viewer', role_source = 'manual'",
        ),
    ];
    for (role, statement) in change {
        assert_eq!(world.raw(statement).await, 1);
        let person = signed_in(&world, 1, at(1)).await;
        assert_eq!(person.role(), role);
        let (manages, owns, reads) = (
            person.clone().administrator(),
            person.clone().owner(),
            person.audit_reader(),
        );
        assert_eq!(manages.is_ok(), role.may(Permission::Manage), "{role}");
        assert_eq!(owns.is_ok(), role == Role::Owner, "{role}");
        assert_eq!(reads.is_ok(), role.may(Permission::ReadAuditLog), "{role}");
        if let Ok(proof) = manages {
            assert_eq!((proof.team(), proof.person().user()), (team.team(), owner));
        }
    }
    world.end().await;
}

#[tokio::test]
async fn ended_sessions_stay_ended() {
    let world = World::new().await;
    let (team, owner) = world.team("Ours").await;
    for token in 1..=4 {
        begin_session(&world, &team, session(owner, token, at(0))).await;
    }
    let other = NewSession {
        identity: Some(key(2, 1)),
        ..session(owner, 5, at(0))
    };
    begin_session(&world, &team, other).await;
    let password = NewSession {
        method: "password",
        identity: None,
        ..session(owner, 6, at(0))
    };
    begin_session(&world, &team, password).await;

    let person = signed_in(&world, 1, at(1)).await;
    let mut work = world.store.begin(&person).await.expect("begun");
    assert!(work.end_session(person.session()).await.expect("ended"));
    assert!(
        !work
            .end_session(person.session())
            .await
            .expect("it is not there any more")
    );
    work.commit(event(Action::SignOut)).await.expect("committed");
    assert!(matches!(
        authenticate(&world, 1, at(1)).await,
        Authentication::Ended
    ));
    world
        .store
        .upkeep()
        .touch_session(&person, at(2))
        .await
        .expect("touching what has ended does nothing");
    assert!(matches!(
        authenticate(&world, 1, at(2)).await,
        Authentication::Ended
    ));

    let mut work = world.store.begin(&team).await.expect("begun");
    assert_eq!(work.end_sessions_of_tenant(tenant(1)).await.expect("ended"), 3);
    work.commit(event(Action::TenantSaved)).await.expect("committed");
    for token in 2..=4 {
        assert!(matches!(
            authenticate(&world, token, at(1)).await,
            Authentication::Ended
        ));
    }
    for token in 5..=6 {
        assert!(
            matches!(
                authenticate(&world, token, at(1)).await,
                Authentication::SignedIn(_)
            ),
            "{token}"
        );
    }
    world.end().await;
}

#[tokio::test]
async fn two_sessions_never_share_a_token() {
    let world = World::new().await;
    let (team, owner) = world.team("Ours").await;
    begin_session(&world, &team, session(owner, 1, at(0))).await;
    let mut work = world.store.begin(&team).await.expect("begun");
    let again = work.insert_session(session(owner, 1, at(0))).await;
    assert!(
        matches!(again, Err(sonicsaas::storage::StoreError::Conflict)),
        "{again:?}"
    );
    drop(work);
    world.end().await;
}
