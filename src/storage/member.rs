//! People of a team and who they are at Microsoft.

use sqlx::FromRow;

use super::{InTeam, SignedIn, Store, StoreError, Work, dialect::locked, on, read, row, work::Tx};
use crate::domain::{
    audit::{Action, Actor, Event},
    id::{MappingId, TeamId, UserId},
    member::{Member, Standing},
    role::HeldRole,
    tenant::IdentityKey,
    time::Timestamp,
};

/// A member to be made at a first sign-in.
#[derive(Clone, Copy, Debug)]
pub struct NewMember<'text> {
    /// Display name.
    pub name: &'text str,
    /// Email address, where Microsoft sent one.
    pub email: Option<&'text str>,
    /// Role and source.
    pub held: HeldRole,
    /// A guest of the team's tenant.
    pub guest: bool,
}

/// What a sign-in refreshes.
#[derive(Clone, Copy, Debug)]
pub struct SignInLabels<'text> {
    /// Display name.
    pub name: &'text str,
    /// Email address.
    pub email: Option<&'text str>,
    /// A guest of the team's tenant.
    pub guest: bool,
}

/// A member found by identity.
#[derive(Clone, Debug)]
pub struct IdentifiedMember {
    /// The member.
    pub member: Member,
    /// The `sub` of that identity at this application.
    pub subject: String,
}

/// What a sign-in read about somebody's groups; answers later why a role is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupFacts {
    /// When they were read.
    pub read_at: Timestamp,
    /// From where: `token`, `graph`, `graph_pages` or `graph_application`.
    pub from: &'static str,
    /// The team's mappings that matched.
    pub matched: Vec<MappingId>,
}

#[derive(Debug, FromRow)]
struct IdentifiedRow {
    user_id: UserId,
    team_id: TeamId,
    name: String,
    email: Option<String>,
    role: String,
    role_source: String,
    standing: String,
    guest: bool,
    last_sign_in: Option<Timestamp>,
    subject: String,
}

/// Role and source from their stored words.
pub(super) fn held(user: UserId, role: &str, source: &str) -> Result<HeldRole, StoreError> {
    Ok(HeldRole {
        role: row::word("member", "role", user, role.parse().ok())?,
        source: row::word("member", "role_source", user, source.parse().ok())?,
    })
}

impl IdentifiedRow {
    fn identified(self) -> Result<IdentifiedMember, StoreError> {
        let member = Member {
            held: held(self.user_id, &self.role, &self.role_source)?,
            standing: row::word(
                "member",
                "standing",
                self.user_id,
                Standing::parse(&self.standing),
            )?,
            user: self.user_id,
            team: self.team_id,
            name: self.name,
            email: self.email,
            guest: self.guest,
            last_sign_in: self.last_sign_in,
        };
        Ok(IdentifiedMember {
            member,
            subject: self.subject,
        })
    }
}

impl Store {
    /// The names of the team's owners.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn owner_names(&self, proof: &impl InTeam) -> Result<Vec<String>, StoreError> {
        let list = "select u.name
                    from member m
                    join user_account u on u.team_id = m.team_id and u.id = m.user_id
                    where m.team_id = $1 and m.role = 'owner'
                    order by u.name, u.id";
        let rows: Vec<(String,)> = read!(self, |pool| sqlx::query_as(list)
            .bind(proof.team())
            .fetch_all(pool)
            .await)?;
        Ok(rows.into_iter().map(|(name,)| name).collect())
    }
}

impl Store {
    /// When groups were last read of a member whose newest sign-in could not read them; `None` for anybody else.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn groups_kept_since(&self, person: &SignedIn) -> Result<Option<Timestamp>, StoreError> {
        let find = "select read_at
                    from member_groups
                    where team_id = $1 and user_id = $2 and unread_at is not null";
        let found: Option<(Timestamp,)> = read!(self, |pool| sqlx::query_as(find)
            .bind(person.team)
            .bind(person.user)
            .fetch_optional(pool)
            .await)?;
        Ok(found.map(|(read_at,)| read_at))
    }
}

impl Work {
    /// The team's member with this identity. Nobody else changes the member until the end of this work, so that a
    /// role that is set by hand meanwhile is not overwritten by a sign-in that did not see it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_member_by_identity(
        &mut self,
        key: IdentityKey,
    ) -> Result<Option<IdentifiedMember>, StoreError> {
        let team = self.team()?;
        let find = locked!(
            self.tx,
            "select m.user_id, m.team_id, u.name, u.email, m.role, m.role_source, m.standing, m.guest,
                 m.last_sign_in, i.subject
             from identity i
             join user_account u on u.team_id = i.team_id and u.id = i.user_id
             join member m on m.team_id = i.team_id and m.user_id = i.user_id
             where i.team_id = $1 and i.tid = $2 and i.oid = $3",
            "for update of m"
        );
        let found: Option<IdentifiedRow> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(find)
                .bind(team)
                .bind(key.tenant)
                .bind(key.object)
                .fetch_optional(&mut **tx)
                .await?
        });
        found.map(IdentifiedRow::identified).transpose()
    }

    /// Makes a member who is signing in for the first time.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn insert_member(&mut self, new: NewMember<'_>, at: Timestamp) -> Result<UserId, StoreError> {
        let team = self.team()?;
        let user: UserId = self.ids.next();
        let insert_user = "insert into user_account (id, team_id, name, email, created_at)
                           values ($2, $1, $3, $4, $5)";
        let insert_member = "insert into member (
                                 team_id, user_id, role, role_source, standing, guest, last_sign_in)
                             values ($1, $2, $3, $4, 'active', $5, $6)";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(insert_user)
                .bind(team)
                .bind(user)
                .bind(row::text(new.name))
                .bind(new.email.map(row::text))
                .bind(at)
                .execute(&mut **tx)
                .await?;
            sqlx::query(insert_member)
                .bind(team)
                .bind(user)
                .bind(new.held.role.name())
                .bind(new.held.source.to_string())
                .bind(new.guest)
                .bind(at)
                .execute(&mut **tx)
                .await?;
        });
        Ok(user)
    }

    /// Ties an identity to a user.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the identity belongs to a user already.
    pub async fn insert_identity(
        &mut self,
        user: UserId,
        key: IdentityKey,
        subject: &str,
    ) -> Result<(), StoreError> {
        self.release_identity(key).await?;
        let (team, now) = (self.team()?, self.ids.now());
        let insert = "insert into identity (tid, oid, team_id, user_id, subject, created_at)
                      values ($2, $3, $1, $4, $5, $6)";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(insert)
                .bind(team)
                .bind(key.tenant)
                .bind(key.object)
                .bind(user)
                .bind(row::text(subject))
                .bind(now)
                .execute(&mut **tx)
                .await?;
        });
        Ok(())
    }

    /// Unties an identity from a person of another team. A tenant belongs to one team; when it has moved here, its
    /// people come along, and the team that had it learns so from its own log.
    async fn release_identity(&mut self, key: IdentityKey) -> Result<(), StoreError> {
        let team = self.team()?;
        let release = "delete from identity
                       where team_id <> $1 and tid = $2 and oid = $3
                       returning team_id, user_id";
        let released: Option<(TeamId, UserId)> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(release)
                .bind(team)
                .bind(key.tenant)
                .bind(key.object)
                .fetch_optional(&mut **tx)
                .await?
        });
        if let Some((before, user)) = released {
            let event = Event::success(Actor::System, Action::MemberUnlinked)
                .on("member", user)
                .with("cause", "tenant_moved")
                .with("tid", key.tenant.to_string())
                .with("oid", key.object.to_string());
            self.append(Some(before), event).await?;
        }
        Ok(())
    }

    /// Refreshes what a sign-in tells: labels, role and time.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the member is gone.
    pub async fn update_member_at_sign_in(
        &mut self,
        user: UserId,
        labels: SignInLabels<'_>,
        held: HeldRole,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let team = self.team()?;
        let update_user = "update user_account
                           set name = $3, email = $4
                           where team_id = $1 and id = $2";
        let update_member = "update member
                             set role = $3, role_source = $4, guest = $5, last_sign_in = $6
                             where team_id = $1 and user_id = $2";
        let updated = on!(Tx, &mut self.tx, |tx| {
            sqlx::query(update_user)
                .bind(team)
                .bind(user)
                .bind(row::text(labels.name))
                .bind(labels.email.map(row::text))
                .execute(&mut **tx)
                .await?;
            sqlx::query(update_member)
                .bind(team)
                .bind(user)
                .bind(held.role.name())
                .bind(held.source.to_string())
                .bind(labels.guest)
                .bind(at)
                .execute(&mut **tx)
                .await?
                .rows_affected()
        });
        if updated == 1 {
            Ok(())
        } else {
            Err(StoreError::Missing)
        }
    }

    /// When the member's groups were last read, if ever.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_groups_read_at(&mut self, user: UserId) -> Result<Option<Timestamp>, StoreError> {
        let team = self.team()?;
        let find = "select read_at
                    from member_groups
                    where team_id = $1 and user_id = $2";
        let found: Option<(Timestamp,)> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(find)
                .bind(team)
                .bind(user)
                .fetch_optional(&mut **tx)
                .await?
        });
        Ok(found.map(|(read_at,)| read_at))
    }

    /// Remembers that this sign-in could not read the member's groups and left the role as it was.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when they have never been read.
    pub async fn record_groups_unread(&mut self, user: UserId, at: Timestamp) -> Result<(), StoreError> {
        let team = self.team()?;
        let note = "update member_groups
                    set unread_at = $3
                    where team_id = $1 and user_id = $2";
        let noted = on!(Tx, &mut self.tx, |tx| {
            sqlx::query(note)
                .bind(team)
                .bind(user)
                .bind(at)
                .execute(&mut **tx)
                .await?
                .rows_affected()
        });
        if noted == 1 {
            Ok(())
        } else {
            Err(StoreError::Missing)
        }
    }

    /// Remembers what this sign-in read about the member's groups, in place of what an earlier one read.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the user is no member of the team.
    pub async fn record_groups(&mut self, user: UserId, facts: &GroupFacts) -> Result<(), StoreError> {
        let team = self.team()?;
        let matched: Vec<_> = facts.matched.iter().map(MappingId::to_string).collect();
        let save = "insert into member_groups (team_id, user_id, read_at, read_from, matched)
                    values ($1, $2, $3, $4, $5)
                    on conflict (team_id, user_id) do update
                    set read_at = excluded.read_at,
                        read_from = excluded.read_from,
                        matched = excluded.matched,
                        unread_at = null";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(save)
                .bind(team)
                .bind(user)
                .bind(facts.read_at)
                .bind(facts.from)
                .bind(matched.join(","))
                .execute(&mut **tx)
                .await?;
        });
        Ok(())
    }
}
