//! The headers of every answer.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use leptos::config::LeptosOptions;

use super::Facts;
use crate::{
    routes,
    server::state::{AppState, Site},
};

/// The headers that every answer carries, unless its handler set them.
pub(in crate::server) async fn headers(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
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
    // A page of a link that has a form to post is the exception; its handler says so.
    let referrer = if matches!(
        routes::without_token(&path),
        routes::CALLBACK | routes::RECOVER | routes::INVITE | routes::INVITED
    ) {
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

fn is_asset(path: &str, leptos: &LeptosOptions) -> Asset {
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
/// Microsoft alone may frame the one answer that it loads while somebody signs out there.
/// `form-action` names the authority because signing in and out are forms that end in a redirect there.
fn content_security_policy(site: &Site, parts: &Parts) -> String {
    let nonce = parts
        .extensions
        .get::<Facts>()
        .map(|facts| facts.nonce.as_str())
        .filter(|nonce| !nonce.is_empty());
    let scripts = nonce
        .map(|nonce| format!(" 'nonce-{nonce}' 'wasm-unsafe-eval'"))
        .unwrap_or_default();
    let framed_by = match parts.uri.path() {
        routes::FRONT_CHANNEL_LOGOUT => site.authority.as_str(),
        _ => "'none'",
    };
    format!(
        "default-src 'none'; object-src 'none'; script-src 'self'{scripts}; style-src 'self'; img-src 'self'; \
         font-src 'self'; connect-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors {framed_by}",
        site.authority
    )
}
