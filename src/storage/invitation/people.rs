//! Who is there already: members and people with an open invitation.

use std::collections::HashSet;

use uuid::Uuid;

use super::{InTeam, Store, StoreError, Tx, Work, read};
use crate::{
    domain::{
        invitation::Present,
        tenant::{ObjectId, TenantId},
        time::Timestamp,
    },
    storage::dialect,
};

impl Store {
    /// Everybody of this tenant who is a member of the team, has an invitation that can be accepted, or is about to get one.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_present(
        &self,
        proof: &impl InTeam,
        tenant: TenantId,
        now: Timestamp,
    ) -> Result<Present, StoreError> {
        let members = "select oid
                       from identity
                       where team_id = $1 and tid = $2";
        // Whose turn in an action is still to come will be invited by that.
        let invited = "select oid
                       from invitation
                       where team_id = $1 and tid = $2 and state = 'pending' and expires_at > $3
                       union
                       select r.oid
                       from invitation_job j
                       join invitation_row r on r.job_id = j.id and r.team_id = j.team_id
                       where j.team_id = $1 and j.tid = $2 and j.state = 'running'
                           and r.outcome in ('waiting', 'sending')";
        let (members, invited): (Vec<(ObjectId,)>, Vec<(ObjectId,)>) = read!(self, |pool| (
            sqlx::query_as(members)
                .bind(proof.team())
                .bind(tenant)
                .fetch_all(pool)
                .await?,
            sqlx::query_as(invited)
                .bind(proof.team())
                .bind(tenant)
                .bind(now)
                .fetch_all(pool)
                .await?,
        ));
        Ok(present(members, invited))
    }
}

impl Work {
    /// The same, among these people and as this work sees it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn present_among(
        &mut self,
        tenant: TenantId,
        people: &[ObjectId],
        now: Timestamp,
    ) -> Result<Present, StoreError> {
        let team = self.team()?;
        let (members, invited): (Vec<(ObjectId,)>, Vec<(ObjectId,)>) = match &mut self.tx {
            Tx::Sqlite(tx) => {
                let people = dialect::array_of_hex(people.iter().copied());
                (
                    sqlx::query_as(dialect::MEMBERS_AMONG_SQLITE)
                        .bind(team)
                        .bind(tenant)
                        .bind(&people)
                        .fetch_all(&mut **tx)
                        .await?,
                    sqlx::query_as(dialect::INVITED_AMONG_SQLITE)
                        .bind(team)
                        .bind(tenant)
                        .bind(&people)
                        .bind(now)
                        .fetch_all(&mut **tx)
                        .await?,
                )
            }
            Tx::Postgres(tx) => {
                let people: Vec<Uuid> = people.iter().copied().map(Uuid::from).collect();
                (
                    sqlx::query_as(dialect::MEMBERS_AMONG_POSTGRES)
                        .bind(team)
                        .bind(tenant)
                        .bind(&people)
                        .fetch_all(&mut **tx)
                        .await?,
                    sqlx::query_as(dialect::INVITED_AMONG_POSTGRES)
                        .bind(team)
                        .bind(tenant)
                        .bind(&people)
                        .bind(now)
                        .fetch_all(&mut **tx)
                        .await?,
                )
            }
        };
        Ok(present(members, invited))
    }
}

fn present(members: Vec<(ObjectId,)>, invited: Vec<(ObjectId,)>) -> Present {
    let set = |rows: Vec<(ObjectId,)>| rows.into_iter().map(|(id,)| id).collect::<HashSet<_>>();
    Present {
        members: set(members),
        invited: set(invited),
    }
}
