//! Results to replies: the one writer of a status, the redirects, and the words for what broke.

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use leptos::context::use_context;
use leptos_axum::ResponseOptions;

use super::{
    again::{Unkept, page_of},
    cookie::Message,
    guard::Arrival,
    layers,
    state::AppState,
};
use crate::{
    domain::{id::Reference, session::LocalPath},
    front::{self, Frame, Problem},
    routes,
    service::{
        ServiceError,
        sign_in::{Entered, Finished, Refused},
        tenant::proof::Way,
    },
    wire::fault::{Fault, Incident},
};

/// Whoever waits for the answer of a server function.
enum Caller {
    /// A form without script: it keeps its redirect, or the browser would stay on a bare error.
    PlainForm,
    /// A page that is being rendered here.
    PageRender,
    /// A form that a page's script sends in its place: it goes on by itself to where it is told.
    InPlace,
    /// A script.
    Fetch,
}

/// The header by which a page's script says that it sends a form in place.
const IN_PLACE: &str = "x-in-place";

impl Caller {
    fn of(parts: &Parts) -> Self {
        match (
            parts.uri.path().starts_with("/api/"),
            layers::accepts_html(&parts.headers),
        ) {
            (true, true) if is_in_place(&parts.headers) => Self::InPlace,
            (true, true) => Self::PlainForm,
            (true, false) => Self::Fetch,
            (false, _) => Self::PageRender,
        }
    }
}

/// The only writer of a status for a fault.
pub fn set_status(fault: &Fault) {
    let context = use_context::<Parts>().zip(use_context::<ResponseOptions>());
    let Some((parts, response)) = context else { return };
    match Caller::of(&parts) {
        Caller::PlainForm | Caller::InPlace => {}
        Caller::PageRender if !fault.decides_page() => {}
        Caller::Fetch | Caller::PageRender => {
            response.set_status(
                StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            );
        }
    }
}

/// Whether a page's script sends a form in the page's place.
pub(super) fn is_in_place(headers: &HeaderMap) -> bool {
    headers.contains_key(IN_PLACE)
}

/// Ends a form whose content could not be kept for the page that follows: its browser is not sent on, and can send it again.
pub(super) fn unkept(arrival: &Arrival) {
    if let Some(unkept) = arrival.parts.extensions.get::<Unkept>() {
        unkept.set();
    }
}

/// Whether a form is answered, whose browser goes on to a page of ours.
pub fn is_form(arrival: &Arrival) -> bool {
    matches!(Caller::of(&arrival.parts), Caller::PlainForm | Caller::InPlace)
}

/// Sends the browser of a form on to a page of ours: by a redirect, or by telling the script that sent it. Nothing for
/// other callers.
pub fn leave(arrival: &Arrival, location: &str) {
    send_on(&arrival.parts, location);
}

/// Sends the browser of a form whose own session ended by it to the sign-in page, which says what was done.
pub(super) fn leave_signed_out(arrival: &Arrival, said: String) {
    if !is_form(arrival) {
        return;
    }
    let (cookies, sealer) = (arrival.state.site.cookies, &arrival.state.services.sealer);
    if let Some(response) = use_context::<ResponseOptions>() {
        let message = Message::SignedOutBy { said };
        response.append_header(header::SET_COOKIE, cookies.set_message(sealer, &message));
    }
    leave(arrival, &login_then(routes::ENTRA));
}

fn send_on(parts: &Parts, location: &str) {
    let status = match Caller::of(parts) {
        Caller::PlainForm => StatusCode::SEE_OTHER,
        Caller::InPlace => StatusCode::OK,
        Caller::PageRender | Caller::Fetch => return,
    };
    let response = use_context::<ResponseOptions>();
    if let (Some(response), Ok(location)) = (response, HeaderValue::try_from(location)) {
        response.set_status(status);
        response.insert_header(header::LOCATION, location);
    }
}

/// Sends the browser of a form that a guard refused back to the page it came from, which says what one may do there;
/// somebody who was signed out is led to the sign-in page from there.
pub fn leave_refused() {
    let Some(parts) = use_context::<Parts>() else {
        return;
    };
    send_on(&parts, page_of(parts.uri.path(), &parts.headers).as_str());
}

/// A fault on its way out, with its status.
pub fn refused(fault: Fault) -> Fault {
    set_status(&fault);
    fault
}

/// Ends a read: the value, or the fault with its status.
///
/// # Errors
/// The fault that stands for the service's error.
pub fn answer<T>(arrival: &Arrival, result: Result<T, ServiceError>) -> Result<T, Fault> {
    result.map_err(|error| {
        let (fault, _) = broken(&error, arrival.facts.reference);
        set_status(&fault);
        fault
    })
}

/// What the browser may know of an error of ours, as a fault and as a page. Logs the cause, once.
pub fn broken(error: &ServiceError, reference: Reference) -> (Fault, Problem) {
    let code = reference.code();
    match error {
        ServiceError::Store(crate::storage::StoreError::Missing) => (Fault::Missing, Problem::NotFound),
        ServiceError::Store(cause) if cause.is_busy() => {
            tracing::error!(%error, correlation_id = code, "the database is busy");
            (Fault::Busy, Problem::Busy { reference: code })
        }
        _ => {
            tracing::error!(?error, correlation_id = code, "a request broke");
            (
                Fault::Internal(Incident(code.clone())),
                Problem::Internal { reference: code },
            )
        }
    }
}

/// A refusal of a layer: a fault for a script that called, a page for a person.
pub fn refuse(
    state: &AppState,
    headers: &HeaderMap,
    is_api: bool,
    reference: &str,
    fault: Fault,
    page: &Problem,
) -> Response {
    if is_api && !layers::accepts_html(headers) {
        let status = StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        tracing::debug!(correlation_id = reference, status = status.as_u16(), "refused");
        return (status, axum::Json(fault)).into_response();
    }
    problem(state, headers, page)
}

/// A whole page that says what is wrong.
pub fn problem(state: &AppState, headers: &HeaderMap, page: &Problem) -> Response {
    html(page.status(), front::problem(&frame(state, headers), page))
}

/// The frame of a page without script, for this browser.
pub fn frame(state: &AppState, headers: &HeaderMap) -> Frame {
    Frame {
        theme: state.site.cookies.theme(headers),
        assets: state.site.assets.clone(),
    }
}

/// A page.
pub fn html(status: u16, document: impl Into<Body>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (
        status,
        [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
        document.into(),
    )
        .into_response()
}

/// A redirect to an address of ours or of Microsoft's; never to what somebody typed.
pub fn redirect(status: StatusCode, location: &str) -> Response {
    match HeaderValue::try_from(location) {
        Ok(location) => (status, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// The sign-in page that leads to `target` afterwards, when that is a page of ours.
pub fn login_then(target: &str) -> String {
    match LocalPath::parse(target) {
        Ok(path) if path != LocalPath::dashboard() => routes::login_for(&path),
        _ => routes::LOGIN.to_owned(),
    }
}

/// A refused sign-in on its way to the sign-in page: the cookie with its reference, and the address.
pub fn refusal(state: &AppState, refused: Refused) -> (HeaderValue, String) {
    let Refused { refusal, reference } = refused;
    let message = Message::Refused {
        refusal,
        reference: reference.code(),
    };
    let cookie = state.site.cookies.set_message(&state.services.sealer, &message);
    (cookie, routes::login_refused(refusal.code()))
}

/// Ends a return from Microsoft, always with a redirect to a clean address of ours.
pub fn enter(arrival: &Arrival, finished: Result<Finished, ServiceError>) {
    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    let (cookies, sealer) = (arrival.state.site.cookies, &arrival.state.services.sealer);
    let set = |cookie: HeaderValue| response.append_header(header::SET_COOKIE, cookie);
    let location = match finished {
        Ok(Finished::Entered(Entered { token, next, joined })) => {
            set(cookies.set_session(&token));
            set(match joined {
                Some((team, role)) => cookies.set_message(sealer, &Message::Joined { team, role }),
                None => cookies.clear_message(),
            });
            next.to_string()
        }
        Ok(Finished::Refused(refused)) => {
            let (cookie, location) = refusal(&arrival.state, refused);
            set(cookie);
            location
        }
        Ok(Finished::NotAccepted(invitation, why)) => {
            set(cookies.set_message(sealer, &Message::NotAccepted { invitation, why }));
            routes::INVITED.to_owned()
        }
        Ok(Finished::Back(back)) => match back {
            Way::Page(id) => routes::entra_said(id),
            Way::Confirm(id) => routes::entra_confirm(id),
            Way::Plain => routes::ENTRA.to_owned(),
            Way::Away(attempt, url) => {
                for cookie in cookies.keep_attempt(&arrival.parts.headers, sealer, &attempt) {
                    set(cookie);
                }
                url.to_string()
            }
        },
        Ok(Finished::Consent { approved }) => {
            let message = if approved {
                Message::ApprovalFinished
            } else {
                Message::ApprovalDeclined
            };
            set(cookies.set_message(sealer, &message));
            // Whoever approves need not have an account here.
            routes::PERMISSIONS.to_owned()
        }
        Err(error) => {
            let (fault, _) = broken(&error, arrival.facts.reference);
            let reference = arrival.facts.reference.code();
            let message = if fault == Fault::Busy {
                Message::Busy
            } else {
                Message::Broken { reference }
            };
            set(cookies.set_message(sealer, &message));
            routes::LOGIN.to_owned()
        }
    };
    response.set_status(StatusCode::SEE_OTHER);
    if let Ok(location) = HeaderValue::try_from(location) {
        response.insert_header(header::LOCATION, location);
    }
}
