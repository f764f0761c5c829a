//! The use cases. They never see HTTP: they take a proof, speak the domain, and return a result.

pub mod access;
pub mod attention;
pub mod audit;
pub mod connection_test;
pub mod directory;
pub mod group_member;
pub mod invitation;
pub mod kept_form;
pub mod mapping;
pub mod password;
pub mod recovery;
pub mod session;
pub mod sign_in;
pub mod team;
pub mod tenant;

use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

use crate::{
    domain::{
        id::{Ids, Reference},
        role::MappableRole,
        session::SessionLimits,
        sign_in::AuthMode,
        tenant::VerificationPolicy,
        time::Timestamp,
    },
    entra::{Entra, EntraError},
    mail::Mailer,
    seal::Sealer,
    storage::{Store, StoreError},
};

/// Everything a use case works with.
#[derive(Clone, Debug)]
pub struct Services {
    /// The database.
    pub store: Store,
    /// Microsoft; `None` when the server is local-only or has no app registration.
    pub entra: Option<Entra>,
    /// Sends mail; `None` when no mail server is configured.
    pub mail: Option<Mailer>,
    /// Rings when there is something to send.
    pub bell: invitation::Bell,
    /// The one origin users see, without a trailing slash: what links in mails begin with.
    pub site: Arc<str>,
    /// Seals what leaves the server and comes back.
    pub sealer: Arc<Sealer>,
    /// Time, identifiers and tokens.
    pub ids: Ids,
    /// Where passwords are hashed, few at a time.
    pub hashing: password::Hashing,
    /// Who is in which group, for a moment.
    pub people: mapping::people::PeopleOfGroups,
    /// What the platform administrator chose.
    pub rules: Rules,
}

/// The platform-wide rules that use cases obey.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Which ways of signing in exist.
    pub auth_mode: AuthMode,
    /// The role of people in no mapped group.
    pub default_role: MappableRole,
    /// What waits for the proof of ownership.
    pub verification: VerificationPolicy,
    /// How long sessions live.
    pub session_limits: SessionLimits,
    /// How many mails this server sends in a minute at most.
    pub mail_per_minute: NonZeroU32,
}

impl Services {
    /// Now.
    pub fn now(&self) -> Timestamp {
        self.ids.now()
    }
}

/// Where a request came from; goes into audit events.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// The client's address, as far as trusted proxies tell it.
    pub ip: Option<IpAddr>,
    /// What the person is shown and the audit event carries.
    pub reference: Reference,
}

/// What went wrong inside, with its full cause. It never leaves the server.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Microsoft.
    #[error(transparent)]
    Entra(#[from] EntraError),
    /// A password could not be hashed.
    #[error("the password could not be hashed")]
    PasswordHash,
    /// What an operator typed names nothing, or cannot be done.
    #[error("{0}")]
    Operator(String),
}
