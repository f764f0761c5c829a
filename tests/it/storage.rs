//! Conformance of storage: the same story for both databases. Each case has a database of its own.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sonicsaas::{
    domain::{
        audit::{Action, Actor, Event, RecordedEvent},
        id::{Ids, Randomness, TeamId, UserId},
        role::{HeldRole, Role, RoleSource},
        tenant::{IdentityKey, ObjectId, TenantId},
        time::{FixedClock, Timestamp},
    },
    storage::{HostOperator, NewMember, NewTeam, OperatorInTeam, Store, StoreError, Work},
};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use uuid::Uuid;

use crate::database::Database;

mod audit;
mod connection;
mod isolation;
mod member;
mod session;
mod team;
mod tenant;
mod upkeep;
mod verify;
mod ways_in;
mod work;

/// Bytes that differ each time and are the same in each run.
#[derive(Debug, Default)]
struct Counting(AtomicU64);

impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            // SplitMix64, so that neighbours have nothing in common.
            let count = self.0.fetch_add(1, Ordering::Relaxed);
            let mut word = count.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            part.copy_from_slice(&(word ^ (word >> 31)).to_be_bytes()[..part.len()]);
        }
    }
}

/// A migrated database, a clock that stands still, and a way past storage.
struct World {
    store: Store,
    clock: Arc<FixedClock>,
    operator: HostOperator,
    database: Database,
}

impl World {
    async fn new() -> Self {
        let clock = Arc::new(FixedClock::at(start()));
        let ids = Ids::new(clock.clone(), Arc::new(Counting::default()));
        let database = Database::fresh().await;
        let store = Store::connect(&database.address(), ids)
            .await
            .expect("the database answers");
        store.migrate().await.expect("the schema is made");
        Self {
            store,
            clock,
            operator: HostOperator::on_this_machine(),
            database,
        }
    }

    /// A team, its operator's proof, and its owner.
    async fn team(&self, name: &str) -> (OperatorInTeam, UserId) {
        let address = format!("owner@{}.example.com", name.to_lowercase());
        let new = NewTeam {
            name,
            owner_name: "Olivia Owner",
            owner_email: &address,
            password_hash: None,
            invitation: None,
        };
        let (team, owner) = self
            .store
            .create_team(&self.operator, new)
            .await
            .expect("a new team");
        (self.proof(team).await, owner)
    }

    async fn proof(&self, team: TeamId) -> OperatorInTeam {
        self.store
            .operate_on(&self.operator, team)
            .await
            .expect("read")
            .expect("the team is there")
    }

    /// Every event of a team, or of everybody, the oldest first.
    async fn events(&self, team: Option<TeamId>) -> Vec<RecordedEvent> {
        self.store
            .read_events(&self.operator, team, None, None, 10_000)
            .await
            .expect("events")
    }

    /// Whether every chain is whole.
    async fn whole(&self) -> bool {
        let reports = self.store.verify_chains(&self.operator).await.expect("read");
        !reports.is_empty() && reports.iter().all(|report| report.broken_at.is_none())
    }

    /// Runs a statement past storage. How many rows it changed.
    async fn raw(&self, statement: &'static str) -> u64 {
        let address = self.database.address();
        if self.database.is_postgres() {
            let mut connection = PgConnection::connect(&address).await.expect("it answers");
            let done = sqlx::query(statement)
                .execute(&mut connection)
                .await
                .expect(statement);
            done.rows_affected()
        } else {
            let mut connection = SqliteConnection::connect(&address).await.expect("it opens");
            let done = sqlx::query(statement)
                .execute(&mut connection)
                .await
                .expect(statement);
            done.rows_affected()
        }
    }

    /// Reads one value past storage.
    async fn look<T>(&self, statement: &'static str) -> T
    where
        T: Send + Unpin,
        (T,): for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
            + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        let address = self.database.address();
        let (value,) = if self.database.is_postgres() {
            let mut connection = PgConnection::connect(&address).await.expect("it answers");
            sqlx::query_as(statement)
                .fetch_one(&mut connection)
                .await
                .expect(statement)
        } else {
            let mut connection = SqliteConnection::connect(&address).await.expect("it opens");
            sqlx::query_as(statement)
                .fetch_one(&mut connection)
                .await
                .expect(statement)
        };
        value
    }

    async fn end(self) {
        assert!(self.whole().await, "whatever happened, the chains are whole");
        self.close().await;
    }

    /// Ends without looking at the chains, which the test has broken.
    async fn close(self) {
        self.store.close().await;
        self.database.remove().await;
    }
}

fn start() -> Timestamp {
    Timestamp::parse("2026-03-04T14:02:11Z").expect("a time")
}

fn tenant(number: u128) -> TenantId {
    TenantId::from(Uuid::from_u128(0x7000 + number))
}

fn object(number: u128) -> ObjectId {
    ObjectId::from(Uuid::from_u128(0x0b00 + number))
}

fn key(tenant_number: u128, object_number: u128) -> IdentityKey {
    IdentityKey {
        tenant: tenant(tenant_number),
        object: object(object_number),
    }
}

/// Some event; what it says does not matter here.
fn event(action: Action) -> Event {
    Event::success(Actor::System, action)
}

fn by_default(role: Role) -> HeldRole {
    HeldRole {
        role,
        source: RoleSource::Default,
    }
}

/// A member who signs in with Microsoft.
async fn add(work: &mut Work, name: &str, held: HeldRole, key: IdentityKey) -> Result<UserId, StoreError> {
    let new = NewMember {
        name,
        email: Some("someone@example.com"),
        held,
        guest: false,
    };
    let user = work.insert_member(new, start()).await?;
    work.insert_identity(user, key, "subject").await?;
    Ok(user)
}
