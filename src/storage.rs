//! The database: `SQLite` inside the process, or `PostgreSQL` when it must grow.
//!
//! Reads are functions of [`Store`], writes are functions of [`Work`]; both take the team from a proof
//! ([`InTeam`]), so no statement on team data can forget whose data it is. The only way to commit is to hand over an
//! audit event.

mod account;
mod audit;
mod connect;
mod connection_test;
mod credential;
mod dialect;
mod directory_reading;
mod group_member;
mod invitation;
mod kept_form;
mod kept_role;
mod mapping;
mod member;
mod proof;
mod recovery;
mod row;
mod session;
mod team;
mod tenant;
mod work;

use sqlx::{PgPool, SqlitePool};

pub use self::{
    account::AccountOfTenant,
    audit::ChainReport,
    connect::PoolUse,
    connection_test::KeptTest,
    credential::{Credential, FailureKey},
    directory_reading::DirectoryReading,
    group_member::{AccountOfMember, KnownPeople, OpenInvitation},
    invitation::{ClaimedRow, Counts, Job, JobRow, NewInvitation, NewJob, Paused, Shown, Stopped},
    kept_role::KeptRole,
    mapping::{GroupLook, MappedGroup, MembersSeen},
    member::{GroupFacts, IdentifiedMember, NewMember, SignInLabels},
    proof::{
        Administrator, AuditReader, Claimant, ClaimedJob, Expiring, HostOperator, InTeam, Invited,
        OperatorInTeam, Owner, ProvenTenant, Refused, SignedIn, SigningIn, SigningOut,
    },
    recovery::{Account, RecoveryLink},
    session::{Authentication, NewSession, Upkeep},
    team::{NewTeam, TeamRow},
    tenant::{Displaced, PeopleOfTenant, RegistrationDraft, RegistrationNotes, Setup},
    work::Work,
};
use crate::domain::id::Ids;

/// Runs one body against whichever database it is. The SQL must be valid on both.
macro_rules! on {
    ($kind:ident, $value:expr, |$db:ident| $body:expr) => {
        match $value {
            $kind::Sqlite($db) => $body,
            $kind::Postgres($db) => $body,
        }
    };
}
pub(crate) use on;

/// The database, and where identifiers and times come from. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: Pool,
    ids: Ids,
}

/// Pools to read from.
#[derive(Clone, Debug)]
enum Pool {
    Sqlite(SqlitePools),
    Postgres(PgPool),
}

/// `SQLite` has one writer; readers see the last committed state meanwhile.
#[derive(Clone, Debug)]
struct SqlitePools {
    read: SqlitePool,
    write: SqlitePool,
}

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database itself.
    #[error("database: {0}")]
    Database(sqlx::Error),
    /// The row is not there, or not this team's: the two look the same.
    #[error("there is no such row")]
    Missing,
    /// Something unique exists already.
    #[error("it exists already")]
    Conflict,
    /// A row holds what no version of ours has written.
    #[error("row {row} of {table} holds an unknown {column}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row.
        row: String,
    },
    /// The schema could not be brought up to date.
    #[error("the database cannot be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The address is none of ours.
    #[error("the database's address cannot be used: {0}")]
    Address(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(cause) if cause.is_unique_violation() => Self::Conflict,
            // What it should belong to is not there, or another team's: the keys hold the team.
            sqlx::Error::Database(cause) if cause.is_foreign_key_violation() => Self::Missing,
            _ => Self::Database(error),
        }
    }
}

impl StoreError {
    /// Whether the database had no time for us or could not be reached: the person may try again.
    pub fn is_busy(&self) -> bool {
        /// `SQLITE_BUSY` and `SQLITE_LOCKED` with their finer forms (<https://sqlite.org/rescode.html>), then lock and
        /// statement timeout, too many connections, and going down or not up yet
        /// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
        const CODES: [&str; 11] = [
            "5", "261", "517", "773", "6", "55P03", "57014", "53300", "57P01", "57P02", "57P03",
        ];
        match self {
            Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_)) => true,
            Self::Database(sqlx::Error::Database(cause)) => {
                cause.code().is_some_and(|code| CODES.contains(&code.as_ref()))
            }
            _ => false,
        }
    }

    /// Whether the very same transaction may succeed when it is tried again: `PostgreSQL`'s serialization failure
    /// and deadlock.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(cause)) => {
                matches!(cause.code().as_deref(), Some("40001" | "40P01"))
            }
            _ => false,
        }
    }
}

impl Store {
    /// Now.
    fn now(&self) -> crate::domain::time::Timestamp {
        self.ids.now()
    }
}

/// Runs a reading body against the pool that reads.
macro_rules! read {
    ($store:expr, |$db:ident| $body:expr) => {
        match &$store.pool {
            $crate::storage::Pool::Sqlite(pools) => {
                let $db = &pools.read;
                $body
            }
            $crate::storage::Pool::Postgres($db) => $body,
        }
    };
}
pub(crate) use read;
