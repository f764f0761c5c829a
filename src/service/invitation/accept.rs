//! Accepting an invitation: who may, and what is said to whoever may not.
//!
//! The one who opens a link proves nothing by it; a validated identity of Microsoft decides. An invitation from a group is
//! for exactly one identity, and one by email for people of the team's own registered tenant. All of it is looked at again
//! in the unit of work that makes the member, so of two who come at once one is let in.

use super::{ServiceError, Services};
use crate::{
    domain::{
        id::{InvitationId, Token},
        invitation::State,
        role::{HeldRole, Role, RoleSource},
        tenant::{IdentityKey, TenantId},
        time::Timestamp,
    },
    seal,
    storage::{InTeam, Invited, StoreError, Work},
};

/// Why an invitation was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum NotAccepted {
    /// Revoked, or nothing stands behind it any more.
    Unavailable,
    /// Its time is over.
    Expired,
    /// Somebody has joined by it.
    Used,
    /// It is by email, and the account is of another tenant than the team's own.
    OtherTenant,
    /// It is for one identity, and this is another one.
    OtherIdentity,
}

impl NotAccepted {
    /// The fixed word, for the log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unavailable => "invite_unavailable",
            Self::Expired => "invite_expired",
            Self::Used => "invite_used",
            Self::OtherTenant => "invite_tenant_mismatch",
            Self::OtherIdentity => "invite_identity_mismatch",
        }
    }
}

/// The invitation behind a link, whatever became of it. Uses nothing up.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn find_by_link(services: &Services, token: &Token) -> Result<Option<Invited>, ServiceError> {
    let hash = seal::sha256(token.expose().as_bytes());
    Ok(services.store.find_invitation_by_token(&hash).await?)
}

/// The invitation that this browser began to accept. Its id comes out of a seal of ours.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn find_begun(services: &Services, id: InvitationId) -> Result<Option<Invited>, ServiceError> {
    Ok(services.store.find_invitation_begun(id).await?)
}

/// What somebody without an account is invited to become: the role that a sign-in starts from before it looks at groups.
///
/// # Errors
/// [`ServiceError::Store`].
pub(in crate::service) async fn find_offered(
    services: &Services,
    proof: &impl InTeam,
    key: IdentityKey,
) -> Result<Option<HeldRole>, ServiceError> {
    let found = services.store.find_pending_invitation_of(proof, key).await?;
    Ok(found.and_then(|invited| Acceptance::of(invited, services.now()).map(|accepted| accepted.held())))
}

/// What a reference is sealed for.
const REFERENCE: &str = "invitation";

/// A reference to an invitation whose link this browser has opened, for a form of a page that no longer has the link.
pub fn refer(services: &Services, id: InvitationId) -> String {
    services.sealer.seal(REFERENCE, &id.to_string())
}

/// Which invitation a reference of ours names.
pub fn open_reference(services: &Services, reference: &str) -> Option<InvitationId> {
    services.sealer.open(REFERENCE, reference)?.parse().ok()
}

/// What became of an invitation, as far as it keeps everybody out.
///
/// # Errors
/// [`NotAccepted`].
pub fn check_open(invited: &Invited, now: Timestamp) -> Result<Role, NotAccepted> {
    match invited.invitation().state(now) {
        State::Pending => invited.role().ok_or(NotAccepted::Unavailable),
        State::Accepted => Err(NotAccepted::Used),
        State::Revoked => Err(NotAccepted::Unavailable),
        State::Expired => Err(NotAccepted::Expired),
    }
}

/// Whether somebody of this tenant can be the one; asked before anything is known for certain, to say so early.
///
/// # Errors
/// [`NotAccepted`].
pub(in crate::service) fn check_tenant(invited: &Invited, tenant: TenantId) -> Result<(), NotAccepted> {
    match invited.invitation().identity {
        Some(key) if key.tenant != tenant => Err(NotAccepted::OtherIdentity),
        None if invited.tenant() != Some(tenant) => Err(NotAccepted::OtherTenant),
        _ => Ok(()),
    }
}

/// Whether this identity is the one.
fn check_identity(invited: &Invited, key: IdentityKey) -> Result<(), NotAccepted> {
    match invited.invitation().identity {
        Some(pinned) if pinned != key => Err(NotAccepted::OtherIdentity),
        _ => check_tenant(invited, key.tenant),
    }
}

/// An invitation that is being accepted in this unit of work.
#[derive(Debug)]
pub(in crate::service) struct Acceptance {
    pub(in crate::service) invited: Invited,
    /// The role it gives now.
    role: Role,
}

impl Acceptance {
    /// What this invitation gives now, if it can be accepted.
    fn of(invited: Invited, now: Timestamp) -> Option<Self> {
        let role = check_open(&invited, now).ok()?;
        Some(Self { invited, role })
    }

    /// Which invitation.
    pub(in crate::service) fn id(&self) -> InvitationId {
        self.invited.invitation().id
    }

    /// What a newcomer holds before groups are looked at.
    pub(in crate::service) fn held(&self) -> HeldRole {
        HeldRole {
            role: self.role,
            source: RoleSource::Invitation,
        }
    }
}

/// The invitation that this sign-in accepts: the one that was begun, else one that waits for this very identity.
///
/// # Errors
/// Why the one that was begun is not accepted; or the database.
pub(in crate::service) async fn welcome(
    work: &mut Work,
    key: IdentityKey,
    begun: Option<InvitationId>,
    now: Timestamp,
) -> Result<Result<Option<Acceptance>, NotAccepted>, StoreError> {
    if let Some(id) = begun {
        // Another team's is missing here, and its people are of another tenant.
        let Some(invited) = work.hold_invitation(id).await? else {
            return Ok(Err(NotAccepted::OtherTenant));
        };
        let checked = check_identity(&invited, key).and_then(|()| check_open(&invited, now));
        return Ok(checked.map(|role| Some(Acceptance { invited, role })));
    }
    let Some(id) = work.find_invitation_of(key).await? else {
        return Ok(Ok(None));
    };
    let held = work.hold_invitation(id).await?;
    Ok(Ok(held.and_then(|invited| Acceptance::of(invited, now))))
}
