//! Somebody signs out at Microsoft, and Microsoft tells us so in a hidden frame, without any cookie of ours.

use entra_emulator::SignIn;
use http::Method;
use sonicsaas::routes;

use crate::app::{App, CONTOSO, FABRIKAM};

impl App {
    /// What Microsoft calls the newest session, as the database knows it.
    async fn microsoft_session(&self) -> String {
        self.text("select microsoft_sid from session order by began_at desc limit 1")
            .await
            .expect("a session of Microsoft's")
    }
}

#[tokio::test]
async fn the_named_session_ends_and_no_other() {
    let app = App::start().await;
    let team = app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    let sid = app.microsoft_session().await;
    let elsewhere = app.signed_in("dana@contoso.com").await;
    let adam = app.signed_in("adam@contoso.com").await;
    assert_ne!(sid, app.microsoft_session().await);

    let nobody = app.browser();
    let reply = nobody
        .get(&format!("{}?sid={sid}", routes::FRONT_CHANNEL_LOGOUT))
        .await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("cache-control"), "no-store");
    let policy = reply.header("content-security-policy");
    assert!(
        policy.ends_with(&format!("frame-ancestors {}", app.emulator.authority())),
        "{policy}"
    );
    assert!(reply.headers.get("x-frame-options").is_none());
    assert_eq!(dana.call(routes::VIEWER).await.status, 401);
    assert_eq!(elsewhere.call(routes::VIEWER).await.status, 200);
    assert_eq!(adam.call(routes::VIEWER).await.status, 200);
    let event = app.last_event("sign_out").await;
    assert_eq!(
        (event.team, event.detail("cause")),
        (Some(team), "signed_out_at_microsoft")
    );
    assert_eq!(event.detail("correlation_id"), reply.header("x-request-id"));
    // Said twice, it is recorded once.
    let before = app.events().await.len();
    let again = nobody
        .get(&format!("{}?sid={sid}", routes::FRONT_CHANNEL_LOGOUT))
        .await;
    assert_eq!((again.status, again.body), (200, reply.body));
    assert_eq!(app.events().await.len(), before);
    // Nothing else may be framed.
    for path in [routes::LOGIN, routes::SIGN_IN, "/nowhere"] {
        let policy = app.browser().get(path).await;
        let policy = policy.header("content-security-policy");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{path}: {policy}");
    }
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

#[tokio::test]
async fn without_a_sid_in_the_token_the_session_state_names_it() {
    let app = App::start().await;
    app.northwind().await;
    app.emulator
        .control()
        .with_registration(|registration| registration.session_id_claim = false);
    let browser = app.browser();
    let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
    let state = url::Url::parse(&target)
        .expect("an address")
        .query_pairs()
        .find_map(|(name, value)| (name == "session_state").then(|| value.into_owned()))
        .expect("Microsoft names its session");
    browser.get(&target).await;
    assert_eq!(app.microsoft_session().await, state);
    app.browser()
        .get(&format!("{}?sid={state}", routes::FRONT_CHANNEL_LOGOUT))
        .await;
    assert_eq!(browser.call(routes::VIEWER).await.status, 401);
    app.stop().await;
}

#[tokio::test]
async fn an_issuer_that_is_sent_must_be_the_right_one() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.signed_in("dana@contoso.com").await;
    let sid = app.microsoft_session().await;
    let authority = app.emulator.authority();
    let say = async |issuer: &str| {
        let issuer: String = form_urlencoded::byte_serialize(issuer.as_bytes()).collect();
        let path = format!("{}?sid={sid}&iss={issuer}", routes::FRONT_CHANNEL_LOGOUT);
        app.browser().get(&path).await.status
    };
    for wrong in [
        "https://evil.example/v2.0".to_owned(),
        format!("{authority}/{FABRIKAM}/v2.0"),
        format!("{authority}/{CONTOSO}/v2.0/"),
        String::new(),
    ] {
        assert_eq!(say(&wrong).await, 200, "{wrong}");
        assert_eq!(browser.call(routes::VIEWER).await.status, 200, "{wrong}");
    }
    assert_eq!(say(&format!("{authority}/{CONTOSO}/v2.0")).await, 200);
    assert_eq!(browser.call(routes::VIEWER).await.status, 401);
    app.stop().await;
}

#[tokio::test]
async fn guesses_and_other_methods_end_nothing() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.signed_in("dana@contoso.com").await;
    let sid = app.microsoft_session().await;
    let long = "x".repeat(5000);
    let path = routes::FRONT_CHANNEL_LOGOUT;
    for guess in [
        "",
        "sid=",
        "sid=%25",
        "sid=x'or'1'='1",
        "sid=%00",
        &format!("sid={long}"),
    ] {
        assert_eq!(
            app.browser().get(&format!("{path}?{guess}")).await.status,
            200,
            "{guess}"
        );
    }
    for method in [
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
    ] {
        let origin = app.url.clone();
        let reply = app
            .browser()
            .send(
                method.clone(),
                &format!("{path}?sid={sid}"),
                &[("origin", origin.as_str())],
                None,
            )
            .await;
        assert_eq!(reply.status, 405, "{method}");
    }
    assert_eq!(browser.call(routes::VIEWER).await.status, 200);
    app.stop().await;
}

#[tokio::test]
async fn one_session_at_microsoft_may_be_several_here() {
    let app = App::start().await;
    app.northwind().await;
    let (first, second) = (app.browser(), app.browser());
    for browser in [&first, &second] {
        let started = browser.get(routes::SIGN_IN).await;
        let answer = app
            .emulator
            .control()
            .sign_in_as(&SignIn {
                authorize_url: started.location().to_owned(),
                person: "dana@contoso.com".to_owned(),
                browser: Some("one and the same".to_owned()),
                ..SignIn::default()
            })
            .expect("signed in");
        browser.get(&answer.location.expect("comes back")).await;
    }
    let sid = app.microsoft_session().await;
    app.browser()
        .get(&format!("{}?sid={sid}", routes::FRONT_CHANNEL_LOGOUT))
        .await;
    for browser in [&first, &second] {
        assert_eq!(browser.call(routes::VIEWER).await.status, 401);
    }
    let outs = app
        .events()
        .await
        .into_iter()
        .filter(|event| event.action == "sign_out")
        .count();
    assert_eq!(outs, 2);
    app.stop().await;
}
