//! Operation: liveness, readiness, logs, bounds on a request, and the signals that stop the process.

use std::{future::Future, io::IsTerminal as _, panic::AssertUnwindSafe, time::Duration};

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use futures_util::FutureExt as _;
use http::StatusCode;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use super::state::AppState;
use crate::{
    config::LogFormat,
    front::Problem,
    wire::fault::{Fault, Incident},
};

/// Longer than the budgets of all calls of one sign-in together.
const LONGEST_REQUEST: Duration = Duration::from_mins(1);

/// `GET /healthz`: the process answers.
pub async fn health() -> Response {
    (StatusCode::OK, "ok\n").into_response()
}

/// `GET /readyz`: the database answers.
pub async fn ready(State(state): State<AppState>) -> Response {
    match state.services.store.ping().await {
        Ok(()) => (StatusCode::OK, "ok\n").into_response(),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// Why a request has no answer of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Its handler panicked. Only this request is lost.
    Panicked,
    /// It took too long.
    TimedOut,
}

impl Lost {
    /// For a script.
    pub fn fault(self, reference: &str) -> Fault {
        match self {
            Self::Panicked => Fault::Internal(Incident(reference.to_owned())),
            Self::TimedOut => Fault::Busy,
        }
    }

    /// For a person.
    pub fn page(self, reference: &str) -> Problem {
        let reference = reference.to_owned();
        match self {
            Self::Panicked => Problem::Internal { reference },
            Self::TimedOut => Problem::TimedOut { reference },
        }
    }
}

/// Runs a request with a bound on its time, and so that a panic in it ends nothing else.
///
/// # Errors
/// [`Lost`].
pub async fn contained<T>(request: impl Future<Output = T>) -> Result<T, Lost> {
    match tokio::time::timeout(LONGEST_REQUEST, AssertUnwindSafe(request).catch_unwind()).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) => {
            tracing::error!("a request panicked");
            Err(Lost::Panicked)
        }
        Err(_) => {
            tracing::error!("a request took too long");
            Err(Lost::TimedOut)
        }
    }
}

/// Starts the log. A second start in one process changes nothing.
pub fn start_log(filter: &str, format: LogFormat) {
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let started = match format {
        LogFormat::Text => registry
            .with(
                tracing_subscriber::fmt::layer()
                    .with_ansi(std::io::stderr().is_terminal())
                    .with_writer(std::io::stderr),
            )
            .try_init(),
        LogFormat::Json => registry
            .with(
                tracing_subscriber::fmt::layer()
                    .json()
                    .with_writer(std::io::stderr),
            )
            .try_init(),
    };
    drop(started);
}

/// Returns when the process is told to stop: SIGTERM from a supervisor, SIGINT from a keyboard.
pub async fn told_to_stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::warn!("signals cannot be watched; the process runs until it is killed");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
