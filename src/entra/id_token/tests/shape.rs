//! What is no plain RS256 token at all.

use aws_lc_rs::hmac;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use proptest::prelude::*;

use super::*;

#[test]
fn headers_that_change_the_meaning() {
    let key = Hand::Other.published("k1", &template(AUTHORITY));
    let forged = || base().by(Hand::Other);
    let mut cases = vec![
        (
            "TOK-070",
            forged().header("jwk", key).token(),
            Check::HeaderNotAllowed,
        ),
        (
            "TOK-071",
            forged().header("jku", "https://evil/jwks").token(),
            Check::HeaderNotAllowed,
        ),
        (
            "TOK-071",
            forged().header("x5u", "https://evil/jwks").token(),
            Check::HeaderNotAllowed,
        ),
        (
            "TOK-072",
            forged().header("x5c", json!(["MIIC"])).token(),
            Check::HeaderNotAllowed,
        ),
        (
            "TOK-073",
            base().header("crit", json!(["exp"])).header("exp", 1).token(),
            Check::HeaderNotAllowed,
        ),
        (
            "TOK-073",
            base().header("crit", json!(["b64"])).header("b64", false).token(),
            Check::HeaderNotAllowed,
        ),
        (
            "TOK-073",
            base().header("crit", json!([])).token(),
            Check::HeaderNotAllowed,
        ),
        (
            "zip",
            base().header("zip", "DEF").token(),
            Check::HeaderNotAllowed,
        ),
    ];
    for kind in ["at+jwt", "logout+jwt", "secevent+jwt", "JOSE+JSON"] {
        cases.push((
            "TOK-074",
            base().header("typ", kind).token(),
            Check::TypeNotAllowed,
        ));
    }
    cases.push((
        "typ of no text",
        base().header("typ", Value::Null).token(),
        Check::TypeNotAllowed,
    ));
    all_refused(cases);
    assert_eq!(
        check_of(&base().headless("typ").token()),
        None,
        "TOK-074: absent is allowed"
    );
    assert_eq!(
        check_of(&base().header("x5t", "k1").token()),
        None,
        "what means nothing is passed over"
    );
}

#[test]
fn tokens_of_another_shape() {
    let token = base().token();
    let [header, payload, signature] = parts();
    let nested = encoded(&token);
    let mut cases = vec![
        (
            "TOK-075",
            format!("{header}.{nested}.{signature}"),
            Check::TokenMalformed,
        ),
        (
            "TOK-075",
            base().header("cty", "JWT").token(),
            Check::TokenMalformed,
        ),
        (
            "TOK-075",
            format!("{header}.a.b.c.{signature}"),
            Check::TokenMalformed,
        ),
        ("P186", "not.a-jwt".to_owned(), Check::TokenMalformed),
        ("empty", String::new(), Check::TokenMalformed),
        ("dots", "..".to_owned(), Check::TokenMalformed),
        ("payload of no object", base().raw(b"[1]"), Check::TokenMalformed),
        (
            "payload of two objects",
            base().raw(b"{}{}"),
            Check::TokenMalformed,
        ),
        (
            "header of no object",
            format!("{}.{payload}.{signature}", encoded("[]")),
            Check::TokenMalformed,
        ),
    ];
    let standard = |part: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
        (URL_SAFE.encode(&bytes), STANDARD.encode(&bytes))
    };
    // One of the three always needs padding, and the signature always has a letter that differs.
    let (padded, other_alphabet) = standard(&signature);
    assert!(padded.ends_with('=') && other_alphabet.contains(['+', '/']));
    cases.push((
        "TOK-080",
        format!("{header}.{payload}.{padded}"),
        Check::TokenMalformed,
    ));
    let unpadded = other_alphabet.trim_end_matches('=');
    cases.push((
        "TOK-080",
        format!("{header}.{payload}.{unpadded}"),
        Check::TokenMalformed,
    ));
    cases.push((
        "TOK-080",
        format!("{header}.{}\n{}.{signature}", &payload[..8], &payload[8..]),
        Check::TokenMalformed,
    ));
    cases.push((
        "TOK-080",
        format!("{header}.{payload}.{signature}\n"),
        Check::TokenMalformed,
    ));
    cases.push(("TOK-080", format!(" {token}"), Check::TokenMalformed));
    all_refused(cases);
}

#[test]
fn members_that_come_twice() {
    let payload = base().claims.to_string();
    let other = [
        ("tid", TENANT_B),
        ("iss", "x"),
        ("aud", "x"),
        ("oid", TENANT_B),
        ("nonce", "x"),
    ];
    let mut cases = Vec::new();
    for (name, value) in other {
        let first = payload.replacen('{', &format!(r#"{{"{name}":"{value}","#), 1);
        let last = format!(
            r#"{},"{name}":"{value}"}}"#,
            payload.strip_suffix('}').expect("an object")
        );
        cases.push(("TOK-077", base().raw(first.as_bytes()), Check::TokenMalformed));
        cases.push(("TOK-077", base().raw(last.as_bytes()), Check::TokenMalformed));
    }
    for (id, extra) in [
        ("escaped", r#""t\u0069d":"x""#),
        ("other case", r#""TID":"x""#),
        ("P136", r#""ſub":"anon""#),
        ("nested", r#""x":{"a":1,"a":2}"#),
        ("nested in a list", r#""x":[{"a":1,"a":2}]"#),
    ] {
        let doubled = payload.replacen('{', &format!("{{{extra},"), 1);
        cases.push((id, base().raw(doubled.as_bytes()), Check::TokenMalformed));
    }
    let header = encoded(r#"{"alg":"none","alg":"RS256","kid":"k1"}"#);
    let [_, payload, signature] = parts();
    cases.push((
        "header",
        format!("{header}.{payload}.{signature}"),
        Check::TokenMalformed,
    ));
    all_refused(cases);
    accepted(base().with("náme", "x"));
    assert_eq!(
        check_of(&base().without("sub").with("ſub", "anon").token()),
        Some(Check::SubjectMissing),
        "P137"
    );
}

#[test]
fn bytes_that_are_no_text() {
    let payload = base().with("x", "\u{1}").claims.to_string();
    let utf16: Vec<u8> = payload.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut broken = base().with("unread", "QQ").claims.to_string().into_bytes();
    let place = broken.windows(2).position(|pair| pair == b"QQ").expect("there");
    broken[place] = 0xff;
    let with_mark = format!("\u{feff}{payload}");
    all_refused(vec![
        ("TOK-079", base().raw(&utf16), Check::TokenMalformed),
        ("TOK-079", base().raw(&broken), Check::TokenMalformed),
        ("TOK-079", base().raw(with_mark.as_bytes()), Check::TokenMalformed),
    ]);
}

#[test]
fn huge_tokens_cost_nothing() {
    let nested = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let deep = base()
        .claims
        .to_string()
        .replacen('{', &format!(r#"{{"x":{nested},"#), 1);
    let shallow = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let shallow = base()
        .claims
        .to_string()
        .replacen('{', &format!(r#"{{"x":{shallow},"#), 1);
    all_refused(vec![
        (
            "TOK-081",
            base().with("x", "x".repeat(2_000_000)).token(),
            Check::TokenTooLarge,
        ),
        ("TOK-081", base().raw(deep.as_bytes()), Check::TokenTooLarge),
        ("nested", base().raw(shallow.as_bytes()), Check::TokenMalformed),
    ]);
}

#[test]
fn algorithms_are_not_the_tokens_choice() {
    let [_, payload, signature] = parts();
    let mut cases = vec![(
        "TOK-065",
        base().headless("alg").token(),
        Check::AlgorithmNotAllowed,
    )];
    for alg in [
        "none", "None", "NONE", "nOnE", " none", "", "HS256", "RS384", "PS256", "ES256", "rs256",
    ] {
        let header = encoded(&json!({ "typ": "JWT", "alg": alg, "kid": "k1" }).to_string());
        cases.push((
            "TOK-057",
            format!("{header}.{payload}."),
            Check::AlgorithmNotAllowed,
        ));
        cases.push((
            "TOK-058",
            format!("{header}.{payload}.{signature}"),
            Check::AlgorithmNotAllowed,
        ));
    }
    let header = encoded(&json!({ "alg": "HS256", "kid": "k1" }).to_string());
    let message = format!("{header}.{payload}");
    for secret in [Hand::Signing.pem(), b"the client secret"] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, message.as_bytes()));
        cases.push((
            "TOK-059/060",
            format!("{message}.{signature}"),
            Check::AlgorithmNotAllowed,
        ));
    }
    cases.push((
        "alg of no text",
        base().header("alg", json!(["RS256"])).token(),
        Check::AlgorithmNotAllowed,
    ));
    all_refused(cases);
}

proptest! {
    /// Whatever text comes, reading it ends in an answer.
    #[test]
    fn any_text_is_read_without_harm(text in "\\PC{0,200}", payload in "\\PC{0,200}") {
        prop_assert!(Unverified::read(&text).is_err());
        let read = Unverified::read(&base().raw(payload.as_bytes()));
        prop_assert!(read.is_err());
    }

    /// No single character of a token may be another one.
    #[test]
    fn any_change_is_noticed(place in any::<proptest::sample::Index>(), letter in "[A-Za-z0-9_.=+/-]") {
        let mut token = base().token();
        let place = place.index(token.len());
        prop_assume!(token[place..=place] != letter);
        token.replace_range(place..=place, &letter);
        prop_assert!(check_of(&token).is_some());
    }
}
