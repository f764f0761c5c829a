//! The application's own credential: each of the three signs people in, and what Microsoft says of a bad one is known.

use std::{collections::HashSet, fs, time::Duration};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use entra_emulator::{ClientCertificate, Fault, FederatedCredential, IssuerKey, LogEntry};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use sonicsaas::{
    config::{Config, environment::Environment},
    domain::{
        credential::{CredentialExpiry, CredentialFault, CredentialKind, CredentialStanding, ExpiryNotice},
        time::{Clock as _, Timestamp},
    },
    entra::{AuthorizationCode, AuthorizationRequest, Entra},
};

use crate::app::{App, CLIENT_ID, CLIENT_SECRET, CONTOSO, Setup};

const DANA: &str = "dana@contoso.com";
/// In 250 groups, more than a token holds.
const OLGA: &str = "olga@contoso.com";
const SECRET: &str = "MICROSOFT_ENTRA_ID_CLIENT_SECRET";
const CERTIFICATE: &str = "MICROSOFT_ENTRA_ID_CLIENT_CERTIFICATE";
const TOKEN_FILE: &str = "MICROSOFT_ENTRA_ID_FEDERATED_TOKEN_FILE";
const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const KEY: &str = include_str!("../../src/entra/fixtures/signing.pem");
const VALID: &str = include_str!("../../src/entra/fixtures/credentials/certificate.pem");
const EXPIRED: &str = include_str!("../../src/entra/fixtures/credentials/expired.pem");

/// A product with this instead of the client secret.
async fn app_with(name: &'static str, value: String) -> App {
    let app = App::with(Setup {
        environment: vec![(SECRET, String::new()), (name, value)],
        from_many_places: true,
        ..Setup::default()
    })
    .await;
    app.northwind().await;
    app
}

/// A product with the key and this certificate, which Microsoft knows.
async fn with_certificate(certificate: &str) -> App {
    let app = app_with(CERTIFICATE, format!("{KEY}{certificate}")).await;
    register(&app, certificate);
    app
}

fn register(app: &App, certificate: &str) {
    app.emulator.control().with_registration(|registration| {
        registration.secrets.clear();
        registration.certificates.push(ClientCertificate {
            certificate: certificate.to_owned(),
            revoked: false,
        });
    });
}

/// The requests to the token endpoint since the last look.
fn token_requests(app: &App) -> Vec<LogEntry> {
    let asked = app.emulator.control().log_of("token");
    app.emulator.control().clear_log();
    asked
}

/// The assertion of a request that proves itself by nothing else.
fn only_assertion(asked: &LogEntry) -> &str {
    assert_eq!(asked.form_value("client_id"), Some(CLIENT_ID));
    assert_eq!(asked.form_value("client_assertion_type"), Some(KIND));
    assert_eq!(asked.form_value("client_secret"), None);
    assert_eq!(asked.header("authorization"), None);
    let assertions = asked.form.iter().filter(|(name, _)| name == "client_assertion");
    assert_eq!(assertions.count(), 1);
    asked.form_value("client_assertion").expect("an assertion")
}

fn claims(assertion: &str) -> Value {
    let claims = assertion.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64url")).expect("JSON")
}

fn entra(app: &App) -> &Entra {
    app.services.entra.as_ref().expect("Microsoft sign-in is on")
}

/// One exchange of a code by a client with the product's configuration, and what is known of the credential then.
async fn standing_after_a_sign_in(app: &App) -> CredentialStanding {
    let attempt = entra(app).authorization(AuthorizationRequest::default());
    let back = app.emulator.control().sign_in(attempt.url.as_str(), DANA);
    let back = url::Url::parse(&back.expect("back")).expect("an address");
    let code = back.query_pairs().find(|(name, _)| name == "code");
    let code = AuthorizationCode::parse(&code.expect("a code").1).expect("a code");
    // Whether there was a token shows in what is known afterwards.
    drop(entra(app).redeem(&code, &attempt.verifier, None).await);
    entra(app).credential_standing()
}

fn rejected(standing: CredentialStanding) -> (CredentialFault, Option<u32>) {
    match standing {
        CredentialStanding::Rejected { fault, number, .. } => (fault, number),
        other => panic!("{other:?} is no rejection"),
    }
}

/// Somebody is refused, with this number in the event.
async fn is_refused(app: &App, number: u32) {
    let event = app.refused(&app.browser(), DANA).await;
    assert_eq!(event.reason.as_deref(), Some("exchange_failed"));
    assert_eq!(event.detail("check"), "token_exchange_failed");
    assert_eq!(event.details["microsoft_number"], number);
}

#[tokio::test]
async fn with_a_secret_nothing_else_is_sent() {
    let app = App::start().await;
    app.northwind().await;
    assert_eq!(entra(&app).credential_kind(), CredentialKind::Secret);
    app.signed_in(DANA).await;
    let asked = token_requests(&app);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].form_value("client_secret"), Some(CLIENT_SECRET));
    for name in ["client_assertion", "client_assertion_type"] {
        assert_eq!(asked[0].form_value(name), None);
    }
    app.stop().await;
}

/// FLW-041
#[tokio::test]
async fn a_certificate_signs_in_and_reads_groups_and_no_assertion_serves_twice() {
    let app = with_certificate(VALID).await;
    assert_eq!(entra(&app).credential_kind(), CredentialKind::Certificate);
    let denied = r#"{"error":{"code":"Authorization_RequestDenied","message":"No."}}"#;
    app.emulator.control().fault(Fault {
        body: Some(denied.to_owned()),
        ..Fault::status("graph/me", 403)
    });
    let mut seen = HashSet::new();
    for _ in 0..20 {
        app.signed_in(OLGA).await;
        let event = app.last_event("sign_in").await;
        assert_eq!(event.detail("groups_from"), "graph_application");
        let asked = token_requests(&app);
        let kinds: Vec<_> = asked.iter().map(|asked| asked.form_value("grant_type")).collect();
        assert_eq!(kinds, [Some("authorization_code"), Some("client_credentials")]);
        for asked in &asked {
            let claims = claims(only_assertion(asked));
            assert_eq!(claims["aud"], format!("{}{}", asked.base, asked.path));
            assert_eq!(
                (&claims["iss"], &claims["sub"]),
                (&json!(CLIENT_ID), &json!(CLIENT_ID))
            );
            let second = |name: &str| claims[name].as_i64().expect("a number");
            assert_eq!((second("iat"), second("nbf")), (asked.at, asked.at));
            assert!(second("exp") - second("iat") <= 600);
            assert!(
                seen.insert(claims["jti"].to_string()),
                "an identifier is used once"
            );
        }
        assert_eq!(asked[0].path, "/organizations/oauth2/v2.0/token");
        assert_eq!(asked[1].path, format!("/{CONTOSO}/oauth2/v2.0/token"));
        // Beyond the life of the application's token.
        app.advance(Duration::from_hours(2));
    }
    assert_eq!(seen.len(), 40);
    app.stop().await;
}

#[tokio::test]
async fn a_secret_that_expired_is_told_from_one_that_is_wrong() {
    let app = App::start().await;
    app.northwind().await;
    assert_eq!(entra(&app).credential_standing(), CredentialStanding::Untried);
    let control = app.emulator.control();
    let expire = |at: Option<i64>| control.with_registration(|known| known.secrets[0].expires = at);
    expire(Some(control.now()));
    is_refused(&app, 7_000_222).await;
    let standing = standing_after_a_sign_in(&app).await;
    assert_eq!(rejected(standing), (CredentialFault::Expired, Some(7_000_222)));

    // Another tenant's trouble is not about the credential.
    let body = json!({ "error": "invalid_client", "error_codes": [7_000_229], "error_description": "AADSTS7000229" });
    control.fault(Fault {
        body: Some(body.to_string()),
        ..Fault::status("token", 401)
    });
    assert_eq!(standing_after_a_sign_in(&app).await, standing);
    control.clear_faults();

    expire(None);
    let before = app.clock.now();
    let CredentialStanding::Accepted { at } = standing_after_a_sign_in(&app).await else {
        panic!("the secret works again");
    };
    assert!(at > before);

    control.with_registration(|known| known.secrets[0].value = "another".to_owned());
    is_refused(&app, 7_000_215).await;
    let standing = standing_after_a_sign_in(&app).await;
    assert_eq!(rejected(standing), (CredentialFault::Wrong, Some(7_000_215)));

    // A code that is refused was looked at, so the credential was accepted.
    control.with_registration(|known| known.secrets[0].value = CLIENT_SECRET.to_owned());
    let body =
        json!({ "error": "invalid_grant", "error_codes": [70_008], "error_description": "AADSTS70008" });
    control.fault(Fault {
        body: Some(body.to_string()),
        ..Fault::status("token", 400)
    });
    let standing = standing_after_a_sign_in(&app).await;
    assert!(
        matches!(standing, CredentialStanding::Accepted { .. }),
        "{standing:?}"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_certificate_that_expired_or_is_not_registered_is_known_to_be_rejected() {
    let app = with_certificate(EXPIRED).await;
    let expires = Timestamp::parse("2021-01-01").expect("a date");
    let due = entra(&app).credential_expiry();
    assert_eq!(due, Some(CredentialExpiry::Expired { expires }));
    is_refused(&app, 1_000_502).await;
    let standing = standing_after_a_sign_in(&app).await;
    assert_eq!(rejected(standing), (CredentialFault::Unusable, Some(1_000_502)));
    app.stop().await;

    let app = app_with(CERTIFICATE, format!("{KEY}{VALID}")).await;
    is_refused(&app, 700_027).await;
    register(&app, VALID);
    app.signed_in(DANA).await;
    app.stop().await;
}

#[tokio::test]
async fn notice_is_given_before_a_secret_ends() {
    let app = App::with(Setup {
        environment: vec![(
            "MICROSOFT_ENTRA_ID_CLIENT_SECRET_EXPIRES",
            "2026-05-10".to_owned(),
        )],
        ..Setup::default()
    })
    .await;
    let expires = Timestamp::parse("2026-05-10").expect("a date");
    assert_eq!(entra(&app).credential_expires(), Some(expires));
    assert_eq!(entra(&app).credential_expiry(), None, "66 days are left");
    app.advance(Duration::from_hours(24 * 40));
    let notice = ExpiryNotice {
        expires,
        days_left: 26,
        threshold: 30,
    };
    assert_eq!(
        entra(&app).credential_expiry(),
        Some(CredentialExpiry::Expiring(notice))
    );
    app.stop().await;
}

/// The issuer whose tokens count as ours: its key pair is one of the emulator's.
fn issuer() -> Value {
    let pairs = include_str!("../../end2end/entra-emulator/fixtures/signing-keys.json");
    let pairs: Vec<Value> = serde_json::from_str(pairs).expect("committed test material");
    let named = |pair: &Value| pair["name"] == "stranger-1";
    pairs.into_iter().find(named).expect("a committed pair")
}

/// A token of that issuer for our workload, for the next hour.
fn projected(app: &App, number: u32) -> String {
    let key = issuer()["private_key"].as_str().map(|key| STANDARD.decode(key));
    let key = EncodingKey::from_rsa_der(&key.expect("a key").expect("base64"));
    let claims = json!({
        "iss": "https://cluster.example", "sub": "system:serviceaccount:sonicsaas:server",
        "aud": "api://AzureADTokenExchange", "exp": app.emulator.control().now() + 3600, "jti": number.to_string(),
    });
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key).expect("it signs")
}

#[tokio::test]
async fn a_federated_token_goes_alone_and_is_read_anew_for_each_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    let app = app_with(TOKEN_FILE, path.display().to_string()).await;
    assert_eq!(entra(&app).credential_kind(), CredentialKind::FederatedToken);
    app.emulator.control().with_registration(|registration| {
        registration.secrets.clear();
        registration.federated_credentials.push(FederatedCredential {
            issuer: "https://cluster.example".to_owned(),
            subject: "system:serviceaccount:sonicsaas:server".to_owned(),
            keys: vec![IssuerKey {
                kid: None,
                n: issuer()["n"].as_str().expect("a modulus").to_owned(),
                e: "AQAB".to_owned(),
            }],
            ..FederatedCredential::default()
        });
    });
    for number in 1..=2 {
        let token = projected(&app, number);
        fs::write(&path, format!("{token}\n")).expect("written");
        app.signed_in(DANA).await;
        let asked = token_requests(&app);
        assert_eq!(asked.len(), 1);
        assert_eq!(only_assertion(&asked[0]), token);
    }

    // Without a token nobody is asked, and it is no fault of Microsoft's.
    for content in [Some(""), None] {
        match content {
            Some(content) => fs::write(&path, content).expect("written"),
            None => fs::remove_file(&path).expect("removed"),
        }
        let event = app.refused(&app.browser(), DANA).await;
        assert_eq!(event.reason.as_deref(), Some("exchange_failed"));
        assert_eq!(event.detail("check"), "token_exchange_failed");
        assert!(token_requests(&app).is_empty());
    }
    assert_eq!(entra(&app).credential_standing(), CredentialStanding::Untried);

    // A token that fits no registered credential.
    app.emulator
        .control()
        .with_registration(|known| known.federated_credentials[0].subject = "somebody".to_owned());
    fs::write(&path, projected(&app, 3)).expect("written");
    is_refused(&app, 700_213).await;
    let standing = standing_after_a_sign_in(&app).await;
    assert_eq!(rejected(standing), (CredentialFault::Unusable, Some(700_213)));
    app.stop().await;

    // Beside a secret it does not win: the server does not start.
    let pairs = [
        ("MICROSOFT_ENTRA_ID_CLIENT_ID", CLIENT_ID),
        (SECRET, "should-not-be-used"),
        (TOKEN_FILE, "/run/token"),
    ];
    let problems = Config::read(&mut Environment::of_pairs(pairs)).expect_err("two credentials");
    assert_eq!(problems.len(), 1);
    assert!(problems[0].text.contains(TOKEN_FILE) && problems[0].text.contains("exactly one"));
}
