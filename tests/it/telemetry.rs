//! What a running process tells: its log in both forms, and its traces.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, routing::post};
use http::HeaderMap;
use serde_json::Value;
use sonicsaas::routes;

use crate::{
    app::CLIENT_SECRET,
    process::{Deployment, Server, sign_in},
};

/// What a collector was sent.
#[derive(Clone, Default)]
pub(crate) struct Collected(Arc<Mutex<Vec<(HeaderMap, Bytes)>>>);

impl Collected {
    /// Starts a collector on a free port: itself, and its address.
    #[expect(clippy::disallowed_methods, reason = "a collector of a test is a task")]
    pub(crate) async fn start() -> (Self, String) {
        let collected = Self::default();
        let router = Router::new()
            .route("/v1/traces", post(take))
            .with_state(collected.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        drop(tokio::spawn(async move { axum::serve(listener, router).await }));
        (collected, address)
    }

    /// Everything that came, in one piece. Text stands in protobuf as it is.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let all = self.0.lock().expect("unbroken");
        all.iter().flat_map(|(_, body)| body.to_vec()).collect()
    }

    fn content_types(&self) -> Vec<String> {
        let all = self.0.lock().expect("unbroken");
        all.iter()
            .map(|(headers, _)| headers["content-type"].to_str().expect("text").to_owned())
            .collect()
    }
}

async fn take(State(collected): State<Collected>, headers: HeaderMap, body: Bytes) {
    collected.0.lock().expect("unbroken").push((headers, body));
}

/// Whether `text` stands in `bytes`.
pub(crate) fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

async fn deployment(environment: Vec<(&'static str, String)>) -> (Deployment, Server) {
    let deployment = Deployment::new(CLIENT_SECRET, environment).await;
    deployment.northwind();
    let server = deployment.start().await;
    (deployment, server)
}

/// The lines of a JSON log.
fn lines(log: &str) -> Vec<Value> {
    log.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

#[tokio::test]
async fn a_json_log_has_one_line_a_request_with_its_reference_and_route() {
    let (deployment, server) = deployment(vec![("LOG_FORMAT", "json".to_owned())]).await;
    let browser = server.browser();
    let login = browser.get("/login?error=canary").await;
    let invite = browser.get("/invite/canary-token?x=canary").await;
    browser.get(routes::HEALTH).await;
    browser.get(routes::ICONS).await;
    let (_, _, returned) = sign_in(&deployment, &browser, "dana@contoso.com").await;
    assert_eq!(returned.location(), routes::DASHBOARD);
    let (log, status) = server.stop().await;
    assert!(status.success(), "{log}");
    assert!(!log.contains("canary"), "{log}");
    let lines = lines(&log);
    for line in &lines {
        for name in ["timestamp", "level", "target", "message"] {
            assert!(line[name].is_string(), "{name} in {line}");
        }
    }
    let answered: Vec<_> = lines
        .iter()
        .filter(|line| line["message"] == "answered")
        .collect();
    assert_eq!(answered.len(), 4, "probes and files are not logged: {log}");
    for (reply, route, status) in [
        (&login, routes::LOGIN, 200),
        (&invite, routes::INVITE, 404),
        (&returned, routes::CALLBACK, 303),
    ] {
        let of_it: Vec<_> = answered
            .iter()
            .filter(|line| line["correlation_id"] == reply.header("x-request-id"))
            .collect();
        let [line] = of_it[..] else {
            panic!("one line: {of_it:?}")
        };
        assert_eq!(
            (
                line["route"].as_str(),
                line["method"].as_str(),
                line["status"].as_i64()
            ),
            (Some(route), Some("GET"), Some(status))
        );
        assert_eq!(
            (line["level"].as_str(), line["duration_ms"].is_number()),
            (Some("INFO"), true)
        );
    }
    deployment.database.remove().await;
}

#[tokio::test]
async fn a_refusal_has_one_reference_on_page_log_and_event() {
    let (deployment, server) = deployment(vec![("RUST_LOG", "warn,sonicsaas::server=info".to_owned())]).await;
    let browser = server.browser();
    deployment
        .emulator
        .control()
        .fault(entra_emulator::Fault::status("token", 503));
    let (_, _, returned) = sign_in(&deployment, &browser, "dana@contoso.com").await;
    let reference = returned.header("x-request-id").to_owned();
    let page = browser.get(returned.location()).await;
    assert!(page.body.contains(&reference), "{}", page.body);
    let (log, _) = server.stop().await;
    assert!(
        log.lines().any(|line| line.contains("gave no usable answer")
            && line.contains(&format!("correlation_id={reference} "))),
        "{log}"
    );
    let (events, _) = deployment.run(&["audit", "export"]);
    assert!(
        events.contains(&format!("\"correlation_id\":\"{reference}\"")),
        "{events}"
    );
    deployment.database.remove().await;
}

/// INP-005, from outside: what arrives in headers, answers of Microsoft and display names.
#[tokio::test]
async fn nobody_writes_lines_of_their_own() {
    const FORGED: &str =
        "x\r\n2026-01-01T00:00:00.000000Z  INFO forged: all is well\u{1b}[2J\u{9b}1m\u{2028}\",\"forged\":\"";
    for format in ["text", "json"] {
        let environment = vec![
            ("LOG_FORMAT", format.to_owned()),
            ("RUST_LOG", "trace".to_owned()),
        ];
        let (deployment, server) = deployment(environment).await;
        let control = deployment.emulator.control();
        control
            .with_user("contoso.com", "dana@contoso.com", |user| {
                user.name = FORGED.to_owned();
            })
            .expect("renamed");
        let browser = server.browser();
        sign_in(&deployment, &browser, "dana@contoso.com").await;
        browser.get(routes::DASHBOARD).await;
        let agent = [
            ("user-agent", "agent\t{\"forged\":1} %0d%0aforged"),
            ("accept", "text/html"),
        ];
        browser.send(http::Method::GET, routes::LOGIN, &agent, None).await;
        let error = serde_json::json!({ "error": "invalid_grant\r\nforged", "error_description": FORGED });
        control.fault(entra_emulator::Fault {
            body: Some(error.to_string()),
            ..entra_emulator::Fault::status("token", 400)
        });
        sign_in(&deployment, &browser, "dana@contoso.com").await;
        let (log, _) = server.stop().await;
        assert!(log.contains("answered"), "there is a log");
        // A development build of leptos_meta prints a remark of its own past every log.
        for line in log.lines().filter(|line| !line.starts_with("use_head()")) {
            let acts = |letter: char| letter.is_control() || ('\u{2028}'..='\u{202e}').contains(&letter);
            assert!(!line.contains(acts), "{line:?}");
            let digits = line.trim_start_matches("{\"timestamp\":\"");
            assert!(
                digits.starts_with("20") && !line.starts_with("2026-01-01T00:00:00.000000Z"),
                "{line:?}"
            );
            if format == "json" {
                let line: Value = serde_json::from_str(line).expect("JSON");
                assert_eq!(line.get("forged"), None);
            }
        }
        deployment.database.remove().await;
    }
}

#[tokio::test]
async fn an_address_for_metrics_that_is_taken_stops_the_start() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let deployment = Deployment::new(CLIENT_SECRET, vec![("METRICS_ADDR", address.clone())]).await;
    let ended = deployment.command(&["serve"]).output().expect("it runs");
    let said = String::from_utf8(ended.stderr).expect("text");
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(
        said.contains(&format!("METRICS_ADDR: cannot listen on {address}")),
        "{said}"
    );
    deployment.database.remove().await;
}

#[tokio::test]
async fn a_collector_gets_the_spans_of_a_sign_in() {
    let (collected, address) = Collected::start().await;
    // Whatever the log leaves out: traces do not depend on its filter.
    let environment = vec![
        ("OTEL_EXPORTER_OTLP_ENDPOINT", address),
        ("RUST_LOG", "error,sonicsaas::server=info".to_owned()),
    ];
    let (deployment, server) = deployment(environment).await;
    let browser = server.browser();
    let (_, _, returned) = sign_in(&deployment, &browser, "olga@contoso.com").await;
    assert_eq!(returned.location(), routes::DASHBOARD);
    let reference = returned.header("x-request-id").to_owned();
    let (log, status) = server.stop().await;
    assert!(status.success(), "{log}");
    let spans = collected.bytes();
    for text in [
        "service.name",
        "sonicsaas",
        "GET /api/auth/callback/microsoft-entra-id",
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "redeem",
        "verify",
        "keys",
        "groups",
        "store",
        "microsoft",
        "the token endpoint's answer",
        &reference,
    ] {
        assert!(holds(&spans, text.as_bytes()), "{text}");
    }
    for text in ["olga", "contoso.com", "?code", "state=", "session="] {
        assert!(!holds(&spans, text.as_bytes()), "{text}");
    }
    assert!(
        collected
            .content_types()
            .iter()
            .all(|kind| kind == "application/x-protobuf"),
        "{:?}",
        collected.content_types()
    );
    deployment.database.remove().await;
}

#[tokio::test]
async fn a_dead_collector_costs_nobody_anything() {
    // Bound and never served: connections are taken by the kernel and nobody answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent_address = format!("http://{}", silent.local_addr().expect("an address"));
    for (address, refuses) in [("http://127.0.0.1:9".to_owned(), true), (silent_address, false)] {
        let (deployment, server) = deployment(vec![("OTEL_EXPORTER_OTLP_ENDPOINT", address)]).await;
        for _ in 0..3 {
            let (_, _, returned) = sign_in(&deployment, &server.browser(), "dana@contoso.com").await;
            assert_eq!(returned.location(), routes::DASHBOARD);
        }
        let (log, status) = server.stop().await;
        assert!(status.success(), "{log}");
        let complaints = log.matches("traces cannot be delivered").count();
        assert!(complaints <= 1, "said once, not per batch: {log}");
        assert!(complaints == 1 || !refuses, "a refused connection is told: {log}");
        deployment.database.remove().await;
    }
}

#[tokio::test]
async fn a_trace_of_somebody_else_is_a_link_and_only_from_a_trusted_proxy() {
    const THEIRS: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let trace: Vec<u8> = (0..16)
        .map(|at| u8::from_str_radix(&THEIRS[3 + 2 * at..5 + 2 * at], 16).expect("digits"))
        .collect();
    for (proxies, expected) in [("127.0.0.0/8,::1", true), ("10.0.0.0/8", false)] {
        let (collected, address) = Collected::start().await;
        let environment = vec![
            ("OTEL_EXPORTER_OTLP_ENDPOINT", address),
            ("TRUSTED_PROXIES", proxies.to_owned()),
        ];
        let (deployment, server) = deployment(environment).await;
        let headers = [("traceparent", THEIRS), ("accept", "text/html")];
        server
            .browser()
            .send(http::Method::GET, routes::LOGIN, &headers, None)
            .await;
        server.stop().await;
        let spans = collected.bytes();
        assert!(holds(&spans, b"GET /login"), "the span came");
        assert_eq!(holds(&spans, &trace), expected, "{proxies}");
        // A span begins with its own trace: field 1, sixteen bytes. It is never theirs.
        let own = [&[0x0a, 16][..], &trace].concat();
        let with_id = [&own[..], &[0x12, 8]].concat();
        let links = spans
            .windows(with_id.len())
            .filter(|window| *window == with_id)
            .count();
        assert_eq!(links, usize::from(expected), "as a link, once");
        deployment.database.remove().await;
    }
}

/// CSR-011: what a caller learns when the database breaks under a request.
#[tokio::test]
async fn an_error_of_ours_is_a_code_and_a_reference() {
    let app = crate::app::App::start().await;
    app.northwind().await;
    let browser = app.signed_in("dana@contoso.com").await;
    assert_eq!(
        browser.call(routes::VIEWER).await.status,
        200,
        "the positive control"
    );
    app.execute("alter table session rename to session_gone").await;
    for reply in [
        browser.call(routes::VIEWER).await,
        browser.call(routes::ACCESS).await,
        browser.get(routes::DASHBOARD).await,
    ] {
        assert_eq!(reply.status, 500, "{}", reply.body);
        let reference = reply.header("x-request-id");
        assert!(
            reference.len() == 26 && reply.body.contains(reference),
            "{}",
            reply.body
        );
        let said = reply.body.to_lowercase();
        for inside in [
            "sqlx",
            "sqlite",
            "postgres",
            "no such table",
            "relation",
            "session_gone",
            "select ",
            "src/",
            "127.0.0.1",
        ] {
            assert!(!said.contains(inside), "{inside} in {said}");
        }
    }
    app.stop().await;
}
