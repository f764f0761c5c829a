//! Discovery documents and key sets.

use entra_emulator::{KeyChange, PublishedKey};
use serde_json::Value;

use crate::{
    client::{Answer, get},
    start::{CONTOSO, PERSONAL, Running, part, payload, text},
};

async fn document(running: &Running, tenant: &str) -> Answer {
    get(&running.at(&format!("{tenant}/v2.0/.well-known/openid-configuration"))).await
}

async fn keys(running: &Running, tenant: &str) -> Vec<Value> {
    let answer = get(&running.at(&format!("{tenant}/discovery/v2.0/keys"))).await;
    answer.json()["keys"].as_array().expect("a list").clone()
}

/// Whether the set's key of this id verifies the token.
fn verifies(set: &[Value], token: &Value) -> bool {
    let kid = &part(token, 0)["kid"];
    let Some(key) = set.iter().find(|key| key["kid"] == *kid) else {
        return false;
    };
    let token = text(token);
    let (message, signature) = token.rsplit_once('.').expect("a signature");
    let key =
        jsonwebtoken::DecodingKey::from_rsa_components(&text(&key["n"]), &text(&key["e"])).expect("a key");
    jsonwebtoken::crypto::verify(
        signature,
        message.as_bytes(),
        &key,
        jsonwebtoken::Algorithm::RS256,
    )
    .expect("bytes")
}

/// 1
#[tokio::test]
async fn aliases_have_the_template_as_issuer_and_tokens_the_real_tenant() {
    let running = Running::start().await;
    let authority = running.emulator.authority();
    for alias in ["organizations", "common"] {
        let document = document(&running, alias).await.json();
        assert_eq!(document["issuer"], format!("{authority}/{{tenantid}}/v2.0"));
        assert_eq!(
            document["token_endpoint"],
            format!("{authority}/{alias}/oauth2/v2.0/token")
        );
        assert_eq!(
            document["jwks_uri"],
            format!("{authority}/{alias}/discovery/v2.0/keys")
        );
        assert_eq!(document["tenant_region_scope"], Value::Null);
        let claims = running.id_claims(alias, "dana@contoso.com").await;
        assert_eq!(claims["iss"], format!("{authority}/{CONTOSO}/v2.0"));
        assert_eq!(claims["tid"], CONTOSO);
    }
    let consumers = document(&running, "consumers").await.json();
    assert_eq!(consumers["issuer"], format!("{authority}/{PERSONAL}/v2.0"));
}

/// 2
#[tokio::test]
async fn a_domain_resolves_to_the_tenant_in_every_address() {
    let running = Running::start().await;
    for name in [
        "contoso.com",
        "CONTOSO.onmicrosoft.com",
        CONTOSO,
        &CONTOSO.to_uppercase(),
    ] {
        let document = document(&running, name).await.json();
        let own = running.at(CONTOSO);
        assert_eq!(document["issuer"], format!("{own}/v2.0"));
        let endpoints = [
            "token_endpoint",
            "jwks_uri",
            "authorization_endpoint",
            "end_session_endpoint",
            "device_authorization_endpoint",
        ];
        for endpoint in endpoints {
            assert!(
                text(&document[endpoint]).starts_with(&own),
                "{endpoint} of {name}"
            );
        }
        assert_eq!(document["tenant_region_scope"], "NA");
    }
}

/// 3
#[tokio::test]
async fn an_unknown_tenant_is_400_and_never_404() {
    let running = Running::start().await;
    let cases = [
        ("nowhere.example", 90_002),
        ("3f2a9c1e-7b64-4d0f-9a55-000000000000", 90_002),
        ("not%20a%20name", 900_023),
        ("00000000-0000-0000-0000-000000000000", 900_021),
    ];
    for (tenant, code) in cases {
        let discovery = document(&running, tenant).await;
        assert_eq!(discovery.status, 400);
        let body = discovery.json();
        assert_eq!(body["error"], "invalid_tenant");
        assert_eq!(body["error_codes"], serde_json::json!([code]));
        assert_eq!(discovery.header("cache-control"), "max-age=86400, private");
        assert_eq!(discovery.header("access-control-allow-origin"), "*");
        assert_eq!(discovery.header("x-ms-request-id"), text(&body["trace_id"]));
        let token = running.app_only(tenant, &[]).await;
        assert_eq!(
            (token.status, token.json()["error"].clone()),
            (400, "invalid_request".into())
        );
        assert_eq!(token.json()["error_codes"], serde_json::json!([code]));
    }
}

/// 4
#[tokio::test]
async fn the_key_set_looks_like_microsofts() {
    let running = Running::start().await;
    let authority = running.emulator.authority();
    for tenant in ["common", "organizations", CONTOSO] {
        let keys = keys(&running, tenant).await;
        let count = |cloud: &str, issuer: &str| {
            let issuer = format!("{authority}/{issuer}/v2.0");
            keys.iter()
                .filter(|key| key["cloud_instance_name"] == cloud && key["issuer"] == issuer)
                .count()
        };
        assert_eq!(count("microsoftonline.com", "{tenantid}"), 2);
        assert_eq!(count("microsoftonline.us", "{tenantid}"), 2);
        assert_eq!(count("microsoftonline.com", PERSONAL), 2);
        for key in &keys {
            assert_eq!(key.get("alg"), None, "Entra's keys have no alg");
            assert_eq!(key["kid"], key["x5t"]);
            assert_eq!(text(&key["kid"]).len(), 27);
            assert_eq!((&key["kty"], &key["use"]), (&"RSA".into(), &"sig".into()));
        }
    }
    running
        .control
        .with_settings(|settings| settings.concrete_key_issuers = true);
    let own = keys(&running, CONTOSO).await;
    assert!(
        own.iter()
            .any(|key| key["issuer"] == format!("{authority}/{CONTOSO}/v2.0"))
    );
}

/// 4
#[tokio::test]
async fn keys_rotate_and_go_away_and_lose_their_cloud() {
    let running = Running::start().await;
    let first = running.tokens("organizations", "dana@contoso.com", &[]).await;
    let before = keys(&running, "organizations").await;
    assert!(verifies(&before, &first["id_token"]));
    assert_eq!(
        part(&first["id_token"], 0).as_object().map(serde_json::Map::len),
        Some(3)
    );

    running.control.keys(KeyChange::Rotate).unwrap();
    let second = running.tokens("organizations", "dana@contoso.com", &[]).await;
    assert!(
        !verifies(&before, &second["id_token"]),
        "the new key was not in the old set"
    );
    let after = keys(&running, "organizations").await;
    assert!(verifies(&after, &second["id_token"]));
    assert!(verifies(&after, &first["id_token"]), "the old key stays");

    running
        .control
        .keys(KeyChange::Remove("global-1".to_owned()))
        .unwrap();
    assert!(!verifies(
        &keys(&running, "organizations").await,
        &first["id_token"]
    ));

    let bare = PublishedKey {
        name: "global-3".to_owned(),
        issuer: None,
        cloud_instance_name: None,
    };
    running.control.keys(KeyChange::Publish(bare)).unwrap();
    let set = keys(&running, "organizations").await;
    assert!(
        set.iter()
            .any(|key| key.get("issuer").is_none() && key.get("cloud_instance_name").is_none())
    );
    running.control.keys(KeyChange::RemoveAll).unwrap();
    assert!(keys(&running, "organizations").await.is_empty());
    assert!(
        running
            .control
            .keys(KeyChange::Remove("nobody".to_owned()))
            .is_err()
    );
}

/// 5
#[tokio::test]
async fn pkce_is_not_announced_and_unknown_members_are_there() {
    let running = Running::start().await;
    let document = document(&running, "organizations").await.json();
    let absent = [
        "code_challenge_methods_supported",
        "grant_types_supported",
        "revocation_endpoint",
        "introspection_endpoint",
        "frontchannel_logout_session_supported",
    ];
    for member in absent {
        assert_eq!(document.get(member), None, "{member}");
    }
    assert_eq!(document["cloud_instance_name"], "microsoftonline.com");
    assert_eq!(document["msgraph_host"], "graph.microsoft.com");
    assert!(document.get("rbac_url").is_some());
}

/// 6
#[tokio::test]
async fn any_key_can_sign_so_that_a_validator_can_be_proven() {
    let running = Running::start().await;
    let authority = running.emulator.authority();
    for name in ["personal-1", "government-1", "stranger-1"] {
        running
            .control
            .keys(KeyChange::SignWith(name.to_owned()))
            .unwrap();
        let token = running.tokens("organizations", "dana@contoso.com", &[]).await["id_token"].clone();
        let set = keys(&running, "organizations").await;
        assert_eq!(verifies(&set, &token), name != "stranger-1", "{name}");
        assert_eq!(payload(&token)["iss"], format!("{authority}/{CONTOSO}/v2.0"));
    }
    // Another tenant's own key.
    let issuer = Some(format!("{{authority}}/{}/v2.0", crate::start::FABRIKAM));
    let cloud_instance_name = Some("microsoftonline.com".to_owned());
    let pinned = PublishedKey {
        name: "tenant-1".to_owned(),
        issuer,
        cloud_instance_name,
    };
    running.control.keys(KeyChange::Publish(pinned)).unwrap();
    running
        .control
        .keys(KeyChange::SignWith("tenant-1".to_owned()))
        .unwrap();
    let token = running.tokens("organizations", "dana@contoso.com", &[]).await["id_token"].clone();
    assert!(verifies(&keys(&running, CONTOSO).await, &token));
}

#[tokio::test]
async fn msal_finds_the_authority_by_instance_discovery() {
    let running = Running::start().await;
    let asked = running.at(&format!("{CONTOSO}/oauth2/v2.0/authorize"));
    let address = format!("common/discovery/instance?api-version=1.1&authorization_endpoint={asked}");
    let document = get(&running.at(&address)).await.json();
    assert_eq!(
        document["tenant_discovery_endpoint"],
        running.at(&format!("{CONTOSO}/v2.0/.well-known/openid-configuration"))
    );
}

#[tokio::test]
async fn an_appid_asks_for_the_applications_own_keys() {
    let running = Running::start().await;
    let address = running.at("contoso.com/v2.0/.well-known/openid-configuration?appid=abc");
    assert!(text(&get(&address).await.json()["jwks_uri"]).ends_with("/discovery/v2.0/keys?appid=abc"));
}
