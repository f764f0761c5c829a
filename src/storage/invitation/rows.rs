//! Each person of an action that invites many.

use sqlx::{FromRow, QueryBuilder};

use super::{InTeam, ROWS_A_STATEMENT, Store, StoreError, Work, many, read, row};
use crate::domain::{
    id::{InvitationId, InvitationJobId, LeaseId},
    invitation::{Outcome, Planned, Reason},
    tenant::ObjectId,
    time::Timestamp,
};

/// Somebody whose turn it is. Until the lease ends, nobody else takes the row up.
#[derive(Clone, Debug, FromRow)]
pub struct ClaimedRow {
    /// Place in the action.
    pub place: i64,
    /// Object ID.
    #[sqlx(rename = "oid")]
    pub object: ObjectId,
    /// Display name.
    pub name: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// The invitation that an earlier turn made.
    #[sqlx(rename = "invitation_id")]
    pub invitation: Option<InvitationId>,
    /// How many tries came to nothing.
    pub attempts: i64,
}

/// When somebody has another turn, and why.
#[derive(Clone, Copy, Debug)]
pub struct Paused {
    /// When it is laid aside.
    pub now: Timestamp,
    /// Not before, unless the action was stopped: then whoever looks next ends it.
    pub until: Timestamp,
    /// Why the try came to nothing.
    pub reason: Reason,
}

/// One person of an action, as its team sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// Place in the action.
    pub place: i64,
    /// Object ID.
    pub object: ObjectId,
    /// Display name.
    pub name: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// The invitation.
    pub invitation: Option<InvitationId>,
    /// How it went.
    pub outcome: Outcome,
    /// Why.
    pub reason: Option<Reason>,
}

/// A token that is shown once: of which invitation, and as it was sealed.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Which invitation.
    pub invitation: InvitationId,
    /// Its token, sealed.
    pub sealed: String,
}

#[derive(FromRow)]
struct RowOf {
    place: i64,
    oid: ObjectId,
    name: Option<String>,
    email: Option<String>,
    invitation_id: Option<InvitationId>,
    outcome: String,
    reason: Option<String>,
}

impl RowOf {
    fn row(self) -> Result<JobRow, StoreError> {
        let reason = self
            .reason
            .map(|word| row::word("invitation_row", "reason", self.oid, Reason::parse(&word)));
        Ok(JobRow {
            outcome: row::word(
                "invitation_row",
                "outcome",
                self.oid,
                Outcome::parse(&self.outcome),
            )?,
            reason: reason.transpose()?,
            place: self.place,
            object: self.oid,
            name: self.name,
            email: self.email,
            invitation: self.invitation_id,
        })
    }
}

impl Store {
    /// People of an action of the team, in its order, after this place, at most so many; of all outcomes or of one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_job_rows(
        &self,
        proof: &impl InTeam,
        job: InvitationJobId,
        only: Option<Outcome>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<JobRow>, StoreError> {
        let list = "select place, oid, name, email, invitation_id, outcome, reason
                    from invitation_row
                    where team_id = $1 and job_id = $2 and place > $3 and ($4 is null or outcome = $4)
                    order by place
                    limit $5";
        let rows: Vec<RowOf> = read!(self, |pool| sqlx::query_as(list)
            .bind(proof.team())
            .bind(job)
            .bind(after)
            .bind(only.map(Outcome::name))
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await)?;
        rows.into_iter().map(RowOf::row).collect()
    }

    /// The sealed token of an invitation, until it was sent or shown.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_sealed_token(
        &self,
        proof: &impl InTeam,
        id: InvitationId,
    ) -> Result<Option<String>, StoreError> {
        let find = "select sealed_token
                    from invitation
                    where team_id = $1 and id = $2 and state = 'pending'";
        let found: Option<(Option<String>,)> = read!(self, |pool| sqlx::query_as(find)
            .bind(proof.team())
            .bind(id)
            .fetch_optional(pool)
            .await)?;
        Ok(found.and_then(|(sealed,)| sealed))
    }
}

impl Work {
    /// Adds the people of an action. Those who are to be skipped are done at once.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn insert_job_rows(
        &mut self,
        job: InvitationJobId,
        people: &[Planned],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        const INSERT: &str = "insert into invitation_row (
                                  job_id, place, team_id, oid, name, email, outcome, reason, held_until, attempts) ";
        let team = self.team()?;
        let mut place = 0_i64;
        for chunk in people.chunks(ROWS_A_STATEMENT) {
            many!(&mut self.tx, |tx, Engine| {
                let mut insert = QueryBuilder::<Engine>::new(INSERT);
                insert.push_values(chunk, |mut values, person| {
                    place += 1;
                    let outcome = person.skipped.map_or(Outcome::Waiting, |_| Outcome::Skipped);
                    values
                        .push_bind(job)
                        .push_bind(place)
                        .push_bind(team)
                        .push_bind(person.object)
                        .push_bind(person.name.as_deref().map(row::text))
                        .push_bind(person.email.as_deref().map(row::text))
                        .push_bind(outcome.name())
                        .push_bind(person.skipped.map(Reason::name))
                        .push_bind(at)
                        .push_bind(0_i64);
                });
                insert.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }

    /// Notes how it went with rows that this lease holds, with the invitations that were made for them. Rows that another
    /// server has taken up meanwhile are left alone; how many there were otherwise.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn settle_rows(
        &mut self,
        job: InvitationJobId,
        lease: LeaseId,
        settled: &[(i64, Outcome, Option<Reason>, Option<InvitationId>)],
    ) -> Result<u64, StoreError> {
        let team = self.team()?;
        let mut count = 0;
        for chunk in settled.chunks(ROWS_A_STATEMENT) {
            count += many!(&mut self.tx, |tx, Engine| {
                let mut update =
                    QueryBuilder::<Engine>::new("with settled (place, outcome, reason, invitation_id) as (");
                update.push_values(chunk, |mut values, (place, outcome, reason, invitation)| {
                    values
                        .push_bind(*place)
                        .push_bind(outcome.name())
                        .push_bind(reason.map(Reason::name))
                        .push_bind(*invitation);
                });
                update.push(
                    ") update invitation_row
                       set outcome = settled.outcome, reason = settled.reason, lease = case settled.outcome when 'sending' then invitation_row.lease end,
                           invitation_id = coalesce(settled.invitation_id, invitation_row.invitation_id)
                       from settled
                       where invitation_row.place = settled.place and invitation_row.team_id = ",
                );
                update
                    .push_bind(team)
                    .push(" and invitation_row.job_id = ")
                    .push_bind(job)
                    .push(" and invitation_row.lease = ")
                    .push_bind(lease);
                update.build().execute(&mut **tx).await?.rows_affected()
            });
        }
        Ok(count)
    }
}
