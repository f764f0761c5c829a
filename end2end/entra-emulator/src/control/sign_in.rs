//! Signing in without a browser: the same steps as the pages, taken by a test.

use ::http::{HeaderMap, Method};
use hyper::body::Bytes;
use serde::{Deserialize, Serialize};

use super::ControlError;
use crate::{
    admin_consent::{self, Version},
    authorize::{
        self, admit,
        consent::ConsentAnswer,
        login::{account_named, cancelled, sign_in},
    },
    reply::Reply,
    request::{self, Incoming},
    world::World,
};

/// What is said on the consent page, if it comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentChoice {
    /// Nothing: the browser stays there.
    #[default]
    Wait,
    /// Accept for oneself.
    Accept,
    /// Accept for the whole organization, as an administrator may.
    AcceptForOrganization,
    /// Cancel.
    Decline,
    /// Leave the page that asks for an administrator.
    Back,
}

impl ConsentChoice {
    fn answer(self) -> ConsentAnswer {
        match self {
            Self::Wait => ConsentAnswer::NotAsked,
            Self::Accept => ConsentAnswer::Accepted { for_everybody: false },
            Self::AcceptForOrganization => ConsentAnswer::Accepted { for_everybody: true },
            Self::Decline => ConsentAnswer::Declined,
            Self::Back => ConsentAnswer::Back,
        }
    }
}

/// What a person does on the sign-in pages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SignIn {
    /// The address of `/authorize` or `/adminconsent` the application sent the browser to.
    pub authorize_url: String,
    /// Who: principal name, mail, display name or object id.
    pub person: String,
    /// Presses `Cancel` instead.
    pub cancel: bool,
    /// What is said on the consent page.
    pub consent: ConsentChoice,
    /// Name of a browser whose sessions are used and kept; none are kept when absent.
    pub browser: Option<String>,
}

impl SignIn {
    /// Chooses a person and does nothing else.
    pub fn new(authorize_url: &str, person: &str) -> Self {
        Self {
            authorize_url: authorize_url.to_owned(),
            person: person.to_owned(),
            ..Self::default()
        }
    }
}

/// Where that led.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignInResult {
    /// Where the browser is sent, if it is.
    pub location: Option<String>,
    /// The page it stays on otherwise.
    pub page: String,
}

impl From<Reply> for SignInResult {
    fn from(reply: Reply) -> Self {
        Self {
            location: reply.header("location").map(str::to_owned),
            page: String::from_utf8_lossy(&reply.body).into_owned(),
        }
    }
}

pub(super) fn perform(world: &mut World, wanted: &SignIn) -> Result<SignInResult, ControlError> {
    let request = visit(&wanted.authorize_url)?;
    let segments = request.segments.iter().map(String::as_str).collect::<Vec<_>>();
    match segments.as_slice() {
        [tenant, "oauth2", "v2.0", "authorize"] => authorize(world, &request, tenant, wanted),
        [tenant, "adminconsent"] => admin_consent(world, &request, tenant, Version::V1, wanted),
        [tenant, "v2.0", "adminconsent"] => admin_consent(world, &request, tenant, Version::V2, wanted),
        _ => Err(invalid(&wanted.authorize_url)),
    }
}

fn admin_consent(
    world: &mut World,
    request: &Incoming,
    tenant: &str,
    version: Version,
    wanted: &SignIn,
) -> Result<SignInResult, ControlError> {
    let asked = match admin_consent::parse(world, request, tenant, version, request.query.clone()) {
        Ok(asked) => asked,
        Err(reply) => return Ok((*reply).into()),
    };
    if wanted.cancel {
        return Ok(admin_consent::decline(world, request, &asked).into());
    }
    let account = account_named(world, asked.authority, &wanted.person)
        .ok_or_else(|| ControlError::NotFound(format!("person {}", wanted.person)))?;
    Ok(admin_consent::proceed(world, request, &asked, account, wanted.consent.answer()).into())
}

fn authorize(
    world: &mut World,
    request: &Incoming,
    tenant: &str,
    wanted: &SignIn,
) -> Result<SignInResult, ControlError> {
    let asked = match authorize::parse(world, request, tenant, request.parameters()) {
        Ok(asked) => asked,
        Err(refused) => return Ok(refused.reply(world, request).into()),
    };
    if let Some(reply) = authorize::forced_error(world, &asked) {
        return Ok(reply.into());
    }
    if wanted.cancel {
        return Ok(cancelled(&asked).into());
    }
    let account = account_named(world, asked.authority, &wanted.person)
        .ok_or_else(|| ControlError::NotFound(format!("person {}", wanted.person)))?;
    let sessions = wanted
        .browser
        .as_ref()
        .and_then(|browser| world.browsers.get(browser));
    let known = sessions
        .into_iter()
        .flatten()
        .find(|session| session.account == account)
        .copied();
    let session = sign_in(world, account, known);
    if let Some(browser) = &wanted.browser {
        let sessions = world.browsers.entry(browser.clone()).or_default();
        sessions.retain(|other| other.account != account);
        sessions.push(session);
    }
    let reply = admit::admit(world, request, &asked, session, ConsentAnswer::NotAsked);
    let answer = wanted.consent.answer();
    if reply.header("location").is_some() || answer == ConsentAnswer::NotAsked {
        return Ok(reply.into());
    }
    Ok(admit::admit(world, request, &asked, session, answer).into())
}

fn invalid(address: &str) -> ControlError {
    ControlError::Invalid(format!(
        "not an address of /authorize or /adminconsent: {address}"
    ))
}

/// The request a browser would make for this address.
fn visit(address: &str) -> Result<Incoming, ControlError> {
    let (scheme, rest) = address.split_once("://").ok_or_else(|| invalid(address))?;
    let (host, path) = rest.split_at(rest.find('/').ok_or_else(|| invalid(address))?);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    Ok(Incoming {
        method: Method::GET,
        path: path.to_owned(),
        segments: request::segments(path),
        query_text: query.to_owned(),
        query: request::pairs(query.as_bytes()),
        form: Vec::new(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
        base: format!("{scheme}://{host}"),
    })
}
