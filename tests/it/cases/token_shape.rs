//! ID tokens that are wrong in their header, their signature or their bytes.

use entra_emulator::{
    PayloadCharset, PayloadEdit, PublicKeyForm, SignatureRule, TokenEncoding, TokenMutation,
};
use serde_json::{Value, json};

use super::bench::{Bench, Ends, Refused, Row};
use crate::app::{CONTOSO, FABRIKAM};

/// The key that signs by default.
const FIRST_KEY: &str = "bP_0m0ALCnA19J9ikpXgFTzF_AA";

fn row(id: &'static str, token: TokenMutation, check: &'static str) -> Row {
    Row {
        id,
        token,
        ends: Ends::Refused(Refused::by(check)),
    }
}

fn accepted(id: &'static str, token: TokenMutation) -> Row {
    Row {
        id,
        token,
        ends: Ends::Accepted,
    }
}

/// The header has other members; `null` removes one.
fn header(members: Value) -> TokenMutation {
    TokenMutation {
        header: members.as_object().expect("members").clone(),
        ..TokenMutation::default()
    }
}

/// The same, signed by somebody else's key.
fn by_stranger(members: Value) -> TokenMutation {
    TokenMutation {
        signing_key: Some("stranger-1".to_owned()),
        ..header(members)
    }
}

fn signed_by(key: &str) -> TokenMutation {
    TokenMutation {
        signing_key: Some(key.to_owned()),
        ..TokenMutation::default()
    }
}

fn signature(signature: SignatureRule) -> TokenMutation {
    TokenMutation {
        signature,
        ..TokenMutation::default()
    }
}

/// Which algorithm the header asks for.
fn algorithms() -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, rule) in [
        ("none", SignatureRule::Empty),
        ("none", SignatureRule::Omitted),
        ("none", SignatureRule::Valid),
    ] {
        let check = if rule == SignatureRule::Omitted {
            "token_malformed"
        } else {
            "alg_not_allowed"
        };
        let token = TokenMutation {
            signature: rule,
            ..header(json!({ "alg": name }))
        };
        rows.push(row("TOK-057", token, check));
    }
    for name in ["None", "NONE", "nOnE", " none", ""] {
        for rule in [SignatureRule::Empty, SignatureRule::Valid] {
            let token = TokenMutation {
                signature: rule,
                ..header(json!({ "alg": name }))
            };
            rows.push(row("TOK-058", token, "alg_not_allowed"));
        }
    }
    for form in [
        PublicKeyForm::Pem,
        PublicKeyForm::Der,
        PublicKeyForm::Modulus,
        PublicKeyForm::Certificate,
    ] {
        rows.push(row(
            "TOK-059",
            signature(SignatureRule::HmacPublicKey(form)),
            "alg_not_allowed",
        ));
        let disguised = TokenMutation {
            signature: SignatureRule::HmacPublicKey(form),
            ..header(json!({ "alg": "RS256" }))
        };
        rows.push(row("TOK-059", disguised, "sig_invalid"));
    }
    rows.push(row(
        "TOK-060",
        signature(SignatureRule::HmacClientSecret),
        "alg_not_allowed",
    ));
    for wrong in [
        Value::Null,
        json!(["RS256"]),
        json!("rs256"),
        json!("RS256 "),
        json!("RS384"),
        json!("PS256"),
        json!("ES256"),
    ] {
        rows.push(row("TOK-065", header(json!({ "alg": wrong })), "alg_not_allowed"));
    }
    rows
}

/// Who signed, and what.
fn signatures() -> Vec<Row> {
    let swapped = |claim: &str, value: &str| TokenMutation {
        signature: SignatureRule::Original,
        ..TokenMutation::claim(claim, value)
    };
    let mut rows = vec![
        row("TOK-016", signed_by("personal-1"), "key_issuer_mismatch"),
        row("TOK-016", signed_by("personal-2"), "key_issuer_mismatch"),
        row("TOK-017", signed_by("tenant-1"), "key_issuer_mismatch"),
        row("TOK-095", signed_by("government-1"), "cloud_mismatch"),
        row("TOK-095", signed_by("government-2"), "cloud_mismatch"),
        accepted("TOK-096", signed_by("global-5")),
        accepted("TOK-096", signed_by("global-2")),
        row("TOK-061", signature(SignatureRule::Broken), "sig_invalid"),
        row("TOK-061", signature(SignatureRule::Empty), "sig_invalid"),
        row(
            "TOK-062",
            swapped("oid", "70ad2ccd-03bb-405b-a04f-14a7b6d801b2"),
            "sig_invalid",
        ),
        row("TOK-062", swapped("name", "Somebody Else"), "sig_invalid"),
        row("TOK-066", by_stranger(json!({ "kid": FIRST_KEY })), "sig_invalid"),
        row(
            "TOK-066",
            TokenMutation {
                signing_key: Some("global-2".to_owned()),
                ..header(json!({ "kid": FIRST_KEY }))
            },
            "sig_invalid",
        ),
        row("TOK-067", signed_by("stranger-1"), "key_unknown"),
        row("P117", signed_by("stranger-1"), "key_unknown"),
        // Several keys and no name: refused, as documented. One key and no name: a unit test of the keys.
        row("TOK-069", header(json!({ "kid": null })), "key_unknown"),
        row(
            "TOK-067",
            header(json!({ "kid": FIRST_KEY.to_lowercase() })),
            "key_unknown",
        ),
        row("TOK-067", header(json!({ "kid": 7 })), "key_unknown"),
    ];
    for kid in [
        "../../../../dev/null".to_owned(),
        "' OR '1'='1".to_owned(),
        format!("{FIRST_KEY}\u{0}"),
        "A".repeat(10_000),
        format!("{FIRST_KEY}\r\nX: y"),
        String::new(),
    ] {
        rows.push(row("TOK-076", header(json!({ "kid": kid })), "key_unknown"));
    }
    rows
}

/// Header members that would change which key or which bytes count.
fn headers() -> Vec<Row> {
    let key = json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": FIRST_KEY });
    let mut rows = vec![
        row(
            "TOK-070",
            by_stranger(json!({ "jwk": key })),
            "header_not_allowed",
        ),
        row("TOK-070", header(json!({ "jwk": {} })), "header_not_allowed"),
        row(
            "TOK-072",
            by_stranger(json!({ "x5c": ["MIIB"] })),
            "header_not_allowed",
        ),
        row(
            "TOK-073",
            header(json!({ "crit": ["exp"], "exp": 1 })),
            "header_not_allowed",
        ),
        row(
            "TOK-073",
            header(json!({ "crit": ["b64"], "b64": false })),
            "header_not_allowed",
        ),
        row("TOK-073", header(json!({ "crit": [] })), "header_not_allowed"),
        row("TOK-073", header(json!({ "b64": true })), "header_not_allowed"),
        row("TOK-075", header(json!({ "cty": "JWT" })), "token_malformed"),
        row(
            "TOK-075",
            header(json!({ "enc": "A256GCM" })),
            "header_not_allowed",
        ),
        row("TOK-075", header(json!({ "zip": "DEF" })), "header_not_allowed"),
        row(
            "TOK-075",
            TokenMutation {
                raw_token: Some("eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.a.b.c.d".to_owned()),
                ..TokenMutation::default()
            },
            "token_malformed",
        ),
        accepted("TOK-074", header(json!({ "typ": "JWT" }))),
        accepted("TOK-074", header(json!({ "typ": null }))),
    ];
    for kind in [
        "at+jwt",
        "logout+jwt",
        "secevent+jwt",
        "JOSE+JSON",
        "application/jwt",
        "jose",
        "",
    ] {
        rows.push(row("TOK-074", header(json!({ "typ": kind })), "typ_not_allowed"));
    }
    rows
}

/// The bytes of the token.
fn bytes() -> Vec<Row> {
    let encoded = |encoding| TokenMutation {
        encoding,
        ..TokenMutation::default()
    };
    let edited = |find: &str, replace_base64: &str| TokenMutation {
        payload_edits: vec![PayloadEdit {
            find: find.to_owned(),
            replace_base64: Some(replace_base64.to_owned()),
            ..PayloadEdit::default()
        }],
        ..TokenMutation::default()
    };
    let charset = |payload_charset| TokenMutation {
        payload_charset,
        ..TokenMutation::default()
    };
    let raw = |text: &str| TokenMutation {
        raw_token: Some(text.to_owned()),
        ..TokenMutation::default()
    };
    let mut rows = vec![
        row(
            "TOK-079",
            charset(PayloadCharset::Utf16LittleEndian),
            "token_malformed",
        ),
        row(
            "TOK-079",
            charset(PayloadCharset::Utf8WithMark),
            "token_malformed",
        ),
        row("TOK-079", edited("Dana", "/w=="), "token_malformed"),
        row("TOK-079", edited("Dana", "7aCA"), "token_malformed"),
        row("TOK-080", encoded(TokenEncoding::Padded), "token_malformed"),
        row("TOK-080", encoded(TokenEncoding::Standard), "token_malformed"),
        row("TOK-080", encoded(TokenEncoding::LineBreak), "token_malformed"),
        row(
            "TOK-081",
            TokenMutation::claim("x", "x".repeat(2_000_000)),
            "token_too_large",
        ),
        row(
            "TOK-081",
            TokenMutation::claim("x", "x".repeat(40_000)),
            "token_too_large",
        ),
        row("TOK-081", nested(20_000), "token_too_large"),
        row("TOK-081", nested(5_000), "token_malformed"),
        accepted("TOK-081", TokenMutation::claim("x", "x".repeat(20_000))),
    ];
    for text in ["", "a.b", "a.b.c", "...", "a.b.c.d", "not a token"] {
        rows.push(row("TOK-075", raw(text), "token_malformed"));
    }
    rows
}

fn nested(depth: usize) -> TokenMutation {
    TokenMutation {
        members_after: Some(format!("\"x\":{}{}", "[".repeat(depth), "]".repeat(depth))),
        ..TokenMutation::default()
    }
}

/// A member that comes twice, before and after the right one.
fn twice() -> Vec<Row> {
    let mut rows = Vec::new();
    for member in [
        format!(r#""tid":"{FABRIKAM}""#),
        format!(r#""tid":"{CONTOSO}""#),
        r#""iss":"https://evil.example/v2.0""#.to_owned(),
        r#""aud":"somebody-else""#.to_owned(),
        r#""oid":"70ad2ccd-03bb-405b-a04f-14a7b6d801b2""#.to_owned(),
        r#""nonce":"another""#.to_owned(),
        r#""t\u0069d":"x""#.to_owned(),
        r#""TID":"x""#.to_owned(),
        r#""ſub":"x""#.to_owned(),
    ] {
        let before = TokenMutation {
            members_before: Some(member.clone()),
            ..TokenMutation::default()
        };
        let after = TokenMutation {
            members_after: Some(member),
            ..TokenMutation::default()
        };
        rows.push(row("TOK-077", before, "token_malformed"));
        rows.push(row("TOK-077", after, "token_malformed"));
    }
    for text in [
        r#"{"alg":"none","alg":"RS256"}"#,
        r#"{"alg":"RS256","alg":"none"}"#,
        r#"["RS256"]"#,
        "",
    ] {
        let token = TokenMutation {
            header_text: Some(text.to_owned()),
            ..TokenMutation::default()
        };
        rows.push(row("TOK-077", token, "token_malformed"));
    }
    rows
}

/// Every token that is wrong in its shape.
pub(crate) fn rows() -> Vec<Row> {
    [algorithms(), signatures(), headers(), bytes(), twice()]
        .into_iter()
        .flatten()
        .collect()
}

#[tokio::test]
async fn tokens_of_a_wrong_shape() {
    Bench::start().await.run(rows(), &[]).await;
}
