//! Recent sign-in failures: who, why, what to do, for those who may read them.

use std::time::Duration;

use entra_emulator::Fault;
use serde_json::Value;
use sonicsaas::routes;

use super::page_at;
use crate::{
    app::{App, CONTOSO, Setup},
    browser::Browser,
};

async fn rows(browser: &Browser) -> Vec<Value> {
    let page = page_at(browser, routes::ENTRA).await;
    page["failures"].as_array().expect("for readers").clone()
}

fn detail<'row>(row: &'row Value, label: &str) -> Option<&'row str> {
    let details = row["details"].as_array().expect("details");
    details
        .iter()
        .find(|pair| pair[0] == label)
        .map(|pair| pair[1].as_str().expect("text"))
}

#[tokio::test]
async fn each_failure_says_who_why_and_what_to_do() {
    let app = App::with(Setup {
        from_many_places: true,
        ..Setup::default()
    })
    .await;
    app.northwind().await;
    let ines = app.signed_in("ines@contoso.com").await;
    assert!(rows(&ines).await.is_empty());

    // A guest.
    let browser = app.browser();
    let start = format!("{}?tenant={CONTOSO}", routes::SIGN_IN);
    let target = app.pick(&browser, "sam@litware.example", &start).await;
    let reply = browser.get(&target).await;
    let event = app.refusal(&browser, &reply).await;
    let row = rows(&ines).await[0].clone();
    assert_eq!(row["who"], "Sam Hill");
    assert_eq!(row["email"], "sam@litware.example");
    assert_eq!(row["code"], "guest_refused");
    assert_eq!(
        row["next"],
        "Ask for an account of the organization itself, or switch Allow guests on and save."
    );
    assert_eq!(row["reference"], event.detail("correlation_id"));
    assert_eq!(detail(&row, "Failed check"), Some("guest_not_allowed"));
    assert_eq!(detail(&row, "Tenant"), Some(CONTOSO));
    assert!(!row["reason"].as_str().expect("words").is_empty());

    // Groups that nobody gave.
    app.emulator.control().fault(Fault::status("graph", 503));
    app.refused(&app.browser(), "olga@contoso.com").await;
    app.emulator.control().clear_faults();
    let row = rows(&ines).await[0].clone();
    assert_eq!(
        (row["who"].as_str(), row["code"].as_str()),
        (Some("Olga Many"), Some("groups_unavailable"))
    );
    assert_eq!(
        detail(&row, "Microsoft Graph, as the person"),
        Some("unavailable")
    );
    assert_eq!(detail(&row, "Microsoft Graph, as SonicSaaS"), Some("unavailable"));
    assert!(
        row["next"]
            .as_str()
            .expect("words")
            .starts_with("Select Test Connection")
    );

    // Somebody suspended.
    app.signed_in("mia@contoso.com").await;
    app.execute("update member set standing = 'suspended' where role = 'member' and role_source <> 'owner'")
        .await;
    app.refused(&app.browser(), "mia@contoso.com").await;
    let row = rows(&ines).await[0].clone();
    assert_eq!(
        (row["who"].as_str(), row["code"].as_str()),
        (Some("Mia Novak"), Some("suspended"))
    );
    assert_eq!(row["next"], "Restore them in Members, if they should come in.");

    // A wrong password and another organization are no failures of this kind.
    let before = rows(&ines).await;
    assert_eq!(before.len(), 3);
    let form = [
        ("email", "owner-northwind-msp@example.com"),
        ("password", "wrong"),
    ];
    app.browser().post(routes::LOGIN, &form).await;
    app.refused(&app.browser(), "lena@litware.example").await;
    assert_eq!(rows(&ines).await, before);
    let drawn = ines.get(routes::ENTRA).await.body;
    assert!(drawn.contains("Sam Hill") && drawn.contains(event.detail("correlation_id")));

    // Ten at most, for seven days.
    for _ in 0..9 {
        app.refused(&app.browser(), "mia@contoso.com").await;
    }
    let ten = rows(&ines).await;
    assert_eq!(ten.len(), 10);
    assert!(
        ten.iter().all(|row| row["code"] != "guest_refused"),
        "the newest ten"
    );
    app.advance(Duration::from_hours(7 * 24 - 1));
    let ines = app.signed_in("ines@contoso.com").await;
    assert_eq!(rows(&ines).await.len(), 10);
    app.advance(Duration::from_hours(1));
    app.advance(Duration::from_mins(1));
    let ines = app.signed_in("ines@contoso.com").await;
    assert!(rows(&ines).await.is_empty());

    let vic = app.signed_in("vic@contoso.com").await;
    assert!(page_at(&vic, routes::ENTRA).await["failures"].is_null());
    app.stop().await;
}
