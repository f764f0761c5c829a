//! Encryption of what leaves the server and comes back: transient cookies, and secrets at rest.
//!
//! AES-256-GCM with a fresh random nonce for each message. The purpose is bound as associated data, so that a text
//! sealed for one place opens in no other. Of several keys the first seals and all open, so keys can be rotated.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    digest, rand,
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};

/// Length of one key in bytes.
const KEY_LENGTH: usize = 32;

/// Seals and opens small texts.
#[derive(Debug)]
pub struct Sealer {
    keys: Vec<RandomizedNonceKey>,
}

/// Why keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// An entry of the list is not base64 of 32 bytes.
    #[error("each key must be base64 of 32 bytes, for example from: openssl rand -base64 32")]
    Malformed,
    /// The key file cannot be read or written.
    #[error("the key file {path} cannot be used: {cause}")]
    File {
        /// Which file.
        path: String,
        /// Why.
        cause: io::Error,
    },
}

impl Sealer {
    /// From the comma-separated list of `ENCRYPTION_KEY`.
    ///
    /// # Errors
    /// [`KeyError::Malformed`].
    pub fn from_list(list: &str) -> Result<Self, KeyError> {
        let keys = list
            .split(',')
            .map(|entry| {
                let bytes = STANDARD.decode(entry.trim()).map_err(|_| KeyError::Malformed)?;
                if bytes.len() != KEY_LENGTH {
                    return Err(KeyError::Malformed);
                }
                RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| KeyError::Malformed)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { keys })
    }

    /// From a key file, which is made with mode 0600 when it is not there.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let failed = |cause| KeyError::File {
            path: path.display().to_string(),
            cause,
        };
        match fs::read_to_string(path) {
            Ok(list) => return Self::from_list(list.trim()),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(failed(cause)),
        }
        let mut key = [0; KEY_LENGTH];
        rand::fill(&mut key).map_err(|_| failed(io::Error::other("no randomness")))?;
        let text = STANDARD.encode(key);
        match create_private(path).and_then(|mut file| {
            file.write_all(format!("{text}\n").as_bytes())?;
            file.sync_all()
        }) {
            Ok(()) => Self::from_list(&text),
            // Another process made it at the same moment: its key is the one.
            Err(raced) if raced.kind() == io::ErrorKind::AlreadyExists => Self::from_file(path),
            Err(cause) => Err(failed(cause)),
        }
    }

    /// Seals `text` for `purpose`: base64url without padding.
    ///
    /// # Panics
    /// Never: a sealer is made with at least one key, and messages are far below the cipher's limit.
    pub fn seal(&self, purpose: &str, text: &str) -> String {
        let key = self.keys.first().expect("a sealer has a key");
        let mut message = text.as_bytes().to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(purpose.as_bytes()), &mut message)
            .expect("a short message can be sealed");
        let mut sealed = nonce.as_ref().to_vec();
        sealed.append(&mut message);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Opens what [`Sealer::seal`] made for the same purpose; `None` for anything else.
    pub fn open(&self, purpose: &str, sealed: &str) -> Option<String> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, message) = sealed.split_at_checked(12)?;
        self.keys.iter().find_map(|key| {
            let mut message = message.to_vec();
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let opened = key
                .open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut message)
                .ok()?;
            String::from_utf8(opened.to_vec()).ok()
        })
    }
}

/// SHA-256: what is stored of a token.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

fn create_private(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> String {
        STANDARD.encode([byte; KEY_LENGTH])
    }

    #[test]
    fn a_sealed_text_opens_for_its_purpose_only() {
        let keys = Sealer::from_list(&key(1)).expect("one key");
        let sealed = keys.seal("attempt", "secret");
        assert_eq!(keys.open("attempt", &sealed).as_deref(), Some("secret"));
        assert_eq!(keys.open("notice", &sealed), None);
        assert_ne!(
            sealed,
            keys.seal("attempt", "secret"),
            "each sealing has its own nonce"
        );
    }

    #[test]
    fn a_changed_byte_opens_nothing() {
        let sealer = Sealer::from_list(&key(1)).expect("one key");
        let mut bytes = URL_SAFE_NO_PAD
            .decode(sealer.seal("attempt", "secret"))
            .expect("base64url");
        for place in 0..bytes.len() {
            bytes[place] ^= 1;
            assert_eq!(
                sealer.open("attempt", &URL_SAFE_NO_PAD.encode(&bytes)),
                None,
                "byte {place}"
            );
            bytes[place] ^= 1;
        }
        for nonsense in ["", "x", "!!!!", "AAAAAAAAAAAAAAAA"] {
            assert_eq!(sealer.open("attempt", nonsense), None);
        }
    }

    #[test]
    fn rotated_keys_still_open() {
        let old = Sealer::from_list(&key(1)).expect("one key");
        let both = Sealer::from_list(&format!("{}, {}", key(2), key(1))).expect("two keys");
        assert_eq!(
            both.open("attempt", &old.seal("attempt", "secret")).as_deref(),
            Some("secret")
        );
        assert_eq!(
            old.open("attempt", &both.seal("attempt", "secret")),
            None,
            "the first key seals"
        );
    }

    #[test]
    fn short_keys_are_refused() {
        assert!(matches!(Sealer::from_list("c2hvcnQ="), Err(KeyError::Malformed)));
        assert!(matches!(Sealer::from_list(""), Err(KeyError::Malformed)));
    }

    #[test]
    fn a_key_file_is_made_once_and_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("data/encryption.key");
        let first = Sealer::from_file(&path).expect("made");
        let second = Sealer::from_file(&path).expect("read");
        assert_eq!(
            second
                .open("attempt", &first.seal("attempt", "secret"))
                .as_deref(),
            Some("secret")
        );
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
