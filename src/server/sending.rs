//! The action that invites people and runs now, for the frame of every page.

use crate::{
    service::{ServiceError, Services, invitation},
    storage::SignedIn,
    wire::session::Sending,
};

/// The newest of the team, for whoever may follow it.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn now(services: &Services, person: &SignedIn) -> Result<Option<Sending>, ServiceError> {
    let Ok(admin) = person.clone().administrator() else {
        return Ok(None);
    };
    let running = invitation::running(services, &admin).await?;
    Ok(running.map(|(job, counts)| Sending {
        mapping: job.mapping,
        job: job.id,
        done: job.total - counts.open,
        total: job.total,
    }))
}
