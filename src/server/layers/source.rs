//! Which requests are answered at all: under our own name, from our own pages, by a person's own navigation.

use std::net::IpAddr;

use axum::{
    body::HttpBody as _,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};

use super::{LARGEST_HEAD, Peer, closing, is_trusted_proxy, refuse, whole};
use crate::{
    front::Problem,
    routes,
    server::{limits, reply, state::AppState},
    wire::fault::Fault,
};

/// What every request must fit before anything else is asked: our own name, https where users come over it, a size, a
/// method that a route of ours may know, and a body that has arrived.
pub(in crate::server) async fn gate(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let probe = matches!(request.uri().path(), routes::HEALTH | routes::READY);
    let refused = if probe {
        None
    } else {
        wrong_host(&state, &request).or_else(|| not_secure(&state, &request))
    };
    let refused = refused.or_else(|| too_large(&request));
    if let Some(refused) = refused.or_else(|| unknown_method(&mut request)) {
        return refused;
    }
    match whole(&state, request).await {
        Ok(request) => next.run(request).await,
        Err(refused) => refused,
    }
}

/// What a request to a page or a call of ours must fit: it comes from our own pages, not too often from one place, and to
/// the callback by a person's own navigation. One layer for all three, since each layer costs every request.
pub(in crate::server) async fn door(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let refused = foreign(&state, &request)
        .or_else(|| limits::too_often(&state, &request))
        .or_else(|| not_by_navigation(&state, &mut request));
    match refused {
        Some(refused) => refused,
        None => next.run(request).await,
    }
}

/// The connection bounds what it reads at once, which is more than a request may be.
fn too_large(request: &Request) -> Option<Response> {
    let headers = request.headers().iter();
    let bytes: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    let target = request
        .uri()
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    (bytes + target > LARGEST_HEAD)
        .then(|| closing(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response()))
}

/// The site answers under its own name only. Another loopback name is sent to the right one, or the sign-in cookie
/// would sit on the wrong host; any other name is refused.
fn wrong_host(state: &AppState, request: &Request) -> Option<Response> {
    match asked_host(request) {
        Some(host) if host.eq_ignore_ascii_case(&state.site.host) => None,
        Some(host) if state.site.loopback && is_loopback_name(&host) => Some(if is_read(request.method()) {
            own_address(state, request)
        } else {
            refuse(state, request, Fault::Forbidden, &Problem::Forbidden)
        }),
        _ => {
            tracing::warn!(
                expected = state.site.host,
                "asked under another host name; a proxy must pass Host on"
            );
            // Not the wire's own answer: no call of ours is made under another name.
            Some(reply::problem(state, request.headers(), &Problem::WrongHost))
        }
    }
}

/// Where users come over https, only what came over https is answered, or cookies and passwords would travel in the clear.
///
/// The proxy in front says so in `X-Forwarded-Proto`. It is believed from a trusted proxy and from this machine itself, and
/// from nobody else.
fn not_secure(state: &AppState, request: &Request) -> Option<Response> {
    if !state.site.secure {
        return None;
    }
    let believed = request.extensions().get::<Peer>().is_some_and(|peer| {
        let peer = peer.0.ip().to_canonical();
        peer.is_loopback() || is_trusted_proxy(&state.site, peer)
    });
    // Each proxy adds its word at the end, and the last one is the one we know.
    let lines = request.headers().get_all("x-forwarded-proto").iter().next_back();
    let scheme = lines
        .and_then(|line| line.to_str().ok())
        .and_then(|line| line.rsplit(',').next())
        .map(str::trim)
        .filter(|_| believed);
    match scheme {
        Some(scheme) if scheme.eq_ignore_ascii_case("https") => None,
        Some(scheme) if scheme.eq_ignore_ascii_case("http") && is_read(request.method()) => {
            Some(own_address(state, request))
        }
        _ => {
            tracing::warn!(
                "asked without https; a proxy must set X-Forwarded-Proto and be one of TRUSTED_PROXIES"
            );
            Some(refuse(state, request, Fault::Forbidden, &Problem::NotSecure))
        }
    }
}

fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// The same page under the one address that users see.
fn own_address(state: &AppState, request: &Request) -> Response {
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    // A target of several slashes would name another host when a browser resolves it.
    let target = format!("{}/{}", state.site.origin, path.trim_start_matches('/'));
    reply::redirect(StatusCode::TEMPORARY_REDIRECT, &target)
}

/// Methods that no route of ours knows are told so before anything is asked about them.
///
/// `HEAD` is answered as `GET` (RFC 9110 section 9.3.2), since Leptos would look for a call's arguments in the body; the
/// connection leaves the body out. It is never a `GET` where that changes something.
/// The request is a HEAD, which every route answers like a GET whose body nobody sees. What is shown once is not shown by it.
#[derive(Clone, Copy, Debug)]
pub(in crate::server) struct AskedForHead;

fn unknown_method(request: &mut Request) -> Option<Response> {
    let path = request.uri().path();
    let changes = matches!(
        path,
        routes::CALLBACK | routes::FRONT_CHANNEL_LOGOUT | routes::INVITATION_FILE
    );
    match *request.method() {
        Method::GET | Method::POST => None,
        Method::HEAD if changes => Some(method_not_allowed("GET")),
        Method::HEAD => {
            request.extensions_mut().insert(AskedForHead);
            *request.method_mut() = Method::GET;
            None
        }
        _ => Some(method_not_allowed("GET, HEAD, POST")),
    }
}

fn method_not_allowed(allow: &'static str) -> Response {
    let allow = [(header::ALLOW, HeaderValue::from_static(allow))];
    (StatusCode::METHOD_NOT_ALLOWED, allow).into_response()
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
fn foreign(state: &AppState, request: &Request) -> Option<Response> {
    if is_read(request.method()) {
        None
    } else if is_same_origin(&state.site.origin, request.headers()) {
        (!is_form(request)).then(|| StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response())
    } else {
        tracing::warn!("an unsafe request of another origin was refused");
        Some(refuse(state, request, Fault::Forbidden, &Problem::Forbidden))
    }
}

/// Every body we read is a form's. The kinds that any page may send without being asked, such as `text/plain`, are
/// not read as one.
fn is_form(request: &Request) -> bool {
    let mut kinds = request.headers().get_all(header::CONTENT_TYPE).iter();
    match (kinds.next(), kinds.next()) {
        (None, _) => request.body().is_end_stream(),
        (Some(kind), None) => kind.to_str().is_ok_and(|kind| {
            let name = kind.split(';').next().unwrap_or_default().trim();
            name.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        }),
        (Some(_), Some(_)) => false,
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

/// The raw query of a return from Microsoft.
#[derive(Clone, Debug)]
pub struct ReturnedQuery(pub String);

/// Only what is meant to be fetched by a person's click reaches the callback: no method but GET, no prefetch, nothing that a
/// page loads as a part of itself.
///
/// The query goes on beside the address: Leptos refuses a doubled parameter even where a function takes no
/// arguments, and then nothing could be recorded. What is not in the address is in no log of it either.
fn not_by_navigation(state: &AppState, request: &mut Request) -> Option<Response> {
    if request.uri().path() != routes::CALLBACK {
        return None;
    }
    let ahead_of_time = ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        request.headers().get(*name).is_some_and(|value| {
            value
                .as_bytes()
                .windows(5)
                .any(|part| part == b"prefe" || part == b"prere")
        })
    });
    // Browsers that say what they fetch for (https://www.w3.org/TR/fetch-metadata/) say this of a page that is opened.
    let part_of_a_page = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")]
        .iter()
        .any(|(name, opened)| request.headers().get(*name).is_some_and(|value| value != opened));
    if *request.method() != Method::GET {
        return Some(method_not_allowed("GET"));
    }
    if ahead_of_time || part_of_a_page {
        return Some(refuse(state, request, Fault::Forbidden, &Problem::Forbidden));
    }
    let services = &state.services;
    if services.entra.is_none()
        && state
            .site
            .cookies
            .attempts(request.headers(), &services.sealer)
            .is_empty()
    {
        return Some(refuse(state, request, Fault::Missing, &Problem::NotFound));
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    request.extensions_mut().insert(ReturnedQuery(query));
    *request.uri_mut() = Uri::from_static(routes::CALLBACK);
    None
}
