//! Starting, stopping and closing actions.

use super::{COUNT, Counts, NewJob, Stopped, StoreError, Tx, Work, counts, locked, on, row};
use crate::{
    domain::{
        id::{InvitationId, InvitationJobId, MappingId, UserId},
        invitation::{Backing, Given, JobState, Reason},
        role::{MappableRole, Permission, Role},
        time::Timestamp,
    },
    storage::Administrator,
};

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
        // Whoever would remove it waits, and then finds the invitations that were made from it.
        let find_mapping = locked!(
            self.tx,
            "select role
             from group_mapping
             where team_id = $1 and id = $2",
            "for share"
        );
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
            given: mapping_role.map_or(Given::Gone, Given::Role),
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
