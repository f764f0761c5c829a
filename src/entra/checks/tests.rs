//! Each row of the table, failed by a token in which nothing else is wrong.

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
fn exp() {
    positive_control();
    for wrong in [
        json!(NOW - 60),
        json!(NOW - 180),
        json!("9999999999"),
        Value::Null,
        json!(1e300),
        json!(-1),
    ] {
        assert_eq!(
            changed("exp", wrong.clone()).failing()[0],
            Check::Expired,
            "{wrong}"
        );
    }
    only(Check::Expired, &changed("exp", NOW - 60));
    assert_eq!(removed("exp").failing()[0], Check::Expired);
    assert_eq!(changed("exp", NOW - 59).failing(), [], "within the leeway");
    positive_control();
}

#[test]
fn nbf() {
    positive_control();
    for wrong in [
        json!(NOW + 61),
        json!("9999999999"),
        json!("0"),
        Value::Null,
        json!(i64::MAX),
    ] {
        only(Check::NotBefore, &changed("nbf", wrong));
    }
    assert_eq!(changed("nbf", NOW + 60).failing(), [], "within the leeway");
    assert_eq!(removed("nbf").failing(), []);
    positive_control();
}

#[test]
fn iat() {
    positive_control();
    only(Check::IssuedAt, &changed("iat", NOW - 901));
    only(Check::IssuedAt, &changed("iat", NOW + 61));
    for wrong in [json!("1"), Value::Null, json!(1.5)] {
        assert_eq!(changed("iat", wrong).failing()[0], Check::IssuedAt);
    }
    assert_eq!(removed("iat").failing()[0], Check::IssuedAt);
    assert_eq!(changed("iat", NOW - 7 * 86_400).failing()[0], Check::IssuedAt);
    for right in [NOW - 900, NOW + 60] {
        assert_eq!(changed("iat", right).failing(), []);
    }
    positive_control();
}

#[test]
fn lifetime() {
    positive_control();
    only(Check::Lifetime, &changed("exp", NOW + 315_360_000));
    only(Check::Lifetime, &changed("exp", NOW - 300 + LONGEST + 1));
    only(
        Check::Lifetime,
        &Bench::claims(Mint::baseline().with("iat", NOW + 30).with("exp", NOW + 30)),
    );
    assert_eq!(changed("exp", NOW - 300 + LONGEST).failing(), []);
    positive_control();
}

#[test]
fn auth_time() {
    positive_control();
    let step_up = |claims: Mint| Bench {
        within: Some(Duration::from_mins(10)),
        ..Bench::claims(claims)
    };
    for wrong in [
        json!(NOW - 601),
        json!(NOW - 3600),
        json!(NOW + 61),
        json!("x"),
        Value::Null,
    ] {
        only(
            Check::AuthenticationTime,
            &step_up(Mint::baseline().with("auth_time", wrong.clone())),
        );
        assert_eq!(
            changed("auth_time", wrong).failing(),
            [],
            "only a step-up asks for it"
        );
    }
    assert_eq!(
        step_up(Mint::baseline().with("auth_time", NOW - 600)).failing(),
        []
    );
    assert_eq!(step_up(Mint::baseline()).failing(), [], "it is an optional claim");
    positive_control();
}

#[test]
fn nonce_mismatch() {
    positive_control();
    let other = "1".repeat(64);
    for wrong in [json!(other), json!(""), Value::Null, json!(5)] {
        only(Check::NonceMismatch, &changed("nonce", wrong));
    }
    only(Check::NonceMismatch, &removed("nonce"));
    positive_control();
}

#[test]
fn at_hash() {
    positive_control();
    for wrong in [json!("AAAAAAAAAAAAAAAAAAAAAA"), json!(""), Value::Null, json!(5)] {
        only(Check::AccessTokenHash, &changed("at_hash", wrong));
    }
    let right = half_hash("an access token");
    assert_eq!(changed("at_hash", right.as_str()).failing(), []);
    only(
        Check::AccessTokenHash,
        &Bench {
            access_token: None,
            ..changed("at_hash", right.as_str())
        },
    );
    positive_control();
}

#[test]
fn half_hash_is_the_standards() {
    // OpenID Connect Core, appendix A.4: the example's access token and its hash.
    let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    assert_eq!(half_hash(token), "77QmUPtjPfzWtF2AnpK9RQ");
}

#[test]
fn oid_missing_and_oid_invalid() {
    positive_control();
    only(Check::ObjectMissing, &removed("oid"));
    for wrong in [
        json!("1234"),
        json!(""),
        json!(123),
        Value::Null,
        json!(TENANT_A.replace('-', "")),
    ] {
        only(Check::ObjectInvalid, &changed("oid", wrong));
    }
    positive_control();
}

#[test]
fn sub_missing_and_sub_invalid() {
    positive_control();
    only(Check::SubjectMissing, &removed("sub"));
    for wrong in [
        json!(""),
        json!(42),
        json!(["x"]),
        Value::Null,
        json!("s".repeat(256)),
        json!("a\u{0}b"),
        json!("é"),
    ] {
        only(Check::SubjectInvalid, &changed("sub", wrong));
    }
    assert_eq!(changed("sub", "s".repeat(255)).failing(), []);
    positive_control();
}

#[test]
fn not_a_user() {
    positive_control();
    for kind in [json!("app"), json!("device"), json!(""), Value::Null, json!(1)] {
        only(Check::NotAUser, &changed("idtyp", kind));
    }
    assert_eq!(changed("idtyp", "user").failing(), []);
    positive_control();
}

#[test]
fn iss_param_missing_and_iss_param_mismatch() {
    positive_control();
    only(
        Check::IssuerParameterMissing,
        &Bench {
            promises_issuer: true,
            ..Bench::sound()
        },
    );
    let with = |issuer: String, promises_issuer| Bench {
        issuer_parameter: Some(issuer),
        promises_issuer,
        ..Bench::sound()
    };
    for promises in [true, false] {
        only(
            Check::IssuerParameterMismatch,
            &with(format!("{AUTHORITY}/{TENANT_B}/v2.0"), promises),
        );
        only(
            Check::IssuerParameterMismatch,
            &with("https://evil.example".to_owned(), promises),
        );
        assert_eq!(
            with(format!("{AUTHORITY}/{TENANT_A}/v2.0"), promises).failing(),
            []
        );
    }
    positive_control();
}

#[test]
fn every_row_is_tested_once() {
    let names: Vec<_> = CHECKS.iter().map(|(check, _)| check.code()).collect();
    let distinct: std::collections::HashSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
    let source = include_str!("tests.rs");
    for (check, _) in CHECKS {
        assert!(
            source.contains(&format!("Check::{check:?}")),
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
