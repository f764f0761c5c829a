//! Nobody: what answers without a session, with the outer ring and without it.

use sonicsaas::routes;

use crate::{
    app::{App, Setup},
    calls,
};

async fn every_call_answers_401(setup: Setup) {
    let app = App::with(setup).await;
    app.northwind().await;
    let nobody = app.browser();
    let forged = app.browser();
    forged.set_cookie("session", &"0".repeat(64));
    for call in calls::ALL.iter().filter(|call| !call.public) {
        for browser in [&nobody, &forged] {
            let reply = call.send(browser).await;
            assert_eq!(reply.line(), "401 Unauthorized", "{}", call.path);
            assert_eq!(reply.body, "\"SignedOut\"", "{}", call.path);
        }
    }
    // The positive control: the same calls answer somebody who is signed in.
    let dana = app.signed_in("dana@contoso.com").await;
    for call in calls::reads() {
        assert_eq!(call.send(&dana).await.line(), "200 OK", "{}", call.path);
    }
    let adam = app.signed_in("adam@contoso.com").await;
    for call in calls::ALL.iter().filter(|call| call.managers) {
        assert_eq!(call.send(&dana).await.line(), "403 Forbidden", "{}", call.path);
        let status = call.send(&adam).await.status;
        assert!([200, 404, 422].contains(&status), "{}: {status}", call.path);
    }
    app.stop().await;
}

#[tokio::test]
async fn the_outer_ring_refuses() {
    every_call_answers_401(Setup::default()).await;
}

#[tokio::test]
async fn the_guards_refuse_by_themselves() {
    every_call_answers_401(Setup {
        without_session_ring: true,
        ..Setup::default()
    })
    .await;
}

#[tokio::test]
async fn pages_lead_to_the_sign_in_page_and_back() {
    let app = App::start().await;
    let nobody = app.browser();
    for (page, target) in [
        (routes::DASHBOARD, "/login".to_owned()),
        (
            "/dashboard/nowhere?a=b",
            "/login?next=/dashboard/nowhere%3Fa%3Db".to_owned(),
        ),
        ("/dashboard//evil.example", "/login".to_owned()),
    ] {
        let reply = nobody.get(page).await;
        assert_eq!((reply.status, reply.location()), (303, target.as_str()), "{page}");
    }
    assert_eq!(nobody.get(routes::ROOT).await.location(), routes::LOGIN);
    assert_eq!(nobody.get("/nowhere").await.line(), "404 Not Found");
    assert_eq!(nobody.get("/api/nowhere").await.line(), "404 Not Found");
    app.stop().await;
}

#[tokio::test]
async fn a_plain_form_without_a_session_gets_a_page() {
    let app = App::start().await;
    let reply = app.browser().get(routes::VIEWER).await;
    assert_eq!(reply.line(), "401 Unauthorized");
    assert!(reply.header("content-type").starts_with("text/html"));
    assert!(reply.body.contains("href=\"/login\""), "{}", reply.body);
    app.stop().await;
}
