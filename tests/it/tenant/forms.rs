//! The forms of the page: what is asked first, what is kept for whom and how long, and how an answer travels.

use std::time::Duration;

use http::Method;
use sonicsaas::routes;

use super::{owner_of_new_team, page_at, post_json, submit};
use crate::{
    app::{App, CONTOSO, FABRIKAM},
    browser::{Browser, Reply},
};

/// Posts as the script of a page does, which stays where it is.
async fn post_in_place(browser: &Browser, path: &str, form: &[(&str, &str)]) -> Reply {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let headers = [
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("x-in-place", "yes"),
    ];
    browser.send(Method::POST, path, &headers, Some(body)).await
}

#[tokio::test]
async fn a_change_of_tenant_asks_first_and_ends_the_old_ones_sessions() {
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |_| {}).await;
    for (group, role, priority) in crate::app::NORTHWIND_MAPPINGS {
        app.map(team, group, role, priority).await;
    }
    let dana = app.signed_in("dana@contoso.com").await;
    let version = page_at(&owner, routes::ENTRA).await["settings"]["version"].to_string();
    let form = [
        ("tenant_id", FABRIKAM),
        ("enabled", "on"),
        ("allow_guests", "on"),
        ("version", version.as_str()),
        ("confirm", "ask"),
    ];
    let page = submit(&owner, routes::TENANT_SAVE, &form).await;
    let step = &page["step"];
    assert_eq!(
        (step["heading"].as_str(), step["button"].as_str()),
        (Some("Change the tenant?"), Some("Change tenant"))
    );
    let words = [
        "5 mappings point to groups of the old tenant and will stop matching.",
        "1 person of the old tenant can't sign in with Microsoft any more.",
        "Ownership must be verified again.",
    ];
    assert_eq!(step["words"], serde_json::json!(words));
    assert_eq!(
        dana.call(routes::VIEWER).await.status,
        200,
        "nothing has happened yet"
    );
    assert_eq!(
        page_at(&owner, routes::ENTRA).await["settings"]["tenant_id"],
        CONTOSO
    );

    let fields: Vec<(String, String)> =
        serde_json::from_value(step["fields"].clone()).expect("name and value");
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert!(fields.contains(&("allow_guests", "on")) && !fields.iter().any(|(name, _)| *name == "confirm"));
    let page = submit(&owner, step["action"].as_str().expect("a path"), &fields).await;
    let said = page["notice"]["words"].as_str().expect("said");
    assert!(
        said.starts_with("Microsoft Entra ID settings saved. People of tenant 8d2f6b0c-…-4c58"),
        "{said}"
    );
    assert_eq!(page["settings"]["tenant_id"], FABRIKAM);
    assert_eq!(page["status"]["ownership"]["words"], "Unverified");
    assert_eq!(dana.call(routes::VIEWER).await.status, 401);
    let event = app.last_event("tenant.disconnected").await;
    assert_eq!((event.team, event.detail("replaced_by")), (Some(team), FABRIKAM));
    assert_eq!(app.last_event("tenant.saved").await.details["sessions_ended"], 1);
    let refused = app.refused(&app.browser(), "dana@contoso.com").await;
    assert_eq!(refused.reason.as_deref(), Some("tenant_not_registered"));
    assert_eq!(
        app.count("select cast(count(*) as text) from group_mapping")
            .await,
        5
    );

    // The same button again finds that somebody has saved meanwhile.
    let page = submit(&owner, routes::TENANT_SAVE, &fields).await;
    let said = page["problem"]["words"].as_str().expect("said");
    assert!(said.starts_with("Olivia Owner changed this at 14:0"), "{said}");
    app.stop().await;
}

#[tokio::test]
async fn a_tenant_that_was_typed_as_a_domain_is_called_by_it_after_the_step() {
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |_| {}).await;
    let form = [
        ("tenant_id", "fabrikam.com"),
        ("enabled", "on"),
        ("confirm", "ask"),
    ];
    let page = submit(&owner, routes::TENANT_SAVE, &form).await;
    let step = &page["step"];
    assert_eq!(step["heading"], "Change the tenant?");
    let fields: Vec<(String, String)> =
        serde_json::from_value(step["fields"].clone()).expect("name and value");
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let page = submit(&owner, step["action"].as_str().expect("a path"), &fields).await;
    let said = page["notice"]["words"].as_str().expect("said");
    assert!(
        said.starts_with("Microsoft Entra ID settings saved. People of fabrikam.com can sign in now."),
        "{said}"
    );
    assert_eq!(page["settings"]["tenant_id"], FABRIKAM);
    app.stop().await;
}

#[tokio::test]
async fn what_was_saved_already_is_said_to_be_unchanged() {
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |_| {}).await;
    let form = [("tenant_id", CONTOSO), ("enabled", "on")];
    let page = submit(&owner, routes::TENANT_SAVE, &form).await;
    let said = page["notice"]["words"].as_str().expect("said");
    assert!(
        said.starts_with("Nothing was changed: these settings were saved already. People of"),
        "{said}"
    );
    let form = [("tenant_id", CONTOSO), ("enabled", "on"), ("allow_guests", "on")];
    let page = submit(&owner, routes::TENANT_SAVE, &form).await;
    let said = page["notice"]["words"].as_str().expect("said");
    assert!(said.starts_with("Microsoft Entra ID settings saved."), "{said}");
    app.stop().await;
}

#[tokio::test]
async fn what_a_form_held_is_kept_for_its_session_and_not_for_long() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let again = app.signed_in("adam@contoso.com").await;
    let (_, stranger) = owner_of_new_team(&app, "Lakeside IT").await;
    let typed = "typed by Adam";
    let refused = adam
        .post(routes::TENANT_SAVE, &[("tenant_id", typed), ("enabled", "on")])
        .await;
    let waits = adam
        .post(routes::TENANT_SAVE, &[("tenant_id", CONTOSO), ("confirm", "ask")])
        .await;
    let (refused, waits) = (refused.location().to_owned(), waits.location().to_owned());
    assert_eq!(page_at(&adam, &refused).await["settings"]["tenant_id"], typed);
    assert_eq!(
        page_at(&adam, &refused).await["settings"]["tenant_id"],
        typed,
        "looked at twice"
    );
    // Another session of the same person, and somebody of another team.
    for browser in [&again, &stranger] {
        let page = page_at(browser, &refused).await;
        assert!(
            page["problem"].is_null() && !page.to_string().contains(typed),
            "{page}"
        );
        assert_eq!(
            page_at(browser, &waits).await["step"]["heading"],
            "This step has expired"
        );
    }
    app.advance(Duration::from_mins(11));
    let page = page_at(&adam, &refused).await;
    assert!(
        page["problem"].is_null() && !page.to_string().contains(typed),
        "{page}"
    );
    assert_eq!(page["settings"]["tenant_id"], CONTOSO);
    app.advance(Duration::from_mins(5));
    assert_eq!(
        page_at(&adam, &waits).await["step"]["heading"],
        "This step has expired"
    );
    // An address that nobody was ever sent to.
    for query in ["form=x", "form=", "test=01JNAAAAAAAAAAAAAAAAAAAAAA"] {
        let reply = adam.call(&format!("{}?{query}", routes::TENANT_PAGE)).await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.body);
        let page = reply.json();
        assert!(page["problem"].is_null() && page["notice"].is_null() && page["step"].is_null());
    }
    app.stop().await;
}

#[tokio::test]
async fn an_answer_in_place_is_only_a_way_and_a_call_for_json_leaves_nothing() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let kept = "select cast(count(*) as text) from kept_form";
    let wrong = [("tenant_id", "wrong"), ("enabled", "on")];
    let right = [("tenant_id", CONTOSO), ("enabled", "on")];
    for (path, form) in [
        (routes::TENANT_SAVE, wrong),
        (routes::TENANT_SAVE, right),
        (routes::TENANT_TEST, right),
        (routes::TENANT_TEST, wrong),
        (routes::TENANT_CONFIRM, right),
    ] {
        let plain = owner.post(path, &form).await;
        assert_eq!(plain.status, 303, "{path}");
        let in_place = post_in_place(&owner, path, &form).await;
        assert_eq!(in_place.status, 200, "{path}: {}", in_place.body);
        for reply in [&plain, &in_place] {
            assert!(
                reply.location().starts_with(routes::ENTRA),
                "{path}: {}",
                reply.location()
            );
            assert!(!reply.location().contains("wrong") && !reply.location().contains(CONTOSO));
            assert!(!reply.body.contains("wrong"), "{path}: {}", reply.body);
        }
        let before = app.count(kept).await;
        let answered = post_json(&owner, path, &form).await;
        assert_eq!(answered.location(), "", "{path}");
        assert!(!answered.body.is_empty());
        assert_eq!(
            app.count(kept).await,
            before,
            "{path}: nothing is kept for a page that does not follow"
        );
    }
    app.stop().await;
}
