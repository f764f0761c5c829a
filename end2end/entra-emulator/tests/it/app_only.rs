//! The client's own credential, and tokens for the application itself.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use entra_emulator::{ClockSetting, Secret};
use serde_json::json;

use crate::{
    client::{get_graph, post_form_with},
    start::{CLIENT, CONTOSO, REDIRECT, Running, SECRET, names, payload},
};

#[tokio::test]
async fn an_application_asks_for_its_default_permissions_in_one_tenant() {
    let running = Running::start().await;
    let answer = running.app_only("contoso.com", &[]).await.json();
    assert_eq!(
        names(&answer),
        ["access_token", "expires_in", "ext_expires_in", "token_type"]
    );
    let claims = payload(&answer["access_token"]);
    assert_eq!(
        claims["roles"],
        json!(["Group.Read.All", "GroupMember.Read.All", "User.Read.All"])
    );
    assert_eq!(
        (&claims["idtyp"], &claims["tid"]),
        (&json!("app"), &json!(CONTOSO))
    );
    assert!(claims["oid"].is_string() && claims.get("scp").is_none());

    let named = running
        .app_only(
            "contoso.com",
            &[("scope", "https://graph.microsoft.com/User.Read.All")],
        )
        .await;
    assert_eq!(
        (named.status, named.json()["error"].clone()),
        (400, json!("invalid_scope"))
    );
    assert_eq!(named.json()["error_codes"], json!([1_002_012]));
    let other = running
        .app_only("contoso.com", &[("scope", "api://other/.default")])
        .await;
    assert_eq!(
        (other.json()["error"].clone(), other.json()["error_codes"].clone()),
        (json!("invalid_resource"), json!([500_011]))
    );
    for alias in ["organizations", "common", "consumers"] {
        assert_eq!(running.app_only(alias, &[]).await.status, 400, "{alias}");
    }
    let own = running.graph("").replace("/v1.0/", "/.default");
    assert_eq!(
        running.app_only("contoso.com", &[("scope", &own)]).await.status,
        200
    );
}

#[tokio::test]
async fn a_token_is_no_proof_of_consent() {
    let running = Running::start().await;
    let litware = running.app_only("litware.example", &[]).await.json();
    assert_eq!(
        payload(&litware["access_token"]).get("roles"),
        None,
        "nothing was granted"
    );
    running
        .control
        .with_tenant("litware.example", |tenant| {
            tenant.installation.service_principal = None;
        })
        .unwrap();
    let answer = running.app_only("litware.example", &[]).await;
    assert_eq!(
        (answer.status, &answer.json()["error_codes"]),
        (401, &json!([7_000_229]))
    );
}

#[tokio::test]
async fn a_new_consent_arrives_in_steps() {
    let running = Running::start().await;
    running.control.set_clock(ClockSetting::Fixed(1_800_000_000));
    running
        .control
        .with_settings(|settings| (settings.identity_propagation, settings.roles_propagation) = (60, 30));
    running
        .control
        .with_tenant("contoso.com", |tenant| {
            tenant.installation.consented_at = 1_800_000_000;
        })
        .unwrap();
    let organization = running.graph("users/dana@contoso.com");
    let token = running.app_token("contoso.com").await;
    let claims = payload(&json!(token));
    assert!(claims.get("oid").is_none() && claims.get("roles").is_none());
    let answer = get_graph(&organization, &token).await;
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].clone()),
        (401, json!("Authorization_IdentityNotFound"))
    );

    running.control.set_clock(ClockSetting::Advance(60));
    let token = running.app_token("contoso.com").await;
    assert!(payload(&json!(token)).get("oid").is_some());
    assert_eq!(get_graph(&organization, &token).await.status, 403);

    running.control.set_clock(ClockSetting::Advance(30));
    let token = running.app_token("contoso.com").await;
    assert_eq!(get_graph(&organization, &token).await.status, 200);
}

#[tokio::test]
async fn secrets_are_wrong_expired_or_fine_in_body_and_header() {
    let running = Running::start().await;
    running.control.with_registration(|registration| {
        registration.secrets.push(Secret {
            value: "old".to_owned(),
            expires: Some(1_000),
        });
        registration.secrets.push(Secret {
            value: "a b+c&d:e%f".to_owned(),
            expires: None,
        });
    });
    for (secret, status, code) in [
        ("old", 401, 7_000_222),
        ("wrong", 401, 7_000_215),
        ("", 401, 7_000_218),
    ] {
        let answer = running
            .app_only("contoso.com", &[("client_secret", secret)])
            .await;
        assert_eq!(
            (answer.status, answer.json()["error_codes"].clone()),
            (status, json!([code])),
            "{secret}"
        );
    }
    assert_eq!(
        running
            .app_only("contoso.com", &[("client_secret", "a b+c&d:e%f")])
            .await
            .status,
        200
    );

    let address = running.at("contoso.com/oauth2/v2.0/token");
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let encoded = ["a+b%2Bc%26d%3Ae%25f", "a%20b%2bc%26d%3ae%25f", SECRET];
    for secret in encoded {
        let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{secret}")));
        let answer = post_form_with(&address, &fields, &[("authorization", &basic)]).await;
        assert_eq!(answer.status, 200, "{secret}: {}", answer.body);
    }
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:wrong")));
    assert_eq!(
        post_form_with(&address, &fields, &[("authorization", &basic)])
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_browser_may_not_present_a_secret() {
    let running = Running::start().await;
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("redirect_uri", REDIRECT),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let address = running.at("contoso.com/oauth2/v2.0/token");
    let answer = post_form_with(&address, &fields, &[("origin", "http://localhost:3000")]).await;
    assert_eq!(
        (answer.status, answer.json()["error_codes"].clone()),
        (400, json!([9_002_326]))
    );
}
