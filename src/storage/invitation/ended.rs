//! The end of invitations that nobody has accepted: they run out, or somebody takes them back.

use super::{InTeam, Store, StoreError, Tx, Work, on, read};
use crate::domain::{
    id::{InvitationId, MappingId},
    time::Timestamp,
};

impl Store {
    /// How many invitations that were made from a mapping can be accepted now.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn count_invitations_of(
        &self,
        proof: &impl InTeam,
        mapping: MappingId,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let count = "select count(*)
                     from invitation
                     where team_id = $1 and mapping_id = $2 and state = 'pending' and expires_at > $3";
        let (count,): (i64,) = read!(self, |pool| sqlx::query_as(count)
            .bind(proof.team())
            .bind(mapping)
            .bind(now)
            .fetch_one(pool)
            .await)?;
        Ok(count.unsigned_abs())
    }
}

impl Work {
    /// Takes back every pending invitation that was made from a mapping. Which ones.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn revoke_invitations_of(
        &mut self,
        mapping: MappingId,
        at: Timestamp,
    ) -> Result<Vec<InvitationId>, StoreError> {
        let team = self.team()?;
        let revoke = "update invitation
                      set state = 'revoked', ended_at = $3, sealed_token = null
                      where team_id = $1 and mapping_id = $2 and state = 'pending'
                      returning id";
        let ended: Vec<(InvitationId,)> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(revoke)
                .bind(team)
                .bind(mapping)
                .bind(at)
                .fetch_all(&mut **tx)
                .await?
        });
        Ok(ended.into_iter().map(|(id,)| id).collect())
    }

    /// Takes a pending invitation back. Whether it was pending.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn revoke_invitation(&mut self, id: InvitationId, at: Timestamp) -> Result<bool, StoreError> {
        let team = self.team()?;
        let revoke = "update invitation
                      set state = 'revoked', ended_at = $3, sealed_token = null
                      where team_id = $1 and id = $2 and state = 'pending'";
        let revoked = on!(Tx, &mut self.tx, |tx| {
            sqlx::query(revoke)
                .bind(team)
                .bind(id)
                .bind(at)
                .execute(&mut **tx)
                .await?
                .rows_affected()
        });
        Ok(revoked == 1)
    }

    /// Notes which of the team's invitations have run out. Each is named once, to whoever noted it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn expire_invitations(&mut self, now: Timestamp) -> Result<Vec<InvitationId>, StoreError> {
        let team = self.team()?;
        let expire = "update invitation
                      set state = 'expired', ended_at = $2, sealed_token = null
                      where team_id = $1 and state = 'pending' and expires_at <= $2
                      returning id";
        let mut expired: Vec<(InvitationId,)> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(expire)
                .bind(team)
                .bind(now)
                .fetch_all(&mut **tx)
                .await?
        });
        expired.sort_unstable();
        Ok(expired.into_iter().map(|(id,)| id).collect())
    }
}
