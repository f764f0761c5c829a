//! Sending: takes up people whose turn it is, makes their invitations, mails them, and notes how it went.
//!
//! What must never happen: two invitations for one person, a mail whose invitation is not in the database, a mail that is
//! sent again after its server took it on and we noted that, a database connection that is held while a mail is on its way.
//! When the process dies, the person in hand has another turn as soon as the lease ends, with the same invitation and the
//! same link; so at most that one mail goes out once more. One mail at a time is in hand, for the same reason.

use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::{ServiceError, Services, actor_of, created, expired, link, mint, revoked, unsealed};
use crate::{
    domain::{
        audit::{Action, Actor, Event},
        id::{InvitationId, InvitationJobId, LeaseId, Token},
        invitation::{Backing, JobState, LIFETIME, Outcome, Present, Reason, State, pause_after, role_now},
        role::Role,
        tenant::IdentityKey,
        time::Timestamp,
    },
    mail::{Invite, Letter, Mailer, NotSent},
    storage::{ClaimedJob, ClaimedRow, Counts, NewInvitation, Paused, StoreError},
};

/// So long nobody else takes a row up. Short, so that after a death somebody else does soon; renewed while it takes longer.
const LEASE: Duration = Duration::from_secs(10);
/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(3);
/// How often the database is looked at when nothing rings: for what another server left, and for pauses that are over.
const LOOK: Duration = Duration::from_secs(1);
/// So many invitations are made with one unit of work when none is mailed.
const AT_ONCE: u32 = 500;
/// How often a unit of work is tried again when somebody else won a race.
const TRIES: usize = 4;
/// The longest time between two tries while the mail server cannot be used.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Whoever sends on this server. There is one.
#[derive(Debug)]
pub struct Sender {
    services: Services,
    pace: Interval,
    /// How often in a row the mail server could not be used, and when it is asked again.
    troubles: u32,
    rests_until: Option<Instant>,
}

impl Sender {
    /// With these tools.
    pub fn new(services: Services) -> Self {
        let minute = Duration::from_mins(1);
        let mut pace = tokio::time::interval(minute / services.rules.mail_per_minute.get());
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            services,
            pace,
            troubles: 0,
            rests_until: None,
        }
    }

    /// One step for every action under way: at most one mail, or one heap of links. How long there is nothing to do then.
    ///
    /// # Errors
    /// [`ServiceError::Store`]; it can be tried again.
    pub async fn step(&mut self) -> Result<Duration, ServiceError> {
        let services = self.services.clone();
        let (due, done) = services.store.list_claimable_jobs(services.now()).await?;
        for job in done {
            close(&services, &job).await?;
        }
        let rests = self.rests_until.is_some_and(|until| Instant::now() < until);
        let mut idle = true;
        for job in due {
            if !job.mailed {
                make_links(&services, &job).await?;
            } else if rests {
                continue;
            } else {
                self.pace.tick().await;
                let in_trouble = mail_one(&services, &job).await?;
                self.rest(in_trouble);
            }
            idle = false;
        }
        Ok(if idle { LOOK } else { Duration::ZERO })
    }

    /// Lets a server that cannot be used rest, the longer the more often it was so.
    fn rest(&mut self, in_trouble: bool) {
        if in_trouble {
            self.troubles = self.troubles.saturating_add(1);
            let pause = pause_after(self.troubles)
                .unwrap_or(LONGEST_PAUSE)
                .min(LONGEST_PAUSE);
            self.rests_until = Some(Instant::now() + self.services.ids.jittered(pause));
        } else {
            self.troubles = 0;
            self.rests_until = None;
        }
    }

    /// Ends what is kept open.
    pub async fn close(&self) {
        if let Some(mail) = &self.services.mail {
            mail.close().await;
        }
    }
}

/// Notes that nobody is left in an action, with the event that says how it went.
async fn close(services: &Services, job: &ClaimedJob) -> Result<(), ServiceError> {
    let mut work = services.store.begin(job).await?;
    if let Some((state, counts)) = work.close_job(job.job, services.now()).await? {
        work.commit(finished(job.job, state, &counts)).await?;
    }
    Ok(())
}

/// The event of an action in which nobody is left.
pub(super) fn finished(job: InvitationJobId, state: JobState, counts: &Counts) -> Event {
    Event::success(Actor::System, Action::InvitationsFinished)
        .on("invitation_job", job)
        .with("state", state.name())
        .with("sent", counts.sent)
        .with("failed", counts.failed)
        .with("skipped", counts.skipped)
}

/// Invites one person by mail. Whether the mail server cannot be used.
async fn mail_one(services: &Services, job: &ClaimedJob) -> Result<bool, ServiceError> {
    let (lease, now): (LeaseId, _) = (services.ids.next(), services.now());
    let claimed = services
        .store
        .upkeep()
        .claim_rows(job, lease, 1, now, now.plus(LEASE))
        .await?;
    let Some(row) = claimed.into_iter().next() else {
        return Ok(false);
    };
    let (invitation, token, role) = match prepare(services, job, lease, &row).await? {
        Prepared::Ready(invitation, token, role) => (invitation, token, role),
        Prepared::Skipped(reason) => {
            let upkeep = services.store.upkeep();
            upkeep
                .settle_row(job, lease, &row, Outcome::Skipped, Some(reason))
                .await?;
            return Ok(false);
        }
    };
    let sent = match (&services.mail, &row.email) {
        (None, _) => Err(NotSent::Unavailable(
            "no mail server is configured here".to_owned(),
        )),
        (Some(_), None) => Err(NotSent::AddressRejected("there is no address".to_owned())),
        (Some(mail), Some(to)) => {
            let link = link(services, &token);
            let letter = Letter {
                invitation: invitation.0,
                to,
                name: row.name.as_deref(),
                invite: Invite {
                    team: &job.team_name,
                    by: Some(&job.started_by_name),
                    role,
                    pinned: true,
                    link: &link,
                    until: invitation.1,
                },
                at: now,
            };
            deliver(services, mail, job, lease, &letter).await
        }
    };
    settle(services, job, lease, &row, sent).await
}

/// Sends the letter, and keeps the row meanwhile.
async fn deliver(
    services: &Services,
    mail: &Mailer,
    job: &ClaimedJob,
    lease: LeaseId,
    letter: &Letter<'_>,
) -> Result<(), NotSent> {
    let sending = mail.send(letter);
    tokio::pin!(sending);
    loop {
        tokio::select! {
            sent = &mut sending => return sent,
            () = tokio::time::sleep(RENEW) => {
                let until = services.now().plus(LEASE);
                if let Err(error) = services.store.upkeep().renew_lease(job, lease, until).await {
                    tracing::warn!(%error, "could not hold on to somebody who is being invited");
                }
            }
        }
    }
}

/// Notes how it went. Whether the mail server cannot be used.
async fn settle(
    services: &Services,
    job: &ClaimedJob,
    lease: LeaseId,
    row: &ClaimedRow,
    sent: Result<(), NotSent>,
) -> Result<bool, ServiceError> {
    let upkeep = services.store.upkeep();
    let (reason, final_at_once) = match &sent {
        Ok(()) => {
            upkeep.settle_row(job, lease, row, Outcome::Sent, None).await?;
            return Ok(false);
        }
        Err(NotSent::AddressRejected(_)) => (Reason::AddressRejected, true),
        Err(NotSent::MailRejected(_)) => (Reason::MailRejected, true),
        Err(NotSent::Deferred(_)) => (Reason::MailDeferred, false),
        Err(NotSent::Unavailable(_)) => (Reason::MailUnavailable, false),
    };
    if let Err(error) = &sent {
        tracing::warn!(%error, job = %job.job, place = row.place, "an invitation was not mailed");
    }
    let tries = u32::try_from(row.attempts).unwrap_or(u32::MAX).saturating_add(1);
    match pause_after(tries).filter(|_| !final_at_once) {
        Some(pause) => {
            let until = services.now().plus(services.ids.jittered(pause));
            upkeep
                .lay_aside(job, lease, row, Paused { until, reason })
                .await?;
        }
        None => {
            upkeep
                .settle_row(job, lease, row, Outcome::Failed, Some(reason))
                .await?
        }
    }
    Ok(matches!(sent, Err(NotSent::Unavailable(_))))
}

/// What became of somebody before the mail.
enum Prepared {
    /// The invitation and until when it works, its token, its role.
    Ready((InvitationId, Timestamp), Token, Role),
    /// Not to be invited after all.
    Skipped(Reason),
}

/// Makes the invitation, or finds the one that an earlier turn made.
async fn prepare(
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

fn is_race(error: &StoreError) -> bool {
    matches!(error, StoreError::Conflict) || error.is_retryable()
}

/// The invitation of an earlier turn, with the same link.
async fn again(services: &Services, job: &ClaimedJob, id: InvitationId) -> Result<Prepared, ServiceError> {
    let now = services.now();
    let found = services.store.find_invitation(job, id).await?;
    let Some(invitation) = found else {
        return Ok(Prepared::Skipped(Reason::Revoked));
    };
    if job.state != JobState::Running && invitation.is_open(now) {
        let mut work = services.store.begin(job).await?;
        if work.revoke_invitation(id, now).await? {
            work.commit(revoked(Actor::System, id, "stopped", None)).await?;
        }
        return Ok(Prepared::Skipped(Reason::Stopped));
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
struct Made {
    /// The invitations and their tokens, in the order of the rows.
    minted: Vec<(NewInvitation, Token)>,
    /// Who is not to be invited after all.
    skipped: Vec<(i64, Reason)>,
}

/// Makes the invitations of these rows with their events, and ties them to the rows, all at once.
async fn make(
    services: &Services,
    job: &ClaimedJob,
    lease: LeaseId,
    rows: &[ClaimedRow],
) -> Result<Made, StoreError> {
    let now = services.now();
    let mut work = services.store.begin(job).await?;
    let run_out = work.expire_invitations(now).await?;
    let backing = work.backing_of(job.mapping, job.started_by).await?;
    let people: Vec<_> = rows.iter().map(|row| row.object).collect();
    let present = work.present_among(job.tenant, &people, now).await?;
    let mut made = Made {
        minted: Vec::with_capacity(rows.len()),
        skipped: Vec::new(),
    };
    for row in rows {
        match allowed(job, backing, &present, row) {
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
fn allowed(job: &ClaimedJob, backing: Backing, present: &Present, row: &ClaimedRow) -> Result<Role, Reason> {
    if job.state != JobState::Running {
        Err(Reason::Stopped)
    } else if backing.mapping.is_none() {
        Err(Reason::MappingGone)
    } else if !backing.inviter {
        Err(Reason::NotAllowed)
    } else if present.members.contains(&row.object) {
        Err(Reason::AlreadyMember)
    } else if present.invited.contains(&row.object) {
        Err(Reason::AlreadyInvited)
    } else {
        role_now(job.role.role(), backing).ok_or(Reason::NotAllowed)
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

/// Makes a heap of invitations whose links are shown and not mailed.
async fn make_links(services: &Services, job: &ClaimedJob) -> Result<(), ServiceError> {
    let (lease, now): (LeaseId, _) = (services.ids.next(), services.now());
    let upkeep = services.store.upkeep();
    let rows = upkeep
        .claim_rows(job, lease, AT_ONCE, now, now.plus(LEASE))
        .await?;
    let mut tries = 1;
    let made = loop {
        match make(services, job, lease, &rows).await {
            Ok(made) => break made,
            Err(error) if tries < TRIES && is_race(&error) => tries += 1,
            Err(error) => return Err(error.into()),
        }
    };
    for (place, reason) in made.skipped {
        if let Some(row) = rows.iter().find(|row| row.place == place) {
            upkeep
                .settle_row(job, lease, row, Outcome::Skipped, Some(reason))
                .await?;
        }
    }
    Ok(())
}
