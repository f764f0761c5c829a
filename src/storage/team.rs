//! Teams, made and listed by the platform's operator.

use std::collections::HashMap;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::FromRow;

use super::{
    HostOperator, NewInvitation, OperatorInTeam, Store, StoreError, on, read, row, tenant::RegistrationRow,
    work::Tx,
};
use crate::domain::{
    audit::{Action, Actor, Event},
    id::{TeamId, UserId},
    tenant::Registration,
    time::Timestamp,
};

/// A team to be made, with its first owner.
#[derive(Debug)]
pub struct NewTeam<'text> {
    /// The team's name.
    pub name: &'text str,
    /// The owner's name.
    pub owner_name: &'text str,
    /// The owner's address.
    pub owner_email: &'text str,
    /// The owner's hashed password, or none yet.
    pub password_hash: Option<SecretString>,
    /// The owner's invitation, for the account that is made here.
    pub invitation: Option<NewInvitation>,
}

/// A team, as its operator sees it.
#[derive(Debug)]
pub struct TeamRow {
    /// Which team.
    pub id: TeamId,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// How many members it has.
    pub members: i64,
    /// Its tenant.
    pub tenant: Option<Registration>,
}

#[derive(FromRow)]
struct ListedTeam {
    id: TeamId,
    name: String,
    created_at: Timestamp,
    members: i64,
}

impl Store {
    /// Makes a team and its first owner.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the owner's address belongs to a password account already, whether or not this
    /// owner has a password yet.
    pub async fn create_team(
        &self,
        _operator: &HostOperator,
        new: NewTeam<'_>,
    ) -> Result<(TeamId, UserId), StoreError> {
        let (team, owner): (TeamId, UserId) = (self.ids.next(), self.ids.next());
        let (now, owner_email) = (self.now(), row::text(new.owner_email));
        let mut work = self.open(Some(team)).await?;
        let find_credential = "select user_id
                               from credential
                               where email = $1";
        let insert_team = "insert into team (id, name, created_at)
                           values ($1, $2, $3)";
        let insert_user = "insert into user_account (id, team_id, name, email, created_at)
                           values ($2, $1, $3, $4, $5)";
        let insert_member = "insert into member (team_id, user_id, role, role_source, standing, guest)
                             values ($1, $2, 'owner', 'owner', 'active', $3)";
        let insert_credential = "insert into credential (user_id, team_id, email, password_hash, changed_at)
                                 values ($2, $1, $3, $4, $5)";
        on!(Tx, &mut work.tx, |tx| {
            let taken = sqlx::query(find_credential)
                .bind(&owner_email)
                .fetch_optional(&mut **tx)
                .await?
                .is_some();
            if taken {
                return Err(StoreError::Conflict);
            }
            sqlx::query(insert_team)
                .bind(team)
                .bind(row::text(new.name))
                .bind(now)
                .execute(&mut **tx)
                .await?;
            sqlx::query(insert_user)
                .bind(team)
                .bind(owner)
                .bind(row::text(new.owner_name))
                .bind(&owner_email)
                .bind(now)
                .execute(&mut **tx)
                .await?;
            sqlx::query(insert_member)
                .bind(team)
                .bind(owner)
                .bind(false)
                .execute(&mut **tx)
                .await?;
            if let Some(hash) = &new.password_hash {
                sqlx::query(insert_credential)
                    .bind(team)
                    .bind(owner)
                    .bind(&owner_email)
                    .bind(hash.expose_secret())
                    .bind(now)
                    .execute(&mut **tx)
                    .await?;
            }
        });
        let invitation = new.invitation.map(|invitation| NewInvitation {
            account: Some(owner),
            ..invitation
        });
        if let Some(invitation) = invitation {
            work.insert_invitations(std::slice::from_ref(&invitation), now)
                .await?;
            let event = Event::success(Actor::System, Action::InvitationCreated)
                .on("invitation", invitation.id)
                .with("role", invitation.role.name())
                .with("email", owner_email.clone())
                .with("expires_at", invitation.expires.to_string());
            work.record(event).await?;
        }
        let provisioned = Event::success(Actor::System, Action::MemberProvisioned)
            .on("member", owner)
            .with("role", "owner")
            .with("source", "owner")
            .with("email", owner_email);
        work.record(provisioned).await?;
        work.commit(
            Event::success(Actor::System, Action::TeamCreated)
                .on("team", team)
                .with("name", new.name),
        )
        .await?;
        Ok((team, owner))
    }

    /// The operator's proof for one team, if it exists.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn operate_on(
        &self,
        _operator: &HostOperator,
        team: TeamId,
    ) -> Result<Option<OperatorInTeam>, StoreError> {
        let find = "select id from team where id = $1";
        let found: Option<(TeamId,)> = read!(self, |pool| sqlx::query_as(find)
            .bind(team)
            .fetch_optional(pool)
            .await)?;
        Ok(found.map(|(team,)| OperatorInTeam { team }))
    }

    /// Every team, the oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_teams(&self, _operator: &HostOperator) -> Result<Vec<TeamRow>, StoreError> {
        let list = "select t.id, t.name, t.created_at,
                        (select count(*) from member m where m.team_id = t.id) as members
                    from team t
                    order by t.id";
        let teams: Vec<ListedTeam> = read!(self, |pool| sqlx::query_as(list).fetch_all(pool).await)?;
        let mut tenants: HashMap<_, _> = RegistrationRow::list_all(self).await?.into_iter().collect();
        let row = |team: ListedTeam| TeamRow {
            tenant: tenants.remove(&team.id),
            id: team.id,
            name: team.name,
            created_at: team.created_at,
            members: team.members,
        };
        Ok(teams.into_iter().map(row).collect())
    }
}
