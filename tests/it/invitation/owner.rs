//! A team's first owner, invited by the platform's operator.

use sonicsaas::{
    routes,
    service::team::{self, Made},
};

use super::{accept, operator, words};
use crate::app::{App, CONTOSO, FABRIKAM};

async fn made(app: &App, register: bool) -> (Made, String) {
    let draft = team::TeamDraft {
        name: "Northwind MSP".to_owned(),
        owner_email: "priya@contoso.com".to_owned(),
        owner_name: "Priya Shah".to_owned(),
        password: None,
    };
    let made = team::create(&app.services, &operator(), draft)
        .await
        .expect("a team");
    if register {
        app.register(made.team, CONTOSO, |_| {}).await;
    }
    let path = routes::invite(made.invitation.as_ref().expect("an invitation"));
    (made, path)
}

#[tokio::test]
async fn the_owner_opens_the_link_and_owns_the_account_that_was_made() {
    let app = App::start().await;
    app.team("Fabrikam Field Services", FABRIKAM).await;
    let (made, path) = made(&app, true).await;
    let page = app.browser().get(&path).await;
    let said = words(&page);
    for fact in [
        "Join Northwind MSP",
        "The platform administrator",
        "Owner",
        "priya@contoso.com",
    ] {
        assert!(said.contains(fact), "{fact}: {said}");
    }
    assert!(
        !said.contains("may change"),
        "an owner's role never follows groups"
    );
    let stranger = app.browser();
    let back = accept(&app, &stranger, &path, "omar@fabrikam.com").await;
    assert_eq!(back.location(), routes::INVITED);

    let priya = app.browser();
    let entered = accept(&app, &priya, &path, "priya@contoso.com").await;
    assert_eq!(entered.location(), routes::DASHBOARD);
    let viewer = priya.call(routes::VIEWER).await.json();
    assert_eq!(
        (viewer["role"].as_str(), viewer["user_id"].as_str()),
        (Some("owner"), Some(made.owner.to_string().as_str()))
    );
    assert_eq!(app.last_event("member.linked").await.outcome, "success");
    let owners = "select cast(count(*) as text) from member where role = 'owner'";
    assert_eq!(app.count(owners).await, 2, "one for each team");
    // Used: nobody becomes an owner by it again, and she signs in without it.
    let page = app.browser().get(&path).await;
    assert_eq!(page.status, 410);
    let second = app.signed_in("priya@contoso.com").await;
    assert_eq!(second.call(routes::VIEWER).await.json()["role"], "owner");
    let vic = app.signed_in("vic@contoso.com").await;
    assert_eq!(vic.call(routes::VIEWER).await.json()["role"], "member");
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

#[tokio::test]
async fn before_the_tenant_is_registered_nobody_owns_anything() {
    let app = App::start().await;
    let (made, path) = made(&app, false).await;
    let browser = app.browser();
    let back = accept(&app, &browser, &path, "priya@contoso.com").await;
    assert_eq!(back.location(), routes::INVITED);
    assert!(browser.cookie("session").is_none());
    app.register(made.team, CONTOSO, |_| {}).await;
    let entered = accept(&app, &browser, &path, "priya@contoso.com").await;
    assert_eq!(
        entered.location(),
        routes::DASHBOARD,
        "the link has not been used up"
    );
    app.stop().await;
}

#[tokio::test]
async fn an_owner_who_signed_in_too_early_is_one_person_afterwards() {
    let app = App::start().await;
    let (made, path) = made(&app, true).await;
    let early = app.signed_in("priya@contoso.com").await;
    assert_eq!(early.call(routes::VIEWER).await.json()["role"], "member");
    let browser = app.browser();
    let entered = accept(&app, &browser, &path, "priya@contoso.com").await;
    assert_eq!(entered.location(), routes::DASHBOARD);
    let viewer = browser.call(routes::VIEWER).await.json();
    assert_eq!(viewer["user_id"], made.owner.to_string());
    assert_eq!(app.count("select cast(count(*) as text) from member").await, 1);
    assert_eq!(
        early.call(routes::VIEWER).await.status,
        401,
        "the early session is over"
    );
    assert_eq!(
        app.last_event("member.removed").await.detail("cause"),
        "joined_as_owner"
    );
    assert!(app.chains_are_whole().await);
    app.stop().await;
}
