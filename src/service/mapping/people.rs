//! Who is in which group, for a moment: a page that is typed into asks for the same groups again and again.
//!
//! Only what Microsoft said is kept, whole lists only, and for half a minute. Nobody's role is decided by it.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use moka::future::Cache;
use tokio::time::Instant;

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

/// So many groups are read at once.
const AT_ONCE: usize = 4;

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

impl PeopleOfGroups {
    /// The people of each of these groups, or why they could not be read. All of them together may take so long.
    pub(super) async fn of_each(
        &self,
        door: &Door<'_>,
        groups: Vec<ObjectId>,
        within: Duration,
    ) -> Vec<(ObjectId, Result<People, EntraError>)> {
        let until = Instant::now() + within;
        stream::iter(groups)
            .map(|group| async move {
                let left = until.saturating_duration_since(Instant::now());
                (group, self.of(door, group, left).await)
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await
    }
}

/// Whether somebody is in a list.
pub(super) fn holds(people: &People, person: ObjectId) -> bool {
    people.binary_search(&person).is_ok()
}
