//! Much at once, and a Microsoft that is away for hours: what must go on meanwhile.

use std::time::Duration;

use entra_emulator::Fault;
use futures_util::future::join_all;
use sonicsaas::routes;

use crate::{
    app::{App, Setup},
    password::{PASSWORD, PRIYA, northwind, try_in},
    recovery::link,
};

#[tokio::test]
async fn sign_ins_and_changes_at_once_wait_for_each_other_and_none_fails() {
    let app = App::start().await;
    let team = app.northwind().await;
    let sign_ins = join_all((0..50).map(|number| {
        let app = &app;
        let person = ["dana@contoso.com", "adam@contoso.com", "vic@contoso.com"][number % 3];
        async move { app.signed_in(person).await }
    }));
    let changes = join_all((0..50).map(|number| {
        let app = &app;
        let group = format!("0d7c4b0e-0000-4000-8000-{number:012}");
        async move { app.map(team, &group, "viewer", 1).await }
    }));
    let (browsers, _) = tokio::join!(sign_ins, changes);
    for browser in &browsers {
        assert_eq!(browser.call(routes::VIEWER).await.status, 200, "DBF-002");
    }
    let events = app.events().await;
    let of = |action: &str, outcome: &str| {
        events
            .iter()
            .filter(|event| event.action == action && event.outcome == outcome)
            .count()
    };
    assert_eq!(of("sign_in", "success"), 50);
    assert_eq!(of("mapping.created", "success"), 55);
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

#[tokio::test]
async fn hours_without_microsoft() {
    for mode in ["hybrid", "entra-only"] {
        let app = App::with(Setup {
            environment: vec![("AUTH_MODE", mode.to_owned())],
            ..Setup::default()
        })
        .await;
        northwind(&app).await;
        app.team("Eastwind", crate::app::CONTOSO).await;
        let dana = app.signed_in("dana@contoso.com").await;
        // Nothing that was known of Microsoft is remembered any more after a day.
        let control = app.emulator.control();
        control.fault(Fault {
            close: true,
            ..Fault::default()
        });
        for _ in 0..30 {
            app.advance(Duration::from_mins(45));
            let seen = dana.call(routes::VIEWER).await.status;
            assert!(matches!(seen, 200 | 401), "{seen}");
            for probe in [routes::HEALTH, routes::READY] {
                assert_eq!(app.browser().get(probe).await.status, 200, "FLT-004: {probe}");
            }
        }
        app.advance(Duration::from_hours(3));
        let stranger = app.browser();
        let started = stranger.get(routes::SIGN_IN).await;
        assert_eq!(
            (started.status, started.location()),
            (303, "/login?error=provider_unreachable")
        );
        assert_eq!(stranger.get(started.location()).await.status, 200);

        let browser = app.browser();
        let typed = try_in(&browser, PRIYA, PASSWORD).await;
        let expected = if mode == "hybrid" { 303 } else { 403 };
        assert_eq!(typed.status, expected, "{mode}");
        let browser = app.browser();
        let path = routes::recover(&link(&app, PRIYA).await);
        assert_eq!(browser.post(&path, &[]).await.status, 303, "{mode}");
        assert_eq!(browser.call(routes::VIEWER).await.json()["role"], "owner");

        control.clear_faults();
        app.advance(Duration::from_mins(6));
        app.signed_in("dana@contoso.com").await;
        app.stop().await;
    }
}

#[tokio::test]
async fn an_hour_without_microsoft_ends_no_session() {
    let app = App::start().await;
    app.northwind().await;
    let dana = app.signed_in("dana@contoso.com").await;
    app.emulator.control().fault(Fault {
        close: true,
        ..Fault::default()
    });
    for _ in 0..4 {
        app.advance(Duration::from_mins(20));
        assert_eq!(dana.call(routes::VIEWER).await.status, 200);
        assert_eq!(dana.get(routes::DASHBOARD).await.status, 200);
    }
    app.stop().await;
}
