//! The two things the machine gives us: what o'clock it is, and random bytes.
//!
//! Everything else takes them as parameters ([`crate::domain::time::Clock`], [`crate::domain::id::Ids`]).

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::domain::{
    id::{Ids, Randomness},
    time::{Clock, Timestamp},
};

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The operating system's random source.
#[derive(Debug, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the operating system has random bytes");
    }
}

/// Identifiers and tokens by the machine's clock and randomness.
pub fn ids() -> Ids {
    Ids::new(Arc::new(SystemClock), Arc::new(SystemRandomness))
}
