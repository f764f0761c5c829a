//! Sign in with an email address and a password, from outside.

mod guesses;
mod load;

use reqwest::Method;
use secrecy::SecretString;
use sonicsaas::{domain::id::TeamId, routes, service::team, storage::HostOperator};

use crate::{
    app::{App, Setup},
    browser::{Browser, Reply},
};

/// The owner of the team that [`northwind`] makes.
pub(crate) const PRIYA: &str = "priya@northwind.example";
/// Her password.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A team whose owner has a password.
pub(crate) async fn northwind(app: &App) -> TeamId {
    team_of(app, "Northwind MSP", PRIYA).await
}

async fn team_of(app: &App, name: &str, email: &str) -> TeamId {
    let draft = team::TeamDraft {
        name: name.to_owned(),
        owner_email: email.to_owned(),
        owner_name: "Priya Shah".to_owned(),
        password: Some(SecretString::from(PASSWORD)),
    };
    let team::Made { team, .. } = team::create(&app.services, &HostOperator::on_this_machine(), draft)
        .await
        .expect("a team");
    team
}

/// A product behind a proxy, so that a test can come from any address.
pub(crate) async fn behind_a_proxy() -> App {
    App::with(proxied()).await
}

fn proxied() -> Setup {
    Setup {
        environment: vec![("TRUSTED_PROXIES", "127.0.0.0/8,::1".to_owned())],
        ..Setup::default()
    }
}

/// Sends the form.
pub(crate) async fn try_in(browser: &Browser, email: &str, password: &str) -> Reply {
    browser
        .post(routes::LOGIN, &[("email", email), ("password", password)])
        .await
}

/// Sends the form from an address.
pub(crate) async fn try_from(app: &App, browser: &Browser, from: &str, email: &str, password: &str) -> Reply {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("email", email), ("password", password)])
        .finish();
    let headers = [
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", app.url.as_str()),
        ("x-forwarded-for", from),
    ];
    browser
        .send(Method::POST, routes::LOGIN, &headers, Some(body))
        .await
}

#[tokio::test]
async fn the_right_password_signs_in_and_leads_on() {
    let app = App::start().await;
    let team = northwind(&app).await;
    let browser = app.browser();
    let form = [
        ("email", " Priya@Northwind.example "),
        ("password", PASSWORD),
        ("next", "/dashboard?open=menu"),
    ];
    let reply = browser.post(routes::LOGIN, &form).await;
    assert_eq!((reply.status, reply.location()), (303, "/dashboard?open=menu"));
    let viewer = browser.call(routes::VIEWER).await.json();
    assert_eq!(
        (&viewer["email"], &viewer["role"]),
        (&PRIYA.into(), &"owner".into())
    );
    let event = app.last_event("sign_in").await;
    assert_eq!((event.team, event.outcome.as_str()), (Some(team), "success"));
    assert_eq!(event.detail("method"), "password");
    assert_eq!(event.detail("correlation_id").len(), 26);
    let page = browser.get(routes::DASHBOARD).await.body;
    assert!(
        page.contains("4 Mar 2026, 14:02 UTC"),
        "the last sign-in is noted"
    );

    for next in ["https://evil.example", "//evil.example", "/logout"] {
        let form = [("email", PRIYA), ("password", PASSWORD), ("next", next)];
        let reply = app.browser().post(routes::LOGIN, &form).await;
        assert_eq!(reply.location(), "/dashboard", "{next}");
    }
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

#[tokio::test]
async fn a_session_is_new_at_each_sign_in() {
    let app = App::start().await;
    northwind(&app).await;
    let browser = app.browser();
    let chosen = "a".repeat(64);
    browser.set_cookie("session", &chosen);
    assert_eq!(try_in(&browser, PRIYA, PASSWORD).await.status, 303);
    let first = browser.cookie("session").expect("a session");
    assert_ne!(first, chosen);
    let attacker = app.browser();
    attacker.set_cookie("session", &chosen);
    assert_eq!(attacker.call(routes::VIEWER).await.status, 401);

    let copy = browser.copy();
    assert_eq!(try_in(&browser, PRIYA, PASSWORD).await.status, 303);
    assert_ne!(browser.cookie("session"), Some(first));
    assert_eq!(
        copy.call(routes::VIEWER).await.status,
        401,
        "the one before has ended"
    );
    assert_eq!(browser.call(routes::VIEWER).await.status, 200);
    assert_eq!(
        app.last_event("session.revoked").await.detail("cause"),
        "signed_in_again"
    );
    // A wrong password takes nobody's session away.
    assert_eq!(try_in(&browser, PRIYA, "wrong wrong wrong").await.status, 422);
    assert_eq!(browser.call(routes::VIEWER).await.status, 200);
    app.stop().await;
}

#[tokio::test]
async fn what_is_typed_wrong_comes_back_with_words() {
    let app = App::start().await;
    let browser = app.browser();
    let before = app.hashing().runs();
    for (email, password, said) in [
        ("", "", &["Enter your email address", "Enter your password"][..]),
        (" \u{200b}", "x", &["Enter your email address"]),
        (
            "priya",
            "x",
            &["Enter an email address in the correct format, like name@example.com"],
        ),
        (PRIYA, "", &["Enter your password"]),
    ] {
        let reply = try_in(&browser, email, password).await;
        assert_eq!(reply.line(), "422 Unprocessable Entity", "{email:?}");
        assert!(
            reply
                .body
                .contains("<title>Error: Sign in to SonicSaaS – SonicSaaS</title>")
        );
        for said in said {
            assert_eq!(
                reply.body.matches(said).count(),
                2,
                "in the summary and at the field"
            );
        }
        assert!(reply.body.contains("role=\"alert\" tabindex=\"-1\" autofocus"));
    }
    assert_eq!(app.hashing().runs(), before);
    assert_eq!(app.events().await.len(), 0, "nothing was tried");
    app.stop().await;
}

#[tokio::test]
async fn the_form_keeps_a_password_to_itself() {
    let app = App::start().await;
    northwind(&app).await;
    let browser = app.browser();
    let page = browser.get(routes::LOGIN).await.body;
    assert!(page.contains("type=\"password\"") && page.contains("autocomplete=\"current-password\""));
    assert!(page.contains("autocomplete=\"username\"") && page.contains("method=\"post\""));
    assert!(!page.contains("maxlength") && !page.contains("onpaste"));
    let secret = "canary-9f3b <b>&amp; wrong password";
    let reply = try_in(&browser, "<i>@x", secret).await;
    assert!(
        reply.body.contains("value=\"&lt;i>@x\"") || reply.body.contains("value=\"&lt;i&gt;@x\""),
        "{}",
        reply.body
    );
    let refused = try_in(&browser, PRIYA, secret).await;
    assert!(refused.body.contains(&format!("value=\"{PRIYA}\"")));
    let in_address = browser.get("/login?email=a@b.example&password=canary-9f3b").await;
    let everything = format!("{reply:?}{refused:?}{in_address:?}{:?}", app.events().await);
    assert!(!everything.contains("canary-9f3b"), "{everything}");
    app.stop().await;
}

#[tokio::test]
async fn another_site_cannot_send_the_form() {
    let app = App::start().await;
    northwind(&app).await;
    let browser = app.browser();
    let body = format!("email={PRIYA}&password={}", PASSWORD.replace(' ', "+"));
    for headers in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "null")],
        &[("sec-fetch-site", "same-site")],
        &[],
    ] {
        let mut all = vec![
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html"),
        ];
        all.extend(headers);
        let reply = browser
            .send(Method::POST, routes::LOGIN, &all, Some(body.clone()))
            .await;
        assert_eq!(reply.line(), "403 Forbidden", "{headers:?}");
        assert_eq!(reply.header("set-cookie"), "");
    }
    assert_eq!(
        try_in(&browser, PRIYA, PASSWORD).await.status,
        303,
        "the positive control"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_server_for_microsoft_alone_takes_no_password() {
    let app = App::with(Setup {
        environment: vec![("AUTH_MODE", "entra-only".to_owned())],
        ..Setup::default()
    })
    .await;
    let team = northwind(&app).await;
    let browser = app.browser();
    let page = browser.get(routes::LOGIN).await.body;
    assert!(!page.contains("Sign in with email") && !page.contains("Forgot your password"));
    let before = app.hashing().runs();
    for (email, password, log) in [
        (PRIYA, PASSWORD, Some(team)),
        (PRIYA, "wrong", Some(team)),
        ("nobody@x.example", "wrong", None),
        ("", "", None),
    ] {
        let reply = try_in(&browser, email, password).await;
        assert_eq!(reply.line(), "403 Forbidden", "{email}");
        assert!(
            reply
                .body
                .contains("Password sign-in is turned off on this server")
        );
        let event = app.last_event("sign_in").await;
        assert_eq!(event.reason.as_deref(), Some("password_disabled"));
        assert_eq!(event.team, log);
        assert!(reply.body.contains(event.detail("correlation_id")));
    }
    assert_eq!(app.hashing().runs(), before, "nothing was hashed");
    assert_eq!(browser.cookie("session"), None);
    app.stop().await;
}

#[tokio::test]
async fn only_the_exact_password_works() {
    let app = behind_a_proxy().await;
    northwind(&app).await;
    for (number, wrong) in [
        &PASSWORD[..PASSWORD.len() - 1],
        "Correct horse battery staple",
        "correct horse battery staple\0",
        " correct horse battery staple",
        "correct horse battery staple\n",
        &format!("{PASSWORD}{}", "x".repeat(2000)),
    ]
    .into_iter()
    .enumerate()
    {
        let reply = try_from(&app, &app.browser(), &format!("10.0.{number}.1"), PRIYA, wrong).await;
        assert_eq!(reply.status, 422, "{wrong:?}");
        assert_eq!(
            app.last_event("sign_in").await.reason.as_deref(),
            Some("bad_credentials"),
            "looked at, and not the one"
        );
        app.advance(std::time::Duration::from_secs(10));
    }
    assert_eq!(try_in(&app.browser(), PRIYA, PASSWORD).await.status, 303);
    app.stop().await;
}
