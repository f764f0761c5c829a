//! A faithful local stand-in for Microsoft Entra ID and Microsoft Graph.
//!
//! It answers as `login.microsoftonline.com` and `graph.microsoft.com` do, peculiarities included, so that an
//! application can be demonstrated and tested without a tenant, and be proven against everything a hostile or broken
//! identity provider can send. It shares no code with the application it tests: a common mistake would make both
//! agree and the tests pass.
//!
//! ```no_run
//! # async fn example() -> Result<(), entra_emulator::StartError> {
//! use entra_emulator::{Emulator, Options, TokenMutation};
//!
//! let emulator = Emulator::start(Options::default()).await?;
//! println!("authority {}, Graph {}", emulator.authority(), emulator.graph());
//! emulator.control().mutate(TokenMutation::claim("iss", "https://evil.example"));
//! emulator.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! It protects nothing: its keys are public, it asks for no password, and everybody who reaches it may do anything.

use std::{fmt, io, net::SocketAddr};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

mod access;
mod admin_consent;
mod authority;
mod authorize;
mod body;
mod claims;
mod clock;
mod control;
mod directory;
mod discovery;
mod failure;
mod faults;
mod grants;
mod graph;
mod issue;
mod jose;
mod keys;
mod log;
mod logout;
mod mutation;
mod page;
mod permissions;
mod random;
mod registration;
mod reply;
mod request;
mod router;
mod seed;
mod server;
mod settings;
mod tls;
mod token;
mod world;

pub use authorize::AuthorizeOutcome;
pub use clock::ClockSetting;
pub use control::{ConsentChoice, Control, ControlError, SignIn, SignInResult};
pub use directory::{
    ConditionalAccess, Crowd, CrowdSize, DirectoryRole, Group, Home, Installation, Tenant, Thing, ThingKind,
    User,
};
pub use faults::{Drip, Fault, RetryAfter};
pub use graph::paging::PageTrouble;
pub use keys::{KeyChange, PublishedKey};
pub use log::LogEntry;
pub use mutation::{
    MutatedToken, PayloadCharset, PayloadEdit, PublicKeyForm, SignatureRule, TokenEncoding, TokenMutation,
};
pub use registration::{Audience, ClientCertificate, FederatedCredential, IssuerKey, Registration, Secret};
pub use seed::{GroupKind, GroupPool, Seed, SeedGroup, SeedRole, SeedTenant, SeedUser};
pub use settings::{Cloud, ErrorTail, RefusalPlace, Settings};
pub use tls::{TEST_AUTHORITY, TlsCertificate};
pub use world::IssuedToken;

/// How to start.
#[derive(Clone, Debug)]
pub struct Options {
    /// Address of the http listener; port 0 takes a free one.
    pub http: SocketAddr,
    /// Address of the TLS listener, when there shall be one.
    pub tls: Option<SocketAddr>,
    /// The directory to start with.
    pub seed: Seed,
    /// The app registration, instead of the seed's.
    pub app: Option<Registration>,
}

impl Default for Options {
    /// A free port on the loopback interface, no TLS, the demo directory.
    fn default() -> Self {
        Self {
            http: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls: None,
            seed: Seed::contoso(),
            app: None,
        }
    }
}

/// Why the emulator did not start.
#[derive(Debug)]
pub enum StartError {
    /// The seed contradicts itself.
    Seed(String),
    /// An address cannot be listened on.
    Listen(SocketAddr, io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seed(problem) => write!(formatter, "the seed is not valid: {problem}"),
            Self::Listen(address, problem) => write!(formatter, "cannot listen on {address}: {problem}"),
        }
    }
}

impl std::error::Error for StartError {}

/// A running emulator. It stops when it is dropped.
#[derive(Debug)]
pub struct Emulator {
    http: SocketAddr,
    tls: Option<SocketAddr>,
    shared: world::Shared,
    stop: watch::Sender<bool>,
    listeners: Vec<JoinHandle<()>>,
}

impl Emulator {
    /// Starts the emulator on the current Tokio runtime.
    ///
    /// # Errors
    /// When the seed names somebody it does not hold, or an address is taken.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let shared = world::Shared::new(options.seed, options.app).map_err(StartError::Seed)?;
        let (stop, stopped) = watch::channel(false);
        let (listener, http) = bind(options.http).await?;
        let mut listeners = vec![tokio::spawn(server::listen(
            listener,
            None,
            shared.clone(),
            stopped.clone(),
        ))];
        let mut tls = None;
        if let Some(address) = options.tls {
            let acceptor =
                tls::acceptor(shared.clone()).map_err(|problem| StartError::Listen(address, problem))?;
            let (listener, address) = bind(address).await?;
            listeners.push(tokio::spawn(server::listen(
                listener,
                Some(acceptor),
                shared.clone(),
                stopped,
            )));
            tls = Some(address);
        }
        Ok(Self {
            http,
            tls,
            shared,
            stop,
            listeners,
        })
    }

    /// Where the http listener is.
    pub fn http_address(&self) -> SocketAddr {
        self.http
    }

    /// Where the TLS listener is, when there is one.
    pub fn tls_address(&self) -> Option<SocketAddr> {
        self.tls
    }

    /// The authority host, in the place of `https://login.microsoftonline.com`.
    pub fn authority(&self) -> String {
        format!("http://{}", self.http)
    }

    /// The Graph host, in the place of `https://graph.microsoft.com`; Graph answers under `/v1.0/`.
    pub fn graph(&self) -> String {
        self.authority()
    }

    /// The handle for tests.
    pub fn control(&self) -> Control {
        Control::new(self.shared.clone(), self.authority())
    }

    /// Stops: requests being answered may finish for a moment, then connections are cut.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        for listener in self.listeners.drain(..) {
            let _ = listener.await;
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |problem| StartError::Listen(address, problem);
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}
