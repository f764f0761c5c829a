//! The page of a recovery link, its button, and the sentence on the dashboard afterwards.
//!
//! The token is in the path, so all answers say `no-referrer` (`layers/headers.rs`). Only the page with the form says
//! `same-origin`: with `no-referrer` its own post would carry `Origin: null` (Fetch standard, "append a
//! request Origin header").

use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::{Path, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::{cookie::Message, layers::Facts, login, reply, state::AppState};
use crate::{
    domain::id::Token,
    front::{self, Recover},
    routes,
    service::recovery,
};

/// `GET /recover/{token}`: who the link is for. Uses nothing up, since mail scanners and chat programs open links too.
pub(super) async fn page(
    State(state): State<AppState>,
    Extension(facts): Extension<Facts>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let found = match Token::parse(&token) {
        None => Ok(None),
        Some(token) => recovery::find(&state.services, &token).await,
    };
    match found {
        Ok(Some(link)) => {
            let page = Recover::Offered {
                person: link.claimant.email().unwrap_or(&link.name).to_owned(),
                until: link.expires,
            };
            let mut response = reply::html(200, front::recover(&reply::frame(&state, &headers), &page));
            let value = HeaderValue::from_static("same-origin");
            response.headers_mut().insert(header::REFERRER_POLICY, value);
            response
        }
        Ok(None) => unavailable(&state, &headers),
        Err(error) => {
            let (_, page) = reply::broken(&error, facts.reference);
            reply::problem(&state, &headers, &page)
        }
    }
}

/// `POST /recover/{token}`: signs its person in, once.
pub(super) async fn sign_in(
    State(state): State<AppState>,
    Extension(facts): Extension<Facts>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let (services, cookies) = (&state.services, state.site.cookies);
    let origin = facts.origin();
    let entered = recovery::enter(services, Token::parse(&token).as_ref(), origin).await;
    let (outcome, reason) = match &entered {
        Ok(Some(_)) => ("success", ""),
        Ok(None) => ("refused", "unavailable"),
        Err(_) => ("failure", "internal"),
    };
    state.metrics.sign_in("recovery", outcome, reason);
    let entered = match entered {
        Ok(None) => return unavailable(&state, &headers),
        Ok(Some(session)) => login::end_previous(&state, &headers, origin)
            .await
            .map(|()| session),
        Err(error) => Err(error),
    };
    match entered {
        Ok(session) => {
            let mut response = reply::redirect(StatusCode::SEE_OTHER, routes::DASHBOARD);
            for cookie in [
                cookies.set_session(&session),
                cookies.set_message(&services.sealer, &Message::Recovered),
            ] {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => {
            let (_, page) = reply::broken(&error, facts.reference);
            reply::problem(&state, &headers, &page)
        }
    }
}

fn unavailable(state: &AppState, headers: &HeaderMap) -> Response {
    let document = front::recover(&reply::frame(state, headers), &Recover::Unavailable);
    reply::html(404, document)
}

/// The largest page of the dashboard that a sentence is put into, in bytes.
const LARGEST_PAGE: usize = 4 * 1024 * 1024;
/// The dashboard's status, as it is served: there from the first, and empty.
const EMPTY_STATUS: &str = "<output></output>";

/// Says on the first page of the dashboard how its person came in.
///
/// The sentence is put into the page's empty status here and not by the page's own code, so that no browser loads code
/// for it: hydration does not look into an element for which its view has no children.
pub(super) async fn say_once(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let cookies = state.site.cookies;
    let page = request.method() == Method::GET && request.uri().path() == routes::DASHBOARD;
    let message = cookies
        .message(request.headers(), &state.services.sealer)
        .filter(|_| page);
    let said = message.and_then(|message| match message {
        Message::Recovered => Some(front::recovered()),
        Message::Joined { team, role } => Some(front::joined(&team, role)),
        _ => None,
    });
    let response = next.run(request).await;
    let Some(said) = said.filter(|_| response.status() == StatusCode::OK) else {
        return response;
    };
    let (mut parts, body) = response.into_parts();
    let Ok(document) = to_bytes(body, LARGEST_PAGE).await else {
        return reply::redirect(StatusCode::SEE_OTHER, routes::DASHBOARD);
    };
    let document = String::from_utf8_lossy(&document).replacen(EMPTY_STATUS, &said, 1);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.append(header::SET_COOKIE, cookies.clear_message());
    Response::from_parts(parts, Body::from(document))
}
