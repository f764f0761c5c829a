//! The signing keys and what the key set says about them.
//!
//! Keys are committed fixtures with self-signed certificates, because making RSA keys at every start is slow and
//! tests want the same key ids everywhere. The set looks like Microsoft's: two keys for work accounts, two of the US
//! Government cloud under the same issuer, two for personal accounts. The others wait for a rotation, or are never
//! published at all. These keys protect nothing.

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{directory::PERSONAL_TENANT, settings::Cloud};

/// A key pair as the fixture file has it.
#[derive(Debug, Deserialize)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) kid: String,
    pub(crate) n: String,
    pub(crate) e: String,
    /// DER in standard base64: goes into `x5c` as it is.
    pub(crate) certificate: String,
    /// Subject public key info, DER in standard base64.
    pub(crate) public_key: String,
    /// PKCS #1, DER in standard base64.
    private_key: String,
}

static PAIRS: LazyLock<Vec<Pair>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../fixtures/signing-keys.json")).expect("the committed keys are valid")
});

impl Pair {
    /// A key by its name or key id.
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        PAIRS.iter().find(|pair| pair.name == name || pair.kid == name)
    }

    /// RS256 over these bytes, base64url.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        let private = STANDARD
            .decode(&self.private_key)
            .expect("the committed keys are base64");
        jsonwebtoken::crypto::sign(message, &EncodingKey::from_rsa_der(&private), Algorithm::RS256)
            .expect("the committed keys can sign")
    }

    /// Whether this key made the signature.
    pub(crate) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        DecodingKey::from_rsa_components(&self.n, &self.e)
            .and_then(|key| jsonwebtoken::crypto::verify(signature, message, &key, Algorithm::RS256))
            .unwrap_or(false)
    }
}

/// What the key set says about one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedKey {
    /// Name of the key pair.
    pub name: String,
    /// `issuer`, with `{authority}` for our own address and `{tenantid}` literally; left out when absent.
    pub issuer: Option<String>,
    /// `cloud_instance_name`; left out when absent.
    pub cloud_instance_name: Option<String>,
}

/// What a test does to the keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyChange {
    /// Publishes the next unused key for work accounts and signs with it. The old ones stay.
    Rotate,
    /// Takes a key out of the set.
    Remove(String),
    /// Empties the set.
    RemoveAll,
    /// Puts a key into the set, or replaces what the set says about it.
    Publish(PublishedKey),
    /// Signs work accounts' tokens with this key from now on, published or not.
    SignWith(String),
}

/// The published set and the key in use.
#[derive(Clone, Debug)]
pub(crate) struct KeyRing {
    pub(crate) published: Vec<PublishedKey>,
    pub(crate) signing: &'static Pair,
}

const TEMPLATE: &str = "{authority}/{tenantid}/v2.0";

fn published(name: &str) -> PublishedKey {
    let cloud = if name.starts_with("government") {
        "microsoftonline.us"
    } else {
        "microsoftonline.com"
    };
    let issuer = if name.starts_with("personal") {
        format!("{{authority}}/{PERSONAL_TENANT}/v2.0")
    } else {
        TEMPLATE.to_owned()
    };
    PublishedKey {
        name: name.to_owned(),
        issuer: Some(issuer),
        cloud_instance_name: Some(cloud.to_owned()),
    }
}

impl Default for KeyRing {
    fn default() -> Self {
        let names = [
            "global-2",
            "government-1",
            "personal-1",
            "global-1",
            "personal-2",
            "government-2",
        ];
        Self {
            published: names.into_iter().map(published).collect(),
            signing: Pair::find("global-1").expect("a committed key"),
        }
    }
}

impl KeyRing {
    /// The key that signs for this tenant.
    pub(crate) fn signing_for(&self, tenant: Uuid, cloud: Cloud) -> &'static Pair {
        let government = matches!(cloud, Cloud::UsGovernment | Cloud::UsGovernmentDod);
        if tenant == PERSONAL_TENANT {
            Pair::find("personal-1").expect("a committed key")
        } else if government && self.signing.name.starts_with("global") {
            Pair::find("government-1").expect("a committed key")
        } else {
            self.signing
        }
    }

    /// # Errors
    /// When no key has the name, or none is left to rotate to.
    pub(crate) fn change(&mut self, change: KeyChange) -> Result<(), String> {
        let known = |name: &str| Pair::find(name).ok_or_else(|| format!("there is no key {name}"));
        match change {
            KeyChange::Rotate => {
                let unused = |pair: &&Pair| {
                    pair.name.starts_with("global") && !self.published.iter().any(|key| key.name == pair.name)
                };
                let next = PAIRS
                    .iter()
                    .find(unused)
                    .ok_or("every key for work accounts is published")?;
                self.published.push(published(&next.name));
                self.signing = next;
            }
            KeyChange::Remove(name) => {
                let name = known(&name)?.name.as_str();
                self.published.retain(|key| key.name != name);
            }
            KeyChange::RemoveAll => self.published.clear(),
            KeyChange::Publish(mut key) => {
                key.name.clone_from(&known(&key.name)?.name);
                match self.published.iter_mut().find(|other| other.name == key.name) {
                    Some(other) => *other = key,
                    None => self.published.push(key),
                }
            }
            KeyChange::SignWith(name) => self.signing = known(&name)?,
        }
        Ok(())
    }

    /// The key set as published for one tenant, or for an alias.
    pub(crate) fn document(&self, base: &str, concrete: Option<Uuid>, cloud: Cloud) -> Value {
        let keys = self.published.iter().map(|key| {
            let mut key = key.document(base, concrete);
            // China has keys of its own; ours stand in for them.
            if cloud == Cloud::China && key["cloud_instance_name"] == Cloud::Global.instance_name() {
                key["cloud_instance_name"] = json!(cloud.instance_name());
            }
            key
        });
        json!({ "keys": keys.collect::<Vec<_>>() })
    }

    /// Every key there is, published or not, for tests that forge.
    pub(crate) fn inventory(&self, base: &str) -> Value {
        let keys = PAIRS.iter().map(|pair| {
            let listed = self.published.iter().find(|key| key.name == pair.name);
            let mut key = listed.map_or_else(|| pair.document(), |key| key.document(base, None));
            key["name"] = json!(pair.name);
            key["published"] = json!(listed.is_some());
            key["signing"] = json!(pair.name == self.signing.name);
            key["public_key"] = json!(pair.public_key);
            key
        });
        json!({ "keys": keys.collect::<Vec<_>>() })
    }
}

impl Pair {
    /// No `alg`: Entra's keys have none.
    fn document(&self) -> Value {
        json!({
            "kty": "RSA", "use": "sig", "kid": self.kid, "x5t": self.kid,
            "n": self.n, "e": self.e, "x5c": [self.certificate],
        })
    }
}

impl PublishedKey {
    fn document(&self, base: &str, concrete: Option<Uuid>) -> Value {
        let mut members = match Pair::find(&self.name).map(Pair::document) {
            Some(Value::Object(members)) => members,
            _ => Map::new(),
        };
        if let Some(cloud) = &self.cloud_instance_name {
            members.insert("cloud_instance_name".to_owned(), json!(cloud));
        }
        if let Some(issuer) = &self.issuer {
            let mut issuer = issuer.replace("{authority}", base);
            if let Some(tenant) = concrete {
                issuer = issuer.replace("{tenantid}", &tenant.to_string());
            }
            members.insert("issuer".to_owned(), json!(issuer));
        }
        Value::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn a_key_id_is_the_thumbprint_of_its_certificate() {
        for pair in PAIRS.iter() {
            let certificate = STANDARD.decode(&pair.certificate).unwrap();
            let thumbprint = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate);
            assert_eq!(pair.kid, URL_SAFE_NO_PAD.encode(thumbprint), "{}", pair.name);
        }
    }

    #[test]
    fn only_the_right_key_verifies() {
        let (one, other) = (Pair::find("global-1").unwrap(), Pair::find("global-2").unwrap());
        let signature = one.sign(b"message");
        assert!(one.verifies(b"message", &signature));
        assert!(!other.verifies(b"message", &signature));
        assert!(!one.verifies(b"massage", &signature));
    }

    #[test]
    fn rotation_takes_the_next_key_and_ends_when_none_is_left() {
        let mut ring = KeyRing::default();
        let mut seen = vec![ring.signing.kid.clone()];
        for _ in 0..3 {
            ring.change(KeyChange::Rotate).unwrap();
            assert!(!seen.contains(&ring.signing.kid));
            seen.push(ring.signing.kid.clone());
        }
        assert!(ring.change(KeyChange::Rotate).is_err());
    }
}
