//! The members of a mapped group: how each person stands, page by page, and that whatever goes wrong on the way is said.

use entra_emulator::{CrowdSize, SeedUser};
use serde_json::{Value, json};
use sonicsaas::routes;

use crate::{
    app::{App, CONTOSO},
    browser::{Browser, Reply},
    mapping::OPERATORS,
};

mod flood;
mod large;
mod page;
mod troubles;

/// The mapping of a group.
pub(crate) async fn mapping_of(browser: &Browser, group: &str) -> String {
    let list = browser.call(routes::MAPPING_LIST).await.json();
    let rows = list.as_array().expect("a list").iter();
    let mut found = rows.filter(|row| row["group_id"] == group);
    let row = found.next().unwrap_or_else(|| panic!("{group} is not mapped"));
    row["id"].as_str().expect("an id").to_owned()
}

/// Asks for a page of the list.
pub(crate) async fn ask(browser: &Browser, mapping: &str, filter: &str, cursor: &str) -> Reply {
    let path = format!(
        "{}?id={mapping}&filter={filter}&cursor={cursor}",
        routes::MAPPING_MEMBER_LIST
    );
    browser.call(&path).await
}

/// A page of the list.
pub(crate) async fn members(browser: &Browser, mapping: &str, filter: &str, cursor: &str) -> Value {
    let reply = ask(browser, mapping, filter, cursor).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

/// The names of a page with how each stands.
pub(crate) fn standing(page: &Value) -> Vec<(String, String)> {
    let members = page["members"].as_array().expect("a list").iter();
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    members
        .map(|member| (text(&member["name"]), text(&member["status"])))
        .collect()
}

/// A group of so many people, mapped, and its mapping.
pub(crate) async fn crowd(app: &App, admin: &Browser, size: CrowdSize) -> String {
    let group = app
        .emulator
        .control()
        .add_crowd(CONTOSO, "Everybody", size)
        .expect("a crowd")
        .to_string();
    let form = [
        ("group_id", group.as_str()),
        ("role", "viewer"),
        ("priority", "1"),
    ];
    let made = crate::tenant::post_json(admin, routes::MAPPING_CREATE, &form).await;
    assert_eq!(made.status, 200, "{}", made.body);
    made.json()["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn every_person_stands_in_the_list_once_and_as_they_are() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.signed_in("dana@contoso.com").await;
    let control = app.emulator.control();
    let add = |name: &str, change: &dyn Fn(&mut SeedUser)| {
        let principal = format!("{}@contoso.com", name.to_lowercase());
        let mut user = SeedUser::new(name, &principal);
        change(&mut user);
        control
            .add_user(CONTOSO, &user, &["SonicSaaS-Operators"])
            .expect("a new person");
    };
    add("Aaa", &|user| user.enabled = false);
    add("Bbb", &|user| user.guest = true);
    let mapping = mapping_of(&adam, OPERATORS).await;
    let page = members(&adam, &mapping, "all", "").await;
    let expected = [
        ("Aaa", "disabled"),
        ("Bbb", "guest"),
        ("Dana Reyes", "signed_up"),
        ("Nils Berg", "not_invited"),
        ("Olga Petrova", "not_invited"),
        ("Theo Martin", "not_invited"),
    ];
    let found = standing(&page);
    let statuses: Vec<_> = found.iter().map(|(_, status)| status.as_str()).collect();
    assert_eq!(statuses, expected.map(|(_, status)| status), "{found:?}");
    assert_eq!((found[0].0.as_str(), found[2].0.as_str()), ("Aaa", "Dana Reyes"));
    assert_eq!(
        page["counts"],
        json!({ "members": 6, "exact": true, "signed_up": 1, "invited": 0, "not_invited": 3, "cannot_be_invited": 2 })
    );
    assert_eq!((&page["next"], &page["closed"]), (&Value::Null, &Value::Null));
    for (filter, count) in [
        ("all", 6),
        ("signed_up", 1),
        ("invited", 0),
        ("not_invited", 3),
        ("cannot_be_invited", 2),
        ("nonsense", 6),
    ] {
        let page = members(&adam, &mapping, filter, "").await;
        assert_eq!(standing(&page).len(), count, "{filter}");
        assert_eq!(page["counts"]["members"], 6, "{filter}: the counts are of all");
    }
    app.stop().await;
}

#[tokio::test]
async fn somebody_invited_is_invited_until_the_invitation_is_over() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = mapping_of(&adam, OPERATORS).await;
    let page = members(&adam, &mapping, "not_invited", "").await;
    let theo = page["members"][0]["object_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let form = [
        ("mapping_id", mapping.as_str()),
        ("object_ids[]", theo.as_str()),
        ("key", "a-key-of-the-form"),
    ];
    let started = crate::tenant::post_json(&adam, routes::INVITATION_START, &form).await;
    assert_eq!(started.status, 200, "{}", started.body);
    for _ in 0..100 {
        let page = members(&adam, &mapping, "invited", "").await;
        if page["members"][0]["object_id"] == theo.as_str() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let page = members(&adam, &mapping, "all", "").await;
    assert_eq!(page["counts"]["invited"], 1, "{page}");
    app.advance(std::time::Duration::from_hours(8 * 24));
    let adam = app.signed_in("adam@contoso.com").await;
    let page = members(&adam, &mapping, "all", "").await;
    assert_eq!(page["counts"]["invited"], 0, "{page}");
    app.stop().await;
}

#[tokio::test]
async fn what_microsoft_withholds_is_unreadable_and_never_absent() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = mapping_of(&adam, OPERATORS).await;
    let before = members(&adam, &mapping, "all", "").await;
    let people = before["members"].as_array().expect("a list").len();
    let permit = |roles: &[&str]| {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        app.emulator
            .control()
            .with_tenant(CONTOSO, |tenant| tenant.installation.application = roles)
            .expect("a tenant");
        // The token that is kept is too old by then.
        app.advance(std::time::Duration::from_hours(3));
    };
    permit(&["GroupMember.Read.All", "Group.Read.All"]);
    let adam = app.signed_in("adam@contoso.com").await;
    let page = members(&adam, &mapping, "all", "").await;
    assert_eq!(page["missing"], json!(["User.Read.All"]));
    assert_eq!(page["members"].as_array().map(Vec::len), Some(people));
    let unreadable = standing(&page)
        .into_iter()
        .filter(|(_, status)| status == "unreadable");
    assert_eq!(unreadable.count(), people, "{page}");

    permit(&["User.Read.All"]);
    let adam = app.signed_in("adam@contoso.com").await;
    let page = members(&adam, &mapping, "all", "").await;
    assert_eq!(
        (&page["closed"], &page["missing"]),
        (&json!("not_permitted"), &json!(["GroupMember.Read.All"]))
    );
    permit(&["GroupMember.Read.All", "User.Read.All"]);
    let adam = app.signed_in("adam@contoso.com").await;
    assert_eq!(members(&adam, &mapping, "all", "").await["missing"], json!([]));
    app.stop().await;
}

#[tokio::test]
async fn only_administrators_of_the_team_see_the_list() {
    let app = App::start().await;
    app.northwind().await;
    app.team("Fabrikam Field Services", crate::app::FABRIKAM).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = mapping_of(&adam, OPERATORS).await;
    let dana = app.signed_in("dana@contoso.com").await;
    assert_eq!(ask(&dana, &mapping, "all", "").await.status, 403);
    let nobody = "00000000-0000-7000-8000-000000000000";
    for id in [nobody, "x", ""] {
        assert_eq!(ask(&adam, id, "all", "").await.status, 404, "{id}");
    }
    app.stop().await;
}
