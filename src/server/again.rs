//! Forms of the dashboard that end on no page of their own: nobody is signed in any more, the database is busy, or the form
//! cannot be read. Their browser gets a page that says so and holds everything that was sent, to be sent again.
//!
//! What is shown again came in this very request, from a page of ours, and goes back to whoever sent it; nothing of it is
//! kept here.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, Method, StatusCode, header};

use super::{
    layers::{self, LARGEST_BODY},
    reply,
    state::AppState,
};
use crate::{
    domain::session::LocalPath,
    front::{Problem, SentForm},
    routes,
};

/// Set by a server function that could not even keep what a form held.
#[derive(Clone, Debug, Default)]
pub(super) struct Unkept(Arc<AtomicBool>);

impl Unkept {
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Answers a form of a page that the server function behind it sent nowhere.
pub(super) async fn answer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let path = request.uri().path().to_owned();
    let of_a_page =
        request.method() == Method::POST && path.starts_with("/api/") && layers::accepts_html(&headers);
    if !of_a_page {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    // It has arrived whole already, within the limit.
    let body = to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
    let unkept = Unkept::default();
    parts.extensions.insert(unkept.clone());
    let request = Request::from_parts(parts, Body::from(body.clone()));
    let response = next.run(request).await;

    if reply::is_in_place(&headers) {
        // The page keeps what is typed, and its script says what a status means.
        return match (unkept.is_set(), response.status()) {
            (true, _) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            (false, StatusCode::FOUND) => StatusCode::BAD_REQUEST.into_response(),
            (false, _) => response,
        };
    }
    let form = SentForm {
        to: path.clone(),
        fields: form_urlencoded::parse(&body).into_owned().collect(),
    };
    let page = match (unkept.is_set(), response.status()) {
        (true, _) => Problem::Unkept(form),
        (false, StatusCode::UNAUTHORIZED) => Problem::SignedOut {
            next: page_of(&path, &headers),
            form: Some(form),
        },
        // Leptos' own answer to a form that it cannot read; ours are of another kind.
        (false, StatusCode::FOUND) => Problem::Unreadable {
            next: page_of(&path, &headers),
        },
        _ => return response,
    };
    reply::problem(&state, &headers, &page)
}

/// The page on which somebody was who asked for this address: what they came from, as far as their browser says, or the page
/// that the address belongs to.
pub(super) fn page_of(path: &str, headers: &HeaderMap) -> LocalPath {
    let came_from = headers.get(header::REFERER).and_then(|referer| {
        let referer = url::Url::parse(referer.to_str().ok()?).ok()?;
        LocalPath::parse(referer.path()).ok()
    });
    let of_the_tenant = || {
        let page = path.starts_with("/api/tenant/").then_some(routes::ENTRA)?;
        LocalPath::parse(page).ok()
    };
    came_from
        .or_else(of_the_tenant)
        .unwrap_or_else(LocalPath::dashboard)
}
