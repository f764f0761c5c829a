//! A tenant that moves from one team to another.

use sonicsaas::routes;

use crate::app::{App, CONTOSO};

#[tokio::test]
async fn its_people_come_along_and_the_old_team_is_told() {
    let app = App::start().await;
    let before = app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    let old = dana.call(routes::VIEWER).await.json();

    let after = app.team("Southwind MSP", CONTOSO).await;
    assert_eq!(
        dana.call(routes::VIEWER).await.status,
        401,
        "sessions of the old team end"
    );
    let browser = app.signed_in("dana@contoso.com").await;
    let new = browser.call(routes::VIEWER).await.json();
    assert_eq!(new["team_id"], after.to_string());
    assert_ne!(
        new["user_id"], old["user_id"],
        "a new person: nothing of the old team comes along"
    );
    assert_eq!(new["role"], "member", "by the rules of the new team");

    let unlinked = app.last_event("member.unlinked").await;
    assert_eq!(
        (unlinked.team, unlinked.detail("cause")),
        (Some(before), "tenant_moved")
    );
    assert!(app.chains_are_whole().await);
    app.signed_in("dana@contoso.com").await;
    app.stop().await;
}
