//! Microsoft Graph: permissions, errors, memberships.

use entra_emulator::{ClockSetting, MutatedToken, TokenMutation};
use serde_json::{Value, json};

use crate::{
    client::{Answer, get, get_graph, get_with, post_json},
    start::{CONTOSO, Running, text},
};

pub(crate) fn security_only() -> Value {
    json!({ "securityEnabledOnly": true })
}

#[track_caller]
pub(crate) fn assert_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].as_str()),
        (status, Some(code)),
        "{}",
        answer.body
    );
}

pub(crate) fn ids(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let value = answer.json()["value"].clone();
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| text(item.get("id").unwrap_or(item)))
        .collect()
}

/// An app-only token with exactly these roles.
async fn with_roles(running: &Running, tenant: &str, roles: &[&str]) -> String {
    let mut mutation = TokenMutation::claim("roles", json!(roles));
    mutation.token = MutatedToken::AccessToken;
    running.control.mutate(mutation);
    running.app_token(tenant).await
}

/// 31
#[tokio::test]
async fn roles_and_scopes_are_different_lists() {
    let running = Running::start().await;
    let dana = running.graph("users/dana@contoso.com");
    let app = running.app_token("contoso.com").await;
    assert_eq!(get_graph(&dana, &app).await.status, 200);
    assert_refused(&get_graph(&running.graph("me"), &app).await, 400, "BadRequest");
    assert_refused(
        &get_graph(&dana, &running.app_token("litware.example").await).await,
        404,
        "Request_ResourceNotFound",
    );
    let lena = running.graph("users/lena@litware.example");
    assert_refused(
        &get_graph(&lena, &running.app_token("litware.example").await).await,
        403,
        "Authorization_RequestDenied",
    );

    let person = running.delegated("organizations", "dana@contoso.com").await;
    assert_eq!(get_graph(&running.graph("me"), &person).await.status, 200);
    assert_eq!(
        get_graph(&dana, &person).await.status,
        200,
        "User.Read reads oneself"
    );
    let adam = running.graph("users/adam@contoso.com");
    assert_refused(
        &get_graph(&adam, &person).await,
        403,
        "Authorization_RequestDenied",
    );
}

/// 31
#[tokio::test]
async fn each_membership_call_has_its_own_permissions() {
    let running = Running::start().await;
    let dana = "users/dana@contoso.com";
    let cases = [
        ("GroupMember.Read.All", "transitiveMemberOf", 200),
        ("GroupMember.Read.All", "memberOf", 403),
        ("Directory.Read.All", "memberOf", 200),
        ("User.ReadBasic.All", "transitiveMemberOf", 403),
        ("GroupMember.Read.All", "getMemberObjects", 403),
        ("User.Read.All", "getMemberObjects", 200),
        ("GroupMember.Read.All", "getMemberGroups", 200),
        ("GroupMember.Read.All", "checkMemberGroups", 200),
        ("User.Read", "transitiveMemberOf", 403),
    ];
    for (role, call, status) in cases {
        let token = with_roles(&running, "contoso.com", &[role]).await;
        let address = running.graph(&format!("{dana}/{call}"));
        let answer = match call {
            "memberOf" | "transitiveMemberOf" => get_graph(&address, &token).await,
            "checkMemberGroups" => post_json(&address, &token, &json!({ "groupIds": [] })).await,
            _ => post_json(&address, &token, &security_only()).await,
        };
        assert_eq!(answer.status, status, "{role} {call}: {}", answer.body);
    }
    let person = running.delegated("organizations", "dana@contoso.com").await;
    let ask = json!({ "groupIds": [] });
    assert_eq!(
        post_json(&running.graph("me/checkMemberGroups"), &person, &ask)
            .await
            .status,
        200
    );
    running
        .control
        .with_settings(|settings| settings.member_groups_with_user_read = false);
    assert_refused(
        &post_json(&running.graph("me/checkMemberGroups"), &person, &ask).await,
        403,
        "Authorization_RequestDenied",
    );
    assert_eq!(
        post_json(&running.graph("me/getMemberObjects"), &person, &security_only())
            .await
            .status,
        200
    );
}

/// 31
#[tokio::test]
async fn a_guest_reads_little_of_the_directory() {
    let running = Running::start().await;
    let scopes = [
        "openid",
        "profile",
        "email",
        "User.Read",
        "User.ReadBasic.All",
        "GroupMember.Read.All",
    ];
    running
        .control
        .with_tenant("contoso.com", |tenant| {
            tenant.installation.delegated = scopes.map(str::to_owned).into();
        })
        .unwrap();
    let guest = running.delegated("contoso.com", "sam@litware.example").await;
    let member = running.delegated("contoso.com", "dana@contoso.com").await;
    let adam = running.graph("users/adam@contoso.com");
    let viewers = running
        .control
        .with_group("contoso.com", "SonicSaaS-Viewers", |group| group.id)
        .unwrap();
    let group = running.graph(&format!("groups/{viewers}"));
    for address in [&adam, &group] {
        assert_eq!(get_graph(address, &member).await.status, 200);
        assert_refused(
            &get_graph(address, &guest).await,
            403,
            "Authorization_RequestDenied",
        );
    }
    assert_eq!(get_graph(&running.graph("me"), &guest).await.status, 200);
    let own = post_json(&running.graph("me/getMemberObjects"), &guest, &security_only()).await;
    assert_eq!(ids(&own), [viewers.to_string()]);
}

/// 32
#[tokio::test]
async fn tokens_that_are_not_for_graph_are_401() {
    let running = Running::start().await;
    let me = running.graph("me");
    assert_refused(&get(&me).await, 401, "InvalidAuthenticationToken");
    assert_refused(&get_graph(&me, "x.y.z").await, 401, "InvalidAuthenticationToken");
    let id_token = running.tokens("organizations", "dana@contoso.com", &[]).await["id_token"].clone();
    let answer = get_graph(&me, &text(&id_token)).await;
    assert!(answer.body.contains("Invalid audience"), "{}", answer.body);
    assert!(answer.header("www-authenticate").starts_with("Bearer "));
    let token = running.delegated("organizations", "dana@contoso.com").await;
    running.control.set_clock(ClockSetting::Offset(6_000));
    let answer = get_graph(&me, &token).await;
    assert_refused(&answer, 401, "InvalidAuthenticationToken");
    assert!(answer.body.contains("the token is expired"), "{}", answer.body);
}

/// 32
#[tokio::test]
async fn errors_and_answers_carry_what_support_asks_for() {
    let running = Running::start().await;
    running.control.set_clock(ClockSetting::Fixed(1_739_441_826));
    let token = running.app_token("contoso.com").await;
    let own = "11112222-3333-4444-5555-666677778888";
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("client-request-id", own)];
    let unknown = "00000000-0000-0000-0000-000000000001";
    let answer = get_with(&running.graph(&format!("users/{unknown}")), &headers).await;
    assert_refused(&answer, 404, "Request_ResourceNotFound");
    let error = answer.json()["error"].clone();
    let message = format!(
        "Resource '{unknown}' does not exist or one of its queried reference-property objects are not present."
    );
    assert_eq!(error["message"], message);
    assert_eq!(error["innerError"]["date"], "2025-02-13T10:17:06");
    assert_eq!(error["innerError"]["client-request-id"], own);
    assert_eq!(error["innerError"]["request-id"], answer.header("request-id"));
    assert_eq!(answer.header("client-request-id"), own);
    assert!(answer.header("x-ms-ags-diagnostic").contains("ServerInfo"));

    let good = get_graph(&running.graph("users/dana@contoso.com"), &token).await;
    assert_eq!(good.header("client-request-id"), good.header("request-id"));
    assert_eq!(good.header("x-ms-resource-unit"), "1");
    assert_eq!(good.header("odata-version"), "4.0");
    assert!(
        good.header("content-type")
            .starts_with("application/json;odata.metadata=minimal;")
    );

    let not_a_guid = get_graph(&running.graph("groups/operators"), &token).await;
    assert_eq!(not_a_guid.status, 400);
    let wrong_method = post_json(&running.graph("users/dana@contoso.com"), &token, &Value::Null).await;
    assert_refused(&wrong_method, 405, "Request_BadRequest");
    assert_refused(
        &get_graph(&running.graph("planets"), &token).await,
        400,
        "BadRequest",
    );
}

/// 34
/// 34
/// 34
/// With `User.Read` alone there are ids and nothing else.
#[tokio::test]
async fn a_user_a_group_and_the_organization() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let user = get_graph(&running.graph("users/noor@contoso.com"), &app)
        .await
        .json();
    assert_eq!(
        (&user["displayName"], &user["mail"]),
        (&json!("Noor Haddad"), &Value::Null)
    );
    assert!(user.get("accountEnabled").is_none() && user.get("@odata.type").is_none());
    let leo = running.graph("users/leo@contoso.com?$select=id,accountEnabled,userType");
    let leo = get_graph(&leo, &app).await.json();
    assert_eq!(
        (&leo["accountEnabled"], &leo["userType"]),
        (&json!(false), &json!("Member"))
    );
    assert!(text(&leo["@odata.context"]).ends_with("$metadata#users(id,accountEnabled,userType)/$entity"));

    let group = |name: &str| {
        running
            .control
            .with_group("contoso.com", name, |group| group.id)
            .unwrap()
    };
    let synced = get_graph(
        &running.graph(&format!("groups/{}", group("Domain Operators"))),
        &app,
    )
    .await
    .json();
    assert_eq!(synced["onPremisesSyncEnabled"], true);
    let dynamic = get_graph(
        &running.graph(&format!("groups/{}", group("Remote Workers"))),
        &app,
    )
    .await
    .json();
    assert_eq!(dynamic["groupTypes"], json!(["DynamicMembership"]));
    let deleted = get_graph(
        &running.graph(&format!("groups/{}", group("Retired Contractors"))),
        &app,
    )
    .await;
    assert_refused(&deleted, 404, "Request_ResourceNotFound");

    let person = running.delegated("organizations", "dana@contoso.com").await;
    let organization = get_graph(&running.graph("organization"), &person).await.json();
    assert_eq!(organization["value"].as_array().unwrap().len(), 1);
    assert_eq!(organization["value"][0]["id"], CONTOSO);
    assert_eq!(
        organization["value"][0]["verifiedDomains"][0]["name"],
        "contoso.com"
    );
    assert_eq!(organization["value"][0]["countryLetterCode"], Value::Null);
    assert_refused(
        &get_graph(&running.graph("organization"), &app).await,
        403,
        "Authorization_RequestDenied",
    );
}
