//! Who is it? The person picker, single sign-on, and the forms of our pages.

use http::StatusCode;
use uuid::Uuid;

use super::{
    AuthorizeRequest, Prompt, admit, choose::picker, consent::ConsentAnswer, deliver, forced_error, parse,
};
use crate::{
    authority::Authority,
    directory::{Home, Tenant},
    failure::Failure,
    random,
    reply::Reply,
    request::{self, Incoming},
    world::{Session, World},
};

/// Name of the browser's cookie.
pub(crate) const COOKIE: &str = "entra_emulator";

/// A request with nobody chosen yet.
pub(crate) fn begin(world: &mut World, request: &Incoming, asked: &AuthorizeRequest) -> Reply {
    if let Some(reply) = forced_error(world, asked) {
        return reply;
    }
    let sessions = usable_sessions(world, request, asked);
    let hinted = sessions
        .iter()
        .find(|session| is_hinted(world, asked, session))
        .copied();
    let only = match sessions.as_slice() {
        [one] if asked.login_hint.is_none() && asked.sid.is_none() => Some(*one),
        _ => None,
    };
    match (asked.prompt, hinted.or(only)) {
        (Some(Prompt::Login | Prompt::SelectAccount), _) => picker(world, request, asked),
        (Some(Prompt::None), Some(session)) => {
            admit::admit(world, request, asked, session, ConsentAnswer::NotAsked)
        }
        (Some(Prompt::None), None) if sessions.len() > 1 => {
            let message = "Either multiple user identities are available for the current request or selected account \
                           is not supported for the scenario.";
            let failure = Failure::new(16_000, "interaction_required", message);
            deliver(&asked.target, failure.parameters(world, request))
        }
        (Some(Prompt::None), None) => {
            let message = "Session information is not sufficient for single-sign-on.";
            let failure = Failure::new(50_058, "login_required", message);
            deliver(&asked.target, failure.parameters(world, request))
        }
        (_, Some(session)) if world.settings.single_sign_on => {
            admit::admit(world, request, asked, session, ConsentAnswer::NotAsked)
        }
        _ => picker(world, request, asked),
    }
}

/// `POST /{tenant}/login`: somebody pressed a button on one of our pages.
pub(crate) fn answer(world: &mut World, request: &Incoming, tenant: &str) -> Reply {
    if request.method != http::Method::POST {
        return Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header("allow", "POST");
    }
    let parameters = request::pairs(request.form_value("request").unwrap_or_default().as_bytes());
    let asked = match parse(world, request, tenant, parameters) {
        Ok(asked) => asked,
        Err(refused) => return refused.reply(world, request),
    };
    if let Some(reply) = forced_error(world, &asked) {
        return reply;
    }
    let consent = ConsentAnswer::of(request);
    if request.form_value("action") == Some("cancel") {
        return cancelled(&asked);
    }
    let Some(account) = request.form_value("person").and_then(|text| account(world, text)) else {
        return picker(world, request, &asked);
    };
    let browser = request
        .cookie(COOKIE)
        .map_or_else(|| random::opaque(24), str::to_owned);
    let known = world
        .browsers
        .get(&browser)
        .into_iter()
        .flatten()
        .find(|session| session.account == account)
        .copied();
    let session = match known {
        Some(session) if consent != ConsentAnswer::NotAsked => session,
        _ => sign_in(world, account, known),
    };
    let sessions = world.browsers.entry(browser.clone()).or_default();
    sessions.retain(|other| other.account != account);
    sessions.push(session);
    let cookie = cookie(request, &browser);
    admit::admit(world, request, &asked, session, consent).with_header("set-cookie", cookie)
}

/// A fresh authentication. The session keeps its id when the account was signed in already.
pub(crate) fn sign_in(world: &World, account: Home, known: Option<Session>) -> Session {
    Session {
        account,
        sid: known.map_or_else(random::identifier, |session| session.sid),
        authenticated_at: world.clock.now(),
    }
}

/// Cancelled: no description at all.
pub(crate) fn cancelled(asked: &AuthorizeRequest) -> Reply {
    let parameters = [("error", "access_denied"), ("error_subcode", "cancel")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    deliver(&asked.target, parameters.into())
}

fn cookie(request: &Incoming, browser: &str) -> String {
    let site = if request.base.starts_with("https:") {
        "SameSite=None; Secure"
    } else {
        "SameSite=Lax"
    };
    format!("{COOKIE}={browser}; Path=/; HttpOnly; {site}")
}

/// The sessions of this browser whose account fits the authority.
pub(super) fn usable_sessions(world: &World, request: &Incoming, asked: &AuthorizeRequest) -> Vec<Session> {
    let sessions = request
        .cookie(COOKIE)
        .and_then(|browser| world.browsers.get(browser));
    let fits = |session: &Session| match asked.authority.tenant() {
        Some(id) => world
            .directory
            .find(id)
            .is_some_and(|tenant| tenant.object_of(session.account).is_some()),
        None => true,
    };
    sessions.into_iter().flatten().copied().filter(fits).collect()
}

fn is_hinted(world: &World, asked: &AuthorizeRequest, session: &Session) -> bool {
    let by_session = asked
        .sid
        .as_deref()
        .is_some_and(|sid| Uuid::try_parse(sid) == Ok(session.sid));
    let user = world
        .directory
        .find(session.account.tenant)
        .and_then(|tenant| tenant.user(session.account.user));
    let by_name = asked.login_hint.as_deref().is_some_and(|hint| {
        user.is_some_and(|user| user.is_named(hint) || crate::claims::login_hint(&user) == hint)
    });
    by_session || by_name
}

/// An account from `tenant/object`, as our forms have it.
pub(crate) fn account(world: &World, text: &str) -> Option<Home> {
    let (tenant, user) = text.split_once('/')?;
    let tenant = world.directory.find(Uuid::try_parse(tenant).ok()?)?;
    Some(tenant.user(Uuid::try_parse(user).ok()?)?.account(tenant.id))
}

/// The account of somebody a test names, seen from the authority: people of the tenant first, then everybody.
pub(crate) fn account_named(world: &World, authority: Authority, name: &str) -> Option<Home> {
    let own = authority
        .tenant()
        .and_then(|id| world.directory.find(id))
        .into_iter();
    let people = |tenant: &Tenant| tenant.user_named(name).map(|user| user.account(tenant.id));
    let at_home = |tenant: &Tenant| {
        let user = tenant
            .users
            .iter()
            .find(|user| user.home.is_none() && user.is_named(name));
        let user = user.map(|user| user.account(tenant.id));
        user.or_else(|| people(tenant).filter(|account| account.tenant == tenant.id))
    };
    own.clone()
        .find_map(people)
        .or_else(|| world.directory.tenants.iter().find_map(at_home))
}
