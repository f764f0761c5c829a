//! A fresh database for each test: a file for `SQLite`, or a database of its own on the server that
//! `TEST_POSTGRES_URL` names.

use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// A database that is gone after the test.
pub(crate) enum Database {
    /// A file.
    Sqlite(TempDir),
    /// A database on the server.
    Postgres {
        /// The server.
        server: String,
        /// The database's name.
        name: String,
    },
}

impl Database {
    /// An empty database of the kind that this run is about.
    pub(crate) async fn fresh() -> Self {
        match std::env::var_os("TEST_POSTGRES_URL") {
            None => Self::Sqlite(tempfile::tempdir().expect("a folder")),
            Some(server) => {
                let server = server.into_string().expect("text");
                let name = format!("test_{:016x}", unique());
                let mut connection = PgConnection::connect(&server)
                    .await
                    .expect("the test server answers");
                connection
                    .execute(statement(format!("create database {name}")))
                    .await
                    .expect("made");
                Self::Postgres { server, name }
            }
        }
    }

    /// Its address, as in `DATABASE_URL`.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite://{}", folder.path().join("sonicsaas.db").display()),
            Self::Postgres { server, name } => {
                let mut address = url::Url::parse(server).expect("an address");
                address.set_path(name);
                address.into()
            }
        }
    }

    /// Whether this run is about `PostgreSQL`.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }

    /// Runs a statement past the product, for states that no public way leads to yet.
    pub(crate) async fn execute(&self, statement: &'static str) {
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.address()).await.expect("opened");
                connection.execute(statement).await.expect("done");
            }
            Self::Postgres { .. } => {
                let mut connection = PgConnection::connect(&self.address()).await.expect("opened");
                connection.execute(statement).await.expect("done");
            }
        }
    }

    /// All texts that a question past the product finds.
    pub(crate) async fn texts(&self, question: &'static str) -> Vec<String> {
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&self.address()).await.expect("opened");
                sqlx::query_scalar(question).fetch_all(&mut connection).await
            }
            Self::Postgres { .. } => {
                let mut connection = PgConnection::connect(&self.address()).await.expect("opened");
                sqlx::query_scalar(question).fetch_all(&mut connection).await
            }
        }
        .expect("asked")
    }

    /// The first text that a question past the product finds.
    pub(crate) async fn text(&self, question: &'static str) -> Option<String> {
        self.texts(question).await.into_iter().next()
    }

    /// Removes it. A database that a failed test leaves behind goes with the throw-away server.
    pub(crate) async fn remove(self) {
        if let Self::Postgres { server, name } = self {
            let mut connection = PgConnection::connect(&server)
                .await
                .expect("the test server answers");
            connection
                .execute(statement(format!("drop database {name} with (force)")))
                .await
                .expect("dropped");
        }
    }
}

#[expect(clippy::disallowed_types, reason = "the names are made here, of digits")]
fn statement(text: String) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(text)
}

fn unique() -> u64 {
    let mut bytes = [0; 8];
    aws_lc_rs::rand::fill(&mut bytes).expect("random bytes");
    u64::from_be_bytes(bytes)
}
