//! Sign-ins with Microsoft of one team, as its log tells them.

use super::EventRow;
use crate::{
    domain::{audit::RecordedEvent, time::Timestamp},
    storage::{AuditReader, InTeam, Store, StoreError, read, work::chain_of},
};

impl Store {
    /// The newest sign-ins with Microsoft that did not succeed since a time, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn failed_sign_ins(
        &self,
        proof: &AuditReader,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let list =
            "select id, sequence, team_id, at, actor_kind, actor_id, actor_email, action, outcome, reason,
                        target_kind, target_id, ip, details, hash
                    from audit_event
                    where chain = $1 and action = 'sign_in' and outcome in ('refused', 'failure') and at >= $2
                        and details like $3
                    order by sequence desc
                    limit $4";
        let rows: Vec<EventRow> = read!(self, |pool| sqlx::query_as(list)
            .bind(chain_of(Some(proof.team())))
            .bind(since)
            .bind(r#"%"method":"sso"%"#)
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await)?;
        Ok(rows.into_iter().map(EventRow::recorded).collect())
    }
}
