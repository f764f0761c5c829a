//! Sending: takes up people whose turn it is, makes their invitations, mails them, and notes how it went.
//!
//! What must never happen: two invitations for one person, a mail whose invitation is not in the database, a mail that is
//! sent again after its server took it on and we noted that, a database connection that is held while a mail is on its way.
//! When the process dies, the person in hand has another turn as soon as the lease ends, with the same invitation and the
//! same link; so at most that one mail goes out once more. One mail at a time is in hand, for the same reason.

mod make;

use std::time::Duration;

use tokio::time::Instant;

use self::make::{Prepared, is_race, make, prepare};
use super::{ServiceError, Services, link};
use crate::{
    domain::{
        audit::{Action, Actor, Event},
        id::{InvitationJobId, LeaseId},
        invitation::{JobState, Outcome, Reason, pause_after},
    },
    mail::{Invite, Letter, Mailer, NotSent},
    storage::{ClaimedJob, ClaimedRow, Counts, Paused},
};

/// So long nobody else takes a row up. Short, so that after a death somebody else does soon; renewed while it takes longer.
const LEASE: Duration = Duration::from_secs(10);
/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(3);
/// So long it is tried to note how a mail went, and how soon again.
const PATIENCE: Duration = Duration::from_mins(5);
const SOON: Duration = Duration::from_millis(250);
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
    /// No further mail goes out before.
    next_mail: Instant,
    /// How often in a row the mail server could not be used, and when it is asked again.
    troubles: u32,
    rests_until: Option<Instant>,
}

impl Sender {
    /// With these tools.
    pub fn new(services: Services) -> Self {
        Self {
            services,
            next_mail: Instant::now(),
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
                tokio::time::sleep_until(self.next_mail).await;
                let began = Instant::now();
                match mail_one(&services, &job).await? {
                    Turn::NoMail => {}
                    Turn::Tried { in_trouble } => {
                        let pace = Duration::from_mins(1) / services.rules.mail_per_minute.get();
                        self.next_mail = began + pace;
                        self.rest(in_trouble);
                    }
                }
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

/// What one person's turn was.
enum Turn {
    /// Nobody's, or somebody's who is not to be invited: the mail server was not asked.
    NoMail,
    /// A mail was tried.
    Tried {
        /// Whether the mail server cannot be used.
        in_trouble: bool,
    },
}

/// Invites one person by mail.
async fn mail_one(services: &Services, job: &ClaimedJob) -> Result<Turn, ServiceError> {
    let began = Instant::now();
    let (lease, now): (LeaseId, _) = (services.ids.next(), services.now());
    let claimed = services
        .store
        .upkeep()
        .claim_rows(job, lease, 1, now, now.plus(LEASE))
        .await?;
    let Some(row) = claimed.into_iter().next() else {
        return Ok(Turn::NoMail);
    };
    let (invitation, token, role) = match prepare(services, job, lease, &row).await? {
        Prepared::Ready(invitation, token, role) => (invitation, token, role),
        Prepared::Skipped(reason) => {
            let upkeep = services.store.upkeep();
            upkeep
                .settle_row(job, lease, &row, Outcome::Skipped, Some(reason))
                .await?;
            return Ok(Turn::NoMail);
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
            // When getting ready took long, whoever has the row by now sends the mail.
            if began.elapsed() > RENEW {
                let until = services.now().plus(LEASE);
                let upkeep = services.store.upkeep();
                if !upkeep.renew_lease(job, lease, until).await? {
                    return Ok(Turn::NoMail);
                }
            }
            deliver(services, mail, job, lease, &letter).await
        }
    };
    let in_trouble = settle_for_certain(services, job, lease, &row, sent).await?;
    Ok(Turn::Tried { in_trouble })
}

/// Notes how it went, however long the database is away: what is not noted is sent once more. Whether the mail server cannot
/// be used.
async fn settle_for_certain(
    services: &Services,
    job: &ClaimedJob,
    lease: LeaseId,
    row: &ClaimedRow,
    sent: Result<(), NotSent>,
) -> Result<bool, ServiceError> {
    let patience = Instant::now() + PATIENCE;
    loop {
        match settle(services, job, lease, row, &sent).await {
            Err(error) if Instant::now() < patience => {
                tracing::warn!(%error, job = %job.job, place = row.place, "how it went could not be noted yet");
                tokio::time::sleep(SOON).await;
            }
            settled => return settled,
        }
    }
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
                match services.store.upkeep().renew_lease(job, lease, until).await {
                    Ok(true) => {}
                    // The mail is on its way and cannot be called back.
                    Ok(false) => tracing::warn!(job = %job.job, "a mail took longer than it was held"),
                    Err(error) => tracing::warn!(%error, "could not hold on to somebody who is being invited"),
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
    sent: &Result<(), NotSent>,
) -> Result<bool, ServiceError> {
    let upkeep = services.store.upkeep();
    let (reason, final_at_once) = match sent {
        Ok(()) => {
            upkeep.settle_row(job, lease, row, Outcome::Sent, None).await?;
            return Ok(false);
        }
        Err(NotSent::AddressRejected(_)) => (Reason::AddressRejected, true),
        Err(NotSent::MailRejected(_)) => (Reason::MailRejected, true),
        Err(NotSent::Deferred(_)) => (Reason::MailDeferred, false),
        Err(NotSent::Unavailable(_)) => (Reason::MailUnavailable, false),
    };
    if let Err(error) = sent {
        tracing::warn!(%error, job = %job.job, place = row.place, "an invitation was not mailed");
    }
    let tries = u32::try_from(row.attempts).unwrap_or(u32::MAX).saturating_add(1);
    match pause_after(tries).filter(|_| !final_at_once) {
        Some(pause) => {
            let until = services.now().plus(services.ids.jittered(pause));
            let paused = Paused {
                now: services.now(),
                until,
                reason,
            };
            upkeep.lay_aside(job, lease, row, paused).await?;
        }
        None => {
            upkeep
                .settle_row(job, lease, row, Outcome::Failed, Some(reason))
                .await?;
        }
    }
    Ok(matches!(sent, Err(NotSent::Unavailable(_))))
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
