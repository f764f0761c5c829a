//! Taking up people of an action, and laying them down again: bookkeeping that is no event.

use sqlx::QueryBuilder;

use super::{
    ClaimedRow, InTeam, Paused, ROWS_A_STATEMENT, Shown, StoreError, Tx, Upkeep, locked, many, on, writing,
};
use crate::{
    domain::{
        id::{InvitationId, InvitationJobId, LeaseId},
        invitation::{Outcome, Reason, State},
        time::Timestamp,
    },
    storage::{ClaimedJob, Pool, dialect},
};

impl Upkeep<'_> {
    /// Takes up people of an action whose turn it is: at most so many, until then.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn claim_rows(
        self,
        job: &ClaimedJob,
        lease: LeaseId,
        limit: u32,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<ClaimedRow>, StoreError> {
        let mut rows: Vec<ClaimedRow> = match &self.0.pool {
            Pool::Sqlite(pools) => {
                sqlx::query_as(dialect::CLAIM_SQLITE)
                    .bind(job.team)
                    .bind(job.job)
                    .bind(lease)
                    .bind(until)
                    .bind(now)
                    .bind(i64::from(limit))
                    .fetch_all(&pools.write)
                    .await?
            }
            Pool::Postgres(pool) => {
                sqlx::query_as(dialect::CLAIM_POSTGRES)
                    .bind(job.team)
                    .bind(job.job)
                    .bind(lease)
                    .bind(until)
                    .bind(now)
                    .bind(i64::from(limit))
                    .fetch_all(pool)
                    .await?
            }
        };
        rows.sort_unstable_by_key(|row| row.place);
        Ok(rows)
    }

    /// Holds on to rows for longer. Whether they are still held.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn renew_lease(
        self,
        job: &ClaimedJob,
        lease: LeaseId,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let renew = "update invitation_row
                     set held_until = $4
                     where team_id = $1 and job_id = $2 and lease = $3 and outcome = 'sending'";
        let renewed = writing!(self, |pool| sqlx::query(renew)
            .bind(job.team)
            .bind(job.job)
            .bind(lease)
            .bind(until)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(renewed > 0)
    }

    /// Notes how it went with one row that this lease holds. What was sent needs its token here no more.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn settle_row(
        self,
        job: &ClaimedJob,
        lease: LeaseId,
        row: &ClaimedRow,
        outcome: Outcome,
        reason: Option<Reason>,
    ) -> Result<(), StoreError> {
        let settle = "update invitation_row
                      set outcome = $5, reason = $6, lease = null
                      where team_id = $1 and job_id = $2 and lease = $3 and place = $4
                      returning invitation_id";
        let forget = "update invitation
                      set sealed_token = null
                      where team_id = $1 and id = $2";
        let mut work = self.0.open(Some(job.team)).await?;
        on!(Tx, &mut work.tx, |tx| {
            let settled: Option<(Option<InvitationId>,)> = sqlx::query_as(settle)
                .bind(job.team)
                .bind(job.job)
                .bind(lease)
                .bind(row.place)
                .bind(outcome.name())
                .bind(reason.map(Reason::name))
                .fetch_optional(&mut **tx)
                .await?;
            if let (Some((Some(invitation),)), Outcome::Sent) = (settled, outcome) {
                sqlx::query(forget)
                    .bind(job.team)
                    .bind(invitation)
                    .execute(&mut **tx)
                    .await?;
            }
        });
        on!(Tx, work.tx, |tx| tx.commit().await)?;
        Ok(())
    }

    /// Lays one row that this lease holds aside: it has another turn later.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn lay_aside(
        self,
        job: &ClaimedJob,
        lease: LeaseId,
        row: &ClaimedRow,
        paused: Paused,
    ) -> Result<(), StoreError> {
        let pause = "update invitation_row
                     set outcome = 'waiting', reason = $5, lease = null, attempts = attempts + 1,
                         held_until = case
                             when exists (
                                 select 1 from invitation_job j
                                 where j.team_id = $1 and j.id = $2 and j.state = 'running'
                             ) then $6
                             else $7
                         end
                     where team_id = $1 and job_id = $2 and lease = $3 and place = $4";
        writing!(self, |pool| {
            sqlx::query(pause)
                .bind(job.team)
                .bind(job.job)
                .bind(lease)
                .bind(row.place)
                .bind(paused.reason.name())
                .bind(paused.until)
                .bind(paused.now)
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// Takes the tokens of an action's invitations that wait to be shown, after this place and at most so many. Whoever
    /// comes second finds none.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn take_tokens(
        self,
        proof: &impl InTeam,
        job: InvitationJobId,
        places: (i64, i64),
    ) -> Result<Vec<Shown>, StoreError> {
        let mut work = self.0.open(Some(proof.team())).await?;
        let team = work.team()?;
        let find = locked!(
            work.tx,
            "select i.id, i.sealed_token
             from invitation_row r
             join invitation i on i.id = r.invitation_id
             where r.team_id = $1 and r.job_id = $2 and r.place > $3 and r.place <= $4
                 and i.state = $5 and i.sealed_token is not null
             order by r.place",
            "for update of i"
        );
        let rows: Vec<(InvitationId, String)> = on!(Tx, &mut work.tx, |tx| {
            sqlx::query_as(find)
                .bind(team)
                .bind(job)
                .bind(places.0)
                .bind(places.1)
                .bind(State::Pending.name())
                .fetch_all(&mut **tx)
                .await?
        });
        // Just these: meanwhile more may have been made, which nobody has seen.
        for chunk in rows.chunks(ROWS_A_STATEMENT) {
            many!(&mut work.tx, |tx, Engine| {
                let mut forget =
                    QueryBuilder::<Engine>::new("update invitation set sealed_token = null where team_id = ");
                forget.push_bind(team).push(" and id in (");
                let mut ids = forget.separated(", ");
                for (id, _) in chunk {
                    ids.push_bind(*id);
                }
                forget.push(")");
                forget.build().execute(&mut **tx).await?;
            });
        }
        on!(Tx, work.tx, |tx| tx.commit().await)?;
        Ok(rows
            .into_iter()
            .map(|(invitation, sealed)| Shown { invitation, sealed })
            .collect())
    }
}
