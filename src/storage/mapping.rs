//! Group mappings of a team.

mod seen;

use std::collections::HashSet;

use sqlx::FromRow;
use uuid::Uuid;

pub use self::seen::{GroupLook, MappedGroup, MembersSeen};

use super::{InTeam, Store, StoreError, Work, dialect, dialect::locked, on, read, row, work::Tx};
use crate::domain::{
    id::MappingId,
    mapping::{Mapping, MappingDraft, Priority},
    role::MappableRole,
    tenant::ObjectId,
};

#[derive(Debug, FromRow)]
struct MappingRow {
    id: MappingId,
    group_id: ObjectId,
    group_name: Option<String>,
    role: String,
    priority: i64,
    version: i64,
}

impl MappingRow {
    fn mapping(self) -> Result<Mapping, StoreError> {
        let priority = u8::try_from(self.priority)
            .ok()
            .and_then(|number| Priority::try_from(number).ok());
        Ok(Mapping {
            role: row::word("group_mapping", "role", self.id, self.role.parse().ok())?,
            priority: row::word("group_mapping", "priority", self.id, priority)?,
            id: self.id,
            group: self.group_id,
            group_name: self.group_name,
            version: self.version,
        })
    }
}

impl Store {
    /// All mappings of the team, the highest priority first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_mappings(&self, proof: &impl InTeam) -> Result<Vec<Mapping>, StoreError> {
        let list = "select id, group_id, group_name, role, priority, version
                    from group_mapping
                    where team_id = $1
                    order by priority desc, id";
        let rows: Vec<MappingRow> = read!(self, |pool| sqlx::query_as(list)
            .bind(proof.team())
            .fetch_all(pool)
            .await)?;
        rows.into_iter().map(MappingRow::mapping).collect()
    }

    /// One mapping of the team.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_mapping(
        &self,
        proof: &impl InTeam,
        id: MappingId,
    ) -> Result<Option<Mapping>, StoreError> {
        let find = "select id, group_id, group_name, role, priority, version
                    from group_mapping
                    where team_id = $1 and id = $2";
        let found: Option<MappingRow> = read!(self, |pool| sqlx::query_as(find)
            .bind(proof.team())
            .bind(id)
            .fetch_optional(pool)
            .await)?;
        found.map(MappingRow::mapping).transpose()
    }
}

impl Work {
    /// The team's mappings of these groups, as this work sees them. Each group is looked up, so the time follows the
    /// number of groups and not that of mappings.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_mappings_of<S: std::hash::BuildHasher>(
        &mut self,
        groups: &HashSet<ObjectId, S>,
    ) -> Result<Vec<Mapping>, StoreError> {
        let team = self.team()?;
        let rows: Vec<MappingRow> = match &mut self.tx {
            Tx::Sqlite(tx) => {
                sqlx::query_as(dialect::MAPPINGS_OF_SQLITE)
                    .bind(team)
                    .bind(dialect::array_of_hex(groups.iter().copied()))
                    .fetch_all(&mut **tx)
                    .await?
            }
            Tx::Postgres(tx) => {
                let groups: Vec<Uuid> = groups.iter().copied().map(Uuid::from).collect();
                sqlx::query_as(dialect::MAPPINGS_OF_POSTGRES)
                    .bind(team)
                    .bind(groups)
                    .fetch_all(&mut **tx)
                    .await?
            }
        };
        rows.into_iter().map(MappingRow::mapping).collect()
    }

    /// The team's mappings of one priority, as this work sees them.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_mappings_with(&mut self, priority: Priority) -> Result<Vec<Mapping>, StoreError> {
        let team = self.team()?;
        let list = "select id, group_id, group_name, role, priority, version
                    from group_mapping
                    where team_id = $1 and priority = $2
                    order by id";
        let rows: Vec<MappingRow> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(list)
                .bind(team)
                .bind(i64::from(u8::from(priority)))
                .fetch_all(&mut **tx)
                .await?
        });
        rows.into_iter().map(MappingRow::mapping).collect()
    }

    /// Adds a mapping.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the group is mapped already.
    pub async fn insert_mapping(&mut self, draft: MappingDraft) -> Result<Mapping, StoreError> {
        let team = self.team()?;
        let id: MappingId = self.ids.next();
        let group_name = draft.group_name.map(|name| row::text(&name));
        let now = self.ids.now();
        let insert = "insert into group_mapping (id, team_id, group_id, group_name, role, priority, version, changed_at)
                      values ($2, $1, $3, $4, $5, $6, 1, $7)";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(insert)
                .bind(team)
                .bind(id)
                .bind(draft.group)
                .bind(&group_name)
                .bind(draft.role.role().name())
                .bind(i64::from(u8::from(draft.priority)))
                .bind(now)
                .execute(&mut **tx)
                .await?;
        });
        Ok(Mapping {
            id,
            group: draft.group,
            group_name,
            role: draft.role,
            priority: draft.priority,
            version: 1,
        })
    }

    /// One mapping of the team, which nobody else changes until the end of this work.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn hold_mapping(&mut self, id: MappingId) -> Result<Option<Mapping>, StoreError> {
        let team = self.team()?;
        let find = locked!(
            self.tx,
            "select id, group_id, group_name, role, priority, version
             from group_mapping
             where team_id = $1 and id = $2",
            "for update"
        );
        let found: Option<MappingRow> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(find)
                .bind(team)
                .bind(id)
                .fetch_optional(&mut **tx)
                .await?
        });
        found.map(MappingRow::mapping).transpose()
    }

    /// Gives a mapping another role and priority. What was noted of a renaming is read then.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn update_mapping(
        &mut self,
        id: MappingId,
        role: MappableRole,
        priority: Priority,
    ) -> Result<(), StoreError> {
        let (team, now) = (self.team()?, self.ids.now());
        let update = "update group_mapping
                      set role = $3, priority = $4, version = version + 1, changed_at = $5, renamed_from = null
                      where team_id = $1 and id = $2";
        let updated = on!(Tx, &mut self.tx, |tx| {
            sqlx::query(update)
                .bind(team)
                .bind(id)
                .bind(role.role().name())
                .bind(i64::from(u8::from(priority)))
                .bind(now)
                .execute(&mut **tx)
                .await?
                .rows_affected()
        });
        row::one(updated)
    }

    /// Removes a mapping. Whoever has a role from it keeps it until the next sign-in.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn delete_mapping(&mut self, id: MappingId) -> Result<(), StoreError> {
        let team = self.team()?;
        let delete = "delete from group_mapping
                      where team_id = $1 and id = $2";
        let deleted = on!(Tx, &mut self.tx, |tx| {
            sqlx::query(delete)
                .bind(team)
                .bind(id)
                .execute(&mut **tx)
                .await?
                .rows_affected()
        });
        row::one(deleted)
    }
}
