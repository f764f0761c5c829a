//! What happens to every request before its handler: who asks from where, may it be asked at all, and which headers
//! go back. [`super::router`] puts the layers in order.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use tracing::Instrument as _;

use super::{
    reply,
    state::{AppState, Site},
};
use crate::{
    domain::id::Reference,
    front::Problem,
    routes,
    service::{Origin, session},
    storage::Authentication,
    wire::fault::Fault,
};

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) SocketAddr);

/// What is known of a request from its arrival on.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What the person is shown, the log carries and the audit event holds when something goes wrong.
    pub reference: Reference,
    /// The client's address.
    pub ip: Option<IpAddr>,
    /// This response's nonce for scripts.
    pub nonce: String,
}

impl Facts {
    /// As use cases take it.
    pub fn origin(&self) -> Origin {
        Origin {
            ip: self.ip,
            reference: self.reference,
        }
    }
}

/// Outermost: names the request, contains panics, bounds its time, and logs how it ended.
pub(super) async fn arrive(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let ids = &state.services.ids;
    let facts = Facts {
        reference: ids.next(),
        ip: peer.map(|peer| client_address(&state.site, peer, request.headers())),
        nonce: ids.token().expose()[..32].to_owned(),
    };
    let reference = facts.reference.code();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", reference, %method, path);
    request.extensions_mut().insert(facts);
    let headers = request.headers().clone();
    let is_api = is_api(request.uri().path());
    let mut response = match super::ops::contained(next.run(request))
        .instrument(span.clone())
        .await
    {
        Ok(response) => response,
        Err(problem) => reply::refuse(
            &state,
            &headers,
            is_api,
            &reference,
            problem.fault(&reference),
            &problem.page(&reference),
        ),
    };
    let _entered = span.enter();
    let status = response.status();
    if status.is_server_error() {
        tracing::error!(status = status.as_u16(), "answered");
    } else {
        tracing::debug!(status = status.as_u16(), "answered");
    }
    if let Ok(value) = HeaderValue::try_from(reference) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

/// The client's address: the last one that a proxy of ours did not add itself.
fn client_address(site: &Site, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let trusted = |address: IpAddr| {
        site.trusted_proxies
            .iter()
            .any(|network| network.contains(&address))
    };
    let mut client = peer.to_canonical();
    let lines = headers
        .get_all("x-forwarded-for")
        .iter()
        .rev()
        .filter_map(|line| line.to_str().ok());
    for entry in lines.flat_map(|line| line.rsplit(',')) {
        if !trusted(client) {
            break;
        }
        let Ok(before) = entry.trim().parse::<IpAddr>() else {
            break;
        };
        client = before.to_canonical();
    }
    client
}

fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

/// Whether the client is a browser that shows what it gets.
pub(super) fn accepts_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// The site answers under its own name only. Another loopback name is sent to the right one, or the sign-in cookie
/// would sit on the wrong host; any other name is refused.
pub(super) async fn right_host(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let probe = matches!(request.uri().path(), routes::HEALTH | routes::READY);
    if probe {
        return next.run(request).await;
    }
    match asked_host(&request) {
        Some(host) if host.eq_ignore_ascii_case(&state.site.host) => next.run(request).await,
        Some(host) if state.site.loopback && is_loopback_name(&host) => {
            if matches!(*request.method(), Method::GET | Method::HEAD) {
                let path = request
                    .uri()
                    .path_and_query()
                    .map_or("/", |target| target.as_str());
                // A target of several slashes would name another host when a browser resolves it.
                let target = format!("{}/{}", state.site.origin, path.trim_start_matches('/'));
                reply::redirect(StatusCode::TEMPORARY_REDIRECT, &target)
            } else {
                refuse(&state, &request, Fault::Forbidden, &Problem::Forbidden)
            }
        }
        _ => {
            tracing::warn!(
                expected = state.site.host,
                "asked under another host name; a proxy must pass Host on"
            );
            refuse(&state, &request, Fault::Missing, &Problem::WrongHost)
        }
    }
}

/// The host name of `Host`, or of the target when that is absolute; `None` when missing, doubled or malformed.
fn asked_host(request: &Request) -> Option<String> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let named = hosts.next()?.to_str().ok()?;
    if hosts.next().is_some() {
        return None;
    }
    let authority: http::uri::Authority = named.parse().ok()?;
    if named.contains('@') {
        return None;
    }
    if request
        .uri()
        .authority()
        .is_some_and(|target| target.host() != authority.host())
    {
        return None;
    }
    Some(authority.host().to_owned())
}

fn is_loopback_name(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let host = host.to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Unsafe methods come from our own pages only. Leptos checks no origin, and a cookie comes along by itself.
pub(super) async fn own_origin(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_same_origin(&state.site.origin, request.headers()) {
        next.run(request).await
    } else {
        tracing::warn!("an unsafe request of another origin was refused");
        refuse(&state, &request, Fault::Forbidden, &Problem::Forbidden)
    }
}

/// Both headers that a browser sets by itself must agree where they are sent, and at least one must be.
fn is_same_origin(origin: &str, headers: &HeaderMap) -> bool {
    let one = |name: &str| {
        let mut values = headers.get_all(name).iter();
        (values.next().map(HeaderValue::as_bytes), values.next().is_some())
    };
    let ((sent_origin, doubled_origin), (site, doubled_site)) = (one("origin"), one("sec-fetch-site"));
    if doubled_origin || doubled_site || sent_origin.is_some_and(|sent| sent != origin.as_bytes()) {
        return false;
    }
    match site {
        Some(site) => site == b"same-origin" || (site == b"none" && sent_origin.is_some()),
        None => sent_origin.is_some(),
    }
}

/// Only what is meant to be fetched by a person's click reaches the callback: no method but GET, no prefetch.
pub(super) async fn callback_by_navigation(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    if request.uri().path() != routes::CALLBACK {
        return next.run(request).await;
    }
    let ahead_of_time = ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        request.headers().get(*name).is_some_and(|value| {
            value
                .as_bytes()
                .windows(5)
                .any(|part| part == b"prefe" || part == b"prere")
        })
    });
    if *request.method() != Method::GET {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if ahead_of_time {
        return refuse(&state, &request, Fault::Forbidden, &Problem::Forbidden);
    }
    let services = &state.services;
    if services.entra.is_none()
        && state
            .site
            .cookies
            .attempts(request.headers(), &services.sealer)
            .is_empty()
    {
        return refuse(&state, &request, Fault::Missing, &Problem::NotFound);
    }
    next.run(request).await
}

/// The outer ring of the session: pages below the dashboard go to the sign-in page, calls answer 401. The guards of
/// the server functions are the inner ring and decide by themselves.
pub(super) async fn session_ring(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let page = path == routes::DASHBOARD || path.starts_with("/dashboard/");
    let call = is_api(path) && !matches!(path, routes::SIGN_IN | routes::CALLBACK);
    if !page && !call {
        return next.run(request).await;
    }
    let found = match state.site.cookies.session(request.headers()) {
        None => Authentication::Ended,
        Some(token) => match session::authenticate(&state.services, &token).await {
            Ok(found) => found,
            Err(error) => {
                let (fault, page) = reply::broken(&error, reference(&request));
                return refuse(&state, &request, fault, &page);
            }
        },
    };
    match found {
        Authentication::SignedIn(person) => {
            request.extensions_mut().insert(person);
            next.run(request).await
        }
        Authentication::NotAMember { team_name } => refuse(
            &state,
            &request,
            Fault::Forbidden,
            &Problem::NoLongerMember { team_name },
        ),
        Authentication::Ended | Authentication::Suspended if page => {
            let target = request
                .uri()
                .path_and_query()
                .map_or(routes::DASHBOARD, |target| target.as_str());
            reply::redirect(StatusCode::SEE_OTHER, &reply::login_then(target))
        }
        Authentication::Ended | Authentication::Suspended => {
            refuse(&state, &request, Fault::SignedOut, &Problem::SignedOut)
        }
    }
}

fn reference(request: &Request) -> Reference {
    request
        .extensions()
        .get::<Facts>()
        .map_or_else(|| Reference::from(uuid::Uuid::nil()), |facts| facts.reference)
}

fn refuse(state: &AppState, request: &Request, fault: Fault, page: &Problem) -> Response {
    let reference = reference(request).code();
    reply::refuse(
        state,
        request.headers(),
        is_api(request.uri().path()),
        &reference,
        fault,
        page,
    )
}

/// The largest body of any request, in bytes.
pub(super) const LARGEST_BODY: usize = 64 * 1024;

/// A body that announces itself as too large is refused with a page; one that lies is cut off by the layer below.
pub(super) async fn bounded_body(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    if announced
        .and_then(|length| length.parse::<usize>().ok())
        .is_some_and(|length| length > LARGEST_BODY)
    {
        return refuse(&state, &request, Fault::Unreadable, &Problem::TooLarge);
    }
    next.run(request).await
}

/// The headers that every answer carries, unless its handler set them.
pub(super) async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let policy = content_security_policy(&state.site, &parts);
    let asset = is_asset(parts.uri.path(), state.leptos());
    let path = parts.uri.path().to_owned();
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let found = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let cache = match asset {
        Asset::Hashed if found => "public, max-age=31536000, immutable",
        Asset::Plain if found => "public, max-age=600",
        _ => "no-store",
    };
    let referrer = if path == routes::CALLBACK {
        "no-referrer"
    } else {
        "same-origin"
    };
    let fixed = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", referrer),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ),
        ("cache-control", cache),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if state.site.secure {
        let lasting = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(lasting);
    }
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    response
}

/// Files of the built site.
enum Asset {
    /// Its name changes with its content.
    Hashed,
    /// Its name stays.
    Plain,
    /// None of them.
    No,
}

fn is_asset(path: &str, leptos: &leptos::config::LeptosOptions) -> Asset {
    let built = path
        .strip_prefix('/')
        .and_then(|path| path.strip_prefix(leptos.site_pkg_dir.as_ref()));
    match path {
        routes::FRONT_SCRIPT | routes::ICONS | routes::FAVICON | routes::ROBOTS => Asset::Plain,
        _ if built.is_some_and(|rest| rest.starts_with('/')) => {
            if leptos.hash_files {
                Asset::Hashed
            } else {
                Asset::Plain
            }
        }
        _ => Asset::No,
    }
}

/// Pages below the dashboard are hydrated and need a nonce and WebAssembly; the others have one script of their own.
/// `form-action` names the authority because signing in and out are forms that end in a redirect there.
fn content_security_policy(site: &Site, parts: &Parts) -> String {
    let hydrated = parts.uri.path() == routes::DASHBOARD || parts.uri.path().starts_with("/dashboard/");
    let nonce = parts
        .extensions
        .get::<Facts>()
        .map(|facts| facts.nonce.as_str())
        .filter(|_| hydrated);
    let scripts = nonce
        .map(|nonce| format!(" 'nonce-{nonce}' 'wasm-unsafe-eval'"))
        .unwrap_or_default();
    format!(
        "default-src 'none'; object-src 'none'; script-src 'self'{scripts}; style-src 'self'; img-src 'self'; \
         font-src 'self'; connect-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
        site.authority
    )
}
