//! The account that an invitation waits with: a team's first owner.

use super::{StoreError, Tx, Work, locked, on, row};
use crate::{
    domain::{
        audit::{Action, Actor, Event},
        id::UserId,
        member::Standing,
        role::{HeldRole, Role},
        tenant::IdentityKey,
    },
    storage::member::held,
};

impl Work {
    /// What a member of the team holds, and whether the member may sign in. Nobody else changes it until the end of this
    /// work.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn hold_member(&mut self, user: UserId) -> Result<Option<(HeldRole, Standing)>, StoreError> {
        let team = self.team()?;
        let find = locked!(
            self.tx,
            "select role, role_source, standing
             from member
             where team_id = $1 and user_id = $2",
            "for update"
        );
        let found: Option<(String, String, String)> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(find)
                .bind(team)
                .bind(user)
                .fetch_optional(&mut **tx)
                .await?
        });
        found
            .map(|(role, source, standing)| {
                let standing = row::word("member", "standing", user, Standing::parse(&standing))?;
                Ok((held(user, &role, &source)?, standing))
            })
            .transpose()
    }

    /// Ties an identity to another account of the same person, who had signed in before the account was ready: the member
    /// that was made then leaves the team. An owner is never removed so.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the identity is not that member's, or the member is an owner.
    pub async fn move_identity(
        &mut self,
        key: IdentityKey,
        from: UserId,
        to: UserId,
    ) -> Result<(), StoreError> {
        let team = self.team()?;
        let (before, _) = self.hold_member(from).await?.ok_or(StoreError::Missing)?;
        if before.role == Role::Owner {
            return Err(StoreError::Missing);
        }
        let tie = "update identity
                   set user_id = $5
                   where team_id = $1 and tid = $2 and oid = $3 and user_id = $4";
        let steps = [
            "delete from session where team_id = $1 and user_id = $2",
            "delete from member_groups where team_id = $1 and user_id = $2",
            "delete from member where team_id = $1 and user_id = $2",
        ];
        on!(Tx, &mut self.tx, |tx| {
            let tied = sqlx::query(tie)
                .bind(team)
                .bind(key.tenant)
                .bind(key.object)
                .bind(from)
                .bind(to)
                .execute(&mut **tx)
                .await?;
            if tied.rows_affected() != 1 {
                return Err(StoreError::Missing);
            }
            for step in steps {
                sqlx::query(step).bind(team).bind(from).execute(&mut **tx).await?;
            }
        });
        let event = Event::success(Actor::System, Action::MemberRemoved)
            .on("member", from)
            .with("cause", "joined_as_owner")
            .with("role", before.role.name())
            .with("source", before.source.to_string());
        self.record(event).await.map(drop)
    }
}
