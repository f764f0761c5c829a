//! Calls to Microsoft, counted where `entra` tells of them.

use super::{Call, Metrics, What, class};
use crate::{
    entra::{Observed, Observer, Outcome},
    server::ops::Stopwatch,
};

/// What `entra` tells about its calls.
impl Observer for Metrics {
    fn begins(&self, what: &'static str) -> Box<dyn Observed> {
        Box::new(Running {
            metrics: self.clone(),
            what,
            since: Stopwatch::start(),
            outcome: "cancelled",
        })
    }

    fn asks_again(&self, what: &'static str) {
        if let Some(kept) = &self.0 {
            kept.retries.get_or_create(&What { what: word(what) }).inc();
        }
    }
}

/// A call under way; one that nobody waits for any more is dropped, and counts as cancelled.
struct Running {
    metrics: Metrics,
    what: &'static str,
    since: Stopwatch,
    outcome: &'static str,
}

impl Observed for Running {
    fn ended(mut self: Box<Self>, outcome: Outcome) {
        self.outcome = match outcome {
            Outcome::Answered(429) => "429",
            Outcome::Answered(status) => class(status),
            Outcome::TimedOut => "timed_out",
            Outcome::Unreachable => "unreachable",
            Outcome::TooLarge => "too_large",
        };
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(kept) = &self.metrics.0 else { return };
        let what = word(self.what);
        kept.call_seconds
            .get_or_create(&What { what: what.clone() })
            .observe(self.since.elapsed().as_secs_f64());
        let outcome = self.outcome;
        kept.calls.get_or_create(&Call { what, outcome }).inc();
    }
}

/// A fixed name of ours as a label: `the signing keys` becomes `signing_keys`.
fn word(what: &'static str) -> String {
    let what = what.strip_prefix("the ").unwrap_or(what);
    what.trim_end_matches("'s answer")
        .replace(' ', "_")
        .to_ascii_lowercase()
}
