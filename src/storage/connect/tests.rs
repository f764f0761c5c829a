//! What can only be seen from inside: how every connection is set up.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf, sync::Arc};

use sqlx::{SqliteConnection, pool::PoolConnection};

use super::*;
use crate::domain::{
    id::Randomness,
    time::{FixedClock, Timestamp},
};

#[derive(Debug)]
struct Zeros;
impl Randomness for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

async fn open(path: &Path) -> Result<Store, StoreError> {
    let clock = FixedClock::at(Timestamp::from_micros(0));
    let address = format!("sqlite://{}", path.display());
    Store::connect(&address, Ids::new(Arc::new(clock), Arc::new(Zeros))).await
}

async fn pragma(connection: &mut SqliteConnection, statement: &'static str) -> String {
    let value: Result<(i64,), _> = sqlx::query_as(statement).fetch_one(&mut *connection).await;
    match value {
        Ok((number,)) => number.to_string(),
        Err(_) => sqlx::query_as(statement)
            .fetch_one(connection)
            .await
            .map(|(text,)| text)
            .expect("a pragma"),
    }
}

#[tokio::test]
async fn every_connection_is_durable_and_checks_its_keys() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("one.db")).await.expect("a database");
    let Pool::Sqlite(pools) = &store.pool else {
        panic!("SQLite was asked for")
    };
    let mut connections: Vec<PoolConnection<sqlx::Sqlite>> = Vec::new();
    connections.push(pools.write.acquire().await.expect("the writer"));
    for _ in 0..8 {
        connections.push(pools.read.acquire().await.expect("a reader"));
    }
    for (index, connection) in connections.iter_mut().enumerate() {
        assert_eq!(pragma(connection, "pragma journal_mode").await, "wal");
        assert_eq!(pragma(connection, "pragma synchronous").await, "2", "full");
        assert_eq!(pragma(connection, "pragma foreign_keys").await, "1");
        assert_eq!(pragma(connection, "pragma busy_timeout").await, "5000");
        assert_eq!(
            pragma(connection, "pragma query_only").await,
            if index == 0 { "0" } else { "1" }
        );
    }
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("one.db")).await.expect("a database");
    store.migrate().await.expect("a schema");
    let Pool::Sqlite(pools) = &store.pool else {
        panic!("SQLite was asked for")
    };
    let delete = "delete from burnt_attempt";
    sqlx::query(delete)
        .execute(&pools.read)
        .await
        .expect_err("readers only read");
    sqlx::query(delete)
        .execute(&pools.write)
        .await
        .expect("the writer writes");
}

#[tokio::test]
async fn the_file_and_its_folder_belong_to_one_user() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("deep/down/one.db");
    let store = open(&file).await.expect("a database");
    store.migrate().await.expect("a schema");
    let mode = |path: PathBuf| fs::metadata(path).expect("it was made").permissions().mode() & 0o777;
    assert_eq!(mode(folder.path().join("deep")), 0o700);
    assert_eq!(mode(folder.path().join("deep/down")), 0o700);
    assert_eq!(mode(file.clone()), 0o600);
    assert_eq!(mode(file.with_file_name("one.db-wal")), 0o600);
}

#[tokio::test]
async fn addresses_that_cannot_work_are_refused_with_a_reason() {
    let clock = FixedClock::at(Timestamp::from_micros(0));
    let ids = Ids::new(Arc::new(clock), Arc::new(Zeros));
    for address in [
        "",
        "data.db",
        "sqlite://",
        "sqlite://?mode=rwc",
        "sqlite://:memory:",
        "sqlite://data.db?mode=ro",
        "mysql://localhost/x",
        "postgres://user:secret-word@host:port/x",
        "sqlite:///dev/null/data.db",
    ] {
        let error = Store::connect(address, ids.clone()).await.expect_err(address);
        assert!(matches!(error, StoreError::Address(_)), "{address}: {error:?}");
        assert!(!error.to_string().contains("secret-word"), "{error}");
    }
}

#[test]
fn the_common_option_is_accepted() {
    assert_eq!(sqlite_path("/a/b.db?mode=rwc").ok(), Some(Path::new("/a/b.db")));
    assert_eq!(sqlite_path("a.db").ok(), Some(Path::new("a.db")));
}

#[test]
fn the_list_of_steps_is_the_folders() {
    for folder in ["sqlite", "postgres"] {
        let listed: Vec<_> = STEPS
            .iter()
            .map(|step| format!("{:04}_{}.sql", step.version, step.name))
            .collect();
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(folder);
        let mut found: Vec<_> = fs::read_dir(path)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
            .collect();
        found.sort();
        assert_eq!(found, listed, "{folder}");
    }
}
