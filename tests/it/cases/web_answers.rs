//! What every answer must carry, what none may show, and the one name of the site.

use http::Method;
use sonicsaas::routes;

use super::bench::{Bench, DANA, Runner, walk};
use crate::{
    app::Setup,
    browser::{Browser, Reply},
};

/// These cases.
pub(crate) const WALKS: &[Runner] = &[
    walk!("HDR-001", every_answer_has_a_policy),
    walk!("HDR-003", a_nonce_is_new_each_time),
    walk!("HDR-006", without_https_nobody_insists_on_it),
    walk!("HDR-007", every_answer_has_the_headers),
    walk!("HDR-009", nothing_is_disclosed),
    walk!("HDR-010", names_are_text),
    walk!("HDR-011", nothing_of_a_person_is_kept),
    walk!("HST-001", the_site_has_one_name),
];

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Answers of every kind.
async fn answers(bench: &Bench) -> Vec<(&'static str, Reply)> {
    let dana = bench.app.signed_in(DANA).await;
    let nobody = bench.app.browser();
    let huge = "x".repeat(70_000);
    vec![
        ("page", dana.get(routes::DASHBOARD).await),
        ("call", dana.call(routes::VIEWER).await),
        ("sign-in page", nobody.get(routes::LOGIN).await),
        ("refused page", nobody.get("/login?error=token_invalid").await),
        ("redirect", nobody.get(routes::DASHBOARD).await),
        ("401", nobody.call(routes::VIEWER).await),
        ("404", nobody.get("/nowhere").await),
        ("404 inside", dana.get("/dashboard/nowhere").await),
        ("404 of a call", dana.call("/api/nowhere").await),
        ("return", nobody.get(routes::CALLBACK).await),
        ("start", nobody.get(routes::SIGN_IN).await),
        ("405", nobody.get(routes::LOGOUT).await),
        (
            "403",
            nobody.send(Method::POST, routes::LOGOUT, &[FORM], None).await,
        ),
        ("413", nobody.post(routes::PREFERENCES, &[("theme", &huge)]).await),
        ("404 of a file", nobody.get("/pkg/nothing.js").await),
        ("probe", nobody.get(routes::HEALTH).await),
    ]
}

async fn every_answer_has_a_policy(bench: &Bench) {
    for (what, reply) in answers(bench).await {
        let policy = reply.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; object-src 'none'; script-src 'self'"),
            "{what}: {policy}"
        );
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"),
            "{what}"
        );
        let forms = format!("form-action 'self' {}", bench.app.emulator.authority());
        assert!(policy.contains(&forms), "{what}: {policy}");
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{what}"
        );
        assert!(
            !policy.contains('*') && !policy.contains("strict-dynamic"),
            "{what}"
        );
    }
}

async fn a_nonce_is_new_each_time(bench: &Bench) {
    let dana = bench.app.signed_in(DANA).await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..100 {
        let reply = dana.get(routes::DASHBOARD).await;
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
            "each of {scripts} scripts carries it"
        );
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    let login = bench.app.browser().get(routes::LOGIN).await;
    let policy = login.header("content-security-policy");
    assert!(
        !policy.contains("nonce") && !policy.contains("wasm"),
        "the sign-in page needs none"
    );
    assert!(login.body.contains("<script src=\"/front.js\" defer></script>"));
    assert_eq!(login.body.matches("<script").count(), 1);
}

/// Over https it does: see the test of a server behind https.
async fn without_https_nobody_insists_on_it(bench: &Bench) {
    for (what, reply) in answers(bench).await {
        assert_eq!(reply.header("strict-transport-security"), "", "{what}");
    }
    let setup = Setup {
        environment: vec![("PUBLIC_URL", "https://sonicsaas.example".to_owned())],
        ..Setup::default()
    };
    let app = crate::app::App::with(setup).await;
    for path in [
        routes::LOGIN,
        routes::SIGN_IN,
        routes::DASHBOARD,
        "/nowhere",
        routes::HEALTH,
        routes::VIEWER,
    ] {
        let headers = [("host", "sonicsaas.example"), ("x-forwarded-proto", "https")];
        let reply = app.browser().send(Method::GET, path, &headers, None).await;
        let value = reply.header("strict-transport-security");
        assert_eq!(value, "max-age=31536000; includeSubDomains", "{path}");
    }
    app.stop().await;
}

async fn every_answer_has_the_headers(bench: &Bench) {
    for (what, reply) in answers(bench).await {
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(
            reply.header("cross-origin-opener-policy"),
            "same-origin",
            "{what}"
        );
        assert_eq!(
            reply.header("cross-origin-resource-policy"),
            "same-origin",
            "{what}"
        );
        for feature in ["camera", "microphone", "geolocation"] {
            assert!(
                reply
                    .header("permissions-policy")
                    .contains(&format!("{feature}=()")),
                "{what}"
            );
        }
        let referrer = if what == "return" {
            "no-referrer"
        } else {
            "same-origin"
        };
        assert_eq!(reply.header("referrer-policy"), referrer, "{what}");
        assert_eq!(reply.header("x-request-id").len(), 26, "{what}");
    }
}

async fn nothing_is_disclosed(bench: &Bench) {
    for (what, reply) in answers(bench).await {
        for name in ["server", "x-powered-by", "via", "x-aspnet-version"] {
            assert_eq!(reply.header(name), "", "{what}");
        }
        for word in ["axum", "hyper", "leptos", "tower", "sqlx", "panicked"] {
            let body = reply.body.replace("data-leptos", "").to_lowercase();
            assert!(
                what == "page" || what == "404 inside" || !body.contains(word),
                "{what}: {word}"
            );
        }
    }
    for path in [
        "/.git/HEAD",
        "/.env",
        "/pkg",
        "/pkg/",
        "/pkg/sonicsaas.js.map",
        "/pkg/../Cargo.toml",
        "/pkg/%2e%2e/Cargo.toml",
        "/metrics",
        "/debug",
        "/debug/pprof",
        "/server-status",
        "/Cargo.toml",
        "/front.js.map",
        "/target/",
        "/api",
        "/api/",
    ] {
        let reply = bench.app.browser().get(path).await;
        assert!(
            matches!(reply.status, 404 | 307 | 308),
            "{path}: {}",
            reply.status
        );
        assert!(
            !reply.body.contains("Index of") && !reply.body.contains("[package]"),
            "{path}"
        );
    }
    for path in [routes::ROOT, routes::LOGIN, routes::VIEWER] {
        let reply = bench.app.browser().send(Method::TRACE, path, &[], None).await;
        assert!((400..500).contains(&reply.status), "{path}: {}", reply.status);
        assert!(!reply.body.contains("TRACE"), "{path}");
    }
}

async fn names_are_text(bench: &Bench) {
    let name = "<img src=x onerror=alert(1)>";
    let litware = "c51e7d92-0a4f-4e68-8b37-f2a6904d1e35";
    bench.app.team(name, litware).await;
    let pending = bench.pending("lena@litware.example").await;
    bench.mutate(super::token_claims::claims(
        serde_json::json!({ "name": "</script><script>alert(1)</script>{{7*7}}" }),
    ));
    bench.accepted(&pending).await;
    for page in [
        routes::DASHBOARD,
        "/dashboard/nowhere",
        "/login?error=state_invalid",
    ] {
        let body = pending.browser.get(page).await.body;
        assert!(
            !body.contains("<img src=x") && !body.contains("<script>alert"),
            "{page}"
        );
    }
    let body = pending.browser.get(routes::DASHBOARD).await.body;
    assert!(
        body.contains("&lt;img src=x onerror=alert(1)&gt;"),
        "it stands there as text"
    );
}

async fn nothing_of_a_person_is_kept(bench: &Bench) {
    for (what, reply) in answers(bench).await {
        assert_eq!(reply.header("cache-control"), "no-store", "{what}");
        assert_eq!(reply.header("etag"), "", "{what}");
    }
    let dana = bench.app.signed_in(DANA).await;
    let headers = [
        ("if-none-match", "*"),
        ("if-modified-since", "Wed, 01 Jan 2099 00:00:00 GMT"),
    ];
    for path in [routes::DASHBOARD, routes::VIEWER] {
        let reply = dana.send(Method::GET, path, &headers, None).await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"));
    }
}

async fn the_site_has_one_name(bench: &Bench) {
    let port = bench.app.url.rsplit(':').next().expect("a port").to_owned();
    let get = async |host: &str, path: &str| {
        Browser::at(&bench.app.url)
            .send(Method::GET, path, &[("host", host)], None)
            .await
    };
    let alias = get(&format!("127.0.0.1:{port}"), "/login?next=/dashboard").await;
    assert_eq!(
        (alias.status, alias.location()),
        (307, format!("{}/login?next=/dashboard", bench.app.url).as_str())
    );
    let slashes = get(&format!("127.0.0.1:{port}"), "//evil.example/x").await;
    assert_eq!(slashes.location(), format!("{}/evil.example/x", bench.app.url));
    for host in [
        "evil.example",
        "localhost.evil.example",
        "a@localhost",
        "",
        "localhost.",
        "LOCALHOST.evil.example",
        "localhost evil.example",
    ] {
        for path in [routes::LOGIN, routes::SIGN_IN, routes::DASHBOARD, routes::VIEWER] {
            let reply = get(host, path).await;
            assert!(
                matches!(reply.status, 400 | 421),
                "{host:?} {path}: {}",
                reply.status
            );
            assert!(
                !format!("{reply:?}").contains("evil.example"),
                "{host:?} is not reflected"
            );
        }
    }
    let host = bench.app.url.strip_prefix("http://").expect("an origin");
    for head in [
        format!("GET /login HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n"),
        format!("GET /login HTTP/1.1\r\nHost: evil.example\r\nHost: {host}\r\n"),
        format!("GET http://evil.example/login HTTP/1.1\r\nHost: {host}\r\n"),
        "GET /login HTTP/1.1\r\n".to_owned(),
        format!("GET /login HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: {host}\r\n"),
    ] {
        let answer = super::raw::exchange(&bench.app.url, &format!("{head}Connection: close\r\n\r\n")).await;
        let status = super::raw::status(&answer);
        assert!(matches!(status, 400 | 421), "{head:?}: {status}");
        assert!(!answer.contains("evil.example"));
    }
    assert_eq!(get("evil.example", routes::HEALTH).await.line(), "200 OK");
    assert_eq!(get("127.0.0.1", routes::READY).await.line(), "200 OK");
}

#[tokio::test]
async fn answers_and_names() {
    Bench::start().await.run(Vec::new(), WALKS).await;
}
