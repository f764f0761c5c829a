//! Tokens of the application itself: one per tenant, kept while it lives.
//!
//! A tenant's token opens that tenant's directory and no other, so tokens never mix. One question is under way per
//! tenant. A token is renewed before it ends, and dropped as soon as Graph does not accept it.

use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use secrecy::SecretString;
use url::Url;

use super::{EntraError, flow::Flow, http::Zone, metadata::Authority};
use crate::domain::{id::Ids, tenant::TenantId, time::Timestamp};

/// How many tenants' tokens are kept in memory.
const MOST_TOKENS: u64 = 10_000;
/// A token is renewed this long before it ends, so that no question begins with a dying one.
const EARLIER: Duration = Duration::from_mins(5);

/// A token of the application in one tenant. Whoever holds it reads what that tenant's administrator granted.
#[derive(Debug)]
pub(super) struct ApplicationToken {
    pub(super) token: SecretString,
    usable_until: Timestamp,
}

/// The tokens of the application, by tenant.
#[derive(Debug)]
pub(super) struct ApplicationTokens {
    kept: Cache<TenantId, Arc<ApplicationToken>>,
    resource: String,
    ids: Ids,
}

impl ApplicationTokens {
    /// For the Graph of the configured cloud.
    pub(super) fn new(graph: &Url, ids: Ids) -> Self {
        Self {
            kept: Cache::new(MOST_TOKENS),
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
        if let Some(known) = self.kept.get(&tenant).await {
            if self.ids.now() < known.usable_until {
                return Ok(known);
            }
            self.drop_of(tenant, &known).await;
        }
        let fetch = async {
            let asked_at = self.ids.now();
            let (token, lifetime) = flow
                .application_token(zone, authority, tenant, &self.resource)
                .await?;
            Ok(Arc::new(ApplicationToken {
                token,
                usable_until: asked_at.plus(lifetime.saturating_sub(EARLIER)),
            }))
        };
        self.kept
            .try_get_with(tenant, fetch)
            .await
            .map_err(|error: Arc<EntraError>| EntraError::clone(&error))
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
