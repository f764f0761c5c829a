//! What the tests of this folder share: a hand that mints tokens, and a host that answers whatever a test says.

mod host;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto, jwk::Jwk};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

pub(super) use self::host::{Asked, Host, Says};
use super::{
    Limits,
    checks::Expected,
    keys::KeySet,
    metadata::{Authority, Document},
    tenants::Snapshot,
};
use crate::domain::{
    id::{Ids, Randomness, Token},
    tenant::TenantId,
    time::{FixedClock, Timestamp},
};

pub(super) const CLIENT: &str = "6a3c1f3e-58d1-4b7e-9d0a-2f4b6c8d0e1f";
pub(super) const TENANT_A: &str = "aaaaaaaa-1111-4222-8333-444444444444";
pub(super) const TENANT_B: &str = "bbbbbbbb-1111-4222-8333-444444444444";
pub(super) const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
pub(super) const OBJECT: &str = "0b1ec7a1-0000-4000-8000-00000000000a";
pub(super) const AUTHORITY: &str = "https://login.microsoftonline.com";
pub(super) const NONCE: &str = "00000000000000000000000000000000000000000000000000000000000000aa";
/// 2026-03-04T14:02:11Z.
pub(super) const NOW: i64 = 1_772_632_931;

pub(super) fn tenant(text: &str) -> TenantId {
    text.parse().expect("a tenant ID")
}

pub(super) fn nonce() -> Token {
    Token::parse(NONCE).expect("64 digits")
}

pub(super) fn expected(nonce: &Token) -> Expected<'_> {
    Expected {
        nonce,
        tenant: None,
        issuer_parameter: None,
        authenticated_within: None,
    }
}

/// A source whose tokens differ and repeat from run to run.
#[derive(Debug, Default)]
struct Counting(Mutex<u64>);

impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (byte, value) in bytes
            .iter_mut()
            .zip((0..).map(|place| (*count >> (place % 8 * 8)).to_le_bytes()[0]))
        {
            *byte = value;
        }
        *count += 1;
    }
}

/// Identifiers by a clock that the test moves.
pub(super) fn ids() -> (Ids, Arc<FixedClock>) {
    let clock = Arc::new(FixedClock::at(Timestamp::from_micros(NOW * 1_000_000)));
    let shared: Arc<FixedClock> = Arc::clone(&clock);
    (Ids::new(shared, Arc::<Counting>::default()), clock)
}

/// A private key of the fixtures.
#[derive(Clone, Copy)]
pub(super) enum Hand {
    Signing,
    Other,
}

impl Hand {
    pub(super) fn pem(self) -> &'static [u8] {
        match self {
            Self::Signing => include_bytes!("fixtures/signing.pem"),
            Self::Other => include_bytes!("fixtures/other.pem"),
        }
    }

    fn key(self) -> EncodingKey {
        EncodingKey::from_rsa_pem(self.pem()).expect("a key of the fixtures")
    }

    /// The public half as Microsoft publishes it: without `alg`.
    pub(super) fn published(self, kid: &str, issuer: &str) -> Value {
        let jwk = Jwk::from_encoding_key(&self.key(), Algorithm::RS256).expect("an RSA key");
        let jwk = serde_json::to_value(jwk).expect("a key is JSON");
        json!({
            "kty": "RSA", "use": "sig", "kid": kid, "x5t": kid, "n": jwk["n"], "e": jwk["e"],
            "cloud_instance_name": "microsoftonline.com", "issuer": issuer,
        })
    }

    pub(super) fn sign(self, message: &str) -> String {
        crypto::sign(message.as_bytes(), &self.key(), Algorithm::RS256).expect("RS256 signs")
    }
}

/// A token in the making: the baseline of a work account, to be changed in one place.
#[derive(Clone)]
pub(super) struct Mint {
    pub(super) header: Value,
    pub(super) claims: Value,
    pub(super) hand: Hand,
}

impl Mint {
    /// The token that Microsoft would make for a member of tenant A, dated back by five minutes.
    pub(super) fn baseline() -> Self {
        Self::at(AUTHORITY)
    }

    pub(super) fn at(authority: &str) -> Self {
        Self {
            header: json!({ "typ": "JWT", "alg": "RS256", "kid": "k1" }),
            claims: json!({
                "aud": CLIENT, "iss": format!("{authority}/{TENANT_A}/v2.0"), "iat": NOW - 300, "nbf": NOW - 300,
                "exp": NOW + 3600, "aio": "Ab==", "name": "Dana Reyes", "nonce": NONCE, "oid": OBJECT,
                "preferred_username": "dana@contoso.com", "rh": "0.A", "sid": "7d1e8f2c-9a3b-4c5d-8e6f-0a1b2c3d4e5f",
                "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", "tid": TENANT_A, "uti": "u", "ver": "2.0",
            }),
            hand: Hand::Signing,
        }
    }

    /// Sets one claim.
    pub(super) fn with(mut self, claim: &str, value: impl Into<Value>) -> Self {
        self.claims[claim] = value.into();
        self
    }

    /// Removes one claim.
    pub(super) fn without(mut self, claim: &str) -> Self {
        self.claims.as_object_mut().expect("an object").remove(claim);
        self
    }

    /// Sets one member of the header.
    pub(super) fn header(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.header[member] = value.into();
        self
    }

    /// Removes one member of the header.
    pub(super) fn headless(mut self, member: &str) -> Self {
        self.header.as_object_mut().expect("an object").remove(member);
        self
    }

    pub(super) fn by(mut self, hand: Hand) -> Self {
        self.hand = hand;
        self
    }

    pub(super) fn token(&self) -> String {
        self.raw(self.claims.to_string().as_bytes())
    }

    /// Signs this payload as it stands.
    pub(super) fn raw(&self, payload: &[u8]) -> String {
        let header = URL_SAFE_NO_PAD.encode(self.header.to_string());
        let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
        let signature = self.hand.sign(&message);
        format!("{message}.{signature}")
    }
}

/// The authority's document for a tenant.
pub(super) fn document(authority: &str, tenant: &str) -> Value {
    json!({
        "issuer": format!("{authority}/{tenant}/v2.0"),
        "token_endpoint": format!("{authority}/{tenant}/oauth2/v2.0/token"),
        "jwks_uri": format!("{authority}/{tenant}/discovery/v2.0/keys"),
        "authorization_endpoint": format!("{authority}/{tenant}/oauth2/v2.0/authorize"),
        "cloud_instance_name": "microsoftonline.com",
        "tenant_region_scope": null,
    })
}

/// The issuer of the keys that may sign for every tenant.
pub(super) fn template(authority: &str) -> String {
    format!("{authority}/{{tenantid}}/v2.0")
}

/// What tenant A's endpoints say, with these keys.
pub(super) fn snapshot(keys: &Value) -> Snapshot {
    let authority = authority();
    let document = document(AUTHORITY, TENANT_A).to_string();
    let document =
        Document::read(document.as_bytes(), &authority, Some(tenant(TENANT_A))).expect("a document");
    let keys = KeySet::read(json!({ "keys": keys }).to_string().as_bytes()).expect("keys");
    Snapshot::new(document, keys, Timestamp::from_micros(NOW * 1_000_000))
}

pub(super) fn authority() -> Authority {
    Authority::new(&Url::parse(AUTHORITY).expect("an address")).expect("https")
}

/// Limits under which a test does not wait.
pub(super) fn impatient() -> Limits {
    Limits {
        connect: Duration::from_millis(500),
        request: Duration::from_millis(500),
        groups: Duration::from_millis(800),
        directory: Duration::from_millis(800),
        longest_wait: Duration::from_millis(100),
        tries: 3,
        pause: Duration::from_millis(5),
    }
}

pub(super) fn client_id() -> Uuid {
    CLIENT.parse().expect("a client ID")
}
