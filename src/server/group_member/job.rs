//! How far an action is that invites people, and how it went with each, in words.

use http::Method;

use crate::{
    domain::{
        id::{InvitationJobId, MappingId},
        invitation::{JobState, Outcome},
    },
    pages::group_members::{Job, Result, SharedLink},
    routes,
    server::{guard::Call, invitation as forms, layers::AskedForHead, say::said},
    service::{
        ServiceError,
        invitation::{self, Resulted},
    },
    storage::{self, Administrator, Counts, StoreError},
    text::{
        bulk_invite::{BulkInvite, Went},
        group_member_words::GroupMemberWords,
        invitation::Invitations,
        mappings::Mappings,
        text,
    },
    wire::tenant::{Said, Tone},
};

/// People whose results are shown.
const SHOWN: u32 = 100;

/// The action, and what is said of it once it is over. `None` when this group has no such action.
pub(super) async fn show(
    call: &Call<Administrator>,
    mapping: MappingId,
    id: InvitationJobId,
) -> std::result::Result<Option<(Job, Option<Said>)>, ServiceError> {
    let (job, counts) = match invitation::progress(call.services(), &call.proof, id).await {
        Ok((job, counts)) if job.mapping == mapping => (job, counts),
        Ok(_) | Err(ServiceError::Store(StoreError::Missing)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let words = text::<BulkInvite>();
    let running = job.ended.is_none();
    let went = went(&job, counts);
    let ended = (!running).then(|| {
        let tone = if counts.failed > 0 || job.state == JobState::Stopped {
            Tone::Warn
        } else {
            Tone::Ok
        };
        said(tone, (words.ended)(went, job.state == JobState::Stopped))
    });
    let results = if running {
        Vec::new()
    } else {
        results(call, &job, counts).await?
    };
    let shown = results.len();
    let links = !job.mailed && counts.sent > 0;
    Ok(Some((
        Job {
            id,
            group: job
                .group_name
                .clone()
                .unwrap_or_else(|| text::<Mappings>().no_name.to_owned()),
            total: job.total,
            done: counts.sent + counts.failed + counts.skipped,
            words: (words.progress)(went),
            delayed: delayed(counts),
            running,
            here: routes::mapping_members_job(mapping, id),
            retry: (counts.failed > 0).then(|| (words.retry)(counts.failed)),
            once: links.then_some(words.once),
            some: i64::try_from(shown)
                .is_ok_and(|shown| shown < job.total)
                .then(|| (words.some_results)(shown, job.total)),
            results: results.into_iter().map(|row| line(row, job.mailed)).collect(),
            links,
        },
        ended,
    )))
}

/// What became of an action so far.
pub(in crate::server) fn went(job: &storage::Job, counts: Counts) -> Went {
    Went {
        total: job.total,
        sent: counts.sent,
        failed: counts.failed,
        skipped: counts.skipped,
        mailed: job.mailed,
    }
}

/// Who waits for another try.
pub(in crate::server) fn delayed(counts: Counts) -> Option<String> {
    (counts.delayed > 0).then(|| (text::<BulkInvite>().delayed)(counts.delayed))
}

/// Whether a person looks, to whom something can be shown that is shown once.
pub(super) fn is_looked_at(call: &Call<Administrator>) -> bool {
    let parts = &call.arrival.parts;
    let is_get = parts.method == Method::GET && parts.extensions.get::<AskedForHead>().is_none();
    is_get && forms::is_asked_for(&parts.headers)
}

/// The people whose results are shown: first those for whom it failed. Links are taken only for a person who looks.
async fn results(
    call: &Call<Administrator>,
    job: &storage::Job,
    counts: Counts,
) -> std::result::Result<Vec<Resulted>, ServiceError> {
    let (services, admin) = (call.services(), &call.proof);
    if !job.mailed && is_looked_at(call) {
        return invitation::links(services, admin, job.id, 0, SHOWN).await;
    }
    let mut rows = Vec::new();
    if counts.failed > 0 {
        rows = invitation::rows(services, admin, job.id, Some(Outcome::Failed), 0, SHOWN).await?;
    }
    let others = invitation::rows(services, admin, job.id, None, 0, SHOWN).await?;
    rows.extend(others.into_iter().filter(|row| row.outcome != Outcome::Failed));
    rows.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
    Ok(rows.into_iter().map(|row| Resulted { row, link: None }).collect())
}

fn line(Resulted { row, link }: Resulted, mailed: bool) -> Result {
    let words = text::<Invitations>();
    let tone = match row.outcome {
        Outcome::Sent => Tone::Ok,
        Outcome::Failed => Tone::Fail,
        Outcome::Skipped => Tone::Skip,
        Outcome::Waiting | Outcome::Sending => Tone::Busy,
    };
    let made = row.outcome == Outcome::Sent && row.invitation.is_some();
    let person = match (row.name, row.email) {
        (Some(name), email) => (name, email),
        (None, Some(email)) => (email, None),
        (None, None) => (
            text::<GroupMemberWords>().no_name.to_owned(),
            Some(row.object.to_string()),
        ),
    };
    Result {
        person,
        outcome: said(tone, (words.outcome)(row.outcome, mailed)),
        reason: row.reason.map(words.reason),
        link: match link {
            Some(link) => SharedLink::Now(link),
            None if made && !mailed => SharedLink::Before,
            None => SharedLink::None,
        },
    }
}
