//! Microsoft takes the question and says nothing more: everything has an end.

use std::time::Duration;

use tokio::time::Instant;

use super::*;

fn hang(route: &str) -> Fault {
    Fault {
        route: route.to_owned(),
        hang: true,
        ..Fault::default()
    }
}

/// Each in its own time: a test within fifteen seconds, a save within five, and neither holds up anything else.
#[tokio::test]
async fn a_test_ends_within_fifteen_seconds_and_a_save_within_five() {
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |_| {}).await;
    let control = app.emulator.control();
    control.fault(hang("token"));
    control.fault(hang("graph"));
    let row = Row::new("silence", |_| {}, "PPWNNN", (3, "no_answer", NO_ANSWER));
    let other = owner.copy();
    let began = Instant::now();
    let ((), ()) = tokio::join!(
        async {
            tests(&app, &owner, &row).await;
            assert!(began.elapsed() < Duration::from_secs(16), "{:?}", began.elapsed());
        },
        async {
            saves(&app, &other, &row).await;
            assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
        }
    );
    app.stop().await;
}

/// P081
#[tokio::test]
async fn a_document_that_does_not_come_in_time_says_nothing_of_the_tenant() {
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |_| {}).await;
    app.emulator.control().fault(hang("discovery"));
    let row = Row::new("silence", |_| {}, "PWNNNN", (2, "no_answer", NO_ANSWER)).saved(Saved::Unchecked);
    let other = owner.copy();
    tokio::join!(tests(&app, &owner, &row), saves(&app, &other, &row));
    app.stop().await;
}

/// Whoever hangs up stops the test, and what was known before stays.
#[tokio::test]
async fn a_test_that_is_cancelled_keeps_the_result_before() {
    let app = App::start().await;
    let (team, owner) = owner_of_new_team(&app, "Northwind MSP").await;
    app.register(team, CONTOSO, |_| {}).await;
    let well = Row::new("well", |_| {}, "PPPPPN", (4, "works", GROUPS));
    tests(&app, &owner, &well).await;
    let before = page_at(&owner, routes::ENTRA).await["test"].clone();
    let tested = async || {
        let events = app.events().await;
        events
            .iter()
            .filter(|event| event.action == "tenant.tested")
            .count()
    };
    let events = tested().await;
    let control = app.emulator.control();
    control.clear_log();
    control.fault(hang("token"));
    let asking = post_json(&owner, routes::TENANT_TEST, &[("tenant_id", CONTOSO)]);
    let given_up = tokio::time::timeout(Duration::from_millis(700), asking).await;
    assert!(given_up.is_err(), "it was still waiting");
    assert_eq!(control.log_of("token").len(), 1, "it was under way");
    control.clear_faults();
    assert_eq!(page_at(&owner, routes::ENTRA).await["test"], before);
    assert_eq!(
        tested().await,
        events,
        "nothing is recorded of a test that did not end"
    );
    tests(&app, &owner, &well).await;
    app.stop().await;
}
