//! Mail that does not go out at once, or at all.

use std::time::Duration;

use serde_json::json;
use sonicsaas::routes;

use super::{KEY, OPERATORS, counts, ended, mailing, results, send, start_all, until};
use crate::{
    app::{App, Setup},
    mailbox::Mailbox,
};

/// The outcome and reason of one person.
fn of<'rows>(rows: &'rows [(String, String, String)], email: &str) -> (&'rows str, &'rows str) {
    let row = rows.iter().find(|row| row.0 == email).expect("it is there");
    (&row.1, &row.2)
}

#[tokio::test]
async fn a_rejected_address_fails_alone_and_can_be_tried_again() {
    let mailbox = Mailbox::start();
    mailbox.tell(&json!({"reject": ["dana@contoso.com"]}));
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    assert_eq!(counts(&ended(&adam, &job).await), (3, 1, 0));
    let rows = results(&adam, &job).await;
    assert_eq!(of(&rows, "dana@contoso.com"), ("failed", "address_rejected"));
    let invitations = "select cast(count(*) as text) from invitation where oid is not null";
    assert_eq!(app.count(invitations).await, 4);

    mailbox.tell(&json!({"reject": []}));
    let again = send(&adam, routes::INVITATION_RETRY, &[("job", job.as_str())]).await;
    assert_eq!(again.json()["state"], "running");
    assert_eq!(counts(&ended(&adam, &job).await), (4, 0, 0));
    let mails = mailbox.mails();
    assert_eq!(mails.len(), 4, "failures only");
    assert_eq!(app.count(invitations).await, 4, "with the same invitation");
    assert_eq!(
        app.browser()
            .get(&mailbox.mail_to("dana@contoso.com").path())
            .await
            .status,
        200
    );
    let nothing = send(&adam, routes::INVITATION_RETRY, &[("job", job.as_str())]).await;
    assert_eq!(nothing.json()["state"], "finished", "nobody is left to try");
    app.stop().await;
}

#[tokio::test]
async fn a_deferred_mail_goes_out_later_with_the_same_link() {
    let mailbox = Mailbox::start();
    mailbox.tell(&json!({"defer": {"dana@contoso.com": 2}}));
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    let waiting = until(&adam, &job, |now| now["sent"] == 3 && now["delayed"] == 1).await;
    assert_eq!(waiting["failed"], 0, "it is not failed at once");
    for tries in 2..=3 {
        app.advance(Duration::from_secs(10));
        if tries == 2 {
            until(&adam, &job, |_| mailbox.events("refused").len() == 2).await;
        }
    }
    assert_eq!(counts(&ended(&adam, &job).await), (4, 0, 0));
    assert_eq!(mailbox.events("refused").len(), 2);
    mailbox.mail_to("dana@contoso.com");
    let invitations = "select cast(count(*) as text) from invitation where oid is not null";
    assert_eq!(app.count(invitations).await, 4);
    app.stop().await;
}

#[tokio::test]
async fn a_server_that_takes_nothing_at_the_end_fails_the_mail_and_a_full_one_is_no_address() {
    let mailbox = Mailbox::start();
    mailbox.tell(&json!({"full": true}));
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    assert_eq!(counts(&ended(&adam, &job).await), (0, 4, 0));
    let rows = results(&adam, &job).await;
    assert!(rows.iter().all(|row| row.2 == "mail_rejected"), "{rows:?}");
    app.stop().await;
}

#[tokio::test]
async fn a_mail_server_that_is_away_delays_and_fails_nobody() {
    let mailbox = Mailbox::start();
    mailbox.tell(&json!({"closed": true}));
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    let waiting = until(&adam, &job, |now| now["delayed"].as_i64() > Some(0)).await;
    assert_eq!(counts(&waiting), (0, 0, 0));
    mailbox.tell(&json!({"closed": false, "close": 1}));
    app.advance(Duration::from_secs(30));
    // One mail is lost on its way: nobody was told, so it goes out once more.
    until(&adam, &job, |_| !mailbox.mails().is_empty()).await;
    for _ in 0..20 {
        app.advance(Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    assert_eq!(counts(&ended(&adam, &job).await), (4, 0, 0));
    let mut to: Vec<_> = mailbox.mails().into_iter().map(|mail| mail.to).collect();
    to.sort();
    to.dedup();
    assert_eq!((to.len(), mailbox.mails().len()), (4, 4), "each person once");
    app.stop().await;
}

#[tokio::test]
async fn a_mail_server_that_hangs_holds_no_database_and_stops_nobody() {
    let mailbox = Mailbox::start();
    mailbox.tell(&json!({"hang": "data"}));
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    until(&adam, &job, |_| mailbox.mails().len() == 1).await;
    // Everything else goes on meanwhile; what was not begun can be stopped.
    app.signed_in("vic@contoso.com").await;
    let stopped = send(&adam, routes::INVITATION_STOP, &[("job", job.as_str())]).await;
    let stopped = stopped.json();
    assert_eq!(
        (&stopped["state"], &stopped["ended"]),
        (&json!("stopped"), &json!(false))
    );
    assert_eq!(stopped["skipped"], 3);
    mailbox.tell(&json!({"hang": null}));
    assert_eq!(counts(&ended(&adam, &job).await), (1, 0, 3));
    let events = app.events().await;
    let finished = events
        .iter()
        .filter(|event| event.action == "invitations.bulk_finished");
    assert_eq!(finished.count(), 1);
    app.stop().await;
}

#[tokio::test]
async fn credentials_are_used_and_wrong_ones_fail_nobody() {
    let mailbox = Mailbox::with(&["--user", "apikey", "--password", "p@ss:word"]);
    let with = |user: &str| {
        let mut environment = mailbox.environment();
        environment[0].1 = format!("smtp://{user}@127.0.0.1:{}", mailbox.port());
        Setup {
            environment,
            ..Setup::default()
        }
    };
    let app = App::with(with("apikey:p%40ss%3Aword")).await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    assert_eq!(counts(&ended(&adam, &job).await), (4, 0, 0));
    assert_eq!(mailbox.events("greeted").len(), 1, "one connection serves all");
    app.stop().await;
    let app = App::with(with("apikey:wrong")).await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    until(&adam, &job, |now| now["delayed"].as_i64() > Some(0)).await;
    assert_eq!(counts(&super::progress(&adam, &job).await), (0, 0, 0));
    app.stop().await;
}

#[tokio::test]
async fn mail_goes_out_no_faster_than_said() {
    let mailbox = Mailbox::start();
    let mut environment = mailbox.environment();
    environment[2].1 = "120".to_owned();
    let app = App::with(Setup {
        environment,
        ..Setup::default()
    })
    .await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    #[expect(clippy::disallowed_methods, reason = "it is about the time that passes here")]
    let since = std::time::Instant::now();
    let job = start_all(&adam, OPERATORS, KEY).await;
    ended(&adam, &job).await;
    // Four mails with half a second between them.
    assert!(
        since.elapsed() > Duration::from_millis(1400),
        "{:?}",
        since.elapsed()
    );
    app.stop().await;
}
