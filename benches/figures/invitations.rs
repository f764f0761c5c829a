//! Ten thousand people invited at once, beside the bare inserts of the same rows into a database of the same kind.

use std::{sync::Arc, time::Duration};

use sonicsaas::{
    config::{Config, environment::Environment},
    domain::{
        audit::{Action, Actor, Event},
        id::Ids,
        invitation::Planned,
        mapping::{MappingDraft, Priority},
        role::{HeldRole, MappableRole, Role, RoleSource},
        session::SessionLimits,
        tenant::{ObjectId, TenantId},
    },
    host::{SystemClock, SystemRandomness},
    seal, server,
    service::{Services, invitation::Sender, team},
    storage::{Administrator, Authentication, HostOperator, NewJob, NewMember, NewSession},
};
use sqlx::{QueryBuilder, Sqlite, SqlitePool, sqlite::SqliteConnectOptions};
use uuid::Uuid;

use super::{Aim, Figure, median, start::now};

const PEOPLE: u128 = 10_000;
/// Rows of one statement, and of one transaction.
const ROWS: usize = 500;
const TIMES: usize = 3;

pub(crate) async fn figure() -> Figure {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        ours.push(Box::pin(invite()).await);
        bare.push(inserts().await);
    }
    let (ours, bare) = (median(ours), median(bare));
    Figure {
        what: "10,000 people invited, links shown".to_owned(),
        measured: format!("{ours:.2} s"),
        floor: format!("{bare:.2} s"),
        ratio: ours / bare,
        aim: Aim::AtMost(3.0),
    }
}

fn person(number: u128) -> Planned {
    Planned {
        object: ObjectId::from(Uuid::from_u128(number + 1)),
        name: Some(format!("Person {number}")),
        email: Some(format!("person{number}@contoso.com")),
        skipped: None,
    }
}

/// From the first row of the action to its last link.
async fn invite() -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("sqlite://{}", folder.path().join("sonicsaas.db").display());
    let mut environment = Environment::of_pairs([("DATABASE_URL", address.as_str())]);
    let config = Config::read(&mut environment).expect("a configuration");
    let ids = Ids::new(Arc::new(SystemClock), Arc::new(SystemRandomness));
    let services = server::services(&config, ids).await.expect("services");
    let (admin, mapping) = administrator(&services).await;
    let people: Vec<_> = (0..PEOPLE).map(person).collect();

    let since = now();
    let at = services.now();
    let mut work = services.store.begin(&admin).await.expect("begun");
    let new = NewJob {
        mapping,
        key: "form-0123456789".to_owned(),
        group_name: None,
        tenant: TenantId::from(Uuid::from_u128(7)),
        role: MappableRole::MEMBER,
        mailed: false,
        total: people.len(),
    };
    let job = work.insert_job(&admin, &new, at).await.expect("made");
    work.insert_job_rows(job, &people, at).await.expect("made");
    let event = Event::success(Actor::System, Action::InvitationsStarted);
    work.commit(event).await.expect("committed");
    let mut sender = Sender::new(services.clone());
    while Box::pin(sender.step()).await.expect("it goes on") == Duration::ZERO {}
    let took = since.elapsed().as_secs_f64();
    let counts = services.store.count_job(&admin, job).await.expect("counted");
    assert_eq!(counts.sent, 10_000);
    services.store.close().await;
    took
}

async fn administrator(services: &Services) -> (Administrator, sonicsaas::domain::id::MappingId) {
    let operator = HostOperator::on_this_machine();
    let draft = team::TeamDraft {
        name: "Northwind MSP".to_owned(),
        owner_email: "owner@example.com".to_owned(),
        owner_name: "Olivia Owner".to_owned(),
        password: None,
    };
    let made = team::create(services, &operator, draft).await.expect("a team");
    let proof = services.store.operate_on(&operator, made.team).await;
    let proof = proof.expect("read").expect("there");
    let mut work = services.store.begin(&proof).await.expect("begun");
    let held = HeldRole {
        role: Role::Admin,
        source: RoleSource::Manual,
    };
    let member = NewMember {
        name: "Adam Cole",
        email: None,
        held,
        guest: false,
    };
    let user = work.insert_member(member, services.now()).await.expect("made");
    let mapping = MappingDraft {
        group: ObjectId::from(Uuid::from_u128(3)),
        group_name: None,
        role: MappableRole::MEMBER,
        priority: Priority::LOWEST,
    };
    let mapping = work.insert_mapping(mapping).await.expect("made");
    let token = services.ids.token();
    let hash = seal::sha256(token.expose().as_bytes());
    let session = NewSession {
        user,
        token_hash: hash,
        method: "password",
        identity: None,
        microsoft_sid: None,
        began: services.now(),
    };
    work.insert_session(session).await.expect("made");
    let event = Event::success(Actor::System, Action::MemberProvisioned);
    work.commit(event).await.expect("committed");
    let limits = SessionLimits::default();
    let found = services.store.authenticate(&hash, limits, services.now()).await;
    let Authentication::SignedIn(person) = found.expect("read") else {
        panic!("nobody is signed in")
    };
    (person.administrator().expect("an administrator"), mapping.id)
}

/// The same rows in tables of the same shape and indexes: one for each person in the action, one invitation, one event.
async fn inserts() -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("bare.db"))
        .create_if_missing(true)
        // Of what they belong to there is nothing here.
        .foreign_keys(false)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Full);
    let pool = SqlitePool::connect_with(options).await.expect("opened");
    sqlx::raw_sql(include_str!("../../migrations/sqlite/0001_initial.sql"))
        .execute(&pool)
        .await
        .expect("tables");
    let (team, job) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let numbers: Vec<i64> = (0..10_000).collect();
    let id = |number: i64| Uuid::from_u128(u128::from(number.unsigned_abs()) * 0x1_0000_0000_0000_0007);
    let since = now();
    for chunk in numbers.chunks(ROWS) {
        let mut tx = pool.begin().await.expect("begun");
        let mut rows = QueryBuilder::<Sqlite>::new(
            "insert into invitation_row (job_id, place, team_id, oid, name, email, outcome, held_until, attempts) ",
        );
        rows.push_values(chunk, |mut row, number| {
            row.push_bind(job)
                .push_bind(number)
                .push_bind(team)
                .push_bind(id(*number))
                .push_bind("Person 1234")
                .push_bind("person1234@contoso.com")
                .push_bind("sent")
                .push_bind(0_i64)
                .push_bind(0_i64);
        });
        rows.build().execute(&mut *tx).await.expect("inserted");
        let mut invitations = QueryBuilder::<Sqlite>::new(
            "insert into invitation (id, team_id, token_hash, sealed_token, role, mapping_id, tid, oid, name, email,
                 invited_by, invited_by_name, made_at, expires_at, state) ",
        );
        invitations.push_values(chunk, |mut row, number| {
            row.push_bind(id(*number))
                .push_bind(team)
                .push_bind(seal::sha256(&number.to_be_bytes()).to_vec())
                .push_bind("x".repeat(124))
                .push_bind("member")
                .push_bind(job)
                .push_bind(team)
                .push_bind(id(*number))
                .push_bind("Person 1234")
                .push_bind("person1234@contoso.com")
                .push_bind(job)
                .push_bind("Adam Cole")
                .push_bind(0_i64)
                .push_bind(0_i64)
                .push_bind("pending");
        });
        invitations.build().execute(&mut *tx).await.expect("inserted");
        let mut events = QueryBuilder::<Sqlite>::new(
            "insert into audit_event (id, chain, sequence, team_id, at, actor_kind, actor_id, action, outcome,
                 target_kind, target_id, details, hash) ",
        );
        events.push_values(chunk, |mut row, number| {
            row.push_bind(id(*number))
                .push_bind(team.to_string())
                .push_bind(number + 1)
                .push_bind(team)
                .push_bind(0_i64)
                .push_bind("user")
                .push_bind(job)
                .push_bind("invitation.created")
                .push_bind("success")
                .push_bind("invitation")
                .push_bind(id(*number).to_string())
                .push_bind("x".repeat(330))
                .push_bind(vec![0_u8; 32]);
        });
        events.build().execute(&mut *tx).await.expect("inserted");
        tx.commit().await.expect("committed");
    }
    let took = since.elapsed().as_secs_f64();
    pool.close().await;
    took
}
