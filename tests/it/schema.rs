//! The same tables, columns, keys and indexes on both databases.

use std::{collections::BTreeSet, fs, path::Path};

use sonicsaas::{
    domain::{
        id::Ids,
        time::{FixedClock, Timestamp},
    },
    host::SystemRandomness,
    storage::Store,
};
use sqlx::{Connection as _, PgConnection, SqliteConnection};

use crate::database::Database;

/// One line a table, column, key or index.
type Catalogue = BTreeSet<String>;

fn steps(folder: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(folder);
    let mut steps: Vec<_> = fs::read_dir(path)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(path).expect("text"))
        })
        .collect();
    steps.sort();
    steps
}

async fn of_sqlite(connection: &mut SqliteConnection) -> Catalogue {
    let columns = "select t.name || '.' || c.name || ' ' || lower(c.type) || case c.\"notnull\" when 1 then ' not null' else '' end
                   from pragma_table_list t
                   join pragma_table_info(t.name) c
                   where t.type = 'table' and t.schema = 'main' and t.name not like 'sqlite%' and t.name <> '_sqlx_migrations'";
    let indexes = "select t.name || ' index ' || case i.origin when 'pk' then 'primary' else i.name end
                       || case i.\"unique\" when 1 then ' unique' else '' end || ' '
                       || (select group_concat(name) from (select name from pragma_index_info(i.name) order by seqno))
                   from pragma_table_list t
                   join pragma_index_list(t.name) i
                   where t.type = 'table' and t.schema = 'main' and t.name not like 'sqlite%' and t.name <> '_sqlx_migrations'";
    let keys = "select t.name || ' key ' || group_concat(k.\"from\") || ' of ' || k.\"table\"
                from pragma_table_list t
                join pragma_foreign_key_list(t.name) k
                where t.type = 'table' and t.schema = 'main'
                group by t.name, k.id";
    let mut found = Catalogue::new();
    for statement in [columns, indexes, keys] {
        let rows: Vec<(String,)> = sqlx::query_as(statement)
            .fetch_all(&mut *connection)
            .await
            .expect(statement);
        assert!(rows.len() > 5, "{statement}");
        found.extend(rows.into_iter().map(|(line,)| line));
    }
    found
}

async fn of_postgres(connection: &mut PgConnection) -> Catalogue {
    let columns = "select table_name || '.' || column_name || ' '
                       || case data_type when 'uuid' then 'blob' when 'bytea' then 'blob' else data_type end
                       || case is_nullable when 'NO' then ' not null' else '' end
                   from information_schema.columns
                   where table_schema = current_schema() and table_name <> '_sqlx_migrations'";
    let indexes =
        "select t.relname || ' index ' || case when i.indisprimary then 'primary' else n.relname end
                       || case when i.indisunique then ' unique' else '' end || ' '
                       || (select string_agg(a.attname, ',' order by k.place)
                           from unnest(i.indkey) with ordinality k (number, place)
                           join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number)
                   from pg_index i
                   join pg_class t on t.oid = i.indrelid
                   join pg_class n on n.oid = i.indexrelid
                   where t.relnamespace = current_schema()::regnamespace and t.relname <> '_sqlx_migrations'";
    let keys = "select t.relname || ' key '
                    || (select string_agg(a.attname, ',' order by k.place)
                        from unnest(c.conkey) with ordinality k (number, place)
                        join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number)
                    || ' of ' || r.relname
                from pg_constraint c
                join pg_class t on t.oid = c.conrelid
                join pg_class r on r.oid = c.confrelid
                where c.contype = 'f' and t.relnamespace = current_schema()::regnamespace";
    let mut found = Catalogue::new();
    for statement in [columns, indexes, keys] {
        let rows: Vec<(String,)> = sqlx::query_as(statement)
            .fetch_all(&mut *connection)
            .await
            .expect(statement);
        assert!(rows.len() > 5, "{statement}");
        found.extend(rows.into_iter().map(|(line,)| line));
    }
    found
}

/// The catalogue of the `SQLite` folder, made from its files and past storage.
async fn expected() -> Catalogue {
    let mut connection = SqliteConnection::connect("sqlite::memory:")
        .await
        .expect("it opens");
    for (name, text) in steps("sqlite") {
        sqlx::raw_sql(sqlx::AssertSqlSafe(text))
            .execute(&mut connection)
            .await
            .expect(&name);
    }
    of_sqlite(&mut connection).await
}

/// On `SQLite` this shows that storage applies the whole folder, on `PostgreSQL` that both have the same schema.
#[tokio::test]
async fn a_migrated_database_has_the_expected_schema() {
    let database = Database::fresh().await;
    let clock = FixedClock::at(Timestamp::from_micros(0));
    let ids = Ids::new(std::sync::Arc::new(clock), std::sync::Arc::new(SystemRandomness));
    let store = Store::connect(&database.address(), ids).await.expect("it opens");
    store.migrate().await.expect("migrated");
    let found = if database.is_postgres() {
        of_postgres(
            &mut PgConnection::connect(&database.address())
                .await
                .expect("it answers"),
        )
        .await
    } else {
        of_sqlite(
            &mut SqliteConnection::connect(&database.address())
                .await
                .expect("it opens"),
        )
        .await
    };
    let expected = expected().await;
    let missing: Vec<_> = expected.difference(&found).collect();
    let surplus: Vec<_> = found.difference(&expected).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "missing {missing:#?}, surplus {surplus:#?}"
    );
    store.close().await;
    database.remove().await;
}

/// The folders differ in the words for identifiers and bytes, and in nothing else: not in a check, a default or a
/// comment either.
#[test]
fn the_folders_differ_only_in_two_types() {
    let is_part_of_a_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let types = |text: &str| {
        text.split_inclusive(|letter| !is_part_of_a_word(letter))
            .map(
                |word| match word.trim_end_matches(|letter| !is_part_of_a_word(letter)) {
                    name @ ("uuid" | "bytea") => word.replace(name, "blob"),
                    _ => word.to_owned(),
                },
            )
            .collect::<String>()
    };
    let (sqlite, postgres) = (steps("sqlite"), steps("postgres"));
    assert_eq!(sqlite.len(), postgres.len());
    for ((sqlite_name, sqlite), (postgres_name, postgres)) in sqlite.into_iter().zip(postgres) {
        assert_eq!(sqlite_name, postgres_name);
        assert_eq!(types(&postgres), sqlite, "{sqlite_name}");
    }
}

/// Isolation by construction: whatever belongs to a user names the team too, in one key with the user.
#[tokio::test]
async fn whatever_belongs_to_a_user_belongs_to_the_users_team() {
    let catalogue = expected().await;
    let with_user: Vec<_> = catalogue
        .iter()
        .filter_map(|line| line.strip_suffix(".user_id blob not null"))
        .collect();
    assert_eq!(
        with_user,
        [
            "credential",
            "identity",
            "member",
            "member_groups",
            "recovery_link",
            "session"
        ]
    );
    for table in with_user {
        let keyed = ["user_account", "member"]
            .iter()
            .any(|owner| catalogue.contains(&format!("{table} key team_id,user_id of {owner}")));
        assert!(keyed, "{table}");
        assert!(
            catalogue.contains(&format!("{table}.team_id blob not null")),
            "{table}"
        );
    }
}
