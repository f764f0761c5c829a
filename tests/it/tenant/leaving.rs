//! What ends when a team leaves a tenant, or the tenant takes its approval back, and what stays.

use entra_emulator::Fault;
use sonicsaas::routes;

use super::{owner_of_new_team, page_at, policy::card, post_json, submit};
use crate::app::{App, CONTOSO, FABRIKAM};

const OLGA: &str = "olga@contoso.com";

/// How often the application asked for a token of its own.
fn own_tokens(app: &App) -> usize {
    let asked = app.emulator.control().log_of("token");
    let own = asked
        .iter()
        .filter(|asked| asked.form_value("grant_type") == Some("client_credentials"));
    own.count()
}

/// The groups of somebody who is in too many are read by the application alone.
fn only_the_application_reads(app: &App) {
    app.emulator.control().fault(Fault::status("graph/me", 403));
}

/// TNT-018
#[tokio::test]
async fn a_tenant_that_is_disconnected_takes_everything_along() {
    let app = App::start().await;
    let team = app.northwind().await;
    let (other, farah) = {
        let other = app.team("Fabrikam Field Services", FABRIKAM).await;
        (other, app.signed_in("farah@fabrikam.com").await)
    };
    only_the_application_reads(&app);
    let olga = app.signed_in(OLGA).await;
    app.signed_in(OLGA).await;
    assert_eq!(own_tokens(&app), 1, "the application's token is kept");
    assert_eq!(olga.call(routes::VIEWER).await.json()["role"], "operator");

    let adam = app.signed_in("adam@contoso.com").await;
    let answered = post_json(&adam, routes::TENANT_DISCONNECT, &[]).await;
    assert_eq!(answered.status, 200, "{}", answered.body);
    for browser in [&olga, &adam] {
        assert_eq!(browser.call(routes::VIEWER).await.status, 401);
        let page = browser.get(routes::ENTRA).await;
        assert_eq!(page.status, 303);
        assert!(page.location().starts_with("/login"), "{}", page.location());
    }
    assert_eq!(
        farah.call(routes::VIEWER).await.json()["team_id"],
        other.to_string()
    );
    assert_eq!(
        app.count("select cast(count(*) as text) from group_mapping")
            .await,
        5
    );
    let event = app.last_event("tenant.disconnected").await;
    assert_eq!(event.team, Some(team));
    assert_eq!(
        (event.details["was_proven"].as_bool(), event.outcome.as_str()),
        (Some(true), "success")
    );
    assert!(event.details["sessions_ended"].as_i64().expect("a number") >= 2);

    // Connected once more it must be proven once more, and begins with a new token.
    app.register(team, CONTOSO, |draft| draft.proven = false).await;
    app.emulator.control().clear_log();
    let olga = app.signed_in(OLGA).await;
    assert_eq!(own_tokens(&app), 1, "the old token is gone");
    let page = page_at(&olga, routes::ENTRA).await;
    assert_eq!(page["status"]["ownership"]["words"], "Unverified");
    assert_eq!(
        olga.call(routes::VIEWER).await.json()["role"],
        "operator",
        "mappings count again"
    );

    // There is nothing to disconnect twice.
    let (_, owner) = owner_of_new_team(&app, "Lakeside IT").await;
    assert_eq!(
        post_json(&owner, routes::TENANT_DISCONNECT, &[]).await.status,
        404
    );
    app.stop().await;
}

/// TNT-019: people sign in as before, by their ID token; nothing is deleted and nobody asks without end.
#[tokio::test]
async fn an_approval_that_is_taken_back_takes_nothing_else_along() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let works = submit(
        &adam,
        routes::TENANT_TEST,
        &[("tenant_id", CONTOSO), ("enabled", "on")],
    )
    .await;
    assert_eq!(works["status"]["consent"]["words"], "Approved");
    assert_eq!(card(&adam).await["status"]["words"], "On");
    for (error, number) in [("invalid_client", 7_000_229), ("unauthorized_client", 700_016)] {
        let body = serde_json::json!({
            "error": error,
            "error_description": format!("AADSTS{number}: said"),
            "error_codes": [number],
        });
        let control = app.emulator.control();
        control.clear_faults();
        control.fault(Fault {
            form: Some("grant_type=client_credentials".to_owned()),
            body: Some(body.to_string()),
            ..Fault::status("token", 401)
        });
        control.fault(Fault::status("graph", 403));
        control.clear_log();
        let page = submit(
            &adam,
            routes::TENANT_TEST,
            &[("tenant_id", CONTOSO), ("enabled", "on")],
        )
        .await;
        assert_eq!(page["test"]["steps"][2]["code"], "consent_missing");
        assert_eq!(own_tokens(&app), 1, "asked once");
        assert!(control.log_of("graph").is_empty());
        assert_eq!(page["status"]["consent"]["words"], "Missing");
        assert_eq!(page["status"]["ownership"]["words"], "Verified");
        let card = card(&adam).await;
        assert_eq!(card["status"]["words"], "Waiting for approval");
        assert_eq!(card["action"]["words"], "Approve permissions");
        let dana = app.signed_in("dana@contoso.com").await;
        assert_eq!(dana.call(routes::VIEWER).await.json()["role"], "operator");
    }
    assert_eq!(
        app.count("select cast(count(*) as text) from group_mapping")
            .await,
        5
    );
    app.stop().await;
}

/// P231, and a test of another tenant than the saved one.
#[tokio::test]
async fn a_test_changes_nothing_but_what_is_known() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let registration = "select cast(version as text) || ' ' || cast(enabled as text) || ' ' || cast(allow_guests as text) \
                        || ' ' || coalesce(verified_by, '') from tenant_registration";
    let before = app.text(registration).await;
    app.emulator.control().fault(Fault::status("graph", 401));
    let page = submit(
        &adam,
        routes::TENANT_TEST,
        &[("tenant_id", CONTOSO), ("enabled", "on")],
    )
    .await;
    assert_eq!(page["test"]["steps"][3]["code"], "consent_propagating");
    assert_eq!(app.text(registration).await, before);

    app.emulator.control().clear_faults();
    let page = submit(
        &adam,
        routes::TENANT_TEST,
        &[("tenant_id", FABRIKAM), ("allow_guests", "on")],
    )
    .await;
    assert_eq!(
        page["test"]["note"],
        "Testing the values above, not the saved ones"
    );
    assert_eq!(page["settings"]["tenant_id"], FABRIKAM);
    assert_eq!(
        (
            page["settings"]["allow_guests"].as_bool(),
            page["settings"]["unsaved"].as_bool()
        ),
        (Some(true), Some(true))
    );
    assert_eq!(
        page["test"]["steps"][3]["code"], "waits_for_proof",
        "another tenant is never read"
    );
    assert_eq!(app.text(registration).await, before);
    let later = page_at(&adam, routes::ENTRA).await;
    assert_eq!(later["settings"]["tenant_id"], CONTOSO);
    assert_eq!(
        later["test"]["note"],
        "Settings changed since this test. Test again."
    );
    assert_eq!(
        app.signed_in("dana@contoso.com")
            .await
            .call(routes::VIEWER)
            .await
            .status,
        200
    );
    app.stop().await;
}
