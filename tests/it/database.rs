//! A fresh database for each test: a file for `SQLite`, or a database of its own on the server that
//! `TEST_POSTGRES_URL` names.

use std::collections::BTreeMap;

use sqlx::{Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection};
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

    /// A connection of its own that counts rows.
    pub(crate) async fn watch(&self) -> Watch {
        let address = self.address();
        match self {
            Self::Sqlite(_) => Watch::Sqlite(Box::new(tokio::sync::Mutex::new(
                SqliteConnection::connect(&address).await.expect("opened"),
            ))),
            Self::Postgres { .. } => Watch::Postgres(Box::new(tokio::sync::Mutex::new(
                PgConnection::connect(&address).await.expect("opened"),
            ))),
        }
    }

    /// Holds what writes of registrations need, so that they wait until the answer is dropped. Reading goes on.
    pub(crate) async fn held(&self) -> Held {
        let address = self.address();
        match self {
            Self::Sqlite(_) => {
                let mut connection = SqliteConnection::connect(&address).await.expect("opened");
                connection.execute("begin immediate").await.expect("locked");
                Held::Sqlite(connection)
            }
            Self::Postgres { .. } => {
                let mut connection = PgConnection::connect(&address).await.expect("opened");
                connection
                    .execute("begin; lock table tenant_registration in exclusive mode")
                    .await
                    .expect("locked");
                Held::Postgres(connection)
            }
        }
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

/// A connection that holds a lock as long as it lives.
#[expect(dead_code, reason = "what it holds is let go when it is dropped")]
pub(crate) enum Held {
    /// Of a file.
    Sqlite(SqliteConnection),
    /// Of a database on the server.
    Postgres(PgConnection),
}

/// Counts rows past the product.
pub(crate) enum Watch {
    /// Of a file.
    Sqlite(Box<tokio::sync::Mutex<SqliteConnection>>),
    /// Of a database on the server.
    Postgres(Box<tokio::sync::Mutex<PgConnection>>),
}

/// The tables in which a refused sign-in must leave nothing.
const COUNTED: [&str; 5] = ["user_account", "member", "member_groups", "identity", "session"];
const COUNT: &str = "select (select count(*) from user_account), (select count(*) from member), \
     (select count(*) from member_groups), (select count(*) from identity), (select count(*) from session)";

impl Watch {
    /// How many rows each of these tables has.
    pub(crate) async fn rows(&self) -> BTreeMap<&'static str, i64> {
        let counts: Vec<i64> = match self {
            Self::Sqlite(connection) => {
                let row = connection.lock().await.fetch_one(COUNT).await.expect("counted");
                (0..COUNTED.len()).map(|index| row.get(index)).collect()
            }
            Self::Postgres(connection) => {
                let row = connection.lock().await.fetch_one(COUNT).await.expect("counted");
                (0..COUNTED.len()).map(|index| row.get(index)).collect()
            }
        };
        COUNTED.into_iter().zip(counts).collect()
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
