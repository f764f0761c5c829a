//! The page of an invitation, and the sentence on the dashboard of somebody who has joined.
//!
//! The token is in the path, so all answers say `no-referrer` (`layers/headers.rs`), but for the one page with a form that
//! posts: with `no-referrer` its post would carry `Origin: null` (Fetch standard, "append a request Origin header"). The
//! Microsoft button is a GET to an address of ours, and takes its token along in that address alone.

use axum::{
    Extension,
    body::Bytes,
    extract::{Path, RawQuery, State},
    response::Response,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{cookie::Message, layers::Facts, login, query::Query, reply, state::AppState};
use crate::{
    domain::{
        id::{InvitationId, Token},
        invitation::Invitation,
    },
    front::{self, Invite, InviteWay, Invitee, Mistaken, OpenInvite},
    routes,
    service::{
        ServiceError,
        invitation::{self, NotAccepted},
        session,
    },
    storage::{Authentication, Invited},
};

/// What the page is asked with.
struct Asked<'asked> {
    state: &'asked AppState,
    facts: &'asked Facts,
    headers: &'asked HeaderMap,
    /// What names the invitation when the button is pressed.
    reference: String,
    /// Whether Microsoft is to offer its list of accounts.
    choose: bool,
    /// Why it was not accepted a moment ago.
    refused: Option<NotAccepted>,
}

/// `GET /invite/{token}`: who invites to what. Uses nothing up, since mail scanners and chat programs open links too.
pub(super) async fn page(
    State(state): State<AppState>,
    Extension(facts): Extension<Facts>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let found = match Token::parse(&token) {
        None => Ok(None),
        Some(token) => invitation::find_by_link(&state.services, &token).await,
    };
    if matches!(&found, Ok(None)) {
        state.limits.unknown_invitation();
    }
    let asked = Asked {
        state: &state,
        facts: &facts,
        headers: &headers,
        reference: token,
        choose: Query::parse(query.as_deref()).first("prompt") == Some("select_account"),
        refused: None,
    };
    show(asked, found).await
}

/// `GET /invite`: the same page for somebody who came back from Microsoft with the wrong account, or too late. Which
/// invitation it was is kept in this browser, sealed.
pub(super) async fn again(
    State(state): State<AppState>,
    Extension(facts): Extension<Facts>,
    headers: HeaderMap,
) -> Response {
    let message = state.site.cookies.message(&headers, &state.services.sealer);
    let (found, reference, refused) = match message {
        Some(Message::NotAccepted { invitation, why }) => (
            invitation::find_begun(&state.services, invitation).await,
            invitation::refer(&state.services, invitation),
            Some(why),
        ),
        _ => (Ok(None), String::new(), None),
    };
    let asked = Asked {
        state: &state,
        facts: &facts,
        headers: &headers,
        reference,
        choose: true,
        refused,
    };
    show(asked, found).await
}

async fn show(asked: Asked<'_>, found: Result<Option<Invited>, ServiceError>) -> Response {
    let invited = match found {
        Ok(invited) => invited,
        Err(error) => {
            let (_, page) = reply::broken(&error, asked.facts.reference);
            return reply::problem(asked.state, asked.headers, &page);
        }
    };
    let page = match &invited {
        None => Invite::Unavailable,
        Some(invited) => face(&asked, invited).await,
    };
    let frame = reply::frame(asked.state, asked.headers);
    let mut response = reply::html(page.status(), front::invite(&frame, &page));
    if page.has_post() {
        let value = HeaderValue::from_static("same-origin");
        response.headers_mut().insert(header::REFERRER_POLICY, value);
    }
    response
}

/// What the page shows of an invitation now.
async fn face(asked: &Asked<'_>, invited: &Invited) -> Invite {
    let services = &asked.state.services;
    let found = invited.invitation();
    let role = match invitation::check_open(invited, services.now()) {
        Ok(role) => role,
        Err(NotAccepted::Expired) => {
            return Invite::Expired {
                at: found.expires,
                by: found.invited_by_name.clone(),
            };
        }
        Err(NotAccepted::Used) => return Invite::Used,
        Err(_) => return Invite::Unavailable,
    };
    let signed_in = login::signed_in(asked.state, asked.headers).await;
    let way = match (&services.entra, signed_in) {
        (None, _) => InviteWay::None,
        (Some(_), Some(person)) => {
            let name = person.email().unwrap_or_else(|| person.name()).to_owned();
            let is_meant = found.account.is_none()
                && person.team() == found.team
                && found
                    .email
                    .as_deref()
                    .zip(person.email())
                    .is_some_and(|(meant, own)| meant.eq_ignore_ascii_case(own));
            if is_meant {
                InviteWay::Member(name)
            } else {
                InviteWay::SignedIn(name)
            }
        }
        (Some(_), None) => InviteWay::Microsoft {
            invitation: asked.reference.clone(),
            choose: asked.choose,
        },
    };
    Invite::Open(Box::new(OpenInvite {
        team: invited.team_name().to_owned(),
        by: found.invited_by_name.clone(),
        role,
        person: invitee(found),
        expires: found.expires,
        way,
        refused: match asked.refused {
            Some(NotAccepted::OtherTenant) => Some(Mistaken::Tenant),
            Some(NotAccepted::OtherIdentity) => Some(Mistaken::Identity),
            _ => None,
        },
    }))
}

fn invitee(invitation: &Invitation) -> Invitee {
    match (&invitation.email, &invitation.name) {
        (Some(email), _) => Invitee::Email(email.clone()),
        (None, name) => Invitee::Name(name.clone().unwrap_or_default()),
    }
}

/// `POST /invite/{token}`: signs out whoever is signed in here and shows the page again. It accepts nothing: that takes an
/// identity of Microsoft, by the button.
pub(super) async fn post(
    State(state): State<AppState>,
    Extension(facts): Extension<Facts>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Query::parse(std::str::from_utf8(&body).ok());
    let Some(token) = Token::parse(&token).filter(|_| form.first("sign_out").is_some()) else {
        return refuse(&state, &facts, &headers, &token).await;
    };
    let mut response = sign_out(&state, &facts, &headers, &routes::invite_choosing(&token)).await;
    response
        .headers_mut()
        .append(header::SET_COOKIE, state.site.cookies.clear_session());
    response
}

/// `POST /invite`: the same for the page without a token.
pub(super) async fn post_again(
    State(state): State<AppState>,
    Extension(facts): Extension<Facts>,
    headers: HeaderMap,
) -> Response {
    let mut response = sign_out(&state, &facts, &headers, routes::INVITED).await;
    response
        .headers_mut()
        .append(header::SET_COOKIE, state.site.cookies.clear_session());
    response
}

async fn sign_out(state: &AppState, facts: &Facts, headers: &HeaderMap, target: &str) -> Response {
    if let Some(token) = state.site.cookies.session(headers) {
        let ended = async {
            if let Authentication::SignedIn(person) = session::authenticate(&state.services, &token).await? {
                session::sign_out(&state.services, &person, facts.origin()).await?;
            }
            Ok::<_, ServiceError>(())
        };
        if let Err(error) = ended.await {
            let (_, page) = reply::broken(&error, facts.reference);
            return reply::problem(state, headers, &page);
        }
    }
    reply::redirect(StatusCode::SEE_OTHER, target)
}

/// A form that accepts with a password, which no page of ours sends: the page as it is, and nothing happens.
async fn refuse(state: &AppState, facts: &Facts, headers: &HeaderMap, token: &str) -> Response {
    let found = match Token::parse(token) {
        None => Ok(None),
        Some(token) => invitation::find_by_link(&state.services, &token).await,
    };
    let asked = Asked {
        state,
        facts,
        headers,
        reference: token.to_owned(),
        choose: false,
        refused: None,
    };
    let mut response = show(asked, found).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::FORBIDDEN;
    }
    response
}

/// The invitation that the start of a sign-in names: by what its link ends in, or by a reference of ours.
///
/// # Errors
/// Where the browser goes instead, when it cannot be accepted any more.
pub(super) async fn named(
    state: &AppState,
    facts: &Facts,
    headers: &HeaderMap,
    text: &str,
) -> Result<InvitationId, Response> {
    let services = &state.services;
    let found = match (Token::parse(text), invitation::open_reference(services, text)) {
        (Some(token), _) => invitation::find_by_link(services, &token).await,
        (None, Some(id)) => invitation::find_begun(services, id).await,
        (None, None) => Ok(None),
    };
    let mut response = reply::redirect(StatusCode::SEE_OTHER, routes::INVITED);
    match found {
        Ok(Some(invited)) => {
            let id = invited.invitation().id;
            match invitation::check_open(&invited, services.now()) {
                Ok(_) => return Ok(id),
                Err(why) => {
                    let message = Message::NotAccepted { invitation: id, why };
                    let cookie = state.site.cookies.set_message(&services.sealer, &message);
                    response.headers_mut().append(header::SET_COOKIE, cookie);
                }
            }
        }
        Ok(None) => {
            let cookie = state.site.cookies.clear_message();
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Err(error) => {
            let (_, page) = reply::broken(&error, facts.reference);
            response = reply::problem(state, headers, &page);
        }
    }
    Err(response)
}
