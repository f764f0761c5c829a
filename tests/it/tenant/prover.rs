//! Who proves what: a member, a directory administrator, a guest, and which proof gives way to which.

use entra_emulator::TokenMutation;
use serde_json::{Value, json};
use sonicsaas::routes;

use super::{
    owner_of_new_team, page_at, post_json,
    proof::{confirm, prove, save},
    submit,
};
use crate::{
    app::{App, CONTOSO, FABRIKAM},
    browser::Browser,
};

const ADAM: &str = "adam@contoso.com";
const DANA: &str = "dana@contoso.com";
const GLOBAL_ADMINISTRATOR: &str = "62e90394-69f5-4237-9190-012177145e10";
const ROLE_ADMINISTRATOR: &str = "e8611ab8-c189-46e8-94e1-60213ab1f814";
const APPLICATION_ADMINISTRATOR: &str = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
/// Every member carries it.
const EVERYBODY: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";

fn next_token(app: &App, claims: &Value) {
    app.emulator.control().clear_mutations();
    app.emulator.control().mutate(TokenMutation {
        claims: claims.as_object().expect("claims").clone(),
        ..TokenMutation::default()
    });
}

/// Proves with a token that holds these claims: what the step says.
async fn proof_with(app: &App, browser: &Browser, claims: &Value) -> (String, String) {
    next_token(app, claims);
    let location = prove(app, browser, routes::TENANT_VERIFY, ADAM).await;
    let page = page_at(browser, &location).await;
    let said = page["step"]["words"][0].as_str().unwrap_or_default();
    (location, said.to_owned())
}

/// The form under which a team that was refused goes on to the proof.
async fn way_on(browser: &Browser) -> String {
    let form = [("tenant_id", CONTOSO), ("enabled", "on"), ("version", "0")];
    let left = browser.post(routes::TENANT_SAVE, &form).await;
    // Where the page offers nothing, somebody may still know the address.
    let (_, form) = left
        .location()
        .split_once("form=")
        .expect("what was typed is kept");
    format!("{}?form={form}", routes::TENANT_VERIFY)
}

/// What a save of the tenant is refused with, and whether the page offers to verify ownership.
async fn refusal(browser: &Browser) -> (String, bool) {
    let form = [("tenant_id", CONTOSO), ("enabled", "on"), ("version", "0")];
    let page = submit(browser, routes::TENANT_SAVE, &form).await;
    let words = page["problem"]["words"].as_str().expect("a reason").to_owned();
    (words, page["problem"]["verify"].is_string())
}

/// Contract decision 8: a tenant that is merely registered is refused with the offer, one that is proven without it, unless
/// a directory administrator's proof could outrank the one that there is.
#[tokio::test]
async fn a_refusal_offers_what_can_help_and_nothing_else() {
    let app = App::start().await;
    let (_, first) = owner_of_new_team(&app, "Northwind MSP").await;
    let (_, other) = owner_of_new_team(&app, "Lakeside IT").await;
    save(&first).await;
    let (words, offered) = refusal(&other).await;
    assert!(
        words.starts_with("This tenant is registered to another SonicSaaS team.") && offered,
        "{words}"
    );

    let (location, _) = proof_with(&app, &first, &json!({ "wids": [EVERYBODY] })).await;
    confirm(&first, &location).await;
    let (words, offered) = refusal(&other).await;
    assert!(
        words.starts_with(
            "Another team has already proven ownership of this tenant, by an account that is a plain member"
        ) && words.contains("a directory administrator of the tenant outranks that")
            && offered,
        "{words}"
    );
    assert!(!words.contains("gives way"), "{words}");

    let proven =
        "Another team has already proven ownership of this tenant. Contact the platform administrator.";
    for prover in ["directory_administrator", "platform_administrator"] {
        app.execute(match prover {
            "directory_administrator" => {
                "update tenant_registration set verified_by = 'directory_administrator'"
            }
            _ => "update tenant_registration set verified_by = 'platform_administrator'",
        })
        .await;
        assert_eq!(refusal(&other).await, (proven.to_owned(), false), "{prover}");
    }
    app.stop().await;
}

/// TNT-007 and TNT-009
#[tokio::test]
async fn only_a_role_in_the_list_of_roles_makes_a_directory_administrator() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&owner).await;
    let upper = GLOBAL_ADMINISTRATOR.to_uppercase();
    let both = format!("{GLOBAL_ADMINISTRATOR},{ROLE_ADMINISTRATOR}");
    for (claims, administrator) in [
        (json!({ "wids": null }), false),
        (json!({ "wids": [] }), false),
        (json!({ "wids": [EVERYBODY] }), false),
        (json!({ "wids": [APPLICATION_ADMINISTRATOR] }), false),
        (json!({ "roles": ["Global Administrator"] }), false),
        (json!({ "groups": [GLOBAL_ADMINISTRATOR] }), false),
        (json!({ "wids": GLOBAL_ADMINISTRATOR }), false),
        (json!({ "wids": both }), false),
        (json!({ "wids": [both] }), false),
        (json!({ "wids": [[GLOBAL_ADMINISTRATOR]] }), false),
        (json!({ "wids": { "0": GLOBAL_ADMINISTRATOR } }), false),
        (
            json!({ "_claim_names": { "wids": "src1" }, "_claim_sources": { "src1": { "wids": [GLOBAL_ADMINISTRATOR] } } }),
            false,
        ),
        (json!({ "wids": [EVERYBODY, GLOBAL_ADMINISTRATOR] }), true),
        (json!({ "wids": [ROLE_ADMINISTRATOR] }), true),
        (json!({ "wids": [upper] }), true),
    ] {
        let (_, said) = proof_with(&app, &owner, &claims).await;
        let kind = if administrator {
            "a directory administrator there."
        } else {
            "a member there."
        };
        let whole = format!("as {ADAM}, {kind}");
        assert!(said.contains(&whole), "{claims}: {said}");
    }
    app.stop().await;
}

/// TNT-008: neither a role there nor one at home helps a guest.
#[tokio::test]
async fn a_guest_with_a_role_is_still_a_guest() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&owner).await;
    for (person, claims) in [
        ("sam@litware.example", json!({ "wids": [EVERYBODY] })),
        ("sam@litware.example", json!({ "wids": [GLOBAL_ADMINISTRATOR] })),
        (ADAM, json!({ "acct": 1, "wids": [GLOBAL_ADMINISTRATOR] })),
    ] {
        next_token(&app, &claims);
        let location = prove(&app, &owner, routes::TENANT_VERIFY, person).await;
        let page = page_at(&owner, &location).await;
        let said = page["notice"]["words"].as_str().expect("said");
        assert!(
            said.starts_with("You are a guest in tenant 3f2a9c1e-…-6f70"),
            "{said}"
        );
        assert!(page["step"].is_null());
        assert_eq!(page["status"]["ownership"]["words"], "Unverified");
        let event = app.last_event("tenant.verified").await;
        assert_eq!(
            (
                event.outcome.as_str(),
                event.reason.as_deref(),
                event.detail("check")
            ),
            ("refused", Some("guest_refused"), "guest_not_allowed")
        );
    }
    app.stop().await;
}

/// TNT-010, and a proof by an account of another tenant.
#[tokio::test]
async fn a_token_of_another_tenant_proves_nothing() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&owner).await;
    for (tenant, name, reason, check) in [
        (
            "9188040d-6c67-4c5b-b112-36a304b66dad",
            "tenant 9188040d-…-6dad",
            "personal_account",
            "msa_not_allowed",
        ),
        (
            FABRIKAM,
            "tenant 8d2f6b0c-…-4c58",
            "token_invalid",
            "iss_tid_mismatch",
        ),
    ] {
        let issuer = format!("{}/{tenant}/v2.0", app.emulator.authority());
        let claims = json!({ "tid": tenant, "iss": issuer, "wids": [GLOBAL_ADMINISTRATOR] });
        next_token(&app, &claims);
        let location = prove(&app, &owner, routes::TENANT_VERIFY, ADAM).await;
        let page = page_at(&owner, &location).await;
        let said = page["notice"]["words"].as_str().expect("said");
        let whole = format!(
            "You signed in to {name}, but this Tenant ID is tenant 3f2a9c1e-…-6f70's. Nothing was changed."
        );
        assert_eq!(said, whole);
        let event = app.last_event("tenant.verified").await;
        assert_eq!(
            (event.reason.as_deref(), event.detail("check")),
            (Some(reason), check),
            "{tenant}"
        );
        assert_eq!(event.outcome, "refused");
        assert_eq!(page["status"]["ownership"]["words"], "Unverified");
    }
    app.stop().await;
}

/// TNT-006: the application's token comes for any team, so it proves nothing and opens nothing.
#[tokio::test]
async fn a_working_token_is_no_proof() {
    let app = App::start().await;
    app.team("Fabrikam Field Services", FABRIKAM).await;
    let (_, owner) = owner_of_new_team(&app, "Lakeside IT").await;
    save(&owner).await;
    app.emulator.control().clear_log();
    let page = submit(
        &owner,
        routes::TENANT_TEST,
        &[("tenant_id", CONTOSO), ("enabled", "on")],
    )
    .await;
    assert_eq!(page["test"]["steps"][2]["code"], "token_received");
    assert_eq!(page["test"]["steps"][3]["code"], "waits_for_proof");
    assert_eq!(page["status"]["ownership"]["words"], "Unverified");
    assert!(
        app.emulator.control().log_of("graph").is_empty(),
        "nothing of the directory was read"
    );
    // Another tenant than the saved one, typed into the same field, opens no more.
    let (team, other) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, "c51e7d92-0a4f-4e68-8b37-f2a6904d1e35", |_| {})
        .await;
    let answered = post_json(&other, routes::TENANT_TEST, &[("tenant_id", FABRIKAM)]).await;
    assert_eq!(answered.json()["steps"][1]["code"], "tenant_taken");
    assert!(app.emulator.control().log_of("graph").is_empty());
    app.stop().await;
}

/// TNT-013: an equal proof leaves everything as it is; a directory administrator's outranks a member's.
#[tokio::test]
async fn a_proof_gives_way_to_a_stronger_one_alone() {
    let app = App::start().await;
    let (_, first) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&first).await;
    let (location, _) = proof_with(&app, &first, &json!({ "wids": [EVERYBODY] })).await;
    confirm(&first, &location).await;
    let (_, second) = owner_of_new_team(&app, "Lakeside IT").await;

    let refused = async |browser: &Browser, person: &str, claims: &Value| {
        let start = way_on(browser).await;
        next_token(&app, claims);
        let location = prove(&app, browser, &start, person).await;
        let step = page_at(browser, &location).await["step"].clone();
        let id = step["fields"][0][1].as_str().expect("an id").to_owned();
        let page = submit(browser, routes::TENANT_CONFIRM, &[("proof", &id)]).await;
        assert_eq!(
            page["notice"]["words"],
            "Another team has already proven ownership of this tenant. Contact the platform administrator."
        );
        assert!(
            !page.to_string().contains("Northwind"),
            "whose it is stays unsaid"
        );
        let event = app.last_event("tenant.verified").await;
        assert_eq!(
            (event.outcome.as_str(), event.reason.as_deref()),
            ("refused", Some("proven_by_another_team"))
        );
        assert_eq!(page["settings"]["tenant_id"], CONTOSO, "what was typed stays");
        let saved = page_at(browser, routes::ENTRA).await;
        assert_eq!(saved["settings"]["tenant_id"], "", "nothing is registered");
    };
    refused(&second, DANA, &json!({ "wids": [EVERYBODY] })).await;
    assert_eq!(
        page_at(&first, routes::ENTRA).await["status"]["ownership"]["words"],
        "Verified"
    );

    let start = way_on(&second).await;
    next_token(&app, &json!({ "wids": [GLOBAL_ADMINISTRATOR] }));
    let location = prove(&app, &second, &start, ADAM).await;
    let page = confirm(&second, &location).await;
    assert_eq!(page["status"]["ownership"]["words"], "Verified");
    let said = page["ownership"]["words"][0].as_str().expect("said");
    assert_eq!(
        said,
        "Verified by Olivia Owner, directory administrator, on 4 Mar 2026."
    );
    assert_eq!(
        app.last_event("tenant.displaced").await.detail("by"),
        "directory_administrator"
    );
    let lost = page_at(&first, routes::ENTRA).await;
    assert!(
        lost["attention"][0]["words"]
            .as_str()
            .expect("said")
            .starts_with("Another team proved")
    );

    // Neither an equal proof nor a weaker one takes it back.
    let (_, third) = owner_of_new_team(&app, "Third Team").await;
    for claims in [
        json!({ "wids": [GLOBAL_ADMINISTRATOR] }),
        json!({ "wids": [EVERYBODY] }),
    ] {
        refused(&third, ADAM, &claims).await;
    }
    let (_, fourth) = owner_of_new_team(&app, "Fourth Team").await;
    app.register(app.team("By The Operator", FABRIKAM).await, CONTOSO, |_| {})
        .await;
    refused(&fourth, ADAM, &json!({ "wids": [GLOBAL_ADMINISTRATOR] })).await;
    app.stop().await;
}

/// TNT-017: an administrator of another team cannot confirm, and takes nothing away by trying. P234: what does not
/// succeed as a whole leaves what was there before.
#[tokio::test]
async fn another_teams_administrator_cannot_use_a_proof() {
    let app = App::start().await;
    let (_, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    save(&owner).await;
    let location = prove(&app, &owner, routes::TENANT_VERIFY, DANA).await;
    let id = location.rsplit('=').next().expect("an id").to_owned();
    let (other, stranger) = owner_of_new_team(&app, "Fabrikam Field Services").await;
    app.register(other, FABRIKAM, |_| {}).await;
    let farah = app.signed_in("farah@fabrikam.com").await;
    let answered = post_json(&stranger, routes::TENANT_CONFIRM, &[("proof", &id)]).await;
    assert_eq!(answered.status, 404);
    assert_eq!(
        page_at(&stranger, &location).await["step"]["heading"],
        "This step has expired"
    );
    let page = confirm(&owner, &location).await;
    assert_eq!(page["status"]["ownership"]["words"], "Verified");

    let form = [("tenant_id", CONTOSO), ("enabled", "on")];
    let left = stranger.post(routes::TENANT_SAVE, &form).await;
    let page = page_at(&stranger, left.location()).await;
    let form = page["problem"]["verify"].as_str().expect("a way on");
    let start = format!("{}?form={form}", routes::TENANT_VERIFY);
    let location = prove(&app, &stranger, &start, DANA).await;
    let id = location.rsplit('=').next().expect("an id").to_owned();
    let answered = post_json(&stranger, routes::TENANT_CONFIRM, &[("proof", &id)]).await;
    assert_eq!(answered.status, 409, "{}", answered.body);
    let page = page_at(&stranger, routes::ENTRA).await;
    assert_eq!(page["settings"]["tenant_id"], FABRIKAM);
    assert_eq!(page["status"]["ownership"]["words"], "Verified");
    assert_eq!(
        farah.call(routes::VIEWER).await.status,
        200,
        "its people stay signed in"
    );
    app.stop().await;
}
