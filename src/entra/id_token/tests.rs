//! Whole tokens, signed by hand: the attacks of the security matrix by their numbers, each with the one reason for
//! which it must be refused, and framed by the token that must be accepted.

use aws_lc_rs::hmac;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use super::*;
use crate::entra::testing::{
    AUTHORITY, CLIENT, Hand, Mint, NOW, OBJECT, PERSONAL, TENANT_A, TENANT_B, authority, expected, nonce,
    snapshot, template, tenant,
};

/// What tenant A's endpoint publishes: its key, one for personal accounts, one of another tenant, one of another
/// cloud. All but the first belong to the other hand.
fn published() -> Value {
    let mut government = Hand::Other.published("kUS", &template(AUTHORITY));
    government["cloud_instance_name"] = json!("microsoftonline.us");
    json!([
        Hand::Signing.published("k1", &template(AUTHORITY)),
        Hand::Other.published("kMSA", &format!("{AUTHORITY}/{PERSONAL}/v2.0")),
        Hand::Other.published("kB", &format!("{AUTHORITY}/{TENANT_B}/v2.0")),
        government,
    ])
}

fn verify_with(keys: &Value, token: &str) -> Result<Identity, Rejection> {
    let (snapshot, authority, nonce) = (snapshot(keys), authority(), nonce());
    let unverified = Unverified::read(token).map_err(Rejection::of)?;
    let context = Context {
        snapshot: &snapshot,
        authority: &authority,
        client: CLIENT,
        access_token: Some("an access token"),
        expected: expected(&nonce),
        now: NOW,
    };
    verify(&unverified, token, &context)
}

fn check_of(token: &str) -> Option<Check> {
    verify_with(&published(), token)
        .err()
        .and_then(|rejection| rejection.check)
}

fn accepted(mint: Mint) -> Identity {
    verify_with(&published(), &mint.token()).expect("accepted")
}

/// Runs a batch of attacks between two positive controls.
fn all_refused(cases: Vec<(&str, String, Check)>) {
    assert_eq!(check_of(&Mint::baseline().token()), None, "TOK-001 before");
    for (id, token, check) in cases {
        assert_eq!(check_of(&token), Some(check), "{id}");
    }
    assert_eq!(check_of(&Mint::baseline().token()), None, "TOK-001 after");
}

fn base() -> Mint {
    Mint::baseline()
}

fn encoded(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// The baseline's three parts.
fn parts() -> [String; 3] {
    let token = base().token();
    let mut parts = token.split('.').map(str::to_owned);
    std::array::from_fn(|_| parts.next().expect("three parts"))
}

#[test]
fn claims_that_were_tampered_with() {
    let b =
        |id: &'static str, claim: &str, value: Value, check| (id, base().with(claim, value).token(), check);
    let gone = |id: &'static str, claim: &str, check| (id, base().without(claim).token(), check);
    let issuer = |tenant: &str| json!(format!("{AUTHORITY}/{tenant}/v2.0"));
    let upper = TENANT_A.to_uppercase();
    let others = json!([CLIENT, "11111111-2222-3333-4444-555555555555"]);
    let mut cases = vec![
        b(
            "TOK-002",
            "iss",
            json!(format!("{AUTHORITY}/{TENANT_A}/v2.01")),
            Check::IssuerMismatch,
        ),
        gone("TOK-003", "iss", Check::IssuerMismatch),
        b("TOK-005", "iss", issuer(TENANT_B), Check::IssuerTenantMismatch),
        b("TOK-006", "tid", json!(TENANT_B), Check::IssuerTenantMismatch),
        gone("TOK-007", "tid", Check::TenantMissing),
        b("TOK-010", "iss", issuer(&upper), Check::IssuerTenantMismatch),
        b(
            "TOK-011",
            "iss",
            json!(format!("{AUTHORITY}/{TENANT_A}/v2.0/")),
            Check::IssuerMismatch,
        ),
        b(
            "TOK-011",
            "iss",
            json!(format!("{AUTHORITY}/{TENANT_A}/v2.0/x")),
            Check::IssuerMismatch,
        ),
        b(
            "TOK-011",
            "iss",
            json!(format!("{AUTHORITY}//{TENANT_A}/v2.0")),
            Check::IssuerMismatch,
        ),
        b(
            "TOK-013",
            "iss",
            json!(format!("https://evil.example/{TENANT_A}/v2.0")),
            Check::IssuerMismatch,
        ),
        gone("TOK-024", "oid", Check::ObjectMissing),
        gone("TOK-026", "sub", Check::SubjectMissing),
        b(
            "TOK-029",
            "aud",
            json!(format!("{CLIENT}1")),
            Check::AudienceMismatch,
        ),
        gone("TOK-030", "aud", Check::AudienceMismatch),
        b("TOK-032", "aud", others.clone(), Check::AudienceUntrusted),
        (
            "TOK-032",
            base().with("aud", others).with("azp", CLIENT).token(),
            Check::AudienceUntrusted,
        ),
        b(
            "TOK-033",
            "aud",
            json!("other-client-guid"),
            Check::AudienceMismatch,
        ),
        b(
            "TOK-033",
            "aud",
            json!(["other-client-guid"]),
            Check::AudienceMismatch,
        ),
        b(
            "TOK-036",
            "aud",
            json!(format!("api://{CLIENT}")),
            Check::AudienceMismatch,
        ),
        b("TOK-041", "nonce", json!("2".repeat(64)), Check::NonceMismatch),
        gone("TOK-043", "nonce", Check::NonceMismatch),
        b("TOK-045", "exp", json!(NOW - 180), Check::Expired),
        b("TOK-047", "exp", json!("9999999999"), Check::Expired),
        b("TOK-049", "exp", json!(NOW + 315_360_000), Check::Lifetime),
        b("TOK-051", "nbf", json!("9999999999"), Check::NotBefore),
        gone("TOK-053", "iat", Check::IssuedAt),
        b("TOK-054", "iat", json!(NOW - 7 * 86_400), Check::IssuedAt),
        b("TOK-082", "ver", json!("1.0"), Check::Version),
        gone("TOK-082", "ver", Check::Version),
        b("TOK-082", "ver", json!(2.0), Check::Version),
        (
            "TOK-083",
            base()
                .with("idtyp", "app")
                .without("name")
                .without("preferred_username")
                .token(),
            Check::NotAUser,
        ),
        b(
            "TOK-090",
            "at_hash",
            json!("AAAAAAAAAAAAAAAAAAAAAA"),
            Check::AccessTokenHash,
        ),
        b("P057", "oid", json!(123), Check::ObjectInvalid),
        b(
            "P066",
            "azp",
            json!("another-client"),
            Check::AuthorizedPartyMismatch,
        ),
        b("P137", "tid", json!("uuid-5678"), Check::TenantInvalid),
        b("P147", "tid", Value::Null, Check::TenantInvalid),
    ];
    let double = base().with("tid", upper.as_str()).with("iss", issuer(&upper));
    cases.push(("TOK-010", double.token(), Check::IssuerTenantMismatch));
    for wrong in [
        json!(""),
        json!(42),
        json!(["x"]),
        Value::Null,
        json!("s".repeat(300)),
    ] {
        cases.push(b("TOK-027", "sub", wrong, Check::SubjectInvalid));
    }
    for wrong in [
        json!(""),
        Value::Null,
        json!(5),
        json!({}),
        json!([]),
        json!([null]),
    ] {
        cases.push(b("TOK-034", "aud", wrong, Check::AudienceMismatch));
    }
    all_refused(cases);
}

#[test]
fn personal_accounts_are_refused_before_anything_is_fetched() {
    let issuer = format!("{AUTHORITY}/{PERSONAL}/v2.0");
    let token = base()
        .with("tid", PERSONAL)
        .with("iss", issuer)
        .by(Hand::Other)
        .header("kid", "kMSA")
        .token();
    assert_eq!(Unverified::read(&token).err(), Some(Check::PersonalAccount));
    let rejection = verify_with(&published(), &token).expect_err("TOK-015");
    assert_eq!(
        rejection.refusal,
        crate::domain::sign_in::Refusal::PersonalAccount
    );
}

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
fn what_must_be_accepted() {
    for (id, mint) in [
        ("TOK-038", base().with("azp", CLIENT)),
        ("TOK-045", base().with("exp", NOW - 30)),
        ("TOK-052", base().with("nbf", NOW + 30)),
        ("TOK-052", base().without("nbf")),
        ("TOK-056", base().with("iat", NOW - 300).with("exp", NOW + 3600)),
        ("TOK-090", base().without("at_hash")),
        ("one-day lifetime", base().with("exp", NOW + 86_400)),
    ] {
        assert_eq!(check_of(&mint.token()), None, "{id}");
    }
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

#[test]
fn the_identity_is_tenant_and_object() {
    let identity = accepted(base());
    assert_eq!(identity.key().tenant, tenant(TENANT_A));
    assert_eq!(identity.key().object.to_string(), OBJECT);
    assert_eq!(identity.subject(), "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ");
    assert_eq!(identity.name(), Some("Dana Reyes"));
    assert_eq!(identity.username(), Some("dana@contoso.com"));
    assert_eq!(identity.email(), None, "a user name is no address");
    assert_eq!(
        identity.microsoft_sid(),
        Some("7d1e8f2c-9a3b-4c5d-8e6f-0a1b2c3d4e5f")
    );
    let renamed = accepted(
        base()
            .with("preferred_username", "owner@contoso.com")
            .with("upn", "owner@contoso.com"),
    );
    assert_eq!(renamed.key(), identity.key(), "TOK-022: labels make nobody else");
}

#[test]
fn privileges_in_a_token_are_nothing() {
    let claims = base()
        .with("roles", json!(["owner", "admin"]))
        .with("role", "owner")
        .with("wids", json!(["62e90394-69f5-4237-9190-012177145e10"]))
        .with("is_admin", true)
        .with("team_id", TENANT_B);
    let identity = accepted(claims);
    assert!(
        identity.groups.ids.is_empty() && !identity.has_overage(),
        "TOK-086"
    );
}

#[test]
fn hostile_labels_are_cleaned() {
    let identity = accepted(base().with("name", "<script>alert(1)</script>"));
    assert_eq!(
        identity.name(),
        Some("<script>alert(1)</script>"),
        "a text, shown as text"
    );
    let long = format!("\u{202e}{}", "n".repeat(10_000));
    let identity = accepted(
        base()
            .with("name", long)
            .with("email", json!(["a", "b"]))
            .with("preferred_username", json!({ "x": 1 })),
    );
    assert_eq!(identity.name().map(str::len), Some(256), "TOK-092");
    assert_eq!((identity.email(), identity.username()), (None, None));
    let identity = accepted(
        base()
            .with("name", "\u{200b} ")
            .with("email", " Dana@Contoso.com ")
            .with("sid", "a b"),
    );
    assert_eq!(identity.name(), None);
    assert_eq!(identity.email(), Some("dana@contoso.com"));
    assert_eq!(identity.microsoft_sid(), None);
}

#[test]
fn guests_are_told_from_members() {
    let foreign = format!("https://sts.windows.net/{TENANT_B}/");
    let guests = [
        base().with("acct", 1).with("idp", foreign.as_str()),
        base().with("acct", 1),
        base().with("idp", foreign.as_str()),
        base().with("acct", 0).with("idp", foreign.as_str()),
        base().with("idp", "live.com"),
        base().with("idp", format!("{AUTHORITY}/{TENANT_B}/v2.0")),
        base().with("idp", Value::Null),
        base().with("idp", json!([])),
        base().with("idp", ""),
        base().with("acct", "1"),
        base().with("acct", true),
        base().with("acct", Value::Null),
    ];
    for guest in guests {
        assert!(
            accepted(guest.clone()).is_guest(),
            "TOK-084/098: {}",
            guest.claims
        );
    }
    let members = [
        base(),
        base().with("acct", 0),
        base().with("acct", "0"),
        base().with("idp", format!("{AUTHORITY}/{TENANT_A}/v2.0")),
        base().with("idp", format!("https://sts.windows.net/{TENANT_A}/")),
    ];
    for member in members {
        assert!(!accepted(member.clone()).is_guest(), "TOK-099: {}", member.claims);
    }
}

#[test]
fn groups_are_complete_or_asked_for() {
    let (one, two) = (OBJECT, TENANT_B);
    let listed = accepted(base().with("groups", json!([one, two, one, one.to_uppercase()])));
    assert_eq!((listed.groups.ids.len(), listed.has_overage()), (2, false));
    assert!(!accepted(base()).has_overage(), "no groups at all");
    assert!(!accepted(base().with("hasgroups", false)).has_overage());
    let other_source = base().with("_claim_names", json!({ "other": "src1" }));
    assert!(!accepted(other_source).has_overage(), "only groups count");
    let source = json!({ "src1": { "endpoint": "https://evil.example/" } });
    for incomplete in [
        base()
            .with("_claim_names", json!({ "groups": "src1" }))
            .with("_claim_sources", source),
        base().with("_claim_names", json!({ "groups": "src1" })),
        base().with("_claim_names", "src1"),
        base().with("hasgroups", true),
        base().with("hasgroups", "true"),
        base().with("hasgroups", 1),
        base().with("groups:src1", json!({})),
        base().with("groups", Value::Null),
        base().with("groups", one),
        base().with("groups", json!([one, 7])),
        base().with("groups", json!([one, "MSP-Admins"])),
        base().with("groups", json!({})),
    ] {
        assert!(
            accepted(incomplete.clone()).has_overage(),
            "{}",
            incomplete.claims
        );
    }
}
