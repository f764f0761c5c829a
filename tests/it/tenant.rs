//! A team connects its tenant: save, approve, prove, test, and colleagues sign in.

use http::Method;
use sonicsaas::{domain::id::TeamId, routes};

use crate::{
    app::{App, CLIENT_ID, CONTOSO, FABRIKAM},
    browser::{Browser, Reply},
};

mod again;
mod conflicts;
mod failed_sign_ins;
mod failures;
mod forms;
mod leaving;
mod notices;
mod policy;
mod proof;
mod prover;
mod purpose;
mod sayings;

/// A browser in which the owner of a team without a tenant is signed in, by the operator's link.
pub(crate) async fn owner_of_new_team(app: &App, name: &str) -> (TeamId, Browser) {
    use sonicsaas::{
        service::{recovery, team},
        storage::HostOperator,
    };

    let operator = HostOperator::on_this_machine();
    let draft = team::TeamDraft {
        name: name.to_owned(),
        owner_email: format!("{}@example.com", name.to_lowercase().replace(' ', "-")),
        owner_name: "Olivia Owner".to_owned(),
        password: None,
    };
    let team::Made { team, owner, .. } = team::create(&app.services, &operator, draft)
        .await
        .expect("a team");
    let link = recovery::create(&app.services, &operator, &recovery::Person::User(owner))
        .await
        .expect("a link");
    let browser = app.browser();
    let path = routes::recover(&link.token);
    let entered = browser.post(&path, &[]).await;
    assert_eq!((entered.status, entered.location()), (303, routes::DASHBOARD));
    (team, browser)
}

/// Posts as another tool does, which wants JSON.
pub(crate) async fn post_json(browser: &Browser, path: &str, form: &[(&str, &str)]) -> Reply {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let headers = [
        ("accept", "application/json"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
    ];
    browser.send(Method::POST, path, &headers, Some(body)).await
}

/// Posts a form of the page and opens what follows: the page as data.
pub(crate) async fn submit(browser: &Browser, path: &str, form: &[(&str, &str)]) -> serde_json::Value {
    let left = browser.post(path, form).await;
    assert_eq!(left.status, 303, "{}", left.body);
    page_at(browser, left.location()).await
}

/// The data of the page at an address.
pub(crate) async fn page_at(browser: &Browser, location: &str) -> serde_json::Value {
    let query = location.strip_prefix(routes::ENTRA).expect("the page");
    let page = browser.call(&format!("{}{query}", routes::TENANT_PAGE)).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.json()
}

#[tokio::test]
async fn a_team_connects_its_tenant_and_colleagues_sign_in_at_once() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let page = page_at(&owner, routes::ENTRA).await;
    assert_eq!(page["settings"]["enabled"], true);
    assert_eq!(page["settings"]["allow_guests"], false);
    assert_eq!(page["ownership"]["words"][0], "Cannot start yet");
    assert_eq!(page["consent"]["wait"], "Save your Tenant ID first.");

    let typed = " {3F2A9C1E-7B64-4D0F-9A55-1C2E8D4B6F70} ";
    let form = [
        ("tenant_id", typed),
        ("enabled", "on"),
        ("version", "0"),
        ("confirm", "ask"),
    ];
    let page = submit(&owner, routes::TENANT_SAVE, &form).await;
    assert_eq!(page["settings"]["tenant_id"], CONTOSO);
    let said = page["notice"]["words"].as_str().expect("said");
    assert!(
        said.starts_with("Microsoft Entra ID settings saved. People of"),
        "{said}"
    );
    assert!(said.contains("wait until ownership is verified"), "{said}");
    assert_eq!(page["status"]["consent"]["words"], "Approved");

    let dana = app.signed_in("dana@contoso.com").await;
    assert_eq!(dana.call(routes::VIEWER).await.json()["role"], "member");

    let page = submit(
        &owner,
        routes::TENANT_TEST,
        &[("tenant_id", CONTOSO), ("enabled", "on")],
    )
    .await;
    let steps = page["test"]["steps"].as_array().expect("steps");
    let ends: Vec<_> = steps
        .iter()
        .map(|step| step["outcome"].as_str().expect("a word"))
        .collect();
    assert_eq!(
        ends,
        ["passed", "passed", "passed", "warning", "warning", "warning"]
    );
    assert_eq!(
        steps[3]["hint"],
        "Approved. Reading waits until ownership is verified."
    );
    assert!(steps[5]["code"] == "delegated_missing", "{}", steps[5]);
    app.stop().await;
}

#[tokio::test]
async fn what_is_typed_wrong_is_kept_and_explained() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    for (typed, said) in [
        ("", "Enter your Tenant ID"),
        (
            "abc",
            "Tenant ID must be 32 letters and numbers with hyphens, or a domain name",
        ),
        (
            "common",
            "Enter the ID of one tenant. \"common\" means every tenant.",
        ),
        (
            CLIENT_ID,
            "That's SonicSaaS's application (client) ID. Copy Tenant ID instead.",
        ),
        (
            "9188040d-6c67-4c5b-b112-36a304b66dad",
            "That is Microsoft's tenant for personal accounts. Enter your organization's Tenant ID.",
        ),
        (
            "contsoo.com",
            "Microsoft has no tenant \"contsoo.com\". Check the spelling, or paste the Tenant ID.",
        ),
    ] {
        let form = [("tenant_id", typed), ("allow_guests", "on"), ("version", "0")];
        let left = owner.post(routes::TENANT_SAVE, &form).await;
        assert!(
            typed.is_empty() || !left.location().contains(typed),
            "{}",
            left.location()
        );
        let page = page_at(&owner, left.location()).await;
        assert_eq!(page["problem"]["words"], said);
        assert_eq!(page["problem"]["at_tenant_id"], true);
        assert_eq!(page["settings"]["tenant_id"], typed);
        assert_eq!(page["settings"]["allow_guests"], true);
        assert_eq!(page["settings"]["enabled"], false);
        let answered = post_json(&owner, routes::TENANT_SAVE, &form).await;
        assert_eq!(answered.status, 422, "{}", answered.body);
    }
    assert_eq!(
        app.count("select cast(count(*) as text) from tenant_registration")
            .await,
        0
    );
    app.stop().await;
}

#[tokio::test]
async fn a_domain_is_looked_up_at_microsoft() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let saved = post_json(
        &owner,
        routes::TENANT_SAVE,
        &[("tenant_id", "Contoso.com"), ("enabled", "true")],
    )
    .await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    assert_eq!(saved.json()["tenant_id"], CONTOSO);
    assert_eq!(saved.json()["verification"], "unverified");
    let page = page_at(&owner, routes::ENTRA).await;
    assert_eq!(
        page["settings"]["found"],
        "Tenant found: contoso.com (3f2a9c1e-…-6f70)"
    );
    app.stop().await;
}

#[tokio::test]
async fn another_teams_tenant_is_refused_with_a_way_on() {
    let app = App::start().await;
    app.northwind().await;
    app.execute("update tenant_registration set verified_by = null, verified_at = null")
        .await;
    let (_, owner) = owner_of_new_team(&app, "Lakeside IT").await;
    app.emulator.control().clear_log();
    let form = [("tenant_id", CONTOSO), ("enabled", "on"), ("version", "0")];
    let left = owner.post(routes::TENANT_SAVE, &form).await;
    let page = page_at(&owner, left.location()).await;
    let said = page["problem"]["words"].as_str().expect("said");
    assert!(
        said.starts_with("This tenant is registered to another SonicSaaS team."),
        "{said}"
    );
    assert!(page["problem"]["verify"].is_string());
    assert!(
        !page.to_string().contains("Northwind"),
        "whose it is stays unsaid"
    );
    let answered = post_json(&owner, routes::TENANT_SAVE, &form).await;
    assert_eq!(answered.status, 409);
    // Nothing is asked in the name of a tenant that another team has.
    assert!(app.emulator.control().log_of("token").is_empty());
    app.stop().await;
}

#[tokio::test]
async fn of_two_administrators_one_wins_and_one_reads_who() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let page = page_at(&adam, routes::ENTRA).await;
    let version = page["settings"]["version"]
        .as_i64()
        .expect("a version")
        .to_string();
    let first = [
        ("tenant_id", CONTOSO),
        ("enabled", "on"),
        ("allow_guests", "on"),
        ("version", version.as_str()),
    ];
    let second = [
        ("tenant_id", CONTOSO),
        ("enabled", "on"),
        ("version", version.as_str()),
    ];
    let (one, other) = tokio::join!(
        post_json(&adam, routes::TENANT_SAVE, &first),
        post_json(&adam, routes::TENANT_SAVE, &second)
    );
    let mut ends = [one.status, other.status];
    ends.sort_unstable();
    assert_eq!(ends, [200, 409]);
    let page = submit(&adam, routes::TENANT_SAVE, &second).await;
    let said = page["problem"]["words"].as_str().expect("said");
    assert!(said.starts_with("Adam Cole changed this at 14:0"), "{said}");
    assert_eq!(page["problem"]["theirs"][0][1], CONTOSO);
    app.stop().await;
}

#[tokio::test]
async fn turning_it_off_asks_first_and_ends_sessions() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let dana = app.signed_in("dana@contoso.com").await;
    let form = [("tenant_id", CONTOSO), ("confirm", "ask")];
    let page = submit(&adam, routes::TENANT_SAVE, &form).await;
    let step = &page["step"];
    assert_eq!(step["heading"], "Turn off Microsoft sign-in?");
    assert_eq!(
        step["words"][0],
        "2 people sign in with Microsoft; their sessions end now. 2 of them have no password and can't sign in until \
         it is on again."
    );
    assert_eq!(step["people"][0], "Adam Cole");
    assert_eq!(
        dana.call(routes::VIEWER).await.status,
        200,
        "nothing has happened yet"
    );
    let fields: Vec<(String, String)> =
        serde_json::from_value(step["fields"].clone()).expect("name and value");
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let left = adam.post(step["action"].as_str().expect("a path"), &fields).await;
    assert_eq!(left.status, 303);
    assert_eq!(dana.call(routes::VIEWER).await.status, 401);
    assert_eq!(adam.call(routes::VIEWER).await.status, 401);
    let event = app.refused(&app.browser(), "dana@contoso.com").await;
    assert_eq!(event.reason.as_deref(), Some("tenant_disabled"));
    assert_eq!(app.last_event("tenant.saved").await.details["sessions_ended"], 2);
    app.stop().await;
}

#[tokio::test]
async fn disconnecting_ends_sessions_and_keeps_mappings() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let page = page_at(&adam, &routes::entra_disconnect()).await;
    assert_eq!(page["step"]["heading"], "Disconnect Microsoft Entra ID?");
    let left = adam.post(routes::TENANT_DISCONNECT, &[]).await;
    assert_eq!(left.status, 303);
    assert_eq!(adam.call(routes::VIEWER).await.status, 401);
    let event = app.refused(&app.browser(), "dana@contoso.com").await;
    assert_eq!(event.reason.as_deref(), Some("tenant_not_registered"));
    assert_eq!(
        app.count("select cast(count(*) as text) from group_mapping")
            .await,
        5
    );
    app.stop().await;
}

#[tokio::test]
async fn a_save_on_one_server_acts_on_the_other() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    let second = app.second().await;
    let there = app.browser().through(&second.url);
    assert_eq!(
        app.refused(&there, "dana@contoso.com").await.reason.as_deref(),
        Some("tenant_not_registered")
    );
    let saved = post_json(
        &owner,
        routes::TENANT_SAVE,
        &[("tenant_id", CONTOSO), ("enabled", "on")],
    )
    .await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    let entered = app
        .sign_in(&app.browser().through(&second.url), "dana@contoso.com")
        .await;
    assert_eq!((entered.status, entered.location()), (303, routes::DASHBOARD));
    second.stop().await;
    app.stop().await;
}

#[tokio::test]
async fn other_roles_read_and_change_nothing() {
    let app = App::start().await;
    app.northwind().await;
    app.team("Fabrikam Field Services", FABRIKAM).await;
    for person in [
        "dana@contoso.com",
        "ines@contoso.com",
        "vic@contoso.com",
        "mia@contoso.com",
    ] {
        let browser = app.signed_in(person).await;
        let page = page_at(&browser, routes::ENTRA).await;
        let who = page["who_may"].as_str().expect("said");
        assert!(
            who.starts_with("Only owners and admins can change this."),
            "{who}"
        );
        assert!(page["consent"]["address"].is_null());
        assert_eq!(page["failures"].is_array(), person.starts_with("ines"));
        for path in [
            routes::TENANT_SAVE,
            routes::TENANT_TEST,
            routes::TENANT_DISCONNECT,
            routes::TENANT_CONFIRM,
        ] {
            assert_eq!(
                post_json(&browser, path, &[("tenant_id", CONTOSO)]).await.status,
                403,
                "{path}"
            );
            assert_eq!(browser.post(path, &[]).await.status, 303, "{path}");
        }
        for path in [routes::TENANT_CONSENT, routes::TENANT_VERIFY] {
            let refused = browser.get(path).await;
            assert_eq!(refused.status, 403, "{path}");
            assert!(refused.body.contains("You can't open this page"));
        }
    }
    let events = app.events().await;
    assert!(events.iter().all(|event| !event.action.starts_with("tenant.")
        || event.action == "tenant.saved" && event.detail("correlation_id").is_empty()
        || event.action == "tenant.verified" && event.detail("correlation_id").is_empty()));
    app.stop().await;
}
