//! One attempt to sign in: bound to the browser that began it, ten minutes long, used once.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{refuse::Failing, returned::Returned};
use crate::{
    domain::{
        id::{AttemptId, InvitationId, SessionId, Token},
        session::LocalPath,
        sign_in::{Check, Refusal},
        tenant::{TenantForm, TenantId},
        time::Timestamp,
    },
    service::Services,
};

/// What the browser keeps, sealed, from the button to the return.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// Which attempt; burnt in the database at its first use.
    pub id: AttemptId,
    /// Sent to Microsoft and returned (RFC 6749 section 10.12).
    pub state: Token,
    /// Sent to Microsoft and returned inside the ID token.
    pub nonce: Token,
    /// The PKCE verifier (RFC 7636).
    pub verifier: Token,
    /// Where to go afterwards.
    pub next: LocalPath,
    /// The tenant the flow is pinned to; `None` for any organization.
    pub tenant: Option<TenantId>,
    /// What the return is for. It follows the state, and nothing in the return can change it.
    #[serde(default)]
    pub purpose: Purpose,
    /// When it began.
    pub began: Timestamp,
}

/// What somebody was sent to Microsoft for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// To sign in.
    #[default]
    SignIn,
    /// To sign in and accept this invitation. Its token is not in here: whoever began it held the link.
    Invitation(InvitationId),
    /// To prove that the tenant is the team's own.
    Proof(Starter),
    /// To approve the application in the tenant.
    Consent(Starter),
}

/// Whose session it was, where an administrator was sent. Only that session can use the return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Starter {
    /// The session.
    pub session: SessionId,
    /// The values that are to be saved with the proof. They travel with the attempt: what is kept beside a page does not
    /// last as long.
    pub form: Option<TenantForm>,
    /// Whether an approval came just before, so that a test follows.
    pub approved: bool,
}

impl Attempt {
    /// How long an attempt may take.
    pub const LIFETIME: Duration = Duration::from_mins(10);

    /// Whether the state is this attempt's; told in constant time.
    fn is_of(&self, state: &str) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(self.state.expose().as_bytes(), state.as_bytes())
            .is_ok()
    }

    /// Whether it is too old, or from a future that no clock of ours has seen.
    fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.began.plus(Self::LIFETIME) || self.began > now.plus(Self::LIFETIME)
    }
}

/// What a return was for whose attempt cannot be used any more, as far as this browser still knows it.
pub(super) fn purpose_of<'attempts>(
    attempts: &'attempts [Attempt],
    returned: &Returned,
) -> Option<&'attempts Purpose> {
    let state = returned.state()?;
    let attempt = attempts.iter().find(|attempt| attempt.is_of(state))?;
    Some(&attempt.purpose)
}

/// The attempt that the return belongs to, burnt so that nothing can use it again.
///
/// A state that fits none of this browser's attempts burns nothing; otherwise anybody could cancel other people's
/// sign-ins.
pub(super) async fn claim<'attempts>(
    services: &Services,
    attempts: &'attempts [Attempt],
    returned: &Returned,
) -> Result<&'attempts Attempt, Failing> {
    let refused = |check| Failing::refused(Refusal::StateInvalid, Some(check));
    if returned.has_duplicates() {
        return Err(refused(Check::ParameterDuplicate));
    }
    let state = returned.state().ok_or_else(|| refused(Check::StateMissing))?;
    let Some(attempt) = attempts.iter().find(|attempt| attempt.is_of(state)) else {
        let check = if attempts.is_empty() {
            Check::AttemptNotBound
        } else {
            Check::StateMismatch
        };
        return Err(refused(check));
    };
    let now = services.now();
    if attempt.is_expired(now) {
        return Err(refused(Check::AttemptExpired));
    }
    // Remembered for longer than it could be used, so that clocks of several servers may differ.
    let expires = now.plus(Attempt::LIFETIME * 2);
    if services.store.upkeep().burn_attempt(attempt.id, expires).await? {
        Ok(attempt)
    } else {
        Err(refused(Check::AttemptSpent))
    }
}
