//! Client credentials: the application as itself, in one tenant.
//!
//! A token is no proof of consent. Without any granted permission there is still one, without `roles`; right after a
//! consent there is one without even an `oid`. Only a missing service principal is refused.

use serde_json::{Map, Value, json};

use super::{changed, credential};
use crate::{
    access,
    authority::Authority,
    authorize::admit,
    directory::{ConditionalAccess, PERSONAL_TENANT, Tenant},
    failure::Failure,
    issue,
    mutation::MutatedToken,
    permissions::{self, Scope},
    random,
    request::Incoming,
    world::World,
};

pub(super) fn issue(world: &mut World, request: &Incoming, authority: Authority) -> Result<Value, Failure> {
    let tenant = tenant(world, authority)?;
    check_scope(world, request, tenant)?;
    let installation = &tenant.installation;
    let Some(service_principal) = installation.service_principal else {
        let message = format!(
            "The client application {} is missing service principal in the tenant {}. See instructions here: \
             https://go.microsoft.com/fwlink/?linkid=2225119",
            world.registration.client_id, tenant.id
        );
        return Err(Failure::new(7_000_229, "invalid_client", message));
    };
    if installation.conditional_access == ConditionalAccess::Block {
        return Err(admit::blocked_by_policy("invalid_grant").with_suberror("message_only"));
    }
    let age = world.clock.now() - installation.consented_at;
    let known = age >= world.settings.identity_propagation;
    let complete = age >= world.settings.identity_propagation + world.settings.roles_propagation;
    let roles = if complete {
        installation.application.iter().cloned().collect()
    } else {
        Vec::new()
    };
    let lifetime = random::between(3_600, 5_399);
    let tenant = tenant.id;
    let mut claims = access::app_only(
        world,
        tenant,
        known.then_some(service_principal),
        &roles,
        lifetime,
    );
    claims.set("appidacr", credential::kind(request));
    let mut changes = Vec::new();
    let token = issue::token(
        world,
        MutatedToken::AccessToken,
        "client_credentials",
        tenant,
        &claims,
        &mut changes,
    );
    let mut answer = Map::new();
    answer.insert("token_type".to_owned(), json!("Bearer"));
    answer.insert("expires_in".to_owned(), json!(lifetime));
    answer.insert("ext_expires_in".to_owned(), json!(lifetime));
    answer.insert("access_token".to_owned(), json!(token));
    Ok(changed(answer, &changes))
}

fn tenant(world: &World, authority: Authority) -> Result<&Tenant, Failure> {
    match authority {
        Authority::Organizations => {
            let message = "No tenant-identifying information found in either the request or implied by any provided \
                           credentials.";
            Err(Failure::new(50_059, "invalid_request", message))
        }
        Authority::Common | Authority::Consumers | Authority::Tenant(PERSONAL_TENANT) => {
            let message = "The grant type is not supported over the /common or /consumers endpoints. Please use the \
                           /organizations or tenant-specific endpoint.";
            Err(Failure::new(9_001_023, "invalid_request", message))
        }
        Authority::Tenant(id) => world
            .directory
            .find(id)
            .ok_or_else(|| Failure::missing_parameter("tenant")),
    }
}

fn check_scope(world: &World, request: &Incoming, tenant: &Tenant) -> Result<(), Failure> {
    let scope = request
        .form_value("scope")
        .ok_or_else(|| Failure::missing_parameter("scope"))?;
    match permissions::scopes(scope, &request.base, world.settings.cloud).as_slice() {
        [Scope::Default] => Ok(()),
        [Scope::Foreign(name)] if name.ends_with("/.default") => {
            let resource = name.trim_end_matches("/.default");
            let message = format!(
                "The resource principal named {resource} was not found in the tenant named {}.",
                tenant.name
            );
            Err(Failure::new(500_011, "invalid_resource", message))
        }
        _ => {
            let message = format!(
                "The provided value for scope {scope} is not valid. Client credential flows must have a scope value \
                 with /.default suffixed to the resource identifier (application ID URI)."
            );
            Err(Failure::new(1_002_012, "invalid_scope", message))
        }
    }
}
