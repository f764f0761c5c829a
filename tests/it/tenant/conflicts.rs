//! What somebody typed beside values that are not the saved ones any more: it is never saved unseen, and never lost.

use std::time::Duration;

use entra_emulator::Fault;
use serde_json::Value;
use sonicsaas::routes;

use super::{
    owner_of_new_team, page_at,
    policy::card,
    post_json,
    proof::{confirm, prove, save},
    submit,
};
use crate::{
    app::{App, CONTOSO, FABRIKAM},
    browser::Browser,
};

const DANA: &str = "dana@contoso.com";
const GUEST: &str = "sam@litware.example";

/// The id under which the refused form of a tenant that another team has is kept.
async fn refused_form(browser: &Browser) -> String {
    let form = [("tenant_id", CONTOSO), ("enabled", "on"), ("version", "0")];
    let page = submit(browser, routes::TENANT_SAVE, &form).await;
    page["problem"]["verify"].as_str().expect("a way on").to_owned()
}

fn verify(form: &str) -> String {
    format!("{}?form={form}", routes::TENANT_VERIFY)
}

fn words(said: &Value) -> &str {
    said["words"].as_str().expect("said")
}

#[tokio::test]
async fn of_two_first_saves_at_once_one_is_refused() {
    for round in 0..4 {
        let app = App::start().await;
        let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
        let form = |tenant| [("tenant_id", tenant), ("enabled", "on"), ("version", "0")];
        let (one, other) = (form(CONTOSO), form(FABRIKAM));
        let (one, other) = tokio::join!(
            post_json(&owner, routes::TENANT_SAVE, &one),
            post_json(&owner, routes::TENANT_SAVE, &other)
        );
        let mut ends = [one.status, other.status];
        ends.sort_unstable();
        assert_eq!(ends, [200, 409], "round {round}");
        app.stop().await;
    }
}

#[tokio::test]
async fn what_is_typed_keeps_the_version_it_was_typed_beside() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let seen = page_at(&adam, routes::ENTRA).await["settings"]["version"].to_string();
    let form = [
        ("tenant_id", CONTOSO),
        ("enabled", "on"),
        ("version", seen.as_str()),
    ];
    let colleague = [("tenant_id", CONTOSO), ("enabled", "on"), ("allow_guests", "on")];
    let saved = post_json(&adam, routes::TENANT_SAVE, &colleague).await;
    let newest = saved.json()["version"].to_string();
    assert_ne!(newest, seen);

    let tested = submit(&adam, routes::TENANT_TEST, &form).await;
    assert_eq!(tested["settings"]["version"].to_string(), seen);
    let page = submit(&adam, routes::TENANT_SAVE, &form).await;
    assert!(
        words(&page["problem"]).starts_with("Adam Cole changed this"),
        "{page}"
    );
    assert_eq!(page["problem"]["theirs"][2][1], "On");
    // Now their values stand beside these.
    assert_eq!(page["settings"]["version"].to_string(), newest);
    let wrong = [("tenant_id", "wrong"), ("version", seen.as_str())];
    let page = submit(&adam, routes::TENANT_SAVE, &wrong).await;
    assert!(words(&page["problem"]).starts_with("Adam Cole changed this"));
    app.stop().await;
}

#[tokio::test]
async fn a_version_never_comes_back_and_what_is_gone_is_called_gone() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&owner).await;
    let first = [("tenant_id", CONTOSO), ("enabled", "on"), ("version", "1")];
    owner.post(routes::TENANT_DISCONNECT, &[]).await;
    let page = submit(&owner, routes::TENANT_SAVE, &first).await;
    assert!(
        words(&page["problem"]).starts_with("Microsoft Entra ID was disconnected meanwhile."),
        "{page}"
    );
    assert_eq!(page["problem"]["theirs"][0][1], "disconnected");
    assert_eq!(page["settings"]["version"], 0);
    save(&owner).await;
    let answered = post_json(&owner, routes::TENANT_SAVE, &first).await;
    assert_eq!(answered.status, 409, "{}", answered.body);
    app.stop().await;
}

#[tokio::test]
async fn a_lost_tenant_is_spoken_of_until_something_else_happens() {
    let app = App::start().await;
    let (_, claims) = owner_of_new_team(&app, "Lakeside IT").await;
    save(&claims).await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let form = refused_form(&owner).await;
    let location = prove(&app, &owner, &verify(&form), DANA).await;
    confirm(&owner, &location).await;
    let stale = [("tenant_id", CONTOSO), ("enabled", "on"), ("version", "1")];
    let page = submit(&claims, routes::TENANT_SAVE, &stale).await;
    assert!(
        words(&page["problem"]).starts_with("Another team proved that it owns the tenant"),
        "{page}"
    );
    assert!(words(&page["attention"][0]).starts_with("Another team proved"));

    let other = [("tenant_id", FABRIKAM), ("enabled", "on")];
    assert_eq!(post_json(&claims, routes::TENANT_SAVE, &other).await.status, 200);
    claims.post(routes::TENANT_DISCONNECT, &[]).await;
    let page = page_at(&claims, routes::ENTRA).await;
    assert_eq!(page["attention"], serde_json::json!([]), "that is long over");
    assert_eq!(card(&claims).await["status"]["words"], "Not set up");
    app.stop().await;
}

#[tokio::test]
async fn a_proof_replaces_no_tenant_that_was_saved_meanwhile() {
    let app = App::start().await;
    let (_, claims) = owner_of_new_team(&app, "Lakeside IT").await;
    save(&claims).await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let form = refused_form(&owner).await;
    let location = prove(&app, &owner, &verify(&form), DANA).await;
    let meanwhile = [("tenant_id", FABRIKAM), ("enabled", "on"), ("version", "0")];
    assert_eq!(
        post_json(&owner, routes::TENANT_SAVE, &meanwhile).await.status,
        200
    );
    let page = confirm(&owner, &location).await;
    assert!(
        words(&page["problem"]).starts_with("Olivia Owner changed this"),
        "{page}"
    );
    assert_eq!(page["settings"]["tenant_id"], CONTOSO, "what was typed stays");
    assert_eq!(page["problem"]["theirs"][0][1], FABRIKAM);
    assert_eq!(
        page_at(&owner, routes::ENTRA).await["settings"]["tenant_id"],
        FABRIKAM
    );
    assert_eq!(
        page_at(&claims, routes::ENTRA).await["settings"]["tenant_id"],
        CONTOSO
    );
    app.stop().await;
}

#[tokio::test]
async fn the_values_of_a_proof_last_as_long_as_its_attempt() {
    let app = App::start().await;
    let (_, claims) = owner_of_new_team(&app, "Lakeside IT").await;
    save(&claims).await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let form = refused_form(&owner).await;
    app.advance(Duration::from_mins(6));
    let target = app.pick(&owner, DANA, &verify(&form)).await;
    app.advance(Duration::from_mins(5));
    let returned = owner.get(&target).await;
    let page = confirm(&owner, returned.location()).await;
    assert_eq!(page["settings"]["tenant_id"], CONTOSO);
    assert_eq!(page["status"]["ownership"]["words"], "Verified");
    app.stop().await;
}

#[tokio::test]
async fn an_expired_form_proves_nothing_in_its_place() {
    let app = App::start().await;
    let (_, claims) = owner_of_new_team(&app, "Lakeside IT").await;
    save(&claims).await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let form = refused_form(&owner).await;
    app.register(team, FABRIKAM, |_| {}).await;
    app.execute("update tenant_registration set verified_by = null, verified_at = null")
        .await;
    app.advance(Duration::from_mins(11));
    for form in [form.as_str(), "x", ""] {
        let started = owner.get(&verify(form)).await;
        assert_eq!(started.status, 303, "{}", started.location());
        let page = page_at(&owner, started.location()).await;
        assert!(
            words(&page["notice"]).starts_with("This step has expired"),
            "{page}"
        );
    }
    app.stop().await;
}

#[tokio::test]
async fn a_proof_that_fails_loses_nothing_that_was_typed() {
    let app = App::start().await;
    let (_, claims) = owner_of_new_team(&app, "Lakeside IT").await;
    save(&claims).await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let form = refused_form(&owner).await;
    let location = prove(&app, &owner, &verify(&form), GUEST).await;
    let page = page_at(&owner, &location).await;
    assert!(words(&page["notice"]).starts_with("You are a guest"));
    assert_eq!(page["settings"]["tenant_id"], CONTOSO);

    // Proven by another team as well, meanwhile.
    let location = prove(&app, &owner, &verify(&form), DANA).await;
    let theirs = prove(&app, &claims, routes::TENANT_VERIFY, DANA).await;
    confirm(&claims, &theirs).await;
    let page = confirm(&owner, &location).await;
    assert!(words(&page["notice"]).starts_with("Another team has already proven"));
    assert_eq!(page["settings"]["tenant_id"], CONTOSO);
    assert_eq!(page["settings"]["unsaved"], true);
    app.stop().await;
}

#[tokio::test]
async fn every_spelling_of_a_tenant_is_that_tenant() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let typed = format!("{{{}}}", CONTOSO.to_uppercase());
    let form = [("tenant_id", typed.as_str()), ("enabled", "on")];
    let page = submit(&adam, routes::TENANT_TEST, &form).await;
    assert_eq!(page["settings"]["unsaved"], false, "{page}");
    assert!(page["settings"]["found"].is_string());
    assert!(page["test"]["note"].is_null());
    app.stop().await;
}

#[tokio::test]
async fn a_test_of_the_saved_tenant_is_one_whatever_microsoft_says() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let form = [("tenant_id", CONTOSO), ("enabled", "on")];
    let control = app.emulator.control();
    control.fault(Fault::status("discovery", 503));
    let page = submit(&adam, routes::TENANT_TEST, &form).await;
    assert_eq!(page["test"]["steps"][1]["outcome"], "warning");
    assert!(page["test"]["note"].is_null(), "{}", page["test"]["note"]);
    assert!(words(&card(&adam).await["status"]).starts_with("Status unknown."));
    app.stop().await;
}

#[tokio::test]
async fn a_test_that_a_newer_server_kept_is_as_none() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let form = [("tenant_id", CONTOSO), ("enabled", "on")];
    submit(&adam, routes::TENANT_TEST, &form).await;
    app.execute("update connection_test set steps = '{\"tenant\":null,\"steps\":[{\"step\":\"new\"}]}'")
        .await;
    assert!(page_at(&adam, routes::ENTRA).await["test"]["at"].is_null());
    assert!(card(&adam).await["last_tested"].is_null());
    app.stop().await;
}

#[tokio::test]
async fn the_last_sign_in_is_one_of_the_saved_tenant_with_microsoft() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&owner).await;
    assert!(page_at(&owner, routes::ENTRA).await["status"]["last_sign_in"].is_null());
    app.signed_in(DANA).await;
    assert!(!page_at(&owner, routes::ENTRA).await["status"]["last_sign_in"].is_null());
    let other = [("tenant_id", FABRIKAM), ("enabled", "on")];
    assert_eq!(post_json(&owner, routes::TENANT_SAVE, &other).await.status, 200);
    assert!(page_at(&owner, routes::ENTRA).await["status"]["last_sign_in"].is_null());
    app.stop().await;
}

#[tokio::test]
async fn microsoft_is_not_asked_without_end() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let form = [("tenant_id", "not-a-tenant"), ("enabled", "on")];
    for _ in 0..120 {
        assert_eq!(post_json(&owner, routes::TENANT_TEST, &form).await.status, 200);
    }
    app.emulator.control().clear_log();
    for path in [routes::TENANT_TEST, routes::TENANT_SAVE] {
        let answered = post_json(&owner, path, &form).await;
        assert_eq!(
            (answered.status, answered.header("retry-after")),
            (429, "5"),
            "{path}"
        );
        let page = submit(&owner, path, &form).await;
        assert_eq!(
            words(&page["notice"]),
            "Too many requests. Try again after 14:03 UTC."
        );
        assert_eq!(page["settings"]["tenant_id"], "not-a-tenant");
    }
    for path in [routes::TENANT_VERIFY, routes::TENANT_CONSENT] {
        let refused = owner.get(path).await;
        assert_eq!(refused.status, 429, "{path}");
        assert!(refused.body.contains("Too many requests."), "{path}");
    }
    app.advance(Duration::from_secs(5));
    assert_eq!(post_json(&owner, routes::TENANT_TEST, &form).await.status, 200);
    app.stop().await;
}
