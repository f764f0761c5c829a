//! What of a team's directory could be read, and what Microsoft refuses since. It tells that an approval was withdrawn, and
//! never decides whether something is asked for again.

use super::{InTeam, Store, StoreError, Upkeep, read, row, session::writing};
use crate::domain::{
    connection_test::Permitted, graph_permission::Feature, tenant::TenantId, time::Timestamp,
};

/// How reading the directory went for one feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectoryReading {
    /// What needs it.
    pub feature: Feature,
    /// When it last worked, if ever.
    pub worked_at: Option<Timestamp>,
    /// Since when Microsoft refuses it for want of a permission.
    pub refused_since: Option<Timestamp>,
}

const FEATURES: [(Feature, &str); 2] = [
    (Feature::GroupSearch, "group_search"),
    (Feature::GroupMembers, "group_members"),
];

impl Store {
    /// How reading this tenant's directory went for the team.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_directory_readings(
        &self,
        proof: &impl InTeam,
        tenant: TenantId,
    ) -> Result<Vec<DirectoryReading>, StoreError> {
        let list = "select feature, worked_at, refused_since
                    from directory_reading
                    where team_id = $1 and tenant_id = $2
                    order by feature desc";
        let rows: Vec<(String, Option<Timestamp>, Option<Timestamp>)> =
            read!(self, |pool| sqlx::query_as(list)
                .bind(proof.team())
                .bind(tenant)
                .fetch_all(pool)
                .await)?;
        let reading = |(name, worked_at, refused_since): (String, _, _)| {
            let known = FEATURES.into_iter().find(|(_, stored)| *stored == name);
            let (feature, _) = row::word("directory_reading", "feature", proof.team(), known)?;
            Ok(DirectoryReading {
                feature,
                worked_at,
                refused_since,
            })
        };
        rows.into_iter().map(reading).collect()
    }
}

impl Upkeep<'_> {
    /// Notes what a look at this tenant's directory found. A feature that needs nothing of the application is not noted.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn note_directory_reading(
        self,
        proof: &impl InTeam,
        tenant: TenantId,
        feature: Feature,
        found: Permitted,
    ) -> Result<(), StoreError> {
        let Some((_, name)) = FEATURES.into_iter().find(|(known, _)| *known == feature) else {
            return Ok(());
        };
        let now = self.0.ids.now();
        let worked_at = (found == Permitted::Read).then_some(now);
        let refused_since = (found == Permitted::Refused).then_some(now);
        let note = "insert into directory_reading (team_id, tenant_id, feature, worked_at, refused_since)
                    values ($1, $2, $3, $4, $5)
                    on conflict (team_id, feature) do update
                    set tenant_id = excluded.tenant_id,
                        worked_at = case when directory_reading.tenant_id = excluded.tenant_id
                            then coalesce(excluded.worked_at, directory_reading.worked_at)
                            else excluded.worked_at end,
                        refused_since = case
                            when excluded.refused_since is null then null
                            when directory_reading.tenant_id = excluded.tenant_id
                            then coalesce(directory_reading.refused_since, excluded.refused_since)
                            else excluded.refused_since end";
        writing!(self, |pool| sqlx::query(note)
            .bind(proof.team())
            .bind(tenant)
            .bind(name)
            .bind(worked_at)
            .bind(refused_since)
            .execute(pool)
            .await
            .map(drop))?;
        Ok(())
    }
}
