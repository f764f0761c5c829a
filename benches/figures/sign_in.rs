//! The server's own CPU for a whole sign-in, against the least that a sign-in is made of.
//!
//! The floor is one RS256 verification, one local HTTP round trip (both ends), and the SQL statements of a sign-in of
//! somebody who has been here before, each measured by itself in this run.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use sonicsaas::{
    domain::{
        audit::{Action, Actor, Event},
        tenant::{IdentityKey, TenantId},
    },
    storage::{GroupFacts, NewSession, SignInLabels, Store},
};

use super::{
    Aim, Figure,
    client::{Connection, request},
    floor::Floor,
    place::{Place, Server},
    roles,
    start::now,
    usage,
};

const SIGN_INS: u32 = 400;
const START: &str = "/api/auth/signin/microsoft-entra-id";
const PERSON: &str = "dana@contoso.com";

/// Signs somebody in, once.
pub(crate) async fn sign_in(place: &Place, connection: &mut Connection, number: u32) {
    enter(place, connection, number, PERSON).await;
}

/// Signs this person in from the address with this number; the cookies of the session.
pub(crate) async fn enter(place: &Place, connection: &mut Connection, number: u32, person: &str) -> String {
    let from = format!("10.9.{}.{}", number / 200, number % 200 + 1);
    let headers = [("x-forwarded-for", from.as_str())];
    let started = connection
        .ask(&request("GET", START, &headers, ""))
        .await
        .expect("an answer");
    assert_eq!(started.status, 302);
    let target = place
        .emulator
        .control()
        .sign_in(started.location(), person)
        .expect("they can");
    let path = target.trim_start_matches("http://localhost:3000");
    let cookies = started.cookies();
    let headers = [("x-forwarded-for", from.as_str()), ("cookie", cookies.as_str())];
    let entered = connection
        .ask(&request("GET", path, &headers, ""))
        .await
        .expect("an answer");
    assert_eq!((entered.status, entered.location()), (303, "/dashboard"));
    entered.cookies()
}

fn each(total: Duration, count: u32) -> f64 {
    total.as_secs_f64() * 1000.0 / f64::from(count)
}

pub(crate) async fn figures(place: &Place, server: &Server) -> Vec<Figure> {
    let mut connection = Connection::to(server.port).await.expect("it listens");
    for number in 0..20 {
        sign_in(place, &mut connection, number).await;
    }
    let before = usage::cpu(server.id());
    let began = now();
    for number in 0..SIGN_INS {
        sign_in(place, &mut connection, number).await;
    }
    let wall = each(now().duration_since(began), SIGN_INS);
    let ours = each(usage::cpu(server.id()).saturating_sub(before), SIGN_INS);

    let signature = signature(place).await;
    let round_trip = round_trip().await;
    let statements = statements(place).await;
    let floor = signature + round_trip + statements;
    println!(
        "  (a sign-in takes {wall:.2} ms in all, Microsoft's stand-in included; floor: {signature:.3} ms RS256, \
         {round_trip:.3} ms HTTP, {statements:.3} ms SQL)"
    );
    vec![Figure {
        what: "the server's CPU for a sign-in".to_owned(),
        measured: format!("{ours:.2} ms"),
        floor: format!("{floor:.2} ms"),
        ratio: ours / floor,
        aim: Aim::AtMost(2.0),
    }]
}

/// One verification of the signature of the last ID token, with the key that signed it.
async fn signature(place: &Place) -> f64 {
    const TIMES: u32 = 3_000;
    let tokens = place.emulator.control().tokens();
    let token = tokens
        .iter()
        .rev()
        .find(|token| token.kind == "id_token")
        .expect("issued");
    let (message, signature) = token.token.rsplit_once('.').expect("three parts");
    let address = format!("{}/organizations/discovery/v2.0/keys", place.emulator.authority());
    let port = address
        .split(':')
        .nth(2)
        .and_then(|rest| rest.split('/').next()?.parse().ok());
    let mut connection = Connection::to(port.expect("a port")).await.expect("it listens");
    let keys = request("GET", "/organizations/discovery/v2.0/keys", &[], "");
    assert_eq!(connection.ask(&keys).await.expect("an answer").status, 200);
    let keys: serde_json::Value = serde_json::from_slice(connection.body()).expect("keys");
    let keys: Vec<DecodingKey> = keys["keys"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|key| DecodingKey::from_rsa_components(key["n"].as_str()?, key["e"].as_str()?).ok())
        .collect();
    let is_right = |key: &DecodingKey| {
        crypto::verify(signature, message.as_bytes(), key, Algorithm::RS256).is_ok_and(|right| right)
    };
    let key = keys
        .iter()
        .find(|key| is_right(key))
        .expect("the key that signed it");
    let began = now();
    for _ in 0..TIMES {
        assert!(is_right(key));
    }
    each(now().duration_since(began), TIMES)
}

/// The CPU of both ends of one request to a bare handler.
async fn round_trip() -> f64 {
    const TIMES: u32 = 10_000;
    let floor = Floor::with(b"{}");
    let mut connection = Connection::to(floor.port).await.expect("it listens");
    let page = request("GET", "/login", &[], "");
    let used = || usage::cpu(floor.id()) + usage::cpu(std::process::id());
    let before = used();
    for _ in 0..TIMES {
        connection.ask(&page).await.expect("an answer");
    }
    each(used().saturating_sub(before), TIMES)
}

/// The CPU of the statements of one sign-in, on the same database.
async fn statements(place: &Place) -> f64 {
    let store = roles::store(place).await;
    let tenant = place
        .emulator
        .control()
        .tokens()
        .last()
        .expect("issued")
        .tenant
        .into();
    let before = usage::cpu(std::process::id());
    for _ in 0..SIGN_INS {
        statements_once(&store, tenant).await;
    }
    let total = usage::cpu(std::process::id()).saturating_sub(before);
    store.close().await;
    each(total, SIGN_INS)
}

async fn statements_once(store: &Store, tenant: TenantId) {
    let ids = sonicsaas::host::ids();
    let now = ids.now();
    store.upkeep().burn_attempt(ids.next(), now).await.expect("burnt");
    assert!(store.is_expected(tenant).await.expect("read"));
    let team = store
        .find_signing_in(tenant)
        .await
        .expect("read")
        .expect("registered");
    let mut work = store.begin(&team).await.expect("begun");
    work.hold_registration().await.expect("held");
    let object = "126e79e2-e6ca-41d6-a1ad-bc4e10bfa287".parse().expect("an object");
    let key = IdentityKey { tenant, object };
    let known = work
        .find_member_by_identity(key)
        .await
        .expect("read")
        .expect("known");
    let groups = [object].into_iter().collect::<std::collections::HashSet<_>>();
    work.list_mappings_of(&groups).await.expect("read");
    let labels = SignInLabels {
        name: &known.member.name,
        email: known.member.email.as_deref(),
        guest: false,
    };
    work.update_member_at_sign_in(known.member.user, labels, known.member.held, now)
        .await
        .expect("updated");
    let facts = GroupFacts {
        read_at: now,
        from: "token",
        matched: Vec::new(),
    };
    work.record_groups(known.member.user, &facts)
        .await
        .expect("recorded");
    let token_hash = sonicsaas::seal::sha256(ids.token().expose().as_bytes());
    let session = NewSession {
        user: known.member.user,
        token_hash,
        method: "sso",
        identity: Some(key),
        microsoft_sid: None,
        began: now,
    };
    work.insert_session(session).await.expect("inserted");
    let event = Event::success(Actor::System, Action::SignIn).with("method", "sso");
    work.commit(event).await.expect("committed");
}
