//! What the page says after something was done is true: of the consent, of what is on, of what can be done where one is.

use std::time::Duration;

use entra_emulator::{Control, Fault};
use sonicsaas::routes;

use super::{
    owner_of_new_team, page_at, post_json,
    proof::{confirm, prove, save, state_of},
    submit,
};
use crate::app::{App, CONTOSO};

fn granted(control: &Control, permissions: &[&str]) {
    let changed = control.with_tenant(CONTOSO, |tenant| {
        tenant.installation.application = permissions.iter().map(|&name| name.to_owned()).collect();
    });
    changed.expect("known");
}

const ALL: [&str; 3] = ["Group.Read.All", "GroupMember.Read.All", "User.Read.All"];

#[tokio::test]
async fn the_consent_follows_the_token_also_while_graph_is_away() {
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |_| {}).await;
    let control = app.emulator.control();
    for (permissions, shown) in [(&ALL[..], "Approved"), (&ALL[..1], "Partly approved")] {
        app.execute("update tenant_registration set consent = 'missing', consent_at = 1")
            .await;
        let card = owner.call(routes::INTEGRATION_LIST).await.json();
        assert_eq!(card["entra"]["status"]["words"], "Waiting for approval");
        granted(&control, permissions);
        control.fault(Fault::status("graph", 503));
        let form = [("tenant_id", CONTOSO), ("enabled", "on")];
        let page = submit(&owner, routes::TENANT_TEST, &form).await;
        assert_eq!(page["test"]["steps"][2]["hint"], "Token received");
        assert_eq!(page["status"]["consent"]["words"], shown, "{page}");
        let card = owner.call(routes::INTEGRATION_LIST).await.json();
        assert_ne!(card["entra"]["status"]["words"], "Waiting for approval");
        control.clear_faults();
    }
    app.stop().await;
}

#[tokio::test]
async fn before_the_first_save_a_hint_says_what_can_be_done_there() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    granted(&app.emulator.control(), &[]);
    let form = [("tenant_id", CONTOSO), ("enabled", "on")];
    let hint = |page: &serde_json::Value| {
        page["test"]["steps"][3]["hint"]
            .as_str()
            .expect("a hint")
            .to_owned()
    };
    let said = hint(&submit(&owner, routes::TENANT_TEST, &form).await);
    let address = format!("/{CONTOSO}/adminconsent?client_id={}", crate::app::CLIENT_ID);
    assert!(
        said.contains("Save first, then select Grant admin consent; or send an administrator of the tenant this address: ")
            && said.contains(&address),
        "{said}"
    );
    let answer = post_json(&owner, routes::TENANT_TEST, &form[..1]).await.json();
    assert_eq!(answer["steps"][3]["hint"], said.as_str());
    let found = answer["steps"][1]["hint"].as_str().expect("a hint");
    assert_eq!(found, "Found tenant 3f2a9c1e-…-6f70");
    save(&owner).await;
    let said = hint(&page_at(&owner, routes::ENTRA).await);
    assert!(
        said.contains("Select Grant admin consent.") && !said.contains(&address),
        "{said}"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_proof_calls_on_what_is_on() {
    let app = App::start().await;
    for (permissions, tested, says) in [
        (
            &ALL[..],
            true,
            "Group search, group names, member lists and group invitations are on.",
        ),
        (
            &ALL[..1],
            true,
            "Group search and group names are on. Member lists and group invitations are off",
        ),
        (
            &ALL[1..],
            true,
            "Member lists and group invitations are on. Group search and group names are off",
        ),
        (
            &[][..],
            true,
            "Group search, group names, member lists and group invitations are off",
        ),
        (
            &ALL[..],
            false,
            "Group search, group names, member lists and group invitations don't wait for it any more.",
        ),
    ] {
        let (_, owner) = owner_of_new_team(&app, &format!("Team {}", says.len() + usize::from(tested))).await;
        granted(&app.emulator.control(), permissions);
        save(&owner).await;
        if tested {
            submit(
                &owner,
                routes::TENANT_TEST,
                &[("tenant_id", CONTOSO), ("enabled", "on")],
            )
            .await;
        }
        let location = prove(&app, &owner, routes::TENANT_VERIFY, "dana@contoso.com").await;
        let page = confirm(&owner, &location).await;
        let said = page["notice"]["words"].as_str().expect("said");
        assert!(said.starts_with(&format!("Ownership verified. {says}")), "{said}");
        post_json(&owner, routes::TENANT_DISCONNECT, &[]).await;
    }
    app.stop().await;
}

#[tokio::test]
async fn an_optional_permission_is_no_warning_of_a_save() {
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |_| {}).await;
    app.execute("update tenant_registration set delegated_groups = false, delegated_groups_at = 1")
        .await;
    for (enabled, ends) in [
        ("on", "can sign in now."),
        ("off", "Microsoft sign-in is off, and 0 sessions ended."),
    ] {
        let page = submit(
            &owner,
            routes::TENANT_SAVE,
            &[("tenant_id", CONTOSO), ("enabled", enabled)],
        )
        .await;
        let said = page["notice"]["words"].as_str().expect("said");
        assert!(said.ends_with(ends) && !said.contains("Warning"), "{said}");
        assert_eq!(page["notice"]["tone"], "ok");
    }
    let page = submit(
        &owner,
        routes::TENANT_TEST,
        &[("tenant_id", CONTOSO), ("enabled", "on")],
    )
    .await;
    assert_eq!(
        page["test"]["steps"][5]["code"], "delegated_missing",
        "the test still says it"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_late_return_leads_back_to_the_page_on_which_it_began() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&owner).await;
    let approval = async || {
        let started = owner.get(routes::TENANT_CONSENT).await;
        let state = state_of(started.location());
        format!(
            "{}?admin_consent=True&tenant={CONTOSO}&state={state}",
            routes::CALLBACK
        )
    };
    let leads_back = async |target: &str, says: &str| {
        let before = app.count("select cast(count(*) as text) from kept_form").await;
        let back = owner.get(target).await;
        assert_eq!(back.status, 303);
        assert!(back.location().starts_with(routes::ENTRA), "{}", back.location());
        let page = page_at(&owner, back.location()).await;
        let said = page["notice"]["words"].as_str().expect("said");
        assert!(
            said.starts_with(says) && said.contains("Nothing was changed."),
            "{said}"
        );
        assert_eq!(
            app.count("select cast(count(*) as text) from kept_form").await,
            before + 1
        );
        let recorded = app.events().await.pop().expect("an event");
        assert_eq!(recorded.reason.as_deref(), Some("state_invalid"), "{target}");
        assert_eq!(page["status"]["ownership"]["words"], "Unverified");
    };
    let approved = "This return from Microsoft has expired or was used already.";
    let twice = approval().await;
    owner.get(&twice).await;
    leads_back(&twice, approved).await;
    let late = approval().await;
    app.advance(Duration::from_mins(11));
    leads_back(&late, approved).await;
    let unknown = format!(
        "{}?admin_consent=True&tenant={CONTOSO}&state={}",
        routes::CALLBACK,
        "a".repeat(64)
    );
    leads_back(&unknown, approved).await;

    let proof = app.pick(&owner, "dana@contoso.com", routes::TENANT_VERIFY).await;
    owner.get(&proof).await;
    leads_back(&proof, "This step has expired or was used already.").await;

    // Whoever is not signed in, or signs in, reads of the sign-in.
    let stranger = app.browser();
    assert!(
        stranger
            .get(&unknown)
            .await
            .location()
            .starts_with("/login?error=state_invalid")
    );
    let sign_in = app.pick(&owner, "dana@contoso.com", routes::SIGN_IN).await;
    let other = app.browser();
    assert!(
        other
            .get(&sign_in)
            .await
            .location()
            .starts_with("/login?error=state_invalid")
    );
    app.stop().await;
}
