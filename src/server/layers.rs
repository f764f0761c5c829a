//! What happens to every request before its handler: who asks from where, may it be asked at all, and which headers
//! go back. `router.rs` puts the layers in order.

mod headers;
mod source;

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody as _},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tracing::Instrument as _;

pub(in crate::server) use self::source::AskedForHead;
pub use self::source::ReturnedQuery;
pub(super) use self::{
    headers::headers,
    source::{door, gate},
};
use super::{
    again::page_of,
    ops::{Stopwatch, request as observed},
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
    /// This response's nonce for scripts, where it has any; empty elsewhere.
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
        nonce: if is_hydrated(request.uri().path()) {
            ids.token().expose()[..32].to_owned()
        } else {
            String::new()
        },
    };
    let reference = facts.reference.code();
    let since = Stopwatch::start();
    let (method, route) = (request.method().clone(), observed::route(&request));
    let span = observed::span(&reference, observed::method(&method), &route);
    if peer.is_some_and(|peer| is_trusted_proxy(&state.site, peer.to_canonical())) {
        observed::link(&span, request.headers());
    }
    request.extensions_mut().insert(facts);
    let headers = request.headers().clone();
    let is_api = is_api(request.uri().path());
    let response = match super::ops::contained(next.run(request))
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
    let (status, took) = (response.status(), since.elapsed());
    state.metrics.request(&route, &method, status, took);
    span.record("http.response.status_code", status.as_u16());
    let duration_ms = (took.as_secs_f64() * 1e6).round() / 1000.0;
    {
        let _entered = span.enter();
        if status.is_server_error() {
            span.record("otel.status_code", "ERROR");
            tracing::error!(duration_ms, "answered");
        } else if observed::is_quiet(&route) {
            tracing::debug!(duration_ms, "answered");
        } else {
            tracing::info!(duration_ms, "answered");
        }
    }
    let mut response = response.map(|body| observed::body_within(span, body));
    if let Ok(value) = HeaderValue::try_from(reference) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

/// Whether `address` is a proxy of ours.
fn is_trusted_proxy(site: &Site, address: IpAddr) -> bool {
    site.trusted_proxies
        .iter()
        .any(|network| network.contains(&address))
}

/// The client's address: the last one that a proxy of ours did not add itself.
fn client_address(site: &Site, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut client = peer.to_canonical();
    let lines = headers
        .get_all("x-forwarded-for")
        .iter()
        .rev()
        .filter_map(|line| line.to_str().ok());
    for entry in lines.flat_map(|line| line.rsplit(',')) {
        if !is_trusted_proxy(site, client) {
            break;
        }
        let Some(before) = forwarded_address(entry.trim()) else {
            break;
        };
        client = before.to_canonical();
    }
    client
}

/// An address as proxies write it; some append the port.
fn forwarded_address(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse().map(|address: SocketAddr| address.ip());
    text.parse().or_else(|_| with_port()).ok()
}

/// Whether this is a page of the dashboard, which is hydrated.
fn is_hydrated(path: &str) -> bool {
    path == routes::DASHBOARD || path.starts_with("/dashboard/")
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

/// The outer ring of the session: pages below the dashboard go to the sign-in page, calls answer 401. The guards of
/// the server functions are the inner ring and decide by themselves.
pub(super) async fn session_ring(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let page = is_hydrated(path);
    let call = is_api(path)
        && !matches!(
            path,
            routes::SIGN_IN | routes::CALLBACK | routes::FRONT_CHANNEL_LOGOUT
        );
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
            let next = page_of(request.uri().path(), request.headers());
            let page = Problem::SignedOut { next, form: None };
            refuse(&state, &request, Fault::SignedOut, &page)
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

/// The headers of a request and its target in all, in bytes.
pub(super) const LARGEST_HEAD: usize = 64 * 1024;
/// The largest body of any request, in bytes.
pub(super) const LARGEST_BODY: usize = 64 * 1024;

/// The last answer on its connection: what follows there could be the rest of a body, taken for a request.
fn closing(mut response: Response) -> Response {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// A body has so long to arrive. Nothing is begun for it before: no password is hashed and no row is read.
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// Reads the body before anything is done for it, as far as its limit and no longer than its time, whatever its length
/// claims.
async fn whole(state: &AppState, request: Request) -> Result<Request, Response> {
    // Browsers send their forms with a length. Chunks, and a length beside them, are how one request is smuggled behind
    // another (RFC 9112 section 11.2), so nothing that comes in them is read.
    if request.headers().contains_key(header::TRANSFER_ENCODING) {
        return Err(closing(StatusCode::BAD_REQUEST.into_response()));
    }
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    if announced
        .and_then(|length| length.parse::<usize>().ok())
        .is_some_and(|length| length > LARGEST_BODY)
    {
        let refused = refuse(state, &request, Fault::Unreadable, &Problem::TooLarge);
        return Err(closing(refused));
    }
    if request.body().is_end_stream() {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let read = tokio::time::timeout(BODY_WITHIN, axum::body::to_bytes(body, LARGEST_BODY)).await;
    let (request, fault, problem) = match read {
        Ok(Ok(body)) => return Ok(Request::from_parts(parts, body.into())),
        Ok(Err(_)) => (
            Request::from_parts(parts, Body::empty()),
            Fault::Unreadable,
            Problem::TooLarge,
        ),
        Err(_) => (
            Request::from_parts(parts, Body::empty()),
            Fault::Unreadable,
            Problem::TooSlow,
        ),
    };
    Err(closing(refuse(state, &request, fault, &problem)))
}
