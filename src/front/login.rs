//! The sign-in page.

use super::Frame;
use crate::domain::{session::LocalPath, sign_in::Refusal};

/// What the sign-in page shows.
#[derive(Clone, Debug)]
pub struct Login {
    /// Whether people can sign in with Microsoft on this server: the credentials are there and the mode allows it.
    pub microsoft: bool,
    /// Where to go afterwards.
    pub next: LocalPath,
    /// Why the last attempt was refused.
    pub refusal: Option<Refused>,
    /// What else there is to say.
    pub notice: Option<Notice>,
}

/// A refused sign-in.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// The printed reference, which also stands in the audit event.
    pub reference: Option<String>,
}

/// A sentence in the page's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A session that ended came along.
    SignedOut,
    /// Microsoft sent somebody back from its approval page, approved.
    ApprovalFinished,
    /// The same, declined.
    ApprovalDeclined,
}

/// The whole document of `/login`.
pub fn login(frame: &Frame, page: &Login) -> String {
    let _ = (frame, page);
    String::new()
}
