//! Invitations of a team.

mod accept;
mod account;
mod claims;
mod ended;
mod job;
mod people;
mod rows;

use sqlx::{FromRow, QueryBuilder};

pub use self::{
    job::{Counts, Job, NewJob, Stopped},
    rows::{ClaimedRow, JobRow, Paused, Shown},
};
use super::{
    InTeam, Invited, Store, StoreError, Upkeep, Work,
    dialect::locked,
    on, read, row,
    session::writing,
    work::{
        Tx,
        many::{ROWS_A_STATEMENT, many},
    },
};
use crate::domain::{
    id::{InvitationId, MappingId, TeamId, UserId},
    invitation::{Backing, Given, Invitation, State},
    role::{Permission, Role},
    tenant::{IdentityKey, ObjectId, TenantId},
    time::Timestamp,
};

/// An invitation to be made.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Which one it will be.
    pub id: InvitationId,
    /// The hash of its token.
    pub token_hash: [u8; 32],
    /// The token itself, sealed, until it was sent or shown.
    pub sealed: Option<String>,
    /// As what.
    pub role: Role,
    /// The mapping of the group it is made from.
    pub mapping: Option<MappingId>,
    /// The one identity that it is for.
    pub identity: Option<IdentityKey>,
    /// The account that waits for its person.
    pub account: Option<UserId>,
    /// For whom, as a name.
    pub name: Option<String>,
    /// For whom, as an address.
    pub email: Option<String>,
    /// Who invites.
    pub invited_by: Option<(UserId, String)>,
    /// From when on it cannot be accepted.
    pub expires: Timestamp,
}

#[derive(Debug, FromRow)]
struct InvitationRow {
    id: InvitationId,
    team_id: TeamId,
    role: String,
    mapping_id: Option<MappingId>,
    tid: Option<TenantId>,
    oid: Option<ObjectId>,
    user_id: Option<UserId>,
    name: Option<String>,
    email: Option<String>,
    invited_by: Option<UserId>,
    invited_by_name: Option<String>,
    made_at: Timestamp,
    expires_at: Timestamp,
    state: String,
}

impl InvitationRow {
    fn invitation(self) -> Result<Invitation, StoreError> {
        Ok(Invitation {
            role: row::word("invitation", "role", self.id, self.role.parse().ok())?,
            noted: row::word("invitation", "state", self.id, State::parse(&self.state))?,
            identity: self
                .tid
                .zip(self.oid)
                .map(|(tenant, object)| IdentityKey { tenant, object }),
            id: self.id,
            team: self.team_id,
            mapping: self.mapping_id,
            account: self.user_id,
            name: self.name,
            email: self.email,
            invited_by: self.invited_by,
            invited_by_name: self.invited_by_name,
            made: self.made_at,
            expires: self.expires_at,
        })
    }
}

/// An invitation and what stands behind it now.
#[derive(Debug, FromRow)]
struct BackedRow {
    #[sqlx(flatten)]
    row: InvitationRow,
    team_name: String,
    tenant_id: Option<TenantId>,
    mapping_role: Option<String>,
    inviter_role: Option<String>,
}

impl BackedRow {
    fn invited(self) -> Result<Invited, StoreError> {
        let invitation = self.row.invitation()?;
        let mapping = self
            .mapping_role
            .map(|role| row::word("group_mapping", "role", invitation.id, role.parse().ok()))
            .transpose()?;
        let inviter = match (invitation.invited_by, self.inviter_role) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(user), Some(role)) => {
                let role: Role = row::word("member", "role", user, role.parse().ok())?;
                role.may(Permission::Manage)
            }
        };
        let given = match (invitation.mapping, mapping) {
            (None, _) => Given::NoGroup,
            (Some(_), None) => Given::Gone,
            (Some(_), Some(role)) => Given::Role(role),
        };
        Ok(Invited {
            team_name: self.team_name,
            tenant: self.tenant_id,
            invitation,
            backing: Backing { given, inviter },
        })
    }
}

/// The columns of [`InvitationRow`] and [`BackedRow`], before the condition.
macro_rules! select_invited {
    ($condition:literal) => {
        concat!(
            "select i.id, i.team_id, i.role, i.mapping_id, i.tid, i.oid, i.user_id, i.name, i.email, i.invited_by,
                 i.invited_by_name, i.made_at, i.expires_at, i.state, t.name as team_name, r.tenant_id,
                 g.role as mapping_role, m.role as inviter_role
             from invitation i
             join team t on t.id = i.team_id
             left join tenant_registration r on r.team_id = i.team_id
             left join group_mapping g on g.team_id = i.team_id and g.id = i.mapping_id
             left join member m on m.team_id = i.team_id and m.user_id = i.invited_by and m.standing = 'active'
             where ",
            $condition
        )
    };
}
use select_invited;

impl Store {
    /// The invitation whose token has this hash, whatever became of it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_invitation_by_token(&self, hash: &[u8; 32]) -> Result<Option<Invited>, StoreError> {
        let find = select_invited!("i.token_hash = $1");
        let found: Option<BackedRow> = read!(self, |pool| sqlx::query_as(find)
            .bind(hash.as_slice())
            .fetch_optional(pool)
            .await)?;
        found.map(BackedRow::invited).transpose()
    }

    /// The invitation that a browser of ours named, sealed. Whoever calls this has opened such a seal.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_invitation_begun(&self, id: InvitationId) -> Result<Option<Invited>, StoreError> {
        let find = select_invited!("i.id = $1");
        let found: Option<BackedRow> = read!(self, |pool| sqlx::query_as(find)
            .bind(id)
            .fetch_optional(pool)
            .await)?;
        found.map(BackedRow::invited).transpose()
    }

    /// An invitation of the team, whatever became of it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_invitation(
        &self,
        proof: &impl InTeam,
        id: InvitationId,
    ) -> Result<Option<Invitation>, StoreError> {
        let find = "select id, team_id, role, mapping_id, tid, oid, user_id, name, email, invited_by, invited_by_name,
                        made_at, expires_at, state
                    from invitation
                    where team_id = $1 and id = $2";
        let found: Option<InvitationRow> = read!(self, |pool| sqlx::query_as(find)
            .bind(proof.team())
            .bind(id)
            .fetch_optional(pool)
            .await)?;
        found.map(InvitationRow::invitation).transpose()
    }

    /// The team's invitations that can be accepted or have just run out, the newest first, older than `before`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_pending_invitations(
        &self,
        proof: &impl InTeam,
        before: Option<InvitationId>,
        limit: u32,
    ) -> Result<Vec<Invitation>, StoreError> {
        let list = "select id, team_id, role, mapping_id, tid, oid, user_id, name, email, invited_by, invited_by_name,
                        made_at, expires_at, state
                    from invitation
                    where team_id = $1 and state = 'pending' and role <> 'owner' and id < $2
                    order by id desc
                    limit $3";
        let before = before.unwrap_or_else(|| InvitationId::from(uuid::Uuid::max()));
        let rows: Vec<InvitationRow> = read!(self, |pool| sqlx::query_as(list)
            .bind(proof.team())
            .bind(before)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await)?;
        rows.into_iter().map(InvitationRow::invitation).collect()
    }
}

impl Work {
    /// Makes invitations.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody among them has one that is pending.
    pub async fn insert_invitations(
        &mut self,
        new: &[NewInvitation],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        const INSERT: &str = "insert into invitation (
                                  id, team_id, token_hash, sealed_token, role, mapping_id, tid, oid, user_id, name,
                                  email, invited_by, invited_by_name, made_at, expires_at, state) ";
        let team = self.team()?;
        for chunk in new.chunks(ROWS_A_STATEMENT) {
            many!(&mut self.tx, |tx, Engine| {
                let mut insert = QueryBuilder::<Engine>::new(INSERT);
                insert.push_values(chunk, |mut values, it| {
                    values
                        .push_bind(it.id)
                        .push_bind(team)
                        .push_bind(it.token_hash.as_slice())
                        .push_bind(&it.sealed)
                        .push_bind(it.role.name())
                        .push_bind(it.mapping)
                        .push_bind(it.identity.map(|key| key.tenant))
                        .push_bind(it.identity.map(|key| key.object))
                        .push_bind(it.account)
                        .push_bind(it.name.as_deref().map(row::text))
                        .push_bind(it.email.as_deref().map(row::text))
                        .push_bind(it.invited_by.as_ref().map(|(user, _)| *user))
                        .push_bind(it.invited_by.as_ref().map(|(_, name)| row::text(name)))
                        .push_bind(at)
                        .push_bind(it.expires)
                        .push_bind(State::Pending.name());
                });
                insert.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }

    /// Whether somebody with this address is a member of the team.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn is_member_with(&mut self, email: &str) -> Result<bool, StoreError> {
        let team = self.team()?;
        let find = "select m.user_id
                    from member m
                    join user_account u on u.team_id = m.team_id and u.id = m.user_id
                    where m.team_id = $1 and lower(u.email) = $2
                    limit 1";
        let found: Option<(UserId,)> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(find)
                .bind(team)
                .bind(row::text(email))
                .fetch_optional(&mut **tx)
                .await?
        });
        Ok(found.is_some())
    }

    /// The invitation to this address that is pending, and when it was made.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_invitation_to(
        &mut self,
        email: &str,
    ) -> Result<Option<(InvitationId, Timestamp)>, StoreError> {
        let team = self.team()?;
        let find = "select id, made_at
                    from invitation
                    where team_id = $1 and email = $2 and oid is null and state = 'pending'";
        Ok(on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(find)
                .bind(team)
                .bind(row::text(email))
                .fetch_optional(&mut **tx)
                .await?
        }))
    }
}

impl Upkeep<'_> {
    /// Forgets an invitation's token, which was sent or shown and is needed here no more.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_token(self, proof: &impl InTeam, id: InvitationId) -> Result<(), StoreError> {
        let forget = "update invitation
                      set sealed_token = null
                      where team_id = $1 and id = $2";
        writing!(self, |pool| {
            sqlx::query(forget)
                .bind(proof.team())
                .bind(id)
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// The teams with invitations that have run out and are not noted as such.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_expiring(self, now: Timestamp) -> Result<Vec<super::Expiring>, StoreError> {
        let list = "select distinct team_id
                    from invitation
                    where state = 'pending' and expires_at <= $1";
        let teams: Vec<(TeamId,)> =
            writing!(self, |pool| sqlx::query_as(list).bind(now).fetch_all(pool).await)?;
        Ok(teams
            .into_iter()
            .map(|(team,)| super::Expiring { team })
            .collect())
    }
}
