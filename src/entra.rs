//! What we ask Microsoft: to sign somebody in, and which groups somebody is in.
//!
//! `openidconnect` walks the flow, `jsonwebtoken` checks the signature, and a table of our own (`checks.rs`) checks every
//! claim, so that a refusal can name the check that failed. Authority and Graph come from the process's
//! configuration alone; no address out of a token or an answer is followed. Nothing here keeps a token: what comes in
//! goes out as an [`Identity`] or as a [`Rejection`].

mod application;
mod checks;
mod credential;
mod error;
mod flow;
mod graph;
mod http;
mod id_token;
mod identity;
mod keys;
mod membership;
mod metadata;
mod observe;
mod reachability;
mod standing;
mod tenants;
#[cfg(test)]
mod testing;
mod token_answer;
mod token_json;

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use tracing::Instrument as _;
use url::Url;
use uuid::Uuid;

use self::{
    application::ApplicationTokens, flow::Flow, graph::Graph, http::Zone, id_token::Context,
    membership::Means, metadata::Authority, tenants::Tenants,
};
pub use self::{
    checks::Expected,
    credential::{ApplicationCredential, FEDERATED_TOKEN_FILE, UnusableCertificate},
    error::{EntraError, MicrosoftError, Rejection},
    flow::{Authorization, AuthorizationCode, AuthorizationRequest, Prompt, TokenAnswer},
    http::Limits,
    identity::Identity,
    membership::{Groups, GroupsFrom, GroupsUnread},
    observe::{Observed, Observer, Outcome},
    reachability::Reachability,
};
use crate::domain::{
    credential::{CredentialExpiry, CredentialKind, CredentialStanding},
    id::{Ids, Token},
    sign_in::Check,
    tenant::TenantId,
    time::Timestamp,
};

/// The one app registration of this deployment, and where it lives.
#[derive(Clone, Debug)]
pub struct EntraOptions {
    /// Application (client) ID.
    pub client_id: Uuid,
    /// By what it proves that it is itself.
    pub credential: ApplicationCredential,
    /// When the client secret ends, as the operator recorded it; a certificate says so itself.
    pub secret_expires: Option<Timestamp>,
    /// Origin of the login host.
    pub authority: Url,
    /// Origin of the same cloud's Graph.
    pub graph: Url,
    /// The one registered redirect URI.
    pub redirect_uri: Url,
    /// Clock and randomness.
    pub ids: Ids,
    /// How long to wait for Microsoft.
    pub limits: Limits,
}

/// The door to Microsoft. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Entra(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    authority: Arc<Authority>,
    flow: Flow,
    login: Zone,
    graph: Graph,
    tenants: Tenants,
    application: ApplicationTokens,
    secret_expires: Option<Timestamp>,
    ids: Ids,
    limits: Limits,
}

impl Entra {
    /// Prepares the clients and asks nothing: the server starts when Microsoft is down.
    ///
    /// # Errors
    /// [`EntraError::Configuration`] when a host is neither `https` nor loopback, or the machine has no root
    /// certificates.
    pub fn new(options: EntraOptions) -> Result<Self, EntraError> {
        Self::observed(options, None)
    }

    /// The same, with somebody who watches the calls.
    ///
    /// # Errors
    /// As [`Entra::new`].
    pub fn observed(options: EntraOptions, observer: Option<Arc<dyn Observer>>) -> Result<Self, EntraError> {
        let EntraOptions { ids, limits, .. } = options;
        let authority = Arc::new(Authority::new(&options.authority)?);
        let login = Zone::new(&options.authority, limits)?.watched_by(observer.clone());
        let flow = Flow::new(
            options.client_id,
            options.credential,
            &options.redirect_uri,
            &authority,
            ids.clone(),
        )?;
        let tenants = Tenants::new(login.clone(), Arc::clone(&authority), ids.clone(), limits.request);
        Ok(Self(Arc::new(Parts {
            graph: Graph::new(&options.graph, limits, ids.clone())?.watched_by(observer),
            application: ApplicationTokens::new(&options.graph, ids.clone()),
            authority,
            flow,
            login,
            tenants,
            secret_expires: options.secret_expires,
            ids,
            limits,
        })))
    }

    /// Of which kind the application's credential is.
    pub fn credential_kind(&self) -> CredentialKind {
        self.0.flow.credential().kind()
    }

    /// When the application's credential ends: as its certificate says, or as the operator recorded of the secret.
    pub fn credential_expires(&self) -> Option<Timestamp> {
        self.0.flow.credential().expires().or(self.0.secret_expires)
    }

    /// What is to be said now about the end of the application's credential; `None` also while nobody knows it.
    pub fn credential_expiry(&self) -> Option<CredentialExpiry> {
        CredentialExpiry::due(self.credential_expires()?, self.0.ids.now())
    }

    /// What Microsoft last said about the application's credential, to this server and since it started.
    pub fn credential_standing(&self) -> CredentialStanding {
        self.0.flow.standing().now()
    }

    /// Makes sure that the authority is there and is what it should be, before a browser is sent to it. Answers from
    /// memory most of the time.
    ///
    /// # Errors
    /// `provider_unreachable` while Microsoft does not answer; `provider_error` when its document names another host.
    pub async fn prepare(&self, tenant: Option<TenantId>) -> Result<(), Rejection> {
        self.0.tenants.snapshot(tenant).await?;
        Ok(())
    }

    /// Begins an attempt to sign in: the address for the browser, and what its return must fit.
    pub fn authorization(&self, wanted: AuthorizationRequest) -> Authorization {
        self.0.flow.authorization(&self.0.authority, wanted)
    }

    /// Checks `iss` of a return (RFC 9207) as far as that is possible before the code is redeemed; also on an error.
    ///
    /// # Errors
    /// `iss_param_mismatch` when it is no issuer of this authority, or of another tenant than the pinned one.
    pub fn check_issuer_parameter(
        &self,
        issuer: Option<&str>,
        tenant: Option<TenantId>,
    ) -> Result<(), Rejection> {
        let Some(issuer) = issuer else { return Ok(()) };
        let named = self.0.authority.tenant_of_issuer(issuer);
        if named.is_some_and(|named| tenant.is_none_or(|tenant| tenant == named)) {
            Ok(())
        } else {
            Err(Rejection::of(Check::IssuerParameterMismatch))
        }
    }

    /// The tenant that an issuer of this authority names; `None` for any other text.
    pub fn tenant_of_issuer(&self, issuer: &str) -> Option<TenantId> {
        self.0.authority.tenant_of_issuer(issuer)
    }

    /// What an error in the query of a return means. Only for a return whose state fits.
    pub fn provider_error(query: &[(String, String)]) -> Rejection {
        Rejection::by_provider(error::from_query(query))
    }

    /// Redeems a code, once, where it was issued: at the attempt's tenant, or at `organizations`.
    ///
    /// # Errors
    /// `exchange_failed` when Microsoft refuses the code or answers nonsense, or the reason that the number of its
    /// error has; `provider_unreachable` when it does not answer in time; `token_invalid` when the answer is too large.
    pub async fn redeem(
        &self,
        code: &AuthorizationCode,
        verifier: &Token,
        tenant: Option<TenantId>,
    ) -> Result<TokenAnswer, Rejection> {
        let Parts {
            flow,
            login,
            authority,
            ..
        } = &*self.0;
        flow.redeem(login, authority, code, verifier, tenant).await
    }

    /// Verifies the ID token of an answer. Fetches the tenant's keys if need be: call it only for a tenant that
    /// somebody expects ([`TokenAnswer::claimed_tenant`]).
    ///
    /// # Errors
    /// `token_invalid` with the first check that fails; `provider_unreachable` when the keys cannot be read.
    pub async fn verify(&self, answer: &TokenAnswer, expected: Expected<'_>) -> Result<Identity, Rejection> {
        let unverified = answer
            .unverified
            .as_ref()
            .map_err(|check| Rejection::of(*check))?;
        let tenant = unverified.tenant();
        if expected.tenant.is_some_and(|pinned| pinned != tenant) {
            return Err(Rejection::of(Check::IssuerTenantMismatch));
        }
        let tenants = &self.0.tenants;
        let snapshot = tenants
            .snapshot_with_key(tenant, unverified.kid())
            .instrument(tracing::info_span!("keys"))
            .await?;
        let context = Context {
            snapshot: &snapshot,
            authority: &self.0.authority,
            client: self.0.flow.client_id(),
            access_token: answer.access_token.as_ref().map(SecretString::expose_secret),
            expected,
            now: self.0.ids.now().as_seconds(),
        };
        id_token::verify(unverified, answer.id_token.expose_secret(), &context)
    }

    /// All groups of a person who has just signed in: from the token, or from Graph when the token cannot hold them.
    ///
    /// # Errors
    /// [`GroupsUnread`] when Graph had to be asked and did not give the whole list, neither to the person nor to the
    /// application. That is never "no groups".
    pub async fn groups(
        &self,
        identity: &Identity,
        access_token: Option<&SecretString>,
    ) -> Result<Groups, Box<GroupsUnread>> {
        let parts = &*self.0;
        let means = Means {
            graph: &parts.graph,
            tokens: &parts.application,
            flow: &parts.flow,
            login: &parts.login,
            authority: &parts.authority,
            patience: parts.limits.groups,
        };
        membership::groups_of(means, identity, access_token).await
    }

    /// Where a browser signs out at Microsoft. It stays there: only the callback is registered as an address to
    /// return to.
    /// <https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#send-a-sign-out-request>
    pub fn end_session_url(&self, tenant: Option<TenantId>) -> Url {
        self.0.authority.address(tenant, "oauth2/v2.0/logout")
    }

    /// Asks the authority for its document and keys, past every cache.
    ///
    /// # Errors
    /// [`EntraError`]: what is wrong.
    pub async fn check_reachable(&self) -> Result<Reachability, EntraError> {
        reachability::check(&self.0.login, &self.0.authority, self.0.ids.now()).await
    }

    /// Asks Graph whether it is there.
    ///
    /// # Errors
    /// [`EntraError`]: what is wrong.
    pub async fn check_graph(&self) -> Result<(), EntraError> {
        self.0.graph.is_there().await
    }
}

#[cfg(test)]
mod tests;
