//! Reads a request for `/authorize`.
//!
//! The order of the checks is the security of the redirect: client and redirect URI first, and only then anything
//! whose failure is reported to that URI.

use uuid::Uuid;

use super::{AuthorizeRequest, Prompt, Refused, ResponseMode, Target};
use crate::{
    authority::Authority,
    failure::Failure,
    grants::ChallengeMethod,
    permissions::{self, Scope},
    registration::Audience,
    request::{Incoming, first},
    world::World,
};

/// Reads a request.
///
/// # Errors
/// [`Refused`], with a target only when the redirect URI may be trusted.
pub(crate) fn parse(
    world: &World,
    request: &Incoming,
    tenant: &str,
    parameters: Vec<(String, String)>,
) -> Result<AuthorizeRequest, Box<Refused>> {
    let untrusted = |failure| {
        Box::new(Refused {
            target: None,
            failure,
        })
    };
    let value = |name| first(&parameters, name).map(str::to_owned);
    let authority = Authority::resolve(world, tenant).map_err(untrusted)?;
    let client_id = value("client_id").ok_or_else(|| untrusted(Failure::missing_parameter("client_id")))?;
    check_client(world, authority, &client_id).map_err(untrusted)?;
    let redirect_uri =
        value("redirect_uri").ok_or_else(|| untrusted(Failure::missing_parameter("redirect_uri")))?;
    check_redirect(world, &client_id, &redirect_uri).map_err(untrusted)?;

    let response_type = value("response_type").unwrap_or_default();
    let wants = |word| response_type.split_whitespace().any(|part| part == word);
    let front = wants("id_token") || wants("token");
    let default_mode = if front {
        ResponseMode::Fragment
    } else {
        ResponseMode::Query
    };
    let mode = match value("response_mode").as_deref() {
        None => Some(default_mode),
        Some("query") => (!front).then_some(ResponseMode::Query),
        Some("fragment") => Some(ResponseMode::Fragment),
        Some("form_post") => Some(ResponseMode::FormPost),
        Some(_) => None,
    };
    let target = Target {
        redirect_uri,
        mode: mode.unwrap_or(default_mode),
        state: value("state"),
    };
    let refused = |failure| {
        Box::new(Refused {
            target: Some(target.clone()),
            failure,
        })
    };
    if mode.is_none() {
        let message = "The 'response_mode' value is not supported for the requested 'response_type'.";
        return Err(refused(Failure::new(70_007, "invalid_request", message)));
    }
    check_response_type(world, &response_type).map_err(refused)?;
    let nonce = value("nonce");
    if wants("id_token") && nonce.is_none() {
        return Err(refused(Failure::missing_parameter("nonce")));
    }
    let scope = value("scope").ok_or_else(|| refused(Failure::missing_parameter("scope")))?;
    let scopes = wanted_permissions(world, &scope, &request.base).map_err(refused)?;
    let prompt = prompt(value("prompt").as_deref()).map_err(refused)?;
    let challenge =
        challenge(value("code_challenge"), value("code_challenge_method").as_deref()).map_err(refused)?;
    Ok(AuthorizeRequest {
        authority,
        wants_code: wants("code"),
        wants_id_token: wants("id_token"),
        scopes,
        nonce,
        prompt,
        login_hint: value("login_hint"),
        domain_hint: value("domain_hint"),
        sid: value("sid"),
        challenge,
        client_info: value("client_info").as_deref() == Some("1"),
        stepped_up: value("claims").is_some_and(|claims| is_step_up(&claims)),
        target,
        parameters,
    })
}

/// The application exists, and may be used under this authority.
///
/// # Errors
/// 700016 or 50194, neither of which may be told to any redirect URI.
pub(crate) fn check_client(world: &World, authority: Authority, client_id: &str) -> Result<(), Failure> {
    let registration = &world.registration;
    let tenant = authority.tenant().and_then(|id| world.directory.find(id));
    if Uuid::try_parse(client_id) != Ok(registration.client_id) {
        let directory = tenant.map_or("Microsoft Accounts", |tenant| &tenant.name);
        return Err(unknown_application(client_id, directory));
    }
    if registration.audience == Audience::OneTenant {
        return match tenant {
            Some(tenant) if registration.home_tenant == Some(tenant.id) => Ok(()),
            Some(tenant) => Err(unknown_application(client_id, &tenant.name)),
            None => Err(not_multi_tenant(client_id, &registration.name)),
        };
    }
    Ok(())
}

/// # Errors
/// 50011 when the redirect URI is not registered; then it must not be used.
pub(crate) fn check_redirect(world: &World, client_id: &str, redirect_uri: &str) -> Result<(), Failure> {
    if world.registration.accepts_redirect(redirect_uri) {
        return Ok(());
    }
    let message = format!(
        "The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for \
         the application '{client_id}'. Make sure the redirect URI sent in the request matches one added to your \
         application in the Azure portal."
    );
    Err(Failure::new(50_011, "invalid_request", message))
}

fn not_multi_tenant(client_id: &str, name: &str) -> Failure {
    let message = format!(
        "Application '{client_id}'({name}) is not configured as a multi-tenant application. Usage of the /common \
         endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or \
         configure the application to be multi-tenant."
    );
    Failure::new(50_194, "invalid_request", message)
}

/// 700016, which the token endpoint says as well.
pub(crate) fn unknown_application(client_id: &str, directory: &str) -> Failure {
    let message = format!(
        "Application with identifier '{client_id}' was not found in the directory '{directory}'. This can happen if \
         the application has not been installed by the administrator of the tenant or consented to by any user in \
         the tenant. You may have sent your authentication request to the wrong tenant."
    );
    Failure::new(700_016, "unauthorized_client", message)
}

fn check_response_type(world: &World, response_type: &str) -> Result<(), Failure> {
    let mut words = response_type.split_whitespace().collect::<Vec<_>>();
    words.sort_unstable();
    match words.as_slice() {
        [] => Err(Failure::missing_parameter("response_type")),
        ["code"] => Ok(()),
        ["id_token"] | ["code", "id_token"] if world.registration.implicit_id_token => Ok(()),
        ["id_token"] | ["code", "id_token"] => {
            let message = "response_type 'id_token' is not enabled for the application.";
            Err(Failure::new(700_054, "unsupported_response_type", message))
        }
        ["token"] | ["id_token", "token"] => {
            let message = "response_type 'token' is not enabled for the application.";
            Err(Failure::new(700_051, "unsupported_response_type", message))
        }
        _ => {
            let message = format!("The response type '{response_type}' is not supported.");
            Err(Failure::new(70_007, "unsupported_response_type", message))
        }
    }
}

/// The permissions a `scope` parameter asks for, each once.
///
/// # Errors
/// When it names one Graph does not have, another resource, or `.default` beside named ones.
pub(crate) fn wanted_permissions(world: &World, scope: &str, base: &str) -> Result<Vec<String>, Failure> {
    let mut wanted: Vec<String> = Vec::new();
    let mut everything = false;
    for part in permissions::scopes(scope, base, world.settings.cloud) {
        match part {
            Scope::Default => everything = true,
            Scope::Permission(name) if permissions::exists(&name) => {
                if !wanted.contains(&name) {
                    wanted.push(name);
                }
            }
            Scope::Permission(name) => {
                let message = format!(
                    "The application '{}' asked for scope '{name}' that doesn't exist on the resource '{}'. Contact \
                     the app vendor.",
                    world.registration.name,
                    permissions::GRAPH
                );
                return Err(Failure::new(650_053, "invalid_client", message));
            }
            Scope::Foreign(name) => {
                let message = format!("The resource principal named {name} was not found in the tenant.");
                return Err(Failure::new(500_011, "invalid_resource", message));
            }
        }
    }
    if everything {
        if wanted
            .iter()
            .any(|name| !permissions::OPENID_SCOPES.contains(&name.as_str()))
        {
            let message = format!(
                "The provided value for the input parameter 'scope' is not valid. The scope '{scope}' is not valid. \
                 .default scope can't be combined with resource-specific scopes."
            );
            return Err(Failure::new(70_011, "invalid_scope", message));
        }
        for name in &world.registration.required_delegated {
            if !wanted.contains(name) {
                wanted.push(name.clone());
            }
        }
    }
    Ok(wanted)
}

/// Whether the claims ask for what a policy wants; declaring a capability (`xms_cc`) does not.
fn is_step_up(claims: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(claims).is_ok_and(|claims| {
        ["access_token", "id_token"].iter().any(|token| {
            ["polids", "acrs"]
                .iter()
                .any(|name| claims[token].get(name).is_some())
        })
    })
}

fn prompt(text: Option<&str>) -> Result<Option<Prompt>, Failure> {
    Ok(Some(match text {
        None => return Ok(None),
        Some("none") => Prompt::None,
        Some("login") => Prompt::Login,
        Some("select_account" | "create") => Prompt::SelectAccount,
        Some("consent") => Prompt::Consent,
        Some(other) => {
            let message = format!("Unsupported 'prompt' value '{other}'.");
            return Err(Failure::new(90_023, "invalid_request", message));
        }
    }))
}

/// A challenge without a method is plain.
fn challenge(
    text: Option<String>,
    method: Option<&str>,
) -> Result<Option<(ChallengeMethod, String)>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let method = match method {
        None | Some("plain") => ChallengeMethod::Plain,
        Some("S256") => ChallengeMethod::S256,
        Some(_) => {
            let message = "The value of parameter 'code_challenge_method' is not supported.";
            return Err(Failure::new(50_148, "invalid_request", message));
        }
    };
    if !(43..=128).contains(&text.len()) {
        return Err(Failure::new(
            50_147,
            "invalid_request",
            "Invalid size of Code_Challenge parameter.",
        ));
    }
    Ok(Some((method, text)))
}
