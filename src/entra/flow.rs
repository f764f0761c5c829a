//! The authorization-code flow: the address a browser is sent to, and the exchange of the code it brings back.
//!
//! `openidconnect` writes the protocol; state, nonce and verifier come from our own source. PKCE is always S256,
//! although Microsoft does not advertise it. A code is redeemed once and never again. The token answer is read into a
//! type of our own that keeps the ID token as text, so that a bad token is not taken for a bad answer.
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>

mod answer;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use http::StatusCode;
use openidconnect::{
    AuthType, AuthUrl, AuthenticationFlow, Client, ClientId, ClientSecret, CsrfToken, EmptyAdditionalClaims,
    EndpointNotSet, EndpointSet, IssuerUrl, JsonWebKeySet, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, TokenUrl,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse,
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;
use uuid::Uuid;

use self::answer::{Answered, TOKEN_ENDPOINT, cause_of, exchange, rejection_of, unreadable};
use super::{
    credential::{ApplicationCredential, Presented},
    error::{EntraError, Rejection},
    http::Zone,
    id_token::Unverified,
    metadata::Authority,
    standing::Standing,
    token_answer::{ErrorBody, TokenBody},
};
use crate::domain::{
    graph_permission::BESIDE_OPENID,
    id::{Ids, Token},
    sign_in::Check,
    tenant::TenantId,
};

/// The longest code. Microsoft's have up to some two thousand characters.
const LONGEST_CODE: usize = 8192;

/// What to ask Microsoft for.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuthorizationRequest {
    /// The tenant to sign in to, as guests need it; without one, the person's own.
    pub tenant: Option<TenantId>,
    /// What Microsoft shall show.
    pub prompt: Option<Prompt>,
}

/// What Microsoft shall show although it might know the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// The choice of accounts.
    SelectAccount,
}

/// Where an administrator of a tenant approves everything that the registration lists, in the tenant itself.
/// <https://learn.microsoft.com/entra/identity-platform/v2-admin-consent>
#[derive(Clone, Debug)]
pub struct ConsentRequest {
    /// Where the browser goes.
    pub url: Url,
    /// Comes back with the browser.
    pub state: Token,
}

/// An attempt to sign in: where the browser goes, and what its return must fit.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// Where the browser goes.
    pub url: Url,
    /// Comes back with the browser.
    pub state: Token,
    /// Comes back in the ID token.
    pub nonce: Token,
    /// Redeems the code; never leaves the server until then.
    pub verifier: Token,
}

/// The code of a return. Whoever holds it could sign in, so it is never logged.
#[derive(Clone, Debug)]
pub struct AuthorizationCode(SecretString);

impl AuthorizationCode {
    /// Reads the parameter `code`.
    ///
    /// # Errors
    /// `code_missing` when it is empty, longer than any code, or no plain text.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let usable =
            (1..=LONGEST_CODE).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if usable {
            Ok(Self(text.into()))
        } else {
            Err(Rejection::of(Check::CodeMissing))
        }
    }
}

/// What the token endpoint gave for a code.
#[derive(Clone, Debug)]
pub struct TokenAnswer {
    pub(super) id_token: SecretString,
    pub(super) access_token: Option<SecretString>,
    pub(super) unverified: Result<Unverified, Check>,
    delegated_groups: bool,
}

impl TokenAnswer {
    pub(super) fn new(id_token: String, access_token: Option<String>) -> Self {
        Self {
            unverified: Unverified::read(&id_token),
            id_token: id_token.into(),
            access_token: access_token.map(SecretString::from),
            delegated_groups: false,
        }
    }

    /// With what was granted: scopes separated by spaces (RFC 6749 section 3.3). Those of Graph stand with or without
    /// its address before them.
    pub(super) fn with_scope(mut self, scope: &str) -> Self {
        self.delegated_groups = scope
            .split_ascii_whitespace()
            .any(|scope| scope.rsplit('/').next() == Some("GroupMember.Read.All"));
        self
    }

    /// Whether delegated permission came along to read all of one's own groups, which was not asked for. It counts when
    /// somebody is in more groups than a token can hold.
    pub const fn has_delegated_groups(&self) -> bool {
        self.delegated_groups
    }

    /// The tenant that the still unproven ID token names, to ask whether anybody expects it before its keys are
    /// fetched.
    ///
    /// # Errors
    /// The first check of the token's shape that fails; `msa_not_allowed` for a personal account.
    pub fn claimed_tenant(&self) -> Result<TenantId, Rejection> {
        self.unverified
            .as_ref()
            .map(Unverified::tenant)
            .map_err(|check| Rejection::of(*check))
    }

    /// The token for Microsoft Graph, for the one question about groups.
    pub const fn access_token(&self) -> Option<&SecretString> {
        self.access_token.as_ref()
    }
}

type Protocol<HasAuthUrl, HasTokenUrl> = Client<
    EmptyAdditionalClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    ErrorBody,
    TokenBody,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    HasAuthUrl,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    HasTokenUrl,
    EndpointNotSet,
>;

/// The flow of one app registration.
#[derive(Debug)]
pub(super) struct Flow {
    protocol: Protocol<EndpointNotSet, EndpointNotSet>,
    redirect_uri: Url,
    credential: ApplicationCredential,
    standing: Standing,
    ids: Ids,
}

impl Flow {
    /// For the registration with this client ID, credential and redirect URI.
    pub(super) fn new(
        client_id: Uuid,
        credential: ApplicationCredential,
        redirect_uri: &Url,
        authority: &Authority,
        ids: Ids,
    ) -> Result<Self, EntraError> {
        let wrong = |error: openidconnect::url::ParseError| EntraError::Configuration(error.to_string());
        // The crate wants an issuer, and uses it only where we do not: it discovers and verifies nothing here.
        let issuer = IssuerUrl::new(authority.address(None, "v2.0").into()).map_err(wrong)?;
        let registered = RedirectUrl::new(redirect_uri.to_string()).map_err(wrong)?;
        let client_id = ClientId::new(client_id.as_hyphenated().to_string());
        let protocol = Protocol::new(client_id, issuer, JsonWebKeySet::default())
            .set_redirect_uri(registered)
            .set_auth_type(AuthType::RequestBody);
        Ok(Self {
            protocol,
            redirect_uri: redirect_uri.clone(),
            credential,
            standing: Standing::default(),
            ids,
        })
    }

    /// The application's credential.
    pub(super) const fn credential(&self) -> &ApplicationCredential {
        &self.credential
    }

    /// What Microsoft last said about it.
    pub(super) const fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Our client ID as it stands in `aud`.
    pub(super) fn client_id(&self) -> &str {
        self.protocol.client_id()
    }

    /// A new attempt.
    pub(super) fn authorization(&self, authority: &Authority, wanted: AuthorizationRequest) -> Authorization {
        let ids = &self.ids;
        let (state, nonce, verifier) = (ids.token(), ids.token(), ids.token());
        let address = AuthUrl::from_url(authority.address(wanted.tenant, "oauth2/v2.0/authorize"));
        let (sent_state, sent_nonce) = (state.expose().to_owned(), nonce.expose().to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&pkce(&verifier));
        let protocol = self.protocol.clone().set_auth_uri(address);
        let mut request = protocol
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                move || CsrfToken::new(sent_state),
                move || Nonce::new(sent_nonce),
            )
            .add_scopes(BESIDE_OPENID.map(|scope| Scope::new(scope.name.to_owned())))
            .set_pkce_challenge(challenge)
            .add_extra_param("response_mode", "query");
        if let Some(Prompt::SelectAccount) = wanted.prompt {
            request = request.add_prompt(CoreAuthPrompt::SelectAccount);
        }
        let (url, _, _) = request.url();
        Authorization {
            url,
            state,
            nonce,
            verifier,
        }
    }

    /// A new approval. Application permissions are granted only by `/.default`, which asks for all that the registration
    /// lists.
    pub(super) fn consent(&self, authority: &Authority, tenant: TenantId, resource: &str) -> ConsentRequest {
        let state = self.ids.token();
        let mut url = authority.address(Some(tenant), "v2.0/adminconsent");
        url.query_pairs_mut()
            .append_pair("client_id", self.client_id())
            .append_pair("scope", &format!("{resource}/.default"))
            .append_pair("redirect_uri", self.redirect_uri.as_str())
            .append_pair("state", state.expose());
        ConsentRequest { url, state }
    }

    /// The flow with our credential, at the token endpoint of a tenant or of `organizations`, and what is sent there
    /// beside the flow's own parameters. An assertion takes the place of the secret, and of any header.
    async fn at_token_endpoint(
        &self,
        authority: &Authority,
        tenant: Option<TenantId>,
    ) -> Result<(Protocol<EndpointNotSet, EndpointSet>, Vec<(&'static str, String)>), EntraError> {
        let address = authority.address(tenant, "oauth2/v2.0/token");
        let presented = self
            .credential
            .present(self.client_id(), &address, &self.ids)
            .await?;
        let protocol = self.protocol.clone().set_token_uri(TokenUrl::from_url(address));
        Ok(match presented {
            Presented::Secret(secret) => {
                let secret = ClientSecret::new(secret.expose_secret().to_owned());
                (protocol.set_client_secret(secret), Vec::new())
            }
            Presented::Assertion(assertion) => {
                let kind = ("client_assertion_type", ASSERTION.to_owned());
                let own = ("client_assertion", assertion.expose_secret().to_owned());
                (protocol, vec![kind, own])
            }
        })
    }

    /// Redeems a code where it was issued.
    pub(super) async fn redeem(
        &self,
        zone: &Zone,
        authority: &Authority,
        code: &AuthorizationCode,
        verifier: &Token,
        tenant: Option<TenantId>,
    ) -> Result<TokenAnswer, Rejection> {
        let code = openidconnect::AuthorizationCode::new(code.0.expose_secret().to_owned());
        let (protocol, beside) = self
            .at_token_endpoint(authority, tenant)
            .await
            .map_err(rejection_of)?;
        // Owns its client: a future that borrows one is not `Send` for every lifetime in the eyes of the compiler.
        let send = |request| {
            let zone = zone.clone();
            async move { exchange(&zone, request).await }
        };
        let mut request = protocol.exchange_code(code).set_pkce_verifier(pkce(verifier));
        for (name, value) in beside {
            request = request.add_extra_param(name, value);
        }
        match self.heard(request.request_async(&send).await) {
            Ok(body) => body
                .for_person()
                .ok_or_else(|| rejection_of(unreadable("it holds no ID token".to_owned()))),
            Err(RequestTokenError::ServerResponse(ErrorBody(error))) => Err(Rejection::by_exchange(error)),
            Err(other) => Err(rejection_of(cause_of(other))),
        }
    }

    /// A token of the application itself for `resource` in one tenant, and how long it lives.
    /// <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>
    ///
    /// A token is no proof of consent: Microsoft gives one without any right too.
    pub(super) async fn application_token(
        &self,
        zone: &Zone,
        authority: &Authority,
        tenant: TenantId,
        resource: &str,
    ) -> Result<(SecretString, Duration), EntraError> {
        let (protocol, beside) = self.at_token_endpoint(authority, Some(tenant)).await?;
        let status = Arc::new(AtomicU16::new(StatusCode::BAD_REQUEST.as_u16()));
        let send = |request| {
            let (zone, status) = (zone.clone(), Arc::clone(&status));
            async move {
                let answer = exchange(&zone, request).await?;
                status.store(answer.status().as_u16(), Ordering::Relaxed);
                Ok(answer)
            }
        };
        let mut request = protocol
            .exchange_client_credentials()
            .add_scope(Scope::new(format!("{resource}/.default")));
        for (name, value) in beside {
            request = request.add_extra_param(name, value);
        }
        match self.heard(request.request_async(&send).await) {
            Ok(body) => body
                .for_application()
                .ok_or_else(|| unreadable("it holds no access token".to_owned())),
            Err(RequestTokenError::ServerResponse(ErrorBody(error))) => Err(EntraError::Refused {
                what: TOKEN_ENDPOINT,
                status: status.load(Ordering::Relaxed),
                error,
            }),
            Err(other) => Err(cause_of(other)),
        }
    }

    /// Remembers what an answer says about the credential, and hands it on.
    fn heard(&self, answer: Answered) -> Answered {
        match &answer {
            Ok(_) => self.standing.accepted(self.ids.now()),
            Err(RequestTokenError::ServerResponse(ErrorBody(error))) => {
                self.standing.refused(error, self.ids.now());
            }
            Err(_) => {}
        }
        answer
    }
}

/// The kind of a client assertion (RFC 7523 section 2.2).
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn pkce(verifier: &Token) -> PkceCodeVerifier {
    PkceCodeVerifier::new(verifier.expose().to_owned())
}

#[cfg(test)]
mod tests;
