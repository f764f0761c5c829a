//! People whose role is kept although their newest sign-in could not read their groups.

use super::{InTeam, Store, StoreError, read, row};
use crate::domain::{role::Role, time::Timestamp};

/// Somebody whose role is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRole {
    /// Their name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// When their groups were last read.
    pub read_at: Timestamp,
}

impl Store {
    /// Active people whose newest sign-in, at `since` or later, could not read their groups, and whose role follows from
    /// groups: at most `most`, whose role ends first comes first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_kept_roles(
        &self,
        proof: &impl InTeam,
        since: Timestamp,
        most: u32,
    ) -> Result<Vec<KeptRole>, StoreError> {
        let list = "select u.name, m.role, g.read_at
                    from member_groups g
                    join member m on m.team_id = g.team_id and m.user_id = g.user_id
                    join user_account u on u.team_id = g.team_id and u.id = g.user_id
                    where g.team_id = $1 and g.unread_at >= $2 and m.standing = 'active'
                        and m.role_source not in ('owner', 'manual')
                    order by g.read_at, u.name, u.id
                    limit $3";
        let rows: Vec<(String, String, Timestamp)> = read!(self, |pool| sqlx::query_as(list)
            .bind(proof.team())
            .bind(since)
            .bind(i64::from(most))
            .fetch_all(pool)
            .await)?;
        rows.into_iter()
            .map(|(name, role, read_at)| {
                Ok(KeptRole {
                    role: row::word("member", "role", &name, role.parse().ok())?,
                    name,
                    read_at,
                })
            })
            .collect()
    }
}
