//! Sign in with Microsoft, from the button to a role or to a refusal.

use entra_emulator::{Fault, TokenMutation};
use sonicsaas::routes;

use crate::app::{App, CONTOSO, FABRIKAM};

#[tokio::test]
async fn the_home_tenant_decides_the_team_and_the_groups_the_role() {
    let app = App::start().await;
    let northwind = app.northwind().await;
    let fabrikam = app.team("Fabrikam Field Services", FABRIKAM).await;
    app.map(fabrikam, "9567dc42-b749-4224-ae47-f908fcba9704", "viewer", 1)
        .await;
    for (person, team, role, source) in [
        ("adam@contoso.com", northwind, "admin", "group:"),
        ("dana@contoso.com", northwind, "operator", "group:"),
        ("mia@contoso.com", northwind, "member", "group:"),
        ("ines@contoso.com", northwind, "auditor", "group:"),
        ("vic@contoso.com", northwind, "viewer", "group:"),
        ("theo@contoso.com", northwind, "operator", "group:"), // in two mapped groups
        ("nils@contoso.com", northwind, "operator", "group:"), // through a nested group
        ("tom@contoso.com", northwind, "member", "default"),   // in 199 groups, none of them mapped
        ("zoe@contoso.com", northwind, "member", "default"),   // in no group at all
        ("renee@contoso.com", northwind, "member", "default"),
        ("omar@fabrikam.com", fabrikam, "viewer", "group:"),
        ("farah@fabrikam.com", fabrikam, "member", "default"),
    ] {
        let browser = app.signed_in(person).await;
        let viewer = browser.call(routes::VIEWER).await.json();
        assert_eq!(viewer["role"], role, "{person}");
        assert_eq!(viewer["team_id"], team.to_string(), "{person}");
        let event = app.last_event("sign_in").await;
        assert_eq!(event.team, Some(team));
        assert_eq!(
            (
                event.outcome.as_str(),
                event.detail("method"),
                event.detail("role")
            ),
            ("success", "sso", role)
        );
        assert!(
            event.detail("source").starts_with(source),
            "{person}: {}",
            event.detail("source")
        );
    }
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

#[tokio::test]
async fn an_unregistered_tenant_is_turned_away() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.browser();
    let event = app.refused(&browser, "lena@litware.example").await;
    assert_eq!(event.team, None, "it belongs to no team's log");
    assert_eq!(event.reason.as_deref(), Some("tenant_not_registered"));
    assert_eq!(event.detail("check"), "tenant_not_connected");
    assert_eq!(
        event.detail("claimed_tenant"),
        "c51e7d92-0a4f-4e68-8b37-f2a6904d1e35"
    );
    let page = browser.get("/login?error=tenant_not_registered").await;
    assert!(
        page.body
            .contains("Your organization hasn't been set up for SSO yet"),
        "{}",
        page.body
    );
    // Nobody makes us fetch keys for a tenant that no team expects.
    let asked: Vec<_> = app
        .emulator
        .control()
        .log()
        .into_iter()
        .map(|entry| entry.path)
        .collect();
    assert!(
        !asked
            .iter()
            .any(|path| path.contains("c51e7d92") && path.contains("keys")),
        "{asked:?}"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_person_in_too_many_groups_gets_the_role_from_graph() {
    let app = App::start().await;
    app.northwind().await;
    let olga = app.signed_in("olga@contoso.com").await;
    assert_eq!(olga.call(routes::VIEWER).await.json()["role"], "operator");
    assert_eq!(app.last_event("sign_in").await.detail("groups_from"), "graph");
    let asked: Vec<_> = app
        .emulator
        .control()
        .log()
        .into_iter()
        .map(|entry| entry.path)
        .collect();
    assert!(
        asked.iter().any(|path| path == "/v1.0/me/getMemberObjects"),
        "{asked:?}"
    );
    app.stop().await;
}

#[tokio::test]
async fn groups_that_cannot_be_read_are_never_no_groups() {
    let app = App::start().await;
    app.northwind().await;
    app.emulator.control().fault(Fault::status("graph", 403));
    let browser = app.browser();
    let event = app.refused(&browser, "olga@contoso.com").await;
    assert_eq!(event.reason.as_deref(), Some("groups_unavailable"));
    assert_eq!(event.detail("name"), "Olga Many");
    assert!(event.team.is_some(), "the team's own log says so");
    // The positive control: somebody whose groups stand in the token needs no Graph.
    app.signed_in("dana@contoso.com").await;
    app.stop().await;
}

#[tokio::test]
async fn the_role_follows_the_groups_at_the_next_sign_in() {
    let app = App::start().await;
    app.northwind().await;
    let control = app.emulator.control();
    let dana = app.signed_in("dana@contoso.com").await;
    control
        .add_member("contoso.com", "SonicSaaS-Admins", "dana@contoso.com")
        .expect("added");
    assert_eq!(
        dana.call(routes::VIEWER).await.json()["role"],
        "operator",
        "not before"
    );
    app.sign_in(&dana, "dana@contoso.com").await;
    assert_eq!(dana.call(routes::VIEWER).await.json()["role"], "admin");
    let changed = app.last_event("member.role_changed").await;
    assert_eq!(
        (changed.detail("from_role"), changed.detail("role")),
        ("operator", "admin")
    );
    control
        .remove_member("contoso.com", "SonicSaaS-Admins", "dana@contoso.com")
        .expect("removed");
    control
        .remove_member("contoso.com", "SonicSaaS-Operators", "dana@contoso.com")
        .expect("removed");
    app.sign_in(&dana, "dana@contoso.com").await;
    let access = dana.call(routes::ACCESS).await.json();
    assert_eq!(
        (access["role"].as_str(), access["source"].as_str()),
        (Some("member"), Some("Default"))
    );
    app.stop().await;
}

#[tokio::test]
async fn labels_are_refreshed_and_identify_nobody() {
    let app = App::start().await;
    let northwind = app.northwind().await;
    let fabrikam = app.team("Fabrikam Field Services", FABRIKAM).await;
    let ours = app
        .signed_in("dana@contoso.com")
        .await
        .call(routes::VIEWER)
        .await
        .json();
    // Another tenant's Dana carries the same address: another person, in another team.
    let theirs = app
        .signed_in("dana.reyes@fabrikam.com")
        .await
        .call(routes::VIEWER)
        .await
        .json();
    assert_eq!(ours["team_id"], northwind.to_string());
    assert_eq!(theirs["team_id"], fabrikam.to_string());
    assert_ne!(ours["user_id"], theirs["user_id"]);

    let control = app.emulator.control();
    control
        .with_user("contoso.com", "dana@contoso.com", |user| {
            user.name = "Dana Reyes-Smith".to_owned();
        })
        .expect("renamed");
    let again = app
        .signed_in("dana@contoso.com")
        .await
        .call(routes::VIEWER)
        .await
        .json();
    assert_eq!(again["user_id"], ours["user_id"]);
    assert_eq!(again["name"], "Dana Reyes-Smith");
    app.stop().await;
}

#[tokio::test]
async fn somebody_without_mail_and_names_of_the_world_sign_in() {
    let app = App::start().await;
    app.northwind().await;
    let noor = app
        .signed_in("noor@contoso.com")
        .await
        .call(routes::VIEWER)
        .await
        .json();
    assert_eq!(
        (noor["name"].as_str(), noor["email"].as_str()),
        (Some("Noor Haddad"), None)
    );
    for (person, name) in [
        ("xiaolong@contoso.com", "李小龍"),
        ("renee@contoso.com", "Renée O'Brien \"Ren\""),
    ] {
        let browser = app.signed_in(person).await;
        assert_eq!(browser.call(routes::VIEWER).await.json()["name"], name);
    }
    app.stop().await;
}

#[tokio::test]
async fn a_team_may_switch_sign_in_off_and_on() {
    let app = App::start().await;
    let team = app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    app.register(team, CONTOSO, |draft| draft.enabled = false).await;
    assert_eq!(dana.call(routes::VIEWER).await.status, 401, "live sessions end");
    let event = app.refused(&app.browser(), "dana@contoso.com").await;
    assert_eq!(event.reason.as_deref(), Some("tenant_disabled"));
    app.register(team, CONTOSO, |_| {}).await;
    app.signed_in("dana@contoso.com").await;
    app.stop().await;
}

#[tokio::test]
async fn guests_come_in_only_where_the_team_allows_them() {
    let app = App::start().await;
    let team = app.northwind().await;
    let guest = "sam_litware.example#EXT#@contoso.onmicrosoft.com";
    let start = format!("{}?tenant={CONTOSO}", routes::SIGN_IN);
    let browser = app.browser();
    let target = app.pick(&browser, guest, &start).await;
    let reply = browser.get(&target).await;
    let event = app.refusal(&browser, &reply).await;
    assert_eq!(
        (event.reason.as_deref(), event.detail("check")),
        (Some("guest_refused"), "guest_not_allowed")
    );

    app.register(team, CONTOSO, |draft| draft.allow_guests = true)
        .await;
    let target = app.pick(&browser, guest, &start).await;
    assert_eq!(browser.get(&target).await.location(), "/dashboard");
    assert_eq!(browser.call(routes::VIEWER).await.json()["role"], "viewer");
    app.stop().await;
}

#[tokio::test]
async fn personal_accounts_are_always_refused() {
    let app = App::start().await;
    app.northwind().await;
    app.emulator.control().mutate(TokenMutation::claim(
        "tid",
        "9188040d-6c67-4c5b-b112-36a304b66dad",
    ));
    let event = app.refused(&app.browser(), "dana@contoso.com").await;
    assert_eq!(
        (event.reason.as_deref(), event.detail("check")),
        (Some("personal_account"), "msa_not_allowed")
    );
    app.stop().await;
}

#[tokio::test]
async fn a_hostile_token_names_its_check() {
    let app = App::start().await;
    app.northwind().await;
    for (claim, value, check) in [
        (
            "iss",
            serde_json::json!("https://evil.example/v2.0"),
            "iss_mismatch",
        ),
        (
            "aud",
            serde_json::json!("22222222-2222-2222-2222-222222222222"),
            "aud_mismatch",
        ),
        ("nonce", serde_json::json!("another"), "nonce_mismatch"),
        ("exp", serde_json::json!(1), "exp"),
        ("ver", serde_json::json!("1.0"), "ver"),
        ("oid", serde_json::json!("not-a-guid"), "oid_invalid"),
        ("sub", serde_json::json!(""), "sub_invalid"),
    ] {
        app.emulator.control().mutate(TokenMutation::claim(claim, value));
        let event = app.refused(&app.browser(), "dana@contoso.com").await;
        assert_eq!(
            (event.reason.as_deref(), event.detail("check")),
            (Some("token_invalid"), check),
            "{claim}"
        );
    }
    app.signed_in("dana@contoso.com").await;
    app.stop().await;
}

#[tokio::test]
async fn the_same_object_with_another_subject_is_refused() {
    let app = App::start().await;
    app.northwind().await;
    app.signed_in("dana@contoso.com").await;
    app.emulator
        .control()
        .mutate(TokenMutation::claim("sub", "somebody-else"));
    let event = app.refused(&app.browser(), "dana@contoso.com").await;
    assert_eq!(event.detail("check"), "sub_changed");
    app.stop().await;
}

#[tokio::test]
async fn first_sign_ins_at_once_make_one_person() {
    let app = App::start().await;
    app.northwind().await;
    let mut targets = Vec::new();
    for _ in 0..6 {
        let browser = app.browser();
        let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
        targets.push((browser, target));
    }
    let replies =
        futures_util::future::join_all(targets.iter().map(|(browser, target)| browser.get(target))).await;
    assert!(replies.iter().all(|reply| reply.location() == "/dashboard"));
    let mut users = Vec::new();
    for (browser, _) in &targets {
        users.push(browser.call(routes::VIEWER).await.json()["user_id"].clone());
    }
    assert!(users.windows(2).all(|pair| pair[0] == pair[1]), "{users:?}");
    let joined = app
        .events()
        .await
        .iter()
        .filter(|event| event.action == "member.provisioned")
        .count();
    assert_eq!(joined, 2, "the owner and one Dana");
    assert!(app.chains_are_whole().await);
    app.stop().await;
}
