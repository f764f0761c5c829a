//! Without a mail server: links that are shown once.

use http::Method;
use serde_json::json;
use sonicsaas::routes;

use super::{EVERYBODY, KEY, OPERATORS, accept, counts, ended, send, start_all};
use crate::{app::App, browser::Browser};

async fn file(browser: &Browser, job: &str) -> Vec<Vec<String>> {
    let reply = browser
        .get(&format!("{}?job={job}", routes::INVITATION_FILE))
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(reply.header("cache-control"), "no-store");
    let lines = reply.body.trim_start_matches('\u{feff}').split_terminator("\r\n");
    lines
        .map(|line| {
            let inner = line.strip_prefix('"').and_then(|line| line.strip_suffix('"'));
            let inner = inner.expect("every field is quoted");
            inner.split("\",\"").map(str::to_owned).collect()
        })
        .collect()
}

#[tokio::test]
async fn each_link_is_in_the_file_once_and_works() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    let done = ended(&adam, &job).await;
    assert_eq!(counts(&done), (4, 0, 0));
    assert_eq!(done["mailed"], false);
    let place = format!("{}?job={job}", routes::INVITATION_FILE);
    // What is no person's click takes nothing.
    let head = adam
        .send(Method::HEAD, &place, &[("accept", "text/html")], None)
        .await;
    assert_eq!(head.status, 405);
    for (name, value) in [("sec-purpose", "prefetch"), ("sec-fetch-site", "cross-site")] {
        let reply = adam.send(Method::GET, &place, &[(name, value)], None).await;
        assert_eq!(reply.status, 403, "{name}");
    }
    let first = file(&adam, &job).await;
    assert_eq!(
        first[0],
        [
            "Person",
            "Email address",
            "Object ID",
            "Result",
            "Reason",
            "Invitation link"
        ]
    );
    assert_eq!(first.len(), 5);
    for row in &first[1..] {
        assert!(row[5].starts_with(&format!("{}/invite/", app.url)), "{row:?}");
        assert_eq!(row[3], "Created");
    }
    let second = file(&adam, &job).await;
    assert!(second[1..].iter().all(|row| row[5].is_empty()), "{second:?}");
    let dana = first
        .iter()
        .find(|row| row[1] == "dana@contoso.com")
        .expect("she is there");
    let path = dana[5].trim_start_matches(&app.url).to_owned();
    let browser = app.browser();
    let entered = accept(&app, &browser, &path, "dana@contoso.com").await;
    assert_eq!(entered.location(), routes::DASHBOARD);
    // A viewer gets no file, and another team's is not there.
    let vic = app.signed_in("vic@contoso.com").await;
    assert_eq!(vic.get(&place).await.status, 403);
    let nothing = format!(
        "{}?job={}",
        routes::INVITATION_FILE,
        "00000000-0000-7000-8000-000000000000"
    );
    assert_eq!(adam.get(&nothing).await.status, 404);
    app.stop().await;
}

#[tokio::test]
async fn the_page_takes_links_by_a_form_of_its_own() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    ended(&adam, &job).await;
    let shown = send(&adam, routes::INVITATION_LINKS, &[("job", job.as_str())])
        .await
        .json();
    let links = |list: &serde_json::Value| {
        let rows = list.as_array().expect("a list").clone();
        rows.iter().filter(|row| row["link"].is_string()).count()
    };
    assert_eq!(links(&shown), 4);
    let again = send(&adam, routes::INVITATION_LINKS, &[("job", job.as_str())])
        .await
        .json();
    assert_eq!(links(&again), 0);
    let listed = adam
        .call(&format!("{}?job={job}", routes::INVITATION_RESULTS))
        .await
        .json();
    assert_eq!(links(&listed), 0, "reading shows none");
    app.stop().await;
}

#[tokio::test]
async fn a_thousand_links_are_distinct_and_stored_as_hashes() {
    let app = App::start().await;
    let team = app.northwind().await;
    app.map(team, EVERYBODY, "viewer", 5).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, EVERYBODY, KEY).await;
    let done = ended(&adam, &job).await;
    assert_eq!(done["total"], 1240);
    let (sent, failed, _) = counts(&done);
    assert_eq!(failed, 0);
    let rows = file(&adam, &job).await;
    let tokens: std::collections::HashSet<_> = rows[1..]
        .iter()
        .filter_map(|row| row[5].rsplit('/').next())
        .filter(|token| !token.is_empty())
        .collect();
    assert_eq!(i64::try_from(tokens.len()).expect("few"), sent, "INV-008");
    assert!(tokens.iter().all(|token| token.len() == 64));
    let kept = "select cast(count(*) as text) from invitation where sealed_token is not null";
    assert_eq!(app.count(kept).await, 0, "shown, and gone");
    let events = app.events().await;
    let created = events.iter().filter(|event| event.action == "invitation.created");
    // The team's first owner was invited as well.
    assert_eq!(i64::try_from(created.count()).expect("few"), sent + 1);
    assert!(app.chains_are_whole().await);
    assert_eq!(json!("finished"), done["state"]);
    app.stop().await;
}
