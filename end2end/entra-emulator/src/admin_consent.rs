//! Admin consent: an administrator grants the application its permissions for a whole tenant.
//!
//! What comes back proves nothing: the redirect is plain text that passes through a browser, and `admin_consent=True`
//! stands on refusals too. The emulator returns what was observed at Microsoft, not what its pages describe.

use http::{Method, StatusCode};

use crate::{
    authority::Authority,
    authorize::{
        self, ResponseMode, Target,
        choose::{self, Choice},
        consent::{self, CONSENTING, ConsentAnswer},
        login::account,
    },
    directory::{
        Home, Tenant,
        membership::{GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR},
    },
    failure::Failure,
    page::consent as page,
    permissions::{self, Scope},
    reply::{self, Reply},
    request::{self, Incoming, first},
    world::World,
};

/// Which of the two endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// Grants everything the registration lists.
    V1,
    /// Grants what `scope` names.
    V2,
}

/// A request that may be answered to its redirect URI.
#[derive(Clone, Debug)]
pub(crate) struct AdminConsent {
    pub(crate) authority: Authority,
    version: Version,
    target: Target,
    scope: Option<String>,
    grant: Grant,
    parameters: Vec<(String, String)>,
}

/// What is to be granted.
#[derive(Clone, Debug, Default)]
struct Grant {
    delegated: Vec<String>,
    application: Vec<String>,
    /// Everything the registration lists: what was granted before and is listed no more goes away.
    whole: bool,
}

/// `GET` or `POST` of either endpoint.
pub(crate) fn answer(world: &mut World, request: &Incoming, tenant: &str, version: Version) -> Reply {
    let parameters = match request.method {
        Method::GET => request.query.clone(),
        Method::POST => request::pairs(request.form_value("request").unwrap_or_default().as_bytes()),
        _ => return Reply::new(StatusCode::METHOD_NOT_ALLOWED).with_header("allow", "GET, POST"),
    };
    let asked = match parse(world, request, tenant, version, parameters) {
        Ok(asked) => asked,
        Err(reply) => return *reply,
    };
    if request.form_value("action") == Some("cancel") {
        return decline(world, request, &asked);
    }
    match request.form_value("person").and_then(|text| account(world, text)) {
        Some(account) => proceed(world, request, &asked, account, ConsentAnswer::of(request)),
        None => choose::page(world, &choice(&asked), &[]),
    }
}

fn choice(asked: &AdminConsent) -> Choice<'_> {
    let segment = asked.authority.segment();
    Choice {
        authority: asked.authority,
        login_hint: None,
        domain_hint: None,
        action: match asked.version {
            Version::V1 => format!("/{segment}/adminconsent"),
            Version::V2 => format!("/{segment}/v2.0/adminconsent"),
        },
        parameters: &asked.parameters,
    }
}

/// Reads a request.
///
/// # Errors
/// The answer to give instead: a page until the redirect URI is trusted, then a redirect.
pub(crate) fn parse(
    world: &World,
    request: &Incoming,
    tenant: &str,
    version: Version,
    parameters: Vec<(String, String)>,
) -> Result<AdminConsent, Box<Reply>> {
    let page = |failure: Failure| Box::new(failure.page(world, request));
    let value = |name| first(&parameters, name).map(str::to_owned);
    let required = |name| value(name).ok_or_else(|| page(Failure::missing_parameter(name)));
    let authority = Authority::resolve(world, tenant).map_err(page)?;
    let (client_id, redirect_uri) = (required("client_id")?, required("redirect_uri")?);
    authorize::check_client(world, authority, &client_id).map_err(page)?;
    authorize::check_redirect(world, &client_id, &redirect_uri).map_err(page)?;
    let target = Target {
        redirect_uri,
        mode: ResponseMode::Query,
        state: value("state"),
    };
    let scope = value("scope").filter(|_| version == Version::V2);
    let refused =
        |failure: Failure| Box::new(authorize::deliver(&target, failure.parameters(world, request)));
    let grant = match (version, &scope) {
        (Version::V1, _) => everything(world),
        (Version::V2, None) => return Err(refused(Failure::missing_parameter("scope"))),
        (Version::V2, Some(scope)) => named(world, request, scope).map_err(refused)?,
    };
    Ok(AdminConsent {
        authority,
        version,
        target: target.clone(),
        scope,
        grant,
        parameters,
    })
}

fn everything(world: &World) -> Grant {
    Grant {
        delegated: world.registration.required_delegated.clone(),
        application: world.registration.required_application.clone(),
        whole: true,
    }
}

/// Application permissions come through `.default` only.
fn named(world: &World, request: &Incoming, scope: &str) -> Result<Grant, Failure> {
    let delegated = authorize::wanted_permissions(world, scope, &request.base)?;
    let default = permissions::scopes(scope, &request.base, world.settings.cloud).contains(&Scope::Default);
    Ok(if default {
        everything(world)
    } else {
        Grant {
            delegated,
            ..Grant::default()
        }
    })
}

/// Somebody was chosen; `answer` is what they said about the permissions, if they saw them.
pub(crate) fn proceed(
    world: &mut World,
    request: &Incoming,
    asked: &AdminConsent,
    account: Home,
    answer: ConsentAnswer,
) -> Reply {
    let tenant = world
        .directory
        .find(asked.authority.tenant().unwrap_or(account.tenant));
    let found = tenant.and_then(|tenant| Some((tenant, tenant.object_of(account)?.id)));
    let Some((tenant, user)) = found else {
        // Unlike at /authorize, this one comes back to the application.
        let message =
            "The user account does not exist in the tenant and cannot access the application in that tenant.";
        let failure = Failure::new(50_020, "access_denied", message);
        return finish(world, asked, failure.parameters(world, request));
    };
    let capable: &[_] = if asked.grant.application.is_empty() {
        &CONSENTING
    } else {
        &[GLOBAL_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR]
    };
    let capable = tenant.has_role(user, capable);
    match answer {
        ConsentAnswer::Accepted { .. } if capable => {
            let id = tenant.id;
            grant(world, asked, tenant.id);
            let mut parameters = vec![pair("admin_consent", "True"), pair("tenant", &id.to_string())];
            parameters.extend(asked.target.state.iter().map(|state| pair("state", state)));
            parameters.extend(asked.scope.iter().map(|scope| pair("scope", scope)));
            finish(world, asked, parameters)
        }
        ConsentAnswer::Declined if capable => decline(world, request, asked),
        ConsentAnswer::Back | ConsentAnswer::Declined => {
            // Somebody who may not grant goes back: no trace of the consent flow at all.
            let mut parameters = vec![pair("error", "access_denied"), pair("error_subcode", "cancel")];
            parameters.extend(asked.target.state.iter().map(|state| pair("state", state)));
            finish(world, asked, parameters)
        }
        ConsentAnswer::Accepted { .. } | ConsentAnswer::NotAsked => ask(world, asked, tenant, user, capable),
    }
}

fn ask(world: &World, asked: &AdminConsent, tenant: &Tenant, user: uuid::Uuid, capable: bool) -> Reply {
    let form = page::Form {
        application: &world.registration.name,
        organization: &tenant.name,
        action: choice(asked).action,
        request: reply::encode_parameters(&asked.parameters),
        person: &format!("{}/{user}", tenant.id),
        account: &tenant
            .user(user)
            .map_or_else(String::new, |user| user.principal.clone()),
    };
    if !capable {
        return Reply::html(page::approval_needed(&form));
    }
    let delegated = asked
        .grant
        .delegated
        .iter()
        .map(|name| permissions::wording(name).to_owned());
    let application = asked.grant.application.iter();
    let application =
        application.map(|name| format!("{} (without a signed-in user)", permissions::wording(name)));
    let wordings = delegated.chain(application).collect::<Vec<_>>();
    let wordings = wordings.iter().map(String::as_str).collect::<Vec<_>>();
    Reply::html(page::request(&form, &wordings, false))
}

fn grant(world: &mut World, asked: &AdminConsent, tenant: uuid::Uuid) {
    let (now, client_id) = (world.clock.now(), world.registration.client_id);
    let Some(tenant) = world.directory.find_mut(tenant) else {
        return;
    };
    let installation = &mut tenant.installation;
    consent::install(installation, tenant.id, client_id, now);
    if asked.grant.whole {
        installation.delegated.clear();
        installation.application.clear();
    }
    installation
        .delegated
        .extend(asked.grant.delegated.iter().cloned());
    installation
        .application
        .extend(asked.grant.application.iter().cloned());
}

/// An administrator cancelled. The second version marks even this with `admin_consent=True`.
pub(crate) fn decline(world: &mut World, request: &Incoming, asked: &AdminConsent) -> Reply {
    let parameters = match asked.version {
        Version::V1 => vec![
            pair("error", "permission_denied"),
            pair("error_description", "The admin canceled the request"),
        ],
        Version::V2 => {
            let mut parameters = consent::declined().parameters(world, request);
            parameters.push(pair("admin_consent", "True"));
            parameters.extend(asked.target.state.iter().map(|state| pair("state", state)));
            parameters
        }
    };
    finish(world, asked, parameters)
}

/// Back to the application, with whatever a test queued, and with the bare `#` the second version ends on.
fn finish(world: &mut World, asked: &AdminConsent, parameters: Vec<(String, String)>) -> Reply {
    let reply = authorize::succeed_at(world, &asked.target, parameters);
    match (asked.version, reply.header("location")) {
        (Version::V2, Some(location)) => Reply::redirect(&format!("{location}#")),
        _ => reply,
    }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}
