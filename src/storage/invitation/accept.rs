//! An invitation that is being accepted.

use super::{BackedRow, InTeam, Invited, Store, StoreError, Tx, Work, on, read, select_invited};
use crate::domain::{
    id::{InvitationId, UserId},
    tenant::IdentityKey,
    time::Timestamp,
};

impl Store {
    /// The invitation of this identity that is pending in the team: what a sign-in would look at, without holding it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_pending_invitation_of(
        &self,
        proof: &impl InTeam,
        key: IdentityKey,
    ) -> Result<Option<Invited>, StoreError> {
        let find = select_invited!("i.team_id = $1 and i.tid = $2 and i.oid = $3 and i.state = 'pending'");
        let found: Option<BackedRow> = read!(self, |pool| sqlx::query_as(find)
            .bind(proof.team())
            .bind(key.tenant)
            .bind(key.object)
            .fetch_optional(pool)
            .await)?;
        found.map(BackedRow::invited).transpose()
    }
}

impl Work {
    /// The team's invitation, whatever became of it. Nobody else accepts, revokes or resends it until the end of this
    /// work.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn hold_invitation(&mut self, id: InvitationId) -> Result<Option<Invited>, StoreError> {
        let team = self.team()?;
        let find = match self.tx {
            Tx::Sqlite(_) => select_invited!("i.team_id = $1 and i.id = $2"),
            Tx::Postgres(_) => concat!(
                select_invited!("i.team_id = $1 and i.id = $2"),
                " for update of i"
            ),
        };
        let found: Option<BackedRow> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(find)
                .bind(team)
                .bind(id)
                .fetch_optional(&mut **tx)
                .await?
        });
        found.map(BackedRow::invited).transpose()
    }

    /// The invitation of this identity that is pending in the team, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_invitation_of(&mut self, key: IdentityKey) -> Result<Option<InvitationId>, StoreError> {
        let team = self.team()?;
        let find = "select id
                    from invitation
                    where team_id = $1 and tid = $2 and oid = $3 and state = 'pending'";
        let found: Option<(InvitationId,)> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(find)
                .bind(team)
                .bind(key.tenant)
                .bind(key.object)
                .fetch_optional(&mut **tx)
                .await?
        });
        Ok(found.map(|(id,)| id))
    }

    /// Notes that somebody has joined by this invitation. `true` for exactly one caller, however many try at once.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn accept_invitation(
        &mut self,
        id: InvitationId,
        user: UserId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let team = self.team()?;
        let accept = "update invitation
                      set state = 'accepted', ended_at = $3, accepted_by = $4, sealed_token = null
                      where team_id = $1 and id = $2 and state = 'pending' and expires_at > $3";
        let accepted = on!(Tx, &mut self.tx, |tx| {
            sqlx::query(accept)
                .bind(team)
                .bind(id)
                .bind(at)
                .bind(user)
                .execute(&mut **tx)
                .await?
                .rows_affected()
        });
        Ok(accepted == 1)
    }
}
