//! Taking back what nobody has accepted: people of an action whose turn has not come, and what a removed mapping leaves.

use super::{count, revoked, send};
use crate::{
    domain::{
        audit::{Action, Event},
        id::{InvitationJobId, MappingId},
        time::Timestamp,
    },
    service::{Origin, ServiceError, Services},
    storage::{Administrator, StoreError, Work},
};

/// Stops an action: whoever has not been invited yet is not. Whether it ran.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when the team has no such action.
pub async fn stop(
    services: &Services,
    admin: &Administrator,
    job: InvitationJobId,
    origin: Origin,
) -> Result<bool, ServiceError> {
    let now = services.now();
    let mut work = services.store.begin(admin).await?;
    let Some(stopped) = work.stop_job(job).await? else {
        return Ok(false);
    };
    let mut events = Vec::new();
    for invitation in stopped.unsent {
        if work.revoke_invitation(invitation, now).await? {
            events.push(revoked(
                admin.person().actor(),
                invitation,
                "stopped",
                Some(origin),
            ));
        }
    }
    work.record_many(events).await?;
    let event = Event::success(admin.person().actor(), Action::InvitationsStopped)
        .on("invitation_job", job)
        .from(origin.ip)
        .with("skipped", count(stopped.skipped))
        .with("correlation_id", origin.reference.code());
    // While somebody is just being invited, whoever does it closes the action.
    match work.close_job(job, now).await? {
        None => work.commit(event).await?,
        Some((state, counts)) => {
            work.record(event).await?;
            work.commit(send::finished(job, state, &counts)).await?
        }
    };
    Ok(true)
}

/// Takes back what was made from a mapping that is removed, and that nobody has accepted. How many there were.
///
/// # Errors
/// [`ServiceError::Store`].
pub(in crate::service) async fn end_with_mapping(
    work: &mut Work,
    admin: &Administrator,
    mapping: MappingId,
    now: Timestamp,
    origin: Origin,
) -> Result<usize, StoreError> {
    let ended = work.revoke_invitations_of(mapping, now).await?;
    let actor = || admin.person().actor();
    let events = ended
        .iter()
        .map(|id| revoked(actor(), *id, "mapping_gone", Some(origin)))
        .collect();
    work.record_many(events).await?;
    Ok(ended.len())
}
