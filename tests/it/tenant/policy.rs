//! What the platform administrator chose, on the page and behind it: what waits for the proof of ownership, which ways in
//! there are, and a server without Microsoft.

use serde_json::Value;
use sonicsaas::routes;

use super::{
    owner_of_new_team, page_at, post_json,
    proof::{confirm, prove},
    submit,
};
use crate::{
    app::{App, CONTOSO, FABRIKAM, Setup},
    browser::Browser,
};

const DANA: &str = "dana@contoso.com";

async fn app_with(name: &'static str, value: &str) -> App {
    App::with(Setup {
        environment: vec![(name, value.to_owned())],
        ..Setup::default()
    })
    .await
}

pub(super) async fn card(browser: &Browser) -> Value {
    let list = browser.call(routes::INTEGRATION_LIST).await;
    assert_eq!(list.status, 200, "{}", list.body);
    list.json()["entra"].clone()
}

async fn save(owner: &Browser) -> Value {
    submit(
        owner,
        routes::TENANT_SAVE,
        &[("tenant_id", CONTOSO), ("enabled", "on")],
    )
    .await
}

async fn test(owner: &Browser) -> Value {
    let page = submit(
        owner,
        routes::TENANT_TEST,
        &[("tenant_id", CONTOSO), ("enabled", "on")],
    )
    .await;
    page["test"]["steps"].clone()
}

#[tokio::test]
async fn required_keeps_people_out_until_ownership_is_proven() {
    let app = app_with("ENTRA_TENANT_VERIFICATION", "required").await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let page = save(&owner).await;
    assert_eq!(
        page["notice"]["words"],
        "Microsoft Entra ID settings saved. Sign-in starts when ownership is verified."
    );
    assert_eq!(page["status"]["sign_in"]["words"], "Off");
    let event = app.refused(&app.browser(), DANA).await;
    assert_eq!(event.reason.as_deref(), Some("tenant_unverified"));
    assert_eq!(test(&owner).await[3]["code"], "waits_for_proof");
    let shown = card(&owner).await;
    assert_eq!(shown["status"]["words"], "On, unverified");
    assert_eq!(
        shown["reason"],
        "Ownership of tenant 3f2a9c1e-…-6f70 isn't verified. Microsoft sign-in waits for it."
    );
    let page = page_at(&owner, routes::ENTRA).await;
    let row = &page["failures"][0];
    assert_eq!(
        (row["code"].as_str(), row["next"].as_str()),
        (Some("tenant_unverified"), Some("Select Verify ownership."))
    );

    let location = prove(&app, &owner, routes::TENANT_VERIFY, DANA).await;
    let page = confirm(&owner, &location).await;
    assert_eq!(page["status"]["sign_in"]["words"], "On");
    app.signed_in(DANA).await;
    app.stop().await;
}

#[tokio::test]
async fn off_waits_for_nothing() {
    let app = app_with("ENTRA_TENANT_VERIFICATION", "off").await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let page = save(&owner).await;
    assert_eq!(
        page["notice"]["words"],
        "Microsoft Entra ID settings saved. People of tenant 3f2a9c1e-…-6f70 can sign in now."
    );
    assert_eq!(
        page["ownership"]["words"][1],
        "This server doesn't wait for it. A proven claim still displaces an unproven one."
    );
    assert_eq!(page["ownership"]["can_verify"], true);
    app.signed_in(DANA).await;
    let steps = test(&owner).await;
    assert_eq!(
        (steps[3]["code"].as_str(), steps[4]["code"].as_str()),
        (Some("works"), Some("works"))
    );
    let shown = card(&owner).await;
    assert_eq!(shown["status"]["words"], "On");
    assert_eq!(shown["action"]["words"], "Manage");

    // A proven claim takes it all the same.
    let (_, second) = owner_of_new_team(&app, "Lakeside IT").await;
    let form = [("tenant_id", CONTOSO), ("enabled", "on")];
    let left = second.post(routes::TENANT_SAVE, &form).await;
    let page = page_at(&second, left.location()).await;
    let form = page["problem"]["verify"].as_str().expect("a way on");
    let start = format!("{}?form={form}", routes::TENANT_VERIFY);
    let location = prove(&app, &second, &start, DANA).await;
    confirm(&second, &location).await;
    assert_eq!(page_at(&owner, routes::ENTRA).await["settings"]["tenant_id"], "");
    assert_eq!(app.last_event("tenant.displaced").await.outcome, "success");
    app.stop().await;
}

#[tokio::test]
async fn with_microsoft_alone_the_page_says_more() {
    let app = app_with("AUTH_MODE", "entra-only").await;
    let team = app.northwind().await;
    app.team("Fabrikam Field Services", FABRIKAM).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let page = page_at(&adam, routes::ENTRA).await;
    assert_eq!(page["conditional_access"], true);
    assert_eq!(page["status"]["mode"], "entra-only");
    let drawn = adam.get(routes::ENTRA).await.body;
    assert!(drawn.contains("multifactor authentication is left to Microsoft Entra Conditional Access"));
    let nobody = "Nobody, including you and other owners, can sign in until the platform administrator makes a \
                  recovery link.";
    let off = submit(
        &adam,
        routes::TENANT_SAVE,
        &[("tenant_id", CONTOSO), ("confirm", "ask")],
    )
    .await;
    let disconnect = page_at(&adam, &routes::entra_disconnect()).await;
    let other = "c51e7d92-0a4f-4e68-8b37-f2a6904d1e35";
    let change = [("tenant_id", other), ("enabled", "on"), ("confirm", "ask")];
    let change = submit(&adam, routes::TENANT_SAVE, &change).await;
    for page in [off, disconnect, change] {
        let words = page["step"]["words"].as_array().expect("words");
        assert!(words.iter().any(|words| words == nobody), "{words:?}");
    }
    assert_eq!(
        adam.call(routes::VIEWER).await.json()["team_id"],
        team.to_string()
    );
    app.stop().await;

    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let page = page_at(&adam, routes::ENTRA).await;
    assert_eq!(
        (
            page["conditional_access"].as_bool(),
            page["status"]["mode"].as_str()
        ),
        (Some(false), Some("hybrid"))
    );
    let drawn = adam.get(routes::ENTRA).await.body;
    assert!(!drawn.contains("multifactor authentication is left"));
    let off = submit(
        &adam,
        routes::TENANT_SAVE,
        &[("tenant_id", CONTOSO), ("confirm", "ask")],
    )
    .await;
    assert!(!off["step"]["words"].to_string().contains(nobody));
    app.stop().await;
}

#[tokio::test]
async fn without_microsoft_the_page_says_why_and_nothing_is_there() {
    let local = "Microsoft sign-in is off on this server: AUTH_MODE is local-only. Only the platform administrator can \
                 change this.";
    let missing = "Microsoft sign-in isn't available: MICROSOFT_ENTRA_ID_CLIENT_ID or \
                   MICROSOFT_ENTRA_ID_CLIENT_SECRET isn't set on this server. The platform administrator sets them and \
                   restarts SonicSaaS.";
    for (name, value, why) in [
        ("AUTH_MODE", "local-only", local),
        ("MICROSOFT_ENTRA_ID_CLIENT_SECRET", "", missing),
        ("MICROSOFT_ENTRA_ID_CLIENT_ID", "", missing),
    ] {
        let app = app_with(name, value).await;
        let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
        for registered in [false, true] {
            if registered {
                app.register(team, CONTOSO, |_| {}).await;
            }
            let page = page_at(&owner, routes::ENTRA).await;
            assert_eq!(page["unavailable"], why);
            assert_eq!(page["status"]["sign_in"]["words"], "Off");
            assert!(page["consent"]["address"].is_null() && page["step"].is_null());
            let drawn = owner.get(routes::ENTRA).await;
            assert_eq!(drawn.status, 200);
            assert!(drawn.body.contains("restarts SonicSaaS") || drawn.body.contains("local-only"));
            assert!(!drawn.body.contains("name=\"tenant_id\""), "no form");
            let shown = card(&owner).await;
            assert_eq!(shown["status"]["words"], "Not available on this server");
            assert_eq!(shown["action"]["words"], "See why");
            for path in [routes::TENANT_SAVE, routes::TENANT_TEST] {
                let answered = post_json(&owner, path, &[("tenant_id", CONTOSO), ("enabled", "on")]).await;
                assert_eq!(answered.status, 404, "{path}: {}", answered.body);
            }
            for path in [routes::TENANT_CONSENT, routes::TENANT_VERIFY] {
                assert_eq!(owner.get(path).await.status, 404, "{path}");
            }
            let form = owner.post(routes::TENANT_SAVE, &[("tenant_id", CONTOSO)]).await;
            assert_eq!(form.status, 303, "a form is led back to the page");
        }
        app.stop().await;
    }
}
