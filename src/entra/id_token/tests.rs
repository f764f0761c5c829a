//! Whole tokens, signed by hand: the attacks of the security matrix by their numbers, each with the one reason for
//! which it must be refused, and framed by the token that must be accepted.

mod identity;
mod shape;
mod signature;

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

/// The attack's number, its token, and the check that must refuse it.
type Case = (&'static str, String, Check);

/// Runs a batch of attacks between two positive controls.
fn all_refused(cases: Vec<Case>) {
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

/// The baseline with one claim changed, and the check that must refuse it.
fn changed(id: &'static str, claim: &str, value: impl Into<Value>, check: Check) -> Case {
    (id, base().with(claim, value).token(), check)
}

/// The baseline without one claim.
fn removed(id: &'static str, claim: &str, check: Check) -> Case {
    (id, base().without(claim).token(), check)
}

#[test]
fn issuers_and_audiences_that_were_tampered_with() {
    let issuer = |tenant: &str| format!("{AUTHORITY}/{tenant}/v2.0");
    let upper = TENANT_A.to_uppercase();
    let double = base().with("tid", upper.as_str()).with("iss", issuer(&upper));
    let others = json!([CLIENT, "11111111-2222-3333-4444-555555555555"]);
    let authorized = base().with("aud", others.clone()).with("azp", CLIENT);
    let mut cases = vec![
        changed("TOK-002", "iss", issuer(TENANT_A) + "1", Check::IssuerMismatch),
        removed("TOK-003", "iss", Check::IssuerMismatch),
        changed("TOK-005", "iss", issuer(TENANT_B), Check::IssuerTenantMismatch),
        changed("TOK-006", "tid", TENANT_B, Check::IssuerTenantMismatch),
        removed("TOK-007", "tid", Check::TenantMissing),
        changed("TOK-010", "iss", issuer(&upper), Check::IssuerTenantMismatch),
        ("TOK-010", double.token(), Check::IssuerTenantMismatch),
        changed("TOK-011", "iss", issuer(TENANT_A) + "/", Check::IssuerMismatch),
        changed("TOK-011", "iss", issuer(TENANT_A) + "/x", Check::IssuerMismatch),
        changed(
            "TOK-011",
            "iss",
            format!("{AUTHORITY}//{TENANT_A}/v2.0"),
            Check::IssuerMismatch,
        ),
        changed(
            "TOK-013",
            "iss",
            format!("https://evil.example/{TENANT_A}/v2.0"),
            Check::IssuerMismatch,
        ),
        changed("TOK-029", "aud", format!("{CLIENT}1"), Check::AudienceMismatch),
        removed("TOK-030", "aud", Check::AudienceMismatch),
        changed("TOK-032", "aud", others, Check::AudienceUntrusted),
        ("TOK-032", authorized.token(), Check::AudienceUntrusted),
        changed("TOK-033", "aud", "other-client-guid", Check::AudienceMismatch),
        changed(
            "TOK-033",
            "aud",
            json!(["other-client-guid"]),
            Check::AudienceMismatch,
        ),
        changed(
            "TOK-036",
            "aud",
            format!("api://{CLIENT}"),
            Check::AudienceMismatch,
        ),
        changed("P018", "tid", "uuid-5678", Check::TenantInvalid),
        changed("P066", "azp", "another-client", Check::AuthorizedPartyMismatch),
        changed("P147", "tid", Value::Null, Check::TenantInvalid),
    ];
    for wrong in [
        json!(""),
        Value::Null,
        json!(5),
        json!({}),
        json!([]),
        json!([null]),
    ] {
        cases.push(changed("TOK-034", "aud", wrong, Check::AudienceMismatch));
    }
    all_refused(cases);
}

#[test]
fn times_and_persons_that_were_tampered_with() {
    let application = base()
        .with("idtyp", "app")
        .without("name")
        .without("preferred_username");
    let mut cases = vec![
        removed("TOK-024", "oid", Check::ObjectMissing),
        removed("TOK-026", "sub", Check::SubjectMissing),
        changed("TOK-041", "nonce", "2".repeat(64), Check::NonceMismatch),
        removed("TOK-043", "nonce", Check::NonceMismatch),
        changed("TOK-045", "exp", NOW - 180, Check::Expired),
        changed("TOK-047", "exp", "9999999999", Check::Expired),
        changed("TOK-049", "exp", NOW + 315_360_000, Check::Lifetime),
        changed("TOK-051", "nbf", "9999999999", Check::NotBefore),
        removed("TOK-053", "iat", Check::IssuedAt),
        changed("TOK-054", "iat", NOW - 7 * 86_400, Check::IssuedAt),
        changed("TOK-082", "ver", "1.0", Check::Version),
        removed("TOK-082", "ver", Check::Version),
        changed("TOK-082", "ver", 2.0, Check::Version),
        ("TOK-083", application.token(), Check::NotAUser),
        changed(
            "TOK-090",
            "at_hash",
            "AAAAAAAAAAAAAAAAAAAAAA",
            Check::AccessTokenHash,
        ),
        changed("P057", "oid", 123, Check::ObjectInvalid),
        changed("P124", "nbf", NOW + 600, Check::NotBefore),
        changed("P125", "exp", NOW - 600, Check::Expired),
        changed("P126", "iat", NOW + 600, Check::IssuedAt),
    ];
    for wrong in [
        json!(""),
        json!(42),
        json!(["x"]),
        Value::Null,
        json!("s".repeat(300)),
    ] {
        cases.push(changed("TOK-027", "sub", wrong, Check::SubjectInvalid));
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
