//! The forms about invitations, what other tools ask about them, and the results as a file.

mod file;

pub(super) use self::file::{download, is_asked_for};
use super::{group_member, guard::Call, reply};
use crate::{
    domain::{
        id::{InvitationId, InvitationJobId, MappingId},
        invitation::{JobState, Outcome, Wanted},
        session::LocalPath,
    },
    entra::EntraError,
    routes,
    service::{
        ServiceError,
        invitation::{self, Created, Delivered, KeptInvite, NotStarted, OneRefused},
        kept_form,
    },
    storage::{Administrator, Counts, Job, JobRow, StoreError},
    text::{bulk_invite::BulkInvite, text},
    wire::{
        fault::Fault,
        invitation::{InvitationMade, JobPerson, JobProgress, Revoked, Started},
    },
};

/// People of an action that are shown at once.
const PAGE: u32 = 100;

/// What a form sends that invites people of a group, as it came.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// `mapping_id`.
    pub mapping_id: String,
    /// `object_ids[]`.
    pub object_ids: Vec<String>,
    /// `all`.
    pub all: Option<String>,
    /// `key`.
    pub key: String,
}

impl Sent {
    fn wanted(&self) -> Option<Wanted> {
        let all = self.all.as_deref().map(str::trim);
        if all.is_some_and(|all| !matches!(all, "" | "false" | "off" | "0")) {
            return Some(Wanted::All);
        }
        let ids: Option<Vec<_>> = self.object_ids.iter().map(|id| id.trim().parse().ok()).collect();
        Some(Wanted::These(ids.filter(|ids| !ids.is_empty())?))
    }
}

/// Invites people of a group.
///
/// # Errors
/// `404`, `409`, `422` or `502`, as the function of the API says.
pub async fn start(call: &Call<Administrator>, sent: Sent) -> Result<Started, Fault> {
    let Ok(mapping) = sent.mapping_id.trim().parse::<MappingId>() else {
        reply::leave(&call.arrival, routes::MAPPINGS);
        return Err(reply::refused(Fault::Missing));
    };
    let Some(wanted) = sent.wanted() else {
        return Err(not_started(call, mapping, Fault::Invalid("nobody".to_owned())).await);
    };
    let origin = call.arrival.facts.origin();
    let key = sent.key.trim();
    match invitation::start(call.services(), &call.proof, mapping, &wanted, key, origin).await {
        Ok(Ok(job)) => {
            reply::leave(&call.arrival, &routes::mapping_members_job(mapping, job));
            Ok(Started { job })
        }
        Ok(Err(why)) => {
            let fault = fault_of(&why);
            Err(not_started(call, mapping, fault).await)
        }
        Err(error) => {
            let (fault, _) = reply::broken(&error, call.arrival.facts.reference);
            Err(not_started(call, mapping, fault).await)
        }
    }
}

fn fault_of(why: &NotStarted) -> Fault {
    let conflict = |code: &str| Fault::Conflict(code.to_owned());
    match why {
        NotStarted::NoMicrosoft => conflict("not_configured"),
        NotStarted::NotProven => conflict("unproven"),
        NotStarted::BadKey => Fault::Invalid("key".to_owned()),
        NotStarted::Nobody => Fault::Invalid("nobody".to_owned()),
        NotStarted::Forbidden => Fault::Forbidden,
        NotStarted::Unread(EntraError::Refused {
            status: 401 | 403, ..
        }) => conflict("not_permitted"),
        NotStarted::Unread(EntraError::Refused { status: 404, .. }) => conflict("no_group"),
        NotStarted::Unread(error) => {
            tracing::warn!(%error, "a group could not be read, and nobody was invited");
            Fault::Microsoft
        }
    }
}

/// The code of what is in the way of inviting people.
pub(super) fn code_of(why: &NotStarted) -> String {
    code(&fault_of(why))
}

/// The code that a page says something about.
fn code(fault: &Fault) -> String {
    match fault {
        Fault::Conflict(code) | Fault::Invalid(code) => code.clone(),
        Fault::Microsoft => "microsoft".to_owned(),
        Fault::Forbidden => "forbidden".to_owned(),
        Fault::Missing => "missing".to_owned(),
        Fault::Busy => "busy".to_owned(),
        _ => "internal".to_owned(),
    }
}

async fn not_started(call: &Call<Administrator>, mapping: MappingId, fault: Fault) -> Fault {
    if reply::is_form(&call.arrival) {
        let kept = KeptInvite::NotStarted { code: code(&fault) };
        let location = match kept_form::keep(call.services(), call.proof.person(), &kept).await {
            _ if fault == Fault::Missing => routes::MAPPINGS.to_owned(),
            Ok(id) => routes::mapping_members_said(mapping, id),
            Err(_) => routes::mapping_members(mapping),
        };
        reply::leave(&call.arrival, &location);
    }
    reply::refused(fault)
}

/// How far an action is.
///
/// # Errors
/// `404`.
pub async fn progress(call: &Call<Administrator>, job: &str) -> Result<JobProgress, Fault> {
    let job = action(job)?;
    let found = invitation::progress(call.services(), &call.proof, job).await;
    let (job, counts) = reply::answer(&call.arrival, found)?;
    Ok(told(&job, counts))
}

fn action(text: &str) -> Result<InvitationJobId, Fault> {
    text.trim().parse().map_err(|_| reply::refused(Fault::Missing))
}

fn told(job: &Job, counts: Counts) -> JobProgress {
    let words = text::<BulkInvite>();
    let went = group_member::went(job, counts);
    let ended = |_| (words.ended)(went, job.state == JobState::Stopped);
    JobProgress {
        progress: (words.progress)(went),
        waiting: group_member::delayed(counts).unwrap_or_default(),
        result: job.ended.map(ended).unwrap_or_default(),
        job: job.id,
        mapping_id: job.mapping,
        group_name: job.group_name.clone(),
        role: job.role.role(),
        mailed: job.mailed,
        total: job.total,
        sent: counts.sent,
        failed: counts.failed,
        skipped: counts.skipped,
        delayed: counts.delayed,
        state: job.state.name().to_owned(),
        ended: job.ended.is_some(),
    }
}

/// How it went with people of an action.
///
/// # Errors
/// `404`.
pub async fn results(
    call: &Call<Administrator>,
    job: &str,
    outcome: &str,
    after: i64,
) -> Result<Vec<JobPerson>, Fault> {
    let (job, only) = (action(job)?, Outcome::parse(outcome.trim()));
    let rows = invitation::rows(call.services(), &call.proof, job, only, after, PAGE).await;
    let rows = reply::answer(&call.arrival, rows)?;
    Ok(rows.into_iter().map(|row| person(row, None)).collect())
}

/// The same with the links that are shown once.
///
/// # Errors
/// `404`.
pub async fn links(call: &Call<Administrator>, job: &str, after: i64) -> Result<Vec<JobPerson>, Fault> {
    let job = action(job)?;
    let rows = invitation::links(call.services(), &call.proof, job, after, PAGE).await;
    let rows = reply::answer(&call.arrival, rows)?;
    Ok(rows.into_iter().map(|it| person(it.row, it.link)).collect())
}

fn person(row: JobRow, link: Option<String>) -> JobPerson {
    JobPerson {
        place: row.place,
        object_id: row.object.to_string(),
        name: row.name,
        email: row.email,
        invitation: row.invitation,
        outcome: row.outcome.name().to_owned(),
        reason: row.reason.map(|reason| reason.name().to_owned()),
        link,
    }
}

/// Stops an action.
///
/// # Errors
/// `404`.
pub async fn stop(call: &Call<Administrator>, job: &str) -> Result<JobProgress, Fault> {
    let job = action(job)?;
    let origin = call.arrival.facts.origin();
    let stopped = invitation::stop(call.services(), &call.proof, job, origin).await;
    reply::answer(&call.arrival, stopped)?;
    back_to(call, job).await
}

/// Lets everybody for whom it failed have another turn.
///
/// # Errors
/// `404`.
pub async fn retry(call: &Call<Administrator>, job: &str) -> Result<JobProgress, Fault> {
    let job = action(job)?;
    let origin = call.arrival.facts.origin();
    let again = invitation::retry(call.services(), &call.proof, job, origin).await;
    reply::answer(&call.arrival, again)?;
    back_to(call, job).await
}

/// The page of the action, and how far it is.
async fn back_to(call: &Call<Administrator>, job: InvitationJobId) -> Result<JobProgress, Fault> {
    let found = invitation::progress(call.services(), &call.proof, job).await;
    let (job, counts) = reply::answer(&call.arrival, found)?;
    reply::leave(&call.arrival, &routes::mapping_members_job(job.mapping, job.id));
    Ok(told(&job, counts))
}

/// Invites one person by an address.
///
/// # Errors
/// `409`, `422`.
pub async fn create(
    call: &Call<Administrator>,
    email: &str,
    role: &str,
    next: &str,
) -> Result<InvitationMade, Fault> {
    let origin = call.arrival.facts.origin();
    let made = Box::pin(invitation::create(
        call.services(),
        &call.proof,
        email,
        role,
        origin,
    ))
    .await;
    let typed = (email.to_owned(), role.to_owned());
    one(call, made, typed, next).await
}

/// Sends an invitation again.
///
/// # Errors
/// `404`, `409`.
pub async fn resend(call: &Call<Administrator>, id: &str, next: &str) -> Result<InvitationMade, Fault> {
    let made = match id.trim().parse::<InvitationId>() {
        Ok(id) => {
            let origin = call.arrival.facts.origin();
            Box::pin(invitation::resend(call.services(), &call.proof, id, origin)).await
        }
        Err(_) => Err(StoreError::Missing.into()),
    };
    one(call, made, (String::new(), String::new()), next).await
}

async fn one(
    call: &Call<Administrator>,
    made: Result<Result<Created, OneRefused>, ServiceError>,
    (email, role): (String, String),
    next: &str,
) -> Result<InvitationMade, Fault> {
    let fault = match made {
        Ok(Ok(created)) => {
            leave(call, next, &KeptInvite::made(call.services(), &created)).await;
            return Ok(answer(created));
        }
        Ok(Err(refused)) => {
            let conflict = |code: &str| Fault::Conflict(code.to_owned());
            match refused {
                OneRefused::Email => Fault::Invalid("email".to_owned()),
                OneRefused::Role => Fault::Invalid("role".to_owned()),
                OneRefused::AlreadyMember => conflict("already_member"),
                OneRefused::AlreadyInvited => conflict("already_invited"),
                OneRefused::Accepted => conflict("accepted"),
                OneRefused::Revoked => conflict("revoked"),
                OneRefused::MappingGone => conflict("mapping_gone"),
                OneRefused::NotProven => conflict("unproven"),
            }
        }
        Err(error) => reply::broken(&error, call.arrival.facts.reference).0,
    };
    let code = code(&fault);
    leave(call, next, &KeptInvite::NotMade { email, role, code }).await;
    Err(reply::refused(fault))
}

fn answer(created: Created) -> InvitationMade {
    let (mailed, reason, link) = match created.delivered {
        Delivered::Mailed => (true, None, None),
        Delivered::NotMailed(reason, link) => (false, Some(reason.name().to_owned()), Some(link)),
        Delivered::Link(link) => (false, None, Some(link)),
    };
    InvitationMade {
        id: created.invitation.id,
        name: created.invitation.name,
        email: created.invitation.email,
        role: created.invitation.role,
        expires: created.invitation.expires,
        mailed,
        reason,
        link,
    }
}

/// Takes an invitation back.
///
/// # Errors
/// `404`.
pub async fn revoke(call: &Call<Administrator>, id: &str, next: &str) -> Result<Revoked, Fault> {
    let Ok(id) = id.trim().parse::<InvitationId>() else {
        leave(call, next, &not_there()).await;
        return Err(reply::refused(Fault::Missing));
    };
    let origin = call.arrival.facts.origin();
    match invitation::revoke(call.services(), &call.proof, id, origin).await {
        Ok(revoked) => {
            leave(call, next, &KeptInvite::Revoked).await;
            Ok(Revoked { id, revoked })
        }
        Err(error) => {
            let (fault, _) = reply::broken(&error, call.arrival.facts.reference);
            leave(call, next, &not_there()).await;
            Err(reply::refused(fault))
        }
    }
}

fn not_there() -> KeptInvite {
    KeptInvite::NotMade {
        email: String::new(),
        role: String::new(),
        code: "missing".to_owned(),
    }
}

/// Sends a form's browser to the page it names, which says what is kept; to the dashboard when that is no page of ours.
async fn leave(call: &Call<Administrator>, next: &str, kept: &KeptInvite) {
    if !reply::is_form(&call.arrival) {
        return;
    }
    let next = LocalPath::parse(next).unwrap_or_else(|_| LocalPath::dashboard());
    let location = match kept_form::keep(call.services(), call.proof.person(), kept).await {
        Ok(id) => routes::said_on(&next, id),
        Err(error) => {
            tracing::error!(%error, "what a form held could not be kept");
            next.to_string()
        }
    };
    reply::leave(&call.arrival, &location);
}
