//! Opening, migrating and closing the database.

use std::{path::Path, str::FromStr as _, time::Duration};

use sqlx::{
    migrate::{Migration, MigrationType, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{Pool, SqlitePools, Store, StoreError, read};
use crate::domain::id::Ids;

/// Nobody waits longer for a connection; then the answer is "busy".
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(5);
/// Readers of `SQLite`, and connections to `PostgreSQL`.
const CONNECTIONS: u32 = 8;

/// Every migration: number, name, and its text for either database.
pub(super) const MIGRATIONS: [(i64, &str, &str, &str); 1] = [(
    1,
    "initial",
    include_str!("../../migrations/sqlite/0001_initial.sql"),
    include_str!("../../migrations/postgres/0001_initial.sql"),
)];

impl Store {
    /// Connects to `sqlite://path`, which is made when missing and readable by this user only, or `postgres://…`.
    ///
    /// # Errors
    /// [`StoreError::Address`] or [`StoreError::Database`].
    pub async fn connect(address: &str, ids: Ids) -> Result<Self, StoreError> {
        let pool = match address.split_once("://") {
            Some(("sqlite", path)) if !path.is_empty() && !path.contains(":memory:") => {
                Pool::Sqlite(sqlite(Path::new(path)).await?)
            }
            Some(("postgres" | "postgresql", _)) => {
                let options = PgConnectOptions::from_str(address)
                    .map_err(|_| StoreError::Address("not a PostgreSQL address".to_owned()))?
                    .application_name("sonicsaas");
                let pool = PgPoolOptions::new()
                    .max_connections(CONNECTIONS)
                    .acquire_timeout(WAIT_FOR_CONNECTION)
                    .connect_with(options)
                    .await?;
                Pool::Postgres(pool)
            }
            _ => {
                return Err(StoreError::Address(
                    "it must be sqlite://<file> or postgres://…".to_owned(),
                ));
            }
        };
        Ok(Self { pool, ids })
    }

    /// Brings the schema up to date. Servers that start together wait for each other.
    ///
    /// # Errors
    /// [`StoreError::Migration`].
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let of = |text: fn(&(i64, &str, &'static str, &'static str)) -> &'static str| {
            MIGRATIONS
                .iter()
                .map(|entry| {
                    let sql = sqlx::SqlSafeStr::into_sql_str(text(entry));
                    Migration::new(entry.0, entry.1.into(), MigrationType::Simple, sql, false)
                })
                .collect()
        };
        match &self.pool {
            Pool::Sqlite(pools) => {
                Migrator::with_migrations(of(|entry| entry.2))
                    .run(&pools.write)
                    .await?
            }
            Pool::Postgres(pool) => Migrator::with_migrations(of(|entry| entry.3)).run(pool).await?,
        }
        Ok(())
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Database`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        read!(self, |pool| sqlx::query("select 1").execute(pool).await.map(drop))?;
        Ok(())
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite(pools) => {
                pools.read.close().await;
                pools.write.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    /// `SQLite` or `PostgreSQL`.
    pub fn engine_name(&self) -> &'static str {
        match self.pool {
            Pool::Sqlite(_) => "SQLite",
            Pool::Postgres(_) => "PostgreSQL",
        }
    }
}

/// One writer and several readers on one file, durable across a power cut.
async fn sqlite(path: &Path) -> Result<SqlitePools, StoreError> {
    make_private(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(WAIT_FOR_CONNECTION);
    let pool = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(WAIT_FOR_CONNECTION)
    };
    let write = pool(1).connect_with(options.clone()).await?;
    let read = pool(CONNECTIONS)
        .connect_with(options.create_if_missing(false))
        .await?;
    Ok(SqlitePools { read, write })
}

/// Makes the folder and the empty file, readable by this user only.
fn make_private(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    let failed = |cause: std::io::Error| StoreError::Address(format!("{}: {cause}", path.display()));
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty() && !folder.exists())
    {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(failed)?;
    }
    let opened = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path);
    opened.map(drop).map_err(failed)
}
