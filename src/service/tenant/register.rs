//! Registering a tenant from the command line: what a save does, for automation.

use super::{Applied, By, apply};
use crate::{
    domain::{
        audit::{Action, Actor},
        id::TeamId,
        tenant::{Prover, Registration, TenantId, Verification},
    },
    service::{ServiceError, Services, team::in_team},
    storage::{HostOperator, RegistrationDraft, StoreError},
};

/// A tenant to be registered for a team.
#[derive(Clone, Copy, Debug)]
pub struct TenantDraft {
    /// Which tenant.
    pub tenant: TenantId,
    /// Whether people of it can sign in.
    pub enabled: bool,
    /// Whether its guests can.
    pub allow_guests: bool,
    /// Whether the operator vouches for the ownership.
    pub proven: bool,
}

/// What registering a tenant did.
#[derive(Debug)]
pub struct Registered {
    /// The team's registration now.
    pub saved: Registration,
    /// The team's tenant before, when it was another one.
    pub replaced: Option<TenantId>,
    /// How many sessions ended.
    pub sessions_ended: u64,
}

/// Registers a team's tenant, at once effective for sign-in. A team has one: another one is replaced.
///
/// # Errors
/// [`ServiceError::Operator`] when the team is unknown, or the tenant belongs to another team and stays there.
pub async fn register_tenant(
    services: &Services,
    operator: &HostOperator,
    team: TeamId,
    draft: TenantDraft,
) -> Result<Registered, ServiceError> {
    if draft.tenant == TenantId::from(uuid::Uuid::nil()) {
        return Err(ServiceError::Operator(
            "that is no tenant ID; copy it from Overview in the Microsoft Entra admin center".to_owned(),
        ));
    }
    if draft.tenant == TenantId::PERSONAL_ACCOUNTS {
        return Err(ServiceError::Operator(
            "that is Microsoft's tenant for personal accounts; give the organization's own tenant ID"
                .to_owned(),
        ));
    }
    let operator = in_team(services, operator, team).await?;
    let by = By {
        actor: Actor::System,
        origin: None,
    };
    let mut work = services.store.begin(&operator).await?;
    let before = work.find_registration().await?;
    let same = before.as_ref().filter(|before| before.tenant == draft.tenant);
    let verification = if draft.proven {
        work.displace_registration(draft.tenant, Prover::PlatformAdministrator)
            .await?;
        Verification::Proven {
            by: Prover::PlatformAdministrator,
            at: services.now(),
        }
    } else {
        same.map_or(Verification::Unverified, |same| same.verification)
    };
    let wanted = RegistrationDraft {
        tenant: draft.tenant,
        enabled: draft.enabled,
        allow_guests: draft.allow_guests,
        verification,
    };
    let applied = apply(&mut work, before.as_ref(), wanted, &by)
        .await
        .map_err(|error| match error {
            StoreError::Conflict => ServiceError::Operator(
                "this tenant is registered to another team; --proven moves it here if you know whose it is"
                    .to_owned(),
            ),
            other => other.into(),
        })?;
    if draft.proven {
        let verified = by
            .event(Action::TenantVerified)
            .on("tenant", draft.tenant)
            .with("by", Prover::PlatformAdministrator.name());
        work.record(verified).await?;
    }
    let saved = by.saved(&applied);
    work.commit(saved).await?;
    let Applied {
        registration,
        replaced,
        sessions_ended,
    } = applied;
    Ok(Registered {
        saved: registration,
        replaced,
        sessions_ended,
    })
}
