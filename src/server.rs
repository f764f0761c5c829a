//! axum: turns cookies into proofs and results into replies, and starts and stops everything.

mod again;
pub mod cookie;
pub mod group_member;
pub mod guard;
pub mod integration;
pub mod invitation;
mod invite;
mod jobs;
pub mod layers;
mod limits;
mod listen;
mod login;
pub mod mapping;
pub mod mapping_page;
pub mod ops;
pub mod overview;
mod password;
mod permissions;
mod query;
mod recovery;
pub mod reply;
mod router;
mod say;
pub mod sending;
pub mod sso;
pub mod state;
pub mod tenant;

use std::{io, net::SocketAddr, sync::Arc};

use leptos::config::LeptosOptions;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use url::Url;

use self::ops::metrics::Metrics;
use crate::{
    config::{Config, EncryptionKeys},
    domain::id::Ids,
    entra::{Entra, EntraError, EntraOptions, Limits},
    mail::Mailer,
    seal::{KeyError, Sealer},
    service::{Rules, Services, invitation::Bell, mapping::people::PeopleOfGroups, password::Hashing},
    storage::{Store, StoreError},
};

/// What a server is started with besides its configuration; tests bring their own.
#[derive(Debug)]
pub struct Parts {
    /// Time, identifiers and tokens.
    pub ids: Ids,
    /// Leptos' own options: where the site's files lie, and where to listen.
    pub leptos: LeptosOptions,
    /// A socket that listens already, instead of the address in the options.
    pub listener: Option<TcpListener>,
    /// Without the outer session ring, to prove that the guards of the server functions answer by themselves.
    pub without_session_ring: bool,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error("the database cannot be used: {0}")]
    Store(#[from] StoreError),
    /// The keys that seal cookies.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The client for Microsoft.
    #[error("the client for Microsoft cannot be set up: {0}")]
    Entra(#[from] EntraError),
    /// The address is taken or not ours.
    #[error("LEPTOS_SITE_ADDR: cannot listen on {address}: {cause}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        cause: io::Error,
    },
    /// The address for metrics is taken or not ours.
    #[error("METRICS_ADDR: cannot listen on {address}: {cause}")]
    ListenForMetrics {
        /// Where.
        address: SocketAddr,
        /// Why not.
        cause: io::Error,
    },
    /// The built site is not beside the program.
    #[error("{0}")]
    Site(String),
}

/// Opens what use cases work with: the database (migrated), the keys, the client for Microsoft.
///
/// # Errors
/// [`StartError`].
pub async fn services(config: &Config, ids: Ids) -> Result<Services, StartError> {
    watched_services(config, ids, &Metrics::off()).await
}

async fn watched_services(config: &Config, ids: Ids, metrics: &Metrics) -> Result<Services, StartError> {
    use secrecy::ExposeSecret as _;
    let store = Store::connect(config.database_url.expose_secret(), ids.clone()).await?;
    store.migrate().await?;
    let sealer = match &config.encryption {
        EncryptionKeys::List(list) => Sealer::from_list(list.expose_secret())?,
        EncryptionKeys::File(path) => Sealer::from_file(path)?,
    };
    Ok(Services {
        store,
        entra: entra(config, &ids, metrics)?,
        mail: mailer(config),
        bell: Bell::default(),
        site: config.public_url.origin().ascii_serialization().into(),
        sealer: Arc::new(sealer),
        people: PeopleOfGroups::new(ids.clone()),
        ids,
        hashing: Hashing::default(),
        rules: Rules {
            auth_mode: config.auth_mode,
            default_role: config.default_role,
            verification: config.verification,
            session_limits: config.session_limits,
            mail_per_minute: config.mail.per_minute,
        },
    })
}

/// What mail goes out by, where this server sends any.
pub fn mailer(config: &Config) -> Option<Mailer> {
    let host = config.public_url.host_str().unwrap_or_default();
    let server = config.mail.server.clone()?;
    Some(Mailer::new(server, host))
}

/// The client for Microsoft, where this server has one.
fn entra(config: &Config, ids: &Ids, metrics: &Metrics) -> Result<Option<Entra>, EntraError> {
    let Some(registration) = config
        .registration
        .as_ref()
        .filter(|_| config.microsoft_sign_in())
    else {
        return Ok(None);
    };
    let options = EntraOptions {
        client_id: registration.client_id,
        credential: registration.credential.clone(),
        secret_expires: registration.secret_expires,
        authority: config.authority.clone(),
        graph: config.graph.clone(),
        redirect_uri: redirect_uri(&config.public_url),
        ids: ids.clone(),
        limits: Limits::default(),
    };
    Entra::observed(options, metrics.observer()).map(Some)
}

/// The one redirect URI that is registered at Microsoft.
pub fn redirect_uri(public_url: &Url) -> Url {
    let mut uri = public_url.clone();
    uri.set_path(crate::routes::CALLBACK);
    uri
}

/// A running server.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where `/metrics` is, when there are metrics.
    pub metrics_address: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    done: JoinHandle<()>,
    store: Store,
    hashing: Hashing,
}

impl Running {
    /// Where this server hashes passwords; for measurements.
    pub fn hashing(&self) -> &Hashing {
        &self.hashing
    }

    /// Stops listening, lets running requests finish, and closes the database.
    pub async fn stop(self) {
        // Nobody listens any more when the server has ended by itself.
        let _ = self.stop.send(true);
        let _ = self.done.await;
        self.store.close().await;
    }

    /// Runs until the process is told to stop, then stops in good order.
    pub async fn until_told(self) {
        ops::told_to_stop().await;
        tracing::info!("stopping");
        self.stop().await;
    }
}

/// Metrics and the socket that they are read from, where `METRICS_ADDR` names one.
async fn metrics(config: &Config) -> Result<(Metrics, Option<TcpListener>), StartError> {
    let Some(address) = config.observe.metrics_address else {
        return Ok((Metrics::off(), None));
    };
    let listener = TcpListener::bind(address)
        .await
        .map_err(|cause| StartError::ListenForMetrics { address, cause })?;
    Ok((Metrics::on(), Some(listener)))
}

/// Starts a server.
///
/// # Errors
/// [`StartError`].
pub async fn start(config: &Config, parts: Parts) -> Result<Running, StartError> {
    let (metrics, for_metrics) = metrics(config).await?;
    let services = watched_services(config, parts.ids, &metrics).await?;
    let (store, hashing) = (services.store.clone(), services.hashing.clone());
    metrics.watch(&store, services.now().as_seconds());
    let running = hashing.clone();
    metrics.gauge(
        "sonicsaas_password_hashes_running",
        "Password hashes that are computed now",
        move || running.running() as u64,
    );
    let taken = hashing.clone();
    metrics.gauge(
        "sonicsaas_password_hashes_queued",
        "Passwords that wait for their hash",
        move || taken.taken_places().saturating_sub(taken.running()) as u64,
    );
    let listener = if let Some(listener) = parts.listener {
        listener
    } else {
        let address = parts.leptos.site_addr;
        TcpListener::bind(address)
            .await
            .map_err(|cause| StartError::Listen { address, cause })?
    };
    let address = listener.local_addr().map_err(|cause| StartError::Listen {
        address: parts.leptos.site_addr,
        cause,
    })?;
    let state = state::AppState::new(config, services, metrics, parts.leptos)?;
    let router = router::router(state.clone(), !parts.without_session_ring);
    let (stop, stopped) = watch::channel(false);
    let metrics_address = for_metrics
        .as_ref()
        .and_then(|listener| listener.local_addr().ok());
    let done = jobs::run(state, listener, router, for_metrics, stopped);
    if let Some(address) = metrics_address {
        tracing::info!(%address, "serving metrics");
    }
    tracing::info!(%address, database = store.engine_name(), "listening");
    Ok(Running {
        address,
        metrics_address,
        stop,
        done,
        store,
        hashing,
    })
}
