//! Who is in which group, for a moment: a page that is typed into asks for the same groups again and again.
//!
//! Only what Microsoft said is kept, whole lists only, and for half a minute. Nobody's role is decided by it.

use std::{sync::Arc, time::Duration};

use moka::future::Cache;

use super::reading::Door;
use crate::{
    domain::{
        id::Ids,
        tenant::{ObjectId, TenantId},
        time::Timestamp,
    },
    entra::EntraError,
    service::directory,
};

/// As long as a list is good for another look.
const GOOD_FOR: Duration = Duration::from_secs(30);
/// As many IDs as are kept in all, of 16 bytes each.
const MOST_IDS: u64 = 250_000;

/// The people of a group, in ascending order.
pub type People = Arc<[ObjectId]>;

/// Lists of people by group, kept for a moment.
#[derive(Clone, Debug)]
pub struct PeopleOfGroups {
    kept: Cache<(TenantId, ObjectId), (Timestamp, People)>,
    ids: Ids,
}

impl PeopleOfGroups {
    /// Nothing kept yet.
    pub fn new(ids: Ids) -> Self {
        let weight = |_: &(TenantId, ObjectId), (_, people): &(Timestamp, People)| {
            // An empty list costs its place too.
            u32::try_from(people.len()).unwrap_or(u32::MAX).saturating_add(8)
        };
        Self {
            kept: Cache::builder().max_capacity(MOST_IDS).weigher(weight).build(),
            ids,
        }
    }

    /// The people of a group, as they are known or as they are read now.
    pub(super) async fn of(
        &self,
        door: &Door<'_>,
        group: ObjectId,
        within: Duration,
    ) -> Result<People, EntraError> {
        let key = (door.proven().tenant(), group);
        let now = self.ids.now();
        if let Some((read_at, people)) = self.kept.get(&key).await
            && now < read_at.plus(GOOD_FOR)
            && read_at <= now
        {
            return Ok(people);
        }
        let people = directory::people_of(door.entra(), door.proven(), group, within).await?;
        let people: People = people.into();
        self.kept.insert(key, (now, Arc::clone(&people))).await;
        Ok(people)
    }
}

/// Whether somebody is in a list.
pub(super) fn holds(people: &People, person: ObjectId) -> bool {
    people.binary_search(&person).is_ok()
}
