//! The calls an application falls back to when a token says "too many groups".

use serde_json::json;

use crate::{
    client::{get_graph, post_json},
    graph::{assert_refused, ids, security_only},
    start::{Running, names, text},
};

#[tokio::test]
async fn member_objects_are_transitive_and_security_only_leaves_roles_out() {
    let running = Running::start().await;
    let olga = running.delegated("organizations", "olga@contoso.com").await;
    let address = running.graph("me/getMemberObjects");
    let answer = post_json(&address, &olga, &security_only()).await;
    assert_eq!(ids(&answer).len(), 201);
    let operators = running
        .control
        .with_group("contoso.com", "SonicSaaS-Operators", |group| group.id)
        .unwrap();
    assert!(ids(&answer).contains(&operators.to_string()));
    let context = format!(
        "{}/v1.0/$metadata#Collection(Edm.String)",
        running.emulator.graph()
    );
    assert_eq!(answer.json()["@odata.context"], context);

    let adam = running.delegated("organizations", "adam@contoso.com").await;
    let role = running
        .control
        .with_tenant("contoso.com", |tenant| tenant.roles[0].id.to_string())
        .unwrap();
    let secure = ids(&post_json(&address, &adam, &security_only()).await);
    let all = ids(&post_json(&address, &adam, &json!({ "securityEnabledOnly": false })).await);
    assert!(!secure.contains(&role) && all.contains(&role));
    assert_eq!((secure.len(), all.len()), (4, 6));
    let groups = running.graph("me/getMemberGroups");
    assert_eq!(
        ids(&post_json(&groups, &adam, &json!({ "securityEnabledOnly": false })).await).len(),
        5
    );
    assert_refused(
        &post_json(&address, &adam, &json!({})).await,
        400,
        "Request_BadRequest",
    );
}

#[tokio::test]
async fn more_than_eleven_thousand_is_too_many_for_one_answer() {
    let running = Running::start().await;
    running
        .control
        .set_group_count("contoso.com", "zoe@contoso.com", 11_001)
        .unwrap();
    let zoe = running.delegated("organizations", "zoe@contoso.com").await;
    let address = running.graph("me/getMemberObjects");
    let answer = post_json(&address, &zoe, &security_only()).await;
    assert_refused(&answer, 400, "Directory_ResultSizeLimitExceeded");
    running
        .control
        .set_group_count("contoso.com", "zoe@contoso.com", 11_000)
        .unwrap();
    assert_eq!(
        ids(&post_json(&address, &zoe, &security_only()).await).len(),
        11_000
    );
}

#[tokio::test]
async fn twenty_groups_can_be_asked_about_at_once() {
    let running = Running::start().await;
    let dana = running.delegated("organizations", "dana@contoso.com").await;
    let group = |name: &str| {
        running
            .control
            .with_group("contoso.com", name, |group| group.id.to_string())
            .unwrap()
    };
    let (operators, admins) = (group("SonicSaaS-Operators"), group("SonicSaaS-Admins"));
    let address = running.graph("me/checkMemberGroups");
    let answer = post_json(&address, &dana, &json!({ "groupIds": [admins, operators] })).await;
    assert_eq!(ids(&answer), [operators.as_str()]);
    let many = vec![operators; 21];
    assert_refused(
        &post_json(&address, &dana, &json!({ "groupIds": many })).await,
        400,
        "Request_BadRequest",
    );
    assert_eq!(
        post_json(&address, &dana, &json!({ "groupIds": many[1..] }))
            .await
            .status,
        200
    );
    assert_refused(
        &post_json(&address, &dana, &json!({ "groupIds": ["x"] })).await,
        400,
        "Request_BadRequest",
    );
}

#[tokio::test]
async fn memberships_come_in_pages_with_an_opaque_link() {
    let running = Running::start().await;
    let olga = running.delegated("organizations", "olga@contoso.com").await;
    let mut address = running.graph("me/transitiveMemberOf?$select=id&$top=80");
    let mut seen = Vec::new();
    let mut sizes = Vec::new();
    loop {
        let page = get_graph(&address, &olga).await;
        sizes.push(ids(&page).len());
        seen.extend(ids(&page));
        let body = page.json();
        assert_eq!(names(&body["value"][0]), ["@odata.type", "id"]);
        let Some(next) = body.get("@odata.nextLink") else {
            break;
        };
        assert!(text(next).contains("$select=id&$top=80&$skiptoken="), "{next}");
        address = text(next);
    }
    assert_eq!(sizes, [80, 80, 41]);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 201);

    assert_eq!(
        ids(&get_graph(&running.graph("me/transitiveMemberOf"), &olga).await).len(),
        100,
        "the default"
    );
    assert_eq!(
        ids(&get_graph(&running.graph("me/transitiveMemberOf?$top=999"), &olga).await).len(),
        201
    );
    for query in ["$top=1000", "$top=0", "$top=x", "$skip=5"] {
        assert_eq!(
            get_graph(&running.graph(&format!("me/transitiveMemberOf?{query}")), &olga)
                .await
                .status,
            400
        );
    }
    let broken = get_graph(&running.graph("me/transitiveMemberOf?$skiptoken=abc"), &olga).await;
    assert_refused(&broken, 400, "Directory_ExpiredPageToken");
}

#[tokio::test]
async fn properties_without_permission_are_null() {
    let running = Running::start().await;
    let adam = running.delegated("organizations", "adam@contoso.com").await;
    let answer = get_graph(&running.graph("me/transitiveMemberOf"), &adam)
        .await
        .json();
    for object in answer["value"].as_array().unwrap() {
        assert!(object["id"].is_string() && object["@odata.type"].is_string());
        assert!(
            object["displayName"].is_null() && object["securityEnabled"].is_null(),
            "{object}"
        );
    }
    let app = running.app_token("contoso.com").await;
    let answer = get_graph(&running.graph("users/adam@contoso.com/transitiveMemberOf"), &app)
        .await
        .json();
    let roles = answer["value"].as_array().unwrap().iter();
    let roles = roles
        .filter(|object| object["@odata.type"] == "#microsoft.graph.directoryRole")
        .collect::<Vec<_>>();
    assert_eq!(roles.len(), 1);
    assert_eq!(roles[0]["displayName"], "Global Administrator");
    let nils = running.delegated("organizations", "nils@contoso.com").await;
    let direct = get_graph(&running.graph("me/memberOf"), &nils).await;
    assert_eq!(ids(&direct).len(), 1, "direct memberships only");
}

/// 28
#[tokio::test]
async fn a_cast_of_memberships_breaks_off_at_the_second_page() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let path = "users/adam@contoso.com/transitiveMemberOf";
    let all = ids(&get_graph(&running.graph(path), &app).await).len();
    let address = running.graph(&format!("{path}/microsoft.graph.group?$select=id&$top=2"));
    let first = get_graph(&address, &app).await;
    assert_eq!(ids(&first).len(), 2);
    assert_eq!(names(&first.json()["value"][0]), ["id"], "no type");
    let next = text(&first.json()["@odata.nextLink"]);
    assert_refused(&get_graph(&next, &app).await, 400, "Request_UnsupportedQuery");
    let groups = running.graph(&format!("{path}/microsoft.graph.group"));
    assert_eq!(
        ids(&get_graph(&groups, &app).await).len(),
        all - 1,
        "without the directory role"
    );
    let roles = running.graph(&format!("{path}/microsoft.graph.directoryRole"));
    assert_eq!(ids(&get_graph(&roles, &app).await).len(), 1);

    let filtered = format!("{address}&$filter=securityEnabled%20eq%20true");
    let first = get_graph(&filtered, &app).await;
    let next = text(&first.json()["@odata.nextLink"]);
    assert_refused(&get_graph(&next, &app).await, 400, "Directory_ExpiredPageToken");

    let bearer = format!("Bearer {app}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("consistencylevel", "eventual"),
    ];
    let counted = crate::client::get_with(&format!("{address}&$count=true"), &headers).await;
    assert_eq!(counted.json()["@odata.count"], all - 1);
    let next = text(&counted.json()["@odata.nextLink"]);
    assert_eq!(crate::client::get_with(&next, &headers).await.status, 200);
    let count = running.graph(&format!("{path}/microsoft.graph.group/$count"));
    let count = crate::client::get_with(&count, &headers).await;
    assert_eq!(count.body, (all - 1).to_string());
}
