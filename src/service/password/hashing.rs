//! Argon2id, few at a time.
//!
//! One hash takes 19 MiB and a core for a moment, and the runtime would run hundreds at once (RFC 9106 section 4 makes
//! it costly on purpose). Two run, some wait, and further ones are turned away before they cost anything. A hash that
//! is in the queue runs to its end even when its client has gone, so the place belongs to the hash and not to the request:
//! otherwise clients that hang up at once could start any number.

mod lanes;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use argon2::{
    Algorithm, Params, PasswordHash, Version,
    password_hash::phc::{Output, ParamsString, Salt},
};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use unicode_normalization::UnicodeNormalization as _;

use self::lanes::{Lanes, Memory};
use crate::{domain::id::Ids, service::ServiceError};

/// So many hashes run at once.
pub const AT_ONCE: usize = 2;
/// So many run or wait; at some 20 ms each the last one waits a third of a second.
const PLACES: usize = 32;

/// The OWASP Password Storage Cheat Sheet's parameters: 19 MiB, two passes, one lane.
const PARAMETERS: (u32, u32, u32) = (19_456, 2, 1);
/// The largest that a stored hash may ask for: memory in KiB, passes, lanes. More is damage or malice.
const LARGEST: (u32, u32, u32) = (65_536, 10, 4);
/// A salt for passwords that nobody has, so that looking for one costs what checking one costs.
const NOBODY: [u8; SALT_LENGTH] = *b"nobody's account";
const SALT_LENGTH: usize = 16;

/// The one place where passwords are hashed. Cheap to clone; all clones share the same places.
#[derive(Clone, Debug)]
pub struct Hashing(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    lanes: Lanes,
    places: Arc<Semaphore>,
    gauge: Arc<Gauge>,
}

/// What ran; for measurements.
#[derive(Debug, Default)]
struct Gauge {
    runs: AtomicUsize,
    running: AtomicUsize,
    most: AtomicUsize,
}

impl Default for Hashing {
    fn default() -> Self {
        Self(Arc::new(Shared {
            lanes: Lanes::default(),
            places: Arc::new(Semaphore::new(PLACES)),
            gauge: Arc::default(),
        }))
    }
}

/// A place in the queue. Given back when dropped, or when its hash has ended.
#[derive(Debug)]
pub(super) struct Place {
    held: OwnedSemaphorePermit,
    shared: Arc<Shared>,
}

/// How a password compares with a stored hash.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It is the one; with a new hash when the stored one is weaker than ours.
    Right(Option<SecretString>),
    /// It is not, or there is none.
    Wrong,
    /// The stored hash asks for more than any of ours, or cannot be read.
    Unusable,
}

impl Hashing {
    /// How many hashes were begun since the start.
    pub fn runs(&self) -> usize {
        self.0.gauge.runs.load(Ordering::SeqCst)
    }

    /// How many run now.
    pub fn running(&self) -> usize {
        self.0.gauge.running.load(Ordering::SeqCst)
    }

    /// The most that ever ran at once.
    pub fn most_at_once(&self) -> usize {
        self.0.gauge.most.load(Ordering::SeqCst)
    }

    /// How many run or wait now.
    pub fn taken_places(&self) -> usize {
        PLACES - self.0.places.available_permits()
    }

    /// A place, unless all are taken.
    pub(super) fn place(&self) -> Option<Place> {
        let held = self.0.places.clone().try_acquire_owned().ok()?;
        Some(Place {
            held,
            shared: self.0.clone(),
        })
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// [`ServiceError::PasswordHash`].
    pub(super) async fn hash(&self, password: SecretString, ids: &Ids) -> Result<SecretString, ServiceError> {
        let salt = salt(ids);
        let place = self.place().ok_or(ServiceError::PasswordHash)?;
        place
            .run(move |gauge, memory| gauge.hash(memory, &normalized(&password), &salt))
            .await?
    }
}

impl Place {
    /// Compares a password with a stored hash, or with nothing at the same cost.
    ///
    /// # Errors
    /// [`ServiceError::PasswordHash`].
    pub(super) async fn verify(
        self,
        password: SecretString,
        stored: Option<SecretString>,
        ids: &Ids,
    ) -> Result<Verdict, ServiceError> {
        let salt = salt(ids);
        self.run(move |gauge, memory| gauge.verify(memory, &normalized(&password), stored.as_ref(), &salt))
            .await?
    }

    /// Runs `work` in a lane, after those that came before. The place is given back when the work has ended, not when
    /// the caller has gone.
    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&Gauge, &mut Memory) -> T + Send + 'static,
    ) -> Result<T, ServiceError> {
        let gauge = self.shared.gauge.clone();
        let held = self.held;
        let (answer, answered) = oneshot::channel();
        self.shared.lanes.put(Box::new(move |memory| {
            let running = Running::one_more(&gauge);
            let result = work(&gauge, memory);
            drop((running, held));
            // Whoever asked may have gone meanwhile.
            drop(answer.send(result));
        }))?;
        answered.await.map_err(|_| ServiceError::PasswordHash)
    }
}

/// Counts a hash that runs, until it ends in whatever way.
struct Running<'gauge>(&'gauge Gauge);

impl<'gauge> Running<'gauge> {
    fn one_more(gauge: &'gauge Gauge) -> Self {
        let running = gauge.running.fetch_add(1, Ordering::SeqCst) + 1;
        gauge.most.fetch_max(running, Ordering::SeqCst);
        Self(gauge)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Gauge {
    fn hash(
        &self,
        memory: &mut Memory,
        password: &SecretString,
        salt: &[u8],
    ) -> Result<SecretString, ServiceError> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        let bytes = password.expose_secret().as_bytes();
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        let strength = (Algorithm::Argon2id, Version::V0x13, ours());
        memory
            .compute(strength, bytes, salt, &mut output)
            .and_then(|()| in_phc_form(&output, salt))
            .map(|hash| SecretString::from(hash.to_string()))
            .ok_or(ServiceError::PasswordHash)
    }

    fn verify(
        &self,
        memory: &mut Memory,
        password: &SecretString,
        stored: Option<&SecretString>,
        salt: &[u8],
    ) -> Result<Verdict, ServiceError> {
        let Some(stored) = stored else {
            self.hash(memory, password, &NOBODY)?;
            return Ok(Verdict::Wrong);
        };
        let Some((hash, strength)) = readable(stored.expose_secret()) else {
            self.hash(memory, password, &NOBODY)?;
            return Ok(Verdict::Unusable);
        };
        self.runs.fetch_add(1, Ordering::SeqCst);
        if !is_of(memory, password.expose_secret().as_bytes(), &hash) {
            return Ok(Verdict::Wrong);
        }
        Ok(Verdict::Right(match strength {
            Strength::Ours => None,
            Strength::Weaker => Some(self.hash(memory, password, salt)?),
        }))
    }
}

/// Whether the password gives this hash; told in constant time.
fn is_of(memory: &mut Memory, password: &[u8], hash: &PasswordHash) -> bool {
    let mut computed = || {
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let version = hash.version.and_then(|version| Version::try_from(version).ok())?;
        let (salt, expected) = (hash.salt.as_ref()?, hash.hash.as_ref()?);
        let asked = Params::try_from(hash).ok()?;
        let length = Some(expected.as_bytes().len());
        let parameters = Params::new(asked.m_cost(), asked.t_cost(), asked.p_cost(), length).ok()?;
        let mut output = vec![0; expected.as_bytes().len()];
        memory.compute((algorithm, version, parameters), password, salt, &mut output)?;
        verify_slices_are_equal(&output, expected.as_bytes()).ok()
    };
    computed().is_some()
}

/// The text that is stored (the PHC string format).
fn in_phc_form(output: &[u8], salt: &[u8]) -> Option<PasswordHash> {
    Some(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&ours()).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(Output::new(output).ok()?),
    })
}

/// How a stored hash compares with what we store now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strength {
    Ours,
    Weaker,
}

/// A stored hash, unless computing it would cost more than any of ours.
fn readable(stored: &str) -> Option<(PasswordHash, Strength)> {
    let hash = PasswordHash::new(stored).ok()?;
    let parameters = Params::try_from(&hash).ok()?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let asked = (parameters.m_cost(), parameters.t_cost(), parameters.p_cost());
    let bounded = asked.0 <= LARGEST.0 && asked.1 <= LARGEST.1 && asked.2 <= LARGEST.2;
    if !bounded || hash.salt.is_none() || hash.hash.is_none() {
        return None;
    }
    // The second pair is as strong as the first by the same sheet.
    let as_strong = |memory, passes| asked.0 >= memory && asked.1 >= passes;
    let strong = as_strong(PARAMETERS.0, PARAMETERS.1) || as_strong(47_104, 1);
    let current = algorithm == Algorithm::Argon2id && hash.version == Some(Version::V0x13.into());
    let strength = if strong && current {
        Strength::Ours
    } else {
        Strength::Weaker
    };
    Some((hash, strength))
}

fn ours() -> Params {
    const PARAMS: Params = match Params::new(PARAMETERS.0, PARAMETERS.1, PARAMETERS.2, None) {
        Ok(params) => params,
        Err(_) => Params::DEFAULT,
    };
    PARAMS
}

/// NFKC, and nothing else: the same word typed on two keyboards may arrive as different code points (NIST SP 800-63B
/// section 3.1.1.2). Nothing is trimmed, cut or changed in case.
fn normalized(password: &SecretString) -> SecretString {
    SecretString::from(password.expose_secret().nfkc().collect::<String>())
}

/// 16 random bytes.
fn salt(ids: &Ids) -> [u8; SALT_LENGTH] {
    let digest = crate::seal::sha256(ids.token().expose().as_bytes());
    let mut salt = [0; SALT_LENGTH];
    salt.copy_from_slice(&digest[..SALT_LENGTH]);
    salt
}

#[cfg(test)]
mod tests;
