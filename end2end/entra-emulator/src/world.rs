//! Everything the emulator knows, behind one lock.
//!
//! A request locks it once, computes its reply and lets go; nobody waits while holding it. A reset makes a new world
//! out of the seed, so no test can leave anything behind for the next one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    authorize::AuthorizeOutcome,
    clock::Clock,
    directory::{Directory, Home, Tenant},
    faults::Fault,
    grants::Grants,
    keys::KeyRing,
    log::Log,
    mutation::TokenMutation,
    registration::Registration,
    seed::Seed,
    settings::Settings,
    tls::TlsCertificate,
};

/// Somebody who is signed in, in one browser.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    pub(crate) account: Home,
    pub(crate) sid: Uuid,
    pub(crate) authenticated_at: i64,
}

/// A token that was issued, kept so that tests can replay it.
#[derive(Clone, Debug, Serialize)]
pub struct IssuedToken {
    /// `id_token` or `access_token`.
    pub kind: &'static str,
    /// Tenant it is for.
    pub tenant: Uuid,
    /// Grant that gave it.
    pub grant: String,
    /// The token.
    pub token: String,
    /// Its claims before any mutation.
    pub claims: Value,
}

/// Resource units one tenant's application has used in a stretch of time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    pub(crate) window: i64,
    pub(crate) units: u32,
}

/// The state of the emulator.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) registration: Registration,
    pub(crate) settings: Settings,
    pub(crate) directory: Directory,
    /// The directory as it was until a second, oldest first; kept only while the index lags.
    pub(crate) history: Vec<(i64, Directory)>,
    /// Resource units of Graph by tenant.
    pub(crate) usage: HashMap<Uuid, Usage>,
    pub(crate) keys: KeyRing,
    pub(crate) grants: Grants,
    /// Signed-in people by the value of the browser's cookie.
    pub(crate) browsers: HashMap<String, Vec<Session>>,
    pub(crate) mutations: Vec<TokenMutation>,
    pub(crate) outcomes: Vec<AuthorizeOutcome>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) log: Log,
    pub(crate) issued: Vec<IssuedToken>,
    pub(crate) tls_certificate: TlsCertificate,
}

impl World {
    fn new(origin: &Origin) -> Result<Self, String> {
        Ok(Self {
            clock: Clock::default(),
            registration: origin
                .application
                .clone()
                .unwrap_or_else(|| origin.seed.application.clone()),
            settings: Settings::default(),
            directory: origin.seed.directory()?,
            history: Vec::new(),
            usage: HashMap::new(),
            keys: KeyRing::default(),
            grants: Grants::default(),
            browsers: HashMap::new(),
            mutations: Vec::new(),
            outcomes: Vec::new(),
            faults: Vec::new(),
            log: Log::default(),
            issued: Vec::new(),
            tls_certificate: TlsCertificate::default(),
        })
    }

    /// A tenant as the index of advanced queries has it.
    pub(crate) fn indexed(&self, tenant: Uuid) -> Option<&Tenant> {
        let seen = self.clock.now() - self.settings.index_lag;
        let old = self.history.iter().find(|(until, _)| *until > seen);
        old.map_or(&self.directory, |(_, directory)| directory)
            .find(tenant)
    }

    /// Remembers what the directory was before a change.
    pub(crate) fn keep_history(&mut self, before: Directory) {
        const KEPT: usize = 100;
        if self.history.len() >= KEPT {
            self.history.remove(0);
        }
        self.history.push((self.clock.now(), before));
    }

    /// Remembers a token, and forgets the oldest of very many.
    pub(crate) fn remember(&mut self, token: IssuedToken) {
        const KEPT: usize = 1_000;
        if self.issued.len() >= KEPT {
            self.issued.remove(0);
        }
        self.issued.push(token);
    }
}

/// What a reset goes back to.
#[derive(Debug)]
struct Origin {
    seed: Seed,
    application: Option<Registration>,
}

/// The world, shared by the listeners and the control handle.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    origin: Arc<Origin>,
    world: Arc<Mutex<World>>,
}

impl Shared {
    /// # Errors
    /// When the seed names somebody it does not hold.
    pub(crate) fn new(seed: Seed, application: Option<Registration>) -> Result<Self, String> {
        let origin = Origin { seed, application };
        let world = World::new(&origin)?;
        Ok(Self {
            origin: Arc::new(origin),
            world: Arc::new(Mutex::new(world)),
        })
    }

    /// A handler that panicked has only spoilt its own request, so the lock stays usable.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reset(&self) {
        let fresh = World::new(&self.origin).expect("the seed was accepted at the start");
        *self.lock() = fresh;
    }
}
