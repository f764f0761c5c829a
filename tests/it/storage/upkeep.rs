//! Bookkeeping: attempts that are used up, and what the sweep takes.

use sonicsaas::{
    domain::{id::AttemptId, session::SessionLimits},
    storage::Authentication,
};
use uuid::Uuid;

use super::{
    World,
    session::{at, authenticate, begin_session, session, signed_in},
};

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_that_use_an_attempt_one_succeeds() {
    let world = World::new().await;
    for round in 1..=5_u128 {
        let attempt = AttemptId::from(Uuid::from_u128(round));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let store = world.store.clone();
            tasks.spawn(async move { store.upkeep().burn_attempt(attempt, at(10)).await.expect("burnt") });
        }
        assert_eq!(
            tasks.join_all().await.into_iter().filter(|first| *first).count(),
            1
        );
        assert!(
            !world
                .store
                .upkeep()
                .burn_attempt(attempt, at(10))
                .await
                .expect("burnt")
        );
    }
    world.close().await;
}

#[tokio::test]
async fn the_sweep_takes_what_has_ended_and_nothing_else() {
    let world = World::new().await;
    let limits = SessionLimits::default();
    let (team, owner) = world.team("Ours").await;
    // Ended by age, though in use; ended without use; live.
    for (token, began, used) in [(1, 0, 1430), (2, 1300, 1300), (3, 1300, 1390)] {
        begin_session(&world, &team, session(owner, token, at(began))).await;
        let person = signed_in(&world, token, at(began)).await;
        world
            .store
            .upkeep()
            .touch_session(&person, at(used))
            .await
            .expect("touched");
    }
    let (old, young) = (
        AttemptId::from(Uuid::from_u128(1)),
        AttemptId::from(Uuid::from_u128(2)),
    );
    world
        .store
        .upkeep()
        .burn_attempt(old, at(1379))
        .await
        .expect("burnt");
    world
        .store
        .upkeep()
        .burn_attempt(young, at(1381))
        .await
        .expect("burnt");

    let now = at(1440);
    assert_eq!(world.store.upkeep().sweep(now, limits).await.expect("swept"), 3);
    assert_eq!(world.look::<i64>("select count(*) from session").await, 1);
    assert!(matches!(
        authenticate(&world, 3, now).await,
        Authentication::SignedIn(_)
    ));
    assert!(
        !world
            .store
            .upkeep()
            .burn_attempt(young, at(1381))
            .await
            .expect("burnt"),
        "still remembered"
    );
    assert!(
        world
            .store
            .upkeep()
            .burn_attempt(old, at(1379))
            .await
            .expect("burnt"),
        "forgotten, an hour too late to use"
    );
    world.store.upkeep().sweep(now, limits).await.expect("swept");
    assert_eq!(world.store.upkeep().sweep(now, limits).await.expect("swept"), 0);
    world.end().await;
}
