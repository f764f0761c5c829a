//! Units of work: all of it with its event, or nothing.

use sonicsaas::{
    domain::{
        audit::{Action, Actor, Event},
        mapping::{MappingDraft, Priority},
        role::MappableRole,
    },
    storage::InTeam as _,
};

use super::{World, event, object};

fn draft(number: u128) -> MappingDraft {
    MappingDraft {
        group: object(number),
        group_name: None,
        role: MappableRole::MEMBER,
        priority: Priority::LOWEST,
    }
}

#[tokio::test]
async fn without_a_commit_nothing_has_happened() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let before = world.events(None).await;

    let mut work = world.store.begin(&team).await.expect("begun");
    work.insert_mapping(draft(1)).await.expect("inserted");
    work.record(event(Action::MappingCreated))
        .await
        .expect("recorded");
    drop(work);

    assert_eq!(world.store.list_mappings(&team).await.expect("read"), []);
    assert_eq!(world.events(None).await, before);

    let mut work = world.store.begin(&team).await.expect("the lock is free again");
    work.insert_mapping(draft(1)).await.expect("inserted");
    work.commit(event(Action::MappingCreated))
        .await
        .expect("committed");
    assert_eq!(world.store.list_mappings(&team).await.expect("read").len(), 1);
    world.end().await;
}

#[tokio::test]
async fn a_change_and_its_events_become_visible_together() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let mut work = world.store.begin(&team).await.expect("begun");
    work.insert_mapping(draft(1)).await.expect("inserted");
    work.record(event(Action::MemberProvisioned))
        .await
        .expect("recorded");
    let seen = world
        .store
        .list_mappings(&team)
        .await
        .expect("readers do not wait for the writer");
    assert_eq!((seen.len(), world.events(Some(team.team())).await.len()), (0, 2));
    work.commit(event(Action::MappingCreated))
        .await
        .expect("committed");
    let actions: Vec<_> = world
        .events(Some(team.team()))
        .await
        .into_iter()
        .map(|event| event.action)
        .collect();
    assert_eq!(
        actions,
        [
            "member.provisioned",
            "team.created",
            "member.provisioned",
            "mapping.created"
        ]
    );
    world.end().await;
}

#[tokio::test]
async fn a_failed_step_leaves_nothing_behind() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let mut work = world.store.begin(&team).await.expect("begun");
    work.insert_mapping(draft(1)).await.expect("inserted");
    work.insert_mapping(draft(1))
        .await
        .expect_err("the group is mapped already");
    drop(work);
    assert_eq!(world.store.list_mappings(&team).await.expect("read"), []);
    world.end().await;
}

#[tokio::test]
async fn work_on_the_platform_changes_no_team() {
    let world = World::new().await;
    let mut work = world.store.begin_platform().await.expect("begun");
    work.insert_mapping(draft(1)).await.expect_err("it has no team");
    work.list_mappings_of(&[object(1)].into_iter().collect::<std::collections::HashSet<_>>())
        .await
        .expect_err("it has no team");
    work.commit(Event::success(Actor::Anonymous, Action::SignIn))
        .await
        .expect("an event of the platform");
    let events = world.events(None).await;
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].team, events[0].sequence), (None, 1));
    world.end().await;
}

/// On `PostgreSQL` they wait for each other at the head of the chain, on `SQLite` at the one writer.
#[tokio::test(flavor = "multi_thread")]
async fn many_writers_make_one_chain_without_gaps() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..20 {
        let store = world.store.clone();
        writers.spawn(async move {
            let mut work = store.begin(&team).await.expect("begun");
            work.insert_mapping(draft(number)).await.expect("inserted");
            work.commit(event(Action::MappingCreated))
                .await
                .expect("committed");
            let platform = store.begin_platform().await.expect("begun");
            platform.commit(event(Action::SignIn)).await.expect("committed");
        });
    }
    writers.join_all().await;

    let ours: Vec<_> = world
        .events(Some(team.team()))
        .await
        .iter()
        .map(|event| event.sequence)
        .collect();
    assert_eq!(ours, (1..=22).collect::<Vec<_>>());
    let everything = world.events(None).await;
    assert_eq!(everything.iter().filter(|event| event.team.is_none()).count(), 20);
    world.end().await;
}
