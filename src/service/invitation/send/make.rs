//! Making the invitations of people whose turn it is: decided once more, with their events, all at once or not at all.

use super::{
    super::{ServiceError, Services, actor_of, created, expired, mint, open_tenant, revoked, unsealed},
    TRIES,
};
use crate::{
    domain::{
        audit::{Actor, Event},
        id::{InvitationId, LeaseId, Token},
        invitation::{Backing, JobState, LIFETIME, Outcome, Present, Reason, State, role_now},
        role::Role,
        tenant::IdentityKey,
        time::Timestamp,
    },
    storage::{ClaimedJob, ClaimedRow, NewInvitation, StoreError},
};

/// What became of somebody before the mail.
pub(super) enum Prepared {
    /// The invitation and until when it works, its token, its role.
    Ready((InvitationId, Timestamp), Token, Role),
    /// Not to be invited after all.
    Skipped(Reason),
}

/// Makes the invitation, or finds the one that an earlier turn made.
pub(super) async fn prepare(
    services: &Services,
    job: &ClaimedJob,
    lease: LeaseId,
    row: &ClaimedRow,
) -> Result<Prepared, ServiceError> {
    if let Some(id) = row.invitation {
        return again(services, job, id).await;
    }
    let mut tries = 1;
    loop {
        match make(services, job, lease, std::slice::from_ref(row)).await {
            Ok(mut made) => {
                return Ok(match (made.minted.pop(), made.skipped.pop()) {
                    (Some(new), _) => Prepared::Ready((new.0.id, new.0.expires), new.1, new.0.role),
                    (None, Some((_, reason))) => Prepared::Skipped(reason),
                    // Another server has the row by now, and does all this.
                    (None, None) => Prepared::Skipped(Reason::AlreadyInvited),
                });
            }
            Err(error) if tries < TRIES && is_race(&error) => tries += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

pub(super) fn is_race(error: &StoreError) -> bool {
    matches!(error, StoreError::Conflict) || error.is_retryable()
}

/// The invitation of an earlier turn, with the same link.
async fn again(services: &Services, job: &ClaimedJob, id: InvitationId) -> Result<Prepared, ServiceError> {
    let now = services.now();
    let found = services.store.find_invitation(job, id).await?;
    let Some(invitation) = found else {
        return Ok(Prepared::Skipped(Reason::Revoked));
    };
    let proven = services
        .store
        .prove_tenant(job, services.rules.verification)
        .await?;
    let ended_by = if job.state != JobState::Running {
        Some(Reason::Stopped)
    } else if proven.is_none_or(|proven| proven.tenant() != job.tenant) {
        Some(Reason::TenantGone)
    } else {
        None
    };
    if let Some(reason) = ended_by.filter(|_| invitation.is_open(now)) {
        let mut work = services.store.begin(job).await?;
        if work.revoke_invitation(id, now).await? {
            work.commit(revoked(Actor::System, id, reason.name(), None))
                .await?;
        }
        return Ok(Prepared::Skipped(reason));
    }
    let sealed = services.store.find_sealed_token(job, id).await?;
    Ok(
        match (
            invitation.state(now),
            sealed.and_then(|sealed| unsealed(services, &sealed)),
        ) {
            (State::Pending, Some(token)) => {
                Prepared::Ready((id, invitation.expires), token, invitation.role)
            }
            (State::Accepted, _) => Prepared::Skipped(Reason::AlreadyMember),
            // Its link was sent or shown on another way.
            (State::Pending, None) => Prepared::Skipped(Reason::AlreadyInvited),
            (State::Revoked | State::Expired, _) => Prepared::Skipped(Reason::Revoked),
        },
    )
}

/// What one unit of work did for several people.
pub(super) struct Made {
    /// The invitations and their tokens, in the order of the rows.
    pub(super) minted: Vec<(NewInvitation, Token)>,
    /// Who is not to be invited after all.
    pub(super) skipped: Vec<(i64, Reason)>,
}

/// Makes the invitations of these rows with their events, and ties them to the rows, all at once.
pub(super) async fn make(
    services: &Services,
    job: &ClaimedJob,
    lease: LeaseId,
    rows: &[ClaimedRow],
) -> Result<Made, StoreError> {
    let now = services.now();
    let mut work = services.store.begin(job).await?;
    // First what may be taken away while this goes on: whoever takes it away waits, and finds what is made here.
    let backing = work.backing_of(job.mapping, job.started_by).await?;
    let is_open = open_tenant(services, &mut work).await? == Some(job.tenant);
    let run_out = work.expire_invitations(now).await?;
    let people: Vec<_> = rows.iter().map(|row| row.object).collect();
    let present = work.present_among(job.tenant, &people, now).await?;
    let mut made = Made {
        minted: Vec::with_capacity(rows.len()),
        skipped: Vec::new(),
    };
    for row in rows {
        match allowed(job, backing, is_open, &present, row) {
            Err(reason) => made.skipped.push((row.place, reason)),
            Ok(role) => {
                let minted = mint(services);
                let new = NewInvitation {
                    id: services.ids.next(),
                    token_hash: minted.hash,
                    sealed: Some(minted.sealed),
                    role,
                    mapping: Some(job.mapping),
                    identity: Some(IdentityKey {
                        tenant: job.tenant,
                        object: row.object,
                    }),
                    account: None,
                    name: row.name.clone(),
                    email: row.email.clone(),
                    invited_by: Some((job.started_by, job.started_by_name.clone())),
                    expires: now.plus(LIFETIME),
                };
                made.minted.push((new, minted.token));
            }
        }
    }
    let mut events: Vec<_> = run_out.into_iter().map(expired).collect();
    events.extend(made.minted.iter().map(|(new, _)| event(job, new)));
    let Some(last) = events.pop() else {
        return Ok(made);
    };
    let new: Vec<_> = made.minted.iter().map(|(new, _)| new.clone()).collect();
    work.insert_invitations(&new, now).await?;
    let outcome = if job.mailed {
        Outcome::Sending
    } else {
        Outcome::Sent
    };
    let invited = rows
        .iter()
        .filter(|row| !made.skipped.iter().any(|(place, _)| *place == row.place));
    let settled: Vec<_> = invited
        .zip(&new)
        .map(|(row, new)| (row.place, outcome, None, Some(new.id)))
        .collect();
    if work.settle_rows(job.job, lease, &settled).await? < settled.len() as u64 {
        // Another server took them up, since this one was too slow. Nothing has happened here.
        return Ok(Made {
            minted: Vec::new(),
            skipped: Vec::new(),
        });
    }
    work.record_many(events).await?;
    work.commit(last).await?;
    Ok(made)
}

/// As what somebody is invited now, or why not any more.
fn allowed(
    job: &ClaimedJob,
    backing: Backing,
    is_open: bool,
    present: &Present,
    row: &ClaimedRow,
) -> Result<Role, Reason> {
    let role = role_now(job.role.role(), backing);
    if job.state != JobState::Running {
        Err(Reason::Stopped)
    } else if !is_open {
        Err(Reason::TenantGone)
    } else if !backing.inviter {
        Err(Reason::NotAllowed)
    } else if present.members.contains(&row.object) {
        Err(Reason::AlreadyMember)
    } else if present.invited.contains(&row.object) {
        Err(Reason::AlreadyInvited)
    } else {
        role.ok_or(Reason::MappingGone)
    }
}

fn event(job: &ClaimedJob, new: &NewInvitation) -> Event {
    let event = created(actor_of(job), new.id, new.role)
        .with("mapping", job.mapping.to_string())
        .with("job", job.job.to_string())
        .with("expires_at", new.expires.to_string());
    let event = match new.identity {
        Some(key) => event
            .with("tid", key.tenant.to_string())
            .with("oid", key.object.to_string()),
        None => event,
    };
    match &new.email {
        Some(email) => event.with("email", email.clone()),
        None => event,
    }
}
