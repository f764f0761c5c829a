//! Where the two databases truly differ. Everything else is one text for both.

use std::time::Duration;

use sqlx::{
    error::DatabaseError,
    postgres::{PgConnectOptions, PgConnection, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use uuid::Uuid;

/// Nobody waits longer for a connection or for a lock; then the answer is "busy".
const WAIT: Duration = Duration::from_secs(5);
/// Readers of `SQLite`, and connections to `PostgreSQL`.
const CONNECTIONS: u32 = 8;

/// The text of a reading statement whose rows nobody else changes until the end of the transaction. `SQLite` has no
/// clause for it and needs none: a unit of work holds the lock of its one writer from the beginning.
macro_rules! locked {
    ($tx:expr, $select:literal, $lock:literal) => {
        match $tx {
            $crate::storage::work::Tx::Sqlite(_) => $select,
            $crate::storage::work::Tx::Postgres(_) => concat!($select, " ", $lock),
        }
    };
}
pub(super) use locked;

/// The team's mappings of a list of groups: `SQLite` knows no arrays, but JSON, in which an id is text.
pub(super) const MAPPINGS_OF_SQLITE: &str = "
    select id, group_id, group_name, role, priority, version
    from group_mapping
    where team_id = $1 and group_id in (select unhex(value) from json_each($2))";
/// The same by an array.
pub(super) const MAPPINGS_OF_POSTGRES: &str = "
    select id, group_id, group_name, role, priority, version
    from group_mapping
    where team_id = $1 and group_id = any($2)";

/// Which of these people are members of the team, and which have an open invitation.
pub(super) const MEMBERS_AMONG_SQLITE: &str = "
    select oid
    from identity
    where team_id = $1 and tid = $2 and oid in (select unhex(value) from json_each($3))";
/// The same by an array.
pub(super) const MEMBERS_AMONG_POSTGRES: &str = "
    select oid
    from identity
    where team_id = $1 and tid = $2 and oid = any($3)";
/// See [`MEMBERS_AMONG_SQLITE`].
pub(super) const INVITED_AMONG_SQLITE: &str = "
    select oid
    from invitation
    where team_id = $1 and tid = $2 and state = 'pending' and expires_at > $4
        and oid in (select unhex(value) from json_each($3))";
/// The same by an array.
pub(super) const INVITED_AMONG_POSTGRES: &str = "
    select oid
    from invitation
    where team_id = $1 and tid = $2 and state = 'pending' and expires_at > $4
        and oid = any($3)";

/// Takes up rows of a job that are due, the longest waiting first. Servers that ask at once get different ones: `SQLite`
/// has one writer, `PostgreSQL` passes by what another one is just taking.
pub(super) const CLAIM_SQLITE: &str = "
    update invitation_row
    set outcome = 'sending', lease = $3, held_until = $4
    where team_id = $1 and job_id = $2 and place in (
        select place
        from invitation_row
        where job_id = $2 and outcome in ('waiting', 'sending') and held_until <= $5
        order by held_until, place
        limit $6)
    returning place, oid, name, email, invitation_id, attempts";
/// See [`CLAIM_SQLITE`].
pub(super) const CLAIM_POSTGRES: &str = "
    update invitation_row
    set outcome = 'sending', lease = $3, held_until = $4
    where team_id = $1 and job_id = $2 and place = any (array (
        select place
        from invitation_row
        where job_id = $2 and outcome in ('waiting', 'sending') and held_until <= $5
        order by held_until, place
        limit $6
        for update skip locked))
    returning place, oid, name, email, invitation_id, attempts";

/// The accounts of these people of a tenant.
pub(super) const ACCOUNTS_AMONG_SQLITE: &str = "
    select i.oid, i.user_id, m.role, m.role_source, m.last_sign_in
    from identity i
    join member m on m.team_id = i.team_id and m.user_id = i.user_id
    where i.team_id = $1 and i.tid = $2 and i.oid in (select unhex(value) from json_each($3))";
/// The same by an array.
pub(super) const ACCOUNTS_AMONG_POSTGRES: &str = "
    select i.oid, i.user_id, m.role, m.role_source, m.last_sign_in
    from identity i
    join member m on m.team_id = i.team_id and m.user_id = i.user_id
    where i.team_id = $1 and i.tid = $2 and i.oid = any($3)";

/// The invitations of these people of a tenant that can be accepted.
pub(super) const OPEN_INVITATIONS_AMONG_SQLITE: &str = "
    select oid, id, made_at, expires_at
    from invitation
    where team_id = $1 and tid = $2 and state = 'pending' and expires_at > $4
        and oid in (select unhex(value) from json_each($3))";
/// The same by an array.
pub(super) const OPEN_INVITATIONS_AMONG_POSTGRES: &str = "
    select oid, id, made_at, expires_at
    from invitation
    where team_id = $1 and tid = $2 and state = 'pending' and expires_at > $4 and oid = any($3)";

/// A JSON array of ids, each as 32 hexadecimal digits.
pub(super) fn array_of_hex<I: Into<Uuid>>(ids: impl Iterator<Item = I>) -> String {
    let mut array = String::from("[");
    for (place, id) in ids.enumerate() {
        if place > 0 {
            array.push(',');
        }
        let id: Uuid = id.into();
        array.push('"');
        array.push_str(id.simple().encode_lower(&mut Uuid::encode_buffer()));
        array.push('"');
    }
    array.push(']');
    array
}

/// A transaction that will write says so at once: a reader that becomes a writer fails when another one came first,
/// however long it would have waited.
pub(super) const BEGIN_SQLITE: &str = "begin immediate";
/// The default of the server may be another one; ours relies on seeing what was committed before a lock was given.
pub(super) const BEGIN_POSTGRES: &str = "begin isolation level read committed";

/// What was acknowledged survives a power cut too: the log is written to the disk at each commit.
pub(super) fn sqlite_writer(path: &std::path::Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(WAIT)
}

/// A reader that cannot write, so that no statement passes by the one writer.
pub(super) fn sqlite_reader(path: &std::path::Path) -> SqliteConnectOptions {
    sqlite_writer(path)
        .create_if_missing(false)
        .pragma("query_only", "on")
}

/// One connection to write with, since `SQLite` has one writer anyway; waiting in our queue is fairer than in its.
pub(super) fn sqlite_write_pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(1).acquire_timeout(WAIT)
}

/// Several connections to read with.
pub(super) fn sqlite_read_pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(WAIT)
}

/// How often a new file is tried to be opened, and how long the pause between is: [`WAIT`] in all.
pub(super) const OPENING_TRIES: u32 = 100;
/// See [`OPENING_TRIES`].
pub(super) const OPENING_PAUSE: Duration = Duration::from_millis(50);

/// Whether another process was in the way: `SQLITE_BUSY` and its finer forms.
pub(super) fn is_sqlite_busy(error: &dyn DatabaseError) -> bool {
    error
        .code()
        .is_some_and(|code| matches!(&*code, "5" | "261" | "517" | "773"))
}

/// How we present ourselves to `PostgreSQL`.
pub(super) fn postgres(options: PgConnectOptions) -> PgConnectOptions {
    options.application_name("sonicsaas")
}

/// Connections on which nothing waits for ever: not for a lock, not in a statement, and not in a transaction that was
/// left open by a server that has vanished.
pub(super) fn postgres_pool() -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(WAIT)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(
                    "set lock_timeout = '5s';
                     set statement_timeout = '30s';
                     set idle_in_transaction_session_timeout = '60s'",
                )
                .execute(connection)
                .await
                .map(drop)
            })
        })
}

/// A migration takes as long as it takes, and so does waiting for the server that runs it. That a table is there
/// already is what we expect, and no news. The connection must not go back to the pool.
pub(super) async fn ready_for_migration(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "set lock_timeout = 0;
         set statement_timeout = 0;
         set client_min_messages = warning",
    )
    .execute(connection)
    .await
    .map(drop)
}
