//! The answer for a person: access token, and what the scopes ask for beside it.

use serde_json::{Map, Value, json};

use super::{changed, credential};
use crate::{
    access,
    authorize::{admit, consent, wanted_permissions},
    claims::{self, Channel},
    directory::{ConditionalAccess, Tenant},
    failure::Failure,
    grants::{Refresh, SignIn},
    issue,
    mutation::MutatedToken,
    permissions::{self, OPENID_SCOPES},
    random,
    request::Incoming,
    world::World,
};

/// The sign-in with the scopes of this request, when it names any: one resource only, and consented to.
pub(super) fn narrowed(world: &World, request: &Incoming, sign_in: &SignIn) -> Result<SignIn, Failure> {
    let mut sign_in = sign_in.clone();
    if let Some(scope) = request.form_value("scope") {
        sign_in.resource = permissions::written_resource(scope);
        sign_in.scopes = wanted_permissions(world, scope, &request.base).map_err(|failure| {
            if failure.error == "invalid_client" {
                failure.with_error("invalid_scope")
            } else {
                failure
            }
        })?;
    }
    Ok(sign_in)
}

/// Tokens for somebody.
///
/// # Errors
/// When the account is gone or disabled, the tenant's policy refuses, or consent is missing.
pub(super) fn answer(
    world: &mut World,
    request: &Incoming,
    grant: &str,
    sign_in: SignIn,
) -> Result<Value, Failure> {
    let tenant = world.directory.find(sign_in.tenant).ok_or_else(gone)?;
    check(world, tenant, &sign_in)?;
    let scopes = scopes_of_token(tenant, &sign_in);
    let lifetime = random::between(3_600, 5_399);
    let mut changes = Vec::new();

    let mut access_claims = access::delegated(world, &sign_in, &scopes, lifetime);
    access_claims.set("appidacr", credential::kind(request));
    let access_token = issue::token(
        world,
        MutatedToken::AccessToken,
        grant,
        sign_in.tenant,
        &access_claims,
        &mut changes,
    );
    let mut answer = Map::new();
    answer.insert("token_type".to_owned(), json!("Bearer"));
    answer.insert("scope".to_owned(), json!(written(&sign_in, &scopes)));
    answer.insert("expires_in".to_owned(), json!(lifetime));
    answer.insert("ext_expires_in".to_owned(), json!(lifetime));
    answer.insert("access_token".to_owned(), json!(access_token));
    let wants = |scope: &str| sign_in.scopes.iter().any(|known| known == scope);
    if wants("offline_access") {
        let refresh = Refresh {
            client_id: world.registration.client_id,
            used_at: world.clock.now(),
            revoked: false,
            sign_in: sign_in.clone(),
        };
        answer.insert(
            "refresh_token".to_owned(),
            json!(world.grants.issue_refresh(refresh)),
        );
    }
    if wants("openid") {
        let id_claims = claims::id_token(world, &request.base, &sign_in, Channel::Back, None);
        let id_token = issue::token(
            world,
            MutatedToken::IdToken,
            grant,
            sign_in.tenant,
            &id_claims,
            &mut changes,
        );
        answer.insert("id_token".to_owned(), json!(id_token));
    }
    if sign_in.client_info || request.form_value("client_info") == Some("1") {
        answer.insert("client_info".to_owned(), json!(admit::client_info(&sign_in)));
    }
    Ok(changed(answer, &changes))
}

fn check(world: &World, tenant: &Tenant, sign_in: &SignIn) -> Result<(), Failure> {
    let user = tenant.user(sign_in.user).ok_or_else(gone)?;
    if !user.enabled {
        return Err(Failure::new(
            50_057,
            "invalid_grant",
            "The user account is disabled.",
        ));
    }
    if !tenant.installation.enabled {
        return Err(admit::disabled_application(
            world.registration.client_id,
            &world.registration.name,
        ));
    }
    match tenant.installation.conditional_access {
        ConditionalAccess::Block => {
            return Err(admit::blocked_by_policy("invalid_grant").with_suberror("message_only"));
        }
        ConditionalAccess::MultiFactor if !sign_in.stepped_up => return Err(admit::second_factor(world)),
        ConditionalAccess::MultiFactor | ConditionalAccess::Allow => {}
    }
    let missing = consent::missing(&tenant.installation, &sign_in.scopes, sign_in.user);
    if !missing.is_empty() {
        let registration = &world.registration;
        let failure = consent::not_consented(registration.client_id, &registration.name);
        return Err(failure
            .with_error("invalid_grant")
            .with_suberror("consent_required"));
    }
    Ok(())
}

fn gone() -> Failure {
    Failure::new(
        50_034,
        "invalid_grant",
        "The user account does not exist in the directory.",
    )
}

/// What was asked for, and whatever else was granted for the same resource.
fn scopes_of_token(tenant: &Tenant, sign_in: &SignIn) -> Vec<String> {
    let mut scopes = sign_in.scopes.clone();
    let extra = consent::granted(&tenant.installation, sign_in.user);
    scopes.extend(
        extra
            .into_iter()
            .filter(|name| !OPENID_SCOPES.contains(&name.as_str())),
    );
    let mut seen = Vec::new();
    scopes.retain(|name| {
        let fresh = !seen.contains(name);
        seen.push(name.clone());
        fresh
    });
    scopes
}

/// Permissions of Graph are written as they were asked for, in full or short; `offline_access` does not appear.
fn written(sign_in: &SignIn, scopes: &[String]) -> String {
    let write = |name: &String| match &sign_in.resource {
        Some(resource) if !OPENID_SCOPES.contains(&name.as_str()) => format!("{resource}/{name}"),
        _ => name.clone(),
    };
    scopes
        .iter()
        .filter(|name| *name != "offline_access")
        .map(write)
        .collect::<Vec<_>>()
        .join(" ")
}
