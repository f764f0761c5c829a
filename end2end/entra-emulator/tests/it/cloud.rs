//! Other clouds, and the site the emulator stands on.

use entra_emulator::{Cloud, SignIn};
use serde_json::json;

use crate::{
    client::{get, post_form, send_on},
    start::{CLIENT, CONTOSO, REDIRECT, Running, SECRET, part, payload, text},
};

/// 40
#[tokio::test]
async fn a_cloud_has_its_own_names_key_and_graph() {
    let running = Running::start().await;
    let cases = [
        (
            Cloud::UsGovernment,
            "microsoftonline.us",
            "graph.microsoft.us",
            "graph.microsoftazure.us",
        ),
        (
            Cloud::UsGovernmentDod,
            "microsoftonline.us",
            "dod-graph.microsoft.us",
            "graph.microsoftazure.us",
        ),
        (
            Cloud::China,
            "partner.microsoftonline.cn",
            "microsoftgraph.chinacloudapi.cn",
            "graph.chinacloudapi.cn",
        ),
    ];
    for (cloud, instance, graph, retired) in cases {
        running.control.with_settings(|settings| settings.cloud = cloud);
        let document = get(&running.at("contoso.com/v2.0/.well-known/openid-configuration"))
            .await
            .json();
        assert_eq!(
            (
                &document["cloud_instance_name"],
                &document["msgraph_host"],
                &document["cloud_graph_host_name"]
            ),
            (&json!(instance), &json!(graph), &json!(retired))
        );
        // The key that signs is one of this cloud.
        let token = running.tokens("contoso.com", "dana@contoso.com", &[]).await["id_token"].clone();
        let keys = get(&running.at("contoso.com/discovery/v2.0/keys")).await.json();
        let keys = keys["keys"].as_array().unwrap();
        let key = keys
            .iter()
            .find(|key| key["kid"] == part(&token, 0)["kid"])
            .unwrap();
        assert_eq!(key["cloud_instance_name"], instance);
        // Graph is named by its host here, and the global one is some other resource.
        let own = format!("https://{graph}/.default");
        assert_eq!(
            running.app_only("contoso.com", &[("scope", &own)]).await.status,
            200
        );
        let global = running.app_only("contoso.com", &[]).await.json();
        assert_eq!(
            (&global["error"], &global["error_codes"]),
            (&json!("invalid_resource"), &json!([500_011]))
        );
        let wanted = format!("openid https://{graph}/User.Read");
        let granted = running
            .tokens("contoso.com", "dana@contoso.com", &[("scope", &wanted)])
            .await;
        assert!(text(&granted["scope"]).starts_with(&wanted), "{granted}");
    }
}

/// 40
#[tokio::test]
async fn issuers_can_be_of_another_host() {
    let running = Running::start().await;
    let origin = "https://login.partner.microsoftonline.cn";
    running
        .control
        .with_settings(|settings| settings.issuer_origin = Some(origin.to_owned()));
    let document = get(&running.at("contoso.com/v2.0/.well-known/openid-configuration"))
        .await
        .json();
    let issuer = format!("{origin}/{CONTOSO}/v2.0");
    assert_eq!(document["issuer"], issuer);
    assert!(text(&document["token_endpoint"]).starts_with(&running.at("")));
    assert_eq!(
        running.id_claims("contoso.com", "dana@contoso.com").await["iss"],
        issuer
    );
    let keys = get(&running.at("contoso.com/discovery/v2.0/keys")).await.json();
    assert!(text(&keys["keys"][0]["issuer"]).starts_with(origin));
}

/// 40: discovery of a US Government tenant succeeds on the global host; only then comes the refusal.
#[tokio::test]
async fn a_government_tenant_shows_on_the_global_host_and_gives_no_token() {
    let running = Running::start().await;
    let set = |scope: &str, sub_scope: Option<&str>| {
        running
            .control
            .with_tenant("contoso.com", |tenant| {
                scope.clone_into(&mut tenant.region_scope);
                tenant.region_sub_scope = sub_scope.map(str::to_owned);
            })
            .unwrap();
    };
    set("USGov", Some("DODCON"));
    let document = get(&running.at("contoso.com/v2.0/.well-known/openid-configuration")).await;
    assert_eq!(
        (document.status, &document.json()["tenant_region_scope"]),
        (200, &json!("USGov"))
    );
    let answer = running.app_only("contoso.com", &[]).await;
    assert_eq!(
        (answer.status, &answer.json()["error_codes"]),
        (400, &json!([900_382]))
    );
    set("NA", Some("GCC"));
    assert_eq!(running.app_only("contoso.com", &[]).await.status, 200);
    set("USGov", None);
    running
        .control
        .with_settings(|settings| settings.cloud = Cloud::UsGovernment);
    let own = [("scope", "https://graph.microsoft.us/.default")];
    assert_eq!(running.app_only("contoso.com", &own).await.status, 200);
}

/// 11: the answer is posted from a page of another site than the application's; `*.localhost` names are two sites.
#[tokio::test]
async fn a_form_post_comes_from_another_site_than_the_application() {
    let running = Running::start().await;
    let address = running.emulator.http_address();
    let host = format!("entra.localhost:{}", address.port());
    let ask = async |method: http::Method, path: &str, body: &str| {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        send_on(stream, method, &format!("http://{host}/{path}"), &kind, body)
            .await
            .unwrap()
            .json()
    };
    let mut url = running.authorize_url("contoso.com", &[("response_mode", "form_post")]);
    let document = ask(
        http::Method::GET,
        "contoso.com/v2.0/.well-known/openid-configuration",
        "",
    )
    .await;
    assert_eq!(document["issuer"], format!("http://{host}/{CONTOSO}/v2.0"));
    url = url.replace(&running.at(""), &format!("http://{host}/"));
    let page = running
        .control
        .sign_in_as(&SignIn::new(&url, "dana@contoso.com"))
        .unwrap()
        .page;
    assert!(
        page.contains(&format!(r#"method="POST" name="hiddenform" action="{REDIRECT}""#)),
        "{page}"
    );
    assert!(page.contains("<title>Working...</title>") && page.contains("document.forms[0].submit()"));
    let field = |name: &str| {
        let (_, rest) = page.split_once(&format!(r#"name="{name}" value=""#)).expect(name);
        rest.split('"').next().unwrap().to_owned()
    };
    assert!(!field("session_state").is_empty() && field("state") == "the-state");
    // The code is good at the name it was asked under, and the token says that name.
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("redirect_uri", REDIRECT),
        ("code", &field("code")),
    ];
    let body = crate::client::encoded(&fields);
    let tokens = ask(http::Method::POST, "contoso.com/oauth2/v2.0/token", &body).await;
    assert_eq!(
        payload(&tokens["id_token"])["iss"],
        format!("http://{host}/{CONTOSO}/v2.0")
    );
    assert_eq!(payload(&tokens["id_token"])["sid"], field("session_state"));

    // A refusal takes the same way.
    let refused = running
        .control
        .sign_in_as(&SignIn {
            cancel: true,
            ..SignIn::new(&url, "dana@contoso.com")
        })
        .unwrap();
    assert!(
        refused.page.contains(r#"name="error_subcode" value="cancel""#),
        "{}",
        refused.page
    );
}

/// 18: revoked sessions end refresh tokens; signing out does not.
#[tokio::test]
async fn revoking_sessions_ends_refresh_tokens() {
    let running = Running::start().await;
    let scope = [("scope", "openid profile offline_access User.Read")];
    let dana = running.tokens("organizations", "dana@contoso.com", &scope).await;
    let adam = running.tokens("organizations", "adam@contoso.com", &scope).await;
    let redeem = async |tokens: &serde_json::Value| {
        let token = text(&tokens["refresh_token"]);
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT),
            ("client_secret", SECRET),
            ("refresh_token", token.as_str()),
        ];
        post_form(&running.at("organizations/oauth2/v2.0/token"), &fields).await
    };
    assert_eq!(redeem(&dana).await.status, 200);
    running
        .control
        .revoke_sessions("contoso.com", "dana@contoso.com")
        .unwrap();
    let refused = redeem(&dana).await;
    let body = refused.json();
    assert_eq!(
        (
            refused.status,
            &body["error"],
            &body["suberror"],
            &body["error_codes"]
        ),
        (
            400,
            &json!("invalid_grant"),
            &json!("bad_token"),
            &json!([50_173])
        )
    );
    assert_eq!(redeem(&adam).await.status, 200);
}
