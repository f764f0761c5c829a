//! Each row of the table, failed by a token in which nothing else is wrong.

mod attempt;
mod times;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{
    domain::tenant::TenantId,
    entra::testing::{
        AUTHORITY, CLIENT, Hand, Mint, NOW, TENANT_A, TENANT_B, authority, expected, nonce, snapshot,
        template, tenant,
    },
};

/// The parts of a verification that a case may change.
struct Bench {
    claims: Value,
    key: Value,
    promises_issuer: bool,
    issuer_parameter: Option<String>,
    access_token: Option<&'static str>,
    pinned: Option<TenantId>,
    within: Option<Duration>,
}

impl Bench {
    fn sound() -> Self {
        Self {
            claims: Mint::baseline().claims,
            key: Hand::Signing.published("k1", &template(AUTHORITY)),
            promises_issuer: false,
            issuer_parameter: None,
            access_token: Some("an access token"),
            pinned: None,
            within: None,
        }
    }

    fn claims(mint: Mint) -> Self {
        Self {
            claims: mint.claims,
            ..Self::sound()
        }
    }

    /// Every row that does not hold.
    fn failing(&self) -> Vec<Check> {
        let mut snapshot = snapshot(&json!([self.key]));
        snapshot.document.promises_issuer = self.promises_issuer;
        let claims = Members::read(self.claims.to_string().as_bytes()).expect("an object");
        let (nonce, authority) = (nonce(), authority());
        let issuer = authority.issuer(tenant(TENANT_A));
        let subject = Subject {
            claims: &claims,
            tenant: tenant(TENANT_A),
            issuer: &issuer,
            key: snapshot.keys.candidates(None).next().expect("one key"),
            document: &snapshot.document,
            authority: &authority,
            client: CLIENT,
            access_token: self.access_token,
            expected: Expected {
                tenant: self.pinned,
                issuer_parameter: self.issuer_parameter.as_deref(),
                authenticated_within: self.within,
                ..expected(&nonce)
            },
            now: NOW,
        };
        CHECKS
            .iter()
            .filter(|(_, holds)| !holds(&subject))
            .map(|(check, _)| *check)
            .collect()
    }
}

/// Fails by exactly this row: without it the token would be accepted.
fn only(check: Check, bench: &Bench) {
    assert_eq!(bench.failing(), [check], "{check}");
}

/// Stands before and after each batch: a broken bench would refuse everything.
fn positive_control() {
    assert_eq!(Bench::sound().failing(), []);
}

fn changed(claim: &str, value: impl Into<Value>) -> Bench {
    Bench::claims(Mint::baseline().with(claim, value))
}

fn removed(claim: &str) -> Bench {
    Bench::claims(Mint::baseline().without(claim))
}

#[test]
fn a_sound_token_fails_nothing() {
    positive_control();
}

#[test]
fn key_issuer_mismatch() {
    positive_control();
    for issuer in [
        format!("{AUTHORITY}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"),
        format!("{AUTHORITY}/{TENANT_B}/v2.0"),
        "https://evil.example/{tenantid}/v2.0".to_owned(),
        String::new(),
    ] {
        only(
            Check::KeyIssuerMismatch,
            &Bench {
                key: Hand::Signing.published("k1", &issuer),
                ..Bench::sound()
            },
        );
    }
    let own = format!("{AUTHORITY}/{TENANT_A}/v2.0");
    assert_eq!(
        Bench {
            key: Hand::Signing.published("k1", &own),
            ..Bench::sound()
        }
        .failing(),
        []
    );
    let mut silent = Bench::sound();
    silent.key.as_object_mut().expect("an object").remove("issuer");
    assert_eq!(silent.failing(), [], "the tenant's own endpoint vouches for it");
    positive_control();
}

#[test]
fn cloud_mismatch() {
    positive_control();
    let mut government = Bench::sound();
    government.key["cloud_instance_name"] = json!("microsoftonline.us");
    only(Check::CloudMismatch, &government);
    let mut silent = Bench::sound();
    silent
        .key
        .as_object_mut()
        .expect("an object")
        .remove("cloud_instance_name");
    assert_eq!(silent.failing(), [], "an absent name is not compared");
    positive_control();
}

#[test]
fn iss_mismatch() {
    positive_control();
    let foreign = [
        format!("{AUTHORITY}/{TENANT_A}/v2.01"),
        format!("{AUTHORITY}/{TENANT_A}/v2.0/"),
        format!("{AUTHORITY}/{TENANT_A}/v2.0/x"),
        format!("{AUTHORITY}//{TENANT_A}/v2.0"),
        format!("{AUTHORITY}/{{tenantid}}/v2.0"),
        format!("{AUTHORITY}/a/../b/v2.0"),
        format!("{AUTHORITY}//v2.0"),
        format!("{AUTHORITY}.evil.io/{TENANT_A}/v2.0"),
        format!("https://evil.example/{TENANT_A}/v2.0"),
        format!("https://login.microsoftonline.us/{TENANT_A}/v2.0"),
        format!("https://sts.windows.net/{TENANT_A}/"),
    ];
    // The next row refuses them as well; this one says what they are.
    for issuer in foreign {
        let failing = changed("iss", issuer.as_str()).failing();
        assert_eq!(
            failing,
            [Check::IssuerMismatch, Check::IssuerTenantMismatch],
            "{issuer}"
        );
    }
    for wrong in [Value::Null, json!(""), json!(["x"]), json!(5)] {
        assert_eq!(changed("iss", wrong).failing()[0], Check::IssuerMismatch);
    }
    assert_eq!(removed("iss").failing()[0], Check::IssuerMismatch);
    positive_control();
}

#[test]
fn iss_tid_mismatch() {
    positive_control();
    only(
        Check::IssuerTenantMismatch,
        &changed("iss", format!("{AUTHORITY}/{TENANT_B}/v2.0")),
    );
    let upper = format!("{AUTHORITY}/{}/v2.0", TENANT_A.to_uppercase());
    only(Check::IssuerTenantMismatch, &changed("iss", upper));
    only(
        Check::IssuerTenantMismatch,
        &Bench {
            pinned: Some(tenant(TENANT_B)),
            ..Bench::sound()
        },
    );
    assert_eq!(
        Bench {
            pinned: Some(tenant(TENANT_A)),
            ..Bench::sound()
        }
        .failing(),
        []
    );
    positive_control();
}

#[test]
fn ver() {
    positive_control();
    for version in [json!("1.0"), json!(2.0), json!(2), json!("2"), Value::Null] {
        only(Check::Version, &changed("ver", version));
    }
    only(Check::Version, &removed("ver"));
    positive_control();
}

#[test]
fn aud_mismatch() {
    positive_control();
    only(Check::AudienceMismatch, &changed("aud", format!("{CLIENT}1")));
    only(
        Check::AudienceMismatch,
        &changed("aud", format!("api://{CLIENT}")),
    );
    only(
        Check::AudienceMismatch,
        &changed("aud", json!(["other-client-guid"])),
    );
    for wrong in [
        json!(""),
        Value::Null,
        json!(5),
        json!({}),
        json!([]),
        json!([null]),
        json!([CLIENT, null]),
    ] {
        assert_eq!(
            changed("aud", wrong.clone()).failing()[0],
            Check::AudienceMismatch,
            "{wrong}"
        );
    }
    assert_eq!(removed("aud").failing()[0], Check::AudienceMismatch);
    assert_eq!(
        changed("aud", json!([CLIENT])).failing(),
        [],
        "a list of ourselves alone"
    );
    positive_control();
}

#[test]
fn aud_untrusted() {
    positive_control();
    let two = json!([CLIENT, "11111111-2222-3333-4444-555555555555"]);
    only(Check::AudienceUntrusted, &changed("aud", two.clone()));
    only(
        Check::AudienceUntrusted,
        &Bench::claims(Mint::baseline().with("aud", two).with("azp", CLIENT)),
    );
    positive_control();
}

#[test]
fn azp_mismatch() {
    positive_control();
    for party in [json!("another-client"), json!(""), Value::Null, json!([CLIENT])] {
        only(Check::AuthorizedPartyMismatch, &changed("azp", party));
    }
    assert_eq!(changed("azp", CLIENT).failing(), []);
    positive_control();
}

#[test]
fn every_row_is_tested_once() {
    let names: Vec<_> = CHECKS.iter().map(|(check, _)| check.code()).collect();
    let distinct: std::collections::HashSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
    let sources = [
        include_str!("tests.rs"),
        include_str!("tests/attempt.rs"),
        include_str!("tests/times.rs"),
    ];
    let source: String = sources.concat().split_whitespace().collect();
    for (check, _) in CHECKS {
        // The issuer's row has the next one behind it, so its test compares two.
        let tested = [format!("only(Check::{check:?},"), format!(",[Check::{check:?},")];
        assert!(
            tested.iter().any(|test| source.contains(test)),
            "{check} has no test"
        );
    }
}

proptest! {
    #[test]
    fn times_never_overflow(exp in any::<i64>(), nbf in any::<i64>(), iat in any::<i64>()) {
        let mint = Mint::baseline().with("exp", exp).with("nbf", nbf).with("iat", iat);
        let failing = Bench::claims(mint).failing();
        let right = exp > NOW - 60 && nbf <= NOW + 60 && (NOW - 900..=NOW + 60).contains(&iat);
        prop_assert!(right || !failing.is_empty());
    }
}
