//! The app registration in the environment: client ID, and exactly one credential.
//!
//! Without the ID or without a credential there is no Microsoft sign-in, and that is no error. What can be known to fail
//! is found here, so that nobody learns it from the first person who signs in.

use secrecy::SecretString;
use uuid::Uuid;

use super::environment::Environment;
use crate::{
    domain::{input, time::Timestamp},
    entra::{ApplicationCredential, FEDERATED_TOKEN_FILE},
};

const ID: &str = "MICROSOFT_ENTRA_ID_CLIENT_ID";
const SECRET: &str = "MICROSOFT_ENTRA_ID_CLIENT_SECRET";
const SECRET_EXPIRES: &str = "MICROSOFT_ENTRA_ID_CLIENT_SECRET_EXPIRES";
const CERTIFICATE: &str = "MICROSOFT_ENTRA_ID_CLIENT_CERTIFICATE";

/// The multi-tenant app registration of the deployment.
#[derive(Debug)]
pub struct AppRegistration {
    /// Application (client) ID.
    pub client_id: Uuid,
    /// By what the application proves that it is itself; lives in memory only.
    pub credential: ApplicationCredential,
    /// `MICROSOFT_ENTRA_ID_CLIENT_SECRET_EXPIRES`.
    pub secret_expires: Option<Timestamp>,
}

impl AppRegistration {
    /// When the credential ends: as its certificate says, or as the operator recorded of the secret.
    pub fn credential_expires(&self) -> Option<Timestamp> {
        self.credential.expires().or(self.secret_expires)
    }

    pub(super) fn read(environment: &mut Environment) -> Option<Self> {
        let typed = environment.plain(ID);
        let client_id = typed.as_deref().and_then(input::guid);
        if typed.is_some() && client_id.is_none() {
            environment.problem(
                ID,
                "must be the Application (client) ID of the app registration, a GUID",
            );
        }
        let credential = credential(environment);
        let secret_expires = secret_expires(environment, credential.as_ref());
        Some(Self {
            client_id: client_id?,
            credential: credential?,
            secret_expires,
        })
    }
}

/// The one credential. Several are a problem and never a choice: which of them Microsoft saw would be anybody's guess.
fn credential(environment: &mut Environment) -> Option<ApplicationCredential> {
    let secret = environment.secret(SECRET).map(ApplicationCredential::Secret);
    let pem = environment.secret(CERTIFICATE);
    let path = environment.plain(FEDERATED_TOKEN_FILE);
    let set: Vec<_> = [
        (SECRET, secret.is_some()),
        (CERTIFICATE, pem.is_some()),
        (FEDERATED_TOKEN_FILE, path.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, is_set)| is_set.then_some(name))
    .collect();
    let certificate = pem.and_then(|pem| certificate(environment, &pem));
    if let [first, others @ ..] = &set[..]
        && !others.is_empty()
    {
        environment.problem(
            first,
            format!(
                "is set together with {}; keep exactly one of them",
                others.join(" and ")
            ),
        );
        return None;
    }
    let federated = path.map(|path| ApplicationCredential::FederatedTokenFile(path.into()));
    secret.or(certificate).or(federated)
}

fn certificate(environment: &mut Environment, pem: &SecretString) -> Option<ApplicationCredential> {
    ApplicationCredential::from_pem(pem)
        .map_err(|unusable| environment.problem(CERTIFICATE, unusable.to_string()))
        .ok()
}

fn secret_expires(
    environment: &mut Environment,
    credential: Option<&ApplicationCredential>,
) -> Option<Timestamp> {
    let typed = environment.plain(SECRET_EXPIRES)?;
    let read = Timestamp::parse(&typed);
    if read.is_none() {
        environment.problem(
            SECRET_EXPIRES,
            format!(
                "must be a date in the form YYYY-MM-DD, such as 2027-03-30, or a time in UTC such as \
                 2027-03-30T12:00:00Z, not {typed:?}"
            ),
        );
    }
    let meant_for_a_secret = matches!(credential, None | Some(ApplicationCredential::Secret(_)));
    if !meant_for_a_secret {
        environment.problem(
            SECRET_EXPIRES,
            format!("is for {SECRET}, which is not set; remove it (a certificate says itself when it ends)"),
        );
    }
    read
}
