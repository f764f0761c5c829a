//! Reading the audit log, and proving that nothing in it was changed or removed.

use sqlx::FromRow;

use super::{
    HostOperator, Store, StoreError, read,
    work::{PLATFORM, link},
};
use crate::domain::{
    audit::RecordedEvent,
    id::{EventId, TeamId, UserId},
    time::Timestamp,
};

/// Events that are read at once while a chain is verified.
const PAGE: i64 = 500;

/// What the verification of one chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// Whose chain: a team's, or the platform's.
    pub team: Option<TeamId>,
    /// How many events it should hold.
    pub events: i64,
    /// The first place where it is broken.
    pub broken_at: Option<i64>,
}

#[derive(Debug, FromRow)]
struct EventRow {
    id: EventId,
    sequence: i64,
    team_id: Option<TeamId>,
    at: Timestamp,
    actor_kind: String,
    actor_id: Option<UserId>,
    actor_email: Option<String>,
    action: String,
    outcome: String,
    reason: Option<String>,
    target_kind: Option<String>,
    target_id: Option<String>,
    ip: Option<String>,
    details: String,
    hash: Vec<u8>,
}

impl EventRow {
    fn recorded(self) -> RecordedEvent {
        RecordedEvent {
            id: self.id,
            at: self.at,
            team: self.team_id,
            sequence: self.sequence,
            actor_kind: self.actor_kind,
            actor_id: self.actor_id,
            actor_email: self.actor_email,
            action: self.action,
            outcome: self.outcome,
            reason: self.reason,
            target_kind: self.target_kind,
            target_id: self.target_id,
            ip: self.ip,
            details: self.details,
        }
    }
}

impl Store {
    /// A page of events, the oldest first: of one team or of everybody, since a time, after the last one read.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn read_events(
        &self,
        _operator: &HostOperator,
        team: Option<TeamId>,
        since: Option<Timestamp>,
        after: Option<(Timestamp, EventId)>,
        limit: u32,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let every =
            "select id, sequence, team_id, at, actor_kind, actor_id, actor_email, action, outcome, reason,
                         target_kind, target_id, ip, details, hash
                     from audit_event
                     where at >= $1 and (at > $2 or (at = $2 and id > $3))
                     order by at, id
                     limit $4";
        let one =
            "select id, sequence, team_id, at, actor_kind, actor_id, actor_email, action, outcome, reason,
                       target_kind, target_id, ip, details, hash
                   from audit_event
                   where at >= $1 and (at > $2 or (at = $2 and id > $3)) and team_id = $5
                   order by at, id
                   limit $4";
        let since = since.unwrap_or(Timestamp::from_micros(i64::MIN));
        let (time, id) =
            after.unwrap_or((Timestamp::from_micros(i64::MIN), EventId::from(uuid::Uuid::nil())));
        let rows: Vec<EventRow> = read!(self, |pool| {
            let query = sqlx::query_as(if team.is_some() { one } else { every })
                .bind(since)
                .bind(time)
                .bind(id)
                .bind(i64::from(limit));
            match team {
                Some(team) => query.bind(team).fetch_all(pool).await?,
                None => query.fetch_all(pool).await?,
            }
        });
        Ok(rows.into_iter().map(EventRow::recorded).collect())
    }

    /// Verifies every chain from its first event to the head that the chain itself remembers.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn verify_chains(&self, _operator: &HostOperator) -> Result<Vec<ChainReport>, StoreError> {
        let list = "select chain, sequence, hash
                    from audit_chain
                    order by chain";
        let heads: Vec<(String, i64, Vec<u8>)> =
            read!(self, |pool| sqlx::query_as(list).fetch_all(pool).await)?;
        let mut reports = Vec::with_capacity(heads.len());
        for (chain, events, head) in heads {
            let broken_at = self.first_break(&chain, events, &head).await?;
            let team = if chain == PLATFORM {
                None
            } else {
                chain.parse().ok()
            };
            reports.push(ChainReport {
                team,
                events,
                broken_at,
            });
        }
        Ok(reports)
    }

    /// Where the chain stops being one: an event changed, missing, doubled or cut off.
    async fn first_break(&self, chain: &str, events: i64, head: &[u8]) -> Result<Option<i64>, StoreError> {
        let page =
            "select id, sequence, team_id, at, actor_kind, actor_id, actor_email, action, outcome, reason,
                        target_kind, target_id, ip, details, hash
                    from audit_event
                    where chain = $1 and sequence > $2
                    order by sequence
                    limit $3";
        let (mut place, mut previous) = (0_i64, vec![0_u8; 32]);
        while place < events {
            let rows: Vec<EventRow> = read!(self, |pool| {
                sqlx::query_as(page)
                    .bind(chain)
                    .bind(place)
                    .bind(PAGE)
                    .fetch_all(pool)
                    .await?
            });
            if rows.is_empty() {
                return Ok(Some(place + 1));
            }
            for row in rows {
                place += 1;
                let (sequence, stored) = (row.sequence, row.hash.clone());
                let expected = link(&previous, &row.recorded());
                if sequence != place || stored != expected {
                    return Ok(Some(place));
                }
                previous = stored;
                if place == events {
                    // Later events were appended while we read; the next verification sees them.
                    break;
                }
            }
        }
        Ok((previous != head).then_some(place.max(1)))
    }
}
