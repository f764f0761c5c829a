//! The newest connection test of a team.

use super::{InTeam, Store, StoreError, Work, on, read, row, work::Tx};
use crate::domain::{connection_test::ConnectionTest, tenant::TenantId, time::Timestamp};

/// A test that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptTest {
    /// Its steps and what was found.
    pub test: ConnectionTest,
    /// When it ended.
    pub at: Timestamp,
    /// The name of whoever made it.
    pub by: String,
    /// The reference of the request that made it.
    pub reference: String,
}

impl Store {
    /// The team's newest test; none when another version of this server wrote what this one cannot read.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_test(&self, proof: &impl InTeam) -> Result<Option<KeptTest>, StoreError> {
        let find = "select at, by_name, reference, steps
                    from connection_test
                    where team_id = $1";
        let found: Option<(Timestamp, String, String, String)> = read!(self, |pool| sqlx::query_as(find)
            .bind(proof.team())
            .fetch_optional(pool)
            .await)?;
        Ok(
            found.and_then(|(at, by, reference, steps)| match serde_json::from_str(&steps) {
                Ok(test) => Some(KeptTest {
                    test,
                    at,
                    by,
                    reference,
                }),
                Err(error) => {
                    tracing::warn!(%error, "a kept connection test cannot be read, as if there were none");
                    None
                }
            }),
        )
    }
}

impl Work {
    /// Keeps a test in the place of the one before.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn keep_test(&mut self, kept: &KeptTest) -> Result<(), StoreError> {
        let team = self.team()?;
        let tenant: Option<TenantId> = kept.test.tenant;
        let steps = serde_json::to_string(&kept.test).unwrap_or_default();
        let keep = "insert into connection_test (team_id, tenant_id, at, by_name, reference, steps)
                    values ($1, $2, $3, $4, $5, $6)
                    on conflict (team_id) do update
                    set tenant_id = excluded.tenant_id,
                        at = excluded.at,
                        by_name = excluded.by_name,
                        reference = excluded.reference,
                        steps = excluded.steps";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(keep)
                .bind(team)
                .bind(tenant)
                .bind(kept.at)
                .bind(row::text(&kept.by))
                .bind(&kept.reference)
                .bind(row::text(&steps))
                .execute(&mut **tx)
                .await?;
        });
        Ok(())
    }
}
