//! What `/metrics` says, where it says it, and what nobody can make it say.

use http::Method;
use sonicsaas::routes;

use crate::{
    app::{App, Setup},
    browser::Browser,
};

async fn app() -> App {
    App::with(Setup {
        environment: vec![("METRICS_ADDR", "127.0.0.1:0".to_owned())],
        ..Setup::default()
    })
    .await
}

async fn page(metrics: &Browser) -> String {
    let reply = metrics.get("/metrics").await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.header("content-type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    assert!(reply.body.ends_with("# EOF\n"), "{}", reply.body);
    reply.body
}

/// The value of a series, 0 when it is not there.
fn value(page: &str, series: &str) -> f64 {
    page.lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
        .map_or(0.0, |value| value.parse().expect("a number"))
}

#[tokio::test]
async fn sign_ins_requests_and_calls_are_counted() {
    let app = app().await;
    app.northwind().await;
    let metrics = app.metrics();
    let dana = app.signed_in("dana@contoso.com").await;
    dana.get(routes::DASHBOARD).await;
    app.refused(&app.browser(), "lena@litware.example").await;
    let page = page(&metrics).await;
    for (series, expected) in [
        (
            "sonicsaas_sign_ins_total{method=\"sso\",outcome=\"success\",reason=\"\"}",
            1.0,
        ),
        (
            "sonicsaas_sign_ins_total{method=\"sso\",outcome=\"refused\",reason=\"tenant_not_registered\"}",
            1.0,
        ),
        (
            "sonicsaas_microsoft_requests_total{what=\"token_endpoint\",outcome=\"2xx\"}",
            2.0,
        ),
        (
            "sonicsaas_http_requests_total{route=\"/api/auth/callback/microsoft-entra-id\",method=\"GET\",status=\"3xx\"}",
            2.0,
        ),
        (
            "sonicsaas_http_requests_total{route=\"/dashboard\",method=\"GET\",status=\"2xx\"}",
            1.0,
        ),
        (
            "sonicsaas_http_request_duration_seconds_count{route=\"/dashboard\",method=\"GET\"}",
            1.0,
        ),
    ] {
        assert!(
            (value(&page, series) - expected).abs() < f64::EPSILON,
            "{series} in\n{page}"
        );
    }
    assert!(value(&page, "sonicsaas_http_connections") >= 1.0, "{page}");
    assert!(value(&page, "process_resident_memory_bytes") > 1e6, "{page}");
    assert!(value(&page, "process_start_time_seconds") > 1e9, "{page}");
    for found in [
        "sonicsaas_build_info{version=",
        "sonicsaas_database_connections{pool=",
        "sonicsaas_sweeper_runs_total{outcome=\"success\"}",
    ] {
        assert!(page.contains(found), "{found} in\n{page}");
    }
    for person in ["dana", "contoso", "lena", "Northwind", crate::app::CONTOSO] {
        assert!(!page.contains(person), "{person} in\n{page}");
    }
    app.stop().await;
}

#[tokio::test]
async fn trouble_with_microsoft_is_counted() {
    let app = app().await;
    app.northwind().await;
    let metrics = app.metrics();
    let fault = entra_emulator::Fault {
        times: Some(1),
        headers: [("retry-after".to_owned(), "0".into())].into_iter().collect(),
        ..entra_emulator::Fault::status("discovery", 429)
    };
    app.emulator.control().fault(fault);
    app.signed_in("dana@contoso.com").await;
    app.emulator
        .control()
        .fault(entra_emulator::Fault::status("token", 503));
    app.refused(&app.browser(), "dana@contoso.com").await;
    let page = page(&metrics).await;
    for series in [
        "sonicsaas_microsoft_retries_total{what=\"discovery_document\"}",
        "sonicsaas_microsoft_requests_total{what=\"discovery_document\",outcome=\"429\"}",
        "sonicsaas_microsoft_requests_total{what=\"token_endpoint\",outcome=\"5xx\"}",
        "sonicsaas_sign_ins_total{method=\"sso\",outcome=\"failure\",reason=\"provider_unreachable\"}",
    ] {
        assert!(value(&page, series) >= 1.0, "{series} in\n{page}");
    }
    app.stop().await;
}

#[tokio::test]
async fn hostile_paths_make_no_series() {
    let app = app().await;
    let (browser, metrics) = (app.browser(), app.metrics());
    let series = |page: &str| {
        page.lines()
            .filter(|line| line.starts_with("sonicsaas_http_requests_total"))
            .count()
    };
    browser.get("/one-that-does-not-exist").await;
    browser.get("/pkg/none.js").await;
    browser.get("/dashboard/none").await;
    let invented = |name: &str| Method::from_bytes(name.as_bytes()).expect("a token");
    browser.send(invented("EVIL"), "/login", &[], None).await;
    let before = series(&page(&metrics).await);
    for number in 0..50 {
        for path in ["", "/invite", "/recover", "/pkg", "/dashboard", "/api"] {
            browser
                .get(&format!("{path}/canary-{number}\"%0a{{x=\"1\"}}"))
                .await;
        }
        browser.get(&format!("/login?error=canary-{number}")).await;
        let method = invented(&format!("CANARY{number}"));
        browser.send(method, "/login", &[], None).await;
    }
    let after = page(&metrics).await;
    assert!(!after.to_lowercase().contains("canary"), "{after}");
    assert!(
        after.contains("route=\"unmatched\"") && after.contains("method=\"other\""),
        "{after}"
    );
    assert!(
        series(&after) <= before + 3,
        "{before} series before, now\n{after}"
    );
    app.stop().await;
}

#[tokio::test]
async fn metrics_stand_on_their_own_address_alone() {
    let app = app().await;
    let metrics = app.metrics();
    for path in ["/", routes::LOGIN, routes::HEALTH, "/metrics/x", "/debug"] {
        assert_eq!(metrics.get(path).await.status, 404, "{path}");
    }
    assert_eq!(
        metrics.send(Method::TRACE, "/metrics", &[], None).await.status,
        405
    );
    assert_eq!(
        metrics.send(Method::POST, "/metrics", &[], None).await.status,
        405
    );
    // HDR-009: nothing of it where people are.
    let public = app.browser().get("/metrics").await;
    assert_eq!(public.status, 404);
    assert!(!public.body.contains("sonicsaas_"), "{}", public.body);
    app.stop().await;
}
