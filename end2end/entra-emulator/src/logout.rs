//! The end-session endpoint.
//!
//! The browser may never come back from here: without an active session, or with an address that is not registered,
//! it stays on our page and the application is told nothing. Front-channel calls go out in hidden frames with `sid`
//! alone, because that is what was observed.

use http::StatusCode;

use crate::{
    authority::Authority,
    authorize::login::COOKIE,
    claims,
    directory::{Home, User},
    page::signed_out,
    reply::{self, Reply},
    request::{Incoming, first},
    world::{Session, World},
};

/// `GET` or `POST /{tenant}/oauth2/v2.0/logout`
pub(crate) fn answer(world: &mut World, request: &Incoming, tenant: &str) -> Reply {
    if !matches!(request.method.as_str(), "GET" | "POST") {
        return Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header("allow", "GET, POST");
    }
    if let Err(failure) = Authority::resolve(world, tenant) {
        return failure.page(world, request);
    }
    let parameters = request.parameters();
    let ended = end_sessions(world, request, first(&parameters, "logout_hint"));
    let account = match ended.as_slice() {
        [session] => user(world, session.account).map(|user| user.principal.clone()),
        _ => None,
    };
    let frames = ended
        .iter()
        .filter_map(|session| front_channel(world, request, session))
        .collect::<Vec<_>>();
    let wanted = first(&parameters, "post_logout_redirect_uri");
    let (allowed, refused): (Vec<&str>, Vec<&str>) = wanted
        .into_iter()
        .partition(|address| world.registration.accepts_redirect(address));
    let way_back = allowed.first().filter(|_| !ended.is_empty()).map(|address| {
        let state = first(&parameters, "state").map(|state| ("state".to_owned(), state.to_owned()));
        match state {
            Some(state) => reply::with_query(address, &[state]),
            None => (*address).to_owned(),
        }
    });
    match way_back {
        Some(address) if frames.is_empty() => Reply::redirect(&address),
        way_back => {
            let page = signed_out::render(
                account.as_deref(),
                &frames,
                way_back.as_deref(),
                refused.first().copied(),
            );
            let reply = Reply::html(page);
            // The frames get their time, then the browser moves on by itself.
            way_back.iter().fold(reply, |reply, address| {
                reply.with_header("refresh", format!("2; url={address}"))
            })
        }
    }
}

fn user(world: &World, account: Home) -> Option<std::borrow::Cow<'_, User>> {
    world.directory.find(account.tenant)?.user(account.user)
}

/// Ends the hinted session, or all of this browser.
fn end_sessions(world: &mut World, request: &Incoming, hint: Option<&str>) -> Vec<Session> {
    let Some(browser) = request.cookie(COOKIE) else {
        return Vec::new();
    };
    let sessions = world.browsers.remove(browser).unwrap_or_default();
    let is_hinted = |session: &Session| {
        hint.is_some_and(|hint| {
            user(world, session.account).is_some_and(|user| claims::login_hint(&user) == hint)
        })
    };
    let (hinted, others): (Vec<Session>, Vec<Session>) = sessions.into_iter().partition(is_hinted);
    if hinted.is_empty() {
        return others;
    }
    world.browsers.insert(browser.to_owned(), others);
    hinted
}

/// The address to call for one session.
fn front_channel(world: &World, request: &Incoming, session: &Session) -> Option<String> {
    let address = world.registration.front_channel_logout.as_deref()?;
    let mut parameters = Vec::new();
    if world.settings.front_channel_issuer {
        parameters.push((
            "iss".to_owned(),
            format!(
                "{}/{}/v2.0",
                world.settings.issuer_origin(&request.base),
                session.account.tenant
            ),
        ));
    }
    parameters.push(("sid".to_owned(), session.sid.to_string()));
    Some(reply::with_query(address, &parameters))
}
