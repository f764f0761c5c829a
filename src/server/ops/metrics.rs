//! Metrics: what the server counts and measures, and the page that a Prometheus reads it from.
//!
//! They exist only when `METRICS_ADDR` does; without it every method here returns at once and nothing is kept. Each
//! label has a fixed set of values (a route's pattern, never a path; a code of ours, never a text), so that nobody can
//! make the server keep a series per request. No label names a person, a team or a tenant: whoever may read metrics may
//! not read those.

mod calls;
mod labels;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    response::{IntoResponse as _, Response},
    routing::get,
};
use http::{Method, StatusCode, header};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric as _, text},
    metrics::{
        MetricType,
        counter::Counter,
        family::Family,
        gauge::{ConstGauge, Gauge},
        histogram::Histogram,
        info::Info,
    },
    registry::Registry,
};

use self::labels::{Build, Call, Ended, PoolState, Request, Route, SignIn, What};
use super::process;
use crate::{entra::Observer, storage::Store};

/// From a cached page to the longest request that is waited for.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// The metrics of one server, or none. Cheap to clone.
#[derive(Clone, Default)]
pub struct Metrics(Option<Arc<Kept>>);

struct Kept {
    registry: Mutex<Registry>,
    requests: Family<Request, Counter>,
    request_seconds: Family<Route, Histogram, fn() -> Histogram>,
    connections: Gauge,
    sign_ins: Family<SignIn, Counter>,
    calls: Family<Call, Counter>,
    call_seconds: Family<What, Histogram, fn() -> Histogram>,
    retries: Family<What, Counter>,
    sweeps: Family<Ended, Counter>,
    swept: Counter,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("Metrics")
            .field(&self.0.as_ref().map(|_| "on"))
            .finish()
    }
}

impl Metrics {
    /// None at all.
    pub fn off() -> Self {
        Self::default()
    }

    /// Metrics that count from now on.
    pub fn on() -> Self {
        let seconds: fn() -> Histogram = || Histogram::new(SECONDS);
        let kept = Kept {
            registry: Mutex::default(),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(seconds),
            connections: Gauge::default(),
            sign_ins: Family::default(),
            calls: Family::default(),
            call_seconds: Family::new_with_constructor(seconds),
            retries: Family::default(),
            sweeps: Family::default(),
            swept: Counter::default(),
        };
        kept.register();
        Self(Some(Arc::new(kept)))
    }

    /// Who watches the calls to Microsoft, where anything is kept.
    pub fn observer(&self) -> Option<Arc<dyn Observer>> {
        self.0.as_ref()?;
        Some(Arc::new(self.clone()))
    }

    /// A request has its answer. `route` is a pattern, as `request.rs` makes it.
    pub fn request(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let Some(kept) = &self.0 else { return };
        let (route, method) = (route.to_owned(), super::request::method(method));
        let status = class(status.as_u16());
        kept.request_seconds
            .get_or_create(&Route {
                route: route.clone(),
                method,
            })
            .observe(took.as_secs_f64());
        kept.requests
            .get_or_create(&Request {
                route,
                method,
                status,
            })
            .inc();
    }

    /// A connection is open as long as the value lives.
    pub fn connection(&self) -> OpenConnection {
        let connections = self.0.as_ref().map(|kept| kept.connections.clone());
        if let Some(connections) = &connections {
            connections.inc();
        }
        OpenConnection(connections)
    }

    /// A sign-in has ended: `method` as in the audit log (`sso`, `password`, `recovery`), `outcome` `success`, `refused` or
    /// `failure`, and the fixed code of a refusal, else an empty text. Every way of signing in calls it once per try.
    pub fn sign_in(&self, method: &'static str, outcome: &'static str, reason: &'static str) {
        let Some(kept) = &self.0 else { return };
        kept.sign_ins
            .get_or_create(&SignIn {
                method,
                outcome,
                reason,
            })
            .inc();
    }

    /// The sweeper ran: how many rows it removed, or `None` when it failed.
    pub fn swept(&self, removed: Option<u64>) {
        let Some(kept) = &self.0 else { return };
        let outcome = if removed.is_some() { "success" } else { "failure" };
        kept.sweeps.get_or_create(&Ended { outcome }).inc();
        kept.swept.inc_by(removed.unwrap_or_default());
    }

    /// Adds a number that is read whenever metrics are, such as how many password hashes run and how many wait.
    /// Called once per name, when the server starts; `read` must not wait for anything.
    pub fn gauge(
        &self,
        name: &'static str,
        help: &'static str,
        read: impl Fn() -> u64 + Send + Sync + 'static,
    ) {
        self.collect(move |encoder| {
            let descriptor = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            ConstGauge::new(read()).encode(descriptor)
        });
    }

    /// Watches the database's connections and the process, which has run since `started` (seconds since 1970).
    pub fn watch(&self, store: &Store, started: i64) {
        let Some(kept) = &self.0 else { return };
        let build = Info::new(Build {
            version: env!("CARGO_PKG_VERSION"),
            database: store.engine_name(),
        });
        kept.registry()
            .register("sonicsaas_build", "What is running", build);
        let store = store.clone();
        self.collect(move |encoder| {
            let mut family = encoder.encode_descriptor(
                "sonicsaas_database_connections",
                "Connections to the database by pool: idle, used, and the most there may be.",
                None,
                MetricType::Gauge,
            )?;
            for pool in store.pools() {
                let used = pool.open.saturating_sub(pool.idle);
                for (state, count) in [("idle", pool.idle), ("used", used), ("limit", pool.limit)] {
                    let labels = PoolState {
                        pool: pool.name,
                        state,
                    };
                    ConstGauge::new(count).encode(family.encode_family(&labels)?)?;
                }
            }
            Ok(())
        });
        // Under the names that every exporter uses for a process.
        self.collect(move |encoder| {
            let mut put = |name: &str, help: &str, value: u64| {
                let descriptor = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
                ConstGauge::new(value).encode(descriptor)
            };
            let started = u64::try_from(started).unwrap_or_default();
            put(
                "process_start_time_seconds",
                "When the server started, in seconds since 1970.",
                started,
            )?;
            if let Some(bytes) = process::resident_bytes() {
                put(
                    "process_resident_memory_bytes",
                    "Memory that is really in use.",
                    bytes,
                )?;
            }
            if let Some(files) = process::open_files() {
                put("process_open_fds", "Open file descriptors.", files)?;
            }
            Ok(())
        });
    }

    fn collect(&self, read: impl Fn(&mut DescriptorEncoder<'_>) -> fmt::Result + Send + Sync + 'static) {
        if let Some(kept) = &self.0 {
            kept.registry().register_collector(Box::new(Read(Box::new(read))));
        }
    }

    /// The page, in the text format of `OpenMetrics` 1.0.
    fn page(&self) -> Result<String, fmt::Error> {
        let mut page = String::new();
        if let Some(kept) = &self.0 {
            text::encode(&mut page, &kept.registry())?;
        }
        Ok(page)
    }

    /// What the second listener serves: `GET /metrics`, and nothing else.
    pub(in crate::server) fn router(&self) -> Router {
        Router::new()
            .route("/metrics", get(read))
            .with_state(self.clone())
    }
}

async fn read(State(metrics): State<Metrics>) -> Response {
    const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match metrics.page() {
        Ok(page) => (
            [
                (header::CONTENT_TYPE, FORMAT),
                (header::CACHE_CONTROL, "no-store"),
            ],
            page,
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl Kept {
    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn register(&self) {
        let mut registry = self.registry();
        let (requests, took) = (self.requests.clone(), self.request_seconds.clone());
        registry.register(
            "sonicsaas_http_requests",
            "Requests by route, method and class of status",
            requests,
        );
        registry.register(
            "sonicsaas_http_request_duration_seconds",
            "Time from a request's head to its answer's",
            took,
        );
        let connections = self.connections.clone();
        registry.register("sonicsaas_http_connections", "Open connections", connections);
        registry.register(
            "sonicsaas_sign_ins",
            "Sign-ins by method, outcome and reason of a refusal",
            self.sign_ins.clone(),
        );
        registry.register(
            "sonicsaas_microsoft_requests",
            "Requests to Microsoft by question and outcome",
            self.calls.clone(),
        );
        registry.register(
            "sonicsaas_microsoft_request_duration_seconds",
            "Time of one request to Microsoft, its answer included",
            self.call_seconds.clone(),
        );
        registry.register(
            "sonicsaas_microsoft_retries",
            "Questions to Microsoft that were asked once more after a 429 or a server error",
            self.retries.clone(),
        );
        registry.register(
            "sonicsaas_sweeper_runs",
            "Runs of the sweeper by outcome",
            self.sweeps.clone(),
        );
        registry.register(
            "sonicsaas_sweeper_removed",
            "Expired rows that the sweeper removed",
            self.swept.clone(),
        );
    }
}

/// Counts a connection until it is dropped.
#[derive(Debug)]
pub struct OpenConnection(Option<Gauge>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        if let Some(connections) = &self.0 {
            connections.dec();
        }
    }
}

type ReadNow = Box<dyn Fn(&mut DescriptorEncoder<'_>) -> fmt::Result + Send + Sync>;

/// What is looked up when the page is asked for.
struct Read(ReadNow);

impl fmt::Debug for Read {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Read")
    }
}

impl Collector for Read {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        (self.0)(&mut encoder)
    }
}

fn class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests;
