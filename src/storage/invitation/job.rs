//! Actions that invite many people of a group.

mod change;

use sqlx::FromRow;

use super::{InTeam, Store, StoreError, Tx, Work, locked, on, read, row};
use crate::{
    domain::{
        id::{InvitationId, InvitationJobId, MappingId, TeamId, UserId},
        invitation::{JobState, Outcome},
        role::MappableRole,
        tenant::TenantId,
        time::Timestamp,
    },
    storage::ClaimedJob,
};

/// An action to be started.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// The mapping of the group.
    pub mapping: MappingId,
    /// The form's own key.
    pub key: String,
    /// The group's name.
    pub group_name: Option<String>,
    /// The tenant whose people they are.
    pub tenant: TenantId,
    /// As what they are invited.
    pub role: MappableRole,
    /// Whether invitations are mailed.
    pub mailed: bool,
    /// How many people it is about.
    pub total: usize,
}

/// An action, as its team sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Which one.
    pub id: InvitationJobId,
    /// The mapping of the group.
    pub mapping: MappingId,
    /// The group's name then.
    pub group_name: Option<String>,
    /// As what people are invited.
    pub role: MappableRole,
    /// Whether invitations are mailed; otherwise their links are shown.
    pub mailed: bool,
    /// Who started it, as a name then.
    pub started_by: String,
    /// When.
    pub started: Timestamp,
    /// Whether it goes on.
    pub state: JobState,
    /// When the last person was done.
    pub ended: Option<Timestamp>,
    /// How many people it is about.
    pub total: i64,
}

/// How many people of an action are how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Wait, or are just being invited.
    pub open: i64,
    /// Of those, the ones for whom a try came to nothing.
    pub delayed: i64,
    /// Were invited.
    pub sent: i64,
    /// It did not work.
    pub failed: i64,
    /// Were not to be invited.
    pub skipped: i64,
}

/// What stopping an action did.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// How many people are skipped because of it.
    pub skipped: u64,
    /// Invitations that were made and never sent.
    pub unsent: Vec<InvitationId>,
}

#[derive(FromRow)]
struct JobRowOf {
    id: InvitationJobId,
    mapping_id: MappingId,
    group_name: Option<String>,
    role: String,
    mailed: bool,
    started_by_name: String,
    started_at: Timestamp,
    state: String,
    ended_at: Option<Timestamp>,
    total: i64,
}

impl JobRowOf {
    fn job(self) -> Result<Job, StoreError> {
        Ok(Job {
            role: row::word("invitation_job", "role", self.id, self.role.parse().ok())?,
            state: row::word("invitation_job", "state", self.id, JobState::parse(&self.state))?,
            id: self.id,
            mapping: self.mapping_id,
            group_name: self.group_name,
            mailed: self.mailed,
            started_by: self.started_by_name,
            started: self.started_at,
            ended: self.ended_at,
            total: self.total,
        })
    }
}

#[derive(FromRow)]
struct OpenRow {
    id: InvitationJobId,
    team_id: TeamId,
    team_name: String,
    mapping_id: MappingId,
    tid: TenantId,
    role: String,
    mailed: bool,
    state: String,
    started_by: UserId,
    started_by_name: String,
    started_by_email: Option<String>,
    due: bool,
    open: bool,
}

impl Store {
    /// An action of the team.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_job(
        &self,
        proof: &impl InTeam,
        id: InvitationJobId,
    ) -> Result<Option<Job>, StoreError> {
        let find = "select id, mapping_id, group_name, role, mailed, started_by_name, started_at, state, ended_at, total
                    from invitation_job
                    where team_id = $1 and id = $2";
        let found: Option<JobRowOf> = read!(self, |pool| sqlx::query_as(find)
            .bind(proof.team())
            .bind(id)
            .fetch_optional(pool)
            .await)?;
        found.map(JobRowOf::job).transpose()
    }

    /// The action that this key has started in the team.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_job_by_key(&self, proof: &impl InTeam, key: &str) -> Result<Option<Job>, StoreError> {
        let find = "select id, mapping_id, group_name, role, mailed, started_by_name, started_at, state, ended_at, total
                    from invitation_job
                    where team_id = $1 and key = $2";
        let found: Option<JobRowOf> = read!(self, |pool| sqlx::query_as(find)
            .bind(proof.team())
            .bind(key)
            .fetch_optional(pool)
            .await)?;
        found.map(JobRowOf::job).transpose()
    }

    /// The team's newest action that is not over.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_running_job(&self, proof: &impl InTeam) -> Result<Option<Job>, StoreError> {
        let find = "select id, mapping_id, group_name, role, mailed, started_by_name, started_at, state, ended_at, total
                    from invitation_job
                    where team_id = $1 and ended_at is null
                    order by id desc
                    limit 1";
        let found: Option<JobRowOf> = read!(self, |pool| sqlx::query_as(find)
            .bind(proof.team())
            .fetch_optional(pool)
            .await)?;
        found.map(JobRowOf::job).transpose()
    }

    /// How far an action of the team is.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn count_job(&self, proof: &impl InTeam, id: InvitationJobId) -> Result<Counts, StoreError> {
        let count = COUNT;
        let rows: Vec<(String, i64, i64)> = read!(self, |pool| sqlx::query_as(count)
            .bind(proof.team())
            .bind(id)
            .fetch_all(pool)
            .await)?;
        counts(id, rows)
    }

    /// Every action that is not done: those with somebody whose turn it is, and those where nobody is left and that only
    /// wait to be closed. The oldest comes first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_claimable_jobs(
        &self,
        now: Timestamp,
    ) -> Result<(Vec<ClaimedJob>, Vec<ClaimedJob>), StoreError> {
        let list = "select j.id, j.team_id, t.name as team_name, j.mapping_id, j.tid, j.role, j.mailed, j.state,
                        j.started_by, j.started_by_name, j.started_by_email,
                        exists (
                            select 1 from invitation_row r
                            where r.job_id = j.id and r.outcome in ('waiting', 'sending') and r.held_until <= $1
                        ) as due,
                        exists (
                            select 1 from invitation_row r
                            where r.job_id = j.id and r.outcome in ('waiting', 'sending')
                        ) as open
                    from invitation_job j
                    join team t on t.id = j.team_id
                    where j.ended_at is null
                    order by j.id";
        let rows: Vec<OpenRow> = read!(self, |pool| sqlx::query_as(list).bind(now).fetch_all(pool).await)?;
        let (mut due, mut done) = (Vec::new(), Vec::new());
        for found in rows {
            let job = ClaimedJob {
                role: row::word("invitation_job", "role", found.id, found.role.parse().ok())?,
                state: row::word("invitation_job", "state", found.id, JobState::parse(&found.state))?,
                team: found.team_id,
                team_name: found.team_name,
                job: found.id,
                mapping: found.mapping_id,
                tenant: found.tid,
                mailed: found.mailed,
                started_by: found.started_by,
                started_by_name: found.started_by_name,
                started_by_email: found.started_by_email,
            };
            match (found.due, found.open) {
                (true, _) => due.push(job),
                (false, false) => done.push(job),
                (false, true) => {}
            }
        }
        Ok((due, done))
    }
}

const COUNT: &str = "select outcome, count(*), count(reason)
                     from invitation_row
                     where team_id = $1 and job_id = $2
                     group by outcome";

fn counts(id: InvitationJobId, rows: Vec<(String, i64, i64)>) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    for (outcome, number, with_reason) in rows {
        match row::word("invitation_row", "outcome", id, Outcome::parse(&outcome))? {
            Outcome::Waiting | Outcome::Sending => {
                counts.open += number;
                counts.delayed += with_reason;
            }
            Outcome::Sent => counts.sent += number,
            Outcome::Failed => counts.failed += number,
            Outcome::Skipped => counts.skipped += number,
        }
    }
    Ok(counts)
}
