//! The application asking Graph in one tenant.
//!
//! A kept token may have lost its worth, by a consent just given or withdrawn, or by a secret that was replaced. So the
//! first 401 or 403 drops it and is asked once more with a new one; the second drops that one too and is the answer. One
//! asker renews once, however many pages it reads.

use std::{sync::Arc, time::Duration};

use serde::de::DeserializeOwned;
use url::Url;

use super::{ApplicationAccess, ApplicationToken, ApplicationTokens};
use crate::{
    domain::tenant::TenantId,
    entra::{
        EntraError,
        flow::Flow,
        graph::{Graph, Page, Question},
        http::Zone,
        metadata::Authority,
    },
};

/// What a question to Graph is asked with.
#[derive(Clone, Copy, Debug)]
pub(in crate::entra) struct Means<'entra> {
    pub(in crate::entra) graph: &'entra Graph,
    pub(in crate::entra) tokens: &'entra ApplicationTokens,
    pub(in crate::entra) flow: &'entra Flow,
    pub(in crate::entra) login: &'entra Zone,
    pub(in crate::entra) authority: &'entra Authority,
    /// For each who asks: a person, or the application.
    pub(in crate::entra) patience: Duration,
}

impl Means<'_> {
    /// The application's token in this tenant.
    pub(in crate::entra) async fn token(
        &self,
        tenant: TenantId,
    ) -> Result<Arc<ApplicationToken>, EntraError> {
        self.tokens
            .of(tenant, self.flow, self.login, self.authority)
            .await
    }
}

/// The application with a token for one tenant.
#[derive(Debug)]
pub(in crate::entra) struct Asker<'entra> {
    means: Means<'entra>,
    tenant: TenantId,
    token: Arc<ApplicationToken>,
    renewed: bool,
    /// Whether a 403 is taken for an answer, since the permission is usually not granted.
    denial_is_an_answer: bool,
}

impl<'entra> Asker<'entra> {
    /// Takes a token, fetched if need be.
    pub(in crate::entra) async fn new(means: Means<'entra>, tenant: TenantId) -> Result<Self, EntraError> {
        Ok(Self {
            means,
            tenant,
            token: means.token(tenant).await?,
            renewed: false,
            denial_is_an_answer: false,
        })
    }

    /// The same, for what is mostly not permitted: a 403 costs no new token.
    pub(in crate::entra) fn bearing_denial(mut self) -> Self {
        self.denial_is_an_answer = true;
        self
    }

    /// What its token says.
    pub(in crate::entra) fn access(&self) -> &ApplicationAccess {
        self.token.access()
    }

    /// Reads one object.
    pub(in crate::entra) async fn get<T: DeserializeOwned>(
        &mut self,
        question: &Question,
    ) -> Result<T, EntraError> {
        loop {
            match self.means.graph.get(question, &self.token.token).await {
                Err(error) if self.renews_after(&error).await? => {}
                ended => return ended,
            }
        }
    }

    /// Reads one page of a list: the first one, or the one that lies at `address`.
    pub(in crate::entra) async fn page<T: DeserializeOwned>(
        &mut self,
        question: &Question,
        address: Url,
    ) -> Result<Page<T>, EntraError> {
        loop {
            let asked = self
                .means
                .graph
                .page(question, address.clone(), &self.token.token);
            match asked.await {
                Err(error) if self.renews_after(&error).await? => {}
                ended => return ended,
            }
        }
    }

    /// Reads many objects at once, `None` for each that is not there, in the order of `paths`.
    pub(in crate::entra) async fn batch<T: DeserializeOwned>(
        &mut self,
        what: &'static str,
        paths: &[String],
    ) -> Result<Vec<Option<T>>, EntraError> {
        loop {
            match self.means.graph.batch(what, paths, &self.token.token).await {
                Err(error) if self.renews_after(&error).await? => {}
                ended => return ended,
            }
        }
    }

    /// Drops the token when Graph does not accept it, and says whether there is a new one to ask with.
    async fn renews_after(&mut self, error: &EntraError) -> Result<bool, EntraError> {
        let EntraError::Refused { status, .. } = error else {
            return Ok(false);
        };
        let is_the_tokens = *status == 401 || (*status == 403 && !self.denial_is_an_answer);
        if !is_the_tokens {
            return Ok(false);
        }
        self.means.tokens.drop_of(self.tenant, &self.token).await;
        if self.renewed {
            return Ok(false);
        }
        self.renewed = true;
        self.token = self.means.token(self.tenant).await?;
        Ok(true)
    }
}
