//! The sign-in page, sign-out and preferences.

use axum::{
    Extension,
    body::Bytes,
    extract::{RawQuery, State},
    response::Response,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{cookie::Message, layers::Facts, query::Query, reply, state::AppState};
use crate::{
    domain::{session::LocalPath, sign_in::Refusal},
    front::{self, Login, Notice, Refused},
    routes,
    service::{Origin, ServiceError, session},
    storage::{Authentication, SignedIn},
    wire::preferences::Theme,
};

/// `GET /`: to the dashboard, whose ring sends whoever is signed out on to the sign-in page.
pub(super) async fn root(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let target = if state.site.cookies.session(&headers).is_some() {
        routes::DASHBOARD
    } else {
        routes::LOGIN
    };
    reply::redirect(StatusCode::SEE_OTHER, target)
}

/// `GET /login`.
pub(super) async fn page(
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = Query::parse(query.as_deref());
    let next = query.next();
    let refusal = query.first("error").and_then(|code| code.parse::<Refusal>().ok());
    let cookies = state.site.cookies;
    let person = signed_in(&state, &headers).await;
    if person.is_some() && refusal.is_none() {
        return reply::redirect(StatusCode::SEE_OTHER, next.as_str());
    }

    // An approval is told on the permissions page, and must wait for it.
    let message = cookies
        .message(&headers, &state.services.sealer)
        .filter(|message| message.approval().is_none());
    let session_ended = person.is_none() && cookies.has_session(&headers);
    let refusal = refusal.map(|refusal| Refused {
        refusal,
        reference: reference_of(refusal, message.as_ref()),
    });
    let notice = match &message {
        Some(Message::Broken { reference }) => Some(Notice::Broken(reference.clone())),
        Some(Message::Busy) => Some(Notice::Busy),
        Some(Message::SignedOutBy { said }) => Some(Notice::SignedOutBy(said.clone())),
        _ if session_ended && refusal.is_none() => Some(Notice::SignedOut),
        _ => None,
    };
    let login = Login {
        refusal,
        notice,
        continue_as: person.map(|person| (person.name().to_owned(), person.team_name().to_owned())),
        ..blank(&state, next)
    };
    let frame = reply::frame(&state, &headers);
    let untouched = message.is_none() && login.refusal.is_none() && login.notice.is_none();
    if untouched && login.continue_as.is_none() && login.next == LocalPath::dashboard() {
        let document = state.first_page(frame.theme, || front::login(&frame, &login));
        return reply::html(200, document);
    }
    let mut response = reply::html(200, front::login(&frame, &login));
    // A reference stays for a reload of its page; any other message is said once.
    let said = message.is_some_and(|message| !matches!(message, Message::Refused { .. }));
    let spent = [
        (said, cookies.clear_message()),
        (session_ended, cookies.clear_session()),
    ];
    for (_, cookie) in spent.into_iter().filter(|(is_spent, _)| *is_spent) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The sign-in page before anything happened.
pub(super) fn blank(state: &AppState, next: LocalPath) -> Login {
    Login {
        microsoft: state.services.entra.is_some(),
        password: state.password_sign_in(),
        origin: state.site.origin.clone(),
        next,
        refusal: None,
        notice: None,
        typed: front::Typed::default(),
        continue_as: None,
    }
}

/// Ends the session that this browser had, since a new one begins.
///
/// # Errors
/// [`ServiceError::Store`].
pub(super) async fn end_previous(
    state: &AppState,
    headers: &HeaderMap,
    origin: Origin,
) -> Result<(), ServiceError> {
    if let Some(previous) = state.site.cookies.session(headers)
        && let Authentication::SignedIn(person) = session::authenticate(&state.services, &previous).await?
    {
        session::replace(&state.services, &person, origin).await?;
    }
    Ok(())
}

/// The reference of the very refusal that the address names.
fn reference_of(refusal: Refusal, message: Option<&Message>) -> Option<String> {
    match message {
        Some(Message::Refused {
            refusal: recorded,
            reference,
        }) if *recorded == refusal => Some(reference.clone()),
        _ => None,
    }
}

/// Whoever is signed in. When the database does not answer, the page shows as for anybody.
pub(super) async fn signed_in(state: &AppState, headers: &HeaderMap) -> Option<SignedIn> {
    let token = state.site.cookies.session(headers)?;
    match session::authenticate(&state.services, &token).await {
        Ok(Authentication::SignedIn(person)) => Some(person),
        Ok(_) => None,
        Err(error) => {
            tracing::error!(?error, "the session of a visitor could not be read");
            None
        }
    }
}

/// `POST /logout`: ends the session here, then at Microsoft where it began. Microsoft's page is the last one: the
/// browser may never come back.
pub(super) async fn sign_out(
    State(state): State<AppState>,
    Extension(facts): Extension<Facts>,
    headers: HeaderMap,
) -> Response {
    let mut target = routes::LOGIN.to_owned();
    if let Some(token) = state.site.cookies.session(&headers) {
        let ended = async {
            if let Authentication::SignedIn(person) = session::authenticate(&state.services, &token).await? {
                session::sign_out(&state.services, &person, facts.origin()).await?;
                if let (Some(entra), "sso") = (&state.services.entra, person.method()) {
                    target = entra.end_session_url(person.tenant()).to_string();
                }
            }
            Ok(())
        };
        if let Err(error) = ended.await {
            let (_, page) = reply::broken(&error, facts.reference);
            return reply::problem(&state, &headers, &page);
        }
    }
    let mut response = reply::redirect(StatusCode::SEE_OTHER, &target);
    response
        .headers_mut()
        .append(header::SET_COOKIE, state.site.cookies.clear_session());
    response
        .headers_mut()
        .append(header::SET_COOKIE, state.site.cookies.clear_message());
    response
        .headers_mut()
        .insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    response
}

/// `POST /preferences`: keeps the theme in a cookie.
pub(super) async fn preferences(State(state): State<AppState>, body: Bytes) -> Response {
    let form = Query::parse(std::str::from_utf8(&body).ok());
    let mut response = reply::redirect(StatusCode::SEE_OTHER, form.next().as_str());
    if let Some(theme) = form.first("theme").and_then(|theme| theme.parse::<Theme>().ok()) {
        response
            .headers_mut()
            .append(header::SET_COOKIE, state.site.cookies.set_theme(theme));
    }
    response
}
