//! The environment, read once at start into one value; all problems at once, each with what to do.
//!
//! A file `.env.production`, else `.env`, in the working directory is read first; the real environment wins. Each
//! variable `X` may come from a file named by `X_FILE`. Secrets never print.

mod deployment;
pub mod environment;
mod mail;
mod observe;
mod registration;

pub use self::{
    deployment::Deployment,
    mail::Mail,
    observe::{LogFormat, Observe},
    registration::AppRegistration,
};

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use crate::{
    config::environment::Environment,
    domain::{
        role::{MappableRole, Role},
        session::SessionLimits,
        sign_in::AuthMode,
        tenant::VerificationPolicy,
    },
};

/// Everything the environment says.
#[derive(Debug)]
pub struct Config {
    /// The Azure app registration; `None` while it is not set, and then nobody signs in with Microsoft.
    pub registration: Option<AppRegistration>,
    /// `AUTH_MODE`.
    pub auth_mode: AuthMode,
    /// `ENTRA_DEFAULT_ROLE`.
    pub default_role: MappableRole,
    /// `ENTRA_TENANT_VERIFICATION`.
    pub verification: VerificationPolicy,
    /// `MICROSOFT_ENTRA_ID_AUTHORITY_HOST`, an origin.
    pub authority: Url,
    /// `MICROSOFT_GRAPH_URL`, an origin.
    pub graph: Url,
    /// `PUBLIC_URL`, the one origin users see.
    pub public_url: Url,
    /// `DATABASE_URL`; may hold a password.
    pub database_url: SecretString,
    /// `ENCRYPTION_KEY`, or where the key file lies.
    pub encryption: EncryptionKeys,
    /// `SMTP_URL`, `MAIL_FROM` and `MAIL_PER_MINUTE`.
    pub mail: Mail,
    /// `TRUSTED_PROXIES`.
    pub trusted_proxies: Vec<IpNet>,
    /// `SESSION_IDLE` and `SESSION_ABSOLUTE`.
    pub session_limits: SessionLimits,
    /// `LEPTOS_SITE_ADDR`, when set.
    pub site_address: Option<SocketAddr>,
    /// What the server tells about itself.
    pub observe: Observe,
}

/// Where the keys come from that seal cookies and secrets.
#[derive(Debug)]
pub enum EncryptionKeys {
    /// The list in `ENCRYPTION_KEY`.
    List(SecretString),
    /// A file beside the `SQLite` database, made at the first start.
    File(PathBuf),
}

/// One thing wrong with the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The variable.
    pub variable: String,
    /// What is wrong and what to do, without the value of a secret.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.variable, self.text)
    }
}

/// Where a server listens when nothing says otherwise.
const DEFAULT_SITE_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);

impl Config {
    /// Reads the process's environment and the file in its working directory.
    ///
    /// # Errors
    /// Every problem found.
    pub fn from_process() -> Result<Self, Vec<Problem>> {
        Self::read(&mut Environment::of_process())
    }

    /// Reads `environment`.
    ///
    /// # Errors
    /// Every problem found.
    pub fn read(environment: &mut Environment) -> Result<Self, Vec<Problem>> {
        let registration = AppRegistration::read(environment);
        let auth_mode = environment.choice("AUTH_MODE", &AuthMode::ALL);
        let default_role = default_role(environment);
        let verification = environment.choice(
            "ENTRA_TENANT_VERIFICATION",
            &[
                (VerificationPolicy::Directory, "directory"),
                (VerificationPolicy::Required, "required"),
                (VerificationPolicy::Off, "off"),
            ],
        );
        let authority = origin(
            environment,
            "MICROSOFT_ENTRA_ID_AUTHORITY_HOST",
            "https://login.microsoftonline.com",
        );
        let graph = origin(environment, "MICROSOFT_GRAPH_URL", "https://graph.microsoft.com");
        let public_url = origin(environment, "PUBLIC_URL", "http://localhost:3000");
        let (database_url, encryption) = storage(environment);
        let mail = Mail::read(environment);
        let trusted_proxies = trusted_proxies(environment);
        let session_limits = session_limits(environment);
        let site_address =
            environment.parsed("LEPTOS_SITE_ADDR", "an address and port, such as 127.0.0.1:3000");
        let observe = Observe::read(environment);
        let listening = site_address.unwrap_or(DEFAULT_SITE_ADDRESS);
        if observe.metrics_address == Some(listening) && listening.port() != 0 {
            environment.problem(
                "METRICS_ADDR",
                format!("must be another address than the site's own, {listening} (LEPTOS_SITE_ADDR)"),
            );
        }

        let problems = environment.take_problems();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            registration,
            auth_mode: auth_mode.unwrap_or_default(),
            default_role: default_role.unwrap_or(MappableRole::MEMBER),
            verification: verification.unwrap_or_default(),
            authority,
            graph,
            public_url,
            database_url,
            encryption,
            mail,
            trusted_proxies,
            session_limits,
            site_address,
            observe,
        })
    }

    /// Whether people can sign in with Microsoft on this server.
    pub fn microsoft_sign_in(&self) -> bool {
        self.auth_mode != AuthMode::LocalOnly && self.registration.is_some()
    }
}

fn default_role(environment: &mut Environment) -> Option<MappableRole> {
    const NAME: &str = "ENTRA_DEFAULT_ROLE";
    let choices = Role::ALL.map(|role| (role, role.name()));
    let role = environment.choice(NAME, &choices[1..])?;
    MappableRole::try_from(role).ok()
}

/// An origin: scheme, host and port, nothing more. `http` only for a loopback host.
fn origin(environment: &mut Environment, name: &str, default: &str) -> Url {
    let fallback = Url::parse(default).expect("the defaults are addresses");
    let Some(typed) = environment.plain(name) else {
        return fallback;
    };
    match Url::parse(&typed) {
        Ok(url) if !matches!(url.scheme(), "http" | "https") || url.host().is_none() => {
            environment.problem(name, "must be an address that starts with https://");
        }
        Ok(url) if url.scheme() == "http" && !is_loopback(&url) => {
            environment.problem(name, "must start with https:// (http only for localhost)");
        }
        Ok(url)
            if url.path() != "/"
                || url.query().is_some()
                || url.fragment().is_some()
                || has_user_info(&url) =>
        {
            environment.problem(name, "must end after the host and port");
        }
        Ok(url) => return url,
        Err(_) => environment.problem(name, "must be an address such as https://sonicsaas.example.com"),
    }
    fallback
}

fn has_user_info(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Whether the host names this machine: `localhost`, a name below it, or a loopback address (RFC 6761, section 6.3).
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn storage(environment: &mut Environment) -> (SecretString, EncryptionKeys) {
    const DEFAULT: &str = "sqlite://data/sonicsaas.db";
    let address = environment
        .secret("DATABASE_URL")
        .unwrap_or_else(|| SecretString::from(DEFAULT));
    let keys = environment.secret("ENCRYPTION_KEY");
    if let Some(list) = &keys
        && !is_key_list(list.expose_secret())
    {
        environment.problem(
            "ENCRYPTION_KEY",
            "must be base64 of 32 bytes, for example from: openssl rand -base64 32",
        );
    }
    let file = match address.expose_secret().split_once("://") {
        Some(("sqlite", path)) if !path.is_empty() => {
            let database = PathBuf::from(path.split('?').next().unwrap_or(path));
            Some(database.with_file_name("encryption.key"))
        }
        Some(("postgres" | "postgresql", _)) => {
            if keys.is_none() {
                environment.problem(
                    "ENCRYPTION_KEY",
                    "is required with PostgreSQL: base64 of 32 bytes, for example from: openssl rand -base64 32",
                );
            }
            None
        }
        _ => {
            environment.problem("DATABASE_URL", "must start with sqlite:// or postgres://");
            None
        }
    };
    let encryption = match keys {
        Some(list) => EncryptionKeys::List(list),
        None => EncryptionKeys::File(file.unwrap_or_default()),
    };
    (address, encryption)
}

/// Whether each entry of the comma-separated list is base64 of 32 bytes.
fn is_key_list(list: &str) -> bool {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    list.split(',')
        .all(|entry| STANDARD.decode(entry.trim()).is_ok_and(|key| key.len() == 32))
}

fn trusted_proxies(environment: &mut Environment) -> Vec<IpNet> {
    const NAME: &str = "TRUSTED_PROXIES";
    let Some(list) = environment.plain(NAME) else {
        return Vec::new();
    };
    let parse = |entry: &str| {
        entry
            .parse::<IpNet>()
            .or_else(|_| entry.parse::<std::net::IpAddr>().map(IpNet::from))
            .ok()
    };
    let networks: Option<Vec<_>> = list.split(',').map(str::trim).map(parse).collect();
    networks.unwrap_or_else(|| {
        environment.problem(
            NAME,
            "must be a comma-separated list of networks such as 10.0.0.0/8",
        );
        Vec::new()
    })
}

fn session_limits(environment: &mut Environment) -> SessionLimits {
    let defaults = SessionLimits::default();
    let mut read = |name, default| match environment.plain(name) {
        None => default,
        Some(typed) => duration(&typed).unwrap_or_else(|| {
            environment.problem(
                name,
                "must be a length of time from 1m to 30d, such as 30m, 1h or 1h30m",
            );
            default
        }),
    };
    let limits = SessionLimits {
        idle: read("SESSION_IDLE", defaults.idle),
        absolute: read("SESSION_ABSOLUTE", defaults.absolute),
    };
    if limits.idle > limits.absolute {
        environment.problem("SESSION_IDLE", "must not be longer than SESSION_ABSOLUTE");
    }
    limits
}

/// `90s`, `30m`, `1h`, `1h30m`, `7d`: from a minute to thirty days.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut seconds = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let unit = match rest.as_bytes()[digits] {
            b's' => 1,
            b'm' => 60,
            b'h' => 3600,
            b'd' => 86_400,
            _ => return None,
        };
        seconds = seconds.checked_add(rest[..digits].parse::<u64>().ok()?.checked_mul(unit)?)?;
        rest = &rest[digits + 1..];
    }
    (60..=30 * 86_400)
        .contains(&seconds)
        .then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests;
