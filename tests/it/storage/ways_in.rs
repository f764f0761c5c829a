//! Wrong passwords, recovery links, and whose they are.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sonicsaas::{
    domain::{audit::Action, member::Standing},
    storage::{NewTeam, StoreError},
};

use super::{World, event, session::at, start};

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_attempts_at_one_moment_one_is_counted() {
    let world = World::new().await;
    for round in 0..5_u64 {
        // Each round begins when the wait of the one before is over.
        let now = start().plus(Duration::from_mins(round));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let store = world.store.clone();
            tasks.spawn(async move {
                store
                    .upkeep()
                    .count_attempt(&[7; 32], now)
                    .await
                    .expect("counted")
            });
        }
        let counted = tasks.join_all().await;
        assert_eq!(counted.iter().filter(|attempt| attempt.is_ok()).count(), 1);
        assert!(
            counted
                .iter()
                .filter_map(|attempt| attempt.err())
                .all(|until| until > now)
        );
    }
    assert_eq!(
        world.look::<i64>("select failures from password_failure").await,
        5
    );
    assert_eq!(
        world
            .store
            .upkeep()
            .count_attempt(&[8; 32], start())
            .await
            .expect("counted"),
        Ok(()),
        "another key is counted by itself"
    );
    world.close().await;
}

#[tokio::test]
async fn the_sweep_forgets_what_is_long_past() {
    let world = World::new().await;
    let (team, owner) = world.team("Ours").await;
    let upkeep = world.store.upkeep();
    upkeep
        .count_attempt(&[1; 32], at(0))
        .await
        .expect("read")
        .expect("counted");
    upkeep
        .count_attempt(&[2; 32], at(30))
        .await
        .expect("read")
        .expect("counted");
    let mut work = world.store.begin(&team).await.expect("begun");
    work.insert_recovery_link(owner, [3; 32], at(15))
        .await
        .expect("made");
    work.commit(event(Action::RecoveryLinkCreated))
        .await
        .expect("committed");
    assert_eq!(upkeep.sweep_ways_in(at(14)).await.expect("swept"), 0);
    assert_eq!(upkeep.sweep_ways_in(at(60)).await.expect("swept"), 2);
    assert_eq!(
        world.look::<i64>("select count(*) from password_failure").await,
        1
    );
    assert_eq!(upkeep.sweep_ways_in(at(90)).await.expect("swept"), 1);
    world.end().await;
}

#[tokio::test]
async fn a_link_is_used_in_its_own_team_only() {
    let world = World::new().await;
    let ((ours, owner), (theirs, _)) = (world.team("Ours").await, world.team("Theirs").await);
    let mut work = world.store.begin(&theirs).await.expect("begun");
    assert!(matches!(
        work.insert_recovery_link(owner, [1; 32], at(15)).await,
        Err(StoreError::Missing)
    ));
    drop(work);
    let mut work = world.store.begin(&ours).await.expect("begun");
    let link = work
        .insert_recovery_link(owner, [1; 32], at(15))
        .await
        .expect("made");
    work.commit(event(Action::RecoveryLinkCreated))
        .await
        .expect("committed");

    let mut work = world.store.begin(&theirs).await.expect("begun");
    assert!(!work.use_recovery_link(link).await.expect("tried"));
    assert_eq!(work.admit_member(owner, at(1)).await.expect("looked"), None);
    drop(work);
    let found = world
        .store
        .find_recovery_link(&[1; 32], at(1))
        .await
        .expect("read");
    let found = found.expect("it is still there");
    assert_eq!((found.id, found.claimant.user()), (link, owner));
    let mut work = world.store.begin(&found.claimant).await.expect("begun");
    assert!(work.use_recovery_link(link).await.expect("used"));
    assert!(!work.use_recovery_link(link).await.expect("tried"));
    drop(work);
    assert!(
        world
            .store
            .find_recovery_link(&[1; 32], at(1))
            .await
            .expect("read")
            .is_some(),
        "without a commit nothing has happened"
    );
    assert!(
        world
            .store
            .find_recovery_link(&[1; 32], at(15))
            .await
            .expect("read")
            .is_none()
    );
    world.end().await;
}

#[tokio::test]
async fn a_password_is_found_by_its_address_and_changed_in_its_team_only() {
    let world = World::new().await;
    let new = NewTeam {
        name: "Ours",
        owner_name: "Olivia Owner",
        owner_email: "olivia@example.com",
        password_hash: Some(SecretString::from("old")),
        invitation: None,
    };
    let (_, owner) = world.store.create_team(&world.operator, new).await.expect("made");
    let (theirs, _) = world.team("Theirs").await;
    let found = async || {
        world
            .store
            .find_credential("olivia@example.com")
            .await
            .expect("read")
            .expect("there")
    };
    let (old, new) = (SecretString::from("old"), SecretString::from("new"));

    let mut work = world.store.begin(&theirs).await.expect("begun");
    assert!(!work.is_current_password(owner, &old).await.expect("looked"));
    work.strengthen_password(owner, &new)
        .await
        .expect("nothing to change");
    work.commit(event(Action::SignIn)).await.expect("committed");
    let credential = found().await;
    assert_eq!(credential.password_hash.expose_secret(), "old");

    let mut work = world.store.begin(&credential.claimant).await.expect("begun");
    assert!(work.is_current_password(owner, &old).await.expect("looked"));
    assert!(!work.is_current_password(owner, &new).await.expect("looked"));
    assert_eq!(
        work.admit_member(owner, at(1)).await.expect("looked"),
        Some(Standing::Active)
    );
    work.strengthen_password(owner, &new).await.expect("changed");
    work.commit(event(Action::SignIn)).await.expect("committed");
    assert_eq!(found().await.password_hash.expose_secret(), "new");
    assert!(
        world
            .store
            .find_credential("nobody@example.com")
            .await
            .expect("read")
            .is_none()
    );
    world.end().await;
}
