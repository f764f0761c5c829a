//! What the platform administrator chose, and Microsoft out of reach.

use entra_emulator::Fault;
use sonicsaas::routes;

use crate::app::{App, FABRIKAM, Setup};

#[tokio::test]
async fn without_microsoft_its_routes_are_not_there() {
    for environment in [
        vec![("AUTH_MODE", "local-only".to_owned())],
        vec![("MICROSOFT_ENTRA_ID_CLIENT_SECRET", String::new())],
    ] {
        let app = App::with(Setup {
            environment,
            ..Setup::default()
        })
        .await;
        app.northwind().await;
        let browser = app.browser();
        assert_eq!(browser.get(routes::SIGN_IN).await.line(), "404 Not Found");
        let page = browser.get(routes::LOGIN).await.body;
        assert!(!page.contains("Sign in with Microsoft"));
        assert!(
            page.contains("Sign in with email") && !page.contains("class=\"or\""),
            "{page}"
        );
        let stranger = browser.get(&format!("{}?code=c&state=s", routes::CALLBACK)).await;
        assert_eq!(stranger.line(), "404 Not Found");
        app.stop().await;
    }
}

#[tokio::test]
async fn a_server_with_no_way_in_says_so() {
    let environment = vec![
        ("AUTH_MODE", "entra-only".to_owned()),
        ("MICROSOFT_ENTRA_ID_CLIENT_SECRET", String::new()),
    ];
    let app = App::with(Setup {
        environment,
        ..Setup::default()
    })
    .await;
    let page = app.browser().get(routes::LOGIN).await.body;
    assert!(!page.contains("<form"), "{page}");
    assert!(
        page.contains("Sign-in isn't set up on this server. Ask the platform administrator."),
        "{page}"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_sign_in_begun_before_microsoft_was_switched_off_says_so() {
    let on = App::start().await;
    on.northwind().await;
    let off = App::with(Setup {
        environment: vec![("AUTH_MODE", "local-only".to_owned())],
        ..Setup::default()
    })
    .await;
    let began = on.browser();
    let target = on.pick(&began, "dana@contoso.com", routes::SIGN_IN).await;
    let query = target.split_once('?').expect("a query").1;
    let browser = off.browser();
    for name in began.cookie_names() {
        browser.set_cookie(&name, &began.cookie(&name).expect("there"));
    }
    let reply = browser.get(&format!("{}?{query}", routes::CALLBACK)).await;
    assert_eq!(reply.location(), "/login?error=sso_disabled");
    on.stop().await;
    off.stop().await;
}

#[tokio::test]
async fn microsoft_out_of_reach_is_said_before_the_browser_leaves() {
    let app = App::start().await;
    app.northwind().await;
    app.emulator.control().fault(Fault::status("discovery", 503));
    let browser = app.browser();
    let reply = browser.get(routes::SIGN_IN).await;
    let event = app.refusal(&browser, &reply).await;
    assert_eq!(
        (event.reason.as_deref(), event.outcome.as_str()),
        (Some("provider_unreachable"), "failure")
    );
    app.emulator.control().clear_faults();
    app.signed_in("dana@contoso.com").await;
    app.stop().await;
}

#[tokio::test]
async fn a_server_may_demand_the_proof_of_ownership() {
    let environment = vec![("ENTRA_TENANT_VERIFICATION", "required".to_owned())];
    let app = App::with(Setup {
        environment,
        ..Setup::default()
    })
    .await;
    let team = app.northwind().await;
    app.signed_in("dana@contoso.com").await;
    // Another tenant is another claim, and unproven.
    app.register(team, FABRIKAM, |draft| draft.proven = false).await;
    let event = app.refused(&app.browser(), "farah@fabrikam.com").await;
    assert_eq!(event.reason.as_deref(), Some("tenant_unverified"));
    app.stop().await;
}
