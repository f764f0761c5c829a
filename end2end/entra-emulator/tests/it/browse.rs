//! Groups by `$search`, `$filter` and `$count`, and batches.

use entra_emulator::{ClockSetting, Fault, RetryAfter, SeedGroup};
use serde_json::{Value, json};

use crate::{
    client::{Answer, get_graph, get_with, post_json},
    graph::{assert_refused, ids},
    start::{Running, text},
};

async fn eventual(running: &Running, path: &str, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("consistencylevel", "eventual"),
    ];
    get_with(&running.graph(path), &headers).await
}

fn display_names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let value = answer.json()["value"].clone();
    let groups = value.as_array().expect("a list").iter();
    groups.map(|group| text(&group["displayName"])).collect()
}

/// 28
#[tokio::test]
async fn advanced_queries_need_their_header_and_counting_is_ignored_in_silence() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let plain = get_graph(&running.graph("groups?$count=true&$top=5"), &app).await;
    assert_eq!(ids(&plain).len(), 5);
    assert!(plain.json().get("@odata.count").is_none(), "ignored in silence");
    let search = "groups?$search=%22displayName:sonicsaas%22";
    let answer = get_graph(&running.graph(search), &app).await;
    assert_refused(&answer, 400, "Request_UnsupportedQuery");
    assert_eq!(
        answer.json()["error"]["message"],
        "Request with $search query parameter only works through MSGraph with a special request header: \
         'ConsistencyLevel: eventual'"
    );
    let count = get_graph(&running.graph("groups/$count"), &app).await;
    assert_refused(&count, 400, "Request_BadRequest");
    assert_eq!(
        count.json()["error"]["message"],
        "$count is not currently supported."
    );

    let count = eventual(&running, "groups/$count", &app).await;
    assert!(count.header("content-type").starts_with("text/plain"));
    let total = count.body.parse::<usize>().unwrap();
    let counted = eventual(&running, "groups?$count=true&$top=2", &app).await;
    assert_eq!(counted.json()["@odata.count"], total);
    let next = text(&counted.json()["@odata.nextLink"]);
    let second = next.split("/v1.0/").nth(1).unwrap();
    assert_eq!(
        eventual(&running, second, &app).await.json().get("@odata.count"),
        None
    );

    // The header is no part of a link.
    let first = eventual(&running, &format!("{search}&$top=2"), &app).await;
    assert_eq!(ids(&first).len(), 2);
    let next = text(&first.json()["@odata.nextLink"]);
    assert_refused(&get_graph(&next, &app).await, 400, "Request_UnsupportedQuery");
    assert_refused(
        &get_graph(
            &running.graph("groups"),
            &running.app_token("litware.example").await,
        )
        .await,
        403,
        "Authorization_RequestDenied",
    );
}

/// 29
#[tokio::test]
async fn a_search_goes_by_tokens_and_never_by_substring() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let found = async |search: &str| {
        let query = crate::client::encoded(&[("$search", search), ("$count", "true")]);
        display_names(&eventual(&running, &format!("groups?{query}"), &app).await)
    };
    assert_eq!(found("\"displayName:tech\"").await.len(), 2);
    assert_eq!(found("\"displayName:techn msp\"").await, ["MSP-Technicians"]);
    assert!(found("\"displayName:echnicians\"").await.is_empty());
    let either = "(\"displayName:techn\" OR \"displayName:admins\") AND \"displayName:msp\"";
    assert_eq!(found(either).await, ["MSP-Technicians"], "parentheses");
    assert_eq!(
        found("\"displayName:SaaS\"").await.len(),
        5,
        "upper case begins a token"
    );
    assert!(
        found("\"displayName:saas\"").await.is_empty(),
        "the name's tokens are sonic, saa and s"
    );
    assert_eq!(
        found("\"displayName:admins\" OR \"description:large\"").await,
        ["SonicSaaS-Admins", "All Staff"]
    );
    assert_eq!(
        found("\"displayName:sonic\" AND \"description:operators\"").await,
        ["SonicSaaS-Operators"]
    );
    assert_eq!(
        found(r#""displayName:O'Brien's \"Night\"""#).await,
        ["O'Brien's \"Night\" Crew"]
    );
    for bad in [
        "displayName:x",
        "\"x\"",
        "\"visibility:x\"",
        "\"displayName:x\" or \"displayName:y\"",
    ] {
        let query = crate::client::encoded(&[("$search", bad)]);
        let answer = eventual(&running, &format!("groups?{query}"), &app).await;
        assert_refused(&answer, 400, "Request_BadRequest");
    }
}

/// 28
#[tokio::test]
async fn filters_know_what_needs_an_advanced_query() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let ask = async |filter: &str, more: &str, advanced: bool| {
        let query = format!("groups?{}{more}", crate::client::encoded(&[("$filter", filter)]));
        if advanced {
            eventual(&running, &format!("{query}&$count=true"), &app).await
        } else {
            get_graph(&running.graph(&query), &app).await
        }
    };
    let plain = async |filter: &str| display_names(&ask(filter, "", false).await);
    assert_eq!(plain("startswith(displayName,'SonicSaaS-')").await.len(), 5);
    assert_eq!(plain("displayName eq 'all staff'").await, ["All Staff"]);
    assert_eq!(
        plain("displayName eq 'O''Brien''s \"Night\" Crew'").await.len(),
        1
    );
    assert_eq!(
        plain("groupTypes/any(c:c eq 'Unified') and securityEnabled eq true").await,
        ["Incident Room"]
    );
    assert_eq!(
        plain("mailEnabled eq true and securityEnabled eq false").await,
        ["Company News", "Project Aurora", "Board Papers"]
    );
    let list = |count: usize| {
        let ids = vec!["'26826e3d-682b-4c41-92ec-333c534526d9'"; count];
        format!("id in ({})", ids.join(","))
    };
    assert_eq!(plain(&list(15)).await, ["SonicSaaS-Admins"]);
    let many = ask(&list(16), "", false).await;
    assert_refused(&many, 400, "Request_UnsupportedQuery");
    assert!(many.body.contains("'OR' operators: 16. Max allowed: 15."));

    for advanced in [
        "endsWith(displayName,'Staff')",
        "not startswith(displayName,'Project')",
        "securityEnabled ne true",
    ] {
        assert_refused(&ask(advanced, "", false).await, 400, "Request_UnsupportedQuery");
        let found = display_names(&ask(advanced, "&$top=999", true).await);
        assert!(!found.is_empty() && found.len() < 100, "{advanced}: {found:?}");
    }
    for never in ["contains(displayName,'x')", "createdDateTime ge 2020-01-01"] {
        assert_refused(&ask(never, "", true).await, 400, "Request_UnsupportedQuery");
    }
    let sorted = "&$orderby=displayName";
    let security = "startswith(displayName,'SonicSaaS-')";
    assert_refused(
        &ask(security, sorted, false).await,
        400,
        "Request_UnsupportedQuery",
    );
    assert_eq!(
        display_names(&ask(security, sorted, true).await)[0],
        "SonicSaaS-Admins"
    );
    let alone = running.graph("groups?$orderby=displayName%20desc&$top=1");
    let alone = get_graph(&alone, &app).await;
    assert_eq!(display_names(&alone), ["運用チーム"]);
}

/// 35
#[tokio::test]
async fn the_index_lags_behind_the_directory() {
    let running = Running::start().await;
    running.control.set_clock(ClockSetting::Fixed(1_800_000_000));
    let app = running.app_token("contoso.com").await;
    running.control.with_settings(|settings| settings.index_lag = 60);
    let group = SeedGroup::new("Quite New");
    let id = running.control.add_group("contoso.com", &group).unwrap();
    let found = async || {
        let search = "groups?$search=%22displayName:quite%22&$count=true";
        ids(&eventual(&running, search, &app).await).len()
    };
    assert_eq!(found().await, 0);
    let object = get_graph(&running.graph(&format!("groups/{id}")), &app).await;
    assert_eq!(object.status, 200, "the object itself is there at once");
    let listed = get_graph(
        &running.graph("groups?$filter=displayName%20eq%20'Quite%20New'"),
        &app,
    )
    .await;
    assert_eq!(
        ids(&listed).len(),
        1,
        "and so it is in a query that is not advanced"
    );
    running.control.set_clock(ClockSetting::Advance(59));
    assert_eq!(found().await, 0);
    running.control.set_clock(ClockSetting::Advance(1));
    assert_eq!(found().await, 1);

    // A group that was renamed keeps its id and its old name in the index; one that was deleted stays in it for a while.
    running
        .control
        .with_group("contoso.com", "Quite New", |group| {
            group.name = "Rather Old".to_owned();
        })
        .unwrap();
    assert_eq!(found().await, 1);
    let object = get_graph(&running.graph(&format!("groups/{id}")), &app)
        .await
        .json();
    assert_eq!(object["displayName"], "Rather Old");
    running.control.remove_group("contoso.com", "Rather Old").unwrap();
    assert_eq!(found().await, 1);
    let gone = get_graph(&running.graph(&format!("groups/{id}")), &app).await;
    assert_refused(&gone, 404, "Request_ResourceNotFound");
    running.control.set_clock(ClockSetting::Advance(60));
    assert_eq!(found().await, 0);
}

fn steps(count: usize) -> Value {
    let steps =
        (1..=count).map(|id| json!({ "id": id.to_string(), "method": "GET", "url": "/groups?$top=1" }));
    json!({ "requests": steps.collect::<Vec<_>>() })
}

fn part<'a>(answer: &'a Value, id: &str) -> &'a Value {
    let parts = answer["responses"].as_array().expect("a list");
    parts.iter().find(|part| part["id"] == id).expect("an answer")
}

/// 33
#[tokio::test]
async fn a_batch_is_200_whatever_became_of_its_parts() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    running.control.fault(Fault {
        times: Some(1),
        ..Fault::throttled("graph/groups/*", Some(RetryAfter::Text("2.128".to_owned())))
    });
    let body = json!({ "requests": [
        { "id": "1", "method": "GET", "url": "/groups/26826e3d-682b-4c41-92ec-333c534526d9?$select=id" },
        { "id": "2", "method": "GET", "url": "groups/26826e3d-682b-4c41-92ec-333c534526d9?$select=id" },
        { "id": "3", "method": "GET", "url": "/groups/00000000-0000-0000-0000-000000000001" },
        { "id": "4", "method": "GET", "url": "/groups/$count", "headers": { "ConsistencyLevel": "eventual" } },
        { "id": "5", "method": "POST", "url": "/users/dana@contoso.com/getMemberGroups",
          "headers": { "Content-Type": "application/json" }, "body": { "securityEnabledOnly": true } },
        { "id": "6", "method": "GET", "url": "/groups?$top=1", "dependsOn": ["3"] },
        { "id": "7", "method": "GET", "url": "/groups?$top=1", "dependsOn": ["2"] },
    ] });
    let answer = post_json(&running.graph("$batch"), &app, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer = answer.json();
    let order = answer["responses"].as_array().unwrap().iter();
    let order = order.map(|part| text(&part["id"])).collect::<Vec<_>>();
    assert_eq!(order, ["7", "6", "5", "4", "3", "2", "1"], "not as asked");
    let throttled = part(&answer, "1");
    assert_eq!(
        (&throttled["status"], &throttled["headers"]["Retry-After"]),
        (&json!(429), &json!("2.128"))
    );
    assert_eq!(throttled["body"]["error"]["code"], "TooManyRequests");
    assert_eq!(part(&answer, "2")["status"], 200);
    assert_eq!(
        part(&answer, "2")["body"]["id"],
        "26826e3d-682b-4c41-92ec-333c534526d9"
    );
    assert_eq!(part(&answer, "3")["status"], 404);
    assert!(part(&answer, "4")["body"].is_string(), "text travels as base64");
    assert_eq!(part(&answer, "5")["body"]["value"].as_array().unwrap().len(), 3);
    assert_eq!(part(&answer, "6")["status"], 424);
    assert_eq!(part(&answer, "7")["status"], 200);
    assert_eq!(
        running.control.log_of("graph/groups").len(),
        5,
        "parts are logged as requests; the one that depends on a failure was never made"
    );
}

/// 33
#[tokio::test]
async fn twenty_requests_make_a_batch_and_no_more() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    let address = running.graph("$batch");
    let full = post_json(&address, &app, &steps(20)).await.json();
    assert_eq!(full["responses"].as_array().unwrap().len(), 20);
    let over = post_json(&address, &app, &steps(21)).await;
    assert_refused(&over, 400, "MaximumValueExceeded");
    assert_eq!(
        over.json()["error"]["message"],
        "Number of batch request steps exceeds the maximum value of 20."
    );
    let twice = json!({ "requests": [
        { "id": "a", "method": "GET", "url": "/groups" }, { "id": "A", "method": "GET", "url": "/groups" },
    ] });
    let absolute =
        json!({ "requests": [{ "id": "1", "method": "GET", "url": "https://evil.example/groups" }] });
    for bad in [twice, absolute, json!({}), json!({ "requests": [{ "id": 1 }] })] {
        assert_refused(&post_json(&address, &app, &bad).await, 400, "BadRequest");
    }
    assert_refused(
        &post_json(&address, "x", &steps(1)).await,
        401,
        "InvalidAuthenticationToken",
    );
    running
        .control
        .with_settings(|settings| settings.batch_in_order = true);
    let ordered = post_json(&address, &app, &steps(2)).await.json();
    assert_eq!(ordered["responses"][0]["id"], "1");
}
