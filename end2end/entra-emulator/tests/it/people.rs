//! People one by one: by address, by id, many by id, and how much of them `User.ReadBasic.All` shows.

use serde_json::{Value, json};

use crate::{
    client::{get_graph, get_with, post_json},
    graph::{assert_refused, ids},
    members::with_roles,
    start::{Running, text},
};

/// 30
#[tokio::test]
async fn a_basic_profile_is_names_and_mail_and_nulls() {
    let running = Running::start().await;
    let basic = with_roles(&running, &["GroupMember.Read.All", "User.ReadBasic.All"]).await;
    let select = "?$select=id,displayName,mail,userPrincipalName,accountEnabled,userType";
    let address = running.graph(&format!("users/dana@contoso.com{select}"));
    let dana = get_graph(&address, &basic).await.json();
    assert_eq!(dana["mail"], "dana@contoso.com");
    for hidden in ["userPrincipalName", "accountEnabled", "userType"] {
        assert_eq!(dana[hidden], Value::Null, "{hidden}: null, and there: {dana}");
        assert!(dana.get(hidden).is_some());
    }
    running
        .control
        .with_settings(|settings| settings.basic_profile_principal_name = true);
    let dana = get_graph(&address, &basic).await.json();
    assert_eq!(dana["userPrincipalName"], "dana@contoso.com");
    assert_eq!(dana["accountEnabled"], Value::Null);
    let whole = with_roles(&running, &["User.Read.All"]).await;
    let dana = get_graph(&address, &whole).await.json();
    assert_eq!(
        (&dana["accountEnabled"], &dana["userType"]),
        (&json!(true), &json!("Member"))
    );
    let none = with_roles(&running, &["GroupMember.Read.All"]).await;
    assert_refused(
        &get_graph(&address, &none).await,
        403,
        "Authorization_RequestDenied",
    );
    assert_refused(
        &get_graph(&running.graph("users"), &none).await,
        403,
        "Authorization_RequestDenied",
    );
    let bare = get_graph(&running.graph("users/dana@contoso.com"), &whole)
        .await
        .json();
    assert!(bare.get("accountEnabled").is_none(), "it must be selected");
}

/// 28
#[tokio::test]
async fn people_are_found_by_address_and_counted_with_the_header() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let find = async |filter: &str| {
        let filter = filter.replace(' ', "%20");
        get_graph(&running.graph(&format!("users?$filter={filter}")), &app).await
    };
    let dana = "126e79e2-e6ca-41d6-a1ad-bc4e10bfa287";
    let either = "mail eq 'DANA@contoso.com' or userPrincipalName eq 'dana@contoso.com'";
    assert_eq!(ids(&find(either).await), [dana]);
    assert_eq!(
        ids(&find("(mail eq 'dana@contoso.com') and accountEnabled eq true").await),
        [dana]
    );
    assert!(ids(&find("mail eq 'dana@contoso.com' and accountEnabled eq false").await).is_empty());
    assert!(ids(&find("userPrincipalName eq 'nobody@contoso.com'").await).is_empty());
    assert_eq!(ids(&find("startswith(userPrincipalName,'dana@')").await), [dana]);
    assert_refused(
        &find("endswith(mail,'@contoso.com')").await,
        400,
        "Request_UnsupportedQuery",
    );
    let many = (0..16)
        .map(|number| format!("mail eq '{number}@contoso.com'"))
        .collect::<Vec<_>>();
    let refused = find(&many.join(" or ")).await;
    assert_refused(&refused, 400, "Request_UnsupportedQuery");
    assert!(refused.body.contains("'OR' operators: 16. Max allowed: 15."));
    let unknown = find("favouriteColour eq 'blue'").await;
    assert!(
        unknown
            .body
            .contains("property 'favouriteColour' of resource 'User'"),
        "{}",
        unknown.body
    );

    let count = get_graph(&running.graph("users/$count"), &app).await;
    assert_refused(&count, 400, "Request_BadRequest");
    let bearer = format!("Bearer {app}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("consistencylevel", "eventual"),
    ];
    let count = get_with(&running.graph("users/$count"), &headers).await;
    assert!(
        count.body.parse::<usize>().is_ok_and(|count| count > 10),
        "{}",
        count.body
    );
    let long = format!("users?$count=true&$filter=mail%20eq%20'{}'", "x".repeat(2_048));
    assert_refused(
        &get_with(&running.graph(&long), &headers).await,
        400,
        "Request_BadRequest",
    );
}

#[tokio::test]
async fn up_to_a_thousand_objects_by_their_ids() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let address = running.graph("directoryObjects/getByIds");
    let dana = "126e79e2-e6ca-41d6-a1ad-bc4e10bfa287";
    let admins = "26826e3d-682b-4c41-92ec-333c534526d9";
    let nobody = "00000000-0000-4000-8000-000000000000";
    let both = json!({ "ids": [dana, nobody, admins] });
    let answer = post_json(&address, &app, &both).await;
    assert_eq!(
        ids(&answer),
        [dana, admins],
        "what does not exist is missing without a word"
    );
    assert_eq!(answer.json()["value"][1]["@odata.type"], "#microsoft.graph.group");
    let groups = json!({ "ids": [dana, admins], "types": ["group"] });
    assert_eq!(ids(&post_json(&address, &app, &groups).await), [admins]);
    let blind = with_roles(&running, &["GroupMember.Read.All"]).await;
    let answer = post_json(&address, &blind, &both).await.json();
    assert_eq!(answer["value"][0]["displayName"], Value::Null);
    assert_eq!(text(&answer["value"][1]["displayName"]), "SonicSaaS-Admins");

    let most = json!({ "ids": vec![nobody; 1_000] });
    assert_eq!(post_json(&address, &app, &most).await.status, 200);
    let over = post_json(&address, &app, &json!({ "ids": vec![nobody; 1_001] })).await;
    assert_refused(&over, 400, "Request_BadRequest");
    assert_eq!(
        over.json()["error"]["message"],
        "Number of included identifiers cannot exceed '1000'."
    );
    let selected = post_json(&format!("{address}?$select=id"), &app, &both).await;
    assert_refused(&selected, 400, "Request_UnsupportedQuery");
    assert_refused(
        &post_json(&address, &app, &json!({ "ids": ["x"] })).await,
        400,
        "Request_BadRequest",
    );
    assert_refused(&get_graph(&address, &app).await, 405, "Request_BadRequest");
    let none = with_roles(&running, &["Organization.Read.All"]).await;
    assert_refused(
        &post_json(&address, &none, &both).await,
        403,
        "Authorization_RequestDenied",
    );
}
