//! What calls cost, and what happens to whoever makes too many.

use entra_emulator::ClockSetting;
use serde_json::json;

use crate::{
    client::{get_graph, post_json},
    graph::assert_refused,
    start::{Running, text},
};

const ADMINS: &str = "26826e3d-682b-4c41-92ec-333c534526d9";

/// 32, 33
#[tokio::test]
async fn answers_say_what_they_cost() {
    let running = Running::start().await;
    let app = running.app_token("contoso.com").await;
    for (path, units) in [
        ("groups", "1"),
        ("groups?$select=id", "1"),
        (&format!("groups/{ADMINS}/members"), "3"),
        (&format!("groups/{ADMINS}/transitiveMembers"), "5"),
        (
            &format!("groups/{ADMINS}/transitiveMembers?$select=id&$top=19"),
            "3",
        ),
        (
            &format!("groups/{ADMINS}/transitiveMembers?$select=id&$top=999"),
            "4",
        ),
        ("users", "2"),
        ("users/dana@contoso.com/transitiveMemberOf", "2"),
    ] {
        let answer = get_graph(&running.graph(path), &app).await;
        assert_eq!(answer.header("x-ms-resource-unit"), units, "{path}");
    }
}

/// 33
#[tokio::test]
async fn who_uses_too_many_units_waits_and_hammering_does_not_help() {
    let running = Running::start().await;
    running.control.set_clock(ClockSetting::Fixed(1_800_000_003));
    running
        .control
        .with_settings(|settings| settings.resource_unit_limit = 10);
    let app = running.app_token("contoso.com").await;
    let address = running.graph(&format!("groups/{ADMINS}/transitiveMembers"));
    assert_eq!(
        get_graph(&address, &app)
            .await
            .header("x-ms-throttle-limit-percentage"),
        ""
    );
    let second = get_graph(&address, &app).await;
    assert_eq!(
        (second.status, second.header("x-ms-throttle-limit-percentage")),
        (200, "1.00")
    );
    let refused = get_graph(&address, &app).await;
    assert_refused(&refused, 429, "TooManyRequests");
    assert_eq!(refused.header("retry-after"), "7", "the rest of ten seconds");
    assert_eq!(
        refused.header("x-ms-throttle-information"),
        "ResourceUnitLimitExceeded"
    );
    let scope = "Tenant_Application/ReadWrite/11111111-aaaa-4bbb-8ccc-222222222222/3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70";
    assert_eq!(refused.header("x-ms-throttle-scope"), scope);
    let other = running.app_token("fabrikam.com").await;
    let elsewhere = get_graph(&running.graph("groups"), &other).await;
    assert_ne!(elsewhere.status, 429, "another tenant has a bucket of its own");

    // Each part of a batch has its own answer.
    let step = |id: &str| json!({ "id": id, "method": "GET", "url": "/groups" });
    running.control.set_clock(ClockSetting::Fixed(1_800_000_010));
    running
        .control
        .with_settings(|settings| settings.resource_unit_limit = 2);
    let batch = json!({ "requests": [step("1"), step("2"), step("3")] });
    let answer = post_json(&running.graph("$batch"), &app, &batch).await;
    assert_eq!(answer.status, 200);
    let statuses = answer.json()["responses"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|part| (text(&part["id"]), part["status"].as_u64().unwrap_or_default()))
        .collect::<Vec<_>>();
    assert_eq!(
        statuses,
        [
            ("3".to_owned(), 429),
            ("2".to_owned(), 200),
            ("1".to_owned(), 200)
        ]
    );
    running.control.set_clock(ClockSetting::Advance(10));
    assert_eq!(get_graph(&running.graph("groups"), &app).await.status, 200);
}
