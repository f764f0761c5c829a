//! Consent of one person, or of an administrator for everybody.
//!
//! What was granted stands with the tenant: delegated permissions for everybody, and grants of single people. The
//! first consent makes the service principal; somebody who backs out makes none.

use uuid::Uuid;

use super::{AuthorizeRequest, Prompt};
use crate::{
    directory::{
        Installation, Tenant,
        membership::{
            APPLICATION_ADMINISTRATOR, CLOUD_APPLICATION_ADMINISTRATOR, GLOBAL_ADMINISTRATOR,
            PRIVILEGED_ROLE_ADMINISTRATOR,
        },
    },
    failure::Failure,
    page::consent as page,
    permissions, random, reply,
    request::Incoming,
    settings::RefusalPlace,
    world::World,
};

/// What somebody said on the consent page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConsentAnswer {
    NotAsked,
    Accepted {
        for_everybody: bool,
    },
    Declined,
    /// Left the page that says an administrator must approve.
    Back,
}

impl ConsentAnswer {
    /// What the form of our page says.
    pub(crate) fn of(request: &Incoming) -> Self {
        match request.form_value("consent") {
            Some("accept") => Self::Accepted {
                for_everybody: request.form_value("organization").is_some(),
            },
            Some("decline") => Self::Declined,
            Some("back") => Self::Back,
            _ => Self::NotAsked,
        }
    }
}

/// What follows.
pub(crate) enum Consent {
    Given,
    Refused(Failure),
    WentBack,
    Ask(String),
}

/// Administrators who may consent for everybody to delegated permissions.
pub(crate) const CONSENTING: [Uuid; 4] = [
    GLOBAL_ADMINISTRATOR,
    PRIVILEGED_ROLE_ADMINISTRATOR,
    APPLICATION_ADMINISTRATOR,
    CLOUD_APPLICATION_ADMINISTRATOR,
];

/// Decides about consent, and records it when it was just given.
pub(crate) fn decide(
    world: &mut World,
    asked: &AuthorizeRequest,
    tenant: Uuid,
    user: Uuid,
    answer: ConsentAnswer,
) -> Consent {
    let now = world.clock.now();
    let registration = world.registration.clone();
    let Some(tenant) = world.directory.find_mut(tenant) else {
        return Consent::WentBack;
    };
    let missing = missing(&tenant.installation, &asked.scopes, user);
    let administrator = tenant.has_role(user, &CONSENTING);
    match answer {
        ConsentAnswer::Declined => return Consent::Refused(declined()),
        ConsentAnswer::Back => return Consent::WentBack,
        ConsentAnswer::Accepted { for_everybody } if may_accept(tenant, &missing, administrator) => {
            install(&mut tenant.installation, tenant.id, registration.client_id, now);
            let scopes = asked.scopes.iter().cloned();
            if for_everybody && administrator {
                tenant.installation.delegated.extend(scopes);
            } else {
                tenant
                    .installation
                    .user_grants
                    .entry(user)
                    .or_default()
                    .extend(scopes);
            }
            return Consent::Given;
        }
        ConsentAnswer::Accepted { .. } | ConsentAnswer::NotAsked => {}
    }
    if missing.is_empty() && asked.prompt != Some(Prompt::Consent) {
        return Consent::Given;
    }
    let approvable = may_accept(tenant, &missing, administrator);
    if !approvable && world.settings.refusal_place == RefusalPlace::Redirect {
        let message = "The grant requires admin permission.";
        return Consent::Refused(Failure::new(90_094, "access_denied", message));
    }
    if asked.prompt == Some(Prompt::None) {
        return Consent::Refused(not_consented(registration.client_id, &registration.name));
    }
    let person = format!("{}/{user}", tenant.id);
    let form = page::Form {
        application: &registration.name,
        organization: &tenant.name,
        action: format!("/{}/login", asked.authority.segment()),
        request: reply::encode_parameters(&asked.parameters),
        person: &person,
        account: &tenant
            .user(user)
            .map_or_else(String::new, |user| user.principal.clone()),
    };
    let wordings = asked
        .scopes
        .iter()
        .map(|name| permissions::wording(name))
        .collect::<Vec<_>>();
    Consent::Ask(if approvable {
        page::request(&form, &wordings, administrator)
    } else {
        page::approval_needed(&form)
    })
}

/// The permissions that neither an administrator nor this person granted.
pub(crate) fn missing(installation: &Installation, scopes: &[String], user: Uuid) -> Vec<String> {
    let own = installation.user_grants.get(&user);
    let granted = |name: &String| {
        installation.delegated.contains(name) || own.is_some_and(|grants| grants.contains(name))
    };
    scopes.iter().filter(|name| !granted(name)).cloned().collect()
}

/// Everything this person's token for Graph may hold: what was granted, asked for or not.
pub(crate) fn granted(installation: &Installation, user: Uuid) -> Vec<String> {
    let own = installation.user_grants.get(&user).into_iter().flatten();
    let mut names = installation
        .delegated
        .iter()
        .chain(own)
        .cloned()
        .collect::<Vec<_>>();
    names.sort();
    names.dedup();
    names
}

fn may_accept(tenant: &Tenant, missing: &[String], administrator: bool) -> bool {
    let consentable = missing.iter().all(|name| permissions::is_user_consentable(name));
    administrator || (tenant.installation.user_consent && consentable)
}

/// The service principal comes into being with the first consent.
pub(crate) fn install(installation: &mut Installation, tenant: Uuid, client_id: Uuid, now: i64) {
    if installation.service_principal.is_none() {
        let words = format!("service principal {tenant} {client_id}");
        installation.service_principal = Some(random::derived_identifier(&words));
    }
    installation.consented_at = now;
}

pub(crate) fn declined() -> Failure {
    Failure::new(
        65_004,
        "access_denied",
        "User declined to consent to access the app.",
    )
}

/// 65001, which the token endpoint says with `invalid_grant`.
pub(crate) fn not_consented(client_id: Uuid, name: &str) -> Failure {
    let message = format!(
        "The user or administrator has not consented to use the application with ID '{client_id}' named '{name}'. \
         Send an interactive authorization request for this user and resource."
    );
    Failure::new(65_001, "consent_required", message)
}
