//! ID tokens with one claim that is not what it should be.

use entra_emulator::TokenMutation;
use serde_json::{Value, json};

use super::bench::{Bench, Ends, Refused, Row};
use crate::app::{CLIENT_ID, CONTOSO, FABRIKAM};

/// 2026-03-04T14:02:11Z, when every test begins.
pub(crate) const NOW: i64 = 1_772_632_931;
const DAY: i64 = 86_400;
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// One claim has another value; `null` removes it.
pub(crate) fn refused(id: &'static str, claim: &str, value: Value, check: &'static str) -> Row {
    Row {
        id,
        token: TokenMutation::claim(claim, value),
        ends: Ends::Refused(Refused::by(check)),
    }
}

fn accepted(id: &'static str, claim: &str, value: Value) -> Row {
    Row {
        id,
        token: TokenMutation::claim(claim, value),
        ends: Ends::Accepted,
    }
}

/// Several claims have other values.
pub(crate) fn claims(values: Value) -> TokenMutation {
    TokenMutation {
        claims: values.as_object().expect("claims").clone(),
        ..TokenMutation::default()
    }
}

/// A claim is there, and JSON `null`.
fn null(id: &'static str, claim: &str, check: &'static str) -> Row {
    Row {
        id,
        token: TokenMutation {
            null_claims: vec![claim.to_owned()],
            ..TokenMutation::default()
        },
        ends: Ends::Refused(Refused::by(check)),
    }
}

/// Who issued the token, and for which tenant.
fn issuer(authority: &str) -> Vec<Row> {
    let own = format!("{authority}/{CONTOSO}/v2.0");
    let other = format!("{authority}/{FABRIKAM}/v2.0");
    let upper = CONTOSO.to_uppercase();
    let with = |id, values, refused| Row {
        id,
        token: claims(values),
        ends: Ends::Refused(refused),
    };
    let mut rows = vec![
        refused("TOK-002", "iss", json!(format!("{own}1")), "iss_mismatch"),
        refused("TOK-003", "iss", Value::Null, "iss_mismatch"),
        refused("TOK-005", "iss", json!(other), "iss_tid_mismatch"),
        refused("TOK-006", "tid", json!(FABRIKAM), "iss_tid_mismatch"),
        refused("TOK-007", "tid", Value::Null, "tid_missing"),
        refused("TOK-007", "tid", json!(""), "tid_invalid"),
        refused("TOK-007", "tid", json!("organizations"), "tid_invalid"),
        refused("TOK-007", "tid", json!([CONTOSO]), "tid_invalid"),
        refused("TOK-007", "tid", json!(format!("{{{CONTOSO}}}")), "tid_invalid"),
        refused("TOK-007", "tid", json!(CONTOSO.replace('-', "")), "tid_invalid"),
        refused("TOK-007", "tid", json!(format!("{CONTOSO} ")), "tid_invalid"),
        null("TOK-007", "tid", "tid_invalid"),
        refused(
            "TOK-010",
            "iss",
            json!(format!("{authority}/{upper}/v2.0")),
            "iss_tid_mismatch",
        ),
        with(
            "TOK-010",
            json!({ "iss": format!("{authority}/{upper}/v2.0"), "tid": upper }),
            Refused::by("iss_tid_mismatch"),
        ),
        with(
            "TOK-015",
            json!({ "tid": PERSONAL, "iss": format!("{authority}/{PERSONAL}/v2.0") }),
            Refused::because("personal_account", "msa_not_allowed"),
        ),
        with(
            "TOK-015",
            json!({ "tid": PERSONAL.to_uppercase() }),
            Refused::because("personal_account", "msa_not_allowed"),
        ),
        null("TOK-003", "iss", "iss_mismatch"),
        refused("TOK-003", "iss", json!([own]), "iss_mismatch"),
        refused("TOK-002", "iss", json!(format!(" {own}")), "iss_mismatch"),
        refused("TOK-002", "iss", json!(own.to_uppercase()), "iss_mismatch"),
    ];
    for wrong in [
        format!("{own}/"),
        format!("{own}/x"),
        format!("{authority}//{CONTOSO}/v2.0"),
        format!("{own}?x"),
        format!("{own}#x"),
        format!("{authority}/{CONTOSO}"),
        format!("{authority}/{CONTOSO}/v1.0"),
        format!("https://sts.windows.net/{CONTOSO}/"),
    ] {
        rows.push(refused("TOK-011", "iss", json!(wrong), "iss_mismatch"));
    }
    for wrong in [
        format!("https://evil.example/{CONTOSO}/v2.0"),
        format!("{authority}.evil.example/{CONTOSO}/v2.0"),
        format!("{authority}@evil.example/{CONTOSO}/v2.0"),
    ] {
        rows.push(refused("TOK-013", "iss", json!(wrong), "iss_mismatch"));
    }
    rows
}

/// Who the token is about.
fn subject() -> Vec<Row> {
    let mut rows = vec![
        refused("TOK-024", "oid", Value::Null, "oid_missing"),
        refused("TOK-024", "oid", json!(""), "oid_invalid"),
        refused("TOK-024", "oid", json!(42), "oid_invalid"),
        refused(
            "TOK-024",
            "oid",
            json!("126e79e2e6ca41d6a1adbc4e10bfa287"),
            "oid_invalid",
        ),
        null("TOK-024", "oid", "oid_invalid"),
        refused("TOK-026", "sub", Value::Null, "sub_missing"),
        null("TOK-027", "sub", "sub_invalid"),
    ];
    for wrong in [
        json!(""),
        json!(42),
        json!(["x"]),
        json!("x".repeat(300)),
        json!("a\u{0}b"),
        json!("ſub é"),
    ] {
        rows.push(refused("TOK-027", "sub", wrong, "sub_invalid"));
    }
    rows
}

/// For whom the token is.
fn audience() -> Vec<Row> {
    let other = "11111111-2222-3333-4444-555555555555";
    let mut rows = vec![
        refused("TOK-029", "aud", json!(format!("{CLIENT_ID}1")), "aud_mismatch"),
        refused("TOK-029", "aud", json!(CLIENT_ID.to_uppercase()), "aud_mismatch"),
        refused("TOK-030", "aud", Value::Null, "aud_mismatch"),
        null("TOK-034", "aud", "aud_mismatch"),
        refused("TOK-032", "aud", json!([CLIENT_ID, other]), "aud_untrusted"),
        refused("TOK-032", "aud", json!([other, CLIENT_ID]), "aud_untrusted"),
        refused("TOK-032", "aud", json!([CLIENT_ID, CLIENT_ID]), "aud_untrusted"),
        Row {
            id: "TOK-032",
            token: claims(json!({ "aud": [CLIENT_ID, other], "azp": CLIENT_ID })),
            ends: Ends::Refused(Refused::by("aud_untrusted")),
        },
        refused("TOK-033", "aud", json!(other), "aud_mismatch"),
        refused("TOK-033", "aud", json!([other]), "aud_mismatch"),
        refused(
            "TOK-036",
            "aud",
            json!(format!("api://{CLIENT_ID}")),
            "aud_mismatch",
        ),
        accepted("TOK-033", "aud", json!([CLIENT_ID])),
        accepted("TOK-038", "azp", json!(CLIENT_ID)),
        refused("TOK-038", "azp", json!(other), "azp_mismatch"),
        refused("TOK-038", "azp", json!([CLIENT_ID]), "azp_mismatch"),
        null("TOK-038", "azp", "azp_mismatch"),
    ];
    for wrong in [
        json!(""),
        json!(5),
        json!({}),
        json!([]),
        json!([null]),
        json!([CLIENT_ID, 5]),
        json!(true),
    ] {
        rows.push(refused("TOK-034", "aud", wrong, "aud_mismatch"));
    }
    rows
}

/// When the token holds.
fn times() -> Vec<Row> {
    vec![
        accepted("TOK-045", "exp", json!(NOW - 30)),
        refused("TOK-045", "exp", json!(NOW - 180), "exp"),
        refused("TOK-045", "exp", json!(NOW - 61), "exp"),
        refused("TOK-047", "exp", json!("9999999999"), "exp"),
        refused("TOK-047", "exp", Value::Null, "exp"),
        refused("TOK-047", "exp", json!(1e300), "exp"),
        refused("TOK-047", "exp", json!([NOW + 3600]), "exp"),
        null("TOK-047", "exp", "exp"),
        refused("TOK-049", "exp", json!(NOW + 3650 * DAY), "lifetime"),
        refused("TOK-049", "exp", json!(i64::MAX), "lifetime"),
        refused("TOK-049", "exp", json!(NOW + 2 * DAY), "lifetime"),
        accepted("TOK-049", "exp", json!(NOW + DAY)),
        refused("TOK-051", "nbf", json!("9999999999"), "nbf"),
        refused("TOK-051", "nbf", json!(NOW + 600), "nbf"),
        null("TOK-051", "nbf", "nbf"),
        accepted("TOK-052", "nbf", json!(NOW + 30)),
        accepted("TOK-052", "nbf", Value::Null),
        refused("TOK-052", "nbf", json!(NOW + 90), "nbf"),
        refused("TOK-053", "iat", Value::Null, "iat"),
        refused("TOK-053", "iat", json!((NOW - 300).to_string()), "iat"),
        null("TOK-053", "iat", "iat"),
        refused("TOK-054", "iat", json!(NOW - 7 * DAY), "iat"),
        refused("TOK-054", "iat", json!(NOW - 16 * 60), "iat"),
        refused("TOK-054", "iat", json!(NOW + 600), "iat"),
        refused("TOK-054", "iat", json!(i64::MIN), "iat"),
        Row {
            id: "TOK-056",
            token: claims(json!({ "iat": NOW - 300, "nbf": NOW - 300, "exp": NOW + 3600 })),
            ends: Ends::Accepted,
        },
        accepted("TOK-056", "iat", json!(NOW - 14 * 60)),
    ]
}

/// What else the token says.
fn rest() -> Vec<Row> {
    let guest = || Refused::because("guest_refused", "guest_not_allowed");
    let guest_token = |id, values| Row {
        id,
        token: claims(values),
        ends: Ends::Refused(guest()),
    };
    let idp = "https://sts.windows.net/c51e7d92-0a4f-4e68-8b37-f2a6904d1e35/";
    let service = json!({
        "idtyp": "app", "name": null, "preferred_username": null, "oid": "e7cc7e41-12f4-4a32-ba3d-8702830f522b",
    });
    vec![
        refused("TOK-041", "nonce", Value::Null, "nonce_mismatch"),
        refused("TOK-041", "nonce", json!(""), "nonce_mismatch"),
        refused("TOK-041", "nonce", json!(["x"]), "nonce_mismatch"),
        refused("TOK-082", "ver", json!("1.0"), "ver"),
        refused("TOK-082", "ver", Value::Null, "ver"),
        refused("TOK-082", "ver", json!(2.0), "ver"),
        refused("TOK-082", "ver", json!(2), "ver"),
        refused("TOK-082", "ver", json!("2"), "ver"),
        Row {
            id: "TOK-083",
            token: claims(service),
            ends: Ends::Refused(Refused::by("not_a_user")),
        },
        refused("TOK-083", "idtyp", json!("device"), "not_a_user"),
        refused("TOK-083", "idtyp", json!(["user"]), "not_a_user"),
        accepted("TOK-083", "idtyp", json!("user")),
        guest_token("TOK-084", json!({ "acct": 1, "idp": idp })),
        guest_token("TOK-084", json!({ "acct": 1 })),
        guest_token("TOK-084", json!({ "acct": "1" })),
        guest_token("TOK-084", json!({ "acct": true })),
        guest_token("TOK-084", json!({ "acct": 0, "idp": idp })),
        guest_token("TOK-098", json!({ "idp": idp })),
        guest_token("TOK-098", json!({ "idp": "live.com" })),
        guest_token("TOK-098", json!({ "idp": "mail" })),
        guest_token("TOK-098", json!({ "idp": 5 })),
        accepted(
            "TOK-098",
            "idp",
            json!(format!("https://sts.windows.net/{CONTOSO}/")),
        ),
        Row {
            id: "TOK-099",
            token: claims(json!({ "acct": null, "idp": null })),
            ends: Ends::Accepted,
        },
        accepted("TOK-099", "acct", json!(0)),
        refused("TOK-090", "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"), "at_hash"),
        refused("TOK-090", "at_hash", json!(""), "at_hash"),
        refused("TOK-090", "at_hash", json!(5), "at_hash"),
        accepted("TOK-090", "at_hash", Value::Null),
    ]
}

/// Every token with a wrong claim.
pub(crate) fn rows(authority: &str) -> Vec<Row> {
    [issuer(authority), subject(), audience(), times(), rest()]
        .into_iter()
        .flatten()
        .collect()
}

#[tokio::test]
async fn tokens_with_one_wrong_claim() {
    let bench = Bench::start().await;
    let rows = rows(&bench.app.emulator.authority());
    bench.run(rows, &[]).await;
}
