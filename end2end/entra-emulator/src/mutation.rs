//! Tokens that are wrong on purpose.
//!
//! A test queues what the next token shall have wrong; the emulator issues it in an otherwise flawless flow. Every
//! part can be replaced, from one claim to the exact bytes, because a validator must be proven check by check.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Which token of an answer is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MutatedToken {
    /// The ID token.
    #[default]
    IdToken,
    /// The access token.
    AccessToken,
}

/// In which form a public key is misused as an HMAC secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicKeyForm {
    /// PEM text of the subject public key info.
    Pem,
    /// Its DER bytes.
    Der,
    /// The raw modulus.
    Modulus,
    /// The text of `x5c`.
    Certificate,
}

/// How the token is signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureRule {
    /// RS256 over what is sent.
    #[default]
    Valid,
    /// RS256 over the token as it was before the changes.
    Original,
    /// RS256 with one bit flipped.
    Broken,
    /// An empty third part.
    Empty,
    /// No third part at all.
    Omitted,
    /// HS256 with this text as the secret.
    HmacText(String),
    /// HS256 with these bytes as the secret, standard base64.
    HmacBase64(String),
    /// HS256 with the signing key's public key as the secret.
    HmacPublicKey(PublicKeyForm),
    /// HS256 with the client secret.
    HmacClientSecret,
}

/// How the three parts are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenEncoding {
    /// Base64url without padding, as it must be.
    #[default]
    Url,
    /// Base64url with padding.
    Padded,
    /// Standard base64 with `+`, `/` and padding.
    Standard,
    /// Base64url with a line break in the middle of the payload.
    LineBreak,
}

/// How the payload's text becomes bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PayloadCharset {
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, little endian.
    #[serde(rename = "utf-16le")]
    Utf16LittleEndian,
    /// UTF-8 with a byte order mark.
    #[serde(rename = "utf-8-bom")]
    Utf8WithMark,
}

/// Replaces bytes in the payload. All occurrences are replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PayloadEdit {
    /// What is looked for.
    pub find: String,
    /// What takes its place, as text.
    pub replace: String,
    /// What takes its place, as standard base64; wins over the text.
    pub replace_base64: Option<String>,
}

/// What the next token shall have wrong. Applied in the order of the fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenMutation {
    /// Which token is changed.
    pub token: MutatedToken,
    /// Only for this grant type (`authorization_code`, `refresh_token`, `client_credentials`, `implicit`).
    pub grant: Option<String>,
    /// Only for tokens of this tenant (id).
    pub tenant: Option<String>,
    /// Claims to set; `null` removes one.
    pub claims: Map<String, Value>,
    /// Claims to set to JSON `null`.
    pub null_claims: Vec<String>,
    /// Raw JSON members put before all others, such as `"tid":"…"`.
    pub members_before: Option<String>,
    /// Raw JSON members put after all others.
    pub members_after: Option<String>,
    /// The whole payload as text; `{{name}}` stands for a claim's own text.
    pub payload_text: Option<String>,
    /// The whole payload as bytes, standard base64.
    pub payload_base64: Option<String>,
    /// Changes to the payload's bytes.
    pub payload_edits: Vec<PayloadEdit>,
    /// Character set of the payload.
    pub payload_charset: PayloadCharset,
    /// Header members to set; `null` removes one.
    pub header: Map<String, Value>,
    /// The whole header as text.
    pub header_text: Option<String>,
    /// Name or key id of the key that signs; it sets `kid` too.
    pub signing_key: Option<String>,
    /// How the token is signed.
    pub signature: SignatureRule,
    /// How its parts are written.
    pub encoding: TokenEncoding,
    /// Exactly this text instead of a token.
    pub raw_token: Option<String>,
    /// Members of the answer's JSON to set; `null` removes one.
    pub token_response: Map<String, Value>,
    /// How many tokens are changed; all until further notice when absent.
    pub times: Option<u32>,
}

impl Default for TokenMutation {
    fn default() -> Self {
        Self {
            token: MutatedToken::default(),
            grant: None,
            tenant: None,
            claims: Map::new(),
            null_claims: Vec::new(),
            members_before: None,
            members_after: None,
            payload_text: None,
            payload_base64: None,
            payload_edits: Vec::new(),
            payload_charset: PayloadCharset::default(),
            header: Map::new(),
            header_text: None,
            signing_key: None,
            signature: SignatureRule::default(),
            encoding: TokenEncoding::default(),
            raw_token: None,
            token_response: Map::new(),
            times: Some(1),
        }
    }
}

impl TokenMutation {
    /// The one change most tests want: one claim has another value, or is gone with [`Value::Null`].
    #[must_use]
    pub fn claim(name: &str, value: impl Into<Value>) -> Self {
        let mut mutation = Self::default();
        mutation.claims.insert(name.to_owned(), value.into());
        mutation
    }

    pub(crate) fn is_for(&self, token: MutatedToken, grant: &str, tenant: &str) -> bool {
        self.token == token
            && self.grant.as_deref().is_none_or(|only| only == grant)
            && self
                .tenant
                .as_deref()
                .is_none_or(|only| only.eq_ignore_ascii_case(tenant))
    }
}

/// Takes the first queued entry that fits, and uses up one of its times.
pub(crate) fn take<T: Clone>(
    queue: &mut Vec<T>,
    fits: impl Fn(&T) -> bool,
    times: impl Fn(&mut T) -> &mut Option<u32>,
) -> Option<T> {
    let index = queue.iter().position(fits)?;
    let entry = queue[index].clone();
    if let Some(left) = times(&mut queue[index]) {
        *left = left.saturating_sub(1);
        if *left == 0 {
            queue.remove(index);
        }
    }
    Some(entry)
}

/// Sets the members of `changes` in `target`; `null` removes one.
pub(crate) fn merge(target: &mut Map<String, Value>, changes: &Map<String, Value>) {
    for (name, value) in changes {
        if value.is_null() {
            target.remove(name);
        } else {
            target.insert(name.clone(), value.clone());
        }
    }
}
