//! Sessions: where they begin, what they hold, and how they end.

use std::time::Duration;

use sonicsaas::routes;

use crate::app::{App, CONTOSO};

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

#[tokio::test]
async fn a_suspended_member_is_out_at_the_next_click_and_stays_out() {
    let app = App::start().await;
    app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    app.execute("update member set standing = 'suspended' where role = 'operator'")
        .await;
    assert_eq!(dana.call(routes::VIEWER).await.status, 401);
    let event = app.refused(&app.browser(), "dana@contoso.com").await;
    assert_eq!(
        (event.reason.as_deref(), event.detail("name")),
        (Some("suspended"), "Dana Reyes")
    );
    app.execute("update member set standing = 'active' where role = 'operator'")
        .await;
    app.signed_in("dana@contoso.com").await;
    app.stop().await;
}

#[tokio::test]
async fn somebody_who_left_the_team_reads_so() {
    let app = App::start().await;
    app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    app.execute("delete from member_groups").await;
    app.execute("delete from member where role = 'operator'").await;
    let page = dana.get(routes::DASHBOARD).await;
    assert_eq!(page.line(), "403 Forbidden");
    assert!(
        page.body.contains("You're no longer a member of Northwind MSP"),
        "{}",
        page.body
    );
    assert!(page.body.contains("action=\"/logout\""), "{}", page.body);
    assert_eq!(dana.call(routes::VIEWER).await.body, "\"Forbidden\"");
    app.stop().await;
}
