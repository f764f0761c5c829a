//! People in more groups than a token holds: the three ways to their groups, and the day on which all three fail.

use std::time::Duration;

use entra_emulator::Fault;
use sonicsaas::routes;

use crate::app::App;

/// In 250 groups, one of them mapped to operator.
const OLGA: &str = "olga@contoso.com";

fn fault(route: &str, status: u16, code: &str) -> Fault {
    Fault {
        route: route.to_owned(),
        status: Some(status),
        body: Some(format!(r#"{{"error":{{"code":"{code}","message":"No."}}}}"#)),
        ..Fault::default()
    }
}

async fn role_of(app: &App, person: &str) -> (String, String) {
    let browser = app.signed_in(person).await;
    let role = browser.call(routes::VIEWER).await.json()["role"].clone();
    let event = app.last_event("sign_in").await;
    (
        role.as_str().expect("a role").to_owned(),
        event.detail("groups_from").to_owned(),
    )
}

#[tokio::test]
async fn each_way_gives_the_right_role() {
    let app = App::start().await;
    app.northwind().await;
    let control = app.emulator.control();
    let operator = |from: &str| ("operator".to_owned(), from.to_owned());
    assert_eq!(role_of(&app, OLGA).await, operator("graph"));

    let too_many = fault(
        "graph/me/getMemberObjects",
        400,
        "Directory_ResultSizeLimitExceeded",
    );
    control.fault(too_many);
    assert_eq!(role_of(&app, OLGA).await, operator("graph_pages"));

    control.clear_faults();
    control.fault(fault("graph/me", 403, "Authorization_RequestDenied"));
    assert_eq!(role_of(&app, OLGA).await, operator("graph_application"));
    // The application asks for a newcomer as well, and for exactly that person.
    app.execute("delete from member_groups").await;
    control.clear_log();
    assert_eq!(role_of(&app, OLGA).await, operator("graph_application"));
    let listed: Vec<_> = control
        .log()
        .into_iter()
        .filter(|entry| entry.path.starts_with("/v1.0/users/"))
        .map(|entry| entry.path)
        .collect();
    let oid = app.last_event("sign_in").await.detail("oid").to_owned();
    assert!(!listed.is_empty());
    assert!(
        listed
            .iter()
            .all(|path| *path == format!("/v1.0/users/{oid}/transitiveMemberOf")),
        "{listed:?}"
    );
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

#[tokio::test]
async fn the_third_way_does_not_wait_for_the_proof_of_ownership() {
    let app = App::start().await;
    let team = app.northwind().await;
    app.execute("update tenant_registration set verified_by = null, verified_at = null")
        .await;
    let control = app.emulator.control();
    control.fault(fault("graph/me", 403, "Authorization_RequestDenied"));
    let (role, from) = role_of(&app, OLGA).await;
    assert_eq!((role.as_str(), from.as_str()), ("operator", "graph_application"));
    assert_eq!(app.last_event("sign_in").await.team, Some(team));
    app.stop().await;
}

#[tokio::test]
async fn a_known_person_keeps_the_role_for_a_day() {
    let app = App::start().await;
    app.northwind().await;
    let control = app.emulator.control();
    role_of(&app, OLGA).await;
    // Another way to sign in leaves no doubt that the page speaks of this sign-in.
    let access = app.signed_in(OLGA).await.call(routes::ACCESS).await.json();
    assert_eq!(access["kept_since"], serde_json::Value::Null);
    let read = app.last_event("sign_in").await;

    control.fault(fault("graph", 403, "Authorization_RequestDenied"));
    app.advance(Duration::from_hours(23));
    let browser = app.signed_in(OLGA).await;
    assert_eq!(browser.call(routes::VIEWER).await.json()["role"], "operator");
    let event = app.last_event("sign_in").await;
    assert_eq!(event.details["stale"], true);
    assert_eq!(event.detail("groups_from"), "stale");
    assert_eq!(event.detail("role"), read.detail("role"));
    assert_eq!(event.detail("source"), read.detail("source"));
    assert!(
        event.detail("groups_read_at").starts_with("2026-03-04T14:02:"),
        "{event:?}"
    );
    assert!(
        event.detail("stale_until").starts_with("2026-03-05T14:02:"),
        "{event:?}"
    );
    let access = browser.call(routes::ACCESS).await.json();
    assert!(!access["kept_since"].is_null(), "{access}");
    let page = browser.get(routes::DASHBOARD).await.body;
    assert!(
        page.contains(
            "Group: 801355eb-05d9-4d51-a25f-f36ce5fe4bfa, priority 50. Kept from 4 Mar 2026, 14:02 UTC until 5 Mar 2026, 14:02 UTC, because Microsoft didn't give us your \
             groups"
        ),
        "{page}"
    );

    // A kept role is not a reading: the day does not begin anew.
    app.advance(Duration::from_hours(1));
    let stranger = app.browser();
    let event = app.refused(&stranger, OLGA).await;
    assert_eq!(event.reason.as_deref(), Some("groups_unavailable"));
    assert_eq!(event.detail("microsoft_error"), "Authorization_RequestDenied");
    assert_eq!(event.detail("graph_as_person"), "refused");
    assert_eq!(event.detail("graph_as_application"), "refused");

    control.clear_faults();
    let browser = app.signed_in(OLGA).await;
    assert_eq!(
        browser.call(routes::ACCESS).await.json()["kept_since"],
        serde_json::Value::Null
    );
    assert!(!browser.get(routes::DASHBOARD).await.body.contains("Kept from"));
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

#[tokio::test]
async fn whoever_is_new_or_was_never_read_is_refused() {
    let app = App::start().await;
    app.northwind().await;
    let control = app.emulator.control();
    control.fault(fault("graph", 503, "ServiceUnavailable"));
    let browser = app.browser();
    let event = app.refused(&browser, OLGA).await;
    assert_eq!(event.reason.as_deref(), Some("groups_unavailable"));
    assert_eq!(event.detail("graph_as_person"), "unavailable");
    assert!(
        app.events()
            .await
            .iter()
            .all(|event| event.action != "member.provisioned" || event.detail("oid").is_empty())
    );
    control.clear_faults();
    app.signed_in(OLGA).await;
    app.execute("delete from member_groups").await;
    control.fault(fault("graph", 503, "ServiceUnavailable"));
    let event = app.refused(&app.browser(), OLGA).await;
    assert_eq!(event.reason.as_deref(), Some("groups_unavailable"));
    app.stop().await;
}

#[tokio::test]
async fn owners_and_pinned_roles_come_in_without_groups() {
    let app = App::start().await;
    app.northwind().await;
    app.signed_in(OLGA).await;
    app.emulator
        .control()
        .fault(fault("graph", 403, "Authorization_RequestDenied"));
    app.advance(Duration::from_hours(100));
    for (change, role) in [
        (
            "update member set role = 'auditor', role_source = 'manual' where role_source <> 'owner'",
            "auditor",
        ),
        (
            "update member set role = 'owner', role_source = 'owner' where role_source = 'manual'",
            "owner",
        ),
    ] {
        app.execute(change).await;
        assert_eq!(role_of(&app, OLGA).await, (role.to_owned(), "unread".to_owned()));
        let browser = app.signed_in(OLGA).await;
        let access = browser.call(routes::ACCESS).await.json();
        assert_eq!(access["kept_since"], serde_json::Value::Null);
    }
    app.stop().await;
}

#[tokio::test]
async fn a_suspended_person_is_told_so_and_not_about_groups() {
    let app = App::start().await;
    app.northwind().await;
    app.signed_in(OLGA).await;
    app.execute("update member set standing = 'suspended' where role_source <> 'owner'")
        .await;
    app.emulator
        .control()
        .fault(fault("graph", 403, "Authorization_RequestDenied"));
    let event = app.refused(&app.browser(), OLGA).await;
    assert_eq!(event.reason.as_deref(), Some("suspended"));
    app.stop().await;
}
