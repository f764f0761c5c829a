//! Whose tenant it is: proven by a sign-in, confirmed once, and never by anything else.

use sonicsaas::routes;

use super::{owner_of_new_team, page_at, post_json, submit};
use crate::{
    app::{App, CONTOSO},
    browser::Browser,
};

/// Saves the tenant, unproven.
pub(super) async fn save(owner: &Browser) {
    let saved = post_json(
        owner,
        routes::TENANT_SAVE,
        &[("tenant_id", CONTOSO), ("enabled", "on")],
    )
    .await;
    assert_eq!(saved.status, 200, "{}", saved.body);
}

/// Goes to Microsoft and back as this person: where the browser ends.
pub(super) async fn prove(app: &App, browser: &Browser, start: &str, person: &str) -> String {
    let target = app.pick(browser, person, start).await;
    let returned = browser.get(&target).await;
    assert_eq!(returned.status, 303, "{}", returned.body);
    returned.location().to_owned()
}

/// Presses the button of the step that the address leads to.
pub(super) async fn confirm(browser: &Browser, location: &str) -> serde_json::Value {
    let step = page_at(browser, location).await["step"].clone();
    assert_eq!(step["heading"], "Confirm ownership", "{step}");
    let id = step["fields"][0][1].as_str().expect("an id").to_owned();
    submit(browser, routes::TENANT_CONFIRM, &[("proof", &id)]).await
}

#[tokio::test]
async fn a_sign_in_proves_and_a_confirmation_makes_it_count() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&owner).await;
    let location = prove(&app, &owner, routes::TENANT_VERIFY, "dana@contoso.com").await;
    let page = page_at(&owner, &location).await;
    let words = page["step"]["words"][0].as_str().expect("said");
    assert!(
        words.starts_with(
            "You signed in to contoso.com (3f2a9c1e-…-6f70) as dana@contoso.com, a member there."
        ),
        "{words}"
    );
    assert_eq!(page["status"]["ownership"]["words"], "Unverified");
    let page = confirm(&owner, &location).await;
    assert_eq!(page["status"]["ownership"]["words"], "Verified");
    let event = app.last_event("tenant.verified").await;
    assert_eq!(
        (event.outcome.as_str(), event.detail("by")),
        ("success", "member")
    );

    // Used once.
    let id = location.rsplit('=').next().expect("an id").to_owned();
    assert_eq!(
        post_json(&owner, routes::TENANT_CONFIRM, &[("proof", &id)])
            .await
            .status,
        404
    );

    let page = submit(
        &owner,
        routes::TENANT_TEST,
        &[("tenant_id", CONTOSO), ("enabled", "on")],
    )
    .await;
    let steps = page["test"]["steps"].as_array().expect("steps");
    for step in &steps[..5] {
        assert_eq!(step["outcome"], "passed", "{step}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_guest_proves_nothing() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&owner).await;
    let location = prove(&app, &owner, routes::TENANT_VERIFY, "sam@litware.example").await;
    let page = page_at(&owner, &location).await;
    let said = page["notice"]["words"].as_str().expect("said");
    assert!(said.starts_with("You are a guest in"), "{said}");
    assert_eq!(page["status"]["ownership"]["words"], "Unverified");
    let event = app.last_event("tenant.verified").await;
    assert_eq!(event.outcome, "refused");
    assert_eq!(event.reason.as_deref(), Some("guest_refused"));
    assert_eq!(event.detail("check"), "guest_not_allowed");
    app.stop().await;
}

#[tokio::test]
async fn a_proof_takes_the_tenant_from_a_team_that_only_claims_it() {
    let app = App::start().await;
    let (_, claims) = owner_of_new_team(&app, "Lakeside IT").await;
    save(&claims).await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let form = [("tenant_id", CONTOSO), ("enabled", "on"), ("version", "0")];
    let left = owner.post(routes::TENANT_SAVE, &form).await;
    let page = page_at(&owner, left.location()).await;
    let form = page["problem"]["verify"].as_str().expect("a way on").to_owned();
    let start = format!("{}?form={form}", routes::TENANT_VERIFY);
    let location = prove(&app, &owner, &start, "dana@contoso.com").await;
    let page = confirm(&owner, &location).await;
    assert_eq!(page["status"]["sign_in"]["words"], "On");
    assert_eq!(page["status"]["ownership"]["words"], "Verified");

    let lost = page_at(&claims, routes::ENTRA).await;
    let said = lost["attention"][0]["words"].as_str().expect("said");
    assert!(
        said.starts_with("Another team proved that it owns tenant 3f2a9c1e-…-6f70."),
        "{said}"
    );
    assert_eq!(app.last_event("tenant.displaced").await.detail("by"), "member");
    let dana = app.signed_in("dana@contoso.com").await;
    assert_eq!(
        dana.call(routes::VIEWER).await.json()["team_name"],
        "Northwind MSP"
    );
    app.stop().await;
}

#[tokio::test]
async fn an_approval_leads_to_the_proof_and_to_the_test() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&owner).await;
    let started = owner.get(routes::TENANT_CONSENT).await;
    assert_eq!(started.status, 302);
    let consent = started.location().to_owned();
    assert!(
        consent.contains(&format!("/{CONTOSO}/v2.0/adminconsent?")),
        "{consent}"
    );
    let state = state_of(&consent);
    // Microsoft's own redirect; a forged one looks the same, and neither proves anything.
    let callback = format!(
        "{}?admin_consent=True&tenant={CONTOSO}&state={state}",
        routes::CALLBACK
    );
    let onward = owner.get(&callback).await;
    assert_eq!(onward.status, 303);
    assert!(
        onward.location().contains("/oauth2/v2.0/authorize?"),
        "{}",
        onward.location()
    );
    let target = app
        .emulator
        .control()
        .sign_in(onward.location(), "adam@contoso.com")
        .expect("the person can sign in");
    let back = owner.get(&target).await;
    let page = confirm(&owner, back.location()).await;
    let said = page["notice"]["words"].as_str().expect("said");
    assert!(said.starts_with("Ownership verified."), "{said}");
    assert!(said.contains("Connection test passed"), "{said}");
    assert_eq!(app.last_event("tenant.consented").await.outcome, "success");
    app.stop().await;
}

/// The state in an address of Microsoft's.
pub(super) fn state_of(address: &str) -> String {
    let (_, query) = address.split_once('?').expect("a query");
    form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "state")
        .map(|(_, value)| value.into_owned())
        .expect("a state")
}

#[tokio::test]
async fn forged_consent_returns_change_nothing() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&owner).await;
    let fresh_state = async || state_of(owner.get(routes::TENANT_CONSENT).await.location());

    let state = fresh_state().await;
    let declined = format!(
        "{}?admin_consent=True&error=access_denied&tenant={CONTOSO}&state={state}",
        routes::CALLBACK
    );
    let location = owner.get(&declined).await.location().to_owned();
    let page = page_at(&owner, &location).await;
    let said = page["notice"]["words"].as_str().expect("said");
    assert!(said.starts_with("Approval was declined."), "{said}");
    let event = app.last_event("tenant.consented").await;
    assert_eq!(
        (event.outcome.as_str(), event.reason.as_deref()),
        ("refused", Some("declined"))
    );

    let state = fresh_state().await;
    let other = crate::app::FABRIKAM;
    let elsewhere = format!(
        "{}?admin_consent=True&tenant={other}&state={state}",
        routes::CALLBACK
    );
    let location = owner.get(&elsewhere).await.location().to_owned();
    let page = page_at(&owner, &location).await;
    let said = page["notice"]["words"].as_str().expect("said");
    assert!(
        said.starts_with("Approval came from a different tenant"),
        "{said}"
    );
    let event = app.last_event("tenant.consented").await;
    assert_eq!(event.reason.as_deref(), Some("tenant_mismatch"));

    // Another browser has no attempt, and another session is not the one that was sent.
    let state = fresh_state().await;
    let stolen = format!(
        "{}?admin_consent=True&tenant={CONTOSO}&state={state}",
        routes::CALLBACK
    );
    let event = {
        let browser = app.browser();
        let reply = browser.get(&stolen).await;
        app.refusal(&browser, &reply).await
    };
    assert_eq!(event.detail("check"), "tx_not_bound_to_browser");
    assert_eq!(
        page_at(&owner, routes::ENTRA).await["status"]["ownership"]["words"],
        "Unverified"
    );
    app.stop().await;
}
