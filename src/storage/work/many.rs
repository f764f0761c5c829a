//! Many rows with one statement.

use sqlx::QueryBuilder;

use super::{Tx, Work, chain_of, link, recorded};
use crate::{
    domain::audit::{Event, RecordedEvent},
    storage::StoreError,
};

/// As many rows as one statement takes: sixteen values each stay below the 32,766 that `SQLite` can bind
/// (<https://sqlite.org/limits.html>, `SQLITE_MAX_VARIABLE_NUMBER`), and a statement of one size is prepared once.
pub(in crate::storage) const ROWS_A_STATEMENT: usize = 500;

/// Runs a body that builds its statement row by row. `$engine` is the name of the database's type inside of it.
macro_rules! many {
    ($tx:expr, |$db:ident, $engine:ident| $body:expr) => {
        match $tx {
            $crate::storage::work::Tx::Sqlite($db) => {
                type $engine = sqlx::Sqlite;
                $body
            }
            $crate::storage::work::Tx::Postgres($db) => {
                type $engine = sqlx::Postgres;
                $body
            }
        }
    };
}
pub(in crate::storage) use many;

impl Work {
    /// Records many events of this work, in their order, under one lock of the chain's head.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn record_many(&mut self, events: Vec<Event>) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let (team, chain) = (self.scope, chain_of(self.scope));
        let (mut sequence, mut previous) = self.lock_head(&chain, team).await?;
        let mut rows = Vec::with_capacity(events.len());
        for event in events {
            sequence += 1;
            let recorded = recorded(&self.ids, team, sequence, event);
            previous = link(&previous, &recorded).to_vec();
            rows.push((recorded, previous.clone()));
        }
        for chunk in rows.chunks(ROWS_A_STATEMENT) {
            self.insert_events(&chain, chunk).await?;
        }
        let advance = "update audit_chain
                       set sequence = $2, hash = $3
                       where chain = $1";
        super::on!(Tx, &mut self.tx, |tx| {
            sqlx::query(advance)
                .bind(&chain)
                .bind(sequence)
                .bind(previous)
                .execute(&mut **tx)
                .await?;
        });
        Ok(())
    }

    async fn insert_events(
        &mut self,
        chain: &str,
        rows: &[(RecordedEvent, Vec<u8>)],
    ) -> Result<(), StoreError> {
        const INSERT: &str = "insert into audit_event (
                                  id, chain, sequence, team_id, at, actor_kind, actor_id, actor_email, action,
                                  outcome, reason, target_kind, target_id, ip, details, hash) ";
        many!(&mut self.tx, |tx, Engine| {
            let mut insert = QueryBuilder::<Engine>::new(INSERT);
            insert.push_values(rows, |mut row, (event, hash)| {
                row.push_bind(event.id)
                    .push_bind(chain)
                    .push_bind(event.sequence)
                    .push_bind(event.team)
                    .push_bind(event.at)
                    .push_bind(&event.actor_kind)
                    .push_bind(event.actor_id)
                    .push_bind(&event.actor_email)
                    .push_bind(&event.action)
                    .push_bind(&event.outcome)
                    .push_bind(&event.reason)
                    .push_bind(&event.target_kind)
                    .push_bind(&event.target_id)
                    .push_bind(&event.ip)
                    .push_bind(&event.details)
                    .push_bind(hash.as_slice());
            });
            insert.build().execute(&mut **tx).await?;
        });
        Ok(())
    }
}
