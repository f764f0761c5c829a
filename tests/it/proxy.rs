//! Behind a proxy: what is believed of its headers, and what is answered without https.

use http::Method;
use sonicsaas::routes;

use crate::{
    app::{App, Setup},
    browser::{Browser, Reply},
};

const HOST: &str = "sonicsaas.example";

async fn behind_https(trusted: Option<&str>) -> App {
    let mut environment = vec![("PUBLIC_URL", format!("https://{HOST}"))];
    environment.extend(trusted.map(|trusted| ("TRUSTED_PROXIES", trusted.to_owned())));
    App::with(Setup {
        environment,
        ..Setup::default()
    })
    .await
}

async fn ask(browser: &Browser, method: Method, path: &str, more: &[(&str, &str)]) -> Reply {
    let mut headers = vec![("host", HOST), ("accept", "text/html")];
    headers.extend(more);
    browser.send(method, path, &headers, None).await
}

#[tokio::test]
async fn without_https_nothing_is_answered_and_no_cookie_is_set() {
    let app = behind_https(None).await;
    let browser = app.browser();
    for path in [routes::LOGIN, routes::SIGN_IN, routes::DASHBOARD, routes::VIEWER] {
        let refused = ask(&browser, Method::GET, path, &[]).await;
        assert_eq!(refused.status, 403, "HST-004: {path}");
        assert!(refused.headers.get("set-cookie").is_none(), "{path}");
        assert!(
            refused.body.contains("SonicSaaS is reached over https only"),
            "{path}"
        );
        assert!(refused.body.contains("TRUSTED_PROXIES"), "it says what to do");
    }
    let form = ask(
        &browser,
        Method::POST,
        routes::LOGIN,
        &[("origin", "https://sonicsaas.example")],
    )
    .await;
    assert_eq!(form.status, 403);
    // Whoever typed http is led to https; a form is not sent twice.
    let plain = [("x-forwarded-proto", "http")];
    let led = ask(&browser, Method::GET, "/login?next=/dashboard", &plain).await;
    assert_eq!(
        (led.status, led.location()),
        (307, "https://sonicsaas.example/login?next=/dashboard")
    );
    let slashes = ask(&browser, Method::GET, "//evil.example/x", &plain).await;
    assert_eq!(slashes.location(), "https://sonicsaas.example/evil.example/x");
    assert_eq!(
        ask(&browser, Method::POST, routes::LOGOUT, &plain).await.status,
        403
    );
    for probe in [routes::HEALTH, routes::READY] {
        assert_eq!(
            ask(&browser, Method::GET, probe, &[]).await.status,
            200,
            "{probe}"
        );
    }
    // The positive control.
    let secure = ask(
        &browser,
        Method::GET,
        routes::LOGIN,
        &[("x-forwarded-proto", "https")],
    )
    .await;
    assert_eq!(secure.status, 200);
    app.stop().await;
}

#[tokio::test]
async fn the_last_word_of_the_proxies_counts() {
    let app = behind_https(None).await;
    for (said, status) in [
        ("https", 200),
        ("HTTPS", 200),
        ("http, https", 200),
        ("https, http", 307),
        ("https,ftp", 403),
        ("", 403),
        ("https://", 403),
    ] {
        let reply = ask(
            &app.browser(),
            Method::GET,
            routes::LOGIN,
            &[("x-forwarded-proto", said)],
        )
        .await;
        assert_eq!(reply.status, status, "{said}");
    }
    app.stop().await;
}

#[tokio::test]
async fn other_forwarded_headers_change_nothing() {
    let app = behind_https(Some("127.0.0.0/8, ::1/128")).await;
    let forged = [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-port", "8443"),
        ("x-forwarded-prefix", "/evil"),
        ("x-original-url", "/dashboard"),
        ("x-rewrite-url", "/dashboard"),
        ("x-http-method-override", "DELETE"),
        ("forwarded", "host=evil.example;proto=http"),
    ];
    let reply = ask(&app.browser(), Method::GET, routes::SIGN_IN, &forged).await;
    assert_eq!(reply.status, 302);
    assert!(
        reply
            .location()
            .contains("redirect_uri=https%3A%2F%2Fsonicsaas.example%2Fapi")
    );
    assert!(!reply.location().contains("evil"));
    let page = ask(&app.browser(), Method::GET, routes::LOGIN, &forged).await;
    assert!(page.body.contains("Sign in to SonicSaaS") && !page.body.contains("evil"));
    app.stop().await;
}

#[tokio::test]
async fn an_address_is_believed_from_trusted_proxies_only() {
    for (trusted, forwarded, expected) in [
        (None, "203.0.113.7", "127.0.0.1"),
        (Some("127.0.0.0/8, ::1/128"), "203.0.113.7", "203.0.113.7"),
        (Some("127.0.0.0/8, ::1/128"), "203.0.113.7:4711", "203.0.113.7"),
        (Some("127.0.0.0/8, ::1/128"), "[2001:db8::7]:4711", "2001:db8::7"),
        (Some("127.0.0.0/8, ::1/128"), "somebody", "127.0.0.1"),
    ] {
        let app = App::with(Setup {
            environment: trusted
                .map(|trusted: &str| ("TRUSTED_PROXIES", trusted.to_owned()))
                .into_iter()
                .collect(),
            ..Setup::default()
        })
        .await;
        app.northwind().await;
        let browser = app.browser();
        let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
        let forwarded = format!("198.51.100.9, {forwarded}");
        let headers = [("accept", "text/html"), ("x-forwarded-for", forwarded.as_str())];
        let reply = browser.send(Method::GET, &target, &headers, None).await;
        assert_eq!(reply.status, 303);
        let events = app
            .services
            .store
            .read_events(
                &sonicsaas::storage::HostOperator::on_this_machine(),
                None,
                None,
                None,
                500,
            )
            .await
            .expect("events");
        let event = events
            .iter()
            .rev()
            .find(|event| event.action == "sign_in")
            .expect("recorded");
        let ip = event.ip.as_deref().expect("an address");
        assert!(ip == expected || (expected == "127.0.0.1" && ip == "::1"), "{ip}");
        app.stop().await;
    }
}
