//! What every handler and page can reach, and the one list of contexts.

use std::{
    ops::Deref,
    path::Path,
    sync::{Arc, OnceLock},
};

use axum::{body::Bytes, extract::FromRef};
use http::request::Parts;
use ipnet::IpNet;
use leptos::{
    config::LeptosOptions,
    context::{provide_context, use_context},
    nonce::Nonce,
};
use url::Url;

use super::{StartError, cookie::Cookies, layers::Facts, limits::RateLimits, ops::metrics::Metrics, reply};
use crate::{
    config,
    config::Config,
    domain::sign_in::AuthMode,
    front::Assets,
    service::Services,
    wire::{fault::FaultHook, preferences::Theme},
};

/// What every handler and page can reach. Every layer takes a copy for every request, so a copy is one count more.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Reachable>);

impl Deref for AppState {
    type Target = Reachable;

    fn deref(&self) -> &Reachable {
        &self.0
    }
}

/// Everything that the state holds.
#[derive(Debug)]
pub struct Reachable {
    /// The use cases' tools.
    pub services: Services,
    /// What is fixed for this site.
    pub site: Site,
    /// How often one address may ask.
    pub limits: RateLimits,
    /// What is counted, where anything is.
    pub metrics: Metrics,
    leptos: LeptosOptions,
    /// The sign-in page before anything happened, by theme: most people see just that, and it is always the same.
    first_pages: [OnceLock<Bytes>; 3],
}

/// What is fixed for this site.
#[derive(Debug)]
pub struct Site {
    /// The one origin users see, without a trailing slash.
    pub origin: String,
    /// Its host name.
    pub host: String,
    /// Whether that host is this machine itself.
    pub loopback: bool,
    /// Whether users come over https.
    pub secure: bool,
    /// The origin of Microsoft's sign-in, for the content security policy.
    pub authority: String,
    /// The cookies' names and attributes.
    pub cookies: Cookies,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The files that pages refer to.
    pub assets: Assets,
}

impl AppState {
    /// Puts the state together.
    ///
    /// # Errors
    /// [`StartError::Site`] when names of files carry hashes and their list is not there.
    pub fn new(
        config: &Config,
        services: Services,
        metrics: Metrics,
        leptos: LeptosOptions,
    ) -> Result<Self, StartError> {
        let public = &config.public_url;
        let secure = public.scheme() == "https";
        let site = Site {
            origin: origin(public),
            host: public.host_str().unwrap_or_default().to_owned(),
            loopback: config::is_loopback(public),
            secure,
            authority: origin(&config.authority),
            cookies: Cookies::new(secure),
            trusted_proxies: config.trusted_proxies.clone(),
            assets: assets(&leptos)?,
        };
        Ok(Self(Arc::new(Reachable {
            limits: RateLimits::new(&services.ids),
            services,
            site,
            metrics,
            leptos,
            first_pages: Default::default(),
        })))
    }
}

impl Reachable {
    /// Whether people can sign in with a password on this server.
    pub fn password_sign_in(&self) -> bool {
        self.services.rules.auth_mode != AuthMode::EntraOnly
    }

    /// The sign-in page before anything happened, drawn once for each theme.
    pub fn first_page(&self, theme: Theme, draw: impl FnOnce() -> String) -> Bytes {
        let place = match theme {
            Theme::System => 0,
            Theme::Light => 1,
            Theme::Dark => 2,
        };
        match self.first_pages.get(place) {
            Some(page) => page.get_or_init(|| draw().into()).clone(),
            None => draw().into(),
        }
    }

    /// Leptos' options.
    pub fn leptos(&self) -> &LeptosOptions {
        &self.leptos
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The style sheet's name. cargo-leptos writes the hashes of the site's files into a list beside the program.
fn assets(leptos: &LeptosOptions) -> Result<Assets, StartError> {
    let (folder, name) = (&leptos.site_pkg_dir, &leptos.output_name);
    if !leptos.hash_files {
        return Ok(Assets {
            stylesheet: format!("/{folder}/{name}.css"),
        });
    }
    let list = std::env::current_exe()
        .ok()
        .and_then(|program| program.parent().map(Path::to_owned))
        .unwrap_or_default()
        .join(leptos.hash_file.as_ref());
    let missing = |why: String| {
        StartError::Site(format!(
            "the list of the site's files, {}, {why}; ship it beside the program, or set hash-files = false",
            list.display()
        ))
    };
    let text = std::fs::read_to_string(&list).map_err(|cause| missing(format!("cannot be read: {cause}")))?;
    let named = |kind: &str| {
        let hash = text
            .lines()
            .find_map(|line| line.strip_prefix(kind)?.strip_prefix(':'));
        let hash = hash.ok_or_else(|| missing(format!("names no {kind} file")))?;
        let path = format!("/{folder}/{name}.{}.{kind}", hash.trim());
        let file = format!("{}{path}", leptos.site_root);
        if Path::new(&file).is_file() {
            Ok(path)
        } else {
            Err(StartError::Site(format!(
                "{file} is not there; site-root in Leptos.toml or LEPTOS_SITE_ROOT must name the site that was built with this program"
            )))
        }
    };
    named("js")?;
    named("wasm")?;
    Ok(Assets {
        stylesheet: named("css")?,
    })
}

/// The contexts of pages and server functions alike: one list, so that the two cannot drift.
pub fn contexts(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    let state = state.clone();
    move || {
        provide_context(state.clone());
        provide_context(FaultHook(reply::set_status));
        if let Some(parts) = use_context::<Parts>() {
            provide_context(state.site.cookies.theme(&parts.headers));
            // Leptos has provided a nonce of its own by now; the header carries ours.
            if let Some(facts) = parts.extensions.get::<Facts>() {
                provide_context(Nonce::from_value(facts.nonce.clone()));
            }
        }
    }
}
