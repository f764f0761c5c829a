//! May this person use this application here? If so, the code.
//!
//! The checks stand in the order of Entra: the account's place in the tenant, the account itself, the application in
//! the tenant, assignment, Conditional Access, consent. The first that fails decides, and whether the application
//! hears of it depends on the check.

use serde_json::json;

use super::{
    AuthorizeRequest, Prompt,
    consent::{self, Consent, ConsentAnswer},
    deliver, login, succeed,
};
use crate::{
    authority::Authority,
    claims::{self, Channel},
    directory::{ConditionalAccess, Tenant, User},
    failure::Failure,
    grants::{Code, SignIn},
    issue,
    mutation::MutatedToken,
    permissions, random,
    registration::Audience,
    reply::Reply,
    request::{Incoming, first},
    settings::RefusalPlace,
    world::{Session, World},
};

/// Somebody was chosen; `answer` is what they said on the consent page, if they saw it.
pub(crate) fn admit(
    world: &mut World,
    request: &Incoming,
    asked: &AuthorizeRequest,
    session: Session,
    answer: ConsentAnswer,
) -> Reply {
    let (tenant, user) = match place(world, asked, session) {
        Ok(found) => found,
        Err(failure) => return failure.page(world, request),
    };
    let (tenant_id, user_id) = (tenant.id, user.id);
    if let Err(failure) = check_policies(world, asked, tenant, &user) {
        return match (asked.prompt, world.settings.refusal_place, failure.code) {
            (Some(Prompt::None), _, 50_105 | 53_003) => deliver(
                &asked.target,
                failure
                    .with_error("interaction_required")
                    .parameters(world, request),
            ),
            (_, RefusalPlace::Redirect, 50_105 | 53_003) | (Some(Prompt::None), _, 50_076) => {
                deliver(&asked.target, failure.parameters(world, request))
            }
            _ => failure.page(world, request),
        };
    }
    match consent::decide(world, asked, tenant_id, user_id, answer) {
        Consent::Given => {}
        Consent::Refused(failure) => return deliver(&asked.target, failure.parameters(world, request)),
        Consent::WentBack => return login::cancelled(asked),
        Consent::Ask(page) => return Reply::html(page),
    }
    let sign_in = SignIn {
        tenant: tenant_id,
        user: user_id,
        account: session.account,
        scopes: asked.scopes.clone(),
        resource: permissions::written_resource(first(&asked.parameters, "scope").unwrap_or_default()),
        nonce: asked.nonce.clone(),
        sid: session.sid,
        authenticated_at: session.authenticated_at,
        client_info: asked.client_info,
        stepped_up: asked.stepped_up,
    };
    hand_over(world, request, asked, sign_in)
}

/// Code, ID token and what else goes back.
fn hand_over(world: &mut World, request: &Incoming, asked: &AuthorizeRequest, sign_in: SignIn) -> Reply {
    let mut parameters = Vec::new();
    let mut add = |name: &str, value: String| parameters.push((name.to_owned(), value));
    let mut code = None;
    if asked.wants_code {
        let text = world.grants.issue_code(Code {
            client_id: world.registration.client_id,
            redirect_uri: asked.target.redirect_uri.clone(),
            authority: asked.authority.segment(),
            challenge: asked.challenge.clone(),
            issued_at: world.clock.now(),
            redeemed: false,
            sign_in: sign_in.clone(),
        });
        add("code", text.clone());
        code = Some(text);
    }
    if asked.wants_id_token {
        let claims = claims::id_token(world, &request.base, &sign_in, Channel::Front, code.as_deref());
        let token = issue::token(
            world,
            MutatedToken::IdToken,
            "implicit",
            sign_in.tenant,
            &claims,
            &mut Vec::new(),
        );
        add("id_token", token);
    }
    if sign_in.client_info {
        add("client_info", client_info(&sign_in));
    }
    if let Some(state) = &asked.target.state {
        add("state", state.clone());
    }
    add("session_state", sign_in.sid.to_string());
    succeed(world, asked, parameters)
}

/// `client_info`: the account's home, base64url.
pub(crate) fn client_info(sign_in: &SignIn) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let account = sign_in.account;
    URL_SAFE_NO_PAD.encode(format!(
        r#"{{"uid":"{}","utid":"{}"}}"#,
        account.user, account.tenant
    ))
}

/// The person's object in the tenant signed in to: home under an alias, the named tenant otherwise.
fn place<'a>(
    world: &'a World,
    asked: &AuthorizeRequest,
    session: Session,
) -> Result<(&'a Tenant, std::borrow::Cow<'a, User>), Failure> {
    let account = session.account;
    let home = world.directory.find(account.tenant);
    let name = home
        .and_then(|home| home.user(account.user))
        .map_or_else(String::new, |user| user.principal.clone());
    let personal = home.is_some_and(Tenant::is_personal);
    let refused_personal = personal && world.registration.audience != Audience::ManyTenantsAndPersonal;
    if refused_personal || (personal && asked.authority == Authority::Organizations) {
        let message = format!("The domain of '{name}' is not a valid login domain for the account type.");
        return Err(Failure::new(500_208, "invalid_request", message));
    }
    let tenant = asked
        .authority
        .tenant()
        .map_or(home, |id| world.directory.find(id));
    let found = tenant.and_then(|tenant| Some((tenant, tenant.object_of(account)?)));
    found.ok_or_else(|| {
        let message = format!(
            "User account '{name}' from identity provider 'https://sts.windows.net/{}/' does not exist in tenant '{}' \
             and cannot access the application '{}'({}) in that tenant. The account needs to be added as an external \
             user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account.",
            account.tenant,
            tenant.map_or("", |tenant| tenant.name.as_str()),
            world.registration.client_id,
            world.registration.name,
        );
        Failure::new(50_020, "invalid_request", message)
    })
}

fn check_policies(
    world: &World,
    asked: &AuthorizeRequest,
    tenant: &Tenant,
    user: &User,
) -> Result<(), Failure> {
    let registration = &world.registration;
    if !user.enabled {
        return Err(Failure::new(
            50_057,
            "invalid_grant",
            "The user account is disabled.",
        ));
    }
    let installation = &tenant.installation;
    if !installation.enabled {
        return Err(disabled_application(registration.client_id, &registration.name));
    }
    if installation.assignment_required && !tenant.is_assigned(user.id) {
        let message = format!(
            "Your administrator has configured the application {} ('{}') to block users unless they are specifically \
             granted ('assigned') access to the application. The signed in user '{{EmailHidden}}' is blocked because \
             they are not a direct member of a group with access, nor had access directly assigned by an \
             administrator. Please contact your administrator to assign access to this application.",
            registration.name, registration.client_id
        );
        return Err(Failure::new(50_105, "access_denied", message));
    }
    if installation.conditional_access == ConditionalAccess::Block {
        return Err(blocked_by_policy("access_denied"));
    }
    // With a page there would be a second factor now; without one the application must come again.
    let silent = asked.prompt == Some(Prompt::None) && !asked.stepped_up;
    if installation.conditional_access == ConditionalAccess::MultiFactor && silent {
        return Err(second_factor(world));
    }
    Ok(())
}

/// 53003, which the token endpoint says as `invalid_grant`.
pub(crate) fn blocked_by_policy(error: &'static str) -> Failure {
    let message = "Access has been blocked by Conditional Access policies. The access policy does not allow token \
                   issuance.";
    Failure::new(53_003, error, message)
}

/// 50076, with the `claims` that satisfy it at `/authorize`.
pub(crate) fn second_factor(world: &World) -> Failure {
    let policy = random::derived_identifier(&format!("policy {}", world.registration.client_id));
    let message = "Due to a configuration change made by your administrator, or because you moved to a new location, \
                   you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.";
    let mut failure = Failure::new(50_076, "interaction_required", message).with_suberror("basic_action");
    failure.claims =
        Some(json!({ "access_token": { "polids": { "essential": true, "Values": [policy] } } }).to_string());
    failure
}

/// 7000112.
pub(crate) fn disabled_application(client_id: uuid::Uuid, name: &str) -> Failure {
    let message = format!("Application '{client_id}'({name}) is disabled.");
    Failure::new(7_000_112, "unauthorized_client", message)
}
