//! What the card on the overview of integrations says, row by row, and what is told of the server's own credential before
//! and after it ends.

use std::time::Duration;

use entra_emulator::Fault;
use serde_json::Value;
use sonicsaas::routes;

use super::{
    owner_of_new_team, page_at,
    policy::card,
    post_json,
    proof::{confirm, prove, save},
};
use crate::{
    app::{App, CONTOSO, FABRIKAM, Setup},
    browser::Browser,
};

const DAY: Duration = Duration::from_hours(24);

async fn shows(browser: &Browser, status: &str, reason: Option<&str>, action: &str, to: &str) {
    let card = card(browser).await;
    assert_eq!(card["status"]["words"], status);
    assert_eq!(card["reason"].as_str(), reason, "{status}");
    assert_eq!(card["action"]["words"], action, "{status}");
    assert_eq!(card["action"]["to"], format!("{}{to}", routes::ENTRA), "{status}");
}

fn service_principal(app: &App, there: bool) {
    let id = uuid::Uuid::from_u128(7);
    let changed = app.emulator.control().with_tenant(CONTOSO, |tenant| {
        tenant.installation.service_principal = there.then_some(id);
    });
    changed.expect("known");
}

#[tokio::test]
async fn the_card_says_how_it_stands_and_what_to_do_next() {
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    shows(&owner, "Not set up", None, "Set up Microsoft Entra ID", "").await;
    assert!(card(&owner).await["last_tested"].is_null());

    service_principal(&app, false);
    save(&owner).await;
    shows(
        &owner,
        "Waiting for approval",
        None,
        "Approve permissions",
        "#consent",
    )
    .await;
    service_principal(&app, true);
    save(&owner).await;
    let waits = "Ownership of tenant 3f2a9c1e-…-6f70 isn't verified. Group search, group names, member lists and group \
                 invitations wait for it.";
    shows(
        &owner,
        "On, unverified",
        Some(waits),
        "Verify ownership",
        "#ownership",
    )
    .await;

    let location = prove(&app, &owner, routes::TENANT_VERIFY, "dana@contoso.com").await;
    confirm(&owner, &location).await;
    shows(&owner, "On", None, "Manage", "").await;
    for (group, role, priority) in crate::app::NORTHWIND_MAPPINGS {
        app.map(team, group, role, priority).await;
    }
    assert_eq!(card(&owner).await["mappings"], "5 group mappings");

    let test = async || post_json(&owner, routes::TENANT_TEST, &[("tenant_id", CONTOSO)]).await;
    let changed = app.emulator.control().with_tenant(CONTOSO, |tenant| {
        tenant.installation.application.remove("Group.Read.All");
    });
    changed.expect("known");
    test().await;
    let partly = "A permission is missing in this tenant. The connection test names it.";
    shows(&owner, "On", Some(partly), "Manage", "").await;
    assert!(!card(&owner).await["last_tested"].is_null());

    let changed = app
        .emulator
        .control()
        .with_tenant(CONTOSO, |tenant| tenant.installation.enabled = false);
    changed.expect("known");
    test().await;
    let switched_off = "Get an access token: An administrator of the tenant has switched SonicSaaS off. They can switch \
                        it on in Enterprise applications > SonicSaaS > Properties.";
    shows(
        &owner,
        "Needs attention",
        Some(switched_off),
        "Fix connection",
        "",
    )
    .await;

    app.emulator.control().fault(Fault::status("discovery", 503));
    test().await;
    app.advance(Duration::from_mins(40));
    shows(
        &owner,
        "Status unknown. Last checked 40 minutes ago.",
        None,
        "Test Connection",
        "#test",
    )
    .await;

    let answered = post_json(&owner, routes::TENANT_SAVE, &[("tenant_id", CONTOSO)]).await;
    assert_eq!(answered.status, 200, "{}", answered.body);
    shows(&owner, "Turned off", None, "Turn on", "").await;

    // Others read the same without the action.
    app.emulator.control().clear_faults();
    let changed = app
        .emulator
        .control()
        .with_tenant(CONTOSO, |tenant| tenant.installation.enabled = true);
    changed.expect("known");
    post_json(
        &owner,
        routes::TENANT_SAVE,
        &[("tenant_id", CONTOSO), ("enabled", "on")],
    )
    .await;
    let vic = app.signed_in("vic@contoso.com").await;
    let seen = card(&vic).await;
    assert!(seen["action"].is_null());
    assert_eq!(
        seen["who_may"],
        "Only owners and admins can change this. Owners: Olivia Owner."
    );
    app.stop().await;
}

#[tokio::test]
async fn a_lost_tenant_needs_attention_until_there_is_another() {
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Lakeside IT").await;
    save(&owner).await;
    app.northwind().await;
    let lost = "Another team proved that it owns tenant 3f2a9c1e-…-6f70. It was removed here on 4 Mar 2026, and people \
                can't sign in with Microsoft.";
    shows(&owner, "Needs attention", Some(lost), "Fix connection", "").await;
    app.register(team, FABRIKAM, |_| {}).await;
    shows(&owner, "On", None, "Manage", "").await;
    assert_eq!(
        page_at(&owner, routes::ENTRA).await["attention"],
        serde_json::json!([])
    );
    app.stop().await;
}

/// What a new team reads: its owner's session is as old as the look.
async fn attention(app: &App, name: &str) -> (Value, Value) {
    let (_, owner) = owner_of_new_team(app, name).await;
    let page = page_at(&owner, routes::ENTRA).await;
    (page["attention"].clone(), card(&owner).await)
}

/// The other half of GRF-026: before the credential ends, and after.
#[tokio::test]
async fn the_end_of_the_credential_is_told_before_and_after() {
    let app = App::with(Setup {
        environment: vec![(
            "MICROSOFT_ENTRA_ID_CLIENT_SECRET_EXPIRES",
            "2026-06-01".to_owned(),
        )],
        from_many_places: true,
        ..Setup::default()
    })
    .await;
    let soon = "The Entra app credential expires on 1 Jun 2026. Sign-ins fail after that. Ask the platform administrator \
                to set a new client secret.";
    let over = "The Entra app credential expired on 1 Jun 2026. Sign-ins fail since then. Ask the platform administrator \
                to set a new client secret.";
    let mut now = 0;
    for (day, said) in [
        (0, None),
        // Sixty days before, at two in the afternoon.
        (28, None),
        (29, Some(("warn", soon))),
        (59, Some(("warn", soon))),
        (75, Some(("warn", soon))),
        (82, Some(("warn", soon))),
        (88, Some(("warn", soon))),
        (89, Some(("fail", over))),
        (120, Some(("fail", over))),
    ] {
        app.advance(DAY * (day - now));
        now = day;
        let (attention, card) = attention(&app, &format!("Team {day}")).await;
        match said {
            None => assert_eq!(attention, serde_json::json!([]), "day {day}"),
            Some((tone, words)) => {
                assert_eq!(attention[0]["words"], words, "day {day}");
                assert_eq!(attention[0]["tone"], tone, "day {day}");
            }
        }
        let status = if matches!(said, Some(("fail", _))) {
            "Needs attention"
        } else {
            "Not set up"
        };
        assert_eq!(card["status"]["words"], status, "day {day}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_credential_that_microsoft_rejects_is_told_until_it_works_again() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let ines = app.signed_in("ines@contoso.com").await;
    let vic = app.signed_in("vic@contoso.com").await;
    let control = app.emulator.control();
    let after =
        "Nobody can sign in with Microsoft until the platform administrator sets a new client secret.";
    let now = control.now();
    for (value, expires, why) in [
        ("another", None, "Microsoft rejects the Entra app credential."),
        (
            crate::app::CLIENT_SECRET,
            Some(now - 1),
            "The Entra app credential has expired, and Microsoft rejects it.",
        ),
    ] {
        control.with_registration(|registration| {
            value.clone_into(&mut registration.secrets[0].value);
            registration.secrets[0].expires = expires;
        });
        app.refused(&app.browser(), "dana@contoso.com").await;
        let whole = format!("{why} {after}");
        for browser in [&adam, &ines] {
            let page = page_at(browser, routes::ENTRA).await;
            assert_eq!(page["attention"][0]["words"], whole);
            assert_eq!(page["attention"][0]["tone"], "fail");
        }
        shows(&adam, "Needs attention", Some(&whole), "Fix connection", "").await;
        assert_eq!(
            page_at(&vic, routes::ENTRA).await["attention"],
            serde_json::json!([])
        );
    }
    control.with_registration(|registration| registration.secrets[0].expires = None);
    app.signed_in("dana@contoso.com").await;
    assert_eq!(
        page_at(&adam, routes::ENTRA).await["attention"],
        serde_json::json!([])
    );
    shows(&adam, "On", None, "Manage", "").await;
    app.stop().await;
}
