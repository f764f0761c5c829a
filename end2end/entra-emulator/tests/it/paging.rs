//! Pages of memberships, and every way in which following them can go wrong.

use std::collections::BTreeSet;

use entra_emulator::{ClockSetting, Fault, PageTrouble, RetryAfter};
use serde_json::json;

use crate::{
    client::{get_graph, post_form, post_json},
    graph::{assert_refused, ids, security_only},
    start::{Running, text},
};

const ROUTE: &str = "graph/me/transitiveMemberOf";
const CALL: &str = "me/transitiveMemberOf?$select=id&$top=999";

/// An emulator that gives Olga's 201 memberships on five pages, and her token.
async fn pages_of_fifty() -> (Running, String) {
    let running = Running::start().await;
    running
        .control
        .with_settings(|settings| settings.largest_graph_page = 50);
    let olga = running.delegated("organizations", "olga@contoso.com").await;
    (running, olga)
}

/// Follows links as they are, until there is none, an answer is no page, or twenty were read.
async fn walk(running: &Running, token: &str) -> (Vec<String>, Vec<usize>, Vec<String>) {
    let mut links = vec![running.graph(CALL)];
    let (mut seen, mut sizes) = (Vec::new(), Vec::new());
    while links.len() <= 20 {
        let page = get_graph(links.last().expect("one at least"), token).await;
        if page.status != 200 {
            break;
        }
        sizes.push(ids(&page).len());
        seen.extend(ids(&page));
        match page.json().get("@odata.nextLink") {
            Some(next) => links.push(text(next)),
            None => break,
        }
    }
    (seen, sizes, links)
}

fn distinct(seen: &[String]) -> usize {
    seen.iter().collect::<BTreeSet<_>>().len()
}

#[tokio::test]
async fn a_page_may_hold_fewer_than_asked_or_nothing_and_nothing_is_lost() {
    let (running, olga) = pages_of_fifty().await;
    let (seen, sizes, links) = walk(&running, &olga).await;
    assert_eq!((distinct(&seen), sizes), (201, vec![50, 50, 50, 50, 1]));
    assert!(
        links[1].contains("$select=id&$top=999&$skiptoken="),
        "the query goes on: {}",
        links[1]
    );

    running.control.fault(Fault::paging(ROUTE, 2, PageTrouble::Empty));
    let (seen, sizes, _) = walk(&running, &olga).await;
    assert_eq!((distinct(&seen), sizes), (201, vec![50, 0, 50, 50, 50, 1]));

    running.control.clear_faults();
    running
        .control
        .fault(Fault::paging(ROUTE, 3, PageTrouble::Short(7)));
    let (seen, sizes, _) = walk(&running, &olga).await;
    assert_eq!((distinct(&seen), sizes), (201, vec![50, 50, 7, 50, 44]));
}

#[tokio::test]
async fn links_can_go_round_in_circles_or_on_for_ever() {
    let (running, olga) = pages_of_fifty().await;
    running
        .control
        .fault(Fault::paging(ROUTE, 3, PageTrouble::ToFirst));
    let (seen, sizes, links) = walk(&running, &olga).await;
    assert_eq!((distinct(&seen), sizes.len(), &links[3]), (150, 20, &links[0]));

    running.control.clear_faults();
    running
        .control
        .fault(Fault::paging(ROUTE, 2, PageTrouble::ToItself));
    let (seen, sizes, links) = walk(&running, &olga).await;
    assert_eq!((distinct(&seen), sizes.len(), &links[2]), (100, 20, &links[1]));

    running.control.clear_faults();
    running.control.fault(Fault {
        route: ROUTE.to_owned(),
        paging: Some(PageTrouble::Endless),
        ..Fault::default()
    });
    let (seen, sizes, links) = walk(&running, &olga).await;
    assert_eq!((distinct(&seen), sizes.len()), (201, 20));
    assert_eq!(distinct(&links), 21, "every link is new");
}

#[tokio::test]
async fn links_can_lead_elsewhere_and_tokens_wear_out() {
    let (running, olga) = pages_of_fifty().await;
    let next = async |trouble: PageTrouble| {
        running.control.clear_faults();
        running.control.fault(Fault::paging(ROUTE, 1, trouble));
        get_graph(&running.graph(CALL), &olga).await.json()
    };
    let page = next(PageTrouble::ForeignOrigin("https://evil.example".to_owned())).await;
    let link = text(&page["@odata.nextLink"]);
    assert!(
        link.starts_with("https://evil.example/v1.0/me/transitiveMemberOf?$select=id&$top=999&$skiptoken="),
        "{link}"
    );
    let page = next(PageTrouble::Link("javascript:alert(1)".to_owned())).await;
    assert_eq!(page["@odata.nextLink"], "javascript:alert(1)");
    let page = next(PageTrouble::WornOut).await;
    let link = text(&page["@odata.nextLink"]);
    running.control.clear_faults();
    assert_refused(&get_graph(&link, &olga).await, 400, "Directory_ExpiredPageToken");
    let page = next(PageTrouble::NoValue).await;
    assert!(page.get("value").is_none() && page["@odata.nextLink"].is_string());
}

#[tokio::test]
async fn a_later_page_can_fail_in_any_way_a_request_can() {
    let (running, olga) = pages_of_fifty().await;
    for (status, code) in [
        (429, "TooManyRequests"),
        (500, "UnknownError"),
        (503, "serviceNotAvailable"),
        (504, "UnknownError"),
    ] {
        running.control.clear_faults();
        running.control.fault(Fault {
            page: Some(3),
            ..Fault::status(ROUTE, status)
        });
        let (seen, _, links) = walk(&running, &olga).await;
        assert_eq!(seen.len(), 100, "two pages, then {status}");
        let refused = get_graph(links.last().unwrap(), &olga).await;
        assert_refused(&refused, status, code);
        assert_eq!(refused.header("retry-after"), "", "only when asked for");
    }
    // Once only: the second walk sees everything.
    running.control.clear_faults();
    running.control.fault(Fault {
        page: Some(2),
        times: Some(1),
        ..Fault::status(ROUTE, 500)
    });
    assert_eq!(walk(&running, &olga).await.0.len(), 50);
    assert_eq!(walk(&running, &olga).await.0.len(), 201);
    // Cut in the middle of its body.
    running.control.fault(Fault {
        route: ROUTE.to_owned(),
        page: Some(2),
        cut_after: Some(40),
        ..Fault::default()
    });
    let first = get_graph(&running.graph(CALL), &olga).await.json();
    let link = text(&first["@odata.nextLink"]);
    let bearer = format!("Bearer {olga}");
    let answer = crate::client::send(http::Method::GET, &link, &[("authorization", &bearer)], "").await;
    assert!(answer.is_err(), "{answer:?}");
}

/// 33
#[tokio::test]
async fn throttling_says_when_to_come_back_in_every_form_or_not_at_all() {
    let running = Running::start().await;
    running.control.set_clock(ClockSetting::Fixed(1_739_441_826));
    let dana = running.delegated("organizations", "dana@contoso.com").await;
    let forms = [
        (None, ""),
        (Some(RetryAfter::Seconds(10)), "10"),
        (Some(RetryAfter::Text("2.128".to_owned())), "2.128"),
        (Some(RetryAfter::DateIn(7)), "Thu, 13 Feb 2025 10:17:13 GMT"),
    ];
    for (form, written) in forms {
        running.control.clear_faults();
        running.control.fault(Fault::throttled("graph/me", form));
        let answer = post_json(&running.graph("me/getMemberObjects"), &dana, &security_only()).await;
        assert_refused(&answer, 429, "TooManyRequests");
        assert_eq!(answer.header("retry-after"), written);
        let error = answer.json()["error"].clone();
        assert_eq!(error["message"], "Please retry again later.");
        assert_eq!(
            (&error["innerError"]["code"], &error["innerError"]["status"]),
            (&json!("429"), &json!("429"))
        );
        assert_eq!(error["innerError"]["request-id"], answer.header("request-id"));
        assert_eq!(
            answer.header("x-ms-throttle-information"),
            "ResourceUnitLimitExceeded"
        );
    }
    // Entra's own endpoints have other bodies: a status alone has none there.
    running.control.fault(Fault::status("token", 503));
    let answer = post_form(&running.at("organizations/oauth2/v2.0/token"), &[]).await;
    assert_eq!((answer.status, answer.body.as_str()), (503, ""));
}

/// 34: the limit itself is 11,000, which a test of a client need not build.
#[tokio::test]
async fn the_limit_of_one_answer_can_be_lowered() {
    let (running, olga) = pages_of_fifty().await;
    running
        .control
        .with_settings(|settings| settings.member_result_limit = 200);
    for call in ["me/getMemberObjects", "me/getMemberGroups"] {
        let answer = post_json(&running.graph(call), &olga, &security_only()).await;
        assert_refused(&answer, 400, "Directory_ResultSizeLimitExceeded");
    }
    assert_eq!(walk(&running, &olga).await.0.len(), 201, "pages have no limit");
    let dana = running.delegated("organizations", "dana@contoso.com").await;
    let answer = post_json(&running.graph("me/getMemberObjects"), &dana, &security_only()).await;
    assert_eq!(ids(&answer).len(), 3);
}

/// The application itself pages like a person does, and a fault's star stands for whoever is asked about.
#[tokio::test]
async fn pages_of_another_person_for_the_application() {
    let (running, _) = pages_of_fifty().await;
    let app = running.app_token("contoso.com").await;
    let olga = running
        .control
        .with_user("contoso.com", "olga@contoso.com", |user| user.id)
        .unwrap();
    running.control.fault(Fault {
        times: Some(1),
        ..Fault::paging("graph/users/*/transitiveMemberOf", 2, PageTrouble::Empty)
    });
    let mut address = running.graph(&format!("users/{olga}/transitiveMemberOf?$select=id&$top=999"));
    let mut sizes = Vec::new();
    loop {
        let page = get_graph(&address, &app).await;
        sizes.push(ids(&page).len());
        match page.json().get("@odata.nextLink") {
            Some(next) => address = text(next),
            None => break,
        }
    }
    assert_eq!(sizes, [50, 0, 50, 50, 50, 1]);
}
