//! What a form or a step held, for the page that the browser is sent to next.
//!
//! Nothing typed and no message travels in an address, so it waits here under an id that only its own session can use.

use super::{SignedIn, Store, StoreError, Upkeep, Work, on, read, session::writing, work::Tx};
use crate::domain::{id::KeptFormId, time::Timestamp};

const TAKE: &str = "delete from kept_form
                    where team_id = $1 and id = $2 and session_id = $3 and expires_at > $4
                    returning content";

impl Upkeep<'_> {
    /// Keeps something for the session until then.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn keep_form(
        self,
        proof: &SignedIn,
        content: &str,
        until: Timestamp,
    ) -> Result<KeptFormId, StoreError> {
        let id: KeptFormId = self.0.ids.next();
        let insert = "insert into kept_form (id, team_id, session_id, content, expires_at)
                      values ($1, $2, $3, $4, $5)";
        writing!(self, |pool| sqlx::query(insert)
            .bind(id)
            .bind(proof.team())
            .bind(proof.session())
            .bind(super::row::text(content))
            .bind(until)
            .execute(pool)
            .await
            .map(drop))?;
        Ok(id)
    }

    /// Takes what was kept for this session, where nothing else happens with it: whoever comes second finds nothing.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn take_kept_form(
        self,
        proof: &SignedIn,
        id: KeptFormId,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let found: Option<(String,)> = writing!(self, |pool| sqlx::query_as(TAKE)
            .bind(proof.team())
            .bind(id)
            .bind(proof.session())
            .bind(now)
            .fetch_optional(pool)
            .await)?;
        Ok(found.map(|(content,)| content))
    }

    /// Removes what has expired.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn sweep_kept_forms(self, now: Timestamp) -> Result<u64, StoreError> {
        let delete = "delete from kept_form
                      where expires_at <= $1";
        Ok(writing!(self, |pool| sqlx::query(delete)
            .bind(now)
            .execute(pool)
            .await?
            .rows_affected()))
    }
}

impl Store {
    /// What was kept for this session, while it lasts.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_kept_form(
        &self,
        proof: &SignedIn,
        id: KeptFormId,
    ) -> Result<Option<String>, StoreError> {
        let find = "select content
                    from kept_form
                    where team_id = $1 and id = $2 and session_id = $3 and expires_at > $4";
        let found: Option<(String,)> = read!(self, |pool| sqlx::query_as(find)
            .bind(proof.team())
            .bind(id)
            .bind(proof.session())
            .bind(self.now())
            .fetch_optional(pool)
            .await)?;
        Ok(found.map(|(content,)| content))
    }
}

impl Work {
    /// Takes what was kept for this session: whoever comes second finds nothing.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn take_kept_form(
        &mut self,
        proof: &SignedIn,
        id: KeptFormId,
    ) -> Result<Option<String>, StoreError> {
        let (team, now) = (self.team()?, self.ids.now());
        let found: Option<(String,)> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(TAKE)
                .bind(team)
                .bind(id)
                .bind(proof.session())
                .bind(now)
                .fetch_optional(&mut **tx)
                .await?
        });
        Ok(found.map(|(content,)| content))
    }
}
