//! The client's credential as a signed assertion: of its own certificate, or of another issuer it trusts.
//!
//! The assertion's issuer tells the two apart: the client itself, or a registered federated credential. Numbers may
//! stand in strings, because Microsoft's own library for .NET writes them so.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

use super::certificate::Certificate;
use crate::{
    authority::Authority, clock, failure::Failure, registration::FederatedCredential, request::Incoming,
    world::World,
};

/// The only kind of assertion there is.
const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Clocks may differ by so much.
const SKEW: i64 = 300;
/// So many federated credentials may be registered; others do not count.
const MOST_FEDERATED: usize = 20;

/// One of the three texts of a federated credential.
type Part = fn(&FederatedCredential) -> &str;

/// A JWT taken apart.
struct Assertion<'a> {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    message: &'a str,
    signature: &'a str,
}

impl<'a> Assertion<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (message, signature) = text.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
        Some(Self {
            header: part(header)?,
            claims: part(claims)?,
            message,
            signature,
        })
    }

    fn text(&self, name: &str) -> &str {
        self.claims.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn seconds(&self, name: &str) -> Option<i64> {
        let value = self.claims.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }
}

/// # Errors
/// The codes of Entra for whatever is wrong with the assertion.
pub(super) fn check(
    world: &World,
    request: &Incoming,
    authority: Authority,
    assertion: &str,
) -> Result<(), Failure> {
    let kind = request
        .form_value("client_assertion_type")
        .ok_or_else(|| Failure::missing_parameter("client_assertion_type"))?;
    let assertion = Assertion::read(assertion)
        .filter(|_| kind == KIND)
        .ok_or_else(|| Failure::new(50_027, "invalid_request", "JWT token is invalid or malformed."))?;
    let client = world.registration.client_id.to_string();
    if assertion.text("iss").eq_ignore_ascii_case(&client) {
        signed_by_certificate(world, &assertion)?;
        in_time(world, &assertion)?;
        if !assertion.text("sub").eq_ignore_ascii_case(&client) {
            let message = "Client assertion application identifier doesn't match 'client_id' parameter. Review the \
                           documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials.";
            return Err(Failure::new(700_021, "invalid_client", message));
        }
        return for_this_endpoint(world, request, authority, assertion.text("aud"));
    }
    federated(world, &assertion)?;
    in_time(world, &assertion)
}

fn signed_by_certificate(world: &World, assertion: &Assertion<'_>) -> Result<(), Failure> {
    let member = |name: &str| assertion.header.get(name).and_then(Value::as_str);
    let algorithm = match member("alg") {
        Some("PS256") => Algorithm::PS256,
        Some("RS256") => Algorithm::RS256,
        other => {
            let message = format!(
                "Invalid JWT token. '{}' is not a supported signature algorithm. Supported signing algorithms are: \
                 'RS256, PS256'",
                other.unwrap_or_default()
            );
            return Err(Failure::new(5_002_738, "invalid_client", message));
        }
    };
    let (strong, weak) = (member("x5t#S256"), member("x5t"));
    let presented = strong.or(weak).unwrap_or_default();
    let registered = world.registration.certificates.iter();
    let found = registered
        .filter_map(|known| Some((known, Certificate::read(&known.certificate)?)))
        .find(|(_, known)| match (strong, weak) {
            (Some(strong), _) => known.sha256() == strong,
            (None, Some(weak)) => known.sha1() == weak,
            (None, None) => false,
        });
    let Some((known, certificate)) = found else {
        return Err(invalid_signature(
            world,
            "The key was not found.",
            &hexadecimal(presented),
        ));
    };
    if known.revoked {
        let message = "The certificate used to sign the client assertion has been revoked.";
        return Err(Failure::new(7_000_214, "invalid_client", message));
    }
    let now = world.clock.now();
    if now < certificate.from || now >= certificate.until {
        let message = format!(
            "The provided certificate is not within its specified validity window. Certificate start time: '{}', end \
             time: '{}', current time: '{}'.",
            clock::entra_timestamp(certificate.from),
            clock::entra_timestamp(certificate.until),
            clock::entra_timestamp(now)
        );
        return Err(Failure::new(1_000_502, "invalid_client", message));
    }
    if !certificate.verifies(assertion.message, assertion.signature, algorithm) {
        let reason = "The provided signature value did not match the expected signature value.";
        return Err(invalid_signature(world, reason, &hexadecimal(presented)));
    }
    Ok(())
}

fn invalid_signature(world: &World, reason: &str, thumbprint: &str) -> Failure {
    let message = format!(
        "Client assertion contains an invalid signature. [Reason - {reason}, Thumbprint of key used by client: \
         '{thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys \
         for app Id '{}'.]",
        world.registration.client_id
    );
    Failure::new(700_027, "invalid_client", message)
}

/// Microsoft writes thumbprints in messages in hexadecimal.
fn hexadecimal(thumbprint: &str) -> String {
    let bytes = URL_SAFE_NO_PAD.decode(thumbprint).unwrap_or_default();
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02X}"))
}

fn in_time(world: &World, assertion: &Assertion<'_>) -> Result<(), Failure> {
    let now = world.clock.now();
    let begun = assertion.seconds("nbf").is_none_or(|begin| now + SKEW >= begin);
    let end = assertion.seconds("exp");
    if begun && end.is_some_and(|end| now - SKEW < end) {
        return Ok(());
    }
    let message = format!(
        "Client assertion is not within its valid time range. Current time: {}, expiry time of assertion {}.",
        clock::entra_timestamp(now),
        end.map(clock::entra_timestamp).unwrap_or_default()
    );
    Err(Failure::new(700_024, "invalid_client", message))
}

/// The audience is the token endpoint that is called, its tenant by id, domain or alias, or the tenant's issuer.
fn for_this_endpoint(
    world: &World,
    request: &Incoming,
    authority: Authority,
    audience: &str,
) -> Result<(), Failure> {
    let tenant = authority.tenant().and_then(|id| world.directory.find(id));
    let mut names = vec![authority.segment()];
    names.extend(
        tenant
            .into_iter()
            .flat_map(|tenant| tenant.domains.iter().cloned()),
    );
    let base = &request.base;
    let fits = names.iter().any(|name| {
        audience == format!("{base}/{name}/oauth2/v2.0/token") || audience == format!("{base}/{name}/v2.0")
    });
    if fits {
        return Ok(());
    }
    let message = "Client assertion audience claim does not match Realm issuer. Review the documentation at \
                   https://learn.microsoft.com/entra/identity-platform/certificate-credentials.";
    Err(Failure::new(700_023, "invalid_client", message))
}

/// Issuer, subject and audience match a registered credential byte for byte; there are no wildcards.
fn federated(world: &World, assertion: &Assertion<'_>) -> Result<(), Failure> {
    let registered = world.registration.federated_credentials.iter();
    let mut left = registered.take(MOST_FEDERATED).collect::<Vec<_>>();
    let parts: [(u32, &str, &str, Part); 3] = [
        (700_211, "issuer", "iss", |known| &known.issuer),
        (700_213, "subject", "sub", |known| &known.subject),
        (700_212, "audience", "aud", |known| &known.audience),
    ];
    for (code, name, claim, part) in parts {
        let presented = assertion.text(claim);
        left.retain(|known| part(known) == presented);
        if left.is_empty() {
            return Err(unmatched(world, code, name, presented));
        }
    }
    let rs256 = assertion.header.get("alg").and_then(Value::as_str) == Some("RS256");
    let kid = assertion.header.get("kid").and_then(Value::as_str);
    let keys = left.iter().flat_map(|known| &known.keys);
    let signed = keys
        .filter(|key| kid.is_none() || key.kid.is_none() || key.kid.as_deref() == kid)
        .any(|key| {
            DecodingKey::from_rsa_components(&key.n, &key.e)
                .and_then(|key| {
                    let message = assertion.message.as_bytes();
                    jsonwebtoken::crypto::verify(assertion.signature, message, &key, Algorithm::RS256)
                })
                .unwrap_or(false)
        });
    if rs256 && signed {
        return Ok(());
    }
    let message = "Assertion failed signature validation. [Reason - The key was not found.]";
    Err(Failure::new(50_013, "invalid_client", message))
}

fn unmatched(world: &World, code: u32, name: &str, presented: &str) -> Failure {
    if world.settings.old_federation_error {
        let message = "No matching federated identity record found for presented assertion.";
        return Failure::new(70_021, "invalid_request", message);
    }
    let message = format!(
        "No matching federated identity record found for presented assertion {name} '{presented}'. Check your \
         federated identity credential Subject, Audience and Issuer against the presented assertion."
    );
    Failure::new(code, "invalid_client", message)
}
