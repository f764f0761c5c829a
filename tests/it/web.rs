//! What every answer and every request must be like, whoever asks.

use http::Method;
use sonicsaas::routes;

use crate::app::{App, Setup};

const PAGES: [&str; 5] = [
    routes::LOGIN,
    routes::PERMISSIONS,
    routes::DASHBOARD,
    "/dashboard/nowhere",
    "/nowhere",
];

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.signed_in("dana@contoso.com").await;
    let nobody = app.browser();
    for reply in [
        browser.get(routes::DASHBOARD).await,
        browser.call(routes::VIEWER).await,
        nobody.get(routes::LOGIN).await,
        nobody.get(routes::PERMISSIONS).await,
        nobody.get(routes::DASHBOARD).await,
        nobody.call(routes::VIEWER).await,
        nobody.get("/nowhere").await,
        nobody.get(routes::CALLBACK).await,
        nobody.get(routes::SIGN_IN).await,
    ] {
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin");
        assert!(reply.header("permissions-policy").contains("camera=()"));
        assert_eq!(reply.header("cache-control"), "no-store");
        let policy = reply.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; object-src 'none'; script-src 'self'"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"));
        assert!(policy.contains(&format!("form-action 'self' {}", app.emulator.authority())));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert_eq!(reply.header("x-request-id").len(), 26);
        assert_eq!(reply.header("access-control-allow-origin"), "");
        assert_eq!(reply.header("server"), "");
    }
    let callback = nobody.get(routes::CALLBACK).await;
    assert_eq!(callback.header("referrer-policy"), "no-referrer");
    assert_eq!(
        nobody.get(routes::LOGIN).await.header("referrer-policy"),
        "same-origin"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_nonce_is_new_for_each_page_and_on_hydrated_pages_only() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.signed_in("dana@contoso.com").await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..5 {
        let reply = browser.get(routes::DASHBOARD).await;
        let policy = reply.header("content-security-policy");
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next())
            .expect("a nonce");
        assert!(nonce.len() >= 32 && seen.insert(nonce.to_owned()));
        assert!(policy.contains("'wasm-unsafe-eval'"));
        let scripts = reply.body.matches("<script").count();
        let allowed = reply.body.matches(&format!("nonce=\"{nonce}\"")).count();
        assert!(
            scripts > 0 && scripts == allowed,
            "each of {scripts} scripts carries the nonce: {}",
            reply.body
        );
    }
    let login = app.browser().get(routes::LOGIN).await;
    assert!(!login.header("content-security-policy").contains("nonce"));
    assert!(!login.header("content-security-policy").contains("wasm"));
    assert_eq!(login.body.matches("<script").count(), 1);
    assert!(login.body.contains("<script src=\"/front.js\" defer></script>"));
    app.stop().await;
}

#[tokio::test]
async fn behind_https_cookies_are_host_cookies_and_the_site_insists() {
    let environment = vec![("PUBLIC_URL", "https://sonicsaas.example".to_owned())];
    let app = App::with(Setup {
        environment,
        ..Setup::default()
    })
    .await;
    let host = [
        ("host", "sonicsaas.example"),
        ("accept", "text/html"),
        ("x-forwarded-proto", "https"),
    ];
    let reply = app
        .browser()
        .send(Method::GET, routes::SIGN_IN, &host, None)
        .await;
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("__Host-attempt-"), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"),
        "{cookie}"
    );
    assert_eq!(
        reply.header("strict-transport-security"),
        "max-age=31536000; includeSubDomains"
    );
    assert!(
        reply
            .location()
            .contains("redirect_uri=https%3A%2F%2Fsonicsaas.example%2Fapi%2Fauth%2Fcallback")
    );
    app.stop().await;
}

#[tokio::test]
async fn the_site_answers_under_its_own_name_only() {
    let app = App::start().await;
    let port = app.url.rsplit(':').next().expect("a port").to_owned();
    let get = async |host: &str, path: &str| {
        app.browser()
            .send(Method::GET, path, &[("host", host)], None)
            .await
    };
    let alias = get(&format!("127.0.0.1:{port}"), "/login?next=/dashboard").await;
    assert_eq!(
        (alias.status, alias.location()),
        (307, format!("{}/login?next=/dashboard", app.url).as_str())
    );
    let slashes = get(&format!("127.0.0.1:{port}"), "//evil.example/x").await;
    assert_eq!(slashes.location(), format!("{}/evil.example/x", app.url));
    for host in [
        "evil.example",
        "localhost.evil.example",
        "a@localhost",
        "",
        "localhost.",
    ] {
        let reply = get(host, routes::LOGIN).await;
        assert!(matches!(reply.status, 400 | 421), "{host:?}: {}", reply.status);
        assert!(!reply.body.contains("evil.example"), "{host:?} is not reflected");
    }
    assert_eq!(get("evil.example", routes::HEALTH).await.line(), "200 OK");
    assert_eq!(get("127.0.0.1", routes::READY).await.line(), "200 OK");
    app.stop().await;
}

#[tokio::test]
async fn unsafe_requests_come_from_our_own_pages() {
    let app = App::start().await;
    app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    let own = app.url.clone();
    let form = ("content-type", "application/x-www-form-urlencoded");
    for path in [routes::LOGOUT, routes::PREFERENCES, routes::VIEWER] {
        for headers in [
            vec![],
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site"), ("origin", own.as_str())],
            vec![
                ("sec-fetch-site", "same-origin"),
                ("origin", "https://evil.example"),
            ],
            vec![("sec-fetch-site", "none")],
        ] {
            let mut headers = headers;
            headers.push(form);
            let reply = dana
                .send(Method::POST, path, &headers, Some("theme=dark".to_owned()))
                .await;
            assert_eq!(reply.status, 403, "{path} {headers:?}");
        }
    }
    assert_eq!(dana.call(routes::VIEWER).await.status, 200, "nothing happened");
    let by_site = [form, ("sec-fetch-site", "same-origin")];
    let reply = dana
        .send(
            Method::POST,
            routes::PREFERENCES,
            &by_site,
            Some("theme=dark".to_owned()),
        )
        .await;
    assert_eq!((reply.status, reply.location()), (303, routes::DASHBOARD));
    assert_eq!(dana.cookie("theme").as_deref(), Some("dark"));
    app.stop().await;
}

#[tokio::test]
async fn bodies_are_bounded() {
    let app = App::start().await;
    let huge = "x".repeat(70_000);
    let reply = app.browser().post(routes::PREFERENCES, &[("theme", &huge)]).await;
    assert_eq!(reply.line(), "413 Payload Too Large");
    app.stop().await;
}

#[tokio::test]
async fn the_theme_is_there_before_the_first_paint() {
    let app = App::start().await;
    app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    for theme in ["dark", "light"] {
        dana.post(
            routes::PREFERENCES,
            &[("theme", theme), ("next", "/dashboard?open=account")],
        )
        .await;
        for page in PAGES {
            let body = dana.get(page).await.body;
            assert!(
                body.is_empty() || body.contains(&format!("data-theme=\"{theme}\"")),
                "{page}"
            );
        }
    }
    let reply = dana
        .post(
            routes::PREFERENCES,
            &[("theme", "<b>"), ("next", "//evil.example")],
        )
        .await;
    assert_eq!(reply.location(), routes::DASHBOARD);
    assert_eq!(
        dana.cookie("theme").as_deref(),
        Some("light"),
        "an unknown theme changes nothing"
    );
    app.stop().await;
}

#[tokio::test]
async fn the_callbacks_path_has_no_twin() {
    let app = App::start().await;
    for path in [
        "/api/auth/callback/microsoft-entra-id/",
        "/API/auth/callback/microsoft-entra-id",
        "/api/auth/callback/../callback/microsoft-entra-id%2f",
        "/api/auth/callback/microsoft-entra-id;x=1",
        "/api//auth/callback/microsoft-entra-id",
    ] {
        let reply = app.browser().get(&format!("{path}?code=c&state=s")).await;
        assert_eq!(reply.status, 404, "{path}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_forwarded_address_is_believed_of_trusted_proxies_only() {
    for (trusted, forwarded, recorded) in [
        ("", "203.0.113.7", "127.0.0.1"),
        ("127.0.0.0/8", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.0/8", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (
            "127.0.0.0/8,203.0.113.0/24",
            "198.51.100.1, 203.0.113.7",
            "198.51.100.1",
        ),
        ("127.0.0.0/8", "nonsense", "127.0.0.1"),
    ] {
        let environment = vec![("TRUSTED_PROXIES", trusted.to_owned())];
        let app = App::with(Setup {
            environment,
            ..Setup::default()
        })
        .await;
        let headers = [("accept", "text/html"), ("x-forwarded-for", forwarded)];
        let target = format!("{}?state=x&code=y", routes::CALLBACK);
        app.browser().send(Method::GET, &target, &headers, None).await;
        let operator = sonicsaas::storage::HostOperator::on_this_machine();
        let events = app
            .services
            .store
            .read_events(&operator, None, None, None, 10)
            .await
            .expect("events");
        let ip = events.last().and_then(|event| event.ip.clone());
        assert_eq!(ip.as_deref(), Some(recorded), "{trusted:?} {forwarded:?}");
        app.stop().await;
    }
}

#[tokio::test]
async fn probes_answer() {
    let app = App::start().await;
    assert_eq!(app.browser().get(routes::HEALTH).await.body, "ok\n");
    assert_eq!(app.browser().get(routes::READY).await.body, "ok\n");
    app.services.store.close().await;
    app.stop().await;
}

#[tokio::test]
async fn stopping_lets_a_running_request_finish() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.browser();
    let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
    app.emulator.control().fault(entra_emulator::Fault {
        route: "token".to_owned(),
        delay_ms: 300,
        ..entra_emulator::Fault::default()
    });
    let (reply, ()) = tokio::join!(browser.get(&target), async {
        while app.emulator.control().log_of("token").is_empty() {
            tokio::task::yield_now().await;
        }
        app.stop().await;
    });
    assert_eq!(reply.location(), "/dashboard");
}
