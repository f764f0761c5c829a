//! Groups larger than one page of Microsoft's.

use std::collections::HashSet;

use entra_emulator::CrowdSize;
use serde_json::json;
use sonicsaas::routes;

use super::{ask, crowd, mapping_of, members, standing};
use crate::{app::App, mapping::OPERATORS};

/// The memory of this process now, in kilobytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a Linux machine");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .expect("a line");
    let number = line.split_whitespace().nth(1).expect("a number");
    number.parse().expect("a number")
}

#[tokio::test]
async fn the_first_rows_of_fifty_thousand_come_with_microsofts_first_page() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = crowd(&app, &adam, CrowdSize::of(50_000)).await;
    app.emulator.control().clear_log();
    let page = members(&adam, &mapping, "all", "").await;
    assert_eq!(standing(&page).len(), 50);
    assert_eq!(
        (&page["counts"]["members"], &page["counts"]["exact"]),
        (&json!(50_000), &json!(false))
    );
    let asked = app.emulator.control().log_of("graph/groups");
    let pages = asked
        .iter()
        .filter(|entry| entry.path.ends_with("/transitiveMembers"));
    assert_eq!(pages.count(), 1, "one page of Microsoft's");

    // Forty pages on, nobody came twice, and the server holds no more than before.
    let before = peak();
    let mut seen = HashSet::new();
    let mut page = page;
    for _ in 0..40 {
        for member in page["members"].as_array().expect("a list") {
            assert!(
                seen.insert(member["object_id"].to_string()),
                "{member} came twice"
            );
        }
        let cursor = page["next"].as_str().expect("a next page").to_owned();
        page = members(&adam, &mapping, "all", &cursor).await;
    }
    assert_eq!(seen.len(), 2_000);
    let grown = peak().saturating_sub(before);
    assert!(
        grown < 10_000 + 20_000,
        "{grown} kB, the stand-in's answers included"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_filter_looks_on_until_it_has_a_page_or_says_how_far_it_got() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = crowd(&app, &adam, CrowdSize::of(3_000)).await;
    app.signed_in("everybody.02500@contoso.com").await;
    let cannot = members(&adam, &mapping, "cannot_be_invited", "").await;
    assert_eq!(standing(&cannot).len(), 50);
    assert!(
        standing(&cannot)
            .iter()
            .all(|(_, status)| ["disabled", "guest", "no_address"].contains(&status.as_str()))
    );
    let (mut found, mut cursor) = (Vec::new(), String::new());
    for _ in 0..10 {
        let page = members(&adam, &mapping, "signed_up", &cursor).await;
        found.extend(standing(&page));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(found.len(), 1, "{found:?}");
    app.stop().await;
}

#[tokio::test]
async fn a_group_that_fits_is_sorted_and_counted_and_paged_by_fifty() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = crowd(&app, &adam, CrowdSize::plain(120)).await;
    let (mut names, mut cursor, mut sizes) = (Vec::new(), String::new(), Vec::new());
    loop {
        let page = members(&adam, &mapping, "all", &cursor).await;
        assert_eq!(
            (&page["counts"]["members"], &page["counts"]["exact"]),
            (&json!(120), &json!(true))
        );
        let found = standing(&page);
        sizes.push(found.len());
        names.extend(found.into_iter().map(|(name, _)| name.to_lowercase()));
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(sizes, [50, 50, 20]);
    assert!(names.is_sorted(), "{names:?}");
    app.stop().await;
}

#[tokio::test]
async fn a_place_is_good_for_its_own_list_alone() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = crowd(&app, &adam, CrowdSize::plain(120)).await;
    let page = members(&adam, &mapping, "all", "").await;
    let cursor = page["next"].as_str().expect("a next page");
    let other = mapping_of(&adam, OPERATORS).await;
    for (mapping, filter, cursor) in [
        (mapping.as_str(), "not_invited", cursor),
        (other.as_str(), "all", cursor),
        (mapping.as_str(), "all", "forged"),
        (mapping.as_str(), "all", &cursor[..cursor.len() - 2]),
    ] {
        let refused = ask(&adam, mapping, filter, cursor).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
    }
    // Sealed by this server for somebody else.
    let foreign = app.services.sealer.seal("attempt", "{}");
    assert_eq!(ask(&adam, &mapping, "all", &foreign).await.status, 422);
    let path = format!("{}/{mapping}/members?cursor=forged", routes::MAPPINGS);
    let shown = adam.get(&path).await;
    assert!(
        shown.body.contains("This list has changed at Microsoft."),
        "{}",
        shown.body
    );
    app.stop().await;
}
