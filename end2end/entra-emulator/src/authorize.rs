//! `/authorize`: what an application may ask there, and what happens before anybody is asked who they are.
//!
//! Until the redirect URI is known to be registered, every failure stays on our own page; only afterwards may the
//! application hear of it. Getting this order wrong would make an open redirector.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    authority::Authority,
    failure::Failure,
    grants::ChallengeMethod,
    mutation, page,
    reply::{self, Reply},
    request::Incoming,
    world::World,
};

pub(crate) mod admit;
pub(crate) mod choose;
pub(crate) mod consent;
pub(crate) mod login;
mod parse;

pub(crate) use parse::{check_client, check_redirect, parse, unknown_application, wanted_permissions};

/// What the next return from `/authorize` shall look like instead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuthorizeOutcome {
    /// `error`; with it nobody is asked anything, and there is no code.
    pub error: Option<String>,
    /// `error_description`.
    pub error_description: Option<String>,
    /// `error_subcode`.
    pub error_subcode: Option<String>,
    /// Parameters to set; `null` removes one.
    pub parameters: Map<String, Value>,
    /// Parameters to add, even if there is one of that name.
    pub extra: Vec<(String, String)>,
    /// How many returns are changed; all when absent.
    pub times: Option<u32>,
}

impl Default for AuthorizeOutcome {
    fn default() -> Self {
        Self {
            error: None,
            error_description: None,
            error_subcode: None,
            parameters: Map::new(),
            extra: Vec::new(),
            times: Some(1),
        }
    }
}

impl AuthorizeOutcome {
    /// The next return carries this error and nothing else.
    #[must_use]
    pub fn error(error: &str) -> Self {
        Self {
            error: Some(error.to_owned()),
            ..Self::default()
        }
    }
}

/// How the answer travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseMode {
    Query,
    Fragment,
    FormPost,
}

/// Where the answer goes. Exists only for a registered redirect URI.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) redirect_uri: String,
    pub(crate) mode: ResponseMode,
    pub(crate) state: Option<String>,
}

/// `prompt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    None,
    Login,
    SelectAccount,
    Consent,
}

/// A request that may be answered to its target.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one parameter of the protocol"
)]
pub(crate) struct AuthorizeRequest {
    pub(crate) authority: Authority,
    pub(crate) target: Target,
    pub(crate) wants_code: bool,
    pub(crate) wants_id_token: bool,
    /// Names of permissions, OpenID Connect's among them.
    pub(crate) scopes: Vec<String>,
    pub(crate) nonce: Option<String>,
    pub(crate) prompt: Option<Prompt>,
    pub(crate) login_hint: Option<String>,
    pub(crate) domain_hint: Option<String>,
    pub(crate) sid: Option<String>,
    pub(crate) challenge: Option<(ChallengeMethod, String)>,
    pub(crate) client_info: bool,
    pub(crate) stepped_up: bool,
    /// All parameters as they came, for the forms of our pages.
    pub(crate) parameters: Vec<(String, String)>,
}

/// A request that cannot be answered as asked.
#[derive(Debug)]
pub(crate) struct Refused {
    target: Option<Target>,
    failure: Failure,
}

impl Refused {
    pub(crate) fn reply(&self, world: &World, request: &Incoming) -> Reply {
        match &self.target {
            Some(target) => deliver(target, self.failure.parameters(world, request)),
            None => self.failure.page(world, request),
        }
    }
}

/// Sends an answer back to the application, `state` at its end.
pub(crate) fn deliver(target: &Target, mut parameters: Vec<(String, String)>) -> Reply {
    if let Some(state) = &target.state {
        parameters.push(("state".to_owned(), state.clone()));
    }
    send(target, &parameters)
}

/// Sends exactly these parameters.
pub(crate) fn send(target: &Target, parameters: &[(String, String)]) -> Reply {
    match target.mode {
        ResponseMode::Query => Reply::redirect(&reply::with_query(&target.redirect_uri, parameters)),
        ResponseMode::Fragment => Reply::redirect(&reply::with_fragment(&target.redirect_uri, parameters)),
        ResponseMode::FormPost => Reply::html(page::form_post(&target.redirect_uri, parameters)),
    }
}

/// `GET` or `POST /{tenant}/oauth2/v2.0/authorize`
pub(crate) fn answer(world: &mut World, request: &Incoming, tenant: &str) -> Reply {
    if !matches!(request.method.as_str(), "GET" | "POST") {
        return Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header("allow", "GET, POST");
    }
    match parse(world, request, tenant, request.parameters()) {
        Ok(asked) => login::begin(world, request, &asked),
        Err(refused) => refused.reply(world, request),
    }
}

/// The forced outcome with an error, when a test queued one: it comes before any question.
pub(crate) fn forced_error(world: &mut World, asked: &AuthorizeRequest) -> Option<Reply> {
    let outcome = mutation::take(
        &mut world.outcomes,
        |entry| entry.error.is_some(),
        |entry| &mut entry.times,
    )?;
    let members = [
        ("error", &outcome.error),
        ("error_subcode", &outcome.error_subcode),
        ("error_description", &outcome.error_description),
    ];
    let parameters = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
    Some(changed(&asked.target, parameters.collect(), &outcome))
}

/// A good answer, with whatever a test queued for it.
pub(crate) fn succeed(
    world: &mut World,
    asked: &AuthorizeRequest,
    parameters: Vec<(String, String)>,
) -> Reply {
    succeed_at(world, &asked.target, parameters)
}

/// The same for a target of any kind.
pub(crate) fn succeed_at(world: &mut World, target: &Target, parameters: Vec<(String, String)>) -> Reply {
    match mutation::take(
        &mut world.outcomes,
        |entry| entry.error.is_none(),
        |entry| &mut entry.times,
    ) {
        Some(outcome) => changed(target, parameters, &outcome),
        None => send(target, &parameters),
    }
}

fn changed(target: &Target, mut parameters: Vec<(String, String)>, outcome: &AuthorizeOutcome) -> Reply {
    if outcome.error.is_some()
        && let Some(state) = &target.state
    {
        parameters.push(("state".to_owned(), state.clone()));
    }
    for (name, value) in &outcome.parameters {
        parameters.retain(|(known, _)| known != name);
        if !value.is_null() {
            parameters.push((
                name.clone(),
                value.as_str().map_or_else(|| value.to_string(), str::to_owned),
            ));
        }
    }
    parameters.extend(outcome.extra.iter().cloned());
    send(target, &parameters)
}
