//! Writes tokens: flawless ones, and those a test asked to be wrong.
//!
//! Members keep the order Microsoft issues them in, so the JSON is written here and not by a map. There is one path
//! from claims to text; a mutation only replaces pieces on it.

use aws_lc_rs::hmac;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD},
};
use serde_json::{Map, Value, json};

use crate::{
    keys::Pair,
    mutation::{PayloadCharset, PublicKeyForm, SignatureRule, TokenEncoding, TokenMutation},
};

/// JSON members in the order they are written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members(pub(crate) Vec<(String, Value)>);

impl Members {
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    pub(crate) fn set_some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    fn merge(&mut self, changes: &Map<String, Value>) {
        for (name, value) in changes {
            if value.is_null() {
                self.0.retain(|(known, _)| known != name);
            } else {
                self.set(name, value.clone());
            }
        }
    }

    fn inner_text(&self) -> String {
        self.0
            .iter()
            .map(|(name, value)| format!("{}:{value}", json!(name)))
            .collect::<Vec<_>>()
            .join(",")
    }

    fn text(&self) -> String {
        format!("{{{}}}", self.inner_text())
    }
}

/// A flawless token.
pub(crate) fn sign(key: &Pair, claims: &Members) -> String {
    write(key, claims, &TokenMutation::default(), "")
}

/// The token, with whatever the mutation makes wrong.
pub(crate) fn write(key: &Pair, claims: &Members, mutation: &TokenMutation, client_secret: &str) -> String {
    if let Some(raw) = &mutation.raw_token {
        return raw.clone();
    }
    let key = mutation
        .signing_key
        .as_deref()
        .and_then(Pair::find)
        .unwrap_or(key);
    let header = header(key, mutation);
    let payload = payload(claims, mutation);
    let (header, payload) = (
        encode(&header, mutation.encoding),
        encode(&payload, mutation.encoding),
    );
    let payload = if mutation.encoding == TokenEncoding::LineBreak {
        broken_line(&payload)
    } else {
        payload
    };
    let message = format!("{header}.{payload}");
    let signature = match &mutation.signature {
        SignatureRule::Omitted => return message,
        SignatureRule::Empty => String::new(),
        SignatureRule::Valid => key.sign(message.as_bytes()),
        SignatureRule::Broken => flipped(&key.sign(message.as_bytes())),
        SignatureRule::Original => {
            let plain = TokenMutation::default();
            let header = encode(&self::header(key, &plain), plain.encoding);
            let payload = encode(claims.text().as_bytes(), plain.encoding);
            key.sign(format!("{header}.{payload}").as_bytes())
        }
        SignatureRule::HmacText(secret) => hmac(secret.as_bytes(), &message),
        SignatureRule::HmacBase64(secret) => hmac(&STANDARD.decode(secret).unwrap_or_default(), &message),
        SignatureRule::HmacPublicKey(form) => hmac(&public_key(key, *form), &message),
        SignatureRule::HmacClientSecret => hmac(client_secret.as_bytes(), &message),
    };
    let signature = match URL_SAFE_NO_PAD.decode(&signature) {
        Ok(bytes) => encode(&bytes, mutation.encoding),
        Err(_) => signature,
    };
    format!("{message}.{signature}")
}

fn header(key: &Pair, mutation: &TokenMutation) -> Vec<u8> {
    if let Some(text) = &mutation.header_text {
        return text.clone().into_bytes();
    }
    let mut header = Members::default();
    header.set("typ", "JWT");
    header.set(
        "alg",
        if is_hmac(&mutation.signature) {
            "HS256"
        } else {
            "RS256"
        },
    );
    header.set("kid", key.kid.as_str());
    header.merge(&mutation.header);
    header.text().into_bytes()
}

fn payload(claims: &Members, mutation: &TokenMutation) -> Vec<u8> {
    let mut changed = claims.clone();
    changed.merge(&mutation.claims);
    for name in &mutation.null_claims {
        changed.set(name, Value::Null);
    }
    let inner = changed.inner_text();
    let members = [
        mutation.members_before.as_deref(),
        Some(inner.as_str()),
        mutation.members_after.as_deref(),
    ];
    let members = members
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>();
    let mut text = format!("{{{}}}", members.join(","));
    if let Some(exact) = &mutation.payload_text {
        text = changed.0.iter().fold(exact.clone(), |text, (name, value)| {
            let own = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.replace(&format!("{{{{{name}}}}}"), &own)
        });
    }
    let mut bytes = match mutation.payload_charset {
        PayloadCharset::Utf8 => text.into_bytes(),
        PayloadCharset::Utf16LittleEndian => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        PayloadCharset::Utf8WithMark => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
    };
    if let Some(exact) = &mutation.payload_base64 {
        bytes = STANDARD.decode(exact).unwrap_or_default();
    }
    for edit in &mutation.payload_edits {
        let replacement = edit
            .replace_base64
            .as_ref()
            .map(|text| STANDARD.decode(text).unwrap_or_default());
        let replacement = replacement.unwrap_or_else(|| edit.replace.clone().into_bytes());
        bytes = replaced(&bytes, edit.find.as_bytes(), &replacement);
    }
    bytes
}

fn is_hmac(rule: &SignatureRule) -> bool {
    use SignatureRule::{HmacBase64, HmacClientSecret, HmacPublicKey, HmacText};
    matches!(
        rule,
        HmacText(_) | HmacBase64(_) | HmacPublicKey(_) | HmacClientSecret
    )
}

fn hmac(secret: &[u8], message: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes()))
}

fn public_key(key: &Pair, form: PublicKeyForm) -> Vec<u8> {
    match form {
        PublicKeyForm::Der => STANDARD.decode(&key.public_key).unwrap_or_default(),
        PublicKeyForm::Modulus => URL_SAFE_NO_PAD.decode(&key.n).unwrap_or_default(),
        PublicKeyForm::Certificate => key.certificate.clone().into_bytes(),
        PublicKeyForm::Pem => {
            let lines = key
                .public_key
                .as_bytes()
                .chunks(64)
                .map(String::from_utf8_lossy)
                .collect::<Vec<_>>();
            format!(
                "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
                lines.join("\n")
            )
            .into_bytes()
        }
    }
}

fn encode(bytes: &[u8], encoding: TokenEncoding) -> String {
    match encoding {
        TokenEncoding::Url | TokenEncoding::LineBreak => URL_SAFE_NO_PAD.encode(bytes),
        TokenEncoding::Padded => URL_SAFE.encode(bytes),
        TokenEncoding::Standard => STANDARD.encode(bytes),
    }
}

fn broken_line(text: &str) -> String {
    let (start, end) = text.split_at(text.len() / 2);
    format!("{start}\n{end}")
}

/// The signature with the lowest bit of its middle byte flipped.
fn flipped(signature: &str) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

fn replaced(bytes: &[u8], find: &[u8], replacement: &[u8]) -> Vec<u8> {
    let mut result = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        if !find.is_empty() && rest.starts_with(find) {
            result.extend_from_slice(replacement);
            rest = &rest[find.len()..];
        } else {
            result.push(rest[0]);
            rest = &rest[1..];
        }
    }
    result
}

/// The claims of a token of ours, when one of our keys signed it.
pub(crate) fn read(token: &str) -> Option<Map<String, Value>> {
    let (message, signature) = token.rsplit_once('.')?;
    let (header, payload) = message.split_once('.')?;
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    let key = Pair::find(header["kid"].as_str()?)?;
    if header["alg"] != "RS256" || !key.verifies(message.as_bytes(), signature) {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}
