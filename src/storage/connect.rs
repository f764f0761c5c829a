//! Opening, migrating and closing the database.
//!
//! The migrations are part of the program, so a program never meets a schema that it does not know. They only go
//! forward.

use std::{io, path::Path, str::FromStr as _};

use sqlx::{
    SqlitePool,
    migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator},
    postgres::PgConnectOptions,
};

use super::{Pool, SqlitePools, Store, StoreError, dialect, read};
use crate::domain::id::Ids;

/// One step of the schema, for either database.
struct Step {
    version: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// Every step, in order.
const STEPS: [Step; 1] = [Step {
    version: 1,
    name: "initial",
    sqlite: include_str!("../../migrations/sqlite/0001_initial.sql"),
    postgres: include_str!("../../migrations/postgres/0001_initial.sql"),
}];

/// Takes the steps that this database has not taken yet.
async fn migrate<C: Migrate>(
    connection: &mut C,
    text: fn(&Step) -> &'static str,
) -> Result<(), MigrateError> {
    let migration = |step: &Step| {
        let sql = sqlx::SqlSafeStr::into_sql_str(text(step));
        Migration::new(step.version, step.name.into(), MigrationType::Simple, sql, false)
    };
    let migrator = Migrator::with_migrations(STEPS.iter().map(migration).collect());
    // `run` would do the same, but no future that holds it can move between threads.
    migrator.run_direct(None, connection, false).await
}

impl Store {
    /// Connects to `sqlite://path`, which is made when missing and readable by this user only, or `postgres://…`.
    ///
    /// # Errors
    /// [`StoreError::Address`] when it is neither, or the file cannot be made; [`StoreError::Database`] when the
    /// database does not answer.
    pub async fn connect(address: &str, ids: Ids) -> Result<Self, StoreError> {
        let pool = match address.split_once("://") {
            Some(("sqlite", path)) => Pool::Sqlite(sqlite(sqlite_path(path)?).await?),
            Some(("postgres" | "postgresql", _)) => {
                // The cause could repeat the password that stands in the address.
                let options = PgConnectOptions::from_str(address)
                    .map_err(|_| StoreError::Address("not a PostgreSQL address".to_owned()))?;
                let options = dialect::postgres(options);
                Pool::Postgres(dialect::postgres_pool().connect_with(options).await?)
            }
            _ => {
                return Err(StoreError::Address(
                    "neither sqlite:// nor postgres://".to_owned(),
                ));
            }
        };
        Ok(Self { pool, ids })
    }

    /// Brings the schema up to date. Servers that start together wait for each other.
    ///
    /// # Errors
    /// [`StoreError::Migration`] when a step fails, or when the database was made by another program or a newer one.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match &self.pool {
            Pool::Sqlite(pools) => {
                // sqlx locks only PostgreSQL; here the lock of the one writer is what others wait for.
                let mut tx = pools.write.begin_with(dialect::BEGIN_SQLITE).await?;
                migrate(&mut *tx, |step| step.sqlite).await?;
                tx.commit().await?;
            }
            Pool::Postgres(pool) => {
                let mut connection = pool.acquire().await?;
                connection.close_on_drop();
                dialect::ready_for_migration(&mut connection).await?;
                migrate(&mut *connection, |step| step.postgres).await?;
            }
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
                // The writer last: whoever closes last folds the log into the file.
                pools.read.close().await;
                pools.write.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }

    /// How busy the connections are, by pool.
    pub fn pools(&self) -> Vec<PoolUse> {
        fn look<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> PoolUse {
            PoolUse {
                name,
                open: pool.size(),
                idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
                limit: pool.options().get_max_connections(),
            }
        }
        match &self.pool {
            Pool::Sqlite(pools) => vec![look("read", &pools.read), look("write", &pools.write)],
            Pool::Postgres(pool) => vec![look("all", pool)],
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

/// How busy the connections of one pool are, at one moment.
#[derive(Clone, Copy, Debug)]
pub struct PoolUse {
    /// `read` and `write` for `SQLite`, `all` for `PostgreSQL`.
    pub name: &'static str,
    /// Connections that exist.
    pub open: u32,
    /// Of them, those that wait for work.
    pub idle: u32,
    /// The most there may be.
    pub limit: u32,
}

/// The file that an address names. The one option that many write after it, `mode=rwc`, is what happens anyway.
fn sqlite_path(rest: &str) -> Result<&Path, StoreError> {
    let (path, option) = rest.split_once('?').unwrap_or((rest, ""));
    if path.is_empty() || path.contains(":memory:") {
        return Err(StoreError::Address(
            "sqlite:// must be followed by a file".to_owned(),
        ));
    }
    if !matches!(option, "" | "mode=rwc") {
        return Err(StoreError::Address(format!("unknown option {option}")));
    }
    Ok(Path::new(path))
}

/// One writer and several readers on one file.
async fn sqlite(path: &Path) -> Result<SqlitePools, StoreError> {
    make_private(path)?;
    // The writer first: it makes the file a database that readers can open.
    let write = sqlite_writer(path).await?;
    let read = dialect::sqlite_read_pool()
        .connect_with(dialect::sqlite_reader(path))
        .await?;
    Ok(SqlitePools { read, write })
}

/// The writer. A new file gets its write-ahead log here, which takes the file for oneself. For that alone `SQLite`
/// does not wait when another process is at the same point, but gives up at once; so we wait.
async fn sqlite_writer(path: &Path) -> Result<SqlitePool, sqlx::Error> {
    let mut tries = 1;
    loop {
        let opened = dialect::sqlite_write_pool()
            .connect_with(dialect::sqlite_writer(path))
            .await;
        match opened {
            Err(sqlx::Error::Database(cause))
                if tries < dialect::OPENING_TRIES && dialect::is_sqlite_busy(&*cause) =>
            {
                tries += 1;
                tokio::time::sleep(dialect::OPENING_PAUSE).await;
            }
            ended => return ended,
        }
    }
}

/// Makes the folder and the empty file, readable by this user only; `SQLite` gives its log beside it the same rights.
fn make_private(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    let failed = |cause: io::Error| StoreError::Address(format!("{}: {cause}", path.display()));
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
    let made = std::fs::OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path);
    match made {
        Ok(file) => {
            // Closing any handle of a file ends every lock that this process holds on it
            // (<https://sqlite.org/howtocorrupt.html>, section 2.2), and another part of it may have opened it by now.
            std::mem::forget(file);
            Ok(())
        }
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(cause) => Err(failed(cause)),
    }
}

#[cfg(test)]
mod tests;
