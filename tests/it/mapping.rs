//! Groups become roles: searched, mapped, changed, removed, by the administrators of one team and nobody else.

use entra_emulator::{Fault, RetryAfter};
use serde_json::{Value, json};
use sonicsaas::routes;

use crate::{
    app::{App, CONTOSO, FABRIKAM, Setup},
    browser::Browser,
    tenant::post_json,
};

mod cases;
mod preview;
mod refusals;
mod status;

/// Groups of the demo directory.
pub(crate) const OPERATORS: &str = "801355eb-05d9-4d51-a25f-f36ce5fe4bfa";
const VIEWERS: &str = "86db12bb-89d6-4221-bf84-934e09ee1846";
pub(crate) const TECHNICIANS: &str = "b96cc65d-21da-4197-877f-15a3de836a00";

/// Maps a group, as a page does without its script.
pub(crate) async fn map(browser: &Browser, group: &str, role: &str, priority: &str) -> Value {
    let form = [("group_id", group), ("role", role), ("priority", priority)];
    let made = post_json(browser, routes::MAPPING_CREATE, &form).await;
    assert_eq!(made.status, 200, "{}", made.body);
    made.json()
}

/// All mappings as another tool reads them.
async fn list(browser: &Browser) -> Vec<Value> {
    let list = browser.call(routes::MAPPING_LIST).await;
    assert_eq!(list.status, 200, "{}", list.body);
    list.json().as_array().expect("a list").clone()
}

/// The mapping of a group.
pub(crate) async fn row(browser: &Browser, group: &str) -> Value {
    let rows = list(browser).await;
    let found = rows.into_iter().find(|row| row["group_id"] == group);
    found.unwrap_or_else(|| panic!("{group} is not mapped"))
}

async fn search(browser: &Browser, query: &str) -> Value {
    let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let found = browser
        .call(&format!("{}?query={query}", routes::GROUP_SEARCH))
        .await;
    assert_eq!(found.status, 200, "{}", found.body);
    found.json()
}

fn names(found: &Value) -> Vec<&str> {
    let groups = found["groups"].as_array().expect("a list");
    groups
        .iter()
        .map(|group| group["name"].as_str().unwrap_or("?"))
        .collect()
}

/// The role somebody has after signing in now.
pub(crate) async fn role_of(app: &App, person: &str) -> String {
    let browser = app.signed_in(person).await;
    let viewer = browser.call(routes::VIEWER).await.json();
    viewer["role"].as_str().expect("a role").to_owned()
}

#[tokio::test]
async fn a_mapping_acts_at_the_next_sign_in_and_is_recorded() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    assert_eq!(role_of(&app, "theo@contoso.com").await, "operator");

    let made = map(&adam, TECHNICIANS, "auditor", "70").await;
    assert_eq!(
        (
            &made["group_name"],
            &made["role"],
            &made["priority"],
            &made["version"]
        ),
        (
            &json!("MSP-Technicians"),
            &json!("auditor"),
            &json!(70),
            &json!(1)
        )
    );
    assert_eq!(
        row(&adam, TECHNICIANS).await["people"],
        2,
        "and its people are counted at once"
    );
    assert_eq!(role_of(&app, "dana@contoso.com").await, "auditor");
    let event = app.last_event("mapping.created").await;
    assert_eq!(event.details["group"], TECHNICIANS);
    assert_eq!(event.details["group_name"], "MSP-Technicians");
    assert_eq!(event.actor_email.as_deref(), Some("adam@contoso.com"));

    // Theo is in Operators (50) and in Viewers (10, and then 60).
    let viewers = row(&adam, VIEWERS).await;
    let id = viewers["id"].as_str().expect("an id");
    let form = [
        ("id", id),
        ("role", "viewer"),
        ("priority", "60"),
        ("version", "1"),
    ];
    let changed = post_json(&adam, routes::MAPPING_UPDATE, &form).await;
    assert_eq!((changed.status, &changed.json()["version"]), (200, &json!(2)));
    assert_eq!(role_of(&app, "theo@contoso.com").await, "viewer");
    let event = app.last_event("mapping.updated").await;
    assert_eq!(
        (&event.details["from_priority"], &event.details["priority"]),
        (&json!(10), &json!(60))
    );

    let removed = post_json(&adam, routes::MAPPING_DELETE, &[("id", id), ("version", "2")]).await;
    assert_eq!(removed.status, 200, "{}", removed.body);
    assert_eq!(role_of(&app, "theo@contoso.com").await, "operator");
    assert_eq!(
        role_of(&app, "vic@contoso.com").await,
        "member",
        "in no mapped group any more"
    );
    app.last_event("mapping.deleted").await;
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

#[tokio::test]
async fn groups_are_found_by_words_and_by_object_id() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let found = search(&adam, "sonic").await;
    assert_eq!(found["closed"], Value::Null);
    assert_eq!(names(&found).len(), 5);
    let operators = found["groups"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|group| group["id"] == OPERATORS)
        .expect("found")
        .clone();
    assert_eq!(
        (&operators["mapped"], &operators["kind"]),
        (&json!("operator"), &json!("security"))
    );
    // Words and their beginnings, never the inside of one.
    assert_eq!(names(&search(&adam, "tech").await).len(), 2);
    assert!(names(&search(&adam, "echnici").await).is_empty());
    for (typed, name) in [
        ("運用", "運用チーム"),
        ("O'Brien's \"Night\"", "O'Brien's \"Night\" Crew"),
        (" {B96CC65D-21DA-4197-877F-15A3DE836A00} ", "MSP-Technicians"),
    ] {
        assert_eq!(names(&search(&adam, typed).await), [name], "{typed}");
    }
    let list_for_mail = search(&adam, "edfb6e83-b531-4ad8-9879-147d0ad83440").await;
    assert_eq!(list_for_mail["groups"][0]["kind"], "not_security");
    let nobody = search(&adam, "00000000-0000-4000-8000-000000000000").await;
    assert_eq!(names(&nobody), Vec::<&str>::new());
    for typed in ["", "   ", "\" OR displayName:\"", "\\", "a\u{0}b"] {
        let found = search(&adam, typed).await;
        assert_eq!(
            found["closed"],
            Value::Null,
            "{typed:?} is a search like any other"
        );
    }
    app.stop().await;
}

#[tokio::test]
async fn where_groups_cannot_be_searched_an_object_id_still_maps_one() {
    let app = App::with(Setup::default()).await;
    let team = app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let closed = |found: &Value| found["closed"].as_str().unwrap_or("open").to_owned();

    app.register(team, CONTOSO, |draft| draft.proven = false).await;
    app.execute("update tenant_registration set verified_by = null, verified_at = null")
        .await;
    let found = search(&adam, "tech").await;
    assert_eq!(closed(&found), "unproven");
    assert_eq!(
        app.emulator.control().log_of("graph/groups").len(),
        0,
        "nothing is read"
    );
    let made = map(&adam, TECHNICIANS, "auditor", "70").await;
    assert_eq!(made["group_name"], Value::Null, "the name comes later");
    assert_eq!(row(&adam, TECHNICIANS).await["status"], "not_checked");

    app.register(team, CONTOSO, |draft| draft.proven = true).await;
    let row_now = row(&adam, TECHNICIANS).await;
    assert_eq!(
        (&row_now["group_name"], &row_now["status"]),
        (&json!("MSP-Technicians"), &json!("ok"))
    );

    app.emulator
        .control()
        .with_tenant(CONTOSO, |tenant| {
            tenant
                .installation
                .application
                .retain(|name| name != "Group.Read.All");
        })
        .expect("a tenant");
    // A test looks with a new token, and so does everything after it.
    post_json(&adam, routes::TENANT_TEST, &[("tenant_id", CONTOSO)]).await;
    assert_eq!(closed(&search(&adam, "tech").await), "not_permitted");

    app.emulator.control().fault(Fault::status("token", 503));
    // A test looks with a new token, and so does everything after it.
    post_json(&adam, routes::TENANT_TEST, &[("tenant_id", CONTOSO)]).await;
    let by_id = search(&adam, VIEWERS).await;
    assert_eq!(closed(&by_id), "unreachable");
    assert_eq!(
        by_id["groups"][0]["id"], VIEWERS,
        "an object ID can be used all the same"
    );
    app.stop().await;
}

#[tokio::test]
async fn microsoft_is_asked_for_administrators_only_and_not_again_within_a_minute() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let vic = app.signed_in("vic@contoso.com").await;
    let asked = |app: &App| app.emulator.control().log_of("graph").len();
    app.emulator.control().clear_log();
    assert_eq!(list(&vic).await.len(), 5);
    assert_eq!(asked(&app), 0, "a viewer reads what was read before");
    list(&adam).await;
    let first = asked(&app);
    assert!(first > 0);
    list(&adam).await;
    list(&vic).await;
    assert_eq!(asked(&app), first, "the look is still good");
    app.advance(std::time::Duration::from_secs(61));
    list(&adam).await;
    assert!(asked(&app) > first);
    app.stop().await;
}

#[tokio::test]
async fn of_two_administrators_one_wins_and_the_other_reads_who_did() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let viewers = row(&adam, VIEWERS).await;
    let id = viewers["id"].as_str().expect("an id").to_owned();
    let other = adam.copy();
    let change = |priority: &'static str| {
        let id = id.clone();
        move |browser: Browser| async move {
            let form = [
                ("id", id.as_str()),
                ("role", "viewer"),
                ("priority", priority),
                ("version", "1"),
            ];
            post_json(&browser, routes::MAPPING_UPDATE, &form).await.status
        }
    };
    let (left, right) = tokio::join!(change("11")(adam.copy()), change("12")(other));
    let mut ends = [left, right];
    ends.sort_unstable();
    assert_eq!(ends, [200, 409]);
    let stale = post_json(&adam, routes::MAPPING_DELETE, &[("id", &id), ("version", "1")]).await;
    assert_eq!(stale.json(), json!({ "Conflict": "stale" }));
    assert_eq!(row(&adam, VIEWERS).await["version"], 2, "and nothing was removed");
    app.stop().await;
}

#[tokio::test]
async fn another_teams_mapping_is_not_there() {
    let app = App::start().await;
    app.northwind().await;
    let fabrikam = app.team("Fabrikam Field Services", FABRIKAM).await;
    app.map(fabrikam, "210c6d0c-8fff-4e80-8f1b-37a6a6a93557", "admin", 90)
        .await;
    let adam = app.signed_in("adam@contoso.com").await;
    let farah = app.signed_in("farah@fabrikam.com").await;
    let theirs = list(&farah).await[0]["id"].as_str().expect("an id").to_owned();
    for (path, form) in [
        (
            routes::MAPPING_UPDATE,
            vec![("id", theirs.as_str()), ("role", "viewer"), ("priority", "1")],
        ),
        (routes::MAPPING_DELETE, vec![("id", theirs.as_str())]),
        (
            routes::MAPPING_PREVIEW,
            vec![("id", theirs.as_str()), ("role", "viewer"), ("priority", "1")],
        ),
    ] {
        let reply = post_json(&adam, path, &form).await;
        assert_eq!((reply.status, reply.json()), (404, json!("Missing")), "{path}");
    }
    assert_eq!(list(&farah).await[0]["role"], "admin");
    // Their group is not in our tenant, and ours not in theirs.
    let foreign = post_json(
        &adam,
        routes::MAPPING_CREATE,
        &[
            ("group_id", "9567dc42-b749-4224-ae47-f908fcba9704"),
            ("role", "viewer"),
            ("priority", "1"),
        ],
    )
    .await;
    assert_eq!(foreign.json(), json!({ "Invalid": "unknown_group" }));
    app.stop().await;
}

#[tokio::test]
async fn a_storm_of_throttling_neither_maps_nor_unmaps() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let before = list(&adam).await;
    app.advance(std::time::Duration::from_secs(61));
    let storm = Fault::throttled("graph", Some(RetryAfter::Seconds(30)));
    app.emulator.control().fault(storm);
    let after = list(&adam).await;
    assert_eq!(after, before, "what was read before is still told");
    let made = map(&adam, TECHNICIANS, "viewer", "5").await;
    assert_eq!(made["role"], "viewer", "a mapping needs no answer of Microsoft");
    assert_eq!(role_of(&app, "dana@contoso.com").await, "operator");
    app.stop().await;
}
