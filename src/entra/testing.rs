//! What the tests of this folder share: a hand that mints tokens, and a host that answers whatever a test says.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto, jwk::Jwk};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use url::Url;
use uuid::Uuid;

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
        for (byte, value) in bytes.iter_mut().zip((0..).map(|place| (*count >> (place % 8 * 8)).to_le_bytes()[0])) {
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
    let document = Document::read(document.as_bytes(), &authority, Some(tenant(TENANT_A))).expect("a document");
    let keys = KeySet::read(json!({ "keys": keys }).to_string().as_bytes()).expect("keys");
    Snapshot::new(document, keys, Timestamp::from_micros(NOW * 1_000_000))
}

pub(super) fn authority() -> Authority {
    Authority::new(&Url::parse(AUTHORITY).expect("an address")).expect("https")
}

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    /// Names in lower case.
    pub(super) headers: HashMap<String, String>,
    pub(super) body: String,
}

impl Asked {
    pub(super) fn form(&self) -> HashMap<String, String> {
        form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }
}

/// What a test's host answers.
#[derive(Clone, Debug)]
pub(super) enum Says {
    /// Status, headers and body.
    This(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Headers, then one byte after the other without end.
    Drip,
    /// A body without end, as fast as it is read.
    Flood,
    /// Nothing, and the connection stays open.
    Silence,
    /// The connection is closed.
    Hangup,
}

impl Says {
    pub(super) fn json(body: &Value) -> Self {
        Self::text(200, "application/json", &body.to_string())
    }

    pub(super) fn text(status: u16, kind: &str, body: &str) -> Self {
        Self::This(status, vec![("content-type", kind.to_owned())], body.as_bytes().to_vec())
    }

    pub(super) fn status(status: u16, header: &'static str, value: &str) -> Self {
        Self::This(status, vec![(header, value.to_owned())], b"{}".to_vec())
    }
}

type Script = dyn Fn(&Asked) -> Says + Send + Sync;

/// A host on this machine that does what a test says and remembers what it was asked.
pub(super) struct Host {
    pub(super) url: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
    script: Arc<Mutex<Arc<Script>>>,
}

impl Host {
    #[expect(clippy::disallowed_methods, reason = "the host lives beside the test that asks it")]
    pub(super) async fn start(script: impl Fn(&Asked) -> Says + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let host = Self {
            url: Url::parse(&format!("http://{address}")).expect("an address"),
            asked: Arc::default(),
            script: Arc::new(Mutex::new(Arc::new(script))),
        };
        let (asked, script) = (Arc::clone(&host.asked), Arc::clone(&host.script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (asked, script) = (Arc::clone(&asked), Arc::clone(&script));
                tokio::spawn(async move { serve(stream, &asked, &script).await });
            }
        });
        host
    }

    /// The origin, as it stands in issuers.
    pub(super) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    pub(super) fn now_says(&self, script: impl Fn(&Asked) -> Says + Send + Sync + 'static) {
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(script);
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many requests went to paths that end so.
    pub(super) fn count(&self, ending: &str) -> usize {
        self.asked().iter().filter(|asked| asked.path.ends_with(ending)).count()
    }
}

async fn serve(mut stream: TcpStream, asked: &Mutex<Vec<Asked>>, script: &Mutex<Arc<Script>>) -> Option<()> {
    let request = read(&mut stream).await?;
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
    let script = Arc::clone(&script.lock().unwrap_or_else(PoisonError::into_inner));
    let open = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
    match script(&request) {
        Says::This(status, headers, body) => {
            let mut head = format!("HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            stream.write_all(format!("{head}\r\n").as_bytes()).await.ok()?;
            stream.write_all(&body).await.ok()?;
        }
        Says::Drip => {
            stream.write_all(open.as_bytes()).await.ok()?;
            let mut beat = tokio::time::interval(Duration::from_millis(5));
            loop {
                beat.tick().await;
                stream.write_all(b" ").await.ok()?;
            }
        }
        Says::Flood => {
            stream.write_all(open.as_bytes()).await.ok()?;
            loop {
                stream.write_all(&[b' '; 4096]).await.ok()?;
            }
        }
        Says::Silence => {
            // Until the other side gives up.
            stream.read_u8().await.ok()?;
        }
        Says::Hangup => {}
    }
    Some(())
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        bytes.push(stream.read_u8().await.ok()?);
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: HashMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked {
        method,
        path,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}

/// Limits under which a test does not wait.
pub(super) fn impatient() -> Limits {
    Limits {
        connect: Duration::from_millis(500),
        request: Duration::from_millis(500),
        groups: Duration::from_millis(800),
        longest_wait: Duration::from_millis(100),
        tries: 3,
    }
}

pub(super) fn client_id() -> Uuid {
    CLIENT.parse().expect("a client ID")
}
