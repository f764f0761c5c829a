//! Whole pages for what went wrong outside the dashboard.

use super::Frame;
use crate::domain::session::LocalPath;

/// What went wrong.
#[derive(Clone, Debug)]
pub enum Problem {
    /// `404` No such page.
    NotFound,
    /// `401` A form was posted without a session.
    SignedOut {
        /// Where to go after signing in again.
        next: LocalPath,
    },
    /// `403` The request came from another site.
    Forbidden,
    /// `403` The session's user is in no team any more.
    NoLongerMember {
        /// The name of the team that was left.
        team: String,
    },
    /// `413` More was sent than the server reads.
    TooLarge,
    /// `500` Our fault; the reference stands in the log.
    Internal {
        /// The printed reference.
        reference: String,
    },
    /// `503` Too much at once, or something did not answer in time.
    Busy {
        /// The printed reference.
        reference: String,
    },
}

impl Problem {
    /// The HTTP status of the page.
    pub const fn status(&self) -> u16 {
        match self {
            Self::SignedOut { .. } => 401,
            Self::Forbidden | Self::NoLongerMember { .. } => 403,
            Self::NotFound => 404,
            Self::TooLarge => 413,
            Self::Internal { .. } => 500,
            Self::Busy { .. } => 503,
        }
    }
}

/// The whole document.
pub fn problem(frame: &Frame, page: &Problem) -> String {
    let _ = (frame, page);
    String::new()
}
