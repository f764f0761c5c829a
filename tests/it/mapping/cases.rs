//! Cases of other products and of attackers, about roles that follow groups.

use entra_emulator::{Fault, PageTrouble};
use serde_json::json;
use sonicsaas::routes;

use super::{OPERATORS, TECHNICIANS, list, map, role_of, row, search};
use crate::{
    app::{App, CONTOSO, FABRIKAM},
    tenant::post_json,
};

#[tokio::test]
async fn a_role_of_a_group_goes_with_the_group_and_one_set_by_hand_stays() {
    let app = App::start().await;
    app.northwind().await;
    let control = app.emulator.control();
    let leave = |group: &str, person: &str| {
        control.remove_member(CONTOSO, group, person).expect("a member");
    };
    // P184: an admin by group who leaves it is none any more.
    assert_eq!(role_of(&app, "adam@contoso.com").await, "admin");
    leave("SonicSaaS-Admins", "adam@contoso.com");
    assert_eq!(role_of(&app, "adam@contoso.com").await, "member");
    // P179 and P180: of two groups one is left, then the other.
    assert_eq!(role_of(&app, "theo@contoso.com").await, "operator");
    leave("SonicSaaS-Operators", "theo@contoso.com");
    assert_eq!(role_of(&app, "theo@contoso.com").await, "viewer");
    leave("SonicSaaS-Viewers", "theo@contoso.com");
    assert_eq!(role_of(&app, "theo@contoso.com").await, "member");
    // P181, P182 and P185: what was set by hand survives, an admin's too.
    role_of(&app, "ines@contoso.com").await;
    app.execute(
        "update member set role = 'admin', role_source = 'manual'
         where user_id in (select id from user_account where name = 'Ines Duarte')",
    )
    .await;
    leave("SonicSaaS-Auditors", "ines@contoso.com");
    assert_eq!(role_of(&app, "ines@contoso.com").await, "admin");
    // P209, P253 and P254: an owner is never touched by groups, so a team keeps its last one.
    role_of(&app, "vic@contoso.com").await;
    app.execute(
        "update member set role = 'owner', role_source = 'owner'
         where user_id in (select id from user_account where name = 'Vic Tran')",
    )
    .await;
    assert_eq!(role_of(&app, "vic@contoso.com").await, "owner");
    leave("SonicSaaS-Viewers", "vic@contoso.com");
    assert_eq!(role_of(&app, "vic@contoso.com").await, "owner");
    app.stop().await;
}

#[tokio::test]
async fn no_spelling_makes_an_owner_of_a_group() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let id = row(&adam, OPERATORS).await["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    for role in [
        "owner",
        "Owner",
        " owner",
        "owner\u{200b}",
        "OWNER",
        "5",
        "null",
        "admin,owner",
    ] {
        let made = [("group_id", TECHNICIANS), ("role", role), ("priority", "1")];
        let changed = [("id", id.as_str()), ("role", role), ("priority", "1")];
        for (path, form) in [
            (routes::MAPPING_CREATE, &made[..]),
            (routes::MAPPING_UPDATE, &changed[..]),
            (routes::MAPPING_PREVIEW, &made[..]),
        ] {
            assert_eq!(post_json(&adam, path, form).await.status, 422, "{path} {role:?}");
        }
    }
    let roles: Vec<_> = list(&adam).await.iter().map(|row| row["role"].clone()).collect();
    assert!(!roles.contains(&json!("owner")));
    assert_eq!(
        app.count("select cast(count(*) as text) from group_mapping")
            .await,
        5
    );
    app.stop().await;
}

#[tokio::test]
async fn a_lower_role_finds_nothing_and_asks_nothing() {
    let app = App::start().await;
    app.northwind().await;
    let fabrikam = app.team("Fabrikam Field Services", FABRIKAM).await;
    app.map(fabrikam, "210c6d0c-8fff-4e80-8f1b-37a6a6a93557", "admin", 90)
        .await;
    let people = [
        "vic@contoso.com",
        "ines@contoso.com",
        "mia@contoso.com",
        "dana@contoso.com",
    ];
    let mut browsers = Vec::new();
    for person in people {
        browsers.push(app.signed_in(person).await);
    }
    let adam = app.signed_in("adam@contoso.com").await;
    app.emulator.control().clear_log();
    for browser in &browsers {
        let query = format!("{}?query=fabrikam", routes::GROUP_SEARCH);
        assert_eq!(browser.call(&query).await.status, 403);
    }
    assert_eq!(app.emulator.control().log().len(), 0, "nobody was asked");
    // A team finds its own tenant's groups, whatever else it names.
    let path = format!(
        "{}?query=Fabrikam&tid={FABRIKAM}&team_id={fabrikam}",
        routes::GROUP_SEARCH
    );
    let found = adam.call(&path).await;
    assert_eq!(found.json()["groups"], json!([]));
    app.stop().await;
}

#[tokio::test]
async fn another_permission_does_not_open_the_search() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.emulator
        .control()
        .with_tenant(CONTOSO, |tenant| {
            tenant.installation.application =
                ["GroupMember.Read.All".to_owned(), "User.Read.All".to_owned()].into();
        })
        .expect("a tenant");
    post_json(&adam, routes::TENANT_TEST, &[("tenant_id", CONTOSO)]).await;
    let found = search(&adam, "sonic").await;
    assert_eq!(
        (&found["closed"], &found["groups"]),
        (&json!("not_permitted"), &json!([]))
    );
    let made = map(&adam, TECHNICIANS, "viewer", "3").await;
    assert_eq!(made["role"], "viewer", "an object ID maps it all the same");
    app.stop().await;
}

#[tokio::test]
async fn a_list_that_fails_on_a_late_page_takes_no_role_away() {
    let app = App::start().await;
    app.northwind().await;
    assert_eq!(role_of(&app, "dana@contoso.com").await, "operator");
    let adam = app.signed_in("adam@contoso.com").await;
    app.emulator
        .control()
        .with_settings(|settings| settings.largest_graph_page = 1);
    for (page, trouble) in [
        (2, PageTrouble::NoValue),
        (1, PageTrouble::WornOut),
        (2, PageTrouble::Endless),
    ] {
        app.emulator.control().clear_faults();
        let mut late = Fault::paging("graph/groups/*/transitiveMembers", page, trouble.clone());
        if trouble == PageTrouble::Endless {
            // Each page leads to one more, and not the second one alone.
            late.page = None;
        }
        app.emulator.control().fault(late);
        app.advance(std::time::Duration::from_secs(61));
        list(&adam).await;
        let edit = [("group_id", TECHNICIANS), ("role", "viewer"), ("priority", "99")];
        let told = post_json(&adam, routes::MAPPING_PREVIEW, &edit).await.json();
        assert_eq!(told["unknown"], "members", "half a list is said to be unknown");
        assert_eq!(told["changes"], json!([]));
    }
    let dana = app.signed_in("dana@contoso.com").await;
    assert_eq!(dana.call(routes::VIEWER).await.json()["role"], "operator");
    app.stop().await;
}

#[tokio::test]
async fn a_role_that_is_taken_away_acts_at_the_next_click_on_every_server() {
    let app = App::start().await;
    app.northwind().await;
    let second = app.second().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let elsewhere = adam.through(&second.url);
    assert_eq!(
        elsewhere
            .call(&format!("{}?query=x", routes::GROUP_SEARCH))
            .await
            .status,
        200
    );
    let admins = row(&adam, "26826e3d-682b-4c41-92ec-333c534526d9").await;
    let id = admins["id"].as_str().expect("an id");
    let form = [("id", id), ("role", "viewer"), ("priority", "90")];
    assert_eq!(post_json(&adam, routes::MAPPING_UPDATE, &form).await.status, 200);
    assert_eq!(role_of(&app, "adam@contoso.com").await, "viewer");
    for browser in [&adam, &elsewhere] {
        assert_eq!(
            browser
                .call(&format!("{}?query=x", routes::GROUP_SEARCH))
                .await
                .status,
            403
        );
        assert_eq!(
            post_json(browser, routes::MAPPING_DELETE, &[("id", id)])
                .await
                .status,
            403
        );
    }
    second.stop().await;
    app.stop().await;
}
