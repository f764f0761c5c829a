//! What the platform's operator does for a team: create it, register its tenant, map its groups.

use secrecy::SecretString;

use crate::{
    domain::{
        audit::{Action, Actor, Event},
        id::{TeamId, UserId},
        mapping::{Mapping, Priority},
        role::MappableRole,
        tenant::{ObjectId, Prover, Registration, TenantId, Verification},
    },
    service::{ServiceError, Services, password},
    storage::{HostOperator, MappingDraft, NewTeam, OperatorInTeam, RegistrationDraft, StoreError, TeamRow},
};

/// A team to be made.
#[derive(Debug)]
pub struct TeamDraft {
    /// Its name.
    pub name: String,
    /// The first owner's address, in canonical form.
    pub owner_email: String,
    /// The first owner's name.
    pub owner_name: String,
    /// The first owner's password, or none yet.
    pub password: Option<SecretString>,
}

/// Makes a team with its first owner.
///
/// # Errors
/// [`ServiceError::Operator`] when the address belongs to a password account already.
pub async fn create(
    services: &Services,
    operator: &HostOperator,
    draft: TeamDraft,
) -> Result<(TeamId, UserId), ServiceError> {
    let password_hash = match draft.password {
        Some(password) => Some(password::hash(services, password).await?),
        None => None,
    };
    let new = NewTeam {
        name: &draft.name,
        owner_name: &draft.owner_name,
        owner_email: &draft.owner_email,
        password_hash,
    };
    services
        .store
        .create_team(operator, new)
        .await
        .map_err(|error| match error {
            StoreError::Conflict => ServiceError::Operator(format!(
                "{} already belongs to an account with a password; choose another address for the owner",
                draft.owner_email
            )),
            other => other.into(),
        })
}

/// All teams.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn list(services: &Services, operator: &HostOperator) -> Result<Vec<TeamRow>, ServiceError> {
    Ok(services.store.list_teams(operator).await?)
}

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
    let mut work = services.store.begin(&operator).await?;
    let now = services.now();
    let before = work.find_registration().await?;
    let proof = Verification::Proven {
        by: Prover::PlatformAdministrator,
        at: now,
    };
    let kept = before
        .as_ref()
        .filter(|before| before.tenant == draft.tenant)
        .map(|before| before.verification);
    let verification = if draft.proven {
        proof
    } else {
        kept.unwrap_or(Verification::Unverified)
    };
    if draft.proven {
        work.displace_registration(draft.tenant, Prover::PlatformAdministrator)
            .await?;
    }
    let mut ended = 0;
    if let Some(before) = before
        .as_ref()
        .filter(|before| before.tenant != draft.tenant || !draft.enabled)
    {
        ended = work.end_sessions_of_tenant(before.tenant).await?;
    }
    let saved = work
        .save_registration(RegistrationDraft {
            tenant: draft.tenant,
            enabled: draft.enabled,
            allow_guests: draft.allow_guests,
            verification,
        })
        .await
        .map_err(|error| match error {
            StoreError::Conflict => ServiceError::Operator(
                "this tenant is registered to another team; --proven moves it here if you know whose it is"
                    .to_owned(),
            ),
            other => other.into(),
        })?;
    let replaced = before.as_ref().filter(|before| before.tenant != draft.tenant);
    if let Some(replaced) = replaced {
        let disconnected = Event::success(Actor::System, Action::TenantDisconnected)
            .on("tenant", replaced.tenant)
            .with("replaced_by", draft.tenant.to_string())
            .with("was_proven", replaced.is_proven());
        work.record(disconnected).await?;
    }
    let replaced = replaced.map(|replaced| replaced.tenant);
    if draft.proven {
        let verified = Event::success(Actor::System, Action::TenantVerified)
            .on("tenant", saved.tenant)
            .with("by", Prover::PlatformAdministrator.name());
        work.record(verified).await?;
    }
    let event = Event::success(Actor::System, Action::TenantSaved)
        .on("tenant", saved.tenant)
        .with("enabled", saved.enabled)
        .with("allow_guests", saved.allow_guests)
        .with("sessions_ended", i64::try_from(ended).unwrap_or(i64::MAX));
    work.commit(event).await?;
    Ok(Registered {
        saved,
        replaced,
        sessions_ended: ended,
    })
}

/// Maps a group to a role.
///
/// # Errors
/// [`ServiceError::Operator`] when the team is unknown or the group is mapped already.
pub async fn add_mapping(
    services: &Services,
    operator: &HostOperator,
    team: TeamId,
    draft: (ObjectId, MappableRole, Priority),
) -> Result<Mapping, ServiceError> {
    let operator = in_team(services, operator, team).await?;
    let (group, role, priority) = draft;
    let mut work = services.store.begin(&operator).await?;
    let mapping = work
        .insert_mapping(MappingDraft {
            group,
            group_name: None,
            role,
            priority,
        })
        .await
        .map_err(|error| match error {
            StoreError::Conflict => {
                ServiceError::Operator(format!("group {group} is already mapped in this team"))
            }
            other => other.into(),
        })?;
    let event = Event::success(Actor::System, Action::MappingCreated)
        .on("mapping", mapping.id)
        .with("group", group.to_string())
        .with("role", role.to_string())
        .with("priority", i64::from(u8::from(priority)));
    work.commit(event).await?;
    Ok(mapping)
}

async fn in_team(
    services: &Services,
    operator: &HostOperator,
    team: TeamId,
) -> Result<OperatorInTeam, ServiceError> {
    services.store.operate_on(operator, team).await?.ok_or_else(|| {
        ServiceError::Operator(format!("there is no team {team}; sonicsaas team list shows them"))
    })
}
