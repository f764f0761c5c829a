//! How often one address may ask, counted by the test's clock.

use std::time::Duration;

use reqwest::Method;
use sonicsaas::routes;

use crate::{
    app::{App, Setup},
    password::{PASSWORD, PRIYA, behind_a_proxy, northwind, try_from},
};

#[tokio::test]
async fn many_addresses_tried_from_one_place_are_stopped() {
    let app = behind_a_proxy().await;
    northwind(&app).await;
    let before = app.hashing().runs();
    for attempt in 0..10 {
        let email = format!("nobody{attempt}@x.example");
        let reply = try_from(&app, &app.browser(), "192.0.2.7", &email, "wrong").await;
        assert_eq!(reply.status, 422);
    }
    for _ in 0..5 {
        let reply = try_from(&app, &app.browser(), "192.0.2.7", PRIYA, PASSWORD).await;
        assert_eq!(reply.line(), "429 Too Many Requests");
        assert!(
            reply
                .body
                .contains("Too many attempts. Try again after 14:03 UTC."),
            "{}",
            reply.body
        );
        let seconds: u64 = reply.header("retry-after").parse().expect("seconds");
        assert!((1..=6).contains(&seconds), "{seconds}");
        assert_eq!(reply.header("set-cookie"), "");
    }
    assert_eq!(app.hashing().runs() - before, 10);
    let alarms: Vec<_> = app
        .events()
        .await
        .into_iter()
        .filter(|event| event.detail("limit") == "address")
        .collect();
    assert_eq!(alarms.len(), 1, "recorded once and not each time");
    assert_eq!(alarms[0].reason.as_deref(), Some("throttled"));

    let elsewhere = try_from(&app, &app.browser(), "198.51.100.1", PRIYA, PASSWORD).await;
    assert_eq!(elsewhere.status, 303, "another address goes on");
    app.advance(Duration::from_secs(7));
    let later = try_from(&app, &app.browser(), "192.0.2.7", PRIYA, PASSWORD).await;
    assert_eq!(later.status, 303);
    app.stop().await;
}

#[tokio::test]
async fn one_customer_has_many_addresses_of_one_network() {
    let app = behind_a_proxy().await;
    let mut refused = 0;
    for attempt in 0..15 {
        let (from, email) = (
            format!("2001:db8:1:2::{attempt:x}"),
            format!("nobody{attempt}@x.example"),
        );
        let reply = try_from(&app, &app.browser(), &from, &email, "wrong").await;
        refused += u32::from(reply.status == 429);
    }
    assert_eq!(refused, 5);
    app.stop().await;
}

#[tokio::test]
async fn an_address_that_nobody_vouches_for_is_not_believed() {
    let app = App::start().await;
    let mut refused = 0;
    for attempt in 0..15 {
        let (from, email) = (format!("10.{attempt}.0.1"), format!("nobody{attempt}@x.example"));
        let reply = try_from(&app, &app.browser(), &from, &email, "wrong").await;
        refused += u32::from(reply.status == 429);
    }
    assert_eq!(refused, 5);
    app.stop().await;
}

#[tokio::test]
async fn starts_and_returns_of_a_sign_in_are_limited_generously() {
    let app = App::with(Setup::default()).await;
    app.northwind().await;
    let browser = app.browser();
    let target = format!("{}?state=s&code=c", routes::CALLBACK);
    for _ in 0..150 {
        assert_eq!(browser.get(&target).await.status, 303);
        let started = app.browser().get(routes::SIGN_IN).await;
        assert_eq!(started.status, 302);
    }
    let before = app.events().await.len();
    let page = browser.get(routes::SIGN_IN).await;
    assert_eq!(page.line(), "429 Too Many Requests");
    assert!(
        page.body
            .contains("Too many requests. Try again after 14:03 UTC."),
        "{}",
        page.body
    );
    assert_eq!(page.header("retry-after"), "1");
    let fetched = browser
        .send(Method::GET, &target, &[("accept", "application/json")], None)
        .await;
    assert_eq!((fetched.status, fetched.body.as_str()), (429, "\"Throttled\""));
    assert_eq!(
        app.events().await.len(),
        before,
        "what is turned away writes nothing"
    );
    assert_eq!(
        browser.get(routes::LOGIN).await.status,
        200,
        "the page itself is not limited"
    );
    app.advance(Duration::from_secs(10));
    app.signed_in("dana@contoso.com").await;
    app.stop().await;
}
