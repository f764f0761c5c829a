//! A tenant that moves from one team to another.

use sonicsaas::routes;

use crate::app::{App, CONTOSO, FABRIKAM};

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

/// Microsoft is asked for somebody's groups, and meanwhile the team changes its mind.
#[tokio::test]
async fn what_a_team_changes_during_a_sign_in_counts() {
    let app = App::start().await;
    let team = app.northwind().await;
    app.emulator.control().fault(entra_emulator::Fault {
        route: "graph".to_owned(),
        delay_ms: 400,
        ..entra_emulator::Fault::default()
    });
    for (tenant, enabled, reason) in [
        (CONTOSO, false, "tenant_disabled"),
        (FABRIKAM, true, "tenant_not_registered"),
    ] {
        app.register(team, CONTOSO, |_| {}).await;
        app.emulator.control().clear_log();
        let browser = app.browser();
        let target = app.pick(&browser, "olga@contoso.com", routes::SIGN_IN).await;
        let (reply, ()) = tokio::join!(browser.get(&target), async {
            while app.emulator.control().log_of("graph").is_empty() {
                tokio::task::yield_now().await;
            }
            app.register(team, tenant, |draft| draft.enabled = enabled).await;
        });
        let event = app.refusal(&browser, &reply).await;
        assert_eq!((event.reason.as_deref(), event.team), (Some(reason), Some(team)));
    }
    let gone = app.last_event("tenant.disconnected").await;
    assert_eq!(gone.detail("replaced_by"), FABRIKAM);
    app.stop().await;
}
