//! What was last read about mapped groups at Microsoft: shown with its time, and never used to decide a role.

use sqlx::FromRow;

use super::MappingRow;
use crate::{
    domain::{
        id::MappingId,
        mapping::{GroupKind, Mapping},
        time::Timestamp,
    },
    storage::{
        InTeam, Store, StoreError, Upkeep, Work, dialect::locked, on, read, row, session::writing, work::Tx,
    },
};

/// A mapping and what is known of its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedGroup {
    /// The mapping.
    pub mapping: Mapping,
    /// Who changed it last, and when; the command line has no name.
    pub changed: (Option<String>, Timestamp),
    /// When Microsoft was last asked for the group, and whether it has it.
    pub checked: Option<(Timestamp, bool)>,
    /// What kind of group it is.
    pub kind: Option<GroupKind>,
    /// Its name before it was renamed at Microsoft.
    pub renamed_from: Option<String>,
    /// Its people, when they were last read.
    pub members: Option<MembersSeen>,
}

impl MappedGroup {
    /// Whether this is a group that Microsoft sends at no sign-in, by what it was when it was last looked at.
    pub fn is_never_sent(&self) -> bool {
        self.kind == Some(GroupKind::NotSecurity)
    }
}

/// The people of a group, as they were read once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MembersSeen {
    /// When.
    pub at: Timestamp,
    /// How many, nested groups included.
    pub people: u64,
    /// How many of them have an account in the team; `None` when not all could be looked at.
    pub signed_up: Option<u64>,
    /// Whether the mapping decides the role of any of them; `None` when that is unknown.
    pub decides: Option<bool>,
}

/// What a look at Microsoft found about a mapped group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupLook {
    /// The mapping.
    pub id: MappingId,
    /// Kind and name; `None` when Microsoft has no such group.
    pub group: Option<(GroupKind, Option<String>)>,
    /// Its people, where they could be read.
    pub members: Option<MembersSeen>,
}

#[derive(Debug, FromRow)]
struct MappedRow {
    #[sqlx(flatten)]
    mapping: MappingRow,
    changed_by_name: Option<String>,
    changed_at: Timestamp,
    checked_at: Option<Timestamp>,
    found: Option<bool>,
    group_kind: Option<String>,
    renamed_from: Option<String>,
    members_read_at: Option<Timestamp>,
    people: Option<i64>,
    signed_up: Option<i64>,
    decides: Option<bool>,
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl MappedRow {
    fn mapped(self) -> Result<MappedGroup, StoreError> {
        let id = self.mapping.id;
        let kind = self
            .group_kind
            .map(|name| row::word("group_mapping", "group_kind", id, GroupKind::parse(&name)));
        let members = self
            .members_read_at
            .zip(self.people)
            .map(|(at, people)| MembersSeen {
                at,
                people: count(people),
                signed_up: self.signed_up.map(count),
                decides: self.decides,
            });
        Ok(MappedGroup {
            kind: kind.transpose()?,
            mapping: self.mapping.mapping()?,
            changed: (self.changed_by_name, self.changed_at),
            checked: self.checked_at.zip(self.found),
            renamed_from: self.renamed_from,
            members,
        })
    }
}

impl Store {
    /// All mappings of the team with what is known of their groups, the highest priority first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn list_mapped_groups(&self, proof: &impl InTeam) -> Result<Vec<MappedGroup>, StoreError> {
        let list = "select id, group_id, group_name, role, priority, version, changed_by_name, changed_at, checked_at,
                        found, group_kind, renamed_from, members_read_at, people, signed_up, decides
                    from group_mapping
                    where team_id = $1
                    order by priority desc, id";
        let rows: Vec<MappedRow> = read!(self, |pool| sqlx::query_as(list)
            .bind(proof.team())
            .fetch_all(pool)
            .await)?;
        rows.into_iter().map(MappedRow::mapped).collect()
    }

    /// One mapping of the team with what is known of its group.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_mapped_group(
        &self,
        proof: &impl InTeam,
        id: MappingId,
    ) -> Result<Option<MappedGroup>, StoreError> {
        let find = "select id, group_id, group_name, role, priority, version, changed_by_name, changed_at, checked_at,
                        found, group_kind, renamed_from, members_read_at, people, signed_up, decides
                    from group_mapping
                    where team_id = $1 and id = $2";
        let found: Option<MappedRow> = read!(self, |pool| sqlx::query_as(find)
            .bind(proof.team())
            .bind(id)
            .fetch_optional(pool)
            .await)?;
        found.map(MappedRow::mapped).transpose()
    }
}

/// What a look found, in the order in which every statement takes it.
struct Found {
    there: bool,
    kind: Option<&'static str>,
    name: Option<String>,
    read_at: Option<Timestamp>,
    people: Option<i64>,
    signed_up: Option<i64>,
    decides: Option<bool>,
}

impl Found {
    fn of(look: &GroupLook) -> Self {
        let (kind, name) = look.group.clone().unzip();
        let members = look.members;
        Self {
            there: look.group.is_some(),
            kind: kind.map(GroupKind::name),
            name: name.flatten().map(|name| row::text(&name)),
            read_at: members.map(|members| members.at),
            people: members.map(|members| stored(members.people)),
            signed_up: members.and_then(|members| members.signed_up.map(stored)),
            decides: members.and_then(|members| members.decides),
        }
    }
}

/// Notes what a look found. A name that is another one than before is a renaming; what could not be read again stays.
const NOTE: &str = "update group_mapping
                    set checked_at = $3,
                        found = $4,
                        group_kind = coalesce($5, group_kind),
                        renamed_from = case
                            when $6 is null or group_name is null or group_name = $6 then renamed_from
                            when renamed_from = $6 then null
                            else coalesce(renamed_from, group_name)
                        end,
                        group_name = coalesce($6, group_name),
                        members_read_at = coalesce($7, members_read_at),
                        people = coalesce($8, people),
                        signed_up = case when $7 is null then signed_up else $9 end,
                        decides = case when $7 is null then decides else $10 end
                    where team_id = $1 and id = $2";

impl Upkeep<'_> {
    /// Notes what a look at Microsoft found about a mapped group, at that time. A mapping that is gone meanwhile stays gone.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn note_group(
        self,
        proof: &impl InTeam,
        at: Timestamp,
        look: &GroupLook,
    ) -> Result<(), StoreError> {
        let found = Found::of(look);
        writing!(self, |pool| sqlx::query(NOTE)
            .bind(proof.team())
            .bind(look.id)
            .bind(at)
            .bind(found.there)
            .bind(found.kind)
            .bind(found.name)
            .bind(found.read_at)
            .bind(found.people)
            .bind(found.signed_up)
            .bind(found.decides)
            .execute(pool)
            .await
            .map(drop))?;
        Ok(())
    }
}

impl Work {
    /// Lets a renamed group go by its new name alone. The name before; `None` when no renaming is noted.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn take_new_name(&mut self, id: MappingId) -> Result<Option<String>, StoreError> {
        let team = self.team()?;
        let find = locked!(
            self.tx,
            "select renamed_from from group_mapping where team_id = $1 and id = $2",
            "for update"
        );
        let take = "update group_mapping
                    set renamed_from = null
                    where team_id = $1 and id = $2";
        on!(Tx, &mut self.tx, |tx| {
            let found: Option<(Option<String>,)> = sqlx::query_as(find)
                .bind(team)
                .bind(id)
                .fetch_optional(&mut **tx)
                .await?;
            let (before,) = found.ok_or(StoreError::Missing)?;
            if before.is_some() {
                sqlx::query(take).bind(team).bind(id).execute(&mut **tx).await?;
            }
            Ok(before)
        })
    }

    /// Notes who changed a mapping, and what a look at Microsoft just found about its group.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn note_mapping(
        &mut self,
        id: MappingId,
        by: &str,
        look: Option<&GroupLook>,
    ) -> Result<(), StoreError> {
        let (team, now) = (self.team()?, self.ids.now());
        let sign = "update group_mapping
                    set changed_by_name = $3
                    where team_id = $1 and id = $2";
        let signed = on!(Tx, &mut self.tx, |tx| {
            if let Some(look) = look {
                let found = Found::of(look);
                sqlx::query(NOTE)
                    .bind(team)
                    .bind(id)
                    .bind(now)
                    .bind(found.there)
                    .bind(found.kind)
                    .bind(found.name)
                    .bind(found.read_at)
                    .bind(found.people)
                    .bind(found.signed_up)
                    .bind(found.decides)
                    .execute(&mut **tx)
                    .await?;
            }
            sqlx::query(sign)
                .bind(team)
                .bind(id)
                .bind(row::text(by))
                .execute(&mut **tx)
                .await?
                .rows_affected()
        });
        row::one(signed)
    }
}
