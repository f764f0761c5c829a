//! Passwords, and how often in a row one was wrong.
//!
//! A wrong password is counted before it is looked at and by one statement that can win once, so that attempts on two
//! servers at one moment are not both looked at. What counts is bookkeeping; that it was refused is an event.

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::FromRow;

use super::{
    Claimant, Store, StoreError, Work, dialect::locked, on, read, row, session::Upkeep, session::writing,
    work::Tx,
};
use crate::domain::{
    id::{TeamId, UserId},
    member::Standing,
    password::Failures,
    time::Timestamp,
};

/// A stored password and whose it is.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Whose.
    pub claimant: Claimant,
    /// The hash, in the form of the PHC string format.
    pub password_hash: SecretString,
}

#[derive(FromRow)]
struct CredentialRow {
    user_id: UserId,
    team_id: TeamId,
    email: String,
    password_hash: String,
}

#[derive(FromRow)]
struct FailuresRow {
    failures: i64,
    blocked_until: Timestamp,
    forgotten_at: Timestamp,
}

/// Under what wrong passwords are counted: the hash of an address, or of a device that is known.
pub type FailureKey = [u8; 32];

/// How often an attempt is counted anew when another one came first and turned out right.
const TRIES: usize = 3;

impl Store {
    /// The password of the account with this address, in canonical form.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_credential(&self, email: &str) -> Result<Option<Credential>, StoreError> {
        let find = "select user_id, team_id, email, password_hash
                    from credential
                    where email = $1";
        let found: Option<CredentialRow> = read!(self, |pool| sqlx::query_as(find)
            .bind(row::text(email))
            .fetch_optional(pool)
            .await)?;
        Ok(found.map(|found| Credential {
            claimant: Claimant {
                team: found.team_id,
                user: found.user_id,
                email: Some(found.email),
            },
            password_hash: SecretString::from(found.password_hash),
        }))
    }
}

impl Work {
    /// Notes that a member signs in now, unless the member is suspended or gone: then nothing is noted, and the answer
    /// says which. Nobody else changes the member until the end of this work.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn admit_member(
        &mut self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Option<Standing>, StoreError> {
        let team = self.team()?;
        let find = locked!(
            self.tx,
            "select standing
             from member
             where team_id = $1 and user_id = $2",
            "for update"
        );
        let note = "update member
                    set last_sign_in = $3
                    where team_id = $1 and user_id = $2 and standing = 'active'";
        let standing: Option<(String,)> = on!(Tx, &mut self.tx, |tx| {
            let found = sqlx::query_as(find)
                .bind(team)
                .bind(user)
                .fetch_optional(&mut **tx)
                .await?;
            sqlx::query(note)
                .bind(team)
                .bind(user)
                .bind(now)
                .execute(&mut **tx)
                .await?;
            found
        });
        standing
            .map(|(standing,)| row::word("member", "standing", user, Standing::parse(&standing)))
            .transpose()
    }

    /// Whether the user's password is still the one with this hash. Nobody else changes it until the end of this work.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn is_current_password(
        &mut self,
        user: UserId,
        hash: &SecretString,
    ) -> Result<bool, StoreError> {
        let team = self.team()?;
        let find = locked!(
            self.tx,
            "select password_hash
             from credential
             where team_id = $1 and user_id = $2",
            "for update"
        );
        let found: Option<(String,)> = on!(Tx, &mut self.tx, |tx| {
            sqlx::query_as(find)
                .bind(team)
                .bind(user)
                .fetch_optional(&mut **tx)
                .await?
        });
        Ok(found.is_some_and(|(found,)| found == hash.expose_secret()))
    }

    /// Stores a stronger hash of the same password.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn strengthen_password(&mut self, user: UserId, hash: &SecretString) -> Result<(), StoreError> {
        let team = self.team()?;
        let save = "update credential
                    set password_hash = $3
                    where team_id = $1 and user_id = $2";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(save)
                .bind(team)
                .bind(user)
                .bind(hash.expose_secret())
                .execute(&mut **tx)
                .await?;
        });
        Ok(())
    }

    /// Forgets the wrong passwords that a right one ends.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_failures(&mut self, key: &FailureKey) -> Result<(), StoreError> {
        let forget = "delete from password_failure
                      where key = $1";
        on!(Tx, &mut self.tx, |tx| {
            sqlx::query(forget)
                .bind(key.as_slice())
                .execute(&mut **tx)
                .await?;
        });
        Ok(())
    }
}

impl Upkeep<'_> {
    /// Counts an attempt as a wrong password until it proves right. Of attempts at one moment one is counted and goes
    /// on; the inner error says until when all others wait.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn count_attempt(
        self,
        key: &FailureKey,
        now: Timestamp,
    ) -> Result<Result<(), Timestamp>, StoreError> {
        let find = "select failures, blocked_until, forgotten_at
                    from password_failure
                    where key = $1";
        let mut blocked_until = now;
        for _ in 0..TRIES {
            // From the database that writes, since a reader may not have seen the newest count yet.
            let found: Option<FailuresRow> = writing!(self, |pool| sqlx::query_as(find)
                .bind(key.as_slice())
                .fetch_optional(pool)
                .await?);
            let before = found.map(|found| Failures {
                count: u32::try_from(found.failures).unwrap_or(u32::MAX),
                blocked_until: found.blocked_until,
                forgotten_at: found.forgotten_at,
            });
            let after = match Failures::one_more(before, now) {
                Ok(after) => after,
                Err(until) => return Ok(Err(until)),
            };
            if self.replace_failures(key, before, after).await? {
                return Ok(Ok(()));
            }
            blocked_until = after.blocked_until;
        }
        Ok(Err(blocked_until))
    }

    /// Puts `after` in the place of exactly `before`. Whether it was there.
    async fn replace_failures(
        self,
        key: &FailureKey,
        before: Option<Failures>,
        after: Failures,
    ) -> Result<bool, StoreError> {
        let first = "insert into password_failure (key, failures, blocked_until, forgotten_at)
                     values ($1, $2, $3, $4)
                     on conflict (key) do nothing";
        let further = "update password_failure
                       set failures = $2, blocked_until = $3, forgotten_at = $4
                       where key = $1 and failures = $5 and blocked_until = $6";
        let replaced = writing!(self, |pool| {
            let statement = sqlx::query(if before.is_some() { further } else { first })
                .bind(key.as_slice())
                .bind(i64::from(after.count))
                .bind(after.blocked_until)
                .bind(after.forgotten_at);
            let statement = match before {
                Some(before) => statement.bind(i64::from(before.count)).bind(before.blocked_until),
                None => statement,
            };
            statement.execute(pool).await?.rows_affected()
        });
        Ok(replaced == 1)
    }

    /// Removes wrong passwords that are long past, and recovery links that were not used. How many rows.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn sweep_ways_in(self, now: Timestamp) -> Result<u64, StoreError> {
        let failures = "delete from password_failure
                        where forgotten_at <= $1";
        let links = "delete from recovery_link
                     where expires_at <= $1";
        Ok(writing!(self, |pool| {
            let forgotten = sqlx::query(failures)
                .bind(now)
                .execute(pool)
                .await?
                .rows_affected();
            forgotten + sqlx::query(links).bind(now).execute(pool).await?.rows_affected()
        }))
    }
}
