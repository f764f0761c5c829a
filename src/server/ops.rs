//! Operation: liveness, readiness, bounds on a request, and the signals that stop the process. What the server tells
//! about itself stands below: log, metrics, traces.

mod collector;
pub mod log;
pub mod metrics;
mod process;
pub(super) mod request;
pub mod traces;

use std::{future::Future, panic::AssertUnwindSafe, time::Duration};

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use futures_util::FutureExt as _;
use http::StatusCode;
use tokio::signal::unix::{SignalKind, signal};

use super::state::AppState;
use crate::{
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

/// Measures a length of time, past every clock that somebody could set.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "the one place that measures durations")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// How long it has run.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_loses_one_request_and_shows_nothing_of_itself() {
        let lost = contained(async { panic!("a-secret-of-the-inside") }).await;
        let lost: Lost = match lost {
            Err(lost) => lost,
            Ok(()) => unreachable!("it panicked"),
        };
        assert_eq!(lost, Lost::Panicked);
        let told = format!("{:?} {:?}", lost.fault("REFERENCE"), lost.page("REFERENCE"));
        assert!(told.contains("REFERENCE") && !told.contains("secret"), "{told}");
        assert_eq!(contained(async { 1 }).await, Ok(1), "the next one is answered");
    }
}
