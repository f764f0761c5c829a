//! Returns from Microsoft: which attempt they belong to, what they may say, and that each counts once.

use std::time::Duration;

use http::Method;
use sonicsaas::routes;

use crate::app::{App, CONTOSO, FABRIKAM};

#[tokio::test]
async fn an_attempt_is_used_once_by_the_browser_that_began_it() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.browser();
    let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
    let redeemed = || app.emulator.control().log_of("token").len();
    let refused = async |browser: &crate::browser::Browser, target: &str, check: &str| {
        let before = redeemed();
        let reply = browser.get(target).await;
        assert_eq!(reply.location(), "/login?error=state_invalid", "{check}");
        assert_eq!(app.last_event("sign_in").await.detail("check"), check);
        assert_eq!(redeemed(), before, "{check}: no code was redeemed");
    };
    let state = target
        .split(['?', '&'])
        .find(|part| part.starts_with("state="))
        .expect("a state")
        .to_owned();
    refused(&app.browser(), &target, "tx_not_bound_to_browser").await;
    refused(&browser, &target.replace(&state, "x=y"), "state_missing").await;
    refused(
        &browser,
        &target.replace(&state, &format!("state={}", "0".repeat(64))),
        "state_mismatch",
    )
    .await;
    refused(&browser, &format!("{target}&code=another"), "param_duplicate").await;
    // None of them used the attempt up.
    assert_eq!(browser.get(&target).await.location(), "/dashboard");
    let session = browser.cookie("session");
    refused(&browser, &target, "tx_spent").await;
    assert_eq!(browser.cookie("session"), session, "the session stays");
    let page = browser.get("/login?error=state_invalid").await;
    assert!(
        page.body.contains("Northwind MSP") && page.body.contains("Dana Reyes"),
        "it offers to continue"
    );

    let late = app.browser();
    let target = app.pick(&late, "dana@contoso.com", routes::SIGN_IN).await;
    app.advance(Duration::from_secs(601));
    refused(&late, &target, "tx_expired").await;
    app.stop().await;
}

#[tokio::test]
async fn one_of_two_equal_returns_signs_in() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.browser();
    let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
    let twin = browser.copy();
    let (first, second) = tokio::join!(browser.get(&target), twin.get(&target));
    let mut locations = [first.location().to_owned(), second.location().to_owned()];
    locations.sort();
    assert_eq!(locations, ["/dashboard", "/login?error=state_invalid"]);
    assert_eq!(app.emulator.control().log_of("token").len(), 1);
    app.stop().await;
}

#[tokio::test]
async fn microsofts_errors_keep_their_meaning() {
    let app = App::start().await;
    app.northwind().await;
    for (query, reason) in [
        ("error=access_denied&error_subcode=cancel", "cancelled"),
        (
            "error=access_denied&error_description=AADSTS65001%3a+no+consent",
            "consent_required",
        ),
        (
            "error=access_denied&error_description=AADSTS90094%3a+admin",
            "consent_required",
        ),
        (
            "error=access_denied&error_description=AADSTS50105%3a+not+assigned",
            "not_assigned",
        ),
        (
            "error=access_denied&error_description=AADSTS53003%3a+blocked",
            "blocked_by_policy",
        ),
        ("error=consent_required", "consent_required"),
        ("error=server_error", "provider_error"),
        ("error=access_denied&code=x", "cancelled"),
    ] {
        let browser = app.browser();
        let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
        let state = target
            .split(['?', '&'])
            .find(|part| part.starts_with("state="))
            .expect("a state");
        let reply = browser
            .get(&format!("{}?{query}&{state}", routes::CALLBACK))
            .await;
        let event = app.refusal(&browser, &reply).await;
        assert_eq!(
            (event.reason.as_deref(), event.detail("check")),
            (Some(reason), "op_error"),
            "{query}"
        );
        assert!(
            app.emulator.control().log_of("token").is_empty(),
            "{query}: no code is redeemed"
        );
    }
    app.stop().await;
}

#[tokio::test]
async fn a_return_without_a_code_uses_the_attempt_up() {
    let app = App::start().await;
    app.northwind().await;
    for query in [
        String::new(),
        "code=".to_owned(),
        format!("code={}", "x".repeat(20_000)),
        "admin_consent=True&tenant=x".to_owned(),
    ] {
        let browser = app.browser();
        let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
        let state = target
            .split(['?', '&'])
            .find(|part| part.starts_with("state="))
            .expect("a state")
            .to_owned();
        let reply = browser
            .get(&format!("{}?{query}&{state}", routes::CALLBACK))
            .await;
        let event = app.refusal(&browser, &reply).await;
        assert_eq!(
            (event.reason.as_deref(), event.detail("check")),
            (Some("exchange_failed"), "code_missing")
        );
        assert_eq!(
            browser.get(&target).await.location(),
            "/login?error=state_invalid"
        );
        assert_eq!(app.last_event("sign_in").await.detail("check"), "tx_spent");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_wrong_issuer_in_the_return_is_refused() {
    let app = App::start().await;
    app.northwind().await;
    let authority = app.emulator.authority();
    for issuer in [
        "https://evil.example".to_owned(),
        format!("{authority}/{FABRIKAM}/v2.0"),
    ] {
        let browser = app.browser();
        let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
        let reply = browser.get(&format!("{target}&iss={issuer}")).await;
        let event = app.refusal(&browser, &reply).await;
        assert_eq!(
            (event.reason.as_deref(), event.detail("check")),
            (Some("exchange_failed"), "iss_param_mismatch")
        );
    }
    let browser = app.browser();
    let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
    let reply = browser
        .get(&format!("{target}&iss={authority}/{CONTOSO}/v2.0"))
        .await;
    assert_eq!(reply.location(), "/dashboard");
    app.stop().await;
}

#[tokio::test]
async fn only_a_persons_own_navigation_finishes_a_sign_in() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.browser();
    let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
    for method in [
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
    ] {
        let origin = app.url.clone();
        let reply = browser
            .send(method.clone(), &target, &[("origin", &origin)], None)
            .await;
        assert_eq!(reply.status, 405, "{method}");
    }
    let ahead = browser
        .send(
            Method::GET,
            &target,
            &[("sec-purpose", "prefetch;prerender")],
            None,
        )
        .await;
    assert_eq!(ahead.status, 403);
    assert_eq!(browser.get(&target).await.location(), "/dashboard");
    app.stop().await;
}

#[tokio::test]
async fn the_request_to_microsoft_is_the_documented_one() {
    let app = App::start().await;
    app.northwind().await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..20 {
        let injected = format!(
            "{}?login_hint=a%26prompt%3Dnone&prompt=none&redirect_uri=https://evil.example&authority=x&domain_hint=y",
            routes::SIGN_IN
        );
        let location = app.browser().get(&injected).await.location().to_owned();
        let address = url::Url::parse(&location).expect("an address");
        let pairs: Vec<_> = address.query_pairs().collect();
        let value = |name: &str| {
            let values: Vec<_> = pairs
                .iter()
                .filter(|(key, _)| key == name)
                .map(|(_, value)| value.to_string())
                .collect();
            assert_eq!(values.len(), 1, "{name} stands once");
            values[0].clone()
        };
        assert_eq!(value("response_type"), "code");
        assert_eq!(value("response_mode"), "query");
        assert_eq!(value("client_id"), crate::app::CLIENT_ID);
        assert_eq!(value("scope"), "openid profile email User.Read");
        assert_eq!(value("redirect_uri"), format!("{}{}", app.url, routes::CALLBACK));
        assert_eq!(value("code_challenge_method"), "S256");
        assert_eq!(value("code_challenge").len(), 43);
        for name in ["state", "nonce", "code_challenge"] {
            assert!(value(name).len() >= 43, "{name}");
            assert!(seen.insert(value(name)), "{name} is new each time");
        }
        assert!(
            !pairs
                .iter()
                .any(|(name, _)| matches!(name.as_ref(), "prompt" | "login_hint" | "client_secret"))
        );
    }
    app.stop().await;
}
