//! What a return from Microsoft is for: decided by the attempt that its state belongs to, in the session that began it,
//! once, and by nothing else that stands in the address.

use std::time::Duration;

use sonicsaas::routes;

use super::{
    owner_of_new_team, page_at, post_json,
    proof::{confirm, prove, save, state_of},
};
use crate::{
    app::{App, CONTOSO, Event, FABRIKAM},
    browser::Browser,
};

const DANA: &str = "dana@contoso.com";

fn callback(query: &str) -> String {
    format!("{}?{query}", routes::CALLBACK)
}

fn parameter(address: &str, wanted: &str) -> String {
    let (_, query) = address.split_once('?').expect("a query");
    let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted);
    let (_, value) = found.unwrap_or_else(|| panic!("{wanted} in {address}"));
    value.into_owned()
}

/// A consent that was begun: its state.
async fn consent(browser: &Browser) -> String {
    let started = browser.get(routes::TENANT_CONSENT).await;
    assert_eq!(started.status, 302, "{}", started.body);
    state_of(started.location())
}

/// The newest event but those of sign-ins that the test itself is sure of.
async fn newest(app: &App) -> Event {
    app.events().await.pop().expect("an event")
}

async fn is_unproven(browser: &Browser) {
    let page = page_at(browser, routes::ENTRA).await;
    assert_eq!(page["status"]["ownership"]["words"], "Unverified");
}

/// FLW-025: the state of a sign-in, a proof or a consent, with what belongs to another of the three.
#[tokio::test]
async fn a_state_counts_for_nothing_else_than_it_was_made_for() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&owner).await;
    let sessions = "select cast(count(*) as text) from session";
    let proofs = "select cast(count(*) as text) from kept_form where content like '{\"Proof\"%'";
    let had = app.count(sessions).await;
    let consented = format!("admin_consent=True&tenant={CONTOSO}");
    for (of, with) in [
        ("sign-in", "proof"),
        ("sign-in", "consent"),
        ("proof", "sign-in"),
        ("proof", "consent"),
        ("consent", "sign-in"),
        ("consent", "proof"),
    ] {
        let sign_in = app.pick(&owner, DANA, routes::SIGN_IN).await;
        let proof = app.pick(&owner, DANA, routes::TENANT_VERIFY).await;
        let approval = consent(&owner).await;
        let state = match of {
            "sign-in" => parameter(&sign_in, "state"),
            "proof" => parameter(&proof, "state"),
            _ => approval,
        };
        let brought = match with {
            "sign-in" => format!("code={}", parameter(&sign_in, "code")),
            "proof" => format!("code={}", parameter(&proof, "code")),
            _ => consented.clone(),
        };
        let mixed = callback(&format!("{brought}&state={state}"));
        let redeemed = app.redeemed();
        let reply = owner.get(&mixed).await;
        assert_eq!(reply.status, 303, "{of} with {with}: {}", reply.body);
        let event = newest(&app).await;
        let told = (
            event.action.as_str(),
            event.reason.as_deref(),
            event.detail("check"),
        );
        let expected = match (of, with) {
            ("sign-in", "consent") => ("sign_in", Some("exchange_failed"), "code_missing"),
            ("sign-in", _) => ("sign_in", Some("exchange_failed"), "token_exchange_failed"),
            ("proof", "consent") => ("tenant.verified", Some("exchange_failed"), "code_missing"),
            ("proof", _) => (
                "tenant.verified",
                Some("exchange_failed"),
                "token_exchange_failed",
            ),
            _ => ("tenant.consented", Some("tx_purpose_mismatch"), ""),
        };
        assert_eq!(
            (told, event.outcome.as_str()),
            (expected, "refused"),
            "{of} with {with}"
        );
        if of == "consent" || with == "consent" {
            assert_eq!(app.redeemed(), redeemed, "{of} with {with}: no code is redeemed");
        }
        assert_eq!(app.count(sessions).await, had, "{of} with {with}");
        assert_eq!(app.count(proofs).await, 0, "{of} with {with}");
        is_unproven(&owner).await;
        owner.get(&mixed).await;
        assert_eq!(newest(&app).await.detail("check"), "tx_spent", "{of} with {with}");
    }
    app.stop().await;
}

/// TNT-002: whoever forges the return of an approval is asked to sign in to that tenant, and proves nothing otherwise.
#[tokio::test]
async fn a_forged_approval_binds_nothing() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Lakeside IT").await;
    save(&owner).await;
    let state = consent(&owner).await;
    let forged = callback(&format!("admin_consent=True&tenant={CONTOSO}&state={state}"));
    let onward = owner.get(&forged).await;
    assert!(
        onward.location().contains("/oauth2/v2.0/authorize?"),
        "{}",
        onward.location()
    );
    is_unproven(&owner).await;
    // A stranger to that tenant gets no further.
    let stranger = app
        .emulator
        .control()
        .sign_in(onward.location(), "sam@litware.example");
    let back = owner.get(&stranger.expect("a guest there")).await;
    let page = page_at(&owner, back.location()).await;
    assert!(page["step"].is_null());
    assert_eq!(page["notice"]["tone"], "fail");
    is_unproven(&owner).await;
    assert_eq!(newest(&app).await.reason.as_deref(), Some("guest_refused"));

    // Where ownership is proven, the test decides what was approved.
    let (team, second) = owner_of_new_team(&app, "Fabrikam Field Services").await;
    app.register(team, FABRIKAM, |_| {}).await;
    app.emulator
        .control()
        .with_tenant(FABRIKAM, |tenant| tenant.installation.service_principal = None)
        .expect("known");
    let state = consent(&second).await;
    let forged = callback(&format!("admin_consent=True&tenant={FABRIKAM}&state={state}"));
    let back = second.get(&forged).await;
    let page = page_at(&second, back.location()).await;
    assert_eq!(
        page["notice"]["words"],
        "Approval received. Checking permissions… Connection test failed at step 3: Get an access token"
    );
    assert_eq!(page["status"]["consent"]["words"], "Missing");
    app.stop().await;
}

/// TNT-004 and P233: another team's state, another administrator's, an empty jar, and a jar that was copied.
#[tokio::test]
async fn a_return_counts_in_the_session_that_began_it() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.emulator
        .control()
        .add_member(CONTOSO, "SonicSaaS-Admins", "priya@contoso.com")
        .expect("known");
    let priya = app.signed_in("priya@contoso.com").await;
    let (other, stranger) = owner_of_new_team(&app, "Fabrikam Field Services").await;
    app.register(other, FABRIKAM, |_| {}).await;
    let before = app.redeemed();
    for (thief, check) in [
        (&stranger, "tx_not_bound_to_browser"),
        // Who has signed in here has an attempt, and it is another one.
        (&priya, "state_mismatch"),
        (&app.browser(), "tx_not_bound_to_browser"),
    ] {
        let state = consent(&adam).await;
        let address = callback(&format!("admin_consent=True&tenant={CONTOSO}&state={state}"));
        thief.get(&address).await;
        let event = newest(&app).await;
        assert_eq!(
            (
                event.action.as_str(),
                event.reason.as_deref(),
                event.detail("check")
            ),
            ("sign_in", Some("state_invalid"), check)
        );
        // It is not spent: it still counts where it belongs.
        let back = adam.get(&address).await;
        assert!(back.location().starts_with(routes::ENTRA), "{}", back.location());
        let approved = app.last_event("tenant.consented").await;
        assert_eq!(approved.outcome, "success");
    }
    for thief in [&stranger, &priya] {
        let state = consent(&adam).await;
        for name in adam.cookie_names() {
            if name.contains("attempt") {
                thief.set_cookie(&name, &adam.cookie(&name).expect("kept"));
            }
        }
        let address = callback(&format!("admin_consent=True&tenant={CONTOSO}&state={state}"));
        thief.get(&address).await;
        assert_eq!(newest(&app).await.detail("check"), "tx_not_bound_to_browser");
    }
    assert_eq!(app.redeemed(), before, "no code was ever redeemed");
    app.stop().await;
}

/// TNT-011: somebody is sent the address of another's proof and signs in there, in good faith.
#[tokio::test]
async fn nobody_proves_a_tenant_for_somebody_else() {
    let app = App::start().await;
    let (_, attacker) = owner_of_new_team(&app, "Lakeside IT").await;
    save(&attacker).await;
    let (other, victim) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(other, FABRIKAM, |_| {}).await;
    for browser in [app.browser(), victim] {
        let sent = attacker.get(routes::TENANT_VERIFY).await;
        let led = app
            .emulator
            .control()
            .sign_in(sent.location(), "adam@contoso.com");
        let reply = browser.get(&led.expect("signed in at Microsoft")).await;
        assert_eq!(reply.location(), "/login?error=state_invalid");
        assert_eq!(newest(&app).await.detail("check"), "tx_not_bound_to_browser");
        is_unproven(&attacker).await;
    }
    assert_eq!(app.redeemed(), 0);
    app.stop().await;
}

/// TNT-021
#[tokio::test]
async fn a_proof_counts_once_and_not_for_long() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&owner).await;
    let again = async |target: &str, check: &str| {
        let reply = owner.get(target).await;
        let page = page_at(&owner, reply.location()).await;
        let said = page["notice"]["words"].as_str().expect("said");
        assert!(
            said.starts_with("This step has expired") || said.starts_with("This return from"),
            "{said}"
        );
        assert_eq!(newest(&app).await.detail("check"), check);
    };
    let expired = async |id: &str| {
        let answered = post_json(&owner, routes::TENANT_CONFIRM, &[("proof", id)]).await;
        assert_eq!(answered.status, 404, "{}", answered.body);
        let left = owner.post(routes::TENANT_CONFIRM, &[("proof", id)]).await;
        let page = page_at(&owner, left.location()).await;
        let said = page["notice"]["words"].as_str().expect("said");
        assert!(
            said.starts_with("This step has expired or was used already."),
            "{said}"
        );
    };

    // After a failure.
    let failed = app
        .pick(&owner, "sam@litware.example", routes::TENANT_VERIFY)
        .await;
    owner.get(&failed).await;
    again(&failed, "tx_spent").await;

    // After so long that nobody remembers.
    let late = app.pick(&owner, DANA, routes::TENANT_VERIFY).await;
    let location = prove(&app, &owner, routes::TENANT_VERIFY, DANA).await;
    let kept = location.rsplit('=').next().expect("an id").to_owned();
    app.advance(Duration::from_mins(16));
    again(&late, "tx_expired").await;
    expired(&kept).await;
    let step = page_at(&owner, &location).await["step"].clone();
    assert_eq!(step["heading"], "This step has expired");
    assert!(step["action"].is_null());
    is_unproven(&owner).await;

    // After a success.
    let target = app.pick(&owner, DANA, routes::TENANT_VERIFY).await;
    let back = owner.get(&target).await;
    let location = back.location().to_owned();
    let page = confirm(&owner, &location).await;
    assert_eq!(page["status"]["ownership"]["words"], "Verified");
    again(&target, "tx_spent").await;
    expired(location.rsplit('=').next().expect("an id")).await;

    let events = app.events().await;
    let proven = events
        .iter()
        .filter(|event| event.action == "tenant.verified" && event.outcome == "success");
    assert_eq!(proven.count(), 1);
    let registered = "select cast(count(*) as text) from tenant_registration";
    assert_eq!(app.count(registered).await, 1);

    // P076: nothing is left to prove.
    let nothing = owner.get(routes::TENANT_VERIFY).await;
    assert_eq!((nothing.status, nothing.location()), (303, routes::ENTRA));
    app.stop().await;
}
