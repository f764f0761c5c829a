//! Opening, migrating, and what happens when the database cannot answer.

use sonicsaas::{
    domain::{
        id::{AttemptId, Ids},
        time::FixedClock,
    },
    storage::{Store, StoreError},
};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use std::sync::Arc;
use uuid::Uuid;

use super::{Counting, World, start};
use crate::database::Database;

fn ids() -> Ids {
    Ids::new(Arc::new(FixedClock::at(start())), Arc::new(Counting::default()))
}

#[tokio::test]
async fn the_store_names_its_database_and_answers() {
    let world = World::new().await;
    let expected = if world.database.is_postgres() {
        "PostgreSQL"
    } else {
        "SQLite"
    };
    assert_eq!(world.store.engine_name(), expected);
    world.store.ping().await.expect("it answers");
    world.store.close().await;
    let closed = world.store.ping().await.expect_err("it is closed");
    assert!(closed.is_busy(), "{closed:?}");
    world.close().await;
}

#[tokio::test]
async fn what_was_committed_is_there_after_a_restart() {
    let world = World::new().await;
    let (_, owner) = world.team("Ours").await;
    world.store.close().await;
    let again = Store::connect(&world.database.address(), ids())
        .await
        .expect("it opens again");
    again.migrate().await.expect("nothing to do");
    let teams = again.list_teams(&world.operator).await.expect("read");
    assert_eq!((teams.len(), teams[0].members), (1, 1));
    let reports = again.verify_chains(&world.operator).await.expect("read");
    assert_eq!((reports.len(), reports[0].broken_at), (1, None));
    assert_ne!(owner.to_string(), "");
    again.close().await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_start_together_migrate_once() {
    let database = Database::fresh().await;
    let (ids, address) = (ids(), database.address());
    let mut servers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        servers.spawn({
            let (address, ids) = (address.clone(), ids.clone());
            async move {
                let store = Store::connect(&address, ids).await.expect("it opens");
                store.migrate().await.expect("migrated");
                store.ping().await.expect("it answers");
                store.close().await;
            }
        });
    }
    servers.join_all().await;
    database.remove().await;
}

#[tokio::test]
async fn an_older_program_keeps_its_hands_off_a_newer_database() {
    let world = World::new().await;
    world.store.migrate().await.expect("nothing to do");
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 select 9999, 'from the future', success, checksum, execution_time from _sqlx_migrations";
    assert_eq!(world.raw(newer).await, 1);
    let refused = world.store.migrate().await;
    assert!(matches!(refused, Err(StoreError::Migration(_))), "{refused:?}");
    world.close().await;
}

#[tokio::test]
async fn a_database_that_is_not_there_is_no_surprise() {
    let refused = Store::connect("postgres://nobody@127.0.0.1:1/nothing", ids())
        .await
        .expect_err("nobody listens");
    assert!(refused.is_busy(), "{refused:?}");
}

/// Somebody else holds the lock and does not let go. The answer comes within the bound, and it is "busy".
#[tokio::test]
async fn a_held_lock_ends_the_wait_and_not_the_server() {
    let world = World::new().await;
    let attempt = AttemptId::from(Uuid::from_u128(1));
    let address = world.database.address();
    let refused = if world.database.is_postgres() {
        let mut holder = PgConnection::connect(&address).await.expect("it answers");
        let mut held = holder.begin().await.expect("begun");
        sqlx::query("lock table burnt_attempt")
            .execute(&mut *held)
            .await
            .expect("locked");
        world.store.upkeep().burn_attempt(attempt, start()).await
    } else {
        let mut holder = SqliteConnection::connect(&address).await.expect("it opens");
        let held = holder.begin_with("begin immediate").await.expect("locked");
        let refused = world.store.upkeep().burn_attempt(attempt, start()).await;
        drop(held);
        refused
    };
    let error = refused.expect_err("the lock is held");
    assert!(error.is_busy() && !error.is_retryable(), "{error:?}");
    assert!(
        world
            .store
            .upkeep()
            .burn_attempt(attempt, start())
            .await
            .expect("the lock is free")
    );
    world.close().await;
}
