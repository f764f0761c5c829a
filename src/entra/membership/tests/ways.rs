//! The second and the third way: page by page, and with the application's own right.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::entra::testing::Asked;

const MINE: &str = "/v1.0/me/transitiveMemberOf?$select=id&$top=999";

fn id(number: usize) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn page(numbers: std::ops::Range<usize>, next: Option<&str>) -> Says {
    let value: Vec<_> = numbers.map(|number| json!({ "id": id(number) })).collect();
    let mut page = json!({ "@odata.context": "x", "value": value });
    if let Some(next) = next {
        page["@odata.nextLink"] = next.into();
    }
    Says::json(&page)
}

fn says_error(status: u16, code: &str) -> Says {
    let body = json!({ "error": { "code": code, "message": "No." } });
    Says::text(status, "application/json", &body.to_string())
}

fn application_token(token: &str, lifetime: u64) -> Says {
    Says::json(&json!({ "token_type": "Bearer", "expires_in": lifetime, "access_token": token }))
}

fn is_token_request(asked: &Asked) -> bool {
    asked.path.ends_with("/oauth2/v2.0/token")
}

/// The groups of somebody whose ids do not fit one answer, when the pages say this. The application is refused.
async fn by_pages(
    script: impl Fn(&Asked, usize) -> Says + Send + Sync + 'static,
) -> (Result<Groups, Box<GroupsUnread>>, Host) {
    let pages = AtomicUsize::new(0);
    let host = Host::start(move |asked| {
        if asked.path.ends_with("/getMemberObjects") {
            says_error(400, TOO_MANY)
        } else if is_token_request(asked) {
            Says::text(400, "application/json", r#"{"error":"unauthorized_client"}"#)
        } else {
            script(asked, pages.fetch_add(1, Ordering::SeqCst))
        }
    })
    .await;
    let asked = Desk::at(&host)
        .ask(&person(&[], false), Some(&"mine".into()), impatient().groups)
        .await;
    (asked, host)
}

/// Where the second page lies on this very host.
fn further(asked: &Asked) -> String {
    format!(
        "http://{}/v1.0/me/transitiveMemberOf?$skiptoken=AbC",
        asked.headers["host"]
    )
}

#[tokio::test]
async fn too_many_ids_come_page_by_page() {
    let (groups, host) = by_pages(|asked, number| match number {
        0 => page(0..999, Some(&further(asked))),
        1 => page(999..999, Some(&format!("{}2", further(asked)))),
        _ => page(999..1500, None),
    })
    .await;
    let groups = groups.expect("all pages");
    assert_eq!(
        (groups.ids.len(), groups.from.name()),
        (1500, "graph_pages"),
        "P035"
    );
    let asked = host.asked();
    assert_eq!(asked.len(), 4);
    assert_eq!((asked[1].method.as_str(), asked[1].path.as_str()), ("GET", MINE));
    assert!(
        asked
            .iter()
            .all(|asked| asked.headers["authorization"] == "Bearer mine")
    );
    assert!(
        asked
            .iter()
            .all(|asked| !asked.headers.contains_key("consistencylevel"))
    );
}

#[tokio::test]
async fn a_page_that_breaks_starts_the_list_over_once() {
    let broken = || says_error(400, "Directory_ExpiredPageToken");
    let (groups, host) = by_pages(move |asked, number| match number {
        0 | 2 => page(0..999, Some(&further(asked))),
        1 => broken(),
        _ => page(999..1000, None),
    })
    .await;
    assert_eq!(groups.expect("the second time").ids.len(), 1000, "GRF-037 a");
    assert_eq!(host.count(MINE), 2);

    let (groups, host) = by_pages(move |asked, number| match number % 2 {
        0 => page(0..999, Some(&further(asked))),
        _ => broken(),
    })
    .await;
    let unread = groups.expect_err("never half a list");
    assert_eq!(
        unread.as_person.microsoft().map(|said| said.error.as_str()),
        Some("Directory_ExpiredPageToken"),
        "GRF-037 b"
    );
    assert_eq!(host.count(MINE), 2, "once more, and no more");
}

#[tokio::test]
async fn a_first_page_that_fails_is_not_asked_again() {
    let (groups, host) = by_pages(|_, _| says_error(403, "Authorization_RequestDenied")).await;
    assert_eq!(groups.expect_err("refused").as_person.kind(), "refused");
    assert_eq!(host.count(MINE), 1);
}

#[tokio::test]
async fn the_token_goes_to_no_other_host_and_the_list_has_an_end() {
    let away = Host::start(|_| page(0..1, None)).await;
    let elsewhere = format!("{}/v1.0/me/transitiveMemberOf", away.origin());
    for next in [
        elsewhere.clone(),
        elsewhere.replace("127.0.0.1", "localhost"),
        "https://graph.microsoft.com.evil.example/v1.0/x".to_owned(),
        "//evil.example/v1.0/x".to_owned(),
        "/v1.0/x".to_owned(),
        "javascript:alert(1)".to_owned(),
    ] {
        let said = next.clone();
        let (groups, _) = by_pages(move |_, _| page(0..2, Some(&said))).await;
        let unread = groups.expect_err("not followed");
        assert_eq!(
            unread.as_person.kind(),
            "foreign_address",
            "GRF-012, GRF-013: {next}"
        );
    }
    let (groups, _) = by_pages(|asked, _| {
        let own = format!("http://user@{}/v1.0/x", asked.headers["host"]);
        page(0..2, Some(&own))
    })
    .await;
    assert_eq!(
        groups.expect_err("not followed").as_person.kind(),
        "foreign_address"
    );
    assert!(away.asked().is_empty());

    let (groups, host) = by_pages(|asked, _| page(0..2, Some(&further(asked)))).await;
    assert_eq!(
        groups.expect_err("a circle").as_person.kind(),
        "malformed",
        "GRF-010"
    );
    assert_eq!(
        host.asked().len(),
        6,
        "twice two pages, one question and one token"
    );

    let (groups, _) =
        by_pages(|asked, number| page(0..0, Some(&format!("{}{number}", further(asked))))).await;
    let kind = groups.expect_err("endless").as_person.kind();
    assert!(matches!(kind, "malformed" | "timed_out"), "GRF-011: {kind}");
}

#[tokio::test]
async fn the_application_asks_when_the_person_is_refused() {
    let host = Host::start(|asked| {
        if is_token_request(asked) {
            application_token("ours", 3600)
        } else if asked.headers["authorization"] == "Bearer ours" {
            page(0..3, None)
        } else {
            says_error(403, "Authorization_RequestDenied")
        }
    })
    .await;
    let desk = Desk::at(&host);
    for _ in 0..2 {
        let groups = desk
            .ask(
                &person(&[TENANT_B], false),
                Some(&"mine".into()),
                impatient().groups,
            )
            .await
            .expect("the application may");
        assert_eq!((groups.ids.len(), groups.from.name()), (4, "graph_application"));
    }
    let asked = host.asked();
    let tokens: Vec<_> = asked.iter().filter(|asked| is_token_request(asked)).collect();
    assert_eq!(tokens.len(), 1, "the token is kept");
    assert_eq!(tokens[0].path, format!("/{TENANT_A}/oauth2/v2.0/token"));
    let form = tokens[0].form();
    assert_eq!(form["grant_type"], "client_credentials");
    assert_eq!(form["scope"], format!("{}/.default", host.origin()));
    assert_eq!(form["client_secret"], "s3cret");
    let listed = format!("/v1.0/users/{OBJECT}/transitiveMemberOf?$select=id&$top=999");
    assert_eq!(host.count(&listed), 2, "exactly the person who has signed in");
}

#[tokio::test]
async fn a_kept_token_that_is_refused_is_replaced_once() {
    let given = AtomicUsize::new(0);
    let host = Host::start(move |asked| {
        if is_token_request(asked) {
            return application_token(&format!("token {}", given.fetch_add(1, Ordering::SeqCst)), 3600);
        }
        match asked.headers["authorization"].as_str() {
            "Bearer token 1" => page(0..3, None),
            _ => says_error(401, "Authorization_IdentityNotFound"),
        }
    })
    .await;
    let desk = Desk::at(&host);
    let ask = || async { desk.ask(&person(&[], false), None, impatient().groups).await };
    assert_eq!(ask().await.expect("with the second token").ids.len(), 3);
    assert_eq!(host.count("/oauth2/v2.0/token"), 2);
    assert_eq!(ask().await.expect("with the same").ids.len(), 3);
    assert_eq!(host.count("/oauth2/v2.0/token"), 2);

    host.now_says(|asked| {
        if is_token_request(asked) {
            application_token("another", 3600)
        } else {
            says_error(401, "InvalidAuthenticationToken")
        }
    });
    assert_eq!(
        ask().await.expect_err("refused twice").as_application.kind(),
        "refused"
    );
    assert_eq!(
        host.count("/oauth2/v2.0/token"),
        3,
        "one new token for one question"
    );
}

#[tokio::test]
async fn tokens_are_renewed_before_they_end_and_never_mix() {
    let host = Host::start(|asked| {
        if is_token_request(asked) {
            // The path names the tenant, and so does the token.
            application_token(asked.path.split('/').nth(1).unwrap_or_default(), 3600)
        } else {
            page(0..1, None)
        }
    })
    .await;
    let (ids, clock) = ids();
    let mut desk = Desk::at(&host);
    desk.tokens = ApplicationTokens::new(&host.url, ids);
    let mut other = person(&[], false);
    other.key.tenant = tenant(TENANT_B);
    let ours = person(&[], false);
    for who in [&ours, &other, &ours] {
        desk.ask(who, None, impatient().groups).await.expect("listed");
    }
    assert_eq!(host.count("/oauth2/v2.0/token"), 2, "GRF-025");
    let sent: Vec<_> = host
        .asked()
        .into_iter()
        .filter_map(|asked| asked.headers.get("authorization").cloned())
        .collect();
    assert_eq!(
        sent,
        [TENANT_A, TENANT_B, TENANT_A].map(|tenant| format!("Bearer {tenant}"))
    );
    clock.advance(Duration::from_mins(54));
    desk.ask(&ours, None, impatient().groups).await.expect("listed");
    assert_eq!(host.count("/oauth2/v2.0/token"), 2);
    clock.advance(Duration::from_mins(1));
    desk.ask(&ours, None, impatient().groups).await.expect("listed");
    assert_eq!(host.count("/oauth2/v2.0/token"), 3, "five minutes early");
}

#[tokio::test]
async fn ten_people_at_once_ask_for_one_token() {
    let host = Host::start(|asked| {
        if is_token_request(asked) {
            application_token("ours", 3600)
        } else {
            page(0..1, None)
        }
    })
    .await;
    let desk = Desk::at(&host);
    let somebody = person(&[], false);
    let all = (0..10).map(|_| desk.ask(&somebody, None, Duration::from_secs(5)));
    for asked in futures_util::future::join_all(all).await {
        asked.expect("listed");
    }
    assert_eq!(host.count("/oauth2/v2.0/token"), 1);
}
