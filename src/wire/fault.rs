//! The one error that crosses the wire.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr, use_context},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

/// All the browser may know. Codes only: Leptos reads a fault out of the page's URL too, and there anybody can
/// write one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Fault {
    /// `401` no session, or it ended.
    #[error("signed out")]
    SignedOut,
    /// `403` the role does not allow it.
    #[error("forbidden")]
    Forbidden,
    /// `404` not there, or not this team's: the two look the same.
    #[error("missing")]
    Missing,
    /// `409` somebody else was first; the code says in what.
    #[error("conflict")]
    Conflict(String),
    /// `422` what was typed cannot be taken; the code says why.
    #[error("not accepted")]
    Invalid(String),
    /// `422` the request could not be read.
    #[error("unreadable")]
    Unreadable,
    /// `429` too many requests from one address.
    #[error("throttled")]
    Throttled,
    /// `500` our fault; the reference stands in the log.
    #[error("internal")]
    Internal(Incident),
    /// `502` Microsoft did not answer; nothing has changed.
    #[error("microsoft")]
    Microsoft,
    /// `503` busy: too much at once, or the database did not answer in time.
    #[error("busy")]
    Busy,
    /// Browser only: the server did not answer.
    #[error("network")]
    Network,
}

/// The reference of an internal fault, as printed by `Reference::code`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Incident(pub String);

impl Fault {
    /// The HTTP status that stands for it.
    pub const fn status(&self) -> u16 {
        match self {
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::Missing => 404,
            Self::Conflict(_) => 409,
            Self::Unreadable | Self::Invalid(_) => 422,
            Self::Throttled => 429,
            Self::Internal(_) | Self::Network => 500,
            Self::Microsoft => 502,
            Self::Busy => 503,
        }
    }

    /// Whether it decides the status of a whole page while that page is rendered on the server. Other faults
    /// concern a region of the page only.
    pub const fn decides_page(&self) -> bool {
        matches!(self, Self::Missing | Self::Forbidden)
    }
}

/// Told of a fault that no server function answered: arguments that could not be decoded, before its body runs, and an
/// address without a page. The server provides it as a context, so that these leave with their own status.
#[derive(Clone, Copy, Debug)]
pub struct FaultHook(pub fn(&Fault));

/// Tells the server of a fault, where there is a server to tell; the browser has no status to set.
pub fn report(fault: &Fault) {
    if let Some(FaultHook(hook)) = use_context::<FaultHook>() {
        hook(fault);
    }
}

impl FromServerFnError for Fault {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let fault = match error {
            ServerFnErrorErr::Request(_)
            | ServerFnErrorErr::Response(_)
            | ServerFnErrorErr::Deserialization(_) => Self::Network,
            _ => Self::Unreadable,
        };
        report(&fault);
        fault
    }
}
