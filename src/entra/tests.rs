//! The whole door against a host that plays Microsoft.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::{
    domain::{sign_in::Refusal, time::FixedClock},
    entra::testing::{
        Asked, Hand, Host, Mint, Says, TENANT_A, TENANT_B, client_id, document, expected, ids, impatient,
        nonce, template, tenant,
    },
};

struct Bench {
    host: Host,
    clock: Arc<FixedClock>,
    entra: Entra,
}

/// A Microsoft that knows tenant A and answers every code with this token.
fn microsoft(asked: &Asked, origin: &str, id_token: &str) -> Says {
    let place = asked.path.split('/').nth(1).unwrap_or_default().to_owned();
    if asked.path.ends_with("openid-configuration") {
        let mut document = document(origin, &place);
        if place == "organizations" {
            document["issuer"] = json!(template(origin));
        }
        return Says::json(&document);
    }
    if asked.path.ends_with("/keys") {
        return Says::json(&json!({ "keys": [Hand::Signing.published("k1", &template(origin))] }));
    }
    if asked.path.ends_with("/token") {
        return Says::json(&json!({ "token_type": "Bearer", "access_token": "at", "id_token": id_token }));
    }
    Says::text(401, "application/json", "{}")
}

impl Bench {
    async fn start() -> Self {
        let host = Host::start(|_| Says::Hangup).await;
        let (ids, clock) = ids();
        let entra = Entra::new(EntraOptions {
            client_id: client_id(),
            credential: "secret".into(),
            secret_expires: None,
            authority: host.url.clone(),
            graph: host.url.clone(),
            redirect_uri: Url::parse("https://msp.example/callback").expect("an address"),
            ids,
            limits: impatient(),
        })
        .expect("options that fit");
        let bench = Self { host, clock, entra };
        bench.issues(&bench.mint().token());
        bench
    }

    fn mint(&self) -> Mint {
        Mint::at(&self.host.origin())
    }

    fn issues(&self, id_token: &str) {
        let (origin, id_token) = (self.host.origin(), id_token.to_owned());
        self.host
            .now_says(move |asked| microsoft(asked, &origin, &id_token));
    }

    async fn sign_in(&self, pinned: Option<TenantId>) -> Result<Identity, Rejection> {
        let code = AuthorizationCode::parse("code").expect("a code");
        let nonce = nonce();
        let answer = self.entra.redeem(&code, &nonce, None).await?;
        let expected = Expected {
            tenant: pinned,
            ..expected(&nonce)
        };
        self.entra.verify(&answer, expected).await
    }
}

#[tokio::test]
async fn somebody_signs_in_and_the_second_time_needs_one_request() {
    let bench = Bench::start().await;
    let identity = bench.sign_in(None).await.expect("signed in");
    assert_eq!(identity.key().tenant, tenant(TENANT_A));
    assert_eq!(bench.host.asked().len(), 3, "code, document, keys");
    bench.sign_in(None).await.expect("signed in");
    assert_eq!(bench.host.asked().len(), 4, "the code alone");
    let groups = bench.entra.groups(&identity, None).await.expect("none");
    assert!(groups.ids.is_empty());
}

#[tokio::test]
async fn a_token_that_is_none_fetches_no_keys() {
    let bench = Bench::start().await;
    let cases = [
        ("not.a-jwt".to_owned(), Check::TokenMalformed),
        (bench.mint().without("tid").token(), Check::TenantMissing),
        (bench.mint().with("tid", "../../x").token(), Check::TenantInvalid),
        (
            bench
                .mint()
                .with("tid", "9188040d-6c67-4c5b-b112-36a304b66dad")
                .token(),
            Check::PersonalAccount,
        ),
    ];
    for (token, check) in cases {
        bench.issues(&token);
        assert_eq!(bench.sign_in(None).await.expect_err("refused").check, Some(check));
    }
    bench.issues(&bench.mint().token());
    let rejection = bench
        .sign_in(Some(tenant(TENANT_B)))
        .await
        .expect_err("another tenant");
    assert_eq!(rejection.check, Some(Check::IssuerTenantMismatch), "P286");
    assert_eq!(bench.host.count("/keys"), 0);
}

#[tokio::test]
async fn a_forged_key_name_costs_one_more_look() {
    let bench = Bench::start().await;
    bench.sign_in(None).await.expect("signed in");
    bench.issues(&bench.mint().by(Hand::Other).header("kid", "k9").token());
    for _ in 0..3 {
        assert_eq!(
            bench.sign_in(None).await.expect_err("refused").check,
            Some(Check::KeyUnknown),
            "TOK-067"
        );
    }
    assert_eq!(bench.host.count("/keys"), 2);
}

#[tokio::test]
async fn the_clock_is_ours() {
    let bench = Bench::start().await;
    bench.clock.advance(std::time::Duration::from_hours(2));
    assert_eq!(
        bench.sign_in(None).await.expect_err("late").check,
        Some(Check::Expired)
    );
}

#[tokio::test]
async fn a_step_up_and_an_issuer_parameter_are_compared() {
    let bench = Bench::start().await;
    let a = format!("{}/{TENANT_A}/v2.0", bench.host.origin());
    let b = format!("{}/{TENANT_B}/v2.0", bench.host.origin());
    let nonce = nonce();
    let code = AuthorizationCode::parse("code").expect("a code");
    let answer = bench.entra.redeem(&code, &nonce, None).await.expect("redeemed");
    for (issuer, check) in [
        (a.as_str(), None),
        (b.as_str(), Some(Check::IssuerParameterMismatch)),
    ] {
        let expected = Expected {
            issuer_parameter: Some(issuer),
            ..expected(&nonce)
        };
        let result = bench.entra.verify(&answer, expected).await;
        assert_eq!(
            result.err().and_then(|rejection| rejection.check),
            check,
            "FLW-018"
        );
    }
    let early = |issuer: Option<&str>, pinned| {
        bench
            .entra
            .check_issuer_parameter(issuer, pinned)
            .err()
            .and_then(|rejection| rejection.check)
    };
    assert_eq!(early(None, None), None);
    assert_eq!(early(Some(&a), None), None);
    assert_eq!(early(Some(&a), Some(tenant(TENANT_A))), None);
    assert_eq!(
        early(Some(&b), Some(tenant(TENANT_A))),
        Some(Check::IssuerParameterMismatch)
    );
    assert_eq!(
        early(Some("https://evil.example"), None),
        Some(Check::IssuerParameterMismatch),
        "FLW-021"
    );
}

#[tokio::test]
async fn the_start_of_a_sign_in_asks_once_whether_microsoft_is_there() {
    let bench = Bench::start().await;
    for _ in 0..3 {
        bench.entra.prepare(None).await.expect("there");
    }
    assert_eq!(bench.host.asked().len(), 2);
    let down = Bench::start().await;
    down.host.now_says(|_| Says::Hangup);
    let rejection = down.entra.prepare(None).await.expect_err("down");
    assert_eq!(rejection.refusal, Refusal::ProviderUnreachable, "DSC-003");
    let origin = down.host.origin();
    down.host.now_says(move |_| {
        let mut document = document(&origin, "organizations");
        document["issuer"] = json!(template(&origin) + "INVALID");
        Says::json(&document)
    });
    assert_eq!(
        down.entra.prepare(None).await.expect_err("wrong").refusal,
        Refusal::ProviderError,
        "DSC-001"
    );
    down.issues("unused");
    down.entra.prepare(None).await.expect("recovered");
}

#[tokio::test]
async fn doctor_learns_how_far_the_clocks_are_apart() {
    let bench = Bench::start().await;
    assert_eq!(
        bench.entra.check_reachable().await.expect("there").clock_ahead,
        None
    );
    let origin = bench.host.origin();
    bench
        .host
        .now_says(move |asked| match microsoft(asked, &origin, "unused") {
            Says::This(status, mut headers, body) => {
                headers.push(("date", "Wed, 04 Mar 2026 14:03:41 GMT".to_owned()));
                Says::This(status, headers, body)
            }
            other => other,
        });
    assert_eq!(
        bench.entra.check_reachable().await.expect("there").clock_ahead,
        Some(90)
    );
    bench.clock.advance(std::time::Duration::from_secs(100));
    assert_eq!(
        bench.entra.check_reachable().await.expect("there").clock_ahead,
        Some(-10)
    );
    bench
        .entra
        .check_graph()
        .await
        .expect("a refusal shows that somebody is there");
    for says in [
        Says::Hangup,
        Says::text(503, "text/plain", ""),
        Says::text(200, "text/html", "<html>"),
    ] {
        bench.host.now_says(move |_| says.clone());
        assert!(bench.entra.check_reachable().await.is_err());
    }
    bench.host.now_says(|_| Says::Hangup);
    assert!(bench.entra.check_graph().await.is_err());
    bench.host.now_says(|_| Says::text(502, "text/plain", ""));
    assert!(bench.entra.check_graph().await.is_err());
}

#[tokio::test]
async fn signing_out_goes_to_microsoft() {
    let bench = Bench::start().await;
    let everybodys = bench.entra.end_session_url(None).to_string();
    assert_eq!(
        everybodys,
        format!("{}/organizations/oauth2/v2.0/logout", bench.host.origin())
    );
    let tenants = bench.entra.end_session_url(Some(tenant(TENANT_A))).to_string();
    assert_eq!(
        tenants,
        format!("{}/{TENANT_A}/oauth2/v2.0/logout", bench.host.origin())
    );
    assert!(bench.host.asked().is_empty());
}

#[test]
fn options_that_cannot_be_safe_are_refused() {
    let options = |authority: &str, graph: &str| EntraOptions {
        client_id: client_id(),
        credential: "secret".into(),
        secret_expires: None,
        authority: Url::parse(authority).expect("an address"),
        graph: Url::parse(graph).expect("an address"),
        redirect_uri: Url::parse("https://msp.example/callback").expect("an address"),
        ids: ids().0,
        limits: Limits::default(),
    };
    let (secure, plain, local) = (
        "https://login.example",
        "http://login.example",
        "http://127.0.0.1:1",
    );
    assert!(Entra::new(options(local, local)).is_ok());
    for (authority, graph) in [(plain, secure), (secure, plain)] {
        assert!(matches!(
            Entra::new(options(authority, graph)),
            Err(EntraError::Configuration(_))
        ));
    }
    assert!(
        !format!("{:?}", options(local, local)).contains("secret\""),
        "the credential does not print"
    );
    let entra = format!(
        "{:?}",
        Entra::new(options(local, local)).expect("options that fit")
    );
    assert!(!entra.contains("\"secret\""), "{entra}");
}

#[test]
fn an_error_of_a_return_needs_no_network() {
    let query = [("error", "access_denied"), ("error_subcode", "cancel")];
    let query = query.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let rejection = Entra::provider_error(&query);
    assert_eq!(
        (rejection.refusal, rejection.check),
        (Refusal::Cancelled, Some(Check::ProviderError)),
        "FLW-011"
    );
}
