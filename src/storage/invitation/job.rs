//! Actions that invite many people of a group.

use sqlx::FromRow;

use super::{InTeam, Store, StoreError, Tx, Work, locked, on, read, row};
use crate::{
    domain::{
        id::{InvitationId, InvitationJobId, MappingId, TeamId, UserId},
        invitation::{Backing, JobState, Outcome, Reason},
        role::{MappableRole, Permission, Role},
        tenant::TenantId,
        time::Timestamp,
    },
    storage::{Administrator, ClaimedJob},
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

impl Work {
    /// Starts an action.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when this key has started one.
    pub async fn insert_job(
        &mut self,
        admin: &Administrator,
        new: &NewJob,
        at: Timestamp,
    ) -> Result<InvitationJobId, StoreError> {
        let team = self.team()?;
        let id: InvitationJobId = self.ids.next();
        let person = admin.person();
        let insert = "insert into invitation_job (
                          id, team_id, mapping_id, key, group_name, tid, role, mailed, started_by, started_by_name,
                          started_by_email, started_at, state, total)
                      values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'running', $13)";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(insert)
                .bind(team)
                .bind(id)
                .bind(new.mapping)
                .bind(row::text(&new.key))
                .bind(new.group_name.as_deref().map(row::text))
                .bind(new.tenant)
                .bind(new.role.role().name())
                .bind(new.mailed)
                .bind(person.user())
                .bind(row::text(person.name()))
                .bind(person.email().map(row::text))
                .bind(at)
                .bind(i64::try_from(new.total).unwrap_or(i64::MAX))
                .execute(&mut **tx)
                .await?;
        });
        Ok(id)
    }

    /// The role that a mapping of the team gives now, and whether this member may invite now: what stands behind an
    /// invitation at the moment it is made.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn backing_of(&mut self, mapping: MappingId, inviter: UserId) -> Result<Backing, StoreError> {
        let team = self.team()?;
        let find_mapping = "select role
                            from group_mapping
                            where team_id = $1 and id = $2";
        let find_member = "select role
                           from member
                           where team_id = $1 and user_id = $2 and standing = 'active'";
        let (given, held): (Option<(String,)>, Option<(String,)>) = on!(Tx, &mut self.tx, |tx| (
            sqlx::query_as(find_mapping)
                .bind(team)
                .bind(mapping)
                .fetch_optional(&mut **tx)
                .await?,
            sqlx::query_as(find_member)
                .bind(team)
                .bind(inviter)
                .fetch_optional(&mut **tx)
                .await?,
        ));
        let mapping_role = given
            .map(|(role,)| {
                row::word(
                    "group_mapping",
                    "role",
                    mapping,
                    role.parse::<MappableRole>().ok(),
                )
            })
            .transpose()?;
        let held = held
            .map(|(role,)| row::word("member", "role", inviter, role.parse::<Role>().ok()))
            .transpose()?;
        Ok(Backing {
            mapping: mapping_role,
            inviter: held.is_some_and(|role| role.may(Permission::Manage)),
        })
    }

    /// Holds an action of the team until the end of this work: of several who would change it, one is first.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the team has no such action.
    async fn hold_job(&mut self, id: InvitationJobId) -> Result<(JobState, bool), StoreError> {
        let team = self.team()?;
        let hold = locked!(
            self.tx,
            "select state, ended_at
             from invitation_job
             where team_id = $1 and id = $2",
            "for update"
        );
        let found: Option<(String, Option<Timestamp>)> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(hold)
                .bind(team)
                .bind(id)
                .fetch_optional(&mut **tx)
                .await?
        });
        let (state, ended) = found.ok_or(StoreError::Missing)?;
        let state = row::word("invitation_job", "state", id, JobState::parse(&state))?;
        Ok((state, ended.is_some()))
    }

    /// Notes that nobody is left in an action. How it went, for exactly one caller.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the team has no such action.
    pub async fn close_job(
        &mut self,
        id: InvitationJobId,
        at: Timestamp,
    ) -> Result<Option<(JobState, Counts)>, StoreError> {
        let team = self.team()?;
        let (state, ended) = self.hold_job(id).await?;
        let rows: Vec<(String, i64, i64)> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(COUNT)
                .bind(team)
                .bind(id)
                .fetch_all(&mut **tx)
                .await?
        });
        let counts = counts(id, rows)?;
        if ended || counts.open > 0 {
            return Ok(None);
        }
        let state = match state {
            JobState::Running | JobState::Finished => JobState::Finished,
            JobState::Stopped => JobState::Stopped,
        };
        let close = "update invitation_job
                     set state = $3, ended_at = $4
                     where team_id = $1 and id = $2";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(close)
                .bind(team)
                .bind(id)
                .bind(state.name())
                .bind(at)
                .execute(&mut **tx)
                .await?;
        });
        Ok(Some((state, counts)))
    }

    /// Stops an action: nobody who waits is invited any more. `None` when it does not run.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the team has no such action.
    pub async fn stop_job(&mut self, id: InvitationJobId) -> Result<Option<Stopped>, StoreError> {
        let team = self.team()?;
        if self.hold_job(id).await? != (JobState::Running, false) {
            return Ok(None);
        }
        let stop = "update invitation_job
                    set state = 'stopped'
                    where team_id = $1 and id = $2";
        let skip = "update invitation_row
                    set outcome = 'skipped', reason = $3, lease = null
                    where team_id = $1 and job_id = $2 and outcome = 'waiting'
                    returning invitation_id";
        let rows: Vec<(Option<InvitationId>,)> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query(stop).bind(team).bind(id).execute(&mut **tx).await?;
            sqlx::query_as(skip)
                .bind(team)
                .bind(id)
                .bind(Reason::Stopped.name())
                .fetch_all(&mut **tx)
                .await?
        });
        Ok(Some(Stopped {
            skipped: rows.len() as u64,
            unsent: rows.into_iter().filter_map(|(invitation,)| invitation).collect(),
        }))
    }

    /// Lets everybody for whom it did not work have another turn. How many there are.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the team has no such action.
    pub async fn retry_job(&mut self, id: InvitationJobId, now: Timestamp) -> Result<u64, StoreError> {
        let team = self.team()?;
        self.hold_job(id).await?;
        // An invitation that was revoked or has run out meanwhile is made anew.
        let again = "update invitation_row
                     set outcome = 'waiting', reason = null, lease = null, attempts = 0, held_until = $3,
                         invitation_id = (
                             select i.id
                             from invitation i
                             where i.id = invitation_row.invitation_id and i.state = 'pending' and i.expires_at > $3)
                     where team_id = $1 and job_id = $2 and outcome = 'failed'";
        let go_on = "update invitation_job
                     set state = 'running', ended_at = null
                     where team_id = $1 and id = $2";
        Ok(on!(Tx, &mut self.tx, |tx| {
            let count = sqlx::query(again)
                .bind(team)
                .bind(id)
                .bind(now)
                .execute(&mut **tx)
                .await?
                .rows_affected();
            if count > 0 {
                sqlx::query(go_on).bind(team).bind(id).execute(&mut **tx).await?;
            }
            count
        }))
    }
}
