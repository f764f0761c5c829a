//! The rows about this attempt and this person.

use super::*;

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
