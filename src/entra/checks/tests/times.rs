//! The rows about time.

use super::*;

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
