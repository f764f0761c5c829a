//! The operator's recovery links, and the accounts they are made for.

use sqlx::FromRow;

use super::{Claimant, HostOperator, Store, StoreError, Work, on, read, row, work::Tx};
use crate::domain::{
    id::{RecoveryLinkId, TeamId, UserId},
    member::Standing,
    time::Timestamp,
};

/// An account, as its operator looks it up.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who.
    pub user: UserId,
    /// In which team.
    pub team: TeamId,
    /// The team's name.
    pub team_name: String,
    /// Display name.
    pub name: String,
    /// Email address.
    pub email: Option<String>,
    /// Whether the member may sign in.
    pub standing: Standing,
}

/// A live recovery link.
#[derive(Clone, Debug)]
pub struct RecoveryLink {
    /// Which one.
    pub id: RecoveryLinkId,
    /// Whose.
    pub claimant: Claimant,
    /// Whose, in words.
    pub name: String,
    /// Until when it works.
    pub expires: Timestamp,
}

#[derive(FromRow)]
struct AccountRow {
    user_id: UserId,
    team_id: TeamId,
    team_name: String,
    name: String,
    email: Option<String>,
    standing: String,
}

#[derive(FromRow)]
struct LinkRow {
    id: RecoveryLinkId,
    team_id: TeamId,
    user_id: UserId,
    name: String,
    email: Option<String>,
    expires_at: Timestamp,
}

impl Store {
    /// The members with this address, whichever way they sign in, and the member with this id.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_accounts(
        &self,
        _operator: &HostOperator,
        email: Option<&str>,
        user: Option<UserId>,
    ) -> Result<Vec<Account>, StoreError> {
        let find = "select m.user_id, m.team_id, t.name as team_name, u.name, u.email, m.standing
                    from member m
                    join team t on t.id = m.team_id
                    join user_account u on u.team_id = m.team_id and u.id = m.user_id
                    where lower(u.email) = $1 or m.user_id = $2
                    order by m.user_id";
        let found: Vec<AccountRow> = read!(self, |pool| sqlx::query_as(find)
            .bind(email.map(row::text))
            .bind(user)
            .fetch_all(pool)
            .await)?;
        found
            .into_iter()
            .map(|row| {
                Ok(Account {
                    standing: row::word("member", "standing", row.user_id, Standing::parse(&row.standing))?,
                    user: row.user_id,
                    team: row.team_id,
                    team_name: row.team_name,
                    name: row.name,
                    email: row.email,
                })
            })
            .collect()
    }

    /// The link whose token has this hash, while it lives and its person may sign in.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_recovery_link(
        &self,
        token_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<RecoveryLink>, StoreError> {
        let find = "select r.id, r.team_id, r.user_id, u.name, u.email, r.expires_at
                    from recovery_link r
                    join user_account u on u.team_id = r.team_id and u.id = r.user_id
                    join member m on m.team_id = r.team_id and m.user_id = r.user_id
                    where r.token_hash = $1 and r.expires_at > $2 and m.standing = 'active'";
        let found: Option<LinkRow> = read!(self, |pool| sqlx::query_as(find)
            .bind(token_hash.as_slice())
            .bind(now)
            .fetch_optional(pool)
            .await)?;
        Ok(found.map(|found| RecoveryLink {
            id: found.id,
            claimant: Claimant {
                team: found.team_id,
                user: found.user_id,
                email: found.email,
            },
            name: found.name,
            expires: found.expires_at,
        }))
    }
}

impl Work {
    /// Makes a link for a member of the team, in place of an earlier one.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the user is not in the team.
    pub async fn insert_recovery_link(
        &mut self,
        user: UserId,
        token_hash: [u8; 32],
        expires: Timestamp,
    ) -> Result<RecoveryLinkId, StoreError> {
        let team = self.team()?;
        let id: RecoveryLinkId = self.ids.next();
        let save = "insert into recovery_link (id, team_id, user_id, token_hash, expires_at)
                    values ($2, $1, $3, $4, $5)
                    on conflict (team_id, user_id) do update
                    set id = excluded.id, token_hash = excluded.token_hash, expires_at = excluded.expires_at";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(save)
                .bind(team)
                .bind(id)
                .bind(user)
                .bind(token_hash.as_slice())
                .bind(expires)
                .execute(&mut **tx)
                .await?;
        });
        Ok(id)
    }

    /// Uses a link of the team up. `true` for exactly one caller, however many try at once.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn use_recovery_link(&mut self, id: RecoveryLinkId) -> Result<bool, StoreError> {
        let team = self.team()?;
        let spend = "delete from recovery_link
                     where team_id = $1 and id = $2";
        let used = on!(Tx, &mut self.tx, |tx| {
            sqlx::query(spend)
                .bind(team)
                .bind(id)
                .execute(&mut **tx)
                .await?
                .rows_affected()
        });
        Ok(used == 1)
    }
}
