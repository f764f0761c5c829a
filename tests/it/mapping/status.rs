//! How each mapping stands, as the table tells it.

use entra_emulator::{Fault, PageTrouble};
use serde_json::json;
use sonicsaas::routes;

use super::{OPERATORS, TECHNICIANS, VIEWERS, list, map, row};
use crate::app::{App, CONTOSO};

const MINUTE: std::time::Duration = std::time::Duration::from_secs(61);

#[tokio::test]
async fn the_table_says_what_became_of_each_group() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.signed_in("dana@contoso.com").await;
    let operators = row(&adam, OPERATORS).await;
    // Dana and Theo, and through the nested group Nils and Olga; of these Dana has signed in.
    assert_eq!(
        (
            &operators["status"],
            &operators["people"],
            &operators["signed_up"]
        ),
        (&json!("ok"), &json!(4), &json!(1))
    );

    let control = app.emulator.control();
    control
        .with_group(CONTOSO, OPERATORS, |group| {
            group.name = "SonicSaaS-Ops".to_owned();
        })
        .expect("a group");
    control.remove_group(CONTOSO, VIEWERS).expect("a group");
    map(&adam, "8329bf5f-2912-4f3e-8b06-a97011e21eac", "auditor", "5").await;
    // Whoever is in it is also in Admins or Operators, which rank higher.
    map(&adam, TECHNICIANS, "viewer", "1").await;
    app.advance(MINUTE);
    let status = |group: &'static str| {
        let adam = adam.copy();
        async move { row(&adam, group).await["status"].clone() }
    };
    assert_eq!(status(OPERATORS).await, "renamed");
    assert_eq!(status(VIEWERS).await, "not_found");
    assert_eq!(status("8329bf5f-2912-4f3e-8b06-a97011e21eac").await, "empty");
    assert_eq!(status(TECHNICIANS).await, "no_effect");
    assert_eq!(row(&adam, OPERATORS).await["group_name"], "SonicSaaS-Ops");

    // A renaming is read when the mapping is saved again.
    let now = row(&adam, OPERATORS).await;
    let id = now["id"].as_str().expect("an id");
    let form = [("id", id), ("role", "operator"), ("priority", "50")];
    crate::tenant::post_json(&adam, routes::MAPPING_UPDATE, &form).await;
    assert_eq!(status(OPERATORS).await, "ok");
    // And a name that comes back is none.
    for name in ["SonicSaaS-Operators", "SonicSaaS-Ops"] {
        control
            .with_group(CONTOSO, OPERATORS, |group| group.name = name.to_owned())
            .expect("a group");
        app.advance(MINUTE);
        list(&adam).await;
    }
    assert_eq!(status(OPERATORS).await, "ok");
    app.stop().await;
}

#[tokio::test]
async fn equal_priorities_tie_unless_the_permissions_are_the_same() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let made = map(&adam, TECHNICIANS, "auditor", "50").await;
    assert_eq!(made["status"], "tie");
    assert_eq!(row(&adam, OPERATORS).await["status"], "tie");
    assert_eq!(
        super::role_of(&app, "dana@contoso.com").await,
        "auditor",
        "the less privileged wins"
    );

    let id = made["id"].as_str().expect("an id");
    let form = [("id", id), ("role", "member"), ("priority", "50")];
    crate::tenant::post_json(&adam, routes::MAPPING_UPDATE, &form).await;
    assert_ne!(
        row(&adam, OPERATORS).await["status"],
        "tie",
        "operator and member may do the same"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_list_that_breaks_off_leaves_what_was_known() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let before = row(&adam, OPERATORS).await;
    assert_eq!(before["people"], 4);
    app.emulator
        .control()
        .with_settings(|settings| settings.largest_graph_page = 1);
    for paging in [
        PageTrouble::Endless,
        PageTrouble::ToFirst,
        PageTrouble::ToItself,
        PageTrouble::ForeignOrigin("https://evil.example".to_owned()),
        PageTrouble::WornOut,
        PageTrouble::NoValue,
    ] {
        app.advance(MINUTE);
        let fault = Fault::paging("graph/groups/*/transitiveMembers", 1, paging.clone());
        app.emulator.control().clear_faults();
        app.emulator.control().fault(fault);
        let now = row(&adam, OPERATORS).await;
        assert_eq!(now["people"], 4, "{paging:?}: half a list is no list");
        assert_eq!(now["status"], "ok", "{paging:?}");
    }
    app.emulator.control().clear_faults();
    app.advance(MINUTE);
    app.emulator
        .control()
        .remove_member(CONTOSO, OPERATORS, "theo@contoso.com")
        .expect("a member");
    assert_eq!(row(&adam, OPERATORS).await["people"], 3);
    app.stop().await;
}
