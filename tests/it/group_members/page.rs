//! The page, as somebody reads it without a script.

use entra_emulator::{CrowdSize, Fault};
use sonicsaas::routes;

use super::{crowd, mapping_of};
use crate::{
    app::{App, CONTOSO},
    browser::Browser,
    mapping::OPERATORS,
};

async fn page(browser: &Browser, mapping: &str, query: &str) -> String {
    let shown = browser
        .get(&format!("{}/{mapping}/members{query}", routes::MAPPINGS))
        .await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    shown.body
}

fn holds(body: &str, all: &[&str]) {
    for words in all {
        assert!(body.contains(words), "{words} is missing: {body}");
    }
}

#[tokio::test]
async fn a_group_is_shown_with_its_people_and_what_can_be_done() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.signed_in("dana@contoso.com").await;
    let mapping = mapping_of(&adam, OPERATORS).await;
    let body = page(&adam, &mapping, "").await;
    holds(
        &body,
        &[
            "<title>Members of SonicSaaS-Operators – Northwind MSP – SonicSaaS</title>",
            "4 members · 1 signed up · 0 invited · 3 not invited",
            "All (4)",
            "Signed up (1)",
            "Can't be invited (0)",
            "Includes members of nested groups.",
            "Showing 1–4 of 4",
            "dana@contoso.com",
        ],
    );
    let invited = page(&adam, &mapping, "?filter=invited").await;
    holds(
        &invited,
        &["Nobody in this group has that status.", "Show all members"],
    );

    let dana = app.signed_in("dana@contoso.com").await;
    let refused = dana.get(&format!("{}/{mapping}/members", routes::MAPPINGS)).await;
    assert_eq!(refused.status, 403);
    holds(
        &refused.body,
        &["Only owners and admins can see the members of a mapped group."],
    );
    assert!(!refused.body.contains("nils@contoso.com"));
    let missing = adam.get(&format!("{}/x/members", routes::MAPPINGS)).await;
    assert_eq!(missing.status, 404);
    app.stop().await;
}

#[tokio::test]
async fn what_is_in_the_way_is_said_with_what_helps() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = mapping_of(&adam, OPERATORS).await;
    let control = app.emulator.control();
    control.fault(Fault::status("graph/groups/*/transitiveMembers", 503));
    let body = page(&adam, &mapping, "?filter=invited").await;
    holds(
        &body,
        &["read members from Microsoft.", "Try again", r#"name="filter""#],
    );
    control.clear_faults();
    control
        .with_tenant(CONTOSO, |tenant| {
            tenant.installation.application = ["GroupMember.Read.All".to_owned()].into();
        })
        .expect("a tenant");
    app.advance(std::time::Duration::from_hours(3));
    let adam = app.signed_in("adam@contoso.com").await;
    let body = page(&adam, &mapping, "").await;
    holds(
        &body,
        &[
            "Admin consent needed",
            "an administrator must approve User.Read.All.",
            "Grant admin consent",
            "adminconsent?client_id=",
            "the platform administrator must add them to the app first.",
            "Name withheld by Microsoft",
        ],
    );
    app.stop().await;
}

#[tokio::test]
async fn an_empty_group_and_a_large_one_say_so() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = crowd(&app, &adam, CrowdSize::of(0)).await;
    holds(
        &page(&adam, &mapping, "").await,
        &["This group has no members in Microsoft Entra ID.", "All (0)"],
    );
    let control = app.emulator.control();
    control
        .with_tenant(CONTOSO, |tenant| {
            tenant
                .crowds
                .iter_mut()
                .for_each(|crowd| crowd.size = CrowdSize::of(1_240));
        })
        .expect("a tenant");
    let body = page(&adam, &mapping, "").await;
    holds(
        &body,
        &[
            "about 1,240 members",
            "All (about 1,240)",
            "Showing 1–50 of about 1,240",
            "Next page",
        ],
    );
    assert!(!body.contains("First page"));
    app.stop().await;
}
