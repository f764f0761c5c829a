//! Reading the audit log.

use std::time::Duration;

use sonicsaas::{
    domain::{
        audit::{Action, Actor, Event, Outcome, RecordedEvent},
        time::Timestamp,
    },
    storage::InTeam as _,
};

use super::{World, event, start};

#[tokio::test]
async fn an_event_is_read_as_it_was_recorded() {
    let world = World::new().await;
    let (team, owner) = world.team("Ours").await;
    world.clock.advance(Duration::from_micros(1_500_001));
    let full = Event::new(
        Actor::User {
            id: owner,
            email: Some("o\0wner@example.com".to_owned()),
        },
        Action::TenantSaved,
        Outcome::Failure,
    )
    .on("tenant", "a\0b")
    .because("some_reason")
    .from(Some("2001:db8::1".parse().expect("an address")))
    .with("text", "quote \" and \0 nothing, Zoë 漢字")
    .with("number", -3)
    .with("flag", true);
    let id = world
        .store
        .begin(&team)
        .await
        .expect("begun")
        .commit(full)
        .await
        .expect("committed");

    let events = world.events(Some(team.team())).await;
    let expected = RecordedEvent {
        id,
        at: start().plus(Duration::from_micros(1_500_001)),
        team: Some(team.team()),
        sequence: 3,
        actor_kind: "user".to_owned(),
        actor_id: Some(owner),
        actor_email: Some("owner@example.com".to_owned()),
        action: "tenant.saved".to_owned(),
        outcome: "failure".to_owned(),
        reason: Some("some_reason".to_owned()),
        target_kind: Some("tenant".to_owned()),
        target_id: Some("ab".to_owned()),
        ip: Some("2001:db8::1".to_owned()),
        details: r#"{"text":"quote \" and  nothing, Zoë 漢字","number":-3,"flag":true}"#.to_owned(),
    };
    assert_eq!(events.last(), Some(&expected));
    world.end().await;
}

#[tokio::test]
async fn events_are_read_page_by_page_in_order() {
    let world = World::new().await;
    let (ours, _) = world.team("Ours").await;
    let (theirs, _) = world.team("Theirs").await;
    for number in 0..15_i64 {
        // Three events a moment, so that pages end within one.
        if number % 3 == 0 {
            world.clock.advance(Duration::from_secs(1));
        }
        let numbered = || event(Action::SignIn).with("number", number);
        world
            .store
            .begin(&ours)
            .await
            .expect("begun")
            .commit(numbered())
            .await
            .expect("committed");
        world
            .store
            .begin(&theirs)
            .await
            .expect("begun")
            .commit(numbered())
            .await
            .expect("committed");
        world
            .store
            .begin_platform()
            .await
            .expect("begun")
            .commit(numbered())
            .await
            .expect("committed");
    }

    for team in [None, Some(ours.team()), Some(theirs.team())] {
        for since in [None, Some(start().plus(Duration::from_secs(3)))] {
            let whole = world
                .store
                .read_events(&world.operator, team, since, None, 1000)
                .await
                .expect("read");
            assert!(whole.len() >= 9, "{}", whole.len());
            assert!(whole.iter().all(|event| team.is_none() || event.team == team));
            assert!(
                whole
                    .iter()
                    .all(|event| since.is_none_or(|since| event.at >= since))
            );
            assert!(whole.is_sorted_by_key(|event| event.at));
            let mut pages: Vec<RecordedEvent> = Vec::new();
            loop {
                let page = world
                    .store
                    .read_events(&world.operator, team, since, pages.last(), 4)
                    .await
                    .expect("read");
                if page.is_empty() {
                    break;
                }
                pages.extend(page);
            }
            assert_eq!(pages, whole, "no event twice, none left out");
        }
    }
    let ours: Vec<_> = world
        .events(Some(ours.team()))
        .await
        .iter()
        .map(|event| event.sequence)
        .collect();
    assert_eq!(
        ours,
        (1..=17).collect::<Vec<_>>(),
        "events of one moment keep their order"
    );
    world.end().await;
}

#[tokio::test]
async fn a_time_in_the_future_has_no_events() {
    let world = World::new().await;
    world.team("Ours").await;
    let future = Some(Timestamp::from_micros(i64::MAX));
    let events = world
        .store
        .read_events(&world.operator, None, future, None, 10)
        .await
        .expect("read");
    assert_eq!(events, []);
    assert_eq!(world.events(None).await.len(), 2, "there are some");
    world.end().await;
}
