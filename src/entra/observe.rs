//! Who watches the calls to Microsoft: told that one begins and how it ends, and never what is in it.

use std::fmt;

/// Watches calls. `what` is one of our own fixed names, such as `the signing keys`.
pub trait Observer: fmt::Debug + Send + Sync {
    /// A call begins. The value is told how it ended, or is dropped when nobody waits for it any more.
    fn begins(&self, what: &'static str) -> Box<dyn Observed>;
    /// A question is asked once more after a 429 or a server error.
    fn asks_again(&self, what: &'static str);
}

/// A call under way.
pub trait Observed: Send {
    /// It has ended.
    fn ended(self: Box<Self>, outcome: Outcome);
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With an answer of this HTTP status.
    Answered(u16),
    /// Without an answer in time.
    TimedOut,
    /// Without a connection, or with a broken one.
    Unreachable,
    /// With more than is read.
    TooLarge,
}
