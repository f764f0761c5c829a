//! Pages and batches against a Graph that misbehaves.

mod batches;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::entra::testing::{Asked, Host, Says, ids, impatient};

const WHAT: &str = "a test";

#[derive(Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Item {
    id: usize,
}

fn graph_at(host: &Host, limits: Limits) -> Graph {
    Graph::new(&host.url, limits, ids().0).expect("loopback")
}

fn page(asked: &Asked, items: std::ops::Range<usize>, next: Option<usize>) -> Says {
    let items: Vec<_> = items.map(|id| json!({ "id": id })).collect();
    let mut body = json!({ "value": items });
    if let Some(next) = next {
        let next = format!("http://{}/v1.0/x?$skiptoken={next}", asked.headers["host"]);
        body["@odata.nextLink"] = next.into();
    }
    Says::json(&body)
}

async fn list_with(graph: &Graph, question: &Question) -> Result<Vec<Item>, EntraError> {
    let mut pages = Pages::of(question);
    while let Some(address) = pages.next_address()? {
        pages.add(graph.page(question, address, &"t".into()).await?)?;
    }
    Ok(pages.all())
}

/// The list of a host that says this to the first, second, … question.
async fn list(
    script: impl Fn(&Asked, usize) -> Says + Send + Sync + 'static,
) -> (Result<Vec<Item>, EntraError>, Host) {
    let count = AtomicUsize::new(0);
    let host = Host::start(move |asked| script(asked, count.fetch_add(1, Ordering::SeqCst))).await;
    let graph = graph_at(&host, impatient());
    let question = Question::new(WHAT, graph.address("v1.0/x")).in_index();
    (list_with(&graph, &question).await, host)
}

#[tokio::test]
async fn every_page_is_read_and_carries_the_header_that_its_address_cannot() {
    let (found, host) = list(|asked, number| match number {
        0 => page(asked, 0..2, Some(1)),
        1 => page(asked, 2..2, Some(2)),
        _ => page(asked, 2..3, None),
    })
    .await;
    assert_eq!(found.expect("all of it"), [0, 1, 2].map(|id| Item { id }));
    let asked = host.asked();
    assert_eq!(asked.len(), 3);
    assert!(
        asked
            .iter()
            .all(|asked| asked.headers["consistencylevel"] == "eventual")
    );
    assert!(asked[2].path.ends_with("?$skiptoken=2"), "as it stood there");
}

#[tokio::test]
async fn a_throttled_page_waits_as_long_as_it_says() {
    let host = Host::start(|_| Says::Hangup).await;
    let count = AtomicUsize::new(0);
    host.now_says(move |asked| match count.fetch_add(1, Ordering::SeqCst) {
        0 => page(asked, 0..2, Some(1)),
        1 | 2 => Says::status(429, "retry-after", "1"),
        _ => page(asked, 2..4, None),
    });
    let limits = Limits {
        longest_wait: Duration::from_secs(2),
        ..impatient()
    };
    let graph = graph_at(&host, limits);
    let question = Question::new(WHAT, graph.address("v1.0/x"));
    let began = tokio::time::Instant::now();
    assert_eq!(list_with(&graph, &question).await.expect("all of it").len(), 4);
    assert!(
        began.elapsed() >= Duration::from_secs(2),
        "GRF-001: {:?}",
        began.elapsed()
    );
    assert_eq!(host.asked().len(), 4);
}

#[tokio::test]
async fn lists_without_end_end() {
    for (name, next) in [
        ("itself", "http://{}/v1.0/x"),
        ("first", "http://{}/v1.0/x?$skiptoken=1"),
    ] {
        let (found, host) = list(move |asked, _| {
            let next = next.replace("{}", &asked.headers["host"]);
            Says::json(&json!({ "value": [{ "id": 1 }], "@odata.nextLink": next }))
        })
        .await;
        assert_eq!(found.expect_err("a circle").kind(), "malformed", "{name}");
        assert!(host.asked().len() <= 2);
    }
    let (found, host) = list(|asked, number| page(asked, 0..1, Some(number + 1))).await;
    assert_eq!(found.expect_err("endless").kind(), "malformed");
    assert_eq!(host.asked().len(), pages::MOST_PAGES);

    let body = format!(r#"{{"value":[],"padding":"{}""#, "x".repeat(4_000_000));
    let count = AtomicUsize::new(0);
    let host = Host::start(move |asked| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        let next = format!("http://{}/v1.0/x?$skiptoken={number}", asked.headers["host"]);
        Says::text(
            200,
            "application/json",
            &format!(r#"{body},"@odata.nextLink":"{next}"}}"#),
        )
    })
    .await;
    let patient = Limits {
        request: Duration::from_secs(10),
        ..impatient()
    };
    let graph = graph_at(&host, patient);
    let found = list_with(&graph, &Question::new(WHAT, graph.address("v1.0/x"))).await;
    assert_eq!(found.expect_err("heavy").kind(), "too_large");
    assert_eq!(host.asked().len(), 17, "64 MiB");
}

#[tokio::test]
async fn no_page_is_read_from_elsewhere() {
    let away = Host::start(|_| Says::json(&json!({ "value": [] }))).await;
    let long = format!("https://evil.example/{}", "x".repeat(65_536));
    let own_host_elsewhere = away.origin().replace("127.0.0.1", "localhost");
    for next in [
        format!("{}/v1.0/x", away.origin()),
        format!("{own_host_elsewhere}/v1.0/x"),
        "https://evil.example/v1.0/x".to_owned(),
        "https://graph.microsoft.com@evil.example/v1.0/x".to_owned(),
        "//evil.example/v1.0/x".to_owned(),
        "\\\\evil.example\\x".to_owned(),
        "/v1.0/x".to_owned(),
        long,
    ] {
        let said = next.clone();
        let (found, host) =
            list(move |_, _| Says::json(&json!({ "value": [], "@odata.nextLink": said }))).await;
        let failed = found.expect_err("not followed");
        assert_eq!(
            failed.kind(),
            "foreign_address",
            "GRF-012, GRF-013: {}",
            &next[..30.min(next.len())]
        );
        assert!(failed.to_string().len() < 1000);
        assert_eq!(host.asked().len(), 1);
    }
    assert!(away.asked().is_empty());
    let (found, _) = list(|asked, _| {
        let next = format!("http://{}/beta/x", asked.headers["host"]);
        Says::json(&json!({ "value": [], "@odata.nextLink": next }))
    })
    .await;
    assert_eq!(found.expect_err("another version").kind(), "foreign_address");
}

#[tokio::test]
async fn half_a_page_is_none() {
    for (says, kind) in [
        (Says::json(&json!({})), "malformed"),
        (Says::json(&json!({ "value": null })), "malformed"),
        (Says::json(&json!({ "value": [{ "id": "x" }] })), "malformed"),
        (Says::text(200, "application/json", r#"{"value":["#), "malformed"),
        (
            Says::This(200, vec![], b"{\"value\":[],\"x\":\"\xff\"}".to_vec()),
            "malformed",
        ),
        (
            Says::text(200, "application/json", &" ".repeat((4 << 20) + 1)),
            "too_large",
        ),
        (Says::Drip, "timed_out"),
        (Says::Silence, "timed_out"),
        (Says::Hangup, "unreachable"),
        (Says::status(302, "location", "https://evil.example/"), "refused"),
        (Says::status(503, "retry-after", "3600"), "unavailable"),
    ] {
        let said = says.clone();
        let (found, _) = list(move |asked, number| match number {
            0 => page(asked, 0..2, Some(1)),
            _ => said.clone(),
        })
        .await;
        assert_eq!(found.expect_err("half a list").kind(), kind, "{says:?}");
    }
}

#[test]
fn an_option_stays_one_value_whatever_stands_in_it() {
    let graph = Graph::new(
        &Url::parse("https://graph.microsoft.com").expect("an address"),
        impatient(),
        ids().0,
    )
    .expect("https");
    let hostile = "a&$expand=owners;'\"\\#%27+ü\u{0}/../";
    let address = graph.address_with("v1.0/groups", &[("$search", hostile), ("$top", "1")]);
    let pairs: Vec<_> = address.query_pairs().into_owned().collect();
    let expected = [("$search", hostile), ("$top", "1")];
    assert_eq!(
        pairs,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert!(
        !address.as_str().contains('+') && !address.as_str().contains("/../"),
        "{address}"
    );
}
