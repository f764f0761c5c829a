//! Identifiers and opaque strings.
//!
//! They come from the machine's generator and carry no meaning: whoever reads something into a code or a `rh` claim
//! is wrong at Microsoft too. What must be the same on every start (generated people) is derived, not drawn.

use aws_lc_rs::{digest, rand};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::{Builder, Uuid};

/// Base64url of so many random bytes.
pub(crate) fn opaque(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    rand::fill(&mut buffer).expect("the system's generator answers");
    URL_SAFE_NO_PAD.encode(buffer)
}

/// A fresh GUID.
pub(crate) fn identifier() -> Uuid {
    let mut buffer = [0; 16];
    rand::fill(&mut buffer).expect("the system's generator answers");
    Builder::from_random_bytes(buffer).into_uuid()
}

/// The same GUID for the same words, on every machine.
pub(crate) fn derived_identifier(words: &str) -> Uuid {
    let hash = digest::digest(&digest::SHA256, words.as_bytes());
    let mut buffer = [0; 16];
    buffer.copy_from_slice(&hash.as_ref()[..16]);
    Builder::from_random_bytes(buffer).into_uuid()
}

/// A number of the range, both ends included.
pub(crate) fn between(low: i64, high: i64) -> i64 {
    let mut buffer = [0; 4];
    rand::fill(&mut buffer).expect("the system's generator answers");
    low + i64::from(u32::from_le_bytes(buffer)) % (high - low + 1)
}

/// Base64url of the SHA-256 of the words: 43 characters.
pub(crate) fn fingerprint(words: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, words.as_bytes()))
}
