//! The signing keys of one tenant, parsed once when they are fetched.
//!
//! Microsoft's keys carry no `alg`, so RS256 is pinned here and never taken from a token. Each key may name its issuer
//! and its cloud, and both are checked later: one set also holds keys of personal accounts and of other clouds.
//! <https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-tokens>

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::{Deserialize, de::IgnoredAny};

use super::error::EntraError;

/// More keys than any tenant publishes; Microsoft shows half a dozen.
const MOST_KEYS: usize = 200;

/// One key that may sign ID tokens.
#[derive(Debug)]
pub(super) struct Key {
    kid: Option<String>,
    /// The issuer whose tokens it may sign, perhaps with the tenant's placeholder.
    pub(super) issuer: Option<String>,
    /// The cloud to which it belongs.
    pub(super) cloud: Option<String>,
    decoding: DecodingKey,
}

impl Key {
    /// Whether this key made the signature (RS256) of the message.
    pub(super) fn signed(&self, message: &[u8], signature: &str) -> bool {
        crypto::verify(signature, message, &self.decoding, Algorithm::RS256).unwrap_or(false)
    }
}

/// All usable keys of one tenant.
#[derive(Debug)]
pub(super) struct KeySet(Vec<Key>);

#[derive(Deserialize)]
struct Read {
    keys: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Entry {
    Key(Jwk),
    Other(IgnoredAny),
}

/// RFC 7517 section 4 and RFC 7518 section 6.3.1.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    kid: Option<String>,
    n: String,
    e: String,
    issuer: Option<String>,
    cloud_instance_name: Option<String>,
}

impl KeySet {
    /// Reads a key set. Keys of other kinds are passed over; a set without a usable key is an error, so that it never
    /// replaces a good one.
    pub(super) fn read(body: &[u8]) -> Result<Self, EntraError> {
        let malformed = |why: String| EntraError::Malformed {
            what: "the signing keys",
            why,
        };
        let read: Read = serde_json::from_slice(body).map_err(|error| malformed(error.to_string()))?;
        if read.keys.len() > MOST_KEYS {
            return Err(malformed(format!("{} keys", read.keys.len())));
        }
        let keys: Vec<_> = read.keys.into_iter().filter_map(usable).collect();
        if keys.is_empty() {
            return Err(malformed("no usable key".to_owned()));
        }
        Ok(Self(keys))
    }

    /// The keys that a token's header may mean: those of that name, or the only one when it names none.
    pub(super) fn candidates<'keys>(
        &'keys self,
        kid: Option<&'keys str>,
    ) -> impl Iterator<Item = &'keys Key> {
        let only = self.0.len() == 1;
        self.0.iter().filter(move |key| match kid {
            Some(kid) => key.kid.as_deref() == Some(kid),
            None => only,
        })
    }
}

fn usable(entry: Entry) -> Option<Key> {
    let Entry::Key(jwk) = entry else { return None };
    let fits = jwk.kty == "RSA"
        && jwk.usage.is_none_or(|usage| usage == "sig")
        && jwk.alg.is_none_or(|alg| alg == "RS256");
    let modulus = URL_SAFE_NO_PAD.decode(&jwk.n).ok()?;
    let exponent = URL_SAFE_NO_PAD.decode(&jwk.e).ok()?;
    // 2048 to 8192 bits, as the verifier takes them; an even modulus or exponent is no RSA key at all.
    let sound = (256..=1024).contains(&modulus.len())
        && modulus.first().is_some_and(|byte| *byte != 0)
        && modulus.last().is_some_and(|byte| byte % 2 == 1)
        && (1..=4).contains(&exponent.len())
        && exponent.last().is_some_and(|byte| byte % 2 == 1)
        && exponent != [1];
    (fits && sound).then(|| Key {
        kid: jwk.kid,
        issuer: jwk.issuer,
        cloud: jwk.cloud_instance_name,
        decoding: DecodingKey::from_rsa_raw_components(&modulus, &exponent),
    })
}

#[cfg(test)]
mod tests;
