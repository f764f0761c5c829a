//! Sign-in with Microsoft over HTTP: the start, and the cookies of the return.

use axum::{
    Extension,
    extract::{RawQuery, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    guard::Arrival,
    layers::{Facts, ReturnedQuery},
    login,
    query::Query,
    reply,
    state::AppState,
};
use crate::{
    domain::{input, tenant::TenantId},
    entra::Prompt,
    front::Problem,
    service::{
        ServiceError,
        sign_in::{self, Begun, Finished, Returned},
    },
};

/// `GET /api/auth/signin/microsoft-entra-id`: 302 to Microsoft, or 404 where Microsoft sign-in is off.
///
/// Of the query, `next` is a page of ours or ignored, `prompt` is `select_account` or ignored, and `tenant` a GUID
/// (guests sign in at the tenant that invited them) or ignored. Nothing else reaches Microsoft.
pub async fn start(
    State(state): State<AppState>,
    Extension(facts): Extension<Facts>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = Query::parse(query.as_deref());
    let tenant = query.first("tenant").and_then(input::guid).map(TenantId::from);
    let prompt = query
        .first("prompt")
        .filter(|prompt| *prompt == "select_account")
        .map(|_| Prompt::SelectAccount);
    let cookies = state.site.cookies;
    let (attempt, location) =
        match sign_in::begin(&state.services, query.next(), tenant, prompt, facts.origin()).await {
            Ok(Begun::Away(attempt, location)) => (attempt, location),
            Ok(Begun::Refused(refused)) => {
                let (cookie, location) = reply::refusal(&state, refused);
                let mut response = reply::redirect(StatusCode::SEE_OTHER, &location);
                response.headers_mut().append(header::SET_COOKIE, cookie);
                return response;
            }
            Ok(Begun::Off) => return reply::problem(&state, &headers, &Problem::NotFound),
            Err(error) => {
                let (_, page) = reply::broken(&error, facts.reference);
                return reply::problem(&state, &headers, &page);
            }
        };
    let Ok(location) = HeaderValue::try_from(location.as_str()) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = (StatusCode::FOUND, [(header::LOCATION, location)]).into_response();
    for cookie in cookies.keep_attempt(&headers, &state.services.sealer, &attempt) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Finishes a return: opens this browser's attempts, and ends the session that a new one replaces.
///
/// # Errors
/// [`ServiceError`] when the outcome could not be recorded.
pub async fn finish(arrival: &Arrival) -> Result<Finished, ServiceError> {
    let (services, cookies) = (&arrival.state.services, arrival.state.site.cookies);
    let (headers, origin) = (&arrival.parts.headers, arrival.facts.origin());
    let query = arrival
        .parts
        .extensions
        .get::<ReturnedQuery>()
        .map_or("", |query| query.0.as_str());
    let returned = Returned::from_query(query);
    let attempts = cookies.attempts(headers, &services.sealer);
    let finished = sign_in::finish(services, &attempts, &returned, origin).await?;
    if let Finished::Entered(_) = &finished {
        login::end_previous(&arrival.state, headers, origin).await?;
    }
    Ok(finished)
}
