//! What every request and every answer must be like, whoever asks.

use http::Method;
use sonicsaas::routes;

use super::bench::{Bench, DANA, Runner, walk};
use crate::{app::CLIENT_SECRET, calls};

/// These cases.
pub(crate) const WALKS: &[Runner] = &[
    walk!("CSR-001", requests_of_other_sites),
    walk!("CSR-003", requests_of_nobody_knows_where),
    walk!("CSR-004", requests_of_no_origin),
    walk!("CSR-005", bodies_of_other_kinds),
    walk!("CSR-006", nothing_changes_by_looking),
    walk!("CSR-008", nobody_else_may_read),
    walk!("CSR-009", no_connection_stays_open),
    walk!("CSR-013", a_referrer_is_no_target),
    walk!("CSR-014", pages_carry_what_the_viewer_may_see),
];

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Every path that takes a form.
fn posts() -> Vec<&'static str> {
    let mut paths: Vec<_> = calls::ALL.iter().map(|call| call.path).collect();
    paths.extend([routes::LOGOUT, routes::PREFERENCES]);
    paths
}

/// Posts everywhere with these headers; nothing may come of it.
async fn forbidden(bench: &Bench, headers: &[(&str, &str)]) {
    let dana = bench.app.signed_in(DANA).await;
    bench.events().await;
    let rows = bench.rows().await;
    for path in posts() {
        let mut all = vec![FORM];
        all.extend(headers);
        let reply = dana
            .send(
                Method::POST,
                path,
                &all,
                Some("theme=dark&next=/dashboard".to_owned()),
            )
            .await;
        assert_eq!(reply.status, 403, "{path} {headers:?}");
        assert_eq!(reply.header("access-control-allow-origin"), "");
    }
    assert_eq!(dana.cookie("theme"), None);
    assert_eq!(dana.call(routes::VIEWER).await.status, 200, "nothing happened");
    assert!(bench.events().await.is_empty() && bench.rows().await == rows);
}

async fn requests_of_other_sites(bench: &Bench) {
    let own = bench.app.url.clone();
    let suffixed = format!("{own}.evil.example");
    for headers in [
        vec![
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
        ],
        vec![("origin", "https://evil.example")],
        vec![("origin", suffixed.as_str())],
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "cross-site"), ("origin", own.as_str())],
        vec![("sec-fetch-site", "same-site"), ("origin", own.as_str())],
        vec![
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://evil.example"),
        ],
        vec![
            ("referer", "https://evil.example/x"),
            ("sec-fetch-site", "cross-site"),
        ],
    ] {
        forbidden(bench, &headers).await;
    }
    // The positive control: the same from our own page.
    let dana = bench.app.signed_in(DANA).await;
    let reply = dana.post(routes::PREFERENCES, &[("theme", "dark")]).await;
    assert_eq!(
        (reply.status, dana.cookie("theme").as_deref()),
        (303, Some("dark"))
    );
}

async fn requests_of_nobody_knows_where(bench: &Bench) {
    forbidden(bench, &[]).await;
    forbidden(bench, &[("sec-fetch-site", "none")]).await;
    forbidden(bench, &[("referer", "https://evil.example/")]).await;
}

async fn requests_of_no_origin(bench: &Bench) {
    forbidden(bench, &[("origin", "null")]).await;
    forbidden(bench, &[("origin", "null"), ("sec-fetch-site", "cross-site")]).await;
    forbidden(bench, &[("origin", "null"), ("sec-fetch-site", "same-origin")]).await;
}

async fn bodies_of_other_kinds(bench: &Bench) {
    let own = bench.app.url.clone();
    for kind in [
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
        "text/plain; application/x-www-form-urlencoded",
        "",
    ] {
        for body in ["theme=dark", r#"{"theme":"dark"}"#] {
            let dana = bench.app.signed_in(DANA).await;
            let mut headers = vec![("origin", own.as_str())];
            if !kind.is_empty() {
                headers.push(("content-type", kind));
            }
            let reply = dana
                .send(Method::POST, routes::PREFERENCES, &headers, Some(body.to_owned()))
                .await;
            assert!((400..500).contains(&reply.status), "{kind:?}: {}", reply.status);
            assert_eq!(dana.cookie("theme"), None, "{kind:?} is not read");
        }
    }
}

async fn nothing_changes_by_looking(bench: &Bench) {
    let dana = bench.app.signed_in(DANA).await;
    bench.events().await;
    for path in [routes::LOGOUT, routes::PREFERENCES] {
        for method in [Method::GET, Method::HEAD] {
            let reply = dana.send(method, &format!("{path}?theme=dark"), &[], None).await;
            assert_eq!(reply.status, 405, "{path}");
        }
    }
    for method in [Method::HEAD, Method::PUT, Method::DELETE, Method::PATCH] {
        let reply = dana
            .send(
                method.clone(),
                routes::CALLBACK,
                &[("origin", &bench.app.url)],
                None,
            )
            .await;
        assert_eq!(reply.status, 405, "{method}");
    }
    assert_eq!(
        (dana.cookie("theme"), dana.call(routes::VIEWER).await.status),
        (None, 200)
    );
    assert!(bench.events().await.is_empty());
}

async fn nobody_else_may_read(bench: &Bench) {
    let dana = bench.app.signed_in(DANA).await;
    let own = bench.app.url.clone();
    for origin in [
        "https://evil.example",
        "null",
        &format!("{own}.evil.example"),
        &own.replace("http://", "http://x"),
        "*",
    ] {
        for path in [
            routes::VIEWER,
            routes::LOGIN,
            routes::DASHBOARD,
            routes::CALLBACK,
            routes::FRONT_SCRIPT,
            routes::HEALTH,
        ] {
            for method in [Method::GET, Method::OPTIONS] {
                let headers = [("origin", origin), ("access-control-request-method", "POST")];
                let reply = dana.send(method, path, &headers, None).await;
                let allowed = reply
                    .headers
                    .keys()
                    .filter(|name| name.as_str().starts_with("access-control-"));
                assert_eq!(allowed.count(), 0, "{origin} {path}");
            }
        }
    }
}

async fn no_connection_stays_open(bench: &Bench) {
    let dana = bench.app.signed_in(DANA).await;
    for path in posts().into_iter().chain([
        routes::DASHBOARD,
        routes::LOGIN,
        "/ws",
        "/api/ws",
        "/live_reload",
        "/events",
    ]) {
        let headers = [
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("origin", "https://evil.example"),
        ];
        let reply = dana.send(Method::GET, path, &headers, None).await;
        assert_ne!(reply.status, 101, "{path}");
        let reply = dana
            .send(Method::GET, path, &[("accept", "text/event-stream")], None)
            .await;
        assert!(!reply.header("content-type").contains("event-stream"), "{path}");
    }
}

async fn a_referrer_is_no_target(bench: &Bench) {
    let dana = bench.app.signed_in(DANA).await;
    let own = bench.app.url.clone();
    let html = ("accept", "text/html");
    for path in posts() {
        let headers = [
            FORM,
            html,
            ("referer", "https://evil.example/x"),
            ("origin", "https://evil.example"),
        ];
        let reply = dana.send(Method::POST, path, &headers, None).await;
        assert_eq!((reply.status, reply.location()), (403, ""), "{path}");
    }
    for referrer in [
        "https://evil.example/x",
        &format!("{own}//evil.example"),
        &format!("{own}/dashboard"),
    ] {
        for path in posts() {
            let headers = [FORM, html, ("referer", referrer), ("origin", own.as_str())];
            let reply = bench.app.browser().send(Method::POST, path, &headers, None).await;
            let location = reply.location();
            assert!(
                location.is_empty() || (location.starts_with('/') && !location.starts_with("//")),
                "{path}: {location}"
            );
        }
    }
}

async fn pages_carry_what_the_viewer_may_see(bench: &Bench) {
    bench.app.signed_in("adam@contoso.com").await;
    let vic = bench.app.signed_in("vic@contoso.com").await;
    let session = vic.cookie("session").expect("a session");
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, session.as_bytes());
    let hash = hash
        .as_ref()
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let tokens = bench.app.emulator.control().tokens();
    let token = tokens.last().expect("a token").token.clone();
    for page in [
        routes::DASHBOARD,
        "/dashboard?open=account",
        routes::VIEWER,
        routes::ACCESS,
        "/dashboard/nowhere",
    ] {
        let body = vic.get(page).await.body;
        for canary in [
            "owner-northwind-msp@example.com",
            "adam@contoso.com",
            "Adam Cole",
            CLIENT_SECRET,
            "$argon2",
            "AQEBAQEBAQEBAQEB",
            session.as_str(),
            hash.as_str(),
            token.as_str(),
            "sqlite:",
            "postgres:",
        ] {
            assert!(!body.contains(canary), "{page} holds {canary}");
        }
    }
}

#[tokio::test]
async fn requests_and_answers() {
    Bench::start().await.run(Vec::new(), WALKS).await;
}
