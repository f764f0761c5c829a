//! Inviting from the page of a group's members, as somebody does it without a script.

use serde_json::json;
use sonicsaas::routes;

use super::{OPERATORS, ended, mailing, mapping, object_of, words};
use crate::{
    app::App,
    browser::{Browser, Reply},
    mailbox::Mailbox,
};

async fn page(browser: &Browser, mapping: &str, query: &str) -> Reply {
    let shown = browser
        .get(&format!("{}/{mapping}/members{query}", routes::MAPPINGS))
        .await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    shown
}

/// The hidden fields of the form that posts there.
fn fields(page: &Reply, action: &str) -> Vec<(String, String)> {
    let document = scraper::Html::parse_document(&page.body);
    let selector = format!("form[action='{action}'] input[type=hidden]");
    let inputs = scraper::Selector::parse(&selector).expect("a selector");
    let text = |input: scraper::ElementRef<'_>, name| input.attr(name).expect("has it").to_owned();
    document
        .select(&inputs)
        .map(|input| (text(input, "name"), text(input, "value")))
        .collect()
}

/// Presses the button of a form of this page, and returns the page behind it.
async fn press(browser: &Browser, page: &Reply, action: &str) -> Reply {
    let fields = fields(page, action);
    assert!(!fields.is_empty(), "no form for {action}: {}", page.body);
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let answer = browser.post(action, &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let next = browser.get(answer.location()).await;
    assert_eq!(next.status, 200, "{}", next.body);
    next
}

fn job_of(reply: &Reply) -> String {
    let fields = fields(reply, routes::INVITATION_STOP);
    fields.into_iter().next().map(|(_, job)| job).unwrap_or_default()
}

fn holds(page: &Reply, all: &[&str]) {
    let said = words(page);
    for words in all {
        assert!(said.contains(words), "{words} is missing: {said}");
    }
}

#[tokio::test]
async fn those_who_are_chosen_are_asked_for_and_then_invited_once() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.signed_in("dana@contoso.com").await;
    let mapping = mapping(&adam, OPERATORS).await;
    let list = page(&adam, &mapping, "").await;
    holds(
        &list,
        &[
            "Invite selected",
            "Invite all not invited (3)",
            "Select Nils",
            "Invite Olga",
        ],
    );
    assert!(!words(&list).contains("Select Dana Reyes"), "she has an account");

    let (nils, dana) = (
        object_of(&app, "nils@contoso.com"),
        object_of(&app, "dana@contoso.com"),
    );
    let query = format!("?review=selected&person={nils}&person={dana}&person=nonsense");
    let review = page(&adam, &mapping, &query).await;
    holds(
        &review,
        &[
            "Send 1 invitation?",
            "Operator",
            "11 Mar 2026, 14:02 UTC",
            "nils@contoso.com",
            "Dana Reyes: Already a member",
            "Adam Cole invited you to Northwind MSP",
            "Each invitation works for that person's Microsoft account only.",
            "You can't unsend a mail. You can revoke an invitation.",
        ],
    );
    assert!(
        review.body.contains("<title>Send 1 invitation? "),
        "{}",
        review.body
    );
    assert!(mailbox.mails().is_empty(), "the question invites nobody");

    press(&adam, &review, routes::INVITATION_START).await;
    // The same form once more, as a double click sends it.
    let again = press(&adam, &review, routes::INVITATION_START).await;
    let event = app.last_event("invitations.bulk_started").await;
    let job = event.target.expect("an action");
    ended(&adam, &job).await;
    let done = page(&adam, &mapping, &format!("?job={job}")).await;
    holds(
        &done,
        &[
            "1 invitation sent, 1 skipped.",
            "2 of 2 processed: 1 sent, 0 failed, 1 skipped",
            "Invitation results",
            "Already a member",
            "Download results (CSV)",
            "Resend invitation to Nils",
            "4 members · 1 signed up · 1 invited · 2 not invited",
        ],
    );
    assert!(words(&again).contains("Invitations sent"));
    assert_eq!(mailbox.mails().len(), 1);

    let resent = press(&adam, &done, routes::INVITATION_RESEND).await;
    holds(&resent, &["Invitation sent to nils@contoso.com."]);
    assert_eq!(mailbox.mails().len(), 2);
    app.stop().await;
}

#[tokio::test]
async fn nobody_chosen_or_nobody_left_is_said_and_asks_nothing() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    for person in ["dana", "theo", "nils", "olga"] {
        app.signed_in(&format!("{person}@contoso.com")).await;
    }
    let mapping = mapping(&adam, OPERATORS).await;
    for nobody in ["?review=selected", "?review=selected&person=x", "?only="] {
        holds(
            &page(&adam, &mapping, nobody).await,
            &[
                "Select at least one person to invite.",
                "Members of SonicSaaS-Operators",
            ],
        );
    }
    let all = page(&adam, &mapping, "?review=all").await;
    holds(&all, &["Everybody in this group is a member or invited already."]);
    assert!(!all.body.contains("Invite all not invited"));
    let dana = object_of(&app, "dana@contoso.com");
    let one = page(&adam, &mapping, &format!("?only={dana}")).await;
    holds(
        &one,
        &["Nobody to invite", "Dana Reyes: Already a member", "Cancel"],
    );
    assert!(fields(&one, routes::INVITATION_START).is_empty());
    let stranger = page(&adam, &mapping, "?only=11111111-2222-4333-8444-555555555555").await;
    holds(&stranger, &["Nobody to invite", "Not in the group any more"]);
    holds(
        &page(&adam, &mapping, "?job=01997fd5-8c2f-7b43-9a61-111111111111").await,
        &["These invitations aren't there any more."],
    );
    assert!(mailbox.mails().is_empty());
    app.stop().await;
}

#[tokio::test]
async fn one_that_failed_is_named_and_tried_again_alone() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    mailbox.tell(&json!({"reject": ["nils@contoso.com"]}));
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = mapping(&adam, OPERATORS).await;
    let review = page(&adam, &mapping, "?review=all").await;
    holds(&review, &["Send 4 invitations?"]);
    let started = press(&adam, &review, routes::INVITATION_START).await;
    let event = app.last_event("invitations.bulk_started").await;
    let job = event.target.expect("an action");
    let running = job_of(&started);
    assert!(running.is_empty() || running == job, "it may be over by now");
    ended(&adam, &job).await;
    let done = page(&adam, &mapping, &format!("?job={job}")).await;
    holds(
        &done,
        &[
            "3 invitations sent, 1 failed.",
            "Mail server rejected the address",
            "Retry 1 failed invitation",
        ],
    );
    let before = mailbox.mails().len();
    mailbox.tell(&json!({"reject": []}));
    press(&adam, &done, routes::INVITATION_RETRY).await;
    ended(&adam, &job).await;
    let done = page(&adam, &mapping, &format!("?job={job}")).await;
    holds(&done, &["4 invitations sent."]);
    assert_eq!(mailbox.mails().len(), before + 1);
    assert!(!words(&done).contains("Retry"));
    app.stop().await;
}

#[tokio::test]
async fn without_a_mail_server_each_link_is_shown_once_and_to_a_person() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = mapping(&adam, OPERATORS).await;
    let review = page(&adam, &mapping, "?review=all").await;
    holds(
        &review,
        &[
            "Create 4 invitations?",
            "Mail isn't set up on this server. You get a link for each person, which is shown once.",
        ],
    );
    assert!(!words(&review).contains("Mail preview"));
    let fields = fields(&review, routes::INVITATION_START);
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let answer = adam.post(routes::INVITATION_START, &fields).await;
    let address = answer.location().to_owned();
    let event = app.last_event("invitations.bulk_started").await;
    let job = event.target.expect("an action");
    ended(&adam, &job).await;

    // What fetches ahead is no person.
    let ahead = adam
        .send(http::Method::GET, &address, &[("sec-purpose", "prefetch")], None)
        .await;
    assert!(!ahead.body.contains("/invite/"), "{}", ahead.body);
    let done = adam.get(&address).await;
    holds(
        &done,
        &[
            "4 invitations created.",
            "Mail isn't set up on this server. These links are shown once.",
        ],
    );
    assert!(
        done.body.contains("invitation link for Dana Reyes"),
        "{}",
        done.body
    );
    let begins = format!("{}/invite/", app.url);
    assert_eq!(words(&done).matches(&begins).count(), 4);
    let again = adam.get(&address).await;
    assert_eq!(
        again.body.matches("/invite/").count(),
        0,
        "nor in the page's data"
    );
    assert_eq!(words(&again).matches("Shown before").count(), 4);
    app.stop().await;
}
