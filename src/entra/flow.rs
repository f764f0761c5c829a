//! The authorization-code flow: the address a browser is sent to, and the exchange of the code it brings back.
//!
//! `openidconnect` writes the protocol; state, nonce and verifier come from our own source. PKCE is always S256,
//! although Microsoft does not advertise it. A code is redeemed once and never again. The token answer is read into a
//! type of our own that keeps the ID token as text, so that a bad token is not taken for a bad answer.
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>

use std::time::Duration;

use http::StatusCode;
use openidconnect::{
    AuthType, AuthUrl, AuthenticationFlow, Client, ClientId, ClientSecret, CsrfToken, EmptyAdditionalClaims,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, JsonWebKeySet, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenUrl,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse,
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;
use uuid::Uuid;

use super::{
    error::{EntraError, Rejection},
    http::{LOGIN_LIMIT, Zone},
    id_token::Unverified,
    metadata::Authority,
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
}

impl TokenAnswer {
    pub(super) fn new(id_token: String, access_token: Option<String>) -> Self {
        Self {
            unverified: Unverified::read(&id_token),
            id_token: id_token.into(),
            access_token: access_token.map(SecretString::from),
        }
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
    credential: SecretString,
}

impl Flow {
    /// For the registration with this client ID, secret and redirect URI.
    pub(super) fn new(
        client_id: Uuid,
        credential: SecretString,
        redirect_uri: &Url,
        authority: &Authority,
    ) -> Result<Self, EntraError> {
        let wrong = |error: openidconnect::url::ParseError| EntraError::Configuration(error.to_string());
        // The crate wants an issuer, and uses it only where we do not: it discovers and verifies nothing here.
        let issuer = IssuerUrl::new(authority.address(None, "v2.0").into()).map_err(wrong)?;
        let redirect_uri = RedirectUrl::new(redirect_uri.to_string()).map_err(wrong)?;
        let client_id = ClientId::new(client_id.as_hyphenated().to_string());
        let protocol = Protocol::new(client_id, issuer, JsonWebKeySet::default())
            .set_redirect_uri(redirect_uri)
            .set_auth_type(AuthType::RequestBody);
        Ok(Self { protocol, credential })
    }

    /// Our client ID as it stands in `aud`.
    pub(super) fn client_id(&self) -> &str {
        self.protocol.client_id()
    }

    /// A new attempt.
    pub(super) fn authorization(
        &self,
        authority: &Authority,
        ids: &Ids,
        wanted: AuthorizationRequest,
    ) -> Authorization {
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

    /// The flow with our credential, at the token endpoint of a tenant or of `organizations`.
    fn at_token_endpoint(
        &self,
        authority: &Authority,
        tenant: Option<TenantId>,
    ) -> Protocol<EndpointNotSet, EndpointSet> {
        let secret = ClientSecret::new(self.credential.expose_secret().to_owned());
        let address = TokenUrl::from_url(authority.address(tenant, "oauth2/v2.0/token"));
        self.protocol
            .clone()
            .set_client_secret(secret)
            .set_token_uri(address)
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
        let protocol = self.at_token_endpoint(authority, tenant);
        // Owns its client: a future that borrows one is not `Send` for every lifetime in the eyes of the compiler.
        let send = |request| {
            let zone = zone.clone();
            async move { exchange(&zone, request).await }
        };
        let answer = protocol
            .exchange_code(code)
            .set_pkce_verifier(pkce(verifier))
            .request_async(&send)
            .await;
        match answer {
            Ok(body) => body
                .for_person()
                .ok_or_else(|| rejection_of(unreadable("it holds no ID token".to_owned()))),
            Err(RequestTokenError::ServerResponse(ErrorBody(error))) => {
                note_credential(&error);
                Err(Rejection::by_exchange(error))
            }
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
        let protocol = self.at_token_endpoint(authority, Some(tenant));
        let send = |request| {
            let zone = zone.clone();
            async move { exchange(&zone, request).await }
        };
        let answer = protocol
            .exchange_client_credentials()
            .add_scope(Scope::new(format!("{resource}/.default")))
            .request_async(&send)
            .await;
        match answer {
            Ok(body) => body
                .for_application()
                .ok_or_else(|| unreadable("it holds no access token".to_owned())),
            Err(RequestTokenError::ServerResponse(ErrorBody(error))) => {
                note_credential(&error);
                Err(EntraError::Refused {
                    what: TOKEN_ENDPOINT,
                    status: StatusCode::BAD_REQUEST.as_u16(),
                    error,
                })
            }
            Err(other) => Err(cause_of(other)),
        }
    }
}

/// The one failure of this server's own that the operator must hear about.
fn note_credential(error: &super::error::MicrosoftError) {
    if matches!(error.error.as_str(), "invalid_client" | "unauthorized_client") {
        tracing::error!(%error, "Microsoft does not accept this server's application credential");
    }
}

/// Why there is no answer that could be read.
fn cause_of(error: RequestTokenError<EntraError, ErrorBody>) -> EntraError {
    match error {
        RequestTokenError::Request(cause) => cause,
        RequestTokenError::Parse(error, _) => {
            // Where and of what kind, not the crate's sentence: that may quote a token.
            let (kind, place) = (error.inner().classify(), error.path());
            unreadable(format!("{kind:?} error at {place}"))
        }
        RequestTokenError::ServerResponse(ErrorBody(error)) => unreadable(error.to_string()),
        RequestTokenError::Other(why) => unreadable(why),
    }
}

const TOKEN_ENDPOINT: &str = "the token endpoint's answer";

fn pkce(verifier: &Token) -> PkceCodeVerifier {
    PkceCodeVerifier::new(verifier.expose().to_owned())
}

/// The one request of an exchange, over our own client.
async fn exchange(zone: &Zone, request: HttpRequest) -> Result<HttpResponse, EntraError> {
    let malformed = |why: String| EntraError::Malformed {
        what: TOKEN_ENDPOINT,
        why,
    };
    let request = reqwest::Request::try_from(request).map_err(|error| malformed(error.to_string()))?;
    let answer = zone.ask(TOKEN_ENDPOINT, request, LOGIN_LIMIT).await?;
    let status = answer.status;
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        return Err(EntraError::Unavailable {
            what: TOKEN_ENDPOINT,
            status: status.as_u16(),
        });
    }
    if std::str::from_utf8(&answer.body).is_err() {
        return Err(malformed("no UTF-8".to_owned()));
    }
    let mut response = HttpResponse::new(answer.body);
    *response.status_mut() = status;
    *response.headers_mut() = answer.headers;
    Ok(response)
}

fn unreadable(why: String) -> EntraError {
    EntraError::Malformed {
        what: TOKEN_ENDPOINT,
        why,
    }
}

/// What a failed exchange is called.
fn rejection_of(cause: EntraError) -> Rejection {
    let check = match &cause {
        EntraError::TooLarge { .. } => Check::TokenTooLarge,
        EntraError::Malformed { .. } => Check::TokenResponseInvalid,
        _ => return cause.into(),
    };
    Rejection {
        cause: Some(Box::new(cause)),
        ..Rejection::of(check)
    }
}

#[cfg(test)]
mod tests;
