//! Which keys of a set are used, and for which tokens.

use serde_json::{Value, json};

use super::*;
use crate::entra::testing::{AUTHORITY, Hand, template};

fn good() -> Value {
    Hand::Signing.published("k1", &template(AUTHORITY))
}

fn read(keys: &Value) -> Result<KeySet, EntraError> {
    KeySet::read(json!({ "keys": keys }).to_string().as_bytes())
}

fn with(member: &str, value: impl Into<Value>) -> Value {
    let mut key = good();
    key[member] = value.into();
    key
}

fn names(set: &KeySet) -> Vec<Option<&str>> {
    set.0.iter().map(|key| key.kid.as_deref()).collect()
}

#[test]
fn a_key_verifies_what_it_signed() {
    let set = read(&json!([good()])).expect("one key");
    let key = set.candidates(Some("k1")).next().expect("by name");
    let signature = Hand::Signing.sign("message");
    assert!(key.signed(b"message", &signature));
    assert!(!key.signed(b"messagf", &signature));
    assert!(!key.signed(b"message", &Hand::Other.sign("message")));
    assert!(!key.signed(b"message", "!!"));
}

#[test]
fn unusable_keys_are_passed_over() {
    let short = "A".repeat(170) + "B";
    let unusable = [
        with("kty", "EC"),
        with("kty", 1),
        with("use", "enc"),
        with("alg", "RS512"),
        with("n", short),
        with("n", "not base64url!"),
        with("n", Value::Null),
        with("e", "AQ"),
        with("e", "AAAA"),
        with("e", ""),
        with("e", "AQAAAAAB"),
        with("issuer", 5),
        json!("no object"),
        json!({}),
        Value::Null,
    ];
    for key in unusable {
        let set = read(&json!([key, with("kid", "k2")])).expect("one usable key");
        assert_eq!(names(&set), [Some("k2")], "{key}");
        assert!(read(&json!([key])).is_err(), "{key}");
    }
    let usable = [
        with("alg", "RS256"),
        with("unknown", json!({ "x": 1 })),
        with("kid", Value::Null),
    ];
    for key in usable {
        assert!(read(&json!([key])).is_ok(), "{key}");
    }
}

#[test]
fn a_set_without_a_usable_key_is_an_error() {
    for body in [
        r#"{"keys":[]}"#,
        r#"{"keys":null}"#,
        "{}",
        "",
        "[]",
        "<html>",
        r#"{"keys":[],"keys":[]}"#,
    ] {
        assert!(
            matches!(KeySet::read(body.as_bytes()), Err(EntraError::Malformed { .. })),
            "DSC-012: {body}"
        );
    }
}

#[test]
fn a_huge_set_is_an_error() {
    let many: Vec<_> = (0..=MOST_KEYS)
        .map(|number| with("kid", number.to_string()))
        .collect();
    assert!(
        matches!(read(&json!(many)), Err(EntraError::Malformed { .. })),
        "DSC-014"
    );
    assert_eq!(
        names(&read(&json!(many[1..])).expect("just fits")).len(),
        MOST_KEYS
    );
}

#[test]
fn a_token_without_a_name_means_the_only_key() {
    let one = read(&json!([good()])).expect("one key");
    assert_eq!(one.candidates(None).count(), 1);
    let two = read(&json!([good(), with("kid", "k2")])).expect("two keys");
    assert_eq!(two.candidates(None).count(), 0);
    assert_eq!(two.candidates(Some("k2")).count(), 1);
    assert_eq!(two.candidates(Some("K2")).count(), 0);
}
