//! Counting without a server.

use super::*;
use crate::entra::Outcome;

#[test]
fn off_means_nothing_is_kept() {
    let metrics = Metrics::off();
    metrics.request("/login", &Method::GET, StatusCode::OK, Duration::ZERO);
    metrics.sign_in("sso", "success", "");
    metrics.gauge("sonicsaas_x", "X.", || 1);
    drop(metrics.connection());
    metrics.begins("the signing keys").ended(Outcome::Answered(200));
    assert_eq!(metrics.page().expect("written"), "");
}

#[test]
fn everything_that_is_counted_stands_on_the_page() {
    let metrics = Metrics::on();
    metrics.request("/login", &Method::GET, StatusCode::OK, Duration::from_millis(3));
    metrics.sign_in("password", "refused", "invalid_credentials");
    metrics.swept(Some(4));
    metrics.swept(None);
    metrics.gauge("sonicsaas_password_hashes_running", "Hashes.", || 7);
    metrics.asks_again("the signing keys");
    for outcome in [
        Outcome::Answered(200),
        Outcome::Answered(429),
        Outcome::TimedOut,
        Outcome::Unreachable,
        Outcome::TooLarge,
    ] {
        metrics.begins("the token endpoint's answer").ended(outcome);
    }
    drop(metrics.begins("Microsoft Graph"));
    let open = metrics.connection();
    let page = metrics.page().expect("written");
    for line in [
        "sonicsaas_http_requests_total{route=\"/login\",method=\"GET\",status=\"2xx\"} 1",
        "sonicsaas_http_request_duration_seconds_bucket{le=\"0.005\",route=\"/login\",method=\"GET\"} 1",
        "sonicsaas_http_request_duration_seconds_count{route=\"/login\",method=\"GET\"} 1",
        "sonicsaas_sign_ins_total{method=\"password\",outcome=\"refused\",reason=\"invalid_credentials\"} 1",
        "sonicsaas_sweeper_runs_total{outcome=\"failure\"} 1",
        "sonicsaas_sweeper_removed_total 4",
        "sonicsaas_password_hashes_running 7",
        "sonicsaas_microsoft_retries_total{what=\"signing_keys\"} 1",
        "sonicsaas_microsoft_requests_total{what=\"token_endpoint\",outcome=\"2xx\"} 1",
        "sonicsaas_microsoft_requests_total{what=\"token_endpoint\",outcome=\"429\"} 1",
        "sonicsaas_microsoft_requests_total{what=\"token_endpoint\",outcome=\"timed_out\"} 1",
        "sonicsaas_microsoft_requests_total{what=\"microsoft_graph\",outcome=\"cancelled\"} 1",
        "sonicsaas_http_connections 1",
        "# EOF",
    ] {
        assert!(
            page.lines().any(|found| found == line),
            "{line} is missing in\n{page}"
        );
    }
    drop(open);
    let page = metrics.page().expect("written");
    assert!(page.contains("\nsonicsaas_http_connections 0\n"), "{page}");
}
