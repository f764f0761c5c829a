//! A proof of one team never reads or changes another team's rows.

use sonicsaas::{
    domain::{
        audit::Action,
        id::{MappingId, SessionId, UserId},
        mapping::{MappingDraft, Priority},
        role::{MappableRole, Role},
        session::SessionLimits,
        tenant::Verification,
    },
    storage::{
        Authentication, GroupFacts, InTeam as _, NewSession, OperatorInTeam, RegistrationDraft, SignInLabels,
        StoreError,
    },
};

use super::{World, add, by_default, event, key, object, start, tenant};

/// A team with one of everything.
struct Furnished {
    proof: OperatorInTeam,
    user: UserId,
    session: SessionId,
    mapping: MappingId,
}

async fn furnish(world: &World, name: &str, number: u8) -> Furnished {
    let (proof, _) = world.team(name).await;
    let mut work = world.store.begin(&proof).await.expect("begun");
    let registration = RegistrationDraft {
        tenant: tenant(number.into()),
        enabled: true,
        allow_guests: false,
        verification: Verification::Unverified,
    };
    work.save_registration(registration).await.expect("saved");
    let mapping = MappingDraft {
        group: object(number.into()),
        group_name: None,
        role: MappableRole::MEMBER,
        priority: Priority::LOWEST,
    };
    let mapping = work.insert_mapping(mapping).await.expect("mapped").id;
    let user = add(&mut work, name, by_default(Role::Admin), key(number.into(), 1))
        .await
        .expect("added");
    let session = work
        .insert_session(session(user, number))
        .await
        .expect("a session");
    work.commit(event(Action::SignIn)).await.expect("committed");
    Furnished {
        proof,
        user,
        session,
        mapping,
    }
}

fn session(user: UserId, number: u8) -> NewSession {
    NewSession {
        user,
        token_hash: [number; 32],
        method: "sso",
        identity: Some(key(number.into(), 1)),
        microsoft_sid: None,
        began: start(),
    }
}

#[tokio::test]
async fn reading_stays_in_the_team() {
    let world = World::new().await;
    let (ours, theirs) = (
        furnish(&world, "Ours", 1).await,
        furnish(&world, "Theirs", 2).await,
    );
    let store = &world.store;

    let listed = store.list_mappings(&ours.proof).await.expect("read");
    assert_eq!(
        listed.iter().map(|mapping| mapping.id).collect::<Vec<_>>(),
        [ours.mapping]
    );
    assert!(
        store
            .find_mapping(&ours.proof, ours.mapping)
            .await
            .expect("read")
            .is_some()
    );
    assert!(
        store
            .find_mapping(&ours.proof, theirs.mapping)
            .await
            .expect("read")
            .is_none()
    );
    let registration = store
        .find_registration(&ours.proof)
        .await
        .expect("read")
        .expect("there");
    assert_eq!(registration.tenant, tenant(1));
    let mut work = store.begin(&ours.proof).await.expect("begun");
    assert!(
        work.find_member_by_identity(key(1, 1))
            .await
            .expect("read")
            .is_some()
    );
    assert!(
        work.find_member_by_identity(key(2, 1))
            .await
            .expect("read")
            .is_none()
    );
    drop(work);
    for event in world.events(Some(ours.proof.team())).await {
        assert_eq!(event.team, Some(ours.proof.team()));
    }
    world.end().await;
}

#[tokio::test]
async fn a_session_opens_its_own_team() {
    let world = World::new().await;
    let (ours, theirs) = (
        furnish(&world, "Ours", 1).await,
        furnish(&world, "Theirs", 2).await,
    );
    for (token, team) in [(1, &ours), (2, &theirs)] {
        let found = world
            .store
            .authenticate(&[token; 32], SessionLimits::default(), start())
            .await
            .expect("read");
        let Authentication::SignedIn(person) = found else {
            panic!("{found:?}")
        };
        assert_eq!(
            (person.team(), person.user(), person.session()),
            (team.proof.team(), team.user, team.session)
        );
        let manager = person.administrator().expect("an administrator");
        let listed = world.store.list_mappings(&manager).await.expect("read");
        assert_eq!(
            listed.iter().map(|mapping| mapping.id).collect::<Vec<_>>(),
            [team.mapping]
        );
    }
    world.end().await;
}

/// Each call names a row of the other team. It is as if the row were not there, and everything stays.
#[tokio::test]
async fn writing_stays_in_the_team() {
    let world = World::new().await;
    let (ours, theirs) = (
        furnish(&world, "Ours", 1).await,
        furnish(&world, "Theirs", 2).await,
    );
    let before = world.events(Some(theirs.proof.team())).await;

    let mut work = world.store.begin(&ours.proof).await.expect("begun");
    assert!(!work.end_session(theirs.session).await.expect("nothing ended"));
    assert_eq!(
        work.end_sessions_of_tenant(tenant(2))
            .await
            .expect("nothing ended"),
        0
    );
    work.commit(event(Action::SessionRevoked))
        .await
        .expect("committed");

    let labels = SignInLabels {
        name: "Mallory",
        email: None,
        guest: true,
    };
    let mut work = world.store.begin(&ours.proof).await.expect("begun");
    let updated = work
        .update_member_at_sign_in(theirs.user, labels, by_default(Role::Viewer), start())
        .await;
    assert!(matches!(updated, Err(StoreError::Missing)), "{updated:?}");
    drop(work);

    let mut work = world.store.begin(&ours.proof).await.expect("begun");
    let tied = work.insert_identity(theirs.user, key(1, 2), "subject").await;
    assert!(matches!(tied, Err(StoreError::Missing)), "{tied:?}");
    drop(work);

    let mut work = world.store.begin(&ours.proof).await.expect("begun");
    let entered = work.insert_session(session(theirs.user, 3)).await;
    assert!(matches!(entered, Err(StoreError::Missing)), "{entered:?}");
    drop(work);

    let mut work = world.store.begin(&ours.proof).await.expect("begun");
    let facts = GroupFacts {
        read_at: start(),
        from: "token",
        matched: vec![theirs.mapping],
    };
    let recorded = work.record_groups(theirs.user, &facts).await;
    assert!(matches!(recorded, Err(StoreError::Missing)), "{recorded:?}");
    drop(work);

    assert_eq!(world.events(Some(theirs.proof.team())).await, before);
    let found = world
        .store
        .authenticate(&[2; 32], SessionLimits::default(), start())
        .await
        .expect("read");
    let Authentication::SignedIn(person) = found else {
        panic!("{found:?}")
    };
    assert_eq!((person.name(), person.role()), ("Theirs", Role::Admin));
    let missing = world
        .store
        .authenticate(&[3; 32], SessionLimits::default(), start())
        .await
        .expect("read");
    assert!(matches!(missing, Authentication::Ended), "{missing:?}");
    world.end().await;
}
