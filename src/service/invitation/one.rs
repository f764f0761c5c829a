//! One invitation: made for an address, sent again, taken back, run out.
//!
//! A link is shown to whoever invites only when no mail server is configured, and its token is then stored as a hash alone.

use std::time::Duration;

use tokio::time::timeout;

use super::{ServiceError, Services, created, expired, link, mint, open_tenant, revoked};
use crate::{
    domain::{
        id::{InvitationId, Token},
        input,
        invitation::{Invitation, LIFETIME, Reason, State},
        role::{MappableRole, Role},
        time::Timestamp,
    },
    mail::{Invite, Letter, NotSent},
    service::Origin,
    storage::{Administrator, NewInvitation, StoreError, Work},
};

/// So long a mail server may take; whoever invites waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// An invitation was made.
#[derive(Clone, Debug)]
pub struct Created {
    /// The invitation.
    pub invitation: Invitation,
    /// How it gets to its person.
    pub delivered: Delivered,
}

/// How an invitation gets to its person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// The mail server has taken the mail on.
    Mailed,
    /// It has not. The invitation is there and can be sent again; until then this link, shown once, works.
    NotMailed(Reason, String),
    /// No mail server, or no address: this link is shown once.
    Link(String),
}

/// Why nobody was invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OneRefused {
    /// What was typed is no address.
    Email,
    /// What was chosen is no role that can be given.
    Role,
    /// Somebody with this address, or the person, is in the team.
    AlreadyMember,
    /// There is an invitation that can be accepted.
    AlreadyInvited,
    /// It was accepted.
    Accepted,
    /// It was taken back, or a newer one took its place.
    Revoked,
    /// Nothing stands behind it any more: its mapping was removed.
    MappingGone,
    /// It is for somebody of a tenant that is not the team's any more, or whose ownership is not proven.
    NotProven,
}

/// Invites whoever has this address at the team's own tenant.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn create(
    services: &Services,
    admin: &Administrator,
    email: &str,
    role: &str,
    origin: Origin,
) -> Result<Result<Created, OneRefused>, ServiceError> {
    let Some(email) = input::email(email) else {
        return Ok(Err(OneRefused::Email));
    };
    let Ok(role) = role.trim().parse::<MappableRole>() else {
        return Ok(Err(OneRefused::Role));
    };
    let now = services.now();
    let mut work = services.store.begin(admin).await?;
    if work.is_member_with(&email).await? {
        return Ok(Err(OneRefused::AlreadyMember));
    }
    let run_out = work.expire_invitations(now).await?;
    if work.find_invitation_to(&email).await?.is_some() {
        return Ok(Err(OneRefused::AlreadyInvited));
    }
    let draft = Draft {
        role: role.role(),
        email: Some(email.clone()),
        ..Draft::default()
    };
    let (new, token) = draft.made_by(services, admin, now);
    match work.insert_invitations(std::slice::from_ref(&new), now).await {
        Err(StoreError::Conflict) => {
            drop(work);
            let mut work = services.store.begin(admin).await?;
            work.find_invitation_to(&email)
                .await?
                .ok_or(StoreError::Conflict)?;
            return Ok(Err(OneRefused::AlreadyInvited));
        }
        done => done?,
    }
    commit(work, admin, run_out, &new, origin).await?;
    deliver(services, admin, new, &token, now).await.map(Ok)
}

/// Sends an invitation again, with a new link and a new time. The old link stops working.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when the team has no such invitation.
pub async fn resend(
    services: &Services,
    admin: &Administrator,
    id: InvitationId,
    origin: Origin,
) -> Result<Result<Created, OneRefused>, ServiceError> {
    let now = services.now();
    let mut work = services.store.begin(admin).await?;
    let run_out = work.expire_invitations(now).await?;
    let held = work.hold_invitation(id).await?;
    // An owner's invitation is the operator's.
    let held = held.filter(|held| held.invitation().account.is_none());
    let held = held.ok_or(StoreError::Missing)?;
    let old = held.invitation().clone();
    match old.noted {
        State::Accepted => return Ok(Err(OneRefused::Accepted)),
        // Whoever took it back, or sent it again elsewhere, is not undone by a page that is older than that.
        State::Revoked => return Ok(Err(OneRefused::Revoked)),
        State::Pending | State::Expired => {}
    }
    let Some(role) = held.role_again() else {
        return Ok(Err(OneRefused::MappingGone));
    };
    if let Some(key) = old.identity {
        if open_tenant(services, &mut work).await? != Some(key.tenant) {
            return Ok(Err(OneRefused::NotProven));
        }
        let present = work.present_among(key.tenant, &[key.object], now).await?;
        if present.members.contains(&key.object) {
            return Ok(Err(OneRefused::AlreadyMember));
        }
    } else if let Some(email) = &old.email
        && work.is_member_with(email).await?
    {
        return Ok(Err(OneRefused::AlreadyMember));
    }
    if work.revoke_invitation(id, now).await? {
        work.record(revoked(admin.person().actor(), id, "sent_again", Some(origin)))
            .await?;
    }
    let draft = Draft {
        role,
        mapping: old.mapping,
        identity: old.identity,
        name: old.name,
        email: old.email,
    };
    let (new, token) = draft.made_by(services, admin, now);
    match work.insert_invitations(std::slice::from_ref(&new), now).await {
        // Somebody else invited the same person since this one ended.
        Err(StoreError::Conflict) => return Ok(Err(OneRefused::AlreadyInvited)),
        done => done?,
    }
    commit(work, admin, run_out, &new, origin).await?;
    deliver(services, admin, new, &token, now).await.map(Ok)
}

/// Takes an invitation back: its link stops working. Whether it could still be accepted.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when the team has no such invitation.
pub async fn revoke(
    services: &Services,
    admin: &Administrator,
    id: InvitationId,
    origin: Origin,
) -> Result<bool, ServiceError> {
    let mut work = services.store.begin(admin).await?;
    let held = work.hold_invitation(id).await?;
    // An owner's invitation is the operator's.
    let held = held.filter(|held| held.invitation().account.is_none());
    held.ok_or(StoreError::Missing)?;
    if !work.revoke_invitation(id, services.now()).await? {
        return Ok(false);
    }
    work.commit(revoked(admin.person().actor(), id, "revoked", Some(origin)))
        .await?;
    Ok(true)
}

/// Invitations of the team that wait for their people, the newest first, older than `before`.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn list(
    services: &Services,
    admin: &Administrator,
    before: Option<InvitationId>,
    limit: u32,
) -> Result<Vec<Invitation>, ServiceError> {
    Ok(services
        .store
        .list_pending_invitations(admin, before, limit)
        .await?)
}

/// The invitation of a team's first owner, for the account that is made with the team, and what its link ends in.
pub fn owner(services: &Services, email: &str, name: &str) -> (NewInvitation, Token) {
    let minted = mint(services);
    let new = NewInvitation {
        id: services.ids.next(),
        token_hash: minted.hash,
        sealed: None,
        role: Role::Owner,
        mapping: None,
        identity: None,
        account: None,
        name: Some(name.to_owned()),
        email: Some(email.to_owned()),
        invited_by: None,
        expires: services.now().plus(LIFETIME),
    };
    (new, minted.token)
}

/// Notes which invitations have run out, each with its event. How many.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn expire(services: &Services) -> Result<u64, ServiceError> {
    let now = services.now();
    let mut count = 0;
    for team in services.store.upkeep().list_expiring(now).await? {
        let mut work = services.store.begin(&team).await?;
        let mut events: Vec<_> = work
            .expire_invitations(now)
            .await?
            .into_iter()
            .map(expired)
            .collect();
        count += events.len() as u64;
        if let Some(last) = events.pop() {
            work.record_many(events).await?;
            work.commit(last).await?;
        }
    }
    Ok(count)
}

/// What a new invitation is about.
#[derive(Debug)]
struct Draft {
    role: Role,
    mapping: Option<crate::domain::id::MappingId>,
    identity: Option<crate::domain::tenant::IdentityKey>,
    name: Option<String>,
    email: Option<String>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            role: Role::Viewer,
            mapping: None,
            identity: None,
            name: None,
            email: None,
        }
    }
}

impl Draft {
    fn made_by(self, services: &Services, admin: &Administrator, now: Timestamp) -> (NewInvitation, Token) {
        let minted = mint(services);
        let new = NewInvitation {
            id: services.ids.next(),
            token_hash: minted.hash,
            sealed: None,
            role: self.role,
            mapping: self.mapping,
            identity: self.identity,
            account: None,
            name: self.name,
            email: self.email,
            invited_by: Some((admin.person().user(), admin.person().name().to_owned())),
            expires: now.plus(LIFETIME),
        };
        (new, minted.token)
    }
}

async fn commit(
    mut work: Work,
    admin: &Administrator,
    run_out: Vec<InvitationId>,
    new: &NewInvitation,
    origin: Origin,
) -> Result<(), ServiceError> {
    work.record_many(run_out.into_iter().map(expired).collect())
        .await?;
    let mut event = created(admin.person().actor(), new.id, new.role)
        .from(origin.ip)
        .with("expires_at", new.expires.to_string())
        .with("correlation_id", origin.reference.code());
    if let Some(email) = &new.email {
        event = event.with("email", email.clone());
    }
    if let Some(key) = new.identity {
        event = event
            .with("tid", key.tenant.to_string())
            .with("oid", key.object.to_string());
    }
    work.commit(event).await?;
    Ok(())
}

/// Mails the link, or gives it back to be shown. The invitation stands either way.
async fn deliver(
    services: &Services,
    admin: &Administrator,
    new: NewInvitation,
    token: &Token,
    now: Timestamp,
) -> Result<Created, ServiceError> {
    let link = link(services, token);
    let delivered = match (&services.mail, &new.email) {
        (Some(mail), Some(to)) => {
            let letter = Letter {
                invitation: new.id,
                to,
                name: new.name.as_deref(),
                invite: Invite {
                    team: admin.person().team_name(),
                    by: Some(admin.person().name()),
                    role: new.role,
                    pinned: new.identity.is_some(),
                    link: &link,
                    until: new.expires,
                },
                at: now,
            };
            let sent = timeout(PATIENCE, mail.send(&letter)).await.unwrap_or_else(|_| {
                let why = "it did not take the mail in time".to_owned();
                Err(NotSent::Unavailable(why))
            });
            match sent {
                Ok(()) => Delivered::Mailed,
                Err(error) => {
                    tracing::warn!(%error, invitation = %new.id, "an invitation was not mailed");
                    let reason = match error {
                        NotSent::AddressRejected(_) => Reason::AddressRejected,
                        NotSent::MailRejected(_) => Reason::MailRejected,
                        NotSent::Deferred(_) => Reason::MailDeferred,
                        NotSent::Unavailable(_) => Reason::MailUnavailable,
                    };
                    Delivered::NotMailed(reason, link)
                }
            }
        }
        _ => Delivered::Link(link),
    };
    let found = services.store.find_invitation(admin, new.id).await?;
    Ok(Created {
        invitation: found.ok_or(StoreError::Missing)?,
        delivered,
    })
}
