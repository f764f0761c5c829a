//! Reading the audit log, and proving that nothing in it was changed or removed.
//!
//! Reading never takes the whole log into memory: it goes page by page, each continuing after the last event of the
//! one before. Verifying trusts nothing but the heads of the chains and computes everything else again.

mod failures;

use sqlx::FromRow;

use super::{
    HostOperator, Store, StoreError, read,
    work::{PLATFORM, START, chain_of, link},
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

/// Where a chain should end, and the last place that is really taken.
#[derive(Debug, FromRow)]
struct HeadRow {
    team_id: Option<TeamId>,
    sequence: Option<i64>,
    hash: Option<Vec<u8>>,
    last_place: Option<i64>,
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
    /// Events of one moment stand in the order of their chain.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn read_events(
        &self,
        _operator: &HostOperator,
        team: Option<TeamId>,
        since: Option<Timestamp>,
        after: Option<&RecordedEvent>,
        limit: u32,
    ) -> Result<Vec<RecordedEvent>, StoreError> {
        let every =
            "select id, sequence, team_id, at, actor_kind, actor_id, actor_email, action, outcome, reason,
                         target_kind, target_id, ip, details, hash
                     from audit_event
                     where at >= $1 and (at, chain, sequence) > ($2, $3, $4)
                     order by at, chain, sequence
                     limit $5";
        let of_team =
            "select id, sequence, team_id, at, actor_kind, actor_id, actor_email, action, outcome, reason,
                         target_kind, target_id, ip, details, hash
                     from audit_event
                     where at >= $1 and (at, chain, sequence) > ($2, $3, $4) and chain = $6
                     order by at, chain, sequence
                     limit $5";
        let beginning = Timestamp::from_micros(i64::MIN);
        let (at, chain, sequence) = match after {
            Some(last) => (last.at, chain_of(last.team), last.sequence),
            None => (beginning, String::new(), 0),
        };
        let rows: Vec<EventRow> = read!(self, |pool| {
            let page = sqlx::query_as(if team.is_some() { of_team } else { every })
                .bind(since.unwrap_or(beginning))
                .bind(at)
                .bind(chain)
                .bind(sequence)
                .bind(i64::from(limit));
            match team {
                Some(_) => page.bind(chain_of(team)).fetch_all(pool).await?,
                None => page.fetch_all(pool).await?,
            }
        });
        Ok(rows.into_iter().map(EventRow::recorded).collect())
    }

    /// Verifies every chain from its first event to the head that the chain itself remembers. A team without a chain
    /// is a broken one, since making a team is an event.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn verify_chains(&self, _operator: &HostOperator) -> Result<Vec<ChainReport>, StoreError> {
        let mut reports = Vec::new();
        for head in self.heads().await? {
            reports.push(ChainReport {
                team: head.team_id,
                events: head.sequence.unwrap_or(0),
                broken_at: self.first_break(&head).await?,
            });
        }
        Ok(reports)
    }

    /// The heads of all chains, the platform's last. Head and last place are read by one statement, so that an event
    /// that is appended meanwhile is not taken for a forged one.
    async fn heads(&self) -> Result<Vec<HeadRow>, StoreError> {
        let of_teams = "select t.id as team_id, c.sequence, c.hash,
                            (select max(e.sequence) from audit_event e where e.chain = c.chain) as last_place
                        from team t
                        left join audit_chain c on c.team_id = t.id
                        order by t.id";
        let of_platform = "select c.team_id, c.sequence, c.hash,
                               (select max(e.sequence) from audit_event e where e.chain = c.chain) as last_place
                           from audit_chain c
                           where c.chain = $1";
        let mut heads: Vec<HeadRow> = read!(self, |pool| sqlx::query_as(of_teams).fetch_all(pool).await)?;
        let platform: Option<HeadRow> = read!(self, |pool| sqlx::query_as(of_platform)
            .bind(PLATFORM)
            .fetch_optional(pool)
            .await)?;
        heads.extend(platform);
        Ok(heads)
    }

    /// Where the chain stops being one: an event changed, missing, doubled, moved, cut off or added.
    async fn first_break(&self, head: &HeadRow) -> Result<Option<i64>, StoreError> {
        let page =
            "select id, sequence, team_id, at, actor_kind, actor_id, actor_email, action, outcome, reason,
                        target_kind, target_id, ip, details, hash
                    from audit_event
                    where chain = $1 and sequence > $2 and sequence <= $3
                    order by sequence
                    limit $4";
        let (Some(events), Some(newest)) = (head.sequence, &head.hash) else {
            return Ok(Some(1));
        };
        let chain = chain_of(head.team_id);
        let (mut place, mut previous) = (0_i64, START.to_vec());
        while place < events {
            let rows: Vec<EventRow> = read!(self, |pool| {
                sqlx::query_as(page)
                    .bind(&chain)
                    .bind(place)
                    .bind(events)
                    .bind(PAGE)
                    .fetch_all(pool)
                    .await?
            });
            if rows.is_empty() {
                return Ok(Some(place + 1));
            }
            for row in rows {
                place += 1;
                let stored = row.hash.clone();
                let event = row.recorded();
                let fits = event.sequence == place && event.team == head.team_id;
                if !fits || stored != link(&previous, &event) {
                    return Ok(Some(place));
                }
                previous = stored;
            }
        }
        if &previous != newest {
            return Ok(Some(events.max(1)));
        }
        Ok((head.last_place.unwrap_or(0) > events).then_some(events + 1))
    }
}
