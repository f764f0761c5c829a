//! The control API over HTTP, and the edits behind it.

use http::Method;
use serde_json::{Value, json};

use crate::{
    client::{Answer, get, send},
    start::{CONTOSO, PERSONAL, Running, payload},
};

async fn post(running: &Running, operation: &str, body: &Value) -> Answer {
    let address = running.at(&format!("_control/{operation}"));
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    send(
        Method::POST,
        &address,
        &[("content-type", "application/json")],
        &body,
    )
    .await
    .expect("an answer")
}

#[track_caller]
fn assert_done(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.body);
}

async fn groups_of(running: &Running, person: &str) -> usize {
    let claims = running.id_claims("organizations", person).await;
    claims.get("groups").and_then(Value::as_array).map_or(0, Vec::len)
}

#[tokio::test]
async fn people_groups_and_memberships_can_be_edited() {
    let running = Running::start().await;
    let tenant = "contoso.com";
    let group = json!({ "tenant": tenant, "group": { "name": "New", "kind": "security", "members": ["dana@contoso.com"] } });
    let added = post(&running, "groups/add", &group).await;
    assert_done(&added);
    let user = json!({
        "tenant": tenant,
        "user": { "name": "Nora New", "principal": "nora@contoso.com" },
        "groups": ["New", "SonicSaaS-Viewers"],
    });
    assert_done(&post(&running, "users/add", &user).await);
    assert_eq!(
        (
            groups_of(&running, "nora@contoso.com").await,
            groups_of(&running, "dana@contoso.com").await
        ),
        (2, 4)
    );

    let nest = json!({ "tenant": tenant, "group": "SonicSaaS-Admins", "member": "New" });
    assert_done(&post(&running, "members/add", &nest).await);
    assert_eq!(groups_of(&running, "nora@contoso.com").await, 3);
    assert_done(&post(&running, "members/remove", &nest).await);
    assert_eq!(groups_of(&running, "nora@contoso.com").await, 2);

    let rename = json!({ "tenant": tenant, "group": "New", "set": { "name": "Newer" } });
    assert_done(&post(&running, "groups/change", &rename).await);
    let id = running
        .control
        .with_group(tenant, "Newer", |group| group.id)
        .unwrap();
    assert_eq!(json!(id), added.json()["id"], "the id stays");
    assert_done(
        &post(
            &running,
            "groups/remove",
            &json!({ "tenant": tenant, "group": "Newer" }),
        )
        .await,
    );
    assert_eq!(groups_of(&running, "nora@contoso.com").await, 1);

    let count = json!({ "tenant": tenant, "user": "nora@contoso.com", "count": 57 });
    assert_done(&post(&running, "users/group-count", &count).await);
    assert_eq!(groups_of(&running, "nora@contoso.com").await, 57);
    let fewer = json!({ "tenant": tenant, "user": "nora@contoso.com", "count": 3 });
    assert_done(&post(&running, "users/group-count", &fewer).await);
    assert_eq!(groups_of(&running, "nora@contoso.com").await, 3);
    let impossible = json!({ "tenant": tenant, "user": "nora@contoso.com", "count": 0 });
    assert_eq!(post(&running, "users/group-count", &impossible).await.status, 400);

    let disable =
        json!({ "tenant": tenant, "user": "nora@contoso.com", "set": { "enabled": false, "mail": null } });
    assert_done(&post(&running, "users/change", &disable).await);
    let url = running.authorize_url("organizations", &[]);
    assert!(running.control.sign_in(&url, "nora@contoso.com").is_err());
    assert_done(
        &post(
            &running,
            "users/remove",
            &json!({ "tenant": tenant, "user": "nora@contoso.com" }),
        )
        .await,
    );
    let gone = post(
        &running,
        "users/remove",
        &json!({ "tenant": tenant, "user": "nora@contoso.com" }),
    )
    .await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn tenants_come_and_go() {
    let running = Running::start().await;
    let id = "5b0e4d6a-1111-4222-8333-944455556666";
    let tenant = json!({
        "id": id,
        "name": "Tailspin",
        "domains": ["tailspin.example"],
        "region_scope": "USGov",
        "installation": { "delegated": ["openid", "profile", "email", "User.Read"] },
        "users": [
            { "name": "Tia Spin", "principal": "tia@tailspin.example" },
            { "name": "Guest", "principal": "g#EXT#@tailspin.example", "mail": "dana@contoso.com", "home": "dana@contoso.com" },
        ],
    });
    assert_done(&post(&running, "tenants/add", &tenant).await);
    assert_eq!(
        post(&running, "tenants/add", &tenant).await.status,
        400,
        "the id is taken"
    );
    assert_eq!(
        running.id_claims("organizations", "tia@tailspin.example").await["tid"],
        id
    );
    let document = get(&running.at("tailspin.example/v2.0/.well-known/openid-configuration"))
        .await
        .json();
    assert_eq!(document["tenant_region_scope"], "USGov");
    let change = json!({ "tenant": "Tailspin", "set": { "region_scope": "NA", "region_sub_scope": "GCC" } });
    assert_done(&post(&running, "tenants/change", &change).await);
    let document = get(&running.at("tailspin.example/v2.0/.well-known/openid-configuration"))
        .await
        .json();
    assert_eq!(document["tenant_region_sub_scope"], "GCC");
    let guest = running.id_claims("tailspin.example", "dana@contoso.com").await;
    assert_eq!(guest["idp"], format!("https://sts.windows.net/{CONTOSO}/"));
    assert_done(
        &post(
            &running,
            "tenants/remove",
            &json!({ "tenant": "tailspin.example" }),
        )
        .await,
    );
    assert_eq!(
        get(&running.at("tailspin.example/v2.0/.well-known/openid-configuration"))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn the_application_and_its_place_in_a_tenant_can_be_changed() {
    let running = Running::start().await;
    let change = json!({ "group_membership_claims": "None", "optional_claims": ["acct"] });
    assert_done(&post(&running, "registration", &change).await);
    let claims = running.id_claims("organizations", "dana@contoso.com").await;
    assert!(claims.get("groups").is_none() && claims["acct"] == 0);
    let consent = json!({ "tenant": "contoso.com", "set": { "application": ["Group.Read.All"], "user_consent": false } });
    assert_done(&post(&running, "installation", &consent).await);
    let token = running.app_token("contoso.com").await;
    assert_eq!(payload(&json!(token))["roles"], json!(["Group.Read.All"]));
    assert_done(&post(&running, "settings", &json!({ "group_limit": 2 })).await);
    assert_done(
        &post(
            &running,
            "registration",
            &json!({ "group_membership_claims": "SecurityGroup" }),
        )
        .await,
    );
    let claims = running.id_claims("organizations", "dana@contoso.com").await;
    assert!(claims.get("_claim_names").is_some());
    assert_eq!(
        get(&running.at("_control/registration")).await.json()["optional_claims"],
        json!(["acct"])
    );
    assert_eq!(
        get(&running.at("_control/settings")).await.json()["group_limit"],
        2
    );
}

#[tokio::test]
async fn clock_keys_tokens_and_queues_over_http() {
    let running = Running::start().await;
    assert_done(&post(&running, "clock", &json!({ "fixed": 1_800_000_000 })).await);
    assert_done(&post(&running, "clock", &json!({ "advance": 60 })).await);
    assert_eq!(
        get(&running.at("_control/clock")).await.json()["now"],
        1_800_000_060
    );
    assert_eq!(
        running.id_claims("organizations", "dana@contoso.com").await["iat"],
        1_799_999_760
    );
    assert_done(&post(&running, "clock", &json!("real")).await);
    assert_done(&post(&running, "keys", &json!("rotate")).await);
    assert_done(&post(&running, "keys", &json!({ "remove": "global-1" })).await);
    let inventory = get(&running.at("_control/keys")).await.json();
    let signing = inventory["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["signing"] == true)
        .unwrap();
    assert_eq!(
        (&signing["name"], &signing["published"]),
        (&json!("global-3"), &json!(true))
    );

    let mutation =
        json!({ "claims": { "iss": "https://evil.example", "aud": null }, "header": { "typ": "at+jwt" } });
    assert_done(&post(&running, "mutations", &mutation).await);
    let claims = running.id_claims("organizations", "dana@contoso.com").await;
    assert!(claims["iss"] == "https://evil.example" && claims.get("aud").is_none());
    assert_done(
        &post(
            &running,
            "mutations",
            &json!({ "signature": { "hmac_public_key": "pem" }, "times": null }),
        )
        .await,
    );
    assert_done(&post(&running, "mutations/clear", &Value::Null).await);
    let tokens = get(&running.at("_control/tokens")).await.json();
    assert!(
        tokens
            .as_array()
            .unwrap()
            .iter()
            .any(|token| token["kind"] == "id_token")
    );

    let fault = json!({ "route": "keys", "status": 503, "headers": { "Retry-After": "2" }, "times": 1 });
    assert_done(&post(&running, "faults", &fault).await);
    assert_eq!(
        get(&running.at("common/discovery/v2.0/keys"))
            .await
            .header("retry-after"),
        "2"
    );
    assert_done(&post(&running, "outcomes", &json!({ "error": "access_denied" })).await);
    let url = running.authorize_url("organizations", &[]);
    assert_eq!(
        get(&url).await.returned("error").as_deref(),
        Some("access_denied")
    );
    assert_done(&post(&running, "outcomes/clear", &Value::Null).await);
    let log = get(&running.at("_control/log?route=keys")).await.json();
    assert_eq!(log[0]["status"], 503);
    assert_done(&post(&running, "log/clear", &Value::Null).await);
    assert_eq!(get(&running.at("_control/log")).await.json(), json!([]));
}

#[tokio::test]
async fn sign_in_over_http_does_what_the_picker_does() {
    let running = Running::start().await;
    let url = running.authorize_url("organizations", &[]);
    let body = json!({ "authorize_url": url, "person": "dana@contoso.com" });
    let answer = post(&running, "sign-in", &body).await;
    assert_done(&answer);
    assert!(answer.json()["location"].as_str().unwrap().contains("?code="));
    let cancelled = post(
        &running,
        "sign-in",
        &json!({ "authorize_url": url, "cancel": true }),
    )
    .await
    .json();
    assert!(
        cancelled["location"]
            .as_str()
            .unwrap()
            .contains("error_subcode=cancel")
    );
    let disabled = post(
        &running,
        "sign-in",
        &json!({ "authorize_url": url, "person": "Leo Blanc" }),
    )
    .await
    .json();
    assert!(disabled["location"].is_null() && disabled["page"].as_str().unwrap().contains("AADSTS50057"));
    let nobody = post(
        &running,
        "sign-in",
        &json!({ "authorize_url": url, "person": "Nobody" }),
    )
    .await;
    assert_eq!(nobody.status, 404);
    let nowhere = json!({ "authorize_url": "http://localhost/x", "person": "Dana Reyes" });
    assert_eq!(post(&running, "sign-in", &nowhere).await.status, 400);
}

/// A misspelt request must not pass as one that does nothing.
#[tokio::test]
async fn unknown_members_and_operations_are_refused() {
    let running = Running::start().await;
    let cases = [
        ("faults", json!({ "route": "keys", "staus": 503 })),
        ("mutations", json!({ "claim": {} })),
        ("mutations", json!({ "signature": "sloppy" })),
        ("outcomes", json!({ "errors": "x" })),
        ("settings", json!({ "group_limits": 2 })),
        ("registration", json!({ "group_membership": "All" })),
        (
            "users/change",
            json!({ "tenant": "contoso.com", "user": "dana@contoso.com", "set": { "enable": false } }),
        ),
        (
            "users/remove",
            json!({ "tenant": "contoso.com", "user": "dana@contoso.com", "really": true }),
        ),
        ("keys", json!({ "remove": "nobody" })),
        ("nonsense", json!({})),
    ];
    for (operation, body) in cases {
        let answer = post(&running, operation, &body).await;
        assert!(
            [400, 404].contains(&answer.status),
            "{operation} {body}: {}",
            answer.body
        );
        assert!(answer.json()["problem"].is_string());
    }
    assert_eq!(get(&running.at("_control/nonsense")).await.status, 404);
}

#[tokio::test]
async fn a_reset_brings_the_seed_back() {
    let running = Running::start().await;
    running.control.remove_tenant("litware.example").unwrap();
    running
        .control
        .with_user("contoso.com", "Dana Reyes", |user| user.enabled = false)
        .unwrap();
    running.control.set_clock(entra_emulator::ClockSetting::Fixed(0));
    running.control.fault(entra_emulator::Fault::status("", 500));
    assert_done(&post(&running, "reset", &Value::Null).await);
    assert!(running.control.now() > 1_700_000_000);
    assert!(running.control.log().is_empty());
    assert_eq!(
        running.id_claims("organizations", "dana@contoso.com").await["name"],
        "Dana Reyes"
    );
    let tenants = get(&running.at("_control/directory")).await.json();
    let ids = tenants
        .as_array()
        .unwrap()
        .iter()
        .map(|tenant| tenant["id"].clone())
        .collect::<Vec<_>>();
    assert!(ids.len() == 4 && ids.contains(&json!(PERSONAL)));
}

/// A switch that nobody can find is none.
#[tokio::test]
async fn the_manual_names_every_switch() {
    let running = Running::start().await;
    let manual = include_str!("../../README.md");
    let settings = get(&running.at("_control/settings")).await.json();
    let names = crate::start::names(&settings);
    assert!(names.len() > 15);
    let missing = names
        .into_iter()
        .filter(|name| !manual.contains(&format!("`{name}`")));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&str>::new());
}
