//! A client certificate and its private key, from one PEM text.
//!
//! Nobody's trust is checked here: the certificate counts because it is registered at Microsoft. So this reads three
//! fields of it (end of validity, public key, fingerprint) and validates none. What cannot work is refused while the
//! server starts, in words, and not at the first sign-in by a number.

use aws_lc_rs::{
    digest,
    signature::{KeyPair as _, RsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use crate::domain::time::Timestamp;

/// Why a PEM text is no usable client certificate. Says nothing of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnusableCertificate {
    /// No PEM at all, or a broken block.
    #[error(
        "is no PEM text: it must hold the private key and the certificate, each from its BEGIN to its END line"
    )]
    Unreadable,
    /// No private key.
    #[error("holds no private key; put the key (BEGIN PRIVATE KEY) and the certificate into one PEM text")]
    NoKey,
    /// No certificate.
    #[error(
        "holds no certificate; put the private key and the certificate (BEGIN CERTIFICATE) into one PEM text"
    )]
    NoCertificate,
    /// More than one private key.
    #[error("holds more than one private key; keep the one that belongs to the certificate")]
    ManyKeys,
    /// A key behind a password.
    #[error("holds an encrypted private key; write it without a password: openssl pkcs8 -topk8 -nocrypt")]
    EncryptedKey,
    /// A key that cannot sign PS256.
    #[error("holds a private key that cannot sign PS256: an RSA key of 2048 to 8192 bits is needed")]
    UnfitKey,
    /// No certificate belongs to the key.
    #[error("holds a private key that does not belong to the certificate")]
    Mismatch,
    /// The certificate cannot be read.
    #[error("holds a certificate that cannot be read")]
    BrokenCertificate,
}

/// A certificate whose key signs our assertions.
#[derive(Debug)]
pub struct ClientCertificate {
    key: EncodingKey,
    thumbprint: String,
    expires: Timestamp,
}

impl ClientCertificate {
    pub(super) fn read(text: &SecretString) -> Result<Self, UnusableCertificate> {
        let blocks = pem::parse_many(text.expose_secret()).map_err(|_| UnusableCertificate::Unreadable)?;
        if blocks.is_empty() {
            return Err(UnusableCertificate::Unreadable);
        }
        let certificates: Vec<_> = blocks
            .iter()
            .filter(|block| block.tag() == "CERTIFICATE")
            .map(pem::Pem::contents)
            .collect();
        let keys: Vec<_> = blocks
            .iter()
            .filter(|block| block.tag().ends_with("PRIVATE KEY"))
            .collect();
        let key = match keys[..] {
            [] => return Err(UnusableCertificate::NoKey),
            [key] => key,
            _ => return Err(UnusableCertificate::ManyKeys),
        };
        let is_encrypted = key.tag().starts_with("ENCRYPTED") || key.headers().iter().next().is_some();
        if is_encrypted {
            return Err(UnusableCertificate::EncryptedKey);
        }
        let pair = match key.tag() {
            "PRIVATE KEY" => RsaKeyPair::from_pkcs8(key.contents()),
            "RSA PRIVATE KEY" => RsaKeyPair::from_der(key.contents()),
            _ => return Err(UnusableCertificate::UnfitKey),
        };
        let pair = pair.map_err(|_| UnusableCertificate::UnfitKey)?;
        let encoding = SecretString::from(pem::encode(key));
        let key = EncodingKey::from_rsa_pem(encoding.expose_secret().as_bytes())
            .map_err(|_| UnusableCertificate::UnfitKey)?;
        if certificates.is_empty() {
            return Err(UnusableCertificate::NoCertificate);
        }
        let mut fields = Vec::with_capacity(certificates.len());
        for der in certificates {
            fields.push(Fields::of(der).ok_or(UnusableCertificate::BrokenCertificate)?);
        }
        let own = fields
            .into_iter()
            .find(|fields| fields.public_key == pair.public_key().as_ref())
            .ok_or(UnusableCertificate::Mismatch)?;
        Ok(Self {
            key,
            thumbprint: own.thumbprint,
            expires: own.expires,
        })
    }

    /// The end of its validity.
    pub(super) const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// A JWT with these claims, by PS256, that names the certificate by `x5t#S256` (RFC 7515 section 4.1.8).
    pub(super) fn sign(&self, claims: &impl Serialize) -> jsonwebtoken::errors::Result<SecretString> {
        let header = Header {
            x5t_s256: Some(self.thumbprint.clone()),
            ..Header::new(Algorithm::PS256)
        };
        jsonwebtoken::encode(&header, claims, &self.key).map(SecretString::from)
    }
}

/// What is read of a certificate.
struct Fields<'a> {
    /// PKCS #1; empty for a key that is no RSA key.
    public_key: &'a [u8],
    /// Base64url of the SHA-256 of the whole.
    thumbprint: String,
    /// `notAfter`.
    expires: Timestamp,
}

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

impl<'a> Fields<'a> {
    /// Walks down a certificate (RFC 5280 section 4.1) to the two fields.
    fn of(der: &'a [u8]) -> Option<Self> {
        let mut whole = Walk(der);
        let mut certificate = whole.enter(SEQUENCE)?;
        let mut body = certificate.enter(SEQUENCE)?;
        if body.0.first() == Some(&VERSION) {
            body.next()?;
        }
        let (_serial, _algorithm, _issuer) = (body.next()?, body.next()?, body.next()?);
        let mut validity = body.enter(SEQUENCE)?;
        let (_not_before, not_after) = (validity.next()?, validity.next()?);
        let _subject = body.next()?;
        let mut key = body.enter(SEQUENCE)?;
        let _algorithm = key.next()?;
        // The first byte counts unused bits; a key has none.
        let (_, public_key) = key.enter(BIT_STRING)?.0.split_first()?;
        Some(Self {
            public_key,
            thumbprint: URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, der)),
            expires: time(not_after)?,
        })
    }
}

/// Elements of DER, one after the other.
struct Walk<'a>(&'a [u8]);

impl<'a> Walk<'a> {
    /// Tag and content of the next element.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            if digits.len() > 4 {
                return None;
            }
            let length = digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit));
            (length, rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// Inside the next element, which must have this tag.
    fn enter(&mut self, tag: u8) -> Option<Self> {
        self.next()
            .filter(|(found, _)| *found == tag)
            .map(|(_, content)| Self(content))
    }
}

/// A time in UTC to the second, with two digits of the year or with four (RFC 5280 section 4.1.2.5).
fn time((tag, content): (u8, &[u8])) -> Option<Timestamp> {
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let digits = match tag {
        // Below 50 it is this century.
        UTC_TIME if text < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    if digits.len() != 14 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, month, day) = (&digits[..4], &digits[4..6], &digits[6..8]);
    let (hour, minute, second) = (&digits[8..10], &digits[10..12], &digits[12..]);
    Timestamp::parse(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}

#[cfg(test)]
mod tests;
