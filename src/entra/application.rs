//! Tokens of the application itself: one per tenant, kept while it lives.
//!
//! A tenant's token opens that tenant's directory and no other, so tokens never mix, and one that names another tenant is
//! refused before anything is asked with it. One question is under way per tenant. A token is renewed before it ends,
//! soon when it cannot do anything yet, and dropped as soon as Graph does not accept it.

mod asker;
mod claims;

use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use secrecy::SecretString;
use url::Url;

pub(super) use self::asker::{Asker, Means};
pub use self::claims::ApplicationAccess;
use super::{EntraError, flow::Flow, http::Zone, metadata::Authority};
use crate::domain::{id::Ids, tenant::TenantId, time::Timestamp};

const WHAT: &str = "the application's token";
/// How many tenants' tokens are kept in memory.
const MOST_TOKENS: u64 = 10_000;
/// A token is renewed this long before it ends, so that no question begins with a dying one.
const EARLIER: Duration = Duration::from_mins(5);
/// A token without any right is kept this long: a consent just given is on its way, and does not reach tokens that
/// were made before.
const POWERLESS_FOR: Duration = Duration::from_mins(1);

/// A token of the application in one tenant. Whoever holds it reads what that tenant's administrator granted.
#[derive(Debug)]
pub(super) struct ApplicationToken {
    pub(super) token: SecretString,
    access: ApplicationAccess,
    usable_until: Timestamp,
    /// How often the tenant's token had been forgotten when this one was asked for.
    generation: u64,
}

/// The tokens of the application, by tenant.
#[derive(Debug)]
pub(super) struct ApplicationTokens {
    kept: Cache<TenantId, Arc<ApplicationToken>>,
    /// How often each tenant's token was forgotten: what was under way then comes back too old.
    generations: Cache<TenantId, u64>,
    resource: String,
    ids: Ids,
}

impl ApplicationTokens {
    /// For the Graph of the configured cloud.
    pub(super) fn new(graph: &Url, ids: Ids) -> Self {
        Self {
            kept: Cache::new(MOST_TOKENS),
            generations: Cache::new(MOST_TOKENS),
            resource: graph.origin().ascii_serialization(),
            ids,
        }
    }

    /// The tenant's token as it is known, fetched if need be.
    pub(super) async fn of(
        &self,
        tenant: TenantId,
        flow: &Flow,
        zone: &Zone,
        authority: &Authority,
    ) -> Result<Arc<ApplicationToken>, EntraError> {
        let generation = self.generation(tenant).await;
        if let Some(known) = self.kept.get(&tenant).await {
            if known.generation == generation && self.ids.now() < known.usable_until {
                return Ok(known);
            }
            self.drop_of(tenant, &known).await;
        }
        let fetched = self.fetched(tenant, flow, zone, authority).await?;
        if fetched.generation == generation {
            return Ok(fetched);
        }
        // Somebody else's question was under way from before the token was forgotten.
        self.drop_of(tenant, &fetched).await;
        self.fetched(tenant, flow, zone, authority).await
    }

    /// One question for all who wait.
    async fn fetched(
        &self,
        tenant: TenantId,
        flow: &Flow,
        zone: &Zone,
        authority: &Authority,
    ) -> Result<Arc<ApplicationToken>, EntraError> {
        let fetch = async {
            let generation = self.generation(tenant).await;
            let asked_at = self.ids.now();
            let (token, lifetime) = flow
                .application_token(zone, authority, tenant, &self.resource)
                .await?;
            let access = claims::access_of(WHAT, &token, tenant)?;
            let kept_for = if access.is_powerless() {
                POWERLESS_FOR
            } else {
                lifetime.saturating_sub(EARLIER)
            };
            Ok(Arc::new(ApplicationToken {
                token,
                access,
                usable_until: asked_at.plus(kept_for),
                generation,
            }))
        };
        self.kept
            .try_get_with(tenant, fetch)
            .await
            .map_err(|error: Arc<EntraError>| EntraError::clone(&error))
    }

    async fn generation(&self, tenant: TenantId) -> u64 {
        self.generations.get(&tenant).await.unwrap_or_default()
    }

    /// Forgets the tenant's token, also one that somebody is waiting for.
    pub(super) async fn forget(&self, tenant: TenantId) {
        let generation = self.generation(tenant).await;
        self.generations.insert(tenant, generation.wrapping_add(1)).await;
        self.kept.invalidate(&tenant).await;
    }

    /// Forgets a token that is not accepted any more, unless a newer one has taken its place.
    pub(super) async fn drop_of(&self, tenant: TenantId, refused: &Arc<ApplicationToken>) {
        if self
            .kept
            .get(&tenant)
            .await
            .is_some_and(|kept| Arc::ptr_eq(&kept, refused))
        {
            self.kept.invalidate(&tenant).await;
        }
    }
}

impl ApplicationToken {
    /// What the token says it may do.
    pub(super) const fn access(&self) -> &ApplicationAccess {
        &self.access
    }
}

#[cfg(test)]
mod tests;
