//! Sign in with Microsoft, from the button to a role or to a refusal.

use std::time::Duration;

use entra_emulator::{Fault, TokenMutation};
use http::Method;
use sonicsaas::routes;

use crate::app::{App, CONTOSO, Setup};

const FABRIKAM: &str = "8d2f6b0c-51e3-4a7b-b3c9-6e0f1a2d4c58";

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
            user.name = "Dana Reyes-Smith".to_owned()
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
async fn a_server_may_demand_the_proof_of_ownership() {
    let environment = vec![("ENTRA_TENANT_VERIFICATION", "required".to_owned())];
    let app = App::with(Setup {
        environment,
        ..Setup::default()
    })
    .await;
    let team = app.northwind().await;
    app.signed_in("dana@contoso.com").await;
    // Another tenant is another claim, and unproven.
    app.register(team, FABRIKAM, |draft| draft.proven = false).await;
    let event = app.refused(&app.browser(), "farah@fabrikam.com").await;
    assert_eq!(event.reason.as_deref(), Some("tenant_unverified"));
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
async fn an_attempt_is_used_once_by_the_browser_that_began_it() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.browser();
    let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
    let redeemed = || app.emulator.control().log_of("token").len();
    let refused = async |browser: &crate::browser::Browser, target: &str, check: &str| {
        let before = redeemed();
        let reply = browser.get(target).await;
        assert_eq!(reply.location(), "/login?error=state_invalid", "{check}");
        assert_eq!(app.last_event("sign_in").await.detail("check"), check);
        assert_eq!(redeemed(), before, "{check}: no code was redeemed");
    };
    let state = target
        .split(['?', '&'])
        .find(|part| part.starts_with("state="))
        .expect("a state")
        .to_owned();
    refused(&app.browser(), &target, "tx_not_bound_to_browser").await;
    refused(&browser, &target.replace(&state, "x=y"), "state_missing").await;
    refused(
        &browser,
        &target.replace(&state, &format!("state={}", "0".repeat(64))),
        "state_mismatch",
    )
    .await;
    refused(&browser, &format!("{target}&code=another"), "param_duplicate").await;
    // None of them used the attempt up.
    assert_eq!(browser.get(&target).await.location(), "/dashboard");
    let session = browser.cookie("session");
    refused(&browser, &target, "tx_spent").await;
    assert_eq!(browser.cookie("session"), session, "the session stays");
    let page = browser.get("/login?error=state_invalid").await;
    assert!(
        page.body.contains("Northwind MSP") && page.body.contains("Dana Reyes"),
        "it offers to continue"
    );

    let late = app.browser();
    let target = app.pick(&late, "dana@contoso.com", routes::SIGN_IN).await;
    app.advance(Duration::from_secs(601));
    refused(&late, &target, "tx_expired").await;
    app.stop().await;
}

#[tokio::test]
async fn one_of_two_equal_returns_signs_in() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.browser();
    let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
    let twin = browser.copy();
    let (first, second) = tokio::join!(browser.get(&target), twin.get(&target));
    let mut locations = [first.location().to_owned(), second.location().to_owned()];
    locations.sort();
    assert_eq!(locations, ["/dashboard", "/login?error=state_invalid"]);
    assert_eq!(app.emulator.control().log_of("token").len(), 1);
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

#[tokio::test]
async fn microsofts_errors_keep_their_meaning() {
    let app = App::start().await;
    app.northwind().await;
    for (query, reason) in [
        ("error=access_denied&error_subcode=cancel", "cancelled"),
        (
            "error=access_denied&error_description=AADSTS65001%3a+no+consent",
            "consent_required",
        ),
        (
            "error=access_denied&error_description=AADSTS90094%3a+admin",
            "consent_required",
        ),
        (
            "error=access_denied&error_description=AADSTS50105%3a+not+assigned",
            "not_assigned",
        ),
        (
            "error=access_denied&error_description=AADSTS53003%3a+blocked",
            "blocked_by_policy",
        ),
        ("error=consent_required", "consent_required"),
        ("error=server_error", "provider_error"),
        ("error=access_denied&code=x", "cancelled"),
    ] {
        let browser = app.browser();
        let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
        let state = target
            .split(['?', '&'])
            .find(|part| part.starts_with("state="))
            .expect("a state");
        let reply = browser
            .get(&format!("{}?{query}&{state}", routes::CALLBACK))
            .await;
        let event = app.refusal(&browser, &reply).await;
        assert_eq!(
            (event.reason.as_deref(), event.detail("check")),
            (Some(reason), "op_error"),
            "{query}"
        );
        assert!(
            app.emulator.control().log_of("token").is_empty(),
            "{query}: no code is redeemed"
        );
    }
    app.stop().await;
}

#[tokio::test]
async fn a_return_without_a_code_uses_the_attempt_up() {
    let app = App::start().await;
    app.northwind().await;
    for query in [
        String::new(),
        "code=".to_owned(),
        format!("code={}", "x".repeat(20_000)),
        "admin_consent=True&tenant=x".to_owned(),
    ] {
        let browser = app.browser();
        let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
        let state = target
            .split(['?', '&'])
            .find(|part| part.starts_with("state="))
            .expect("a state")
            .to_owned();
        let reply = browser
            .get(&format!("{}?{query}&{state}", routes::CALLBACK))
            .await;
        let event = app.refusal(&browser, &reply).await;
        assert_eq!(
            (event.reason.as_deref(), event.detail("check")),
            (Some("exchange_failed"), "code_missing")
        );
        assert_eq!(
            browser.get(&target).await.location(),
            "/login?error=state_invalid"
        );
        assert_eq!(app.last_event("sign_in").await.detail("check"), "tx_spent");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_wrong_issuer_in_the_return_is_refused() {
    let app = App::start().await;
    app.northwind().await;
    let authority = app.emulator.authority();
    for issuer in [
        "https://evil.example".to_owned(),
        format!("{authority}/{FABRIKAM}/v2.0"),
    ] {
        let browser = app.browser();
        let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
        let reply = browser.get(&format!("{target}&iss={issuer}")).await;
        let event = app.refusal(&browser, &reply).await;
        assert_eq!(
            (event.reason.as_deref(), event.detail("check")),
            (Some("exchange_failed"), "iss_param_mismatch")
        );
    }
    let browser = app.browser();
    let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
    let reply = browser
        .get(&format!("{target}&iss={authority}/{CONTOSO}/v2.0"))
        .await;
    assert_eq!(reply.location(), "/dashboard");
    app.stop().await;
}

#[tokio::test]
async fn a_consent_return_that_did_not_begin_here_changes_nothing() {
    let app = App::start().await;
    app.northwind().await;
    let before = app.events().await.len();
    let browser = app.browser();
    for (query, words) in [
        (
            "admin_consent=True&tenant=x",
            "Microsoft reports that approval finished.",
        ),
        (
            "admin_consent=True&error=consent_required",
            "Microsoft reports that approval was declined.",
        ),
        (
            "error=permission_denied",
            "Microsoft reports that approval was declined.",
        ),
    ] {
        let reply = browser.get(&format!("{}?{query}", routes::CALLBACK)).await;
        assert_eq!((reply.status, reply.location()), (303, "/login"));
        assert!(browser.get("/login").await.body.contains(words), "{query}");
        assert!(
            !browser.get("/login").await.body.contains(words),
            "{query}: said once"
        );
    }
    assert_eq!(app.events().await.len(), before);
    app.stop().await;
}

#[tokio::test]
async fn only_a_persons_own_navigation_finishes_a_sign_in() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.browser();
    let target = app.pick(&browser, "dana@contoso.com", routes::SIGN_IN).await;
    for method in [
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
    ] {
        let origin = app.url.clone();
        let reply = browser
            .send(method.clone(), &target, &[("origin", &origin)], None)
            .await;
        assert_eq!(reply.status, 405, "{method}");
    }
    let ahead = browser
        .send(
            Method::GET,
            &target,
            &[("sec-purpose", "prefetch;prerender")],
            None,
        )
        .await;
    assert_eq!(ahead.status, 403);
    assert_eq!(browser.get(&target).await.location(), "/dashboard");
    app.stop().await;
}

#[tokio::test]
async fn signing_in_anew_ends_the_session_before() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.signed_in("dana@contoso.com").await;
    let old = app.browser();
    old.set_cookie("session", &browser.cookie("session").expect("a session"));
    app.sign_in(&browser, "adam@contoso.com").await;
    assert_eq!(browser.call(routes::VIEWER).await.json()["name"], "Adam Cole");
    assert_eq!(old.call(routes::VIEWER).await.status, 401);
    assert_eq!(
        app.last_event("session.revoked").await.detail("cause"),
        "signed_in_again"
    );
    app.stop().await;
}

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_microsoft() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.signed_in("dana@contoso.com").await;
    let copy = browser.copy();
    let reply = browser.post(routes::LOGOUT, &[]).await;
    assert_eq!(reply.status, 303);
    assert_eq!(
        reply.location(),
        format!("{}/{CONTOSO}/oauth2/v2.0/logout", app.emulator.authority())
    );
    assert_eq!(browser.cookie("session"), None);
    assert_eq!(copy.call(routes::VIEWER).await.status, 401);
    assert_eq!(app.last_event("sign_out").await.outcome, "success");
    let again = copy.post(routes::LOGOUT, &[]).await;
    assert_eq!((again.status, again.location()), (303, "/login"));
    app.stop().await;
}

#[tokio::test]
async fn sessions_end_without_activity_and_at_the_latest_after_a_day() {
    let app = App::start().await;
    app.northwind().await;
    let idle = app.signed_in("dana@contoso.com").await;
    app.advance(Duration::from_mins(61));
    assert_eq!(idle.call(routes::VIEWER).await.status, 401);
    let page = idle.get("/login").await;
    assert!(page.body.contains("You were signed out. Sign in to continue."));

    let busy = app.signed_in("dana@contoso.com").await;
    for _ in 0..28 {
        app.advance(Duration::from_mins(50));
        assert_eq!(busy.call(routes::VIEWER).await.status, 200);
    }
    app.advance(Duration::from_mins(41));
    assert_eq!(busy.call(routes::VIEWER).await.status, 401, "24 hours are over");
    app.stop().await;
}

#[tokio::test]
async fn the_way_back_stays_on_this_site() {
    let app = App::start().await;
    app.northwind().await;
    let long = format!("/dashboard/{}", "x".repeat(5000));
    for (next, lands) in [
        ("/dashboard?open=menu", "/dashboard?open=menu"),
        ("https://evil.example", "/dashboard"),
        ("//evil.example", "/dashboard"),
        ("/\\evil.example", "/dashboard"),
        ("/dashboard/../logout", "/dashboard"),
        ("/logout", "/dashboard"),
        ("/api/session/viewer", "/dashboard"),
        ("/dashboard\r\nLocation: https://evil.example", "/dashboard"),
        (long.as_str(), "/dashboard"),
    ] {
        let browser = app.browser();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("next", next)
            .finish();
        let target = app
            .pick(
                &browser,
                "dana@contoso.com",
                &format!("{}?{query}", routes::SIGN_IN),
            )
            .await;
        // A second one on the return is ignored.
        let reply = browser.get(&format!("{target}&next=/dashboard/other")).await;
        assert_eq!(reply.location(), lands, "{next:?}");
        let page = browser.get(&format!("{}?{query}", routes::LOGIN)).await;
        assert_eq!(page.location(), lands, "{next:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn without_microsoft_its_routes_are_not_there() {
    for environment in [
        vec![("AUTH_MODE", "local-only".to_owned())],
        vec![("MICROSOFT_ENTRA_ID_CLIENT_SECRET", String::new())],
    ] {
        let app = App::with(Setup {
            environment,
            ..Setup::default()
        })
        .await;
        app.northwind().await;
        let browser = app.browser();
        assert_eq!(browser.get(routes::SIGN_IN).await.line(), "404 Not Found");
        let page = browser.get(routes::LOGIN).await.body;
        assert!(!page.contains("Sign in with Microsoft"));
        assert!(
            page.contains("Sign-in isn't set up on this server. Ask the platform administrator."),
            "{page}"
        );
        let stranger = browser.get(&format!("{}?code=c&state=s", routes::CALLBACK)).await;
        assert_eq!(stranger.line(), "404 Not Found");
        app.stop().await;
    }
}

#[tokio::test]
async fn a_sign_in_begun_before_microsoft_was_switched_off_says_so() {
    let on = App::start().await;
    on.northwind().await;
    let off = App::with(Setup {
        environment: vec![("AUTH_MODE", "local-only".to_owned())],
        ..Setup::default()
    })
    .await;
    let began = on.browser();
    let target = on.pick(&began, "dana@contoso.com", routes::SIGN_IN).await;
    let query = target.split_once('?').expect("a query").1;
    let browser = off.browser();
    for name in began.cookie_names() {
        browser.set_cookie(&name, &began.cookie(&name).expect("there"));
    }
    let reply = browser.get(&format!("{}?{query}", routes::CALLBACK)).await;
    assert_eq!(reply.location(), "/login?error=sso_disabled");
    on.stop().await;
    off.stop().await;
}

#[tokio::test]
async fn microsoft_out_of_reach_is_said_before_the_browser_leaves() {
    let app = App::start().await;
    app.northwind().await;
    app.emulator.control().fault(Fault::status("discovery", 503));
    let browser = app.browser();
    let reply = browser.get(routes::SIGN_IN).await;
    let event = app.refusal(&browser, &reply).await;
    assert_eq!(
        (event.reason.as_deref(), event.outcome.as_str()),
        (Some("provider_unreachable"), "failure")
    );
    app.emulator.control().clear_faults();
    app.signed_in("dana@contoso.com").await;
    app.stop().await;
}

#[tokio::test]
async fn the_request_to_microsoft_is_the_documented_one() {
    let app = App::start().await;
    app.northwind().await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..20 {
        let injected = format!(
            "{}?login_hint=a%26prompt%3Dnone&prompt=none&redirect_uri=https://evil.example&authority=x&domain_hint=y",
            routes::SIGN_IN
        );
        let location = app.browser().get(&injected).await.location().to_owned();
        let address = url::Url::parse(&location).expect("an address");
        let pairs: Vec<_> = address.query_pairs().collect();
        let value = |name: &str| {
            let values: Vec<_> = pairs
                .iter()
                .filter(|(key, _)| key == name)
                .map(|(_, value)| value.to_string())
                .collect();
            assert_eq!(values.len(), 1, "{name} stands once");
            values[0].clone()
        };
        assert_eq!(value("response_type"), "code");
        assert_eq!(value("response_mode"), "query");
        assert_eq!(value("client_id"), crate::app::CLIENT_ID);
        assert_eq!(value("scope"), "openid profile email User.Read");
        assert_eq!(value("redirect_uri"), format!("{}{}", app.url, routes::CALLBACK));
        assert_eq!(value("code_challenge_method"), "S256");
        assert_eq!(value("code_challenge").len(), 43);
        for name in ["state", "nonce", "code_challenge"] {
            assert!(value(name).len() >= 43, "{name}");
            assert!(seen.insert(value(name)), "{name} is new each time");
        }
        assert!(
            !pairs
                .iter()
                .any(|(name, _)| matches!(name.as_ref(), "prompt" | "login_hint" | "client_secret"))
        );
    }
    app.stop().await;
}

#[tokio::test]
async fn no_token_is_stored_or_reaches_the_browser() {
    let app = App::start().await;
    app.northwind().await;
    let browser = app.browser();
    let reply = app.sign_in(&browser, "dana@contoso.com").await;
    let page = browser.get(routes::DASHBOARD).await;
    let text = format!("{reply:?}{page:?}{:?}", app.events().await);
    let tokens = app.emulator.control().tokens();
    assert!(!tokens.is_empty());
    for token in tokens {
        assert!(!text.contains(&token.token), "a token left the server");
    }
    app.stop().await;
}
