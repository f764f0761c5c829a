//! What cannot be mapped, and who may not.

use serde_json::json;
use sonicsaas::routes;

use super::{OPERATORS, TECHNICIANS, list};
use crate::{app::App, tenant::post_json};

#[tokio::test]
async fn what_cannot_be_mapped_is_refused_by_name_and_nothing_is_stored() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let before = list(&adam).await;
    let dana = "126e79e2-e6ca-41d6-a1ad-bc4e10bfa287";
    let news = "edfb6e83-b531-4ad8-9879-147d0ad83440";
    for (group, role, priority, code) in [
        ("", "viewer", "1", "no_group"),
        ("abc", "viewer", "1", "bad_object_id"),
        (dana, "viewer", "1", "not_a_group"),
        (news, "viewer", "1", "not_security"),
        (
            "00000000-0000-4000-8000-000000000000",
            "viewer",
            "1",
            "unknown_group",
        ),
        (TECHNICIANS, "", "1", "no_role"),
        (TECHNICIANS, "root", "1", "no_role"),
        (TECHNICIANS, "owner", "1", "owner_role"),
        (TECHNICIANS, "viewer", "", "bad_priority"),
        (TECHNICIANS, "viewer", "-1", "bad_priority"),
        (TECHNICIANS, "viewer", "101", "bad_priority"),
        (TECHNICIANS, "viewer", "1.5", "bad_priority"),
    ] {
        let form = [("group_id", group), ("role", role), ("priority", priority)];
        let reply = post_json(&adam, routes::MAPPING_CREATE, &form).await;
        assert_eq!(
            (reply.status, reply.json()),
            (422, json!({ "Invalid": code })),
            "{group} {role} {priority}"
        );
    }
    let again = [("object_id", OPERATORS), ("role", "viewer"), ("priority", "1")];
    let reply = post_json(&adam, routes::MAPPING_CREATE, &again).await;
    assert_eq!(
        (reply.status, reply.json()),
        (409, json!({ "Conflict": "mapped" }))
    );
    assert_eq!(list(&adam).await.len(), before.len());
    // The edges of the range and every role but owner are fine.
    let id = before[0]["id"].as_str().expect("an id");
    for (role, priority) in [
        ("admin", "0"),
        ("member", "100"),
        ("auditor", "050"),
        ("operator", "1"),
    ] {
        let form = [("id", id), ("role", role), ("priority", priority)];
        let reply = post_json(&adam, routes::MAPPING_UPDATE, &form).await;
        assert_eq!(reply.status, 200, "{role} {priority}: {}", reply.body);
    }
    let owner = [("id", id), ("role", "owner"), ("priority", "1")];
    let reply = post_json(&adam, routes::MAPPING_UPDATE, &owner).await;
    assert_eq!(reply.json(), json!({ "Invalid": "owner_role" }));
    app.stop().await;
}

#[tokio::test]
async fn a_group_of_directory_roles_cannot_be_mapped_where_the_directory_is_readable() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    // With `SecurityGroup` the claim may hold the ID of a directory role; that is no group.
    let role = "62e90394-69f5-4237-9190-012177145e10";
    let form = [("group_id", role), ("role", "admin"), ("priority", "99")];
    let reply = post_json(&adam, routes::MAPPING_CREATE, &form).await;
    assert_eq!(reply.json(), json!({ "Invalid": "unknown_group" }));
    app.stop().await;
}

#[tokio::test]
async fn without_a_tenant_there_is_nothing_to_map() {
    let app = App::start().await;
    let (_, owner) = crate::tenant::owner_of_new_team(&app, "New MSP").await;
    let form = [("group_id", OPERATORS), ("role", "viewer"), ("priority", "1")];
    let reply = post_json(&owner, routes::MAPPING_CREATE, &form).await;
    assert_eq!(reply.json(), json!({ "Invalid": "not_configured" }));
    let found = super::search(&owner, "sonic").await;
    assert_eq!(found["closed"], "not_configured");
    app.stop().await;
}

#[tokio::test]
async fn people_below_admin_read_the_table_and_change_nothing() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let before = list(&adam).await;
    let id = before[0]["id"].as_str().expect("an id").to_owned();
    for person in [
        "dana@contoso.com",
        "mia@contoso.com",
        "ines@contoso.com",
        "vic@contoso.com",
    ] {
        let browser = app.signed_in(person).await;
        assert_eq!(list(&browser).await.len(), 5, "{person}");
        for (path, form) in [
            (
                routes::MAPPING_CREATE,
                vec![("group_id", TECHNICIANS), ("role", "admin"), ("priority", "99")],
            ),
            (
                routes::MAPPING_UPDATE,
                vec![("id", id.as_str()), ("role", "viewer"), ("priority", "1")],
            ),
            (routes::MAPPING_DELETE, vec![("id", id.as_str())]),
            (
                routes::MAPPING_PREVIEW,
                vec![("group_id", TECHNICIANS), ("role", "admin"), ("priority", "99")],
            ),
        ] {
            let reply = post_json(&browser, path, &form).await;
            assert_eq!(
                (reply.status, reply.json()),
                (403, json!("Forbidden")),
                "{person} {path}"
            );
        }
        let search = browser
            .call(&format!("{}?query=sonic", routes::GROUP_SEARCH))
            .await;
        assert_eq!(search.status, 403, "{person}");
    }
    assert_eq!(list(&adam).await, before);
    app.stop().await;
}
