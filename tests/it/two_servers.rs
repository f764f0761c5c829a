//! Two servers of one site on one database: neither keeps anything that the other would have to know.

use futures_util::future::join_all;
use sonicsaas::routes;

use crate::app::{App, CONTOSO};

#[tokio::test]
async fn a_first_sign_in_on_both_at_once_makes_one_user() {
    let app = App::start().await;
    app.northwind().await;
    let second = app.second().await;
    let before = app.count("select cast(count(*) as text) from user_account").await;
    let all = (0..20).map(|number| {
        let first = app.browser();
        let browser = if number % 2 == 0 {
            first
        } else {
            first.through(&second.url)
        };
        let app = &app;
        async move {
            let reply = app.sign_in(&browser, "dana@contoso.com").await;
            assert_eq!((reply.status, reply.location()), (303, "/dashboard"), "DBF-010");
            browser
        }
    });
    for browser in join_all(all).await {
        for server in [&app.url, &second.url] {
            let viewer = browser.through(server).call(routes::VIEWER).await;
            assert_eq!(viewer.json()["role"], "operator");
        }
    }
    let after = app.count("select cast(count(*) as text) from user_account").await;
    assert_eq!(after, before + 1);
    assert_eq!(app.count("select cast(count(*) as text) from identity").await, 1);
    assert_eq!(app.count("select cast(count(*) as text) from session").await, 20);
    let provisioned = app
        .events()
        .await
        .into_iter()
        .filter(|event| event.action == "member.provisioned" && !event.detail("oid").is_empty());
    assert_eq!(provisioned.count(), 1);
    assert!(app.chains_are_whole().await);
    second.stop().await;
    app.stop().await;
}

#[tokio::test]
async fn what_begins_on_one_ends_on_the_other() {
    let app = App::start().await;
    app.northwind().await;
    let second = app.second().await;
    let there = app.browser().through(&second.url);
    let target = app.pick(&there, "dana@contoso.com", routes::SIGN_IN).await;
    let here = there.through(&app.url);
    let reply = here.get(&target).await;
    assert_eq!((reply.status, reply.location()), (303, "/dashboard"));
    assert_eq!(here.through(&second.url).call(routes::VIEWER).await.status, 200);
    // Used up here, it is used up there.
    let replayed = there.get(&target).await;
    let event = app.refusal(&there, &replayed).await;
    assert_eq!(event.detail("check"), "tx_spent");
    // Signed out here, signed out there.
    let copy = here.through(&second.url);
    here.post(routes::LOGOUT, &[]).await;
    assert_eq!(copy.call(routes::VIEWER).await.status, 401, "SES-020");
    second.stop().await;
    app.stop().await;
}

#[tokio::test]
async fn a_change_on_one_acts_on_the_others_next_click() {
    let app = App::start().await;
    let team = app.northwind().await;
    let second = app.second().await;
    let there = app.signed_in("dana@contoso.com").await.through(&second.url);
    assert_eq!(there.call(routes::VIEWER).await.json()["role"], "operator");
    let control = app.emulator.control();
    control
        .remove_member(CONTOSO, "SonicSaaS-Operators", "dana@contoso.com")
        .expect("known");
    control
        .add_member(CONTOSO, "SonicSaaS-Auditors", "dana@contoso.com")
        .expect("known");
    app.signed_in("dana@contoso.com").await;
    assert_eq!(there.call(routes::VIEWER).await.json()["role"], "auditor");
    // The registration too: off for both at once, and the sessions are gone.
    app.register(team, CONTOSO, |draft| draft.enabled = false).await;
    assert_eq!(there.call(routes::VIEWER).await.status, 401);
    let stranger = app.browser().through(&second.url);
    let event = app.refused(&stranger, "dana@contoso.com").await;
    assert_eq!(event.reason.as_deref(), Some("tenant_disabled"));
    second.stop().await;
    app.stop().await;
}

#[tokio::test]
async fn a_server_that_stops_leaves_the_sign_in_to_the_other() {
    let app = App::start().await;
    app.northwind().await;
    let second = app.second().await;
    let there = app.browser().through(&second.url);
    let target = app.pick(&there, "dana@contoso.com", routes::SIGN_IN).await;
    second.stop().await;
    let here = there.through(&app.url);
    let reply = here.get(&target).await;
    assert_eq!((reply.status, reply.location()), (303, "/dashboard"), "FLT-001");
    app.stop().await;
}
