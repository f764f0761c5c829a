//! Codes and refresh tokens that were handed out.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{directory::Home, random};

/// A code lives ten minutes.
pub(crate) const CODE_LIFETIME: i64 = 600;
/// A refresh token lives ninety days from its last use.
pub(crate) const REFRESH_LIFETIME: i64 = 90 * 86_400;

/// Who signed in where, and what was asked for.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    /// The tenant signed in to.
    pub(crate) tenant: Uuid,
    /// The object there.
    pub(crate) user: Uuid,
    pub(crate) account: Home,
    pub(crate) scopes: Vec<String>,
    /// What stood before the permissions' names when they were asked for in full: `https://graph.microsoft.com`.
    pub(crate) resource: Option<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) sid: Uuid,
    pub(crate) authenticated_at: i64,
    /// Whether `client_info=1` was asked.
    pub(crate) client_info: bool,
    /// Whether the request carried the `claims` of a step-up.
    pub(crate) stepped_up: bool,
}

/// How a verifier is compared with a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ChallengeMethod {
    Plain,
    S256,
}

/// An authorization code.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) client_id: Uuid,
    pub(crate) redirect_uri: String,
    /// The authority it was issued by, as it stands in addresses.
    pub(crate) authority: String,
    pub(crate) challenge: Option<(ChallengeMethod, String)>,
    pub(crate) issued_at: i64,
    pub(crate) redeemed: bool,
    pub(crate) sign_in: SignIn,
}

/// A refresh token.
#[derive(Clone, Debug)]
pub(crate) struct Refresh {
    pub(crate) client_id: Uuid,
    pub(crate) used_at: i64,
    /// An administrator, or the person, ended all sessions.
    pub(crate) revoked: bool,
    pub(crate) sign_in: SignIn,
}

/// All codes and refresh tokens.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) refresh_tokens: HashMap<String, Refresh>,
}

impl Grants {
    /// Codes are long, as at Microsoft: nobody may keep them in 255 characters.
    pub(crate) fn issue_code(&mut self, code: Code) -> String {
        let text = format!("1.{}", random::opaque(640));
        self.codes.insert(text.clone(), code);
        text
    }

    pub(crate) fn issue_refresh(&mut self, refresh: Refresh) -> String {
        let text = format!("1.{}", random::opaque(700));
        self.refresh_tokens.insert(text.clone(), refresh);
        text
    }
}
