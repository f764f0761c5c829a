//! The peers' cases about tokens: an adapter from what they give to a token of ours, and what must come of it.
//!
//! Their words stand for ours: their client for our client ID, `11111111-…` for Contoso, `22222222-…` for Fabrikam,
//! Microsoft's host for the configured authority. Where `ours` or the contract decides otherwise than the peer, the
//! table says what we expect.

use entra_emulator::{SignatureRule, TokenMutation};
use serde_json::{Map, Value, json};

use super::{
    bench::{Bench, Ends, Refused, Row},
    ledger,
    token_claims::NOW,
};
use crate::app::{CLIENT_ID, CONTOSO, FABRIKAM};

/// Case, reason and check; `allow` when the person comes in.
const TOKENS: &[(&str, &str)] = &[
    // The ID token.
    ("P004", "token_response_invalid"),
    ("P032", "ver"),
    ("P033", "aud_mismatch"),
    // The peer allows a second audience when `azp` is us; security.md 1.2 (step 3) does not.
    ("P063", "aud_untrusted"),
    ("P064", "aud_untrusted"),
    ("P065", "aud_untrusted"),
    ("P066", "azp_mismatch"),
    ("P113", "nonce_mismatch"),
    ("P119", "nonce_mismatch"),
    ("P120", "sub_missing"),
    ("P121", "aud_mismatch"),
    ("P124", "nbf"),
    ("P125", "exp"),
    ("P126", "iat"),
    ("P127", "aud_mismatch"),
    ("P128", "aud_untrusted"),
    ("P131", "aud_mismatch"),
    ("P132", "aud_mismatch"),
    ("P136", "token_malformed"),
    ("P137", "sub_missing"),
    ("P139", "allow"),
    ("P186", "token_malformed"),
    ("P208", "sig_invalid"),
    ("P228", "sig_invalid"),
    // The identity.
    ("P057", "oid_invalid"),
    ("P058", "oid_missing"),
    // The issuer.
    ("P037", "allow"),
    ("P039", "iss_mismatch"),
    ("P040", "iss_mismatch"),
    ("P041", "iss_mismatch"),
    ("P047", "msa_not_allowed"),
    ("P052", "iss_tid_mismatch"),
    ("P123", "iss_mismatch"),
    ("P140", "iss_mismatch"),
    ("P141", "allow"),
    ("P145", "iss_mismatch"),
    ("P146", "iss_mismatch"),
    ("P147", "tid_missing"),
    ("P148", "iss_mismatch"),
    ("P149", "iss_mismatch"),
    ("P150", "iss_mismatch"),
    ("P152", "allow"),
    ("P153", "iss_tid_mismatch"),
    ("P154", "tid_missing"),
    ("P157", "cloud_mismatch"),
    ("P158", "allow"),
    ("P247", "allow"),
    ("P255", "iss_mismatch"),
    // An overage without a tenant is a token without a tenant.
    ("P024", "tid_missing"),
];

/// What a peer calls our application.
const CLIENTS: [&str; 3] = ["client", "workforce-client", "client-id-example"];

/// A value of theirs as ours.
fn ours(value: &Value, authority: &str) -> Value {
    match value {
        Value::String(text) if CLIENTS.contains(&text.as_str()) => json!(CLIENT_ID),
        Value::String(text) => match text.strip_prefix("now").and_then(|rest| rest.strip_suffix('m')) {
            Some(minutes) => json!(NOW + 60 * minutes.parse::<i64>().expect("minutes")),
            None => json!(
                text.replace("https://login.microsoftonline.com", authority)
                    .replace("11111111-2222-3333-4444-555555555555", CONTOSO)
                    .replace("85d7d600-7804-4d92-8d43-9c33c21c130c", CONTOSO)
                    .replace("22222222-2222-2222-2222-222222222222", FABRIKAM)
            ),
        },
        Value::Array(values) => values.iter().map(|value| ours(value, authority)).collect(),
        other => other.clone(),
    }
}

/// The claims that a case gives, in our words.
pub(crate) fn claims_of(given: &Value, authority: &str) -> Map<String, Value> {
    let mut claims = Map::new();
    for part in [&given["claims"], &given["raw_claims"]] {
        for (name, value) in part.as_object().into_iter().flatten() {
            claims.insert(name.clone(), ours(value, authority));
        }
    }
    if let Some(raw) = given["raw_claims"].as_object()
        && !raw.contains_key("sub")
    {
        claims.insert("sub".to_owned(), Value::Null);
    }
    for name in ["iss", "tid", "nonce"] {
        if let Some(value) = given.get(name) {
            claims.insert(name.to_owned(), ours(value, authority));
        }
    }
    if let Some(nonce) = given.get("id_token_nonce") {
        claims.insert("nonce".to_owned(), nonce.clone());
    }
    claims
}

/// The tokens of one case: one, or one for each issuer it lists.
fn tokens(id: &str, given: &Value, authority: &str) -> Vec<TokenMutation> {
    let mut token = TokenMutation {
        claims: claims_of(given, authority),
        ..TokenMutation::default()
    };
    if let Some(answer) = given["token_response"].as_object() {
        token.token_response.clone_from(answer);
        if !answer.contains_key("id_token") {
            token.token_response.insert("id_token".to_owned(), Value::Null);
        }
    }
    if given["signature"] == "invalid" || given["id_token"] == "signature invalid" {
        token.signature = SignatureRule::Broken;
    } else if let Some(text) = given["id_token"].as_str() {
        token.raw_token = Some(text.to_owned());
    }
    match given.get("key_cloud") {
        Some(Value::Null) => token.signing_key = Some("global-5".to_owned()),
        Some(_) => token.signing_key = Some("government-1".to_owned()),
        None => {}
    }
    // Their objects have no GUID; ours must, unless that is the case itself.
    match id {
        "P057" | "P058" => {
            token.claims.remove("tid");
            if !token.claims.contains_key("oid") {
                token.claims.insert("oid".to_owned(), Value::Null);
            }
        }
        // Dana keeps her own subject.
        "P139" => {
            token.claims.remove("sub");
        }
        "P154" | "P024" => {
            token.claims.insert("tid".to_owned(), Value::Null);
        }
        _ => {}
    }
    match token.claims.get("iss").cloned() {
        Some(Value::Array(issuers)) => {
            let each = issuers.into_iter().map(|issuer| {
                let mut token = token.clone();
                token.claims.insert("iss".to_owned(), issuer);
                token
            });
            each.collect()
        }
        // "null or empty" is two cases in one.
        Some(Value::Null) => {
            let mut empty = token.clone();
            empty.claims.insert("iss".to_owned(), json!(""));
            vec![token, empty]
        }
        _ => vec![token],
    }
}

/// The rows of these cases.
pub(crate) fn rows(authority: &str) -> Vec<Row> {
    let cases = ledger::file("peers.json");
    let mut rows = Vec::new();
    for (id, check) in TOKENS {
        let given = &cases.get(*id).expect("a case")["given"];
        for token in tokens(id, given, authority) {
            let ends = match *check {
                "allow" => Ends::Accepted,
                "token_response_invalid" => Ends::Refused(Refused::because("exchange_failed", check)),
                "msa_not_allowed" => Ends::Refused(Refused::because("personal_account", check)),
                check => Ends::Refused(Refused::by(check)),
            };
            rows.push(Row { id, token, ends });
        }
    }
    rows
}

/// A case whose expectation says "deny" is refused here too, and one that says "allow" is not, unless `ours` or the
/// table's comment decides: nothing may pass because a table was written down wrongly.
#[test]
fn the_table_says_what_the_cases_say() {
    let cases = ledger::file("peers.json");
    for (id, check) in TOKENS {
        let case = &cases[*id];
        let expect = case["ours"]
            .get("login")
            .unwrap_or(&case["expect"]["login"])
            .as_str();
        match expect {
            Some(word) if word.starts_with("allow") && *id != "P063" => assert_eq!(*check, "allow", "{id}"),
            Some(word) if word.starts_with("deny") => assert_ne!(*check, "allow", "{id}"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn tokens_of_peers() {
    let bench = Bench::start().await;
    let rows = rows(&bench.app.emulator.authority());
    bench.run(rows, &[]).await;
}
