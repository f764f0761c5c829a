//! Many questions in one request.

use serde_json::Value;

use super::*;

/// What stands in an answer in the place of one part, by its number and its address.
type Answered = fn(&str, &str) -> Vec<Value>;

/// The numbers and addresses that a batch asks for.
fn requests(asked: &Asked) -> Vec<(String, String)> {
    let body: Value = serde_json::from_str(&asked.body).expect("JSON");
    let requests = body["requests"].as_array().expect("a list").iter();
    requests
        .map(|request| {
            assert_eq!(request["method"], "GET");
            let text = |name: &str| request[name].as_str().expect("a text").to_owned();
            (text("id"), text("url"))
        })
        .collect()
}

fn there(id: &str, url: &str) -> Value {
    let number: usize = url.trim_start_matches("/groups/").parse().expect("a number");
    json!({ "id": id, "status": 200, "headers": {}, "body": { "id": number } })
}

fn not_there(id: &str) -> Value {
    json!({ "id": id, "status": 404, "body": { "error": { "code": "Request_ResourceNotFound" } } })
}

fn throttled(id: &str, retry_after: &Value) -> Value {
    json!({ "id": id, "status": 429, "headers": { "Retry-After": retry_after }, "body": { "error": { "code": "TooManyRequests" } } })
}

async fn batch(
    count: usize,
    limits: Limits,
    script: impl Fn(Vec<(String, String)>, usize) -> Vec<Value> + Send + Sync + 'static,
) -> (Result<Vec<Option<Item>>, EntraError>, Host) {
    let asked_before = AtomicUsize::new(0);
    let host = Host::start(move |asked| {
        assert_eq!(
            (asked.method.as_str(), asked.path.as_str()),
            ("POST", "/v1.0/$batch")
        );
        let number = asked_before.fetch_add(1, Ordering::SeqCst);
        Says::json(&json!({ "responses": script(requests(asked), number) }))
    })
    .await;
    let paths: Vec<_> = (0..count).map(|number| format!("/groups/{number}")).collect();
    let graph = graph_at(&host, limits);
    (graph.batch(WHAT, &paths, &"t".into()).await, host)
}

#[tokio::test]
async fn answers_in_any_order_find_their_questions() {
    let (found, host) = batch(45, impatient(), |requests, _| {
        assert!(requests.len() <= 20, "Graph takes no more");
        let unique: std::collections::HashSet<_> = requests.iter().map(|(id, _)| id).collect();
        assert_eq!(unique.len(), requests.len());
        let mut answers: Vec<_> = requests
            .iter()
            .map(|(id, url)| {
                if url.ends_with('7') {
                    not_there(id)
                } else {
                    there(id, url)
                }
            })
            .collect();
        answers.reverse();
        answers
    })
    .await;
    let expected: Vec<_> = (0..45).map(|id| (id % 10 != 7).then_some(Item { id })).collect();
    assert_eq!(found.expect("answered"), expected);
    assert_eq!(host.asked().len(), 3);
}

#[tokio::test]
async fn a_throttled_part_is_asked_again_alone_and_after_its_own_wait() {
    let limits = Limits {
        longest_wait: Duration::from_secs(2),
        ..impatient()
    };
    let began = tokio::time::Instant::now();
    let (found, host) = batch(4, limits, |requests, number| {
        let answer = |(id, url): &(String, String)| match (number, url.as_str()) {
            (0, "/groups/1") => throttled(id, &json!("0.01")),
            (0, "/groups/3") => throttled(id, &json!(1)),
            _ => there(id, url),
        };
        if number == 1 {
            let again: Vec<_> = requests.iter().map(|(_, url)| url.as_str()).collect();
            assert_eq!(again, ["/groups/1", "/groups/3"]);
        }
        requests.iter().map(answer).collect()
    })
    .await;
    assert_eq!(found.expect("answered").iter().flatten().count(), 4);
    assert!(
        began.elapsed() >= Duration::from_secs(1),
        "the longest of the waits"
    );
    assert_eq!(host.asked().len(), 2);

    let (found, host) = batch(2, impatient(), |requests, _| {
        requests
            .iter()
            .map(|(id, _)| throttled(id, &json!("0.01")))
            .collect()
    })
    .await;
    assert_eq!(found.expect_err("for ever").status(), Some(429));
    assert_eq!(host.asked().len(), 3);

    let (found, host) = batch(2, impatient(), |requests, _| {
        requests
            .iter()
            .map(|(id, _)| throttled(id, &json!("60")))
            .collect()
    })
    .await;
    let Err(EntraError::Unavailable { retry_after, .. }) = found else {
        panic!("{found:?}")
    };
    assert_eq!(retry_after, Some(Duration::from_mins(1)));
    assert_eq!(host.asked().len(), 1, "not asked before its time");
}

#[tokio::test]
async fn a_part_that_is_no_answer_spoils_the_whole() {
    let cases: [(&str, Answered); 8] = [
        ("malformed", |_, _| Vec::new()),
        ("malformed", |id, url| vec![there(id, url), there(id, url)]),
        ("malformed", |_, url| vec![there("77", url)]),
        ("malformed", |_, url| vec![there("x", url)]),
        ("malformed", |id, _| {
            vec![json!({ "id": id, "status": 200, "body": "bm90aGluZw==" })]
        }),
        ("refused", |id, _| {
            vec![json!({ "id": id, "status": 404, "body": { "error": { "code": "BadRequest" } } })]
        }),
        ("refused", |id, _| {
            vec![
                json!({ "id": id, "status": 403, "body": { "error": { "code": "Authorization_RequestDenied" } } }),
            ]
        }),
        ("refused", |id, _| vec![json!({ "id": id, "status": 7 })]),
    ];
    for (kind, answers) in cases {
        let (found, _) = batch(2, impatient(), move |requests, _| {
            let (id, url) = &requests[1];
            let mut all = vec![there(&requests[0].0, &requests[0].1)];
            all.extend(answers(id, url));
            all
        })
        .await;
        assert_eq!(found.expect_err("spoilt").kind(), kind);
    }
    let (found, host) = batch(0, impatient(), |_, _| Vec::new()).await;
    assert!(found.expect("nothing").is_empty() && host.asked().is_empty());
}
