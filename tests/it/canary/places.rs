//! Where a canary is looked for, and how.

use sqlx::{Connection as _, PgConnection, Row as _};

use super::{
    BEARER, CLIENT_SECRET, CODE, DATABASE_PASSWORD, INVITATION, OWNER_PASSWORD, RECOVERY, SESSION,
    SMTP_PASSWORD, TYPED_PASSWORD,
};
use crate::{
    database::Database,
    process::{Deployment, ENCRYPTION_KEY},
    telemetry::holds,
};

/// Everything that was found in one place.
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) bytes: Vec<u8>,
    /// What is no secret and must be there.
    pub(super) marker: String,
}

/// Secrets by name. The values of a sign-in are added as they appear.
pub(super) struct Canaries(Vec<(String, String)>);

impl Canaries {
    pub(super) fn new() -> Self {
        let fixed = [
            ("client secret", CLIENT_SECRET),
            ("encryption key", ENCRYPTION_KEY),
            ("encryption key, decoded", "canary-encryption-key-32-bytes!!"),
            ("SMTP password", SMTP_PASSWORD),
            ("password of the command line", OWNER_PASSWORD),
            ("typed password", TYPED_PASSWORD),
            ("invitation", INVITATION),
            ("recovery link", RECOVERY),
            ("a stranger's session", SESSION),
            ("bearer token", BEARER),
            ("a stranger's code", CODE),
            ("database password", DATABASE_PASSWORD),
        ];
        Self(
            fixed
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        )
    }

    pub(super) fn add(&mut self, name: &str, value: &str) {
        assert!(
            value.len() >= 16,
            "{name} is long enough to be told from chance: {value}"
        );
        self.0.push((name.to_owned(), value.to_owned()));
    }

    pub(super) fn look(&self, place: &Place) {
        let Place { name, bytes, marker } = place;
        assert!(holds(bytes, marker.as_bytes()), "{marker} is found in the {name}");
        for (secret, value) in &self.0 {
            assert!(
                !holds(bytes, value.as_bytes()),
                "{secret} ({value}) stands in the {name}"
            );
        }
    }
}

/// Every row of every table, as text.
async fn dump(database: &Database) -> Vec<u8> {
    let mut connection = PgConnection::connect(&database.address()).await.expect("opened");
    let everything = "select table_name, \
        query_to_xml(format('select * from %I', table_name), true, true, '')::text as content \
        from information_schema.tables where table_schema = 'public' order by table_name";
    let rows = sqlx::query(everything)
        .fetch_all(&mut connection)
        .await
        .expect("read");
    rows.iter()
        .flat_map(|row| row.get::<String, _>("content").into_bytes())
        .collect()
}

/// The database as it lies there: its files with the log beside it, or all tables.
pub(super) async fn stored(deployment: &Deployment) -> Vec<u8> {
    if deployment.database.is_postgres() {
        return dump(&deployment.database).await;
    }
    let files = deployment.files();
    assert!(!files.is_empty());
    files
        .iter()
        .flat_map(|file| std::fs::read(file).expect("read"))
        .collect()
}
