//! Sessions, and the attempts to sign in that were used up.

use std::time::Duration;

use sqlx::FromRow;

use super::{SignedIn, Store, StoreError, Work, member, on, read, row, work::Tx};
use crate::domain::{
    id::{AttemptId, SessionId, TeamId, UserId},
    member::Standing,
    session::SessionLimits,
    tenant::{IdentityKey, TenantId},
    time::Timestamp,
};

/// Who is behind a session token.
#[derive(Clone, Debug)]
pub enum Authentication {
    /// A live session of an active member.
    SignedIn(SignedIn),
    /// No such session, or it ended.
    Ended,
    /// The member is suspended.
    Suspended,
    /// The session's user is no longer in the team.
    NotAMember {
        /// The team's name.
        team_name: String,
    },
}

/// A session to be made.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Whose.
    pub user: UserId,
    /// SHA-256 of the token; the token itself is not stored.
    pub token_hash: [u8; 32],
    /// `sso`, `password` or `recovery`.
    pub method: &'static str,
    /// Which Microsoft identity signed in.
    pub identity: Option<IdentityKey>,
    /// Microsoft's name for its own session, for sign-out from there.
    pub microsoft_sid: Option<String>,
    /// When it began.
    pub began: Timestamp,
}

#[derive(Debug, FromRow)]
struct SessionRow {
    id: SessionId,
    user_id: UserId,
    team_id: TeamId,
    method: String,
    tid: Option<TenantId>,
    began_at: Timestamp,
    touched_at: Timestamp,
    team_name: String,
    name: String,
    email: Option<String>,
    role: Option<String>,
    role_source: Option<String>,
    standing: Option<String>,
    guest: Option<bool>,
    last_sign_in: Option<Timestamp>,
}

impl Store {
    /// Who is behind the token with this hash, now. Absence of the row means that there is no session.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn authenticate(
        &self,
        token_hash: &[u8; 32],
        limits: SessionLimits,
        now: Timestamp,
    ) -> Result<Authentication, StoreError> {
        let find = "select s.id, s.user_id, s.team_id, s.method, s.tid, s.began_at, s.touched_at,
                        t.name as team_name, u.name, u.email,
                        m.role, m.role_source, m.standing, m.guest, m.last_sign_in
                    from session s
                    join team t on t.id = s.team_id
                    join user_account u on u.team_id = s.team_id and u.id = s.user_id
                    left join member m on m.team_id = s.team_id and m.user_id = s.user_id
                    where s.token_hash = $1";
        let found: Option<SessionRow> = read!(self, |pool| sqlx::query_as(find)
            .bind(token_hash.as_slice())
            .fetch_optional(pool)
            .await)?;
        match found {
            Some(session) if limits.is_live(session.began_at, session.touched_at, now) => {
                session.authentication()
            }
            _ => Ok(Authentication::Ended),
        }
    }

    /// Bookkeeping that is no event.
    pub fn upkeep(&self) -> Upkeep<'_> {
        Upkeep(self)
    }
}

impl SessionRow {
    fn authentication(self) -> Result<Authentication, StoreError> {
        let (Some(role), Some(source), Some(standing)) = (&self.role, &self.role_source, &self.standing)
        else {
            return Ok(Authentication::NotAMember {
                team_name: self.team_name,
            });
        };
        if row::word("member", "standing", self.user_id, Standing::parse(standing))? == Standing::Suspended {
            return Ok(Authentication::Suspended);
        }
        Ok(Authentication::SignedIn(SignedIn {
            held: member::held(self.user_id, role, source)?,
            team: self.team_id,
            team_name: self.team_name,
            user: self.user_id,
            name: self.name,
            email: self.email,
            guest: self.guest.unwrap_or(false),
            last_sign_in: self.last_sign_in,
            session: self.id,
            method: self.method,
            tenant: self.tid,
            began: self.began_at,
            touched: self.touched_at,
        }))
    }
}

impl Work {
    /// Makes a session.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn insert_session(&mut self, new: NewSession) -> Result<SessionId, StoreError> {
        let team = self.team()?;
        let id: SessionId = self.ids.next();
        let insert = "insert into session (
                          id, team_id, user_id, token_hash, method, tid, oid, microsoft_sid, began_at, touched_at)
                      values ($2, $1, $3, $4, $5, $6, $7, $8, $9, $9)";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(insert)
                .bind(team)
                .bind(id)
                .bind(new.user)
                .bind(new.token_hash.as_slice())
                .bind(new.method)
                .bind(new.identity.map(|key| key.tenant))
                .bind(new.identity.map(|key| key.object))
                .bind(new.microsoft_sid.as_deref().map(row::text))
                .bind(new.began)
                .execute(&mut **tx)
                .await?;
        });
        Ok(id)
    }

    /// Ends a session of the team. Whether it was there.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end_session(&mut self, id: SessionId) -> Result<bool, StoreError> {
        let team = self.team()?;
        let end = "delete from session
                   where team_id = $1 and id = $2";
        let ended = on!(Tx, &mut self.tx, |tx| {
            sqlx::query(end)
                .bind(team)
                .bind(id)
                .execute(&mut **tx)
                .await?
                .rows_affected()
        });
        Ok(ended == 1)
    }

    /// Ends every session of the team that began with Microsoft in this tenant. How many there were.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end_sessions_of_tenant(&mut self, tenant: TenantId) -> Result<u64, StoreError> {
        let team = self.team()?;
        let end = "delete from session
                   where team_id = $1 and tid = $2";
        Ok(on!(Tx, &mut self.tx, |tx| {
            sqlx::query(end)
                .bind(team)
                .bind(tenant)
                .execute(&mut **tx)
                .await?
                .rows_affected()
        }))
    }
}

/// How far the clocks of servers may be apart before a used attempt could be used again.
const SPARE: Duration = Duration::from_hours(1);

/// Bookkeeping that is no event: noting that a session was used, that an attempt was used up, and sweeping.
#[derive(Clone, Copy, Debug)]
pub struct Upkeep<'store>(pub(super) &'store Store);

/// Runs a writing body that is a transaction by itself, against the pool that writes.
macro_rules! writing {
    ($upkeep:expr, |$db:ident| $body:expr) => {
        match &$upkeep.0.pool {
            $crate::storage::Pool::Sqlite(pools) => {
                let $db = &pools.write;
                $body
            }
            $crate::storage::Pool::Postgres($db) => $body,
        }
    };
}
pub(super) use writing;

impl Upkeep<'_> {
    /// Uses an attempt up. `true` for exactly one caller, however many try at once.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn burn_attempt(self, attempt: AttemptId, expires: Timestamp) -> Result<bool, StoreError> {
        let burn = "insert into burnt_attempt (id, expires_at)
                    values ($1, $2)
                    on conflict (id) do nothing";
        let burnt = writing!(self, |pool| sqlx::query(burn)
            .bind(attempt)
            .bind(expires)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(burnt == 1)
    }

    /// Notes that a session is in use. Time never runs backwards here, so two servers may note in any order.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn touch_session(self, person: &SignedIn, now: Timestamp) -> Result<(), StoreError> {
        let touch = "update session
                     set touched_at = $3
                     where team_id = $1 and id = $2 and touched_at < $3";
        writing!(self, |pool| {
            sqlx::query(touch)
                .bind(person.team)
                .bind(person.session)
                .bind(now)
                .execute(pool)
                .await?;
        });
        Ok(())
    }

    /// Removes what has expired: sessions, and the memory of used attempts. How many rows. Attempts are remembered
    /// longer than needed, since another server's clock may be behind and take one for usable still.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn sweep(self, now: Timestamp, limits: SessionLimits) -> Result<u64, StoreError> {
        let sessions = "delete from session
                        where touched_at <= $1 or began_at <= $2";
        let attempts = "delete from burnt_attempt
                        where expires_at < $1";
        let (idle, absolute) = (now.minus(limits.idle), now.minus(limits.absolute));
        Ok(writing!(self, |pool| {
            let ended = sqlx::query(sessions)
                .bind(idle)
                .bind(absolute)
                .execute(pool)
                .await?
                .rows_affected();
            ended
                + sqlx::query(attempts)
                    .bind(now.minus(SPARE))
                    .execute(pool)
                    .await?
                    .rows_affected()
        }))
    }
}
