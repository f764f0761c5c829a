//! Sign in with an email address and a password.
//!
//! Whoever tries learns one of two things: wrong, or wait. An unknown address, an account without a password, a
//! suspended member and a wrong password look alike, cost alike and wait alike; only the audit event says which it was.
//! An attempt is counted before it is looked at, and no connection to the database is held while it is.

mod hashing;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

pub use hashing::{AT_ONCE, Hashing};

use self::hashing::Verdict;
use crate::{
    domain::{
        audit::{Action, Actor, Event, Outcome},
        id::{Reference, Token},
        member::Standing,
        password,
        sign_in::{AuthMode, Refusal},
        time::Timestamp,
    },
    seal,
    service::{Origin, ServiceError, Services, session},
    storage::{Claimant, Credential, FailureKey},
};

/// What somebody typed, and the browser it was typed in.
#[derive(Debug)]
pub struct Typed {
    /// The address, in canonical form.
    pub email: String,
    /// The password, as it arrived.
    pub password: SecretString,
    /// What this browser keeps from an earlier sign-in.
    pub device: Option<Device>,
}

/// A browser in which somebody has signed in with this address and its password before. Wrong passwords that are typed
/// elsewhere do not make it wait (OWASP, "device cookies"); it has a count of its own. Kept sealed in a cookie.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Device {
    address: String,
    name: Token,
}

/// How an attempt ended.
#[derive(Debug)]
pub enum Ended {
    /// Signed in.
    Entered {
        /// The session's token, for the cookie; only its hash is stored.
        token: Token,
        /// For the browser to keep.
        device: Device,
    },
    /// Refused, and recorded.
    Refused(Told),
    /// Too many at once; nothing was looked at or counted.
    Busy,
}

/// What the person may know of a refusal.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// `bad_credentials`, `throttled` or `password_disabled`.
    pub refusal: Refusal,
    /// When it may be tried again.
    pub until: Option<Timestamp>,
    /// What stands in the audit event too.
    pub reference: Reference,
}

/// Signs somebody in.
///
/// # Errors
/// [`ServiceError`] when the outcome could not be recorded: then nobody is signed in.
pub async fn sign_in(services: &Services, typed: Typed, origin: Origin) -> Result<Ended, ServiceError> {
    let Typed {
        email,
        password,
        device,
    } = typed;
    let found = services.store.find_credential(&email).await?;
    let attempt = Attempt {
        services,
        email: &email,
        claimant: found.as_ref().map(|found| &found.claimant),
        origin,
    };
    if services.rules.auth_mode == AuthMode::EntraOnly {
        return attempt.refuse(Refusal::PasswordDisabled, Hidden::Nothing).await;
    }
    // The place comes first: who is turned away for want of one has not tried.
    let Some(place) = services.hashing.place() else {
        return Ok(Ended::Busy);
    };
    let device = device.filter(|device| device.address == address_name(&email));
    let key = failure_key(&email, device.as_ref());
    if let Err(until) = services
        .store
        .upkeep()
        .count_attempt(&key, services.now())
        .await?
    {
        return attempt.throttle(until).await;
    }
    if password.expose_secret().len() > password::LONGEST {
        return attempt.refuse(Refusal::BadCredentials, Hidden::Nothing).await;
    }
    let stored = found.as_ref().map(|found| found.password_hash.clone());
    let verdict = place.verify(password, stored, &services.ids).await?;
    match (verdict, &found) {
        // A second factor has its place here: the password is right, and there is no session yet.
        (Verdict::Right(stronger), Some(found)) => {
            let device = device.unwrap_or_else(|| Device {
                address: address_name(&email),
                name: services.ids.token(),
            });
            attempt.enter(found, stronger, &key, device).await
        }
        (Verdict::Unusable, _) => {
            tracing::error!("a stored password hash is damaged or asks for too much; a recovery link helps");
            attempt.refuse(Refusal::BadCredentials, Hidden::StoredHash).await
        }
        _ => attempt.refuse(Refusal::BadCredentials, Hidden::Nothing).await,
    }
}

/// Records that an address or its network tried too often: once at the beginning, for whoever watches the log.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn record_flood(services: &Services, origin: Origin) -> Result<(), ServiceError> {
    let event = refused(Refusal::Throttled, origin).with("limit", "address");
    services.store.begin_platform().await?.commit(event).await?;
    Ok(())
}

/// The hash of a new password.
///
/// # Errors
/// [`ServiceError::PasswordHash`].
pub async fn hash(services: &Services, password: SecretString) -> Result<SecretString, ServiceError> {
    services.hashing.hash(password, &services.ids).await
}

/// What only the audit event says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hidden {
    Nothing,
    Suspended,
    StoredHash,
}

struct Attempt<'call> {
    services: &'call Services,
    email: &'call str,
    claimant: Option<&'call Claimant>,
    origin: Origin,
}

impl Attempt<'_> {
    /// One unit of work: the session, the member's last sign-in, the stronger hash, the end of the count, the event.
    async fn enter(
        &self,
        found: &Credential,
        stronger: Option<SecretString>,
        key: &FailureKey,
        device: Device,
    ) -> Result<Ended, ServiceError> {
        let user = found.claimant.user();
        let mut work = self.services.store.begin(&found.claimant).await?;
        let standing = work.admit_member(user, self.services.now()).await?;
        let current = work.is_current_password(user, &found.password_hash).await?;
        if standing != Some(Standing::Active) || !current {
            drop(work);
            let hidden = if standing == Some(Standing::Suspended) {
                Hidden::Suspended
            } else {
                Hidden::Nothing
            };
            return self.refuse(Refusal::BadCredentials, hidden).await;
        }
        if let Some(stronger) = &stronger {
            work.strengthen_password(user, stronger).await?;
        }
        work.forget_failures(key).await?;
        let (token, event) =
            session::open(self.services, &mut work, &found.claimant, "password", self.origin).await?;
        work.commit(event).await?;
        Ok(Ended::Entered { token, device })
    }

    async fn refuse(&self, told: Refusal, hidden: Hidden) -> Result<Ended, ServiceError> {
        let recorded = match hidden {
            Hidden::Suspended => Refusal::Suspended,
            Hidden::Nothing | Hidden::StoredHash => told,
        };
        let mut event = refused(recorded, self.origin);
        if hidden == Hidden::StoredHash {
            event = event.with("cause", "stored_hash_unusable");
        }
        self.record(event, told, None).await
    }

    async fn throttle(&self, until: Timestamp) -> Result<Ended, ServiceError> {
        let event = refused(Refusal::Throttled, self.origin).with("until", until.to_string());
        self.record(event, Refusal::Throttled, Some(until)).await
    }

    /// In the log of the account's team, else in the platform's.
    async fn record(
        &self,
        event: Event,
        told: Refusal,
        until: Option<Timestamp>,
    ) -> Result<Ended, ServiceError> {
        let event = event.with("email", self.email);
        let (work, event) = match self.claimant {
            Some(claimant) => (
                self.services.store.begin(claimant).await?,
                event.on("member", claimant.user()),
            ),
            None => (self.services.store.begin_platform().await?, event),
        };
        work.commit(event).await?;
        Ok(Ended::Refused(Told {
            refusal: told,
            until,
            reference: self.origin.reference,
        }))
    }
}

fn refused(reason: Refusal, origin: Origin) -> Event {
    Event::new(Actor::Anonymous, Action::SignIn, Outcome::Refused)
        .because(reason.code())
        .from(origin.ip)
        .with("method", "password")
        .with("correlation_id", origin.reference.code())
}

/// An address as a device remembers it.
fn address_name(email: &str) -> String {
    use std::fmt::Write as _;
    let hash = seal::sha256(format!("address {email}").as_bytes());
    hash.iter().fold(String::new(), |mut name, byte| {
        let _ = write!(name, "{byte:02x}");
        name
    })
}

/// Under what an attempt is counted.
fn failure_key(email: &str, device: Option<&Device>) -> FailureKey {
    match device {
        Some(device) => seal::sha256(format!("device {}", device.name.expose()).as_bytes()),
        None => seal::sha256(format!("address {email}").as_bytes()),
    }
}
