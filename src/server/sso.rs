//! Sign-in with Microsoft over HTTP: the start, and the cookies of the return.

use axum::{
    Extension,
    extract::{RawQuery, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::Url;

use super::{
    guard::Arrival,
    invite,
    layers::{Facts, ReturnedQuery},
    login,
    query::Query,
    reply,
    state::AppState,
};
use crate::{
    domain::{input, sign_in::Refusal, tenant::TenantId},
    entra::Prompt,
    front::Problem,
    service::{
        ServiceError, session,
        sign_in::{self, Attempt, Begun, Finished, Returned},
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
    let invitation = match query.first("invitation") {
        None => None,
        Some(text) => match invite::named(&state, &facts, &headers, text).await {
            Ok(invitation) => Some(invitation),
            Err(response) => return response,
        },
    };
    let begun = sign_in::begin(
        &state.services,
        query.next(),
        tenant,
        prompt,
        invitation,
        facts.origin(),
    )
    .await;
    let (attempt, location) = match begun {
        Ok(Begun::Away(attempt, location)) => (attempt, location),
        Ok(Begun::Refused(refused)) => {
            count_refusal(&state, refused.refusal);
            let (cookie, location) = reply::refusal(&state, refused);
            let mut response = reply::redirect(StatusCode::SEE_OTHER, &location);
            response.headers_mut().append(header::SET_COOKIE, cookie);
            return response;
        }
        Ok(Begun::Off) => return reply::problem(&state, &headers, &Problem::NotFound),
        Err(error) => {
            state.metrics.sign_in(METHOD, "failure", INTERNAL);
            let (_, page) = reply::broken(&error, facts.reference);
            return reply::problem(&state, &headers, &page);
        }
    };
    away(&state, &headers, &attempt, &location)
}

/// Sends a browser to Microsoft with an attempt that it keeps, sealed.
pub(super) fn away(state: &AppState, headers: &HeaderMap, attempt: &Attempt, location: &Url) -> Response {
    let Ok(location) = HeaderValue::try_from(location.as_str()) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = (StatusCode::FOUND, [(header::LOCATION, location)]).into_response();
    for cookie in state
        .site
        .cookies
        .keep_attempt(headers, &state.services.sealer, attempt)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// `GET /api/auth/frontchannel-logout/microsoft-entra-id`: Microsoft loads it in a hidden frame while somebody signs out
/// there, and wants 200. <https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#single-sign-out>
///
/// No cookie comes along into that frame, so the session is found by `sid` alone. `iss` is sent by some and must then be
/// an issuer of ours. Whether there was such a session is nobody's business: the answer is always the same.
pub async fn front_channel_logout(
    State(state): State<AppState>,
    Extension(facts): Extension<Facts>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(entra) = &state.services.entra else {
        return reply::problem(&state, &headers, &Problem::NotFound);
    };
    let query = Query::parse(query.as_deref());
    let issuer = query.first("iss");
    let tenant = issuer.and_then(|issuer| entra.tenant_of_issuer(issuer));
    let believable = issuer.is_none() || tenant.is_some();
    if let Some(sid) = query
        .first("sid")
        .filter(|sid| believable && (16..=128).contains(&sid.len()))
        && let Err(error) = session::end_at_microsoft(&state.services, sid, tenant, facts.origin()).await
    {
        let (_, page) = reply::broken(&error, facts.reference);
        return reply::problem(&state, &headers, &page);
    }
    reply::html(200, String::new())
}

/// Finishes a return: opens this browser's attempts, and ends the session that a new one replaces.
///
/// # Errors
/// [`ServiceError`] when the outcome could not be recorded.
pub async fn finish(arrival: &Arrival) -> Result<Finished, ServiceError> {
    let finished = finish_uncounted(arrival).await;
    let state = &arrival.state;
    match &finished {
        Ok(Finished::Entered(_)) => state.metrics.sign_in(METHOD, "success", ""),
        Ok(Finished::Refused(refused)) => count_refusal(state, refused.refusal),
        Ok(Finished::NotAccepted(_, why)) => state.metrics.sign_in(METHOD, "refused", why.code()),
        // An approval is no sign-in, and a proof of ownership is none either.
        Ok(Finished::Consent { .. } | Finished::Back(_)) => {}
        Err(_) => state.metrics.sign_in(METHOD, "failure", INTERNAL),
    }
    finished
}

/// The method's name in metrics, as in the audit log.
const METHOD: &str = "sso";
/// The reason in metrics when the fault was ours.
const INTERNAL: &str = "internal";

/// As the audit event says it: Microsoft's silence is a failure and no refusal.
fn count_refusal(state: &AppState, refusal: Refusal) {
    let outcome = match refusal {
        Refusal::ProviderUnreachable => "failure",
        _ => "refused",
    };
    state.metrics.sign_in(METHOD, outcome, refusal.code());
}

async fn finish_uncounted(arrival: &Arrival) -> Result<Finished, ServiceError> {
    let (services, cookies) = (&arrival.state.services, arrival.state.site.cookies);
    let (headers, origin) = (&arrival.parts.headers, arrival.facts.origin());
    let query = arrival
        .parts
        .extensions
        .get::<ReturnedQuery>()
        .map_or("", |query| query.0.as_str());
    let returned = Returned::from_query(query);
    let attempts = cookies.attempts(headers, &services.sealer);
    let session = cookies.session(headers);
    let finished = sign_in::finish(services, &attempts, session.as_ref(), &returned, origin).await?;
    if let Finished::Entered(_) = &finished {
        login::end_previous(&arrival.state, headers, origin).await?;
    }
    Ok(finished)
}
