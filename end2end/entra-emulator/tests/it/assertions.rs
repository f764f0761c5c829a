//! Client assertions: of a certificate, and of another issuer.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use entra_emulator::{ClientCertificate, ClockSetting, FederatedCredential, IssuerKey};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use crate::{
    client::{Answer, post_form},
    start::{CLIENT, CONTOSO, Running, payload},
};

const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// One of the committed key pairs, used as the client's.
fn pair(name: &str) -> Value {
    let pairs: Vec<Value> = serde_json::from_str(include_str!("../../fixtures/signing-keys.json"))
        .expect("committed test material");
    pairs
        .into_iter()
        .find(|pair| pair["name"] == name)
        .expect("a committed pair")
}

fn thumbprint(pair: &Value, algorithm: &'static aws_lc_rs::digest::Algorithm) -> String {
    let der = STANDARD
        .decode(pair["certificate"].as_str().expect("committed test material"))
        .expect("committed test material");
    URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(algorithm, &der))
}

fn signed(pair: &Value, header: &Value, claims: &Value, algorithm: Algorithm) -> String {
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let key = STANDARD
        .decode(pair["private_key"].as_str().expect("committed test material"))
        .expect("committed test material");
    let signature =
        jsonwebtoken::crypto::sign(message.as_bytes(), &EncodingKey::from_rsa_der(&key), algorithm)
            .expect("committed test material");
    format!("{message}.{signature}")
}

/// An emulator whose application has the certificate of `tenant-1`.
async fn with_certificate() -> (Running, Value) {
    let running = Running::start().await;
    let key = pair("tenant-1");
    let certificate = key["certificate"].as_str().expect("a text").to_owned();
    running.control.with_registration(|registration| {
        registration.certificates.push(ClientCertificate {
            certificate,
            revoked: false,
        });
    });
    (running, key)
}

/// The claims of a flawless assertion for Contoso's token endpoint.
fn claims(running: &Running) -> Value {
    let now = running.control.now();
    json!({
        "aud": running.at(&format!("{CONTOSO}/oauth2/v2.0/token")),
        "iss": CLIENT, "sub": CLIENT, "jti": "1", "nbf": now, "iat": now, "exp": now + 600,
    })
}

fn strong(key: &Value) -> Value {
    json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint(key, &aws_lc_rs::digest::SHA256) })
}

async fn present(running: &Running, assertion: &str) -> Answer {
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT),
        ("scope", "https://graph.microsoft.com/.default"),
        ("client_assertion_type", KIND),
        ("client_assertion", assertion),
    ];
    post_form(&running.at("contoso.com/oauth2/v2.0/token"), &fields).await
}

#[track_caller]
fn assert_code(answer: &Answer, status: u16, error: &str, code: u64) {
    let body = answer.json();
    assert_eq!(
        (answer.status, body["error"].as_str(), &body["error_codes"]),
        (status, Some(error), &json!([code])),
        "{}",
        answer.body
    );
}

/// 20
#[tokio::test]
async fn a_certificate_signs_in_the_new_way_and_in_the_old_one() {
    let (running, key) = with_certificate().await;
    let assertion = signed(&key, &strong(&key), &claims(&running), Algorithm::PS256);
    let answer = present(&running, &assertion).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(payload(&answer.json()["access_token"])["appidacr"], "2");

    let weak = thumbprint(&key, &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY);
    let header = json!({ "alg": "RS256", "typ": "JWT", "x5t": weak });
    let mut written_as_text = claims(&running);
    written_as_text["exp"] = json!(written_as_text["exp"].to_string());
    written_as_text["nbf"] = json!(written_as_text["nbf"].to_string());
    let assertion = signed(&key, &header, &written_as_text, Algorithm::RS256);
    assert_eq!(present(&running, &assertion).await.status, 200);

    for audience in ["contoso.com/oauth2/v2.0/token", "contoso.com/v2.0"] {
        let mut other = claims(&running);
        other["aud"] = json!(running.at(audience));
        let assertion = signed(&key, &strong(&key), &other, Algorithm::PS256);
        assert_eq!(present(&running, &assertion).await.status, 200, "{audience}");
    }
    let secret = running.app_token("contoso.com").await;
    assert_eq!(payload(&json!(secret))["appidacr"], "1");
}

/// 20
#[tokio::test]
async fn an_assertion_is_refused_for_each_thing_that_can_be_wrong() {
    let (running, key) = with_certificate().await;
    let good = claims(&running);
    let now = running.control.now();
    let changed = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        signed(&key, &strong(&key), &claims, Algorithm::PS256)
    };
    let fabrikam = running.at("fabrikam.com/oauth2/v2.0/token");
    let cases = [
        (changed("aud", json!(fabrikam)), 700_023),
        (
            changed("aud", json!("https://login.microsoftonline.com")),
            700_023,
        ),
        (changed("sub", json!("somebody")), 700_021),
        (changed("exp", json!(now - 301)), 700_024),
        (changed("exp", json!("soon")), 700_024),
        (changed("nbf", json!((now + 400).to_string())), 700_024),
    ];
    for (assertion, code) in cases {
        assert_code(&present(&running, &assertion).await, 401, "invalid_client", code);
    }
    // A key that is not registered, and a registered thumbprint over somebody else's signature.
    let stranger = pair("stranger-1");
    let unknown = signed(&stranger, &strong(&stranger), &good, Algorithm::PS256);
    let answer = present(&running, &unknown).await;
    assert_code(&answer, 401, "invalid_client", 700_027);
    assert!(answer.body.contains("The key was not found."), "{}", answer.body);
    let forged = signed(&stranger, &strong(&key), &good, Algorithm::PS256);
    let answer = present(&running, &forged).await;
    assert_code(&answer, 401, "invalid_client", 700_027);
    assert!(
        answer.body.contains("did not match the expected signature"),
        "{}",
        answer.body
    );
    let wrong_algorithm = signed(&key, &strong(&key), &good, Algorithm::RS256);
    assert_code(
        &present(&running, &wrong_algorithm).await,
        401,
        "invalid_client",
        700_027,
    );
    let none = signed(&key, &json!({ "alg": "none" }), &good, Algorithm::PS256);
    assert_code(&present(&running, &none).await, 401, "invalid_client", 5_002_738);
    assert_code(
        &present(&running, "not.a.token").await,
        400,
        "invalid_request",
        50_027,
    );
}

/// 20
#[tokio::test]
async fn a_certificate_expires_and_is_revoked() {
    let (running, key) = with_certificate().await;
    running.control.set_clock(ClockSetting::Offset(20 * 365 * 86_400));
    let late = signed(&key, &strong(&key), &claims(&running), Algorithm::PS256);
    assert_code(&present(&running, &late).await, 401, "invalid_client", 1_000_502);
    running.control.set_clock(ClockSetting::Real);
    let good = signed(&key, &strong(&key), &claims(&running), Algorithm::PS256);
    running
        .control
        .with_registration(|registration| registration.certificates[0].revoked = true);
    assert_code(&present(&running, &good).await, 401, "invalid_client", 7_000_214);
}

/// 20
#[tokio::test]
async fn a_federated_credential_matches_to_the_letter() {
    let running = Running::start().await;
    let key = pair("stranger-1");
    let issuer_key = IssuerKey {
        kid: None,
        n: key["n"].as_str().unwrap().to_owned(),
        e: "AQAB".to_owned(),
    };
    running.control.with_registration(|registration| {
        registration.federated_credentials.push(FederatedCredential {
            issuer: "https://cluster.example".to_owned(),
            subject: "system:serviceaccount:sonicsaas:Server".to_owned(),
            keys: vec![issuer_key],
            ..FederatedCredential::default()
        });
    });
    let now = running.control.now();
    let good = json!({
        "iss": "https://cluster.example", "sub": "system:serviceaccount:sonicsaas:Server",
        "aud": "api://AzureADTokenExchange", "exp": now + 600,
    });
    let header = json!({ "alg": "RS256", "kid": "1" });
    let changed = |name: &str, value: &str| {
        let mut claims = good.clone();
        claims[name] = json!(value);
        signed(&key, &header, &claims, Algorithm::RS256)
    };
    // The registered key has no key id, so any fits.
    assert_eq!(
        present(&running, &signed(&key, &header, &good, Algorithm::RS256))
            .await
            .status,
        200
    );
    let cases = [
        (changed("iss", "https://Cluster.example"), 700_211),
        (changed("sub", "system:serviceaccount:sonicsaas:server"), 700_213),
        (changed("aud", "api://AzureADTokenExchangeUSGov"), 700_212),
    ];
    for (assertion, code) in &cases {
        assert_code(&present(&running, assertion).await, 401, "invalid_client", *code);
    }
    let forged = signed(&pair("tenant-1"), &header, &good, Algorithm::RS256);
    assert_code(&present(&running, &forged).await, 401, "invalid_client", 50_013);
    let late = {
        let mut claims = good.clone();
        claims["exp"] = json!(now - 400);
        signed(&key, &header, &claims, Algorithm::RS256)
    };
    assert_code(&present(&running, &late).await, 401, "invalid_client", 700_024);

    running
        .control
        .with_settings(|settings| settings.old_federation_error = true);
    assert_code(
        &present(&running, &cases[0].0).await,
        400,
        "invalid_request",
        70_021,
    );
    // The twenty-first does not count.
    running.control.with_registration(|registration| {
        let known = registration.federated_credentials.remove(0);
        registration.federated_credentials = vec![FederatedCredential::default(); 20];
        registration.federated_credentials.push(known);
    });
    let answer = present(&running, &signed(&key, &header, &good, Algorithm::RS256)).await;
    assert_eq!(answer.status, 400);
}
