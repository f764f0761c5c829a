//! Recovery links: made on the command line, looked at any number of times, used once.

use std::time::Duration;

use reqwest::Method;
use sonicsaas::{
    domain::id::Token,
    routes,
    service::{ServiceError, recovery, recovery::Person},
    storage::HostOperator,
};

use crate::{
    app::{App, CONTOSO, Setup},
    password::{PASSWORD, PRIYA, northwind, try_in},
};

pub(crate) async fn link(app: &App, email: &str) -> Token {
    let person = Person::Email(email.to_owned());
    recovery::create(&app.services, &HostOperator::on_this_machine(), &person)
        .await
        .expect("a link")
        .token
}

const UNAVAILABLE: &str = "This link isn&#x27;t available";

/// Whether the page says that the link is not available, in whichever form the quote is written.
fn is_unavailable(reply: &crate::browser::Reply) -> bool {
    let said = reply.body.contains(UNAVAILABLE) || reply.body.contains("This link isn't available");
    said && reply
        .body
        .contains("Ask the platform administrator for a new one.")
        && reply.line() == "404 Not Found"
        && reply.header("referrer-policy") == "no-referrer"
}

#[tokio::test]
async fn a_link_is_looked_at_often_and_used_once() {
    for mode in ["hybrid", "entra-only", "local-only"] {
        let app = App::with(Setup {
            environment: vec![("AUTH_MODE", mode.to_owned())],
            ..Setup::default()
        })
        .await;
        let team = northwind(&app).await;
        let path = routes::recover(&link(&app, PRIYA).await);
        let made = app.last_event("recovery_link.created").await;
        assert_eq!((made.team, made.detail("email")), (Some(team), PRIYA));
        let browser = app.browser();
        for _ in 0..2 {
            let page = browser.get(&path).await;
            assert_eq!(page.line(), "200 OK");
            assert!(page.body.contains("Sign in with a recovery link"));
            assert!(page.body.contains(&format!(
                "Made by the platform administrator for {PRIYA}. It works once, until 14:17 UTC."
            )));
            assert_eq!(page.header("referrer-policy"), "same-origin");
            assert_eq!(page.header("cache-control"), "no-store");
        }
        let reply = browser.post(&path, &[]).await;
        assert_eq!((reply.status, reply.location()), (303, "/dashboard"), "{mode}");
        assert_eq!(reply.header("referrer-policy"), "no-referrer");
        assert_eq!(browser.call(routes::VIEWER).await.json()["email"], PRIYA);
        let event = app.last_event("sign_in").await;
        assert_eq!(
            (event.team, event.outcome.as_str(), event.detail("method")),
            (Some(team), "success", "recovery")
        );
        let said = "You signed in with a recovery link. This was recorded.";
        assert!(browser.get(routes::DASHBOARD).await.body.contains(said));
        assert!(
            !browser.get(routes::DASHBOARD).await.body.contains(said),
            "said once"
        );

        let thief = app.browser();
        assert!(is_unavailable(&thief.get(&path).await));
        assert!(is_unavailable(&thief.post(&path, &[]).await));
        assert_eq!(thief.cookie("session"), None);
        let event = app.last_event("sign_in").await;
        assert_eq!(
            (event.outcome.as_str(), event.detail("method")),
            ("refused", "recovery")
        );
        assert!(app.chains_are_whole().await);
        app.stop().await;
    }
}

#[tokio::test]
async fn used_expired_replaced_and_unknown_links_look_the_same() {
    let app = App::start().await;
    northwind(&app).await;
    let browser = app.browser();
    let replaced = link(&app, PRIYA).await;
    let expired = link(&app, PRIYA).await;
    app.advance(Duration::from_mins(15));
    let used = link(&app, PRIYA).await;
    assert_eq!(app.browser().post(&routes::recover(&used), &[]).await.status, 303);
    let unknown = Token::parse(&"0".repeat(64)).expect("a token");
    let mut pages = std::collections::HashSet::new();
    for token in [replaced, expired, used, unknown] {
        let path = routes::recover(&token);
        for reply in [browser.get(&path).await, browser.post(&path, &[]).await] {
            assert!(is_unavailable(&reply), "{reply:?}");
            assert!(!reply.body.contains(token.expose()));
            pages.insert(reply.body);
        }
    }
    assert!(is_unavailable(&browser.get("/recover/x").await));
    assert_eq!(pages.len(), 1);
    app.stop().await;
}

#[tokio::test]
async fn a_suspended_member_stays_out() {
    let app = App::start().await;
    northwind(&app).await;
    app.execute("update member set standing = 'suspended'").await;
    let made = recovery::create(
        &app.services,
        &HostOperator::on_this_machine(),
        &Person::Email(PRIYA.to_owned()),
    )
    .await
    .expect("made");
    assert!(made.suspended, "the operator is told");
    let path = routes::recover(&made.token);
    assert!(is_unavailable(&app.browser().get(&path).await));
    assert!(is_unavailable(&app.browser().post(&path, &[]).await));
    app.execute("update member set standing = 'active'").await;
    assert_eq!(
        app.browser().post(&path, &[]).await.status,
        303,
        "the positive control"
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_presses_at_one_moment_one_signs_in() {
    let app = App::start().await;
    northwind(&app).await;
    let path = routes::recover(&link(&app, PRIYA).await);
    let presses = (0..20).map(|_| {
        let browser = app.browser();
        let path = &path;
        async move { browser.post(path, &[]).await.status }
    });
    let statuses = futures_util::future::join_all(presses).await;
    assert_eq!(
        statuses.iter().filter(|status| **status == 303).count(),
        1,
        "{statuses:?}"
    );
    app.stop().await;
}

#[tokio::test]
async fn people_who_sign_in_with_microsoft_can_be_let_in_too() {
    let app = App::with(Setup {
        environment: vec![("AUTH_MODE", "entra-only".to_owned())],
        ..Setup::default()
    })
    .await;
    let team = app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    let path = routes::recover(&link(&app, "dana@contoso.com").await);
    // Her own session in the same browser gives way to the new one.
    let copy = dana.copy();
    assert_eq!(dana.post(&path, &[]).await.status, 303);
    assert_eq!(dana.call(routes::VIEWER).await.json()["role"], "operator");
    assert_eq!(copy.call(routes::VIEWER).await.status, 401);
    assert_eq!(app.last_event("sign_in").await.team, Some(team));
    app.stop().await;
}

#[tokio::test]
async fn several_accounts_with_one_address_are_told_apart_by_their_id() {
    let app = App::start().await;
    let team = northwind(&app).await;
    app.register(team, CONTOSO, |_| {}).await;
    app.signed_in("dana@contoso.com").await;
    app.execute("update user_account set email = 'priya@northwind.example'")
        .await;
    let operator = HostOperator::on_this_machine();
    let email = Person::Email(PRIYA.to_owned());
    let Err(ServiceError::Operator(said)) = recovery::create(&app.services, &operator, &email).await else {
        panic!("two are meant")
    };
    let users: Vec<_> = said
        .match_indices("--user ")
        .map(|(at, word)| &said[at + word.len()..][..36])
        .collect();
    assert_eq!(users.len(), 2, "{said}");
    for user in users {
        let person = Person::User(user.parse().expect("a user"));
        let made = recovery::create(&app.services, &operator, &person)
            .await
            .expect("one is meant");
        assert_eq!(
            app.browser()
                .post(&routes::recover(&made.token), &[])
                .await
                .status,
            303
        );
    }
    let nobody = Person::Email("nobody@x.example".to_owned());
    assert!(recovery::create(&app.services, &operator, &nobody).await.is_err());
    app.stop().await;
}

#[tokio::test]
async fn another_site_cannot_press_the_button() {
    let app = App::start().await;
    northwind(&app).await;
    let path = routes::recover(&link(&app, PRIYA).await);
    let browser = app.browser();
    for headers in [
        &[("origin", "null")][..],
        &[("sec-fetch-site", "cross-site")],
        &[],
    ] {
        let reply = browser.send(Method::POST, &path, headers, None).await;
        assert_eq!(reply.line(), "403 Forbidden");
        assert_eq!(reply.header("set-cookie"), "");
    }
    assert_eq!(browser.send(Method::HEAD, &path, &[], None).await.status, 200);
    assert_eq!(browser.post(&path, &[]).await.status, 303, "it was not used up");
    app.stop().await;
}

#[tokio::test]
async fn links_help_out_of_a_wait_for_the_password() {
    let app = App::start().await;
    northwind(&app).await;
    try_in(&app.browser(), PRIYA, "wrong wrong wrong").await;
    let browser = app.browser();
    assert_eq!(try_in(&browser, PRIYA, PASSWORD).await.status, 422);
    let path = routes::recover(&link(&app, PRIYA).await);
    assert_eq!(browser.post(&path, &[]).await.status, 303);
    for _ in 0..30 {
        browser.get(&path).await;
    }
    assert_eq!(browser.get(&path).await.line(), "429 Too Many Requests");
    app.stop().await;
}

#[tokio::test]
async fn a_session_begins_with_no_more_than_a_hash_in_the_database() {
    let app = App::start().await;
    northwind(&app).await;
    let token = link(&app, PRIYA).await;
    let events = format!("{:?}", app.events().await);
    assert!(!events.contains(token.expose()));
    let hash = sonicsaas::seal::sha256(token.expose().as_bytes());
    let now = app.services.now();
    let found = app
        .services
        .store
        .find_recovery_link(&hash, now)
        .await
        .expect("read");
    assert_eq!(found.expect("stored by its hash").claimant.email(), Some(PRIYA));
    app.stop().await;
}
