//! The token endpoint's answers as `openidconnect` hands them over.
//!
//! The crate's own type would parse the ID token while reading, and its error type would drop Microsoft's numbers.
//! Nothing here can be written out again: both hold what must not leave.

use std::{fmt, time::Duration};

use openidconnect::{
    AccessToken, EmptyAdditionalClaims, ErrorResponse, IdToken, OAuth2TokenResponse, RefreshToken, Scope,
    TokenResponse,
    core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreTokenType},
};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::{
    error::{self, MicrosoftError},
    flow::TokenAnswer,
};

/// A successful answer (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3).
#[derive(Clone, Serialize)]
pub(super) struct TokenBody {
    #[serde(skip)]
    id_token: Option<String>,
    /// Empty when there is none that we could use.
    #[serde(skip)]
    access_token: AccessToken,
    token_type: CoreTokenType,
    #[serde(skip)]
    expires_in: Option<Duration>,
    /// What was granted, which may be more than was asked for.
    #[serde(skip)]
    scope: String,
}

impl fmt::Debug for TokenBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenBody(…)")
    }
}

impl<'de> Deserialize<'de> for TokenBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Read {
            id_token: Option<String>,
            access_token: Option<String>,
            token_type: Option<String>,
            expires_in: Option<serde_json::Value>,
            scope: Option<serde_json::Value>,
        }
        let read = Read::deserialize(deserializer)?;
        let bearer = read
            .token_type
            .is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
        if read.access_token.is_some() && !bearer {
            return Err(D::Error::custom("an access token of a kind that we cannot use"));
        }
        Ok(Self {
            id_token: read.id_token,
            access_token: AccessToken::new(read.access_token.unwrap_or_default()),
            token_type: CoreTokenType::Bearer,
            expires_in: read.expires_in.as_ref().and_then(seconds),
            scope: read
                .scope
                .and_then(|scope| scope.as_str().map(str::to_owned))
                .unwrap_or_default(),
        })
    }
}

/// A number of seconds; Microsoft's older endpoints write it as a string.
fn seconds(value: &serde_json::Value) -> Option<Duration> {
    let written = || value.as_str()?.parse().ok();
    value.as_u64().or_else(written).map(Duration::from_secs)
}

impl TokenBody {
    /// The answer to a code, which holds an ID token.
    pub(super) fn for_person(self) -> Option<TokenAnswer> {
        let access_token = self.access_token.into_secret();
        let access_token = (!access_token.is_empty()).then_some(access_token);
        Some(TokenAnswer::new(self.id_token?, access_token).with_scope(&self.scope))
    }

    /// The application's own token and how long it lives.
    pub(super) fn for_application(self) -> Option<(SecretString, Duration)> {
        let access_token = self.access_token.into_secret();
        let lifetime = self.expires_in.unwrap_or_default();
        (!access_token.is_empty()).then(|| (access_token.into(), lifetime))
    }
}

impl OAuth2TokenResponse for TokenBody {
    type TokenType = CoreTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &CoreTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

impl
    TokenResponse<
        EmptyAdditionalClaims,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    > for TokenBody
{
    /// Always `None`: the ID token stays text until our own checks read it.
    fn id_token(
        &self,
    ) -> Option<
        &IdToken<
            EmptyAdditionalClaims,
            CoreGenderClaim,
            CoreJweContentEncryptionAlgorithm,
            CoreJwsSigningAlgorithm,
        >,
    > {
        None
    }
}

/// A refusal (RFC 6749 section 5.2).
#[derive(Clone, Debug)]
pub(super) struct ErrorBody(pub(super) MicrosoftError);

impl<'de> Deserialize<'de> for ErrorBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let answer = serde_json::Value::deserialize(deserializer)?;
        if answer.get("error").is_none_or(|error| !error.is_string()) {
            return Err(D::Error::custom("no error in it"));
        }
        Ok(Self(error::from_json(&answer)))
    }
}

impl Serialize for ErrorBody {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl fmt::Display for ErrorBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl ErrorResponse for ErrorBody {}
