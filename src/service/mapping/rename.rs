//! A group that was renamed at Microsoft, taken over by its new name.

use super::told;
use crate::{
    domain::{audit::Action, id::MappingId, mapping::Mapping},
    service::{Origin, ServiceError, Services},
    storage::{Administrator, StoreError},
};

/// Takes over the new name of a mapped group: the mapping is as it was, and nobody is told of the renaming any more. Where
/// somebody else did it first nothing happens, and nothing is recorded.
///
/// # Errors
/// [`ServiceError::Store`], with `Missing` when the team has no such mapping.
pub async fn use_new_name(
    services: &Services,
    admin: &Administrator,
    id: MappingId,
    origin: Origin,
) -> Result<Mapping, ServiceError> {
    let mut work = services.store.begin(admin).await?;
    let mapping = work.hold_mapping(id).await?.ok_or(StoreError::Missing)?;
    if let Some(before) = work.take_new_name(id).await? {
        let event = told(admin, origin, Action::MappingUpdated, &mapping).with("from_name", before);
        work.commit(event).await?;
    }
    Ok(mapping)
}
