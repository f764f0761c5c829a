//! What the server tells about itself, and where: log, metrics and traces.
//!
//! Nothing of it is on by itself but the log. Whoever sets an address decides who can read what goes there.

use std::net::SocketAddr;

use url::Url;

use super::environment::Environment;

/// Log, metrics and traces.
#[derive(Clone, Debug)]
pub struct Observe {
    /// `RUST_LOG`.
    pub log_filter: String,
    /// `LOG_FORMAT`.
    pub log_format: LogFormat,
    /// `METRICS_ADDR`: where `/metrics` is served; `None` for no metrics at all.
    pub metrics_address: Option<SocketAddr>,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: the collector that traces go to, without the signal's path; `None` for no traces.
    pub trace_endpoint: Option<Url>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Observe {
    pub(super) fn read(environment: &mut Environment) -> Self {
        Self {
            log_filter: log_filter(environment),
            log_format: environment
                .choice(
                    "LOG_FORMAT",
                    &[(LogFormat::Text, "text"), (LogFormat::Json, "json")],
                )
                .unwrap_or(LogFormat::Text),
            metrics_address: environment
                .parsed("METRICS_ADDR", "an address and port, such as 127.0.0.1:9464"),
            trace_endpoint: trace_endpoint(environment),
        }
    }
}

fn log_filter(environment: &mut Environment) -> String {
    const NAME: &str = "RUST_LOG";
    let filter = environment.plain(NAME).unwrap_or_else(|| "info".to_owned());
    if tracing_subscriber::EnvFilter::try_new(&filter).is_err() {
        environment.problem(NAME, "must be a log filter such as info or sonicsaas=debug");
    }
    filter
}

/// The base address of an OTLP collector. Spans hold no secret, so plain `http` may leave this machine; an address with
/// a password may not, since addresses are printed.
/// <https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp>
fn trace_endpoint(environment: &mut Environment) -> Option<Url> {
    const NAME: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
    let typed = environment.plain(NAME)?;
    let fits = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.host().is_some()
            && !super::has_user_info(url)
            && url.query().is_none()
            && url.fragment().is_none()
    };
    let endpoint = Url::parse(&typed).ok().filter(fits);
    if endpoint.is_none() {
        environment.problem(
            NAME,
            "must be the address of an OTLP/HTTP collector, such as http://127.0.0.1:4318, without user, query or fragment",
        );
    }
    endpoint
}
