//! What the verification of the audit chains finds. Every case has a positive control: the chain was whole before.

use sonicsaas::{
    domain::audit::Action,
    storage::{ChainReport, InTeam as _},
};

use super::{World, event};

/// A world whose one team has ten events.
async fn ten_events() -> World {
    with_events(10).await
}

/// A world whose one team has so many events, four or more.
async fn with_events(count: i64) -> World {
    let world = World::new().await;
    let (team, owner) = world.team("Ours").await;
    let mut work = world.store.begin(&team).await.expect("begun");
    for number in 3..count {
        let more = event(Action::SignIn)
            .on("member", owner)
            .because("because")
            .with("number", number);
        work.record(more).await.expect("recorded");
    }
    work.commit(event(Action::SignOut)).await.expect("committed");
    let report = ChainReport {
        team: Some(team.team()),
        events: count,
        broken_at: None,
    };
    assert_eq!(reports(&world).await, [report], "whole before");
    world
}

async fn reports(world: &World) -> Vec<ChainReport> {
    world.store.verify_chains(&world.operator).await.expect("read")
}

/// Where the one chain is broken after these statements, each of which must change something.
async fn broken_after(statements: &[&'static str]) -> Option<i64> {
    let world = ten_events().await;
    for statement in statements {
        assert!(world.raw(statement).await > 0, "{statement}");
    }
    let found = reports(&world).await;
    assert_eq!(found.len(), 1);
    world.close().await;
    found[0].broken_at
}

/// From the end to the beginning, so that the newest change is always the first break.
#[tokio::test]
async fn a_changed_column_is_found() {
    let world = with_events(20).await;
    for (place, change) in [
        (18, "update audit_event set at = at + 1 where sequence = 18"),
        (
            17,
            "update audit_event set actor_kind = 'anonymous' where sequence = 17",
        ),
        (
            16,
            "update audit_event set actor_id = team_id where sequence = 16",
        ),
        (15, "update audit_event set actor_email = '' where sequence = 15"),
        (
            14,
            "update audit_event set action = 'sign_out' where sequence = 14",
        ),
        (
            13,
            "update audit_event set outcome = 'refused' where sequence = 13",
        ),
        (12, "update audit_event set reason = null where sequence = 12"),
        (
            11,
            "update audit_event set target_kind = 'team' where sequence = 11",
        ),
        (10, "update audit_event set target_id = '' where sequence = 10"),
        (9, "update audit_event set ip = '127.0.0.1' where sequence = 9"),
        (8, "update audit_event set details = '{}' where sequence = 8"),
        (7, "update audit_event set team_id = null where sequence = 7"),
        (
            6,
            "update audit_event set id = (select id from team) where sequence = 6",
        ),
        (
            5,
            "update audit_event set hash = (select hash from audit_event where sequence = 1) where sequence = 5",
        ),
    ] {
        assert_eq!(world.raw(change).await, 1, "{change}");
        assert_eq!(reports(&world).await[0].broken_at, Some(place), "{change}");
    }
    world.close().await;
}

#[tokio::test]
async fn a_missing_event_is_found() {
    assert_eq!(
        broken_after(&["delete from audit_event where sequence = 1"]).await,
        Some(1)
    );
    assert_eq!(
        broken_after(&["delete from audit_event where sequence = 5"]).await,
        Some(5)
    );
}

#[tokio::test]
async fn a_closed_gap_is_found() {
    let closing = [
        "delete from audit_event where sequence = 10",
        "delete from audit_event where sequence = 5",
        "update audit_event set sequence = sequence + 100 where sequence > 5",
        "update audit_event set sequence = sequence - 101 where sequence > 100",
        "update audit_chain set sequence = 8",
    ];
    assert_eq!(broken_after(&closing).await, Some(5));
}

#[tokio::test]
async fn two_events_that_changed_places_are_found() {
    let exchange = [
        "update audit_event set sequence = 100 where sequence = 5",
        "update audit_event set sequence = 5 where sequence = 6",
        "update audit_event set sequence = 6 where sequence = 100",
    ];
    assert_eq!(broken_after(&exchange).await, Some(5));
}

#[tokio::test]
async fn a_cut_tail_is_found() {
    assert_eq!(
        broken_after(&["delete from audit_event where sequence >= 8"]).await,
        Some(8)
    );
    let head_follows = [
        "delete from audit_event where sequence >= 8",
        "update audit_chain set sequence = 7",
    ];
    assert_eq!(
        broken_after(&head_follows).await,
        Some(7),
        "the head's hash is that of the tenth"
    );
}

#[tokio::test]
async fn an_event_beyond_the_head_is_found() {
    let forge = "insert into audit_event (id, chain, sequence, team_id, at, actor_kind, action, outcome, details, hash)
                 select t.id, e.chain, 11, e.team_id, e.at, e.actor_kind, e.action, e.outcome, e.details, e.hash
                 from audit_event e
                 join team t on t.id = e.team_id
                 where e.sequence = 10";
    assert_eq!(broken_after(&[forge]).await, Some(11));
}

#[tokio::test]
async fn a_log_that_is_gone_is_found() {
    assert_eq!(broken_after(&["delete from audit_event"]).await, Some(1));
    assert_eq!(
        broken_after(&["delete from audit_event", "delete from audit_chain"]).await,
        Some(1)
    );
}

/// Everything of the two chains is exchanged, so that each is whole in itself and merely another team's.
#[tokio::test]
async fn two_logs_that_changed_owners_are_found() {
    let world = World::new().await;
    world.team("Ours").await;
    world.team("Theirs").await;
    assert!(world.whole().await);
    for statement in [
        "insert into audit_chain (chain, sequence, hash)
         select 'parked', sequence, hash from audit_chain where chain = (select min(chain) from audit_chain)",
        "update audit_event set chain = 'parked' where chain = (select min(chain) from audit_chain)",
        "update audit_chain
         set hash = (select hash from audit_chain
                     where chain = (select max(chain) from audit_chain where chain <> 'parked'))
         where chain = (select min(chain) from audit_chain)",
        "update audit_event set chain = (select min(chain) from audit_chain) where chain <> 'parked'",
        "update audit_chain
         set hash = (select hash from audit_chain where chain = 'parked')
         where chain = (select max(chain) from audit_chain where chain <> 'parked')",
        "update audit_event
         set chain = (select max(chain) from audit_chain where chain <> 'parked')
         where chain = 'parked'",
        "delete from audit_chain where chain = 'parked'",
    ] {
        assert!(world.raw(statement).await > 0, "{statement}");
    }
    let broken: Vec<_> = reports(&world)
        .await
        .into_iter()
        .map(|report| report.broken_at)
        .collect();
    assert_eq!(broken, [Some(1), Some(1)]);
    world.close().await;
}

#[tokio::test]
async fn chains_are_told_apart() {
    let world = ten_events().await;
    let (theirs, _) = world.team("Theirs").await;
    let platform = world.store.begin_platform().await.expect("begun");
    platform.commit(event(Action::SignIn)).await.expect("committed");
    assert!(world.whole().await);
    assert_eq!(
        world
            .raw("update audit_event set details = '' where chain = 'platform'")
            .await,
        1
    );
    let found = reports(&world).await;
    let broken: Vec<_> = found
        .iter()
        .map(|report| (report.team, report.events, report.broken_at))
        .collect();
    assert_eq!(broken[1..], [(Some(theirs.team()), 2, None), (None, 1, Some(1))]);
    assert_eq!((broken[0].1, broken[0].2), (10, None));
    world.close().await;
}

#[tokio::test]
async fn a_chain_longer_than_a_page_is_read_to_its_end() {
    let world = World::new().await;
    let (team, _) = world.team("Ours").await;
    let mut work = world.store.begin(&team).await.expect("begun");
    for number in 0..1100_i64 {
        work.record(event(Action::SignIn).with("number", number))
            .await
            .expect("recorded");
    }
    work.commit(event(Action::SignOut)).await.expect("committed");
    assert!(world.whole().await);
    assert_eq!(
        world
            .raw("update audit_event set reason = 'x' where sequence = 1050")
            .await,
        1
    );
    assert_eq!(reports(&world).await[0].broken_at, Some(1050));
    world.close().await;
}
