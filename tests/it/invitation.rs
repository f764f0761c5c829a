//! Invitations: made one by one or for a whole group, mailed or shown, accepted by those they are for and by nobody else.

use std::time::Duration;

use http::Method;
use serde_json::Value;
use sonicsaas::{routes, storage::HostOperator};

use crate::{
    app::{App, CONTOSO, Setup},
    browser::{Browser, Reply},
    mailbox::Mailbox,
};

mod accept;
mod bulk;
mod delivery;
mod directory;
mod killed;
mod links;
mod one;
mod owner;
mod page;
mod secured;
mod shared;
mod withdrawn;

/// The group that the demo maps to Operator: Dana, Theo, and Nils and Olga of a nested group.
pub(crate) const OPERATORS: &str = "801355eb-05d9-4d51-a25f-f36ce5fe4bfa";
/// A group of 1,240 people that the demo does not map.
pub(crate) const EVERYBODY: &str = "aa2fd114-0ad1-418c-a1b5-c2a6b6c93e80";
/// The key of a form.
pub(crate) const KEY: &str = "form-0123456789";

/// A product that mails to this mailbox, with the demo's team.
pub(crate) async fn mailing(mailbox: &Mailbox) -> App {
    let app = App::with(Setup {
        environment: mailbox.environment(),
        ..Setup::default()
    })
    .await;
    app.northwind().await;
    app
}

/// Sends a form as a script of a page does.
pub(crate) async fn send(browser: &Browser, path: &str, form: &[(&str, &str)]) -> Reply {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let headers = [
        ("accept", "application/json"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
    ];
    let headers = [headers.as_slice(), &[("origin", browser.site())]].concat();
    browser.send(Method::POST, path, &headers, Some(body)).await
}

/// The mapping of a group.
pub(crate) async fn mapping(browser: &Browser, group: &str) -> String {
    let list = browser.call(routes::MAPPING_LIST).await.json();
    let rows = list.as_array().expect("a list");
    let row = rows.iter().find(|row| row["group_id"] == group).expect("mapped");
    row["id"].as_str().expect("an id").to_owned()
}

/// Invites everybody of a group, and returns the action.
pub(crate) async fn start_all(browser: &Browser, group: &str, key: &str) -> String {
    let mapping = mapping(browser, group).await;
    let form = [("mapping_id", mapping.as_str()), ("all", "true"), ("key", key)];
    let reply = send(browser, routes::INVITATION_START, &form).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()["job"].as_str().expect("a job").to_owned()
}

/// How far an action is.
pub(crate) async fn progress(browser: &Browser, job: &str) -> Value {
    let reply = browser
        .call(&format!("{}?job={job}", routes::INVITATION_PROGRESS))
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

/// Waits until an action is as wanted.
pub(crate) async fn until(browser: &Browser, job: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    // A slow machine sends some thirty mails a second.
    for _ in 0..4500 {
        let now = progress(browser, job).await;
        if wanted(&now) {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(80)).await;
    }
    panic!("it takes too long: {}", progress(browser, job).await);
}

/// Waits until nobody is left in an action.
pub(crate) async fn ended(browser: &Browser, job: &str) -> Value {
    until(browser, job, |now| now["ended"] == true).await
}

/// `sent`, `failed` and `skipped`.
pub(crate) fn counts(progress: &Value) -> (i64, i64, i64) {
    let number = |name: &str| progress[name].as_i64().expect("a number");
    (number("sent"), number("failed"), number("skipped"))
}

/// Every person of an action, with outcome and reason.
pub(crate) async fn results(browser: &Browser, job: &str) -> Vec<(String, String, String)> {
    let reply = browser
        .call(&format!("{}?job={job}", routes::INVITATION_RESULTS))
        .await;
    let list = reply.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    list.as_array()
        .expect("a list")
        .iter()
        .map(|row| (text(&row["email"]), text(&row["outcome"]), text(&row["reason"])))
        .collect()
}

/// Presses the Microsoft button of an invitation's page and signs somebody in at Microsoft.
pub(crate) async fn accept(app: &App, browser: &Browser, path: &str, person: &str) -> Reply {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let target = app.pick(browser, person, &button(&page)).await;
    browser.get(&target).await
}

/// The address that the Microsoft button of this page leads to.
pub(crate) fn button(page: &Reply) -> String {
    let document = scraper::Html::parse_document(&page.body);
    let inputs = scraper::Selector::parse("form[method=get] input").expect("a selector");
    let mut query = form_urlencoded::Serializer::new(String::new());
    for input in document.select(&inputs) {
        query.append_pair(
            input.attr("name").expect("a name"),
            input.attr("value").expect("a value"),
        );
    }
    format!("{}?{}", routes::SIGN_IN, query.finish())
}

/// The words of a page's `main`, with single spaces.
pub(crate) fn words(page: &Reply) -> String {
    let document = scraper::Html::parse_document(&page.body);
    let main = scraper::Selector::parse("main").expect("a selector");
    let text: Vec<_> = document.select(&main).flat_map(|main| main.text()).collect();
    text.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All words of a page, with single spaces.
pub(crate) fn said(page: &Reply) -> String {
    let document = scraper::Html::parse_document(&page.body);
    let text: Vec<_> = document.root_element().text().collect();
    text.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The identifier of a person of the demo.
pub(crate) fn object_of(app: &App, person: &str) -> String {
    let found = app.emulator.control().with_user(CONTOSO, person, |user| user.id);
    found.expect("known").to_string()
}

/// The platform's operator.
pub(crate) fn operator() -> HostOperator {
    HostOperator::on_this_machine()
}

/// The newest invitation of this address.
pub(crate) async fn created(app: &App, email: &str) -> String {
    let events = app.events().await.into_iter().rev();
    let mut created = events.filter(|event| event.action == "invitation.created");
    let event = created.find(|event| event.detail("email") == email);
    event.and_then(|event| event.target).expect("it was made")
}
