//! The audit log for operators: export, and the proof that nothing was changed.

use crate::{
    domain::{
        audit::{Action, Actor, Event, RecordedEvent},
        id::TeamId,
        time::Timestamp,
    },
    service::{ServiceError, Services},
    storage::{ChainReport, HostOperator},
};

/// Events a page.
const PAGE: u32 = 500;

/// Hands every event of the team, or of everybody, to `write`, oldest first, in bounded memory. The export is an
/// event itself; it is recorded before the first line leaves, and is the last one exported.
///
/// # Errors
/// [`ServiceError::Store`], or what `write` answers.
pub async fn export(
    services: &Services,
    operator: &HostOperator,
    team: Option<TeamId>,
    since: Option<Timestamp>,
    mut write: impl FnMut(&RecordedEvent) -> Result<(), ServiceError>,
) -> Result<u64, ServiceError> {
    let exported = Event::success(Actor::System, Action::AuditExported);
    match team {
        None => services.store.begin_platform().await?.commit(exported).await?,
        Some(team) => {
            let operator = services.store.operate_on(operator, team).await?.ok_or_else(|| {
                ServiceError::Operator(format!("there is no team {team}; sonicsaas team list shows them"))
            })?;
            services.store.begin(&operator).await?.commit(exported).await?
        }
    };
    let mut last: Option<RecordedEvent> = None;
    let mut count = 0;
    loop {
        let page = services
            .store
            .read_events(operator, team, since, last.as_ref(), PAGE)
            .await?;
        for event in &page {
            write(event)?;
            count += 1;
        }
        match page.into_iter().last() {
            Some(event) => last = Some(event),
            None => return Ok(count),
        }
    }
}

/// Verifies every chain.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn verify(services: &Services, operator: &HostOperator) -> Result<Vec<ChainReport>, ServiceError> {
    Ok(services.store.verify_chains(operator).await?)
}
