//! Events: their details and their bytes.

use uuid::Uuid;

use super::*;

fn recorded() -> RecordedEvent {
    RecordedEvent {
        id: EventId::from(Uuid::from_u128(1)),
        at: Timestamp::from_micros(5),
        team: None,
        sequence: 1,
        actor_kind: "system".to_owned(),
        actor_id: None,
        actor_email: None,
        action: "sign_in".to_owned(),
        outcome: "success".to_owned(),
        reason: None,
        target_kind: None,
        target_id: None,
        ip: None,
        details: "{}".to_owned(),
    }
}

#[test]
fn details_are_one_json_object() {
    let event = Event::success(Actor::System, Action::SignIn)
        .with("method", "sso")
        .with("quote\"", "line\nend\0")
        .with("count", 3)
        .with("stale", true);
    assert_eq!(
        event.details_json(),
        r#"{"method":"sso","quote\"":"line\u000aend","count":3,"stale":true}"#
    );
}

#[test]
fn moving_text_between_members_changes_the_bytes() {
    let left = RecordedEvent {
        reason: Some("ab".to_owned()),
        target_kind: Some(String::new()),
        ..recorded()
    };
    let right = RecordedEvent {
        reason: Some("a".to_owned()),
        target_kind: Some("b".to_owned()),
        ..recorded()
    };
    let absent = RecordedEvent {
        reason: None,
        ..recorded()
    };
    let empty = RecordedEvent {
        reason: Some(String::new()),
        ..recorded()
    };
    assert_ne!(left.canonical_bytes(), right.canonical_bytes());
    assert_ne!(absent.canonical_bytes(), empty.canonical_bytes());
}

#[test]
fn actions_survive_storage() {
    assert_eq!(
        Action::parse(Action::MemberProvisioned.name()),
        Some(Action::MemberProvisioned)
    );
    assert_eq!(Action::parse("made.up"), None);
}
