//! What is sent to Microsoft, and what its answers to a code are called.

use std::collections::{HashMap, HashSet};

use aws_lc_rs::digest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::*;
use crate::{
    domain::sign_in::Refusal,
    entra::{
        Entra, EntraOptions, Limits,
        http::LOGIN_LIMIT,
        testing::{Host, Mint, Says, TENANT_A, client_id, ids, impatient, tenant},
    },
};

const REDIRECT: &str = "https://msp.example/api/auth/callback/microsoft-entra-id";
const SECRET: &str = "s3cret~+&=% ü";

fn entra(authority: &Url, limits: Limits) -> Entra {
    Entra::new(EntraOptions {
        client_id: client_id(),
        credential: SECRET.into(),
        secret_expires: None,
        authority: authority.clone(),
        graph: authority.clone(),
        redirect_uri: Url::parse(REDIRECT).expect("an address"),
        ids: ids().0,
        limits,
    })
    .expect("options that fit")
}

fn microsoft() -> Entra {
    entra(
        &Url::parse("https://login.microsoftonline.com").expect("an address"),
        Limits::default(),
    )
}

fn parameters(url: &Url) -> Vec<(String, String)> {
    url.query_pairs().into_owned().collect()
}

fn challenge(verifier: &Token) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.expose().as_bytes()))
}

/// Redeems a code at a host that says this.
async fn redeem(says: Says) -> (Result<TokenAnswer, Rejection>, Host) {
    let host = Host::start(move |_| says.clone()).await;
    let entra = entra(&host.url, impatient());
    let verifier = entra.authorization(AuthorizationRequest::default()).verifier;
    let code = AuthorizationCode::parse("0.AXo-code").expect("a code");
    (entra.redeem(&code, &verifier, None).await, host)
}

async fn refused(says: Says) -> Rejection {
    redeem(says).await.0.expect_err("refused")
}

fn answer(with: &Value) -> Value {
    let mut body = json!({
        "token_type": "Bearer", "scope": "openid profile email https://graph.microsoft.com/User.Read",
        "expires_in": 4771, "ext_expires_in": 4771, "access_token": "for Graph", "id_token": Mint::baseline().token(),
    });
    for (name, value) in with.as_object().expect("an object") {
        body[name] = value.clone();
    }
    body
}

#[test]
fn the_address_holds_each_parameter_once_and_nothing_secret() {
    let attempt = microsoft().authorization(AuthorizationRequest::default());
    assert_eq!(
        attempt.url.as_str().split('?').next(),
        Some("https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize")
    );
    let pairs = parameters(&attempt.url);
    let by_name: HashMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(pairs.len(), by_name.len(), "FLW-001: none twice");
    let challenge = challenge(&attempt.verifier);
    let expected = [
        ("client_id", client_id().to_string()),
        ("response_type", "code".to_owned()),
        ("response_mode", "query".to_owned()),
        ("redirect_uri", REDIRECT.to_owned()),
        ("scope", "openid profile email User.Read".to_owned()),
        ("state", attempt.state.expose().to_owned()),
        ("nonce", attempt.nonce.expose().to_owned()),
        ("code_challenge", challenge.clone()),
        ("code_challenge_method", "S256".to_owned()),
    ];
    assert_eq!(
        by_name,
        expected.map(|(name, value)| (name.to_owned(), value)).into()
    );
    assert_eq!(challenge.len(), 43);
}

#[test]
fn attempts_share_nothing() {
    let entra = microsoft();
    let attempts: Vec<_> = (0..200)
        .map(|_| entra.authorization(AuthorizationRequest::default()))
        .collect();
    let secrets: HashSet<_> = attempts
        .iter()
        .flat_map(|attempt| [&attempt.state, &attempt.nonce, &attempt.verifier])
        .map(|token| token.expose().to_owned())
        .collect();
    assert_eq!(secrets.len(), 600, "FLW-001");
}

#[test]
fn a_guest_is_sent_to_the_tenant_and_a_change_of_account_to_the_choice() {
    let wanted = AuthorizationRequest {
        tenant: Some(tenant(TENANT_A)),
        prompt: Some(Prompt::SelectAccount),
    };
    let url = microsoft().authorization(wanted).url;
    assert_eq!(url.path(), format!("/{TENANT_A}/oauth2/v2.0/authorize"));
    assert!(parameters(&url).contains(&("prompt".to_owned(), "select_account".to_owned())));
}

#[test]
fn codes_have_a_shape() {
    for code in ["", "a b", "é", "x\n"] {
        assert_eq!(
            AuthorizationCode::parse(code).expect_err(code).check,
            Some(Check::CodeMissing),
            "FLW-010"
        );
    }
    let (longest, longer) = ("x".repeat(8192), "x".repeat(20_000));
    assert!(AuthorizationCode::parse(&longest).is_ok());
    assert_eq!(
        AuthorizationCode::parse(&longer).expect_err("too long").refusal,
        Refusal::ExchangeFailed
    );
    assert!(
        !format!("{:?}", AuthorizationCode::parse("secret-code").expect("a code")).contains("secret-code")
    );
}

#[tokio::test]
async fn a_code_is_redeemed_once_and_in_the_body() {
    let host = Host::start(|_| Says::json(&answer(&json!({})))).await;
    let entra = entra(&host.url, impatient());
    let attempt = entra.authorization(AuthorizationRequest::default());
    let code = AuthorizationCode::parse("0.AXo-code").expect("a code");
    for pinned in [None, Some(tenant(TENANT_A))] {
        let answer = entra
            .redeem(&code, &attempt.verifier, pinned)
            .await
            .expect("redeemed");
        assert_eq!(answer.claimed_tenant().expect("a tenant"), tenant(TENANT_A));
        assert_eq!(
            answer.access_token().map(SecretString::expose_secret),
            Some("for Graph")
        );
        assert!(!format!("{answer:?}").contains("for Graph"));
    }
    let asked = host.asked();
    let paths: Vec<_> = asked
        .iter()
        .map(|asked| (asked.method.as_str(), asked.path.clone()))
        .collect();
    assert_eq!(
        paths,
        [
            ("POST", "/organizations/oauth2/v2.0/token".to_owned()),
            ("POST", format!("/{TENANT_A}/oauth2/v2.0/token")),
        ]
    );
    let form = asked[0].form();
    let expected = [
        ("grant_type", "authorization_code"),
        ("code", "0.AXo-code"),
        ("redirect_uri", REDIRECT),
        ("client_id", "6a3c1f3e-58d1-4b7e-9d0a-2f4b6c8d0e1f"),
        ("client_secret", SECRET),
        ("code_verifier", attempt.verifier.expose()),
    ];
    let expected: HashMap<_, _> = expected
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    assert_eq!(form, expected, "FLW-002");
    let by_challenge = parameters(&attempt.url)
        .into_iter()
        .find(|(name, _)| name == "code_challenge");
    assert_eq!(
        by_challenge.map(|(_, value)| value),
        Some(challenge(&attempt.verifier))
    );
    for name in ["authorization", "cookie", "origin", "referer"] {
        assert!(!asked[0].headers.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn harmless_variants_are_tolerated() {
    for with in [
        json!({ "token_type": "bEaReR" }),
        json!({ "expires_in": "3599" }),
        json!({ "expires_in": null }),
        json!({ "foci": "1", "client_info": "x", "refresh_token": "never asked for", "scope": "" }),
    ] {
        let (answer, _) = redeem(Says::json(&answer(&with))).await;
        assert!(answer.is_ok(), "FLW-032: {with}");
    }
    let without = json!({ "id_token": Mint::baseline().token() });
    let (answer, _) = redeem(Says::json(&without)).await;
    assert!(answer.expect("the ID token suffices").access_token().is_none());
}

#[tokio::test]
async fn answers_that_are_none() {
    let right = answer(&json!({})).to_string();
    let mut broken = right.clone().into_bytes();
    let place = right.find("openid").expect("there");
    broken[place] = 0xff;
    let json_type = "application/json";
    for says in [
        Says::json(&answer(&json!({ "id_token": null }))),
        Says::json(&answer(&json!({ "id_token": 5 }))),
        Says::json(&json!({ "access_token": "at", "token_type": "Bearer" })),
        Says::json(&answer(&json!({ "access_token": 5 }))),
        Says::json(&answer(&json!({ "token_type": "mac" }))),
        Says::json(&answer(&json!({ "token_type": null }))),
        Says::json(&json!([answer(&json!({}))])),
        Says::text(200, "text/html", "<html>"),
        Says::text(200, json_type, "<html>"),
        Says::text(200, json_type, ""),
        Says::text(200, json_type, &right[..right.len() - 2]),
        Says::text(200, json_type, &format!("\u{feff}{right}")),
        Says::text(200, json_type, &right.replacen('{', r#"{"id_token":"x","#, 1)),
        Says::This(200, vec![("content-type", json_type.to_owned())], broken),
        Says::text(201, json_type, &right),
        Says::text(404, "text/html", "<html>"),
        Says::status(307, "location", "https://evil.example/token"),
    ] {
        let rejection = refused(says.clone()).await;
        assert_eq!(
            rejection.check,
            Some(Check::TokenResponseInvalid),
            "FLW-031: {says:?}"
        );
        assert_eq!(rejection.refusal, Refusal::ExchangeFailed);
    }
}

#[tokio::test]
async fn a_huge_answer_is_a_huge_token() {
    for says in [
        Says::Flood,
        Says::text(200, "application/json", &" ".repeat(LOGIN_LIMIT + 1)),
    ] {
        let rejection = refused(says).await;
        assert_eq!(rejection.check, Some(Check::TokenTooLarge), "FLW-029, TOK-081");
        assert_eq!(rejection.refusal, Refusal::TokenInvalid);
    }
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_unreachable() {
    let cases = [
        Says::Hangup,
        Says::Silence,
        Says::Drip,
        Says::text(503, "text/html", "<html>"),
        Says::status(429, "retry-after", "0"),
        Says::text(500, "application/json", r#"{"error":"server_error"}"#),
    ];
    for says in cases {
        let (answer, host) = redeem(says.clone()).await;
        let rejection = answer.expect_err("refused");
        assert_eq!(
            rejection.refusal,
            Refusal::ProviderUnreachable,
            "FLW-028: {says:?}"
        );
        assert!(rejection.cause.is_some());
        assert_eq!(host.asked().len(), 1, "a code is never sent twice");
    }
}

#[tokio::test]
async fn refusals_of_a_code_are_named() {
    let refusal = async |status: u16, error: &str, number: u32| {
        let body = json!({
            "error": error, "error_codes": [number], "trace_id": "a21cd225-0000-4000-8000-000000000001",
            "error_description": format!("AADSTS{number}: Somebody@contoso.com"), "suberror": "bad_token",
        });
        refused(Says::text(
            status,
            "application/json; charset=utf-8",
            &body.to_string(),
        ))
        .await
    };
    for (status, error, number) in [
        (400, "invalid_grant", 70_008),
        (400, "invalid_grant", 54_005),
        (400, "invalid_grant", 501_481),
        (401, "invalid_client", 7_000_215),
        (400, "unauthorized_client", 700_016),
        (400, "invalid_request", 90_002),
    ] {
        let rejection = refusal(status, error, number).await;
        assert_eq!(rejection.refusal, Refusal::ExchangeFailed, "FLW-026: {number}");
        assert_eq!(rejection.check, Some(Check::TokenExchangeFailed));
        let microsoft = rejection.microsoft.expect("what Microsoft said");
        assert_eq!(
            (microsoft.error.as_str(), microsoft.number),
            (error, Some(number))
        );
        assert!(microsoft.trace_id.is_some());
    }
    for (number, expected) in [
        (53_003, Refusal::BlockedByPolicy),
        (50_076, Refusal::BlockedByPolicy),
        (65_001, Refusal::ConsentRequired),
        (50_105, Refusal::NotAssigned),
    ] {
        let rejection = refusal(400, "invalid_grant", number).await;
        assert_eq!(
            (rejection.refusal, rejection.check),
            (expected, Some(Check::ProviderError))
        );
    }
}
