//! `Test another account`: who would get which role and why, and what is said when nobody can tell.

use serde_json::json;
use sonicsaas::routes;

use super::Page;
use crate::{
    app::{App, CONTOSO},
    invitation::{KEY, OPERATORS, ended, mapping, start_all},
    tenant::post_json,
};

#[tokio::test]
async fn somebodys_role_is_explained_rule_by_rule() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let (location, page) = Page::after(&adam, routes::MAPPING_EXPLAIN, &[("who", "theo@contoso.com")]).await;
    assert!(!location.contains("theo"), "{location}");
    assert_eq!(
        page.word("#explained"),
        "Theo Lund hasn't signed in yet. On first sign-in the role would be Operator"
    );
    assert_eq!(page.value("#who", "value"), "theo@contoso.com");
    assert_eq!(
        page.words("ol[aria-label='How the role was decided'] > li"),
        [
            "OwnerNo",
            "Set by hand (pinned)No",
            "InvitationNo",
            "Priority 90: SonicSaaS-Admins → AdminNot a member",
            "Priority 50: SonicSaaS-Operators → OperatorDecides the role",
            "Priority 40: SonicSaaS-Members → MemberNot a member",
            "Priority 20: SonicSaaS-Auditors → AuditorNot a member",
            "Priority 10: SonicSaaS-Viewers → ViewerAlso a member, not used",
            "Default role: MemberNot reached",
        ]
    );
    assert_eq!(page.count("li[aria-current=step]"), 1);
    app.signed_in("theo@contoso.com").await;
    let (_, page) = Page::after(&adam, routes::MAPPING_EXPLAIN, &[("who", "theo@contoso.com")]).await;
    assert_eq!(page.word("#explained"), "If Theo Lund signed in now: Operator");
    let told = post_json(&adam, routes::MAPPING_EXPLAIN, &[("who", "theo@contoso.com")])
        .await
        .json();
    assert_eq!(
        (&told["role"], &told["refused"]),
        (&json!("operator"), &json!(null))
    );
    app.stop().await;
}

#[tokio::test]
async fn an_invited_person_is_explained_as_the_sign_in_will_decide() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    ended(&adam, &job).await;
    let explained = async |who: &str| {
        let (_, page) = Page::after(&adam, routes::MAPPING_EXPLAIN, &[("who", who)]).await;
        (page.word("#explained"), page.word("li[aria-current=step]"))
    };
    // A mapping still decides, and what was offered would stand without one.
    let (heading, rule) = explained("theo@contoso.com").await;
    assert!(heading.ends_with("the role would be Operator"), "{heading}");
    assert!(rule.starts_with("Priority 50: SonicSaaS-Operators"), "{rule}");
    let control = app.emulator.control();
    for group in ["SonicSaaS-Operators", "SonicSaaS-Viewers"] {
        control
            .remove_member(CONTOSO, group, "theo@contoso.com")
            .expect("a member");
    }
    assert_eq!(
        explained("theo@contoso.com").await,
        (
            "Theo Lund hasn't signed in yet. On first sign-in the role would be Operator".to_owned(),
            "InvitationDecides the role".to_owned()
        )
    );
    // It carries no more than its mapping gives now.
    let mapping = mapping(&adam, OPERATORS).await;
    let form = [
        ("id", mapping.as_str()),
        ("version", "1"),
        ("role", "viewer"),
        ("priority", "50"),
    ];
    assert_eq!(post_json(&adam, routes::MAPPING_UPDATE, &form).await.status, 200);
    let (heading, _) = explained("theo@contoso.com").await;
    assert!(heading.ends_with("the role would be Viewer"), "{heading}");
    app.signed_in("theo@contoso.com").await;
    assert_eq!(
        explained("theo@contoso.com").await,
        (
            "If Theo Lund signed in now: Viewer".to_owned(),
            "InvitationDecides the role".to_owned()
        )
    );
    app.stop().await;
}

#[tokio::test]
async fn a_group_that_no_sign_in_brings_decides_nothing() {
    let app = App::start().await;
    let team = app.northwind().await;
    // `Company News`, a distribution list, mapped where nobody could look.
    app.map(team, "edfb6e83-b531-4ad8-9879-147d0ad83440", "admin", 99)
        .await;
    let adam = app.signed_in("adam@contoso.com").await;
    Page::open(&adam, routes::MAPPINGS).await;
    let (_, page) = Page::after(&adam, routes::MAPPING_EXPLAIN, &[("who", "vic@contoso.com")]).await;
    let heading = page.word("#explained");
    assert!(heading.ends_with("the role would be Viewer"), "{heading}");
    app.signed_in("vic@contoso.com").await;
    let (_, page) = Page::after(&adam, routes::MAPPING_EXPLAIN, &[("who", "vic@contoso.com")]).await;
    assert_eq!(page.word("#explained"), "If Vic Tran signed in now: Viewer");
    app.stop().await;
}

#[tokio::test]
async fn who_cannot_be_found_is_said_at_the_field() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    for (typed, said) in [
        ("", "Enter an email address or an Object ID"),
        (
            "theo",
            "Enter a whole email address, such as name@contoso.com, or an Object ID",
        ),
        (
            "nobody@contoso.com",
            "Nobody in your tenant has this email address or Object ID",
        ),
    ] {
        let (_, page) = Page::after(&adam, routes::MAPPING_EXPLAIN, &[("who", typed)]).await;
        assert_eq!(page.word("[role=alert] a[href='#who']"), said);
        assert_eq!(page.word("#who-error"), said);
        assert_eq!(page.value("#who", "value"), typed);
        let refused = post_json(&adam, routes::MAPPING_EXPLAIN, &[("who", typed)]).await;
        assert_eq!(refused.status, 422, "{typed:?}");
    }
    let vic = app.signed_in("vic@contoso.com").await;
    let refused = post_json(&vic, routes::MAPPING_EXPLAIN, &[("who", "theo@contoso.com")]).await;
    assert_eq!(refused.status, 403);
    app.stop().await;
}

#[tokio::test]
async fn guests_and_unproven_tenants_are_told_why_not() {
    let app = App::start().await;
    let team = app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let (_, page) = Page::after(&adam, routes::MAPPING_EXPLAIN, &[("who", "sam@litware.example")]).await;
    assert_eq!(
        page.word("#explained"),
        "Sam Hill has no access: guests can't sign in to this team."
    );
    app.register(team, CONTOSO, |draft| draft.proven = false).await;
    app.execute("update tenant_registration set verified_by = null, verified_at = null")
        .await;
    let (_, page) = Page::after(&adam, routes::MAPPING_EXPLAIN, &[("who", "theo@contoso.com")]).await;
    assert_eq!(
        page.word("#explained"),
        "Checking waits until ownership is verified.Verify ownership"
    );
    let refused = post_json(&adam, routes::MAPPING_EXPLAIN, &[("who", "theo@contoso.com")]).await;
    assert_eq!(
        (refused.status, refused.json()),
        (409, json!({"Conflict": "unproven"}))
    );
    app.stop().await;
}
