//! Documents and keys of each tenant: fetched when first needed, shared, kept for a day at most.
//!
//! Refreshed when older than an hour, by whoever comes then, while everybody else goes on with what there is. When a
//! refresh fails, the last known good one stays. One question is under way per tenant, and its answer, good or bad,
//! serves all who waited for it. An unknown key asks again, but not more often than every five minutes, so that forged
//! tokens cannot make us a tool against Microsoft.
//! <https://learn.microsoft.com/entra/identity-platform/signing-key-rollover>

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http::StatusCode;
use moka::future::Cache;
use tokio::{sync::Mutex, time::timeout};
use url::Url;

use super::{
    error::{self, EntraError},
    http::{Answer, LOGIN_LIMIT, Zone},
    keys::KeySet,
    metadata::{Authority, DISCOVERY, Document},
};
use crate::domain::{id::Ids, tenant::TenantId, time::Timestamp};

/// How many tenants are kept in memory.
const MOST_TENANTS: u64 = 10_000;
/// After this time a refresh is due.
const REFRESH_AFTER: Duration = Duration::from_hours(1);
/// After this time without a successful refresh nothing is believed any more.
const USABLE_FOR: Duration = Duration::from_hours(24);
/// Between two refreshes that fail, and between two questions for unknown keys.
const REFETCH_PAUSE: Duration = Duration::from_mins(5);

/// What one tenant's endpoints said.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) document: Document,
    pub(super) keys: KeySet,
    fetched_at: Timestamp,
}

impl Snapshot {
    pub(super) const fn new(document: Document, keys: KeySet, fetched_at: Timestamp) -> Self {
        Self {
            document,
            keys,
            fetched_at,
        }
    }

    /// A clock that stepped back makes a snapshot stale, not useless.
    fn is_fresh(&self, now: Timestamp) -> bool {
        self.fetched_at <= now && now < self.fetched_at.plus(REFRESH_AFTER)
    }

    fn is_usable(&self, now: Timestamp) -> bool {
        now < self.fetched_at.plus(USABLE_FOR)
    }
}

/// A tenant's place in memory.
#[derive(Debug, Default)]
struct Slot {
    snapshot: RwLock<Option<Arc<Snapshot>>>,
    /// How many questions came to an end, so that whoever waited for one can tell that it did.
    landed: AtomicU64,
    flight: Mutex<Flight>,
}

/// Belongs to the one who asks.
#[derive(Debug, Default)]
struct Flight {
    /// How the last question failed.
    failure: Option<EntraError>,
    refreshed_at: Option<Timestamp>,
    unknown_key_at: Option<Timestamp>,
}

impl Slot {
    fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.snapshot
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, snapshot: &Arc<Snapshot>) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(snapshot));
    }
}

/// All tenants of which something is known; `None` stands for `organizations`.
#[derive(Debug)]
pub(super) struct Tenants {
    slots: Cache<Option<TenantId>, Arc<Slot>>,
    zone: Zone,
    authority: Arc<Authority>,
    ids: Ids,
    patience: Duration,
}

impl Tenants {
    /// Knows nothing yet. A fetch of document and keys may take `patience` in all.
    pub(super) fn new(zone: Zone, authority: Arc<Authority>, ids: Ids, patience: Duration) -> Self {
        Self {
            slots: Cache::new(MOST_TENANTS),
            zone,
            authority,
            ids,
            patience,
        }
    }

    /// The tenant's document and keys as they are known, fetched if need be.
    pub(super) async fn snapshot(&self, tenant: Option<TenantId>) -> Result<Arc<Snapshot>, EntraError> {
        let slot = self.slot(tenant).await;
        self.current(tenant, &slot).await
    }

    /// The same, asked again for a key that is not among them, when that was not done a moment ago.
    pub(super) async fn snapshot_with_key(
        &self,
        tenant: TenantId,
        kid: Option<&str>,
    ) -> Result<Arc<Snapshot>, EntraError> {
        let tenant = Some(tenant);
        let slot = self.slot(tenant).await;
        let before = slot.snapshot();
        let current = self.current(tenant, &slot).await?;
        let known = kid.is_none() || current.keys.candidates(kid).next().is_some();
        let just_fetched = before.is_none_or(|before| !Arc::ptr_eq(&before, &current));
        if known || just_fetched {
            return Ok(current);
        }
        self.again(tenant, &slot, current).await
    }

    async fn slot(&self, tenant: Option<TenantId>) -> Arc<Slot> {
        self.slots.get_with(tenant, async { Arc::default() }).await
    }

    async fn current(&self, tenant: Option<TenantId>, slot: &Slot) -> Result<Arc<Snapshot>, EntraError> {
        let now = self.ids.now();
        match slot.snapshot() {
            Some(held) if held.is_fresh(now) => Ok(held),
            Some(held) if held.is_usable(now) => Ok(self.refreshed(tenant, slot, held).await),
            _ => self.first(tenant, slot).await,
        }
    }

    /// There is nothing usable: everybody waits for the one who asks.
    async fn first(&self, tenant: Option<TenantId>, slot: &Slot) -> Result<Arc<Snapshot>, EntraError> {
        let landed = slot.landed.load(Ordering::Acquire);
        let mut flight = slot.flight.lock().await;
        if let Some(held) = slot.snapshot().filter(|held| held.is_usable(self.ids.now())) {
            return Ok(held);
        }
        match &flight.failure {
            Some(failure) if slot.landed.load(Ordering::Acquire) != landed => Err(failure.clone()),
            _ => self.fetch(tenant, slot, &mut flight).await,
        }
    }

    /// There is something usable but old: one refreshes, the others go on with it.
    async fn refreshed(&self, tenant: Option<TenantId>, slot: &Slot, held: Arc<Snapshot>) -> Arc<Snapshot> {
        let Ok(mut flight) = slot.flight.try_lock() else {
            return held;
        };
        let now = self.ids.now();
        if let Some(newer) = slot.snapshot().filter(|newer| newer.is_fresh(now)) {
            return newer;
        }
        if is_recent(flight.refreshed_at, now) {
            return held;
        }
        flight.refreshed_at = Some(now);
        self.fetch(tenant, slot, &mut flight).await.unwrap_or(held)
    }

    /// A token names a key that is not there.
    async fn again(
        &self,
        tenant: Option<TenantId>,
        slot: &Slot,
        seen: Arc<Snapshot>,
    ) -> Result<Arc<Snapshot>, EntraError> {
        let mut flight = slot.flight.lock().await;
        if let Some(newer) = slot.snapshot().filter(|newer| !Arc::ptr_eq(newer, &seen)) {
            return Ok(newer);
        }
        let now = self.ids.now();
        if is_recent(flight.unknown_key_at, now) {
            return Ok(seen);
        }
        flight.unknown_key_at = Some(now);
        self.fetch(tenant, slot, &mut flight).await
    }

    async fn fetch(
        &self,
        tenant: Option<TenantId>,
        slot: &Slot,
        flight: &mut Flight,
    ) -> Result<Arc<Snapshot>, EntraError> {
        let what = "the signing keys";
        let result = timeout(self.patience, self.ask(tenant))
            .await
            .unwrap_or(Err(EntraError::TimedOut { what }));
        slot.landed.fetch_add(1, Ordering::Release);
        match result {
            Ok(snapshot) => {
                let snapshot = Arc::new(snapshot);
                slot.keep(&snapshot);
                flight.failure = None;
                Ok(snapshot)
            }
            Err(error) => {
                tracing::warn!(
                    tenant = tenant.map(tracing::field::display),
                    error = &error as &dyn std::error::Error,
                    "Microsoft's signing keys could not be read"
                );
                flight.failure = Some(error.clone());
                Err(error)
            }
        }
    }

    async fn ask(&self, tenant: Option<TenantId>) -> Result<Snapshot, EntraError> {
        let address = self.authority.address(tenant, DISCOVERY);
        let answer = self.get("the discovery document", address).await?;
        let document = Document::read(&answer.body, &self.authority, tenant)?;
        let answer = self.get("the signing keys", document.keys.clone()).await?;
        let keys = KeySet::read(&answer.body)?;
        Ok(Snapshot::new(document, keys, self.ids.now()))
    }

    async fn get(&self, what: &'static str, address: Url) -> Result<Answer, EntraError> {
        let answer = self.zone.get(what, address, LOGIN_LIMIT, &self.ids).await?;
        match answer.status {
            StatusCode::OK => Ok(answer),
            status => Err(EntraError::Refused {
                what,
                status: status.as_u16(),
                error: error::from_body(&answer.body),
            }),
        }
    }
}

/// Whether that was less than a pause ago. A time in the future, after the clock stepped back, is not.
fn is_recent(at: Option<Timestamp>, now: Timestamp) -> bool {
    at.is_some_and(|at| at <= now && now < at.plus(REFETCH_PAUSE))
}

#[cfg(test)]
mod tests;
