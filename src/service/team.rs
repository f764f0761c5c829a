//! What the platform's operator does for a team: create it and map its groups.

use secrecy::SecretString;

use crate::{
    domain::{
        audit::{Action, Actor, Event},
        id::{TeamId, Token, UserId},
        mapping::{Mapping, MappingDraft, Priority},
        role::MappableRole,
        tenant::ObjectId,
    },
    service::{ServiceError, Services, invitation, password},
    storage::{HostOperator, NewTeam, OperatorInTeam, StoreError, TeamRow},
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

/// A team that was made.
#[derive(Debug)]
pub struct Made {
    /// Which team.
    pub team: TeamId,
    /// Its first owner.
    pub owner: UserId,
    /// What the address of the owner's invitation ends in, when there is no password. Only its hash is stored.
    pub invitation: Option<Token>,
}

/// Makes a team with its first owner: with a password, or with an invitation that is accepted with Microsoft.
///
/// # Errors
/// [`ServiceError::Operator`] when the address belongs to a password account already.
pub async fn create(
    services: &Services,
    operator: &HostOperator,
    draft: TeamDraft,
) -> Result<Made, ServiceError> {
    let (password_hash, (invitation, token)) = if let Some(password) = draft.password {
        (Some(password::hash(services, password).await?), (None, None))
    } else {
        let (invitation, token) = invitation::owner(services, &draft.owner_email, &draft.owner_name);
        (None, (Some(invitation), Some(token)))
    };
    let new = NewTeam {
        invitation,
        name: &draft.name,
        owner_name: &draft.owner_name,
        owner_email: &draft.owner_email,
        password_hash,
    };
    let made = services.store.create_team(operator, new).await;
    made.map(|(team, owner)| Made {
        team,
        owner,
        invitation: token,
    })
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

pub(super) async fn in_team(
    services: &Services,
    operator: &HostOperator,
    team: TeamId,
) -> Result<OperatorInTeam, ServiceError> {
    services.store.operate_on(operator, team).await?.ok_or_else(|| {
        ServiceError::Operator(format!("there is no team {team}; sonicsaas team list shows them"))
    })
}
