//! Every state in which mappings can be, as the page tells it.

use std::time::Duration;

use entra_emulator::Fault;
use sonicsaas::routes;

use super::Page;
use crate::{
    app::{App, CONTOSO, Setup},
    mapping::OPERATORS,
    tenant::{owner_of_new_team, post_json},
};

const VIEWERS: &str = "86db12bb-89d6-4221-bf84-934e09ee1846";
const TECHNICIANS: &str = "b96cc65d-21da-4197-877f-15a3de836a00";

/// The row of a mapping by its priority.
fn status_of(page: &Page, priority: &str) -> String {
    let at = page
        .column("td[data-label=Priority]")
        .iter()
        .position(|cell| cell == priority)
        .expect("a row");
    page.column("td[data-label=Status]")[at].clone()
}

#[tokio::test]
async fn a_team_without_a_tenant_is_led_to_register_one() {
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Lakeside IT").await;
    let page = Page::open(&owner, routes::MAPPINGS).await;
    assert_eq!(
        page.word(".attention li"),
        "Register your tenant before mapping groups.Set up Microsoft Entra ID"
    );
    assert_eq!(page.count("#mapping-form"), 0);
    app.register(team, CONTOSO, |_| {}).await;
    let page = Page::open(&owner, routes::MAPPINGS).await;
    assert_eq!(
        page.word(".none"),
        "No mappings yet. Until you add one, everyone who signs in with Microsoft becomes Member, the default role."
    );
    assert_eq!(page.word("#mapping"), "Add mapping");
    assert_eq!(page.column("th"), ["Everyone else"]);
    app.register(team, CONTOSO, |draft| draft.enabled = false).await;
    let page = Page::open(&owner, routes::MAPPINGS).await;
    assert_eq!(
        page.word(".attention li"),
        "Microsoft sign-in is off. Mappings are saved but not used."
    );
    app.stop().await;
}

#[tokio::test]
async fn without_a_proof_of_ownership_object_ids_still_work() {
    let app = App::start().await;
    let team = app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.register(team, CONTOSO, |draft| draft.proven = false).await;
    app.execute("update tenant_registration set verified_by = null, verified_at = null")
        .await;
    let page = Page::open(&adam, routes::MAPPINGS).await;
    let waits =
        "Group search and names wait until ownership is verified. You can add groups by Object ID now.";
    assert_eq!(page.word(".attention li"), format!("{waits}Verify ownership"));
    let form = [("object_id", TECHNICIANS), ("role", "viewer"), ("priority", "5")];
    let (_, page) = Page::after(&adam, routes::MAPPING_CREATE, &form).await;
    assert_eq!(
        page.word("output.banner.warn"),
        "Mapping added. Warning: we couldn't check this Object ID."
    );
    assert_eq!(status_of(&page, "5"), "Not checked");
    assert!(
        page.column("th")
            .iter()
            .any(|cell| cell.starts_with("Name not known yet"))
    );
    let page = Page::open(&adam, &format!("{}?query=tech", routes::MAPPINGS)).await;
    assert_eq!(page.word("#found"), waits);
    let (_, page) = Page::after(
        &adam,
        routes::MAPPING_PREVIEW,
        &[("object_id", VIEWERS), ("role", "viewer"), ("priority", "6")],
    )
    .await;
    assert!(
        page.word("#preview-body")
            .contains("This is from the groups of each person's last sign-in.")
    );
    let vic = app.signed_in("vic@contoso.com").await;
    assert_eq!(Page::open(&vic, routes::MAPPINGS).await.count(".attention"), 0);
    app.stop().await;
}

#[tokio::test]
async fn a_missing_permission_is_named_and_leads_to_the_approval() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
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
    let page = Page::open(&adam, routes::MAPPINGS).await;
    let said = "SonicSaaS can't search groups until an administrator approves Group.Read.All. You can enter an Object ID \
                now.";
    assert_eq!(page.word(".attention li"), format!("{said}Grant admin consent"));
    assert_eq!(page.value(".attention a", "href"), routes::TENANT_CONSENT);
    let found = adam
        .call(&format!("{}?query=tech", routes::GROUP_SEARCH))
        .await
        .json();
    assert_eq!(found["said"], said);
    app.stop().await;
}

#[tokio::test]
async fn out_of_reach_the_page_shows_what_was_read_and_when() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let page = Page::open(&adam, routes::MAPPINGS).await;
    assert_eq!(page.count(".attention"), 0);
    app.advance(Duration::from_mins(3));
    app.emulator.control().fault(Fault::status("graph", 503));
    app.emulator.control().fault(Fault::status("graph", 503));
    app.emulator.control().fault(Fault::status("token", 503));
    let page = Page::open(&adam, routes::MAPPINGS).await;
    assert_eq!(
        page.word(".attention li"),
        "Showing what we read at 14:02 UTC. We can't reach Microsoft now.Try again"
    );
    assert_eq!(page.column("td[data-label=Priority]").len(), 5);
    assert_eq!(page.word(".attention form[method=get] button"), "Try again");
    app.stop().await;
}

#[tokio::test]
async fn groups_that_are_gone_renamed_empty_or_tied_are_told_apart() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    Page::open(&adam, routes::MAPPINGS).await;
    app.emulator
        .control()
        .with_tenant(CONTOSO, |tenant| {
            for group in &mut tenant.groups {
                group.deleted |= group.id.to_string() == VIEWERS;
                if group.id.to_string() == OPERATORS {
                    group.name = "Ops <b>".to_owned();
                }
            }
        })
        .expect("a tenant");
    app.advance(Duration::from_mins(2));
    let page = Page::open(&adam, routes::MAPPINGS).await;
    assert_eq!(
        status_of(&page, "10"),
        "Group not foundDeleted in Microsoft Entra ID. Nobody gets a role from it."
    );
    assert_eq!(page.word("tbody a[href*='role=viewer']"), "Pick another group");
    assert_eq!(status_of(&page, "50"), "Renamed from \"SonicSaaS-Operators\"");
    assert!(page.column("th").iter().any(|cell| cell.starts_with("Ops <b>")));

    let form = [("group_id", TECHNICIANS), ("role", "auditor"), ("priority", "50")];
    let (_, page) = Page::after(&adam, routes::MAPPING_CREATE, &form).await;
    assert_eq!(
        page.word("output.banner.warn"),
        "Mapping added. Warning: MSP-Technicians and Ops <b> both have priority 50. The less privileged role, Auditor, \
         wins."
    );
    let ties: Vec<_> = page
        .column("td[data-label=Status]")
        .into_iter()
        .filter(|cell| cell.starts_with("Tie with"))
        .collect();
    assert_eq!(ties.len(), 2, "both rows say it: {ties:?}");
    app.stop().await;
}

#[tokio::test]
async fn a_server_without_microsoft_says_so() {
    let app = App::with(Setup {
        environment: vec![("AUTH_MODE", "local-only".to_owned())],
        ..Setup::default()
    })
    .await;
    let (_, owner) = owner_of_new_team(&app, "Lakeside IT").await;
    let page = Page::open(&owner, routes::MAPPINGS).await;
    assert_eq!(page.status, 200);
    assert!(
        page.word(".attention li").contains("AUTH_MODE is local-only"),
        "{}",
        page.word(".attention li")
    );
    assert_eq!(page.count("#mapping-form, #who"), 0);
    app.stop().await;
}
