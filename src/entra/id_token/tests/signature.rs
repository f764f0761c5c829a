//! Who signed it, and who may.

use jsonwebtoken::{Algorithm, EncodingKey, crypto};

use super::*;

#[test]
fn keys_that_may_not_sign_this_token() {
    let by_other = |kid: &str| base().by(Hand::Other).header("kid", kid).token();
    all_refused(vec![
        ("TOK-016", by_other("kMSA"), Check::KeyIssuerMismatch),
        ("TOK-017", by_other("kB"), Check::KeyIssuerMismatch),
        ("TOK-095", by_other("kUS"), Check::CloudMismatch),
        ("TOK-066", by_other("k1"), Check::SignatureInvalid),
        ("TOK-067", by_other("nobody"), Check::KeyUnknown),
        ("TOK-069", base().headless("kid").token(), Check::KeyUnknown),
        (
            "kid of no text",
            base().header("kid", 1).token(),
            Check::KeyUnknown,
        ),
    ]);
}

#[test]
fn hostile_key_names_find_nothing() {
    let long = "A".repeat(10_000);
    let names = [
        "../../../../dev/null",
        "' OR '1'='1",
        "k1\u{0}",
        long.as_str(),
        "k1\r\nX: y",
        "K1",
        "",
    ];
    let cases = names.map(|kid| ("TOK-076", base().header("kid", kid).token(), Check::KeyUnknown));
    all_refused(cases.into());
}

#[test]
fn another_algorithms_signature_is_none() {
    let token = base().token();
    let (message, _) = token.rsplit_once('.').expect("three parts");
    let key = EncodingKey::from_rsa_pem(Hand::Signing.pem()).expect("a key");
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::RS512).expect("signs");
    assert_eq!(
        check_of(&format!("{message}.{signature}")),
        Some(Check::SignatureInvalid)
    );
}

#[test]
fn signatures_that_do_not_fit() {
    let [header, payload, signature] = parts();
    let mut bytes = URL_SAFE_NO_PAD.decode(&signature).expect("base64url");
    bytes[100] ^= 1;
    let flipped = URL_SAFE_NO_PAD.encode(&bytes);
    let swapped = encoded(
        &base()
            .with("oid", "0b1ec7a1-0000-4000-8000-00000000000b")
            .claims
            .to_string(),
    );
    all_refused(vec![
        (
            "TOK-061",
            format!("{header}.{payload}.{flipped}"),
            Check::SignatureInvalid,
        ),
        (
            "TOK-062",
            format!("{header}.{swapped}.{signature}"),
            Check::SignatureInvalid,
        ),
        (
            "no signature",
            format!("{header}.{payload}."),
            Check::SignatureInvalid,
        ),
        (
            "half a signature",
            format!("{header}.{payload}.{}", &signature[..172]),
            Check::SignatureInvalid,
        ),
    ]);
}

#[test]
fn a_token_without_a_key_name_needs_a_single_key() {
    let token = base().headless("kid").token();
    let one = json!([Hand::Signing.published("k1", &template(AUTHORITY))]);
    assert!(verify_with(&one, &token).is_ok(), "TOK-068");
    let another = json!([Hand::Other.published("k1", &template(AUTHORITY))]);
    let rejection = verify_with(&another, &token).expect_err("signed by another");
    assert_eq!(rejection.check, Some(Check::SignatureInvalid));
}

#[test]
fn of_two_keys_with_one_name_the_one_that_signed_counts() {
    let keys = json!([
        Hand::Other.published("k1", &template(AUTHORITY)),
        Hand::Signing.published("k1", &template(AUTHORITY)),
    ]);
    assert!(verify_with(&keys, &base().token()).is_ok());
}
