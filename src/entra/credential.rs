//! By what the application proves to Microsoft that it is itself: a secret, a certificate, or a token of another issuer.
//!
//! Exactly one of the three. An assertion (RFC 7523) is made anew for each request and names the one endpoint that it is
//! sent to; nothing here is ever logged, kept beyond the request, or sent together with a secret.
//! <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>

mod certificate;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use secrecy::SecretString;
use serde::Serialize;
use tokio::io::AsyncReadExt as _;
use url::Url;
use uuid::Uuid;

use self::certificate::ClientCertificate;
pub use self::certificate::UnusableCertificate;
use super::{Entra, EntraError};
use crate::domain::{
    credential::{CredentialExpiry, CredentialKind, CredentialStanding},
    id::Ids,
    time::Timestamp,
};

/// The variable that names the file of a federated token.
pub const FEDERATED_TOKEN_FILE: &str = "MICROSOFT_ENTRA_ID_FEDERATED_TOKEN_FILE";
/// How long an assertion holds. Microsoft recommends five to ten minutes.
const LIFETIME: Duration = Duration::from_mins(10);
/// The longest federated token in bytes. Those of Kubernetes have some one or two thousand.
const LONGEST_TOKEN: usize = 16 * 1024;

/// The application's credential. Cheap to clone; does not print.
#[derive(Clone, Debug)]
pub enum ApplicationCredential {
    /// A client secret.
    Secret(SecretString),
    /// A certificate and its key, for assertions of our own.
    Certificate(Arc<ClientCertificate>),
    /// The file of a token that another issuer wrote for us.
    FederatedTokenFile(PathBuf),
}

/// A client secret.
impl From<&str> for ApplicationCredential {
    fn from(secret: &str) -> Self {
        Self::Secret(secret.into())
    }
}

/// The credential as it goes into one request.
#[derive(Debug)]
pub(super) enum Presented {
    /// `client_secret`.
    Secret(SecretString),
    /// `client_assertion`.
    Assertion(SecretString),
}

/// What an assertion of our own says.
#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: Uuid,
    nbf: i64,
    iat: i64,
    exp: i64,
}

impl ApplicationCredential {
    /// A certificate from PEM text with the private key and the certificate, in any order. Of several certificates
    /// the one counts that the key belongs to.
    ///
    /// # Errors
    /// [`UnusableCertificate`]: what is missing or does not fit.
    pub fn from_pem(text: &SecretString) -> Result<Self, UnusableCertificate> {
        ClientCertificate::read(text).map(|certificate| Self::Certificate(Arc::new(certificate)))
    }

    /// Of which kind it is.
    pub const fn kind(&self) -> CredentialKind {
        match self {
            Self::Secret(_) => CredentialKind::Secret,
            Self::Certificate(_) => CredentialKind::Certificate,
            Self::FederatedTokenFile(_) => CredentialKind::FederatedToken,
        }
    }

    /// When it ends, as far as it says so itself: only a certificate does.
    pub fn expires(&self) -> Option<Timestamp> {
        match self {
            Self::Certificate(certificate) => Some(certificate.expires()),
            Self::Secret(_) | Self::FederatedTokenFile(_) => None,
        }
    }

    /// Whether it could be presented now. Asks nobody.
    ///
    /// # Errors
    /// [`EntraError::Configuration`] when the file of a federated token gives none; it names variable and path.
    pub async fn check_at_hand(&self) -> Result<(), EntraError> {
        match self {
            Self::FederatedTokenFile(path) => federated_token(path).await.map(drop),
            Self::Secret(_) | Self::Certificate(_) => Ok(()),
        }
    }

    /// The credential for one request to `endpoint`.
    pub(super) async fn present(
        &self,
        client: &str,
        endpoint: &Url,
        ids: &Ids,
    ) -> Result<Presented, EntraError> {
        match self {
            Self::Secret(secret) => Ok(Presented::Secret(secret.clone())),
            Self::Certificate(certificate) => {
                let now = ids.now();
                let claims = Claims {
                    aud: endpoint.as_str(),
                    iss: client,
                    sub: client,
                    jti: ids.next(),
                    nbf: now.as_seconds(),
                    iat: now.as_seconds(),
                    exp: now.plus(LIFETIME).as_seconds(),
                };
                let signed = certificate.sign(&claims).map_err(|error| {
                    EntraError::Configuration(format!("the client certificate's key does not sign: {error}"))
                })?;
                Ok(Presented::Assertion(signed))
            }
            Self::FederatedTokenFile(path) => federated_token(path).await.map(Presented::Assertion),
        }
    }
}

impl Entra {
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
}

/// The token as it stands in the file now: whoever projects it there replaces it long before it ends.
async fn federated_token(path: &Path) -> Result<SecretString, EntraError> {
    let unusable = |why: &str| {
        EntraError::Configuration(format!("{FEDERATED_TOKEN_FILE} names {}, {why}", path.display()))
    };
    let unreadable = |cause: std::io::Error| unusable(&format!("which cannot be read: {cause}"));
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let mut text = String::new();
    file.take(LONGEST_TOKEN as u64 + 1)
        .read_to_string(&mut text)
        .await
        .map_err(unreadable)?;
    if text.len() > LONGEST_TOKEN {
        return Err(unusable(&format!(
            "which holds more than {LONGEST_TOKEN} bytes and so no token"
        )));
    }
    let token = text.trim();
    if token.is_empty() {
        return Err(unusable(
            "which is empty; the platform that projects the token must fill it",
        ));
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(unusable("which holds something else than one token"));
    }
    Ok(token.into())
}

#[cfg(test)]
mod tests;
