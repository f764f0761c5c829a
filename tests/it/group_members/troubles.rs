//! What Microsoft's pages can do wrong. None of it makes a list.

use entra_emulator::{CrowdSize, Fault, PageTrouble, RetryAfter};
use serde_json::json;

use super::{ask, crowd, mapping_of, members, standing};
use crate::{
    app::{App, CONTOSO},
    mapping::OPERATORS,
};

const ROUTE: &str = "graph/groups/*/transitiveMembers";

/// So few objects on a page that a group of a hundred has several.
fn small_pages(app: &App) {
    app.emulator
        .control()
        .with_settings(|settings| settings.largest_graph_page = 40);
}

#[tokio::test]
async fn short_and_empty_pages_lose_nobody() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = crowd(&app, &adam, CrowdSize::plain(100)).await;
    small_pages(&app);
    for trouble in [PageTrouble::Empty, PageTrouble::Short(7)] {
        let control = app.emulator.control();
        control.clear_faults();
        control.fault(Fault::paging(ROUTE, 2, trouble));
        let page = members(&adam, &mapping, "all", "").await;
        assert_eq!(
            (&page["counts"]["members"], &page["counts"]["exact"]),
            (&json!(100), &json!(true))
        );
    }
    app.stop().await;
}

#[tokio::test]
async fn pages_that_go_round_or_on_or_elsewhere_are_no_list() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = crowd(&app, &adam, CrowdSize::plain(100)).await;
    small_pages(&app);
    for trouble in [
        PageTrouble::ToFirst,
        PageTrouble::ToItself,
        PageTrouble::Endless,
        PageTrouble::ForeignOrigin("https://evil.example".to_owned()),
        PageTrouble::Link("javascript:alert(1)".to_owned()),
        PageTrouble::WornOut,
        PageTrouble::NoValue,
    ] {
        let control = app.emulator.control();
        control.clear_faults();
        let page = if trouble == PageTrouble::Endless { 3 } else { 2 };
        control.fault(Fault::paging(ROUTE, page, trouble.clone()));
        let reply = ask(&adam, &mapping, "all", "").await;
        assert_eq!(reply.status, 502, "{trouble:?}: {}", reply.body);
    }
    app.emulator.control().clear_faults();
    let page = members(&adam, &mapping, "all", "").await;
    assert_eq!(page["counts"]["members"], 100, "and afterwards it is one again");
    app.stop().await;
}

#[tokio::test]
async fn what_breaks_off_in_the_middle_is_an_error_and_not_a_shorter_list() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = crowd(&app, &adam, CrowdSize::plain(100)).await;
    small_pages(&app);
    let control = app.emulator.control();
    for status in [500, 401] {
        control.clear_faults();
        control.fault(Fault {
            page: Some(3),
            ..Fault::status(ROUTE, status)
        });
        let reply = ask(&adam, &mapping, "all", "").await;
        assert_eq!(reply.status, 502, "{status}: {}", reply.body);
    }
    // The permission was taken away while the list was read.
    control.clear_faults();
    control.fault(Fault {
        page: Some(3),
        ..Fault::status(ROUTE, 403)
    });
    let page = members(&adam, &mapping, "all", "").await;
    assert_eq!(
        (&page["closed"], page["members"].as_array().map(Vec::len)),
        (&json!("not_permitted"), Some(0))
    );
    app.stop().await;
}

#[tokio::test]
async fn a_storm_of_refusals_is_waited_out_or_said() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = mapping_of(&adam, OPERATORS).await;
    let control = app.emulator.control();
    control.fault(Fault {
        times: Some(1),
        ..Fault::throttled(ROUTE, Some(RetryAfter::Text("0.1".to_owned())))
    });
    assert_eq!(standing(&members(&adam, &mapping, "all", "").await).len(), 4);
    control.fault(Fault::throttled(ROUTE, Some(RetryAfter::Seconds(600))));
    assert_eq!(ask(&adam, &mapping, "all", "").await.status, 502);
    control.clear_faults();
    control.remove_group(CONTOSO, OPERATORS).expect("a group");
    assert_eq!(members(&adam, &mapping, "all", "").await["closed"], "not_found");
    app.stop().await;
}
