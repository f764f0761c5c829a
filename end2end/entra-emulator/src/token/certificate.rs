//! As much of X.509 as a client certificate needs: its thumbprints, its validity, its RSA key.
//!
//! Nothing is trusted here: a certificate counts because it is registered, as at Entra, and not because of who signed
//! it. So this is a reader of fields and no validator.

use aws_lc_rs::digest;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, DecodingKey};

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The fields of a certificate.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    der: Vec<u8>,
    /// Second of Unix time from which it is valid.
    pub(super) from: i64,
    /// Second of Unix time until which it is valid.
    pub(super) until: i64,
    /// PKCS #1 public key.
    key: Vec<u8>,
}

impl Certificate {
    /// Reads PEM text, or DER in standard base64. `None` when it is neither, or holds no RSA key.
    pub(super) fn read(text: &str) -> Option<Self> {
        let base64 = text
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .map(str::trim)
            .collect::<String>();
        let der = STANDARD.decode(base64).ok()?;
        let (certificate, _) = element(&der, SEQUENCE)?;
        let (mut body, _) = element(certificate, SEQUENCE)?;
        if body.first() == Some(&VERSION) {
            (_, body) = any(body).map(|(_, content, rest)| (content, rest))?;
        }
        for _ in ["serial number", "algorithm", "issuer"] {
            (_, body) = any(body).map(|(_, content, rest)| (content, rest))?;
        }
        let (validity, body) = element(body, SEQUENCE)?;
        let (_, _subject, body) = any(body)?;
        let (key_info, _) = element(body, SEQUENCE)?;
        let (_, bits) = element(key_info, SEQUENCE)?;
        let (bits, _) = element(bits, BIT_STRING)?;
        let (from, rest) = time(validity)?;
        let (until, _) = time(rest)?;
        // The first byte counts unused bits; a key has none.
        let key = bits.get(1..)?.to_vec();
        Some(Self {
            der,
            from,
            until,
            key,
        })
    }

    /// Base64url of the SHA-1 of the certificate: `x5t`.
    pub(super) fn sha1(&self) -> String {
        let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.der);
        URL_SAFE_NO_PAD.encode(hash)
    }

    /// Base64url of the SHA-256 of the certificate: `x5t#S256`.
    pub(super) fn sha256(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &self.der))
    }

    /// Whether its key made the signature.
    pub(super) fn verifies(&self, message: &str, signature: &str, algorithm: Algorithm) -> bool {
        let key = DecodingKey::from_rsa_der(&self.key);
        jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key, algorithm).unwrap_or(false)
    }
}

/// Tag, content and what follows.
fn any(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        let digits = rest.get(..count).filter(|digits| digits.len() <= 4)?;
        let length = digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit));
        (length, rest.get(count..)?)
    };
    Some((tag, rest.get(..length)?, rest.get(length..)?))
}

fn element(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    any(bytes)
        .filter(|(tag, ..)| *tag == wanted)
        .map(|(_, content, rest)| (content, rest))
}

/// A time in UTC, with two digits of the year or with four.
fn time(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let (tag, content, rest) = any(bytes)?;
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    let (year, text) = match tag {
        UTC_TIME => {
            let year = text.get(..2)?.parse::<i64>().ok()?;
            // RFC 5280, section 4.1.2.5.1: 50 and above are of the last century.
            (year + if year < 50 { 2000 } else { 1900 }, text.get(2..)?)
        }
        GENERALIZED_TIME => (text.get(..4)?.parse().ok()?, text.get(4..)?),
        _ => return None,
    };
    let part = |at: usize| text.get(at * 2..at * 2 + 2)?.parse::<i64>().ok();
    let (month, day) = (part(0)?, part(1)?);
    // Days since 1970 with the year beginning in March, so that the leap day is its last.
    let shifted = if month > 2 { year } else { year - 1 };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + of_year - 719_468;
    Some((days * 86_400 + part(2)? * 3_600 + part(3)? * 60 + part(4)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Pair;

    #[test]
    fn the_fixtures_certificates_can_be_read() {
        let pair = Pair::find("global-1").unwrap();
        let certificate = Certificate::read(&pair.certificate).unwrap();
        assert_eq!(certificate.sha1(), pair.kid);
        let days = (certificate.until - certificate.from) / 86_400;
        assert_eq!(days, 3_650);
        let signature = pair.sign(b"message");
        assert!(certificate.verifies("message", &signature, Algorithm::RS256));
        assert!(!certificate.verifies("another", &signature, Algorithm::RS256));
        assert!(Certificate::read("nonsense").is_none());
    }

    #[test]
    fn times_are_seconds_of_unix_time() {
        assert_eq!(time(b"\x17\x0d700101000000Z").unwrap().0, 0);
        assert_eq!(time(b"\x18\x0f20250213101706Z").unwrap().0, 1_739_441_826);
        assert_eq!(time(b"\x17\x0d240229235959Z").unwrap().0, 1_709_251_199);
    }
}
