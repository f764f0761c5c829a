//! How far an action is, how it went person by person, and the links that are shown once.

use std::collections::HashMap;

use super::{ServiceError, Services, link, unsealed};
use crate::{
    domain::{id::InvitationJobId, invitation::Outcome},
    storage::{Administrator, Counts, Job, JobRow, StoreError},
};

/// One person of an action, and the link if it is shown now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resulted {
    /// The person and how it went.
    pub row: JobRow,
    /// The link. Whoever asks next does not get it.
    pub link: Option<String>,
}

/// How far an action is.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when the team has no such action.
pub async fn progress(
    services: &Services,
    admin: &Administrator,
    job: InvitationJobId,
) -> Result<(Job, Counts), ServiceError> {
    let found = services
        .store
        .find_job(admin, job)
        .await?
        .ok_or(StoreError::Missing)?;
    let counts = services.store.count_job(admin, job).await?;
    Ok((found, counts))
}

/// The team's newest action that is not over, and how far it is.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn running(
    services: &Services,
    admin: &Administrator,
) -> Result<Option<(Job, Counts)>, ServiceError> {
    let Some(job) = services.store.find_running_job(admin).await? else {
        return Ok(None);
    };
    let counts = services.store.count_job(admin, job.id).await?;
    Ok(Some((job, counts)))
}

/// People of an action after this place, at most so many, of all outcomes or of one. Shows no link.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when the team has no such action.
pub async fn rows(
    services: &Services,
    admin: &Administrator,
    job: InvitationJobId,
    only: Option<Outcome>,
    after: i64,
    limit: u32,
) -> Result<Vec<JobRow>, ServiceError> {
    let found = services.store.find_job(admin, job).await?;
    found.ok_or(StoreError::Missing)?;
    Ok(services
        .store
        .list_job_rows(admin, job, only, after, limit)
        .await?)
}

/// The same with every link that nobody was shown so far; they are shown now, and never again. Links that are mailed
/// are never shown.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when the team has no such action.
pub async fn links(
    services: &Services,
    admin: &Administrator,
    job: InvitationJobId,
    after: i64,
    limit: u32,
) -> Result<Vec<Resulted>, ServiceError> {
    let found = services
        .store
        .find_job(admin, job)
        .await?
        .ok_or(StoreError::Missing)?;
    let rows = services
        .store
        .list_job_rows(admin, job, None, after, limit)
        .await?;
    let mut shown = HashMap::new();
    if let (false, Some(last)) = (found.mailed, rows.last()) {
        let places = (after, last.place);
        for taken in services.store.upkeep().take_tokens(admin, job, places).await? {
            if let Some(token) = unsealed(services, &taken.sealed) {
                shown.insert(taken.invitation, link(services, &token));
            }
        }
    }
    let with_link = |row: JobRow| Resulted {
        link: row.invitation.and_then(|id| shown.remove(&id)),
        row,
    };
    Ok(rows.into_iter().map(with_link).collect())
}
