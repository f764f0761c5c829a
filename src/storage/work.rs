//! The unit of work: writes, their events, and one commit. Dropped without a commit, nothing has happened.

pub(super) mod many;

use sqlx::{Postgres, Sqlite, Transaction};

use super::{InTeam, Pool, Store, StoreError, dialect, dialect::locked, on, row};
use crate::domain::{
    audit::{Actor, Event, RecordedEvent},
    id::{EventId, Ids, TeamId},
};

/// The chain of events that belong to no team.
pub(super) const PLATFORM: &str = "platform";
/// What stands before the first event of a chain.
pub(super) const START: [u8; 32] = [0; 32];

/// The name of a team's chain, or of the platform's.
pub(super) fn chain_of(team: Option<TeamId>) -> String {
    team.map_or_else(|| PLATFORM.to_owned(), |team| team.to_string())
}

/// An open transaction.
#[derive(Debug)]
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Changes to one team, or to the platform, that happen together with their events or not at all.
#[derive(Debug)]
#[must_use = "a unit of work that is not committed has not happened"]
pub struct Work {
    pub(super) tx: Tx,
    pub(super) scope: Option<TeamId>,
    pub(super) ids: Ids,
}

impl Store {
    /// Begins a unit of work on the proof's team.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn begin(&self, proof: &impl InTeam) -> Result<Work, StoreError> {
        self.open(Some(proof.team())).await
    }

    /// Begins a unit of work that may only record events of the platform.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn begin_platform(&self) -> Result<Work, StoreError> {
        self.open(None).await
    }

    pub(super) async fn open(&self, scope: Option<TeamId>) -> Result<Work, StoreError> {
        let tx = match &self.pool {
            Pool::Sqlite(pools) => Tx::Sqlite(pools.write.begin_with(dialect::BEGIN_SQLITE).await?),
            Pool::Postgres(pool) => Tx::Postgres(pool.begin_with(dialect::BEGIN_POSTGRES).await?),
        };
        Ok(Work {
            tx,
            scope,
            ids: self.ids.clone(),
        })
    }
}

impl Work {
    /// The team that this work changes.
    pub(super) fn team(&self) -> Result<TeamId, StoreError> {
        self.scope.ok_or(StoreError::Missing)
    }

    /// Records one more event of this work.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn record(&mut self, event: Event) -> Result<EventId, StoreError> {
        self.append(self.scope, event).await
    }

    /// Records the event and commits everything.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has happened.
    pub async fn commit(mut self, event: Event) -> Result<EventId, StoreError> {
        let id = self.record(event).await?;
        on!(Tx, self.tx, |tx| tx.commit().await)?;
        Ok(id)
    }

    /// Appends to the chain of `team`, or to the platform's, under the lock of its head.
    pub(super) async fn append(&mut self, team: Option<TeamId>, event: Event) -> Result<EventId, StoreError> {
        let chain = chain_of(team);
        let (sequence, previous) = self.lock_head(&chain, team).await?;
        let recorded = recorded(&self.ids, team, sequence + 1, event);
        let hash = link(&previous, &recorded);
        let insert = "insert into audit_event (
                          id, chain, sequence, team_id, at, actor_kind, actor_id, actor_email, action, outcome,
                          reason, target_kind, target_id, ip, details, hash)
                      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
        let advance = "update audit_chain
                       set sequence = $2, hash = $3
                       where chain = $1";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(insert)
                .bind(recorded.id)
                .bind(&chain)
                .bind(recorded.sequence)
                .bind(recorded.team)
                .bind(recorded.at)
                .bind(&recorded.actor_kind)
                .bind(recorded.actor_id)
                .bind(&recorded.actor_email)
                .bind(&recorded.action)
                .bind(&recorded.outcome)
                .bind(&recorded.reason)
                .bind(&recorded.target_kind)
                .bind(&recorded.target_id)
                .bind(&recorded.ip)
                .bind(&recorded.details)
                .bind(hash.as_slice())
                .execute(&mut **tx)
                .await?;
            sqlx::query(advance)
                .bind(&chain)
                .bind(recorded.sequence)
                .bind(hash.as_slice())
                .execute(&mut **tx)
                .await?;
        });
        Ok(recorded.id)
    }

    /// The newest link of a chain, locked until the end of the transaction. A new chain starts at nothing.
    pub(super) async fn lock_head(
        &mut self,
        chain: &str,
        team: Option<TeamId>,
    ) -> Result<(i64, Vec<u8>), StoreError> {
        let start = "insert into audit_chain (chain, team_id, sequence, hash)
                     values ($1, $2, 0, $3)
                     on conflict (chain) do nothing";
        let head = locked!(
            self.tx,
            "select sequence, hash
             from audit_chain
             where chain = $1",
            "for update"
        );
        let found: Option<(i64, Vec<u8>)> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(head).bind(chain).fetch_optional(&mut **tx).await?
        });
        if let Some(found) = found {
            return Ok(found);
        }
        Ok(on!(Tx, &mut self.tx, |tx| {
            sqlx::query(start)
                .bind(chain)
                .bind(team)
                .bind(START.as_slice())
                .execute(&mut **tx)
                .await?;
            sqlx::query_as(head).bind(chain).fetch_one(&mut **tx).await?
        }))
    }
}

/// The hash of an event in its chain: SHA-256 over the previous hash and the event's canonical bytes.
pub(super) fn link(previous: &[u8], event: &RecordedEvent) -> [u8; 32] {
    let bytes = [previous, &event.canonical_bytes()].concat();
    let mut hash = [0; 32];
    hash.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes).as_ref());
    hash
}

fn recorded(ids: &Ids, team: Option<TeamId>, sequence: i64, event: Event) -> RecordedEvent {
    let details = event.details_json();
    let (actor_kind, actor) = (event.actor.kind().to_owned(), event.actor);
    let (actor_id, actor_email) = match actor {
        Actor::User { id, email } => (Some(id), email.map(|email| row::text(&email))),
        Actor::System | Actor::Anonymous => (None, None),
    };
    let (target_kind, target_id) = event
        .target
        .map(|target| (target.kind.to_owned(), row::text(&target.id)))
        .unzip();
    RecordedEvent {
        id: ids.next(),
        at: ids.now(),
        team,
        sequence,
        actor_kind,
        actor_id,
        actor_email,
        action: event.action.name().to_owned(),
        outcome: event.outcome.name().to_owned(),
        reason: event.reason.map(str::to_owned),
        target_kind,
        target_id,
        ip: event.ip.map(|ip| ip.to_string()),
        details,
    }
}
