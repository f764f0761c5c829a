//! When keys are asked for, and when not.

use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::{
    domain::time::FixedClock,
    entra::testing::{
        Asked, Hand, Host, Says, TENANT_A, TENANT_B, document, ids, impatient, template, tenant,
    },
};

const DOCUMENT: &str = "openid-configuration";
const KEYS: &str = "/keys";

struct Bench {
    host: Host,
    clock: Arc<FixedClock>,
    tenants: Tenants,
}

/// What an honest authority says: documents, and keys of these names.
fn honest(asked: &Asked, origin: &str, names: &[&str]) -> Says {
    let tenant = asked.path.split('/').nth(1).unwrap_or_default();
    if asked.path.ends_with(DOCUMENT) {
        return Says::json(&document(origin, tenant));
    }
    let keys: Vec<Value> = names
        .iter()
        .map(|kid| Hand::Signing.published(kid, &template(origin)))
        .collect();
    Says::json(&json!({ "keys": keys }))
}

impl Bench {
    async fn start() -> Self {
        let host = Host::start(|_| Says::Hangup).await;
        let (ids, clock) = ids();
        let zone = Zone::new(&host.url, impatient()).expect("loopback");
        let authority = Arc::new(Authority::new(&host.url).expect("loopback"));
        let tenants = Tenants::new(zone, authority, ids, Duration::from_millis(700));
        let bench = Self { host, clock, tenants };
        bench.serves(&["k1"]);
        bench
    }

    fn serves(&self, names: &'static [&'static str]) {
        let origin = self.host.origin();
        self.host.now_says(move |asked| honest(asked, &origin, names));
    }

    /// Everything but the documents goes wrong in this way.
    fn keys_say(&self, says: Says) {
        let origin = self.host.origin();
        self.host.now_says(move |asked| {
            if asked.path.ends_with(KEYS) {
                says.clone()
            } else {
                honest(asked, &origin, &["k1"])
            }
        });
    }

    /// Whether tenant A has a key of this name.
    async fn finds(&self, kid: &str) -> Result<bool, EntraError> {
        let snapshot = self
            .tenants
            .snapshot_with_key(tenant(TENANT_A), Some(kid))
            .await?;
        Ok(snapshot.keys.candidates(Some(kid)).next().is_some())
    }

    /// How often documents and keys were asked for.
    fn asked(&self) -> (usize, usize) {
        (self.host.count(DOCUMENT), self.host.count(KEYS))
    }
}

#[tokio::test]
async fn nothing_is_asked_before_it_is_needed_and_then_once() {
    let bench = Bench::start().await;
    assert_eq!(bench.asked(), (0, 0));
    for _ in 0..5 {
        assert!(bench.finds("k1").await.expect("there"));
    }
    assert_eq!(bench.asked(), (1, 1));
    let paths: Vec<_> = bench.host.asked().into_iter().map(|asked| asked.path).collect();
    assert!(
        paths
            .iter()
            .all(|path| path.starts_with(&format!("/{TENANT_A}/"))),
        "the tenant's own: {paths:?}"
    );
}

#[tokio::test]
async fn tenants_do_not_share_keys() {
    let bench = Bench::start().await;
    assert!(bench.finds("k1").await.expect("there"));
    bench
        .tenants
        .snapshot(Some(tenant(TENANT_B)))
        .await
        .expect("there");
    assert_eq!(bench.asked(), (2, 2));
}

#[tokio::test]
async fn many_who_come_at_once_ask_once() {
    let bench = Bench::start().await;
    let (a, b, c, d) = tokio::join!(
        bench.finds("k1"),
        bench.finds("k1"),
        bench.finds("k1"),
        bench.finds("k1")
    );
    assert!(a.expect("a") && b.expect("b") && c.expect("c") && d.expect("d"));
    assert_eq!(bench.asked(), (1, 1));
}

#[tokio::test]
async fn many_who_wait_for_a_failure_share_it() {
    let bench = Bench::start().await;
    bench.keys_say(Says::Silence);
    let (a, b, c, d) = tokio::join!(
        bench.finds("k1"),
        bench.finds("k1"),
        bench.finds("k1"),
        bench.finds("k1")
    );
    assert!(a.is_err() && b.is_err() && c.is_err() && d.is_err());
    assert_eq!(bench.asked(), (1, 1), "nobody waits for a second failure");
    bench.serves(&["k1"]);
    assert!(
        bench
            .finds("k1")
            .await
            .expect("DSC-010: recovers at the next attempt")
    );
}

#[tokio::test]
async fn a_new_key_is_found_at_once() {
    let bench = Bench::start().await;
    assert!(bench.finds("k1").await.expect("there"));
    bench.serves(&["k2"]);
    assert!(bench.finds("k2").await.expect("DSC-006"));
    assert!(
        !bench.finds("k1").await.expect("removed early"),
        "a removal is honoured"
    );
    assert_eq!(
        bench.asked(),
        (2, 2),
        "the old name was asked for within the pause"
    );
}

#[tokio::test]
async fn unknown_keys_are_asked_for_at_most_every_five_minutes() {
    let bench = Bench::start().await;
    assert!(!bench.finds("forged").await.expect("reached"));
    assert_eq!(
        bench.asked(),
        (1, 1),
        "TOK-067: keys that were just fetched are not fetched again"
    );
    for _ in 0..20 {
        assert!(!bench.finds("forged").await.expect("reached"));
    }
    assert_eq!(bench.asked(), (2, 2));
    bench.clock.advance(Duration::from_secs(299));
    assert!(!bench.finds("forged").await.expect("reached"));
    assert_eq!(bench.asked(), (2, 2));
    bench.clock.advance(Duration::from_secs(1));
    assert!(!bench.finds("forged").await.expect("reached"));
    assert_eq!(bench.asked(), (3, 3));
}

#[tokio::test]
async fn many_who_bring_a_new_key_ask_once() {
    let bench = Bench::start().await;
    assert!(bench.finds("k1").await.expect("there"));
    bench.serves(&["k1", "k2"]);
    let (a, b, c) = tokio::join!(bench.finds("k2"), bench.finds("k2"), bench.finds("k2"));
    assert!(
        a.expect("a") && b.expect("b") && c.expect("c"),
        "who comes second waits for the first"
    );
    assert_eq!(bench.asked(), (2, 2));
}

#[tokio::test]
async fn old_keys_are_refreshed_after_an_hour() {
    let bench = Bench::start().await;
    assert!(bench.finds("k1").await.expect("there"));
    bench.clock.advance(Duration::from_secs(3599));
    assert!(bench.finds("k1").await.expect("there"));
    assert_eq!(bench.asked(), (1, 1));
    bench.serves(&["k1", "k2"]);
    bench.clock.advance(Duration::from_secs(1));
    assert!(bench.finds("k1").await.expect("there"));
    assert_eq!(bench.asked(), (2, 2), "DSC-016: whatever a cache header says");
}

#[tokio::test]
async fn while_one_refreshes_the_others_go_on() {
    let bench = Bench::start().await;
    assert!(bench.finds("k1").await.expect("there"));
    bench.clock.advance(Duration::from_hours(2));
    bench.keys_say(Says::Silence);
    let (first, second) = tokio::join!(bench.finds("k1"), async {
        // The first is under way as soon as its question has arrived.
        while bench.host.count(KEYS) < 2 {
            tokio::task::yield_now().await;
        }
        let found = bench.finds("k1").await;
        assert_eq!(bench.host.count(KEYS), 2, "the second asked nothing");
        found
    });
    assert!(first.expect("last known good") && second.expect("at once"));
}

#[tokio::test]
async fn the_last_known_good_stays_for_a_day() {
    for trouble in [
        Says::text(500, "text/plain", "down"),
        Says::Hangup,
        Says::text(200, "application/json", r#"{"keys":[]}"#),
        Says::text(200, "text/html", "<html>"),
        Says::text(200, "application/json", ""),
        Says::text(200, "application/json", r#"{"keys":["#),
        Says::text(302, "text/plain", ""),
        Says::text(200, "application/json", &" ".repeat(LOGIN_LIMIT + 1)),
    ] {
        let bench = Bench::start().await;
        assert!(bench.finds("k1").await.expect("there"));
        bench.keys_say(trouble.clone());
        bench.clock.advance(Duration::from_hours(23));
        assert!(
            bench.finds("k1").await.expect("DSC-004, DSC-009, DSC-012"),
            "{trouble:?}"
        );
        bench.clock.advance(Duration::from_mins(59));
        assert!(bench.finds("k1").await.expect("still"));
        bench.clock.advance(Duration::from_mins(1));
        assert!(bench.finds("k1").await.is_err(), "a day is over");
        bench.serves(&["k1"]);
        assert!(bench.finds("k1").await.expect("recovered"));
    }
}

#[tokio::test]
async fn a_refresh_that_fails_is_not_tried_by_everybody() {
    let bench = Bench::start().await;
    assert!(bench.finds("k1").await.expect("there"));
    bench.keys_say(Says::text(404, "text/plain", ""));
    bench.clock.advance(Duration::from_hours(2));
    for _ in 0..10 {
        assert!(bench.finds("k1").await.expect("last known good"));
    }
    assert_eq!(bench.asked(), (2, 2));
    bench.clock.advance(Duration::from_mins(5));
    bench.serves(&["k1"]);
    assert!(bench.finds("k1").await.expect("there"));
    assert_eq!(bench.asked(), (3, 3));
}

#[tokio::test]
async fn a_foreign_document_stops_before_the_keys() {
    let bench = Bench::start().await;
    let elsewhere = Host::start(|_| Says::Hangup).await;
    let (origin, foreign) = (bench.host.origin(), elsewhere.origin());
    bench.host.now_says(move |_| {
        let mut document = document(&origin, TENANT_A);
        document["jwks_uri"] = json!(format!("{foreign}/keys"));
        Says::json(&document)
    });
    assert!(matches!(bench.finds("k1").await, Err(EntraError::Foreign { .. })));
    assert_eq!((bench.asked(), elsewhere.asked().len()), ((1, 0), 0));
}

#[tokio::test]
async fn a_tenant_that_microsoft_does_not_know_is_named() {
    let bench = Bench::start().await;
    let body = r#"{"error":"invalid_tenant","error_description":"AADSTS90002: Tenant not found.","error_codes":[90002]}"#;
    bench
        .host
        .now_says(move |_| Says::text(400, "application/json", body));
    let failed = bench.finds("k1").await;
    let Err(EntraError::Refused {
        error, status: 400, ..
    }) = failed
    else {
        panic!("{failed:?}")
    };
    assert_eq!(error.number, Some(90_002));
}

#[tokio::test]
async fn a_clock_that_jumps_locks_nobody_out() {
    let bench = Bench::start().await;
    assert!(bench.finds("k1").await.expect("there"));
    bench.clock.advance(Duration::from_hours(24));
    assert!(bench.finds("k1").await.expect("fetched again"));
    bench
        .clock
        .set(bench.tenants.ids.now().minus(Duration::from_hours(24)));
    assert!(bench.finds("k1").await.expect("CLK-003: back again"));
    bench.serves(&["k2"]);
    assert!(bench.finds("k2").await.expect("a new key is still found"));
}
