//! What we ask Microsoft: to sign somebody in, and which groups somebody is in.
//!
//! `openidconnect` walks the flow, `jsonwebtoken` checks the signature, and a table of our own (`checks.rs`) checks every
//! claim, so that a refusal can name the check that failed. Authority and Graph come from the process's
//! configuration alone; no address out of a token or an answer is followed. Nothing here keeps a token: what comes in
//! goes out as an [`Identity`] or as a [`Rejection`].

mod application;
mod checks;
mod credential;
mod directory;
mod discover;
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

use std::{sync::Arc, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use tracing::Instrument as _;
use url::Url;
use uuid::Uuid;

pub use self::{
    application::ApplicationAccess,
    checks::Expected,
    credential::{ApplicationCredential, FEDERATED_TOKEN_FILE, UnusableCertificate},
    directory::{
        Directory, GroupFound, GroupMember, GroupsFound, MemberSeen, Members, MembersPage, Organization,
        PersonFound,
    },
    discover::{FindTenantError, FoundTenant},
    error::{EntraError, MicrosoftError, Rejection},
    flow::{Authorization, AuthorizationCode, AuthorizationRequest, ConsentRequest, Prompt, TokenAnswer},
    http::Limits,
    identity::Identity,
    membership::{Groups, GroupsFrom, GroupsUnread},
    observe::{Observed, Observer, Outcome},
    reachability::Reachability,
};
use self::{
    application::{ApplicationTokens, Means},
    flow::Flow,
    graph::Graph,
    http::Zone,
    id_token::Context,
    metadata::Authority,
    tenants::Tenants,
};
use crate::domain::{
    id::{Ids, Token},
    sign_in::Check,
    tenant::{TenantId, TenantName},
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

    /// Begins an approval in one tenant. What comes back from it proves nothing.
    pub fn consent(&self, tenant: TenantId) -> ConsentRequest {
        let parts = &*self.0;
        let resource = parts.graph.address("").origin().ascii_serialization();
        parts.flow.consent(&parts.authority, tenant, &resource)
    }

    /// The documented address at which an administrator of that tenant approves the application, without coming back.
    /// <https://learn.microsoft.com/entra/identity-platform/v1-admin-consent>
    pub fn consent_address(&self, tenant: TenantId) -> Url {
        let mut address = self.0.authority.address(Some(tenant), "adminconsent");
        address
            .query_pairs_mut()
            .append_pair("client_id", self.client_id());
        address
    }

    /// Application (client) ID.
    pub fn client_id(&self) -> &str {
        self.0.flow.client_id()
    }

    /// The host at which people sign in.
    pub fn login_host(&self) -> String {
        let url = self.0.authority.address(None, "");
        match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (host, _) => host.unwrap_or_default().to_owned(),
        }
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
        let means = self.means(self.0.limits.groups);
        membership::groups_of(means, identity, access_token).await
    }

    fn means(&self, patience: Duration) -> Means<'_> {
        let parts = &*self.0;
        Means {
            graph: &parts.graph,
            tokens: &parts.application,
            flow: &parts.flow,
            login: &parts.login,
            authority: &parts.authority,
            patience,
        }
    }

    /// Asks Microsoft for a tenant by ID or domain. No secret is sent, and nothing is kept.
    ///
    /// # Errors
    /// [`FindTenantError`]: there is none, it is of another cloud, or there is no verdict.
    pub async fn find_tenant(&self, wanted: &TenantName) -> Result<FoundTenant, FindTenantError> {
        let parts = &*self.0;
        discover::find(
            &parts.login,
            &parts.authority,
            &parts.ids,
            wanted,
            parts.limits.request,
        )
        .await
    }

    /// What the application may do in a tenant, by its token as it is kept, fetched if need be. It says nothing about
    /// whose tenant it is: any team could get it.
    ///
    /// # Errors
    /// [`EntraError`]: `Refused` without a service principal or with a wrong credential, `ForeignTenant` when the token is
    /// of another tenant.
    pub async fn application_access(&self, tenant: TenantId) -> Result<ApplicationAccess, EntraError> {
        let token = self.means(self.0.limits.directory).token(tenant).await?;
        Ok(token.access().clone())
    }

    /// The same by a token that Microsoft makes now, so that a test sees what holds now. Whoever finds afterwards that the
    /// test failed calls [`Entra::forget_application_token`], so that the next one begins anew as well.
    ///
    /// # Errors
    /// As [`Entra::application_access`].
    pub async fn fresh_application_access(&self, tenant: TenantId) -> Result<ApplicationAccess, EntraError> {
        self.forget_application_token(tenant).await;
        self.application_access(tenant).await
    }

    /// Forgets the application's token of a tenant: a token does not learn of a consent that was given after it was made.
    pub async fn forget_application_token(&self, tenant: TenantId) {
        self.0.application.forget(tenant).await;
    }

    /// The directory of a tenant, as the application may read it. Only for `service/directory.rs`, which has the proof
    /// that the tenant is the team's own.
    pub fn read_directory_of(&self, tenant: TenantId) -> Directory<'_> {
        Directory {
            means: self.means(self.0.limits.directory),
            tenant,
        }
    }

    /// The organization of somebody who has just signed in to `tenant`, by that person's own token.
    ///
    /// # Errors
    /// [`EntraError`]; `ForeignTenant` when the answer is about another tenant.
    pub async fn organization_of_person(
        &self,
        tenant: TenantId,
        access_token: &SecretString,
    ) -> Result<Organization, EntraError> {
        let asking = directory::of_person(&self.0.graph, tenant, access_token);
        let what = directory::ORGANIZATION;
        tokio::time::timeout(self.0.limits.groups, asking)
            .await
            .unwrap_or(Err(EntraError::TimedOut { what }))
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
        reachability::check(&self.0.login, &self.0.authority, &self.0.ids).await
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
