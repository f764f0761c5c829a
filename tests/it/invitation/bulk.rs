//! Inviting everybody of a group, or some.

use serde_json::json;
use sonicsaas::routes;

use super::{
    EVERYBODY, KEY, OPERATORS, counts, ended, mailing, mapping, object_of, results, send, start_all, until,
    words,
};
use crate::{
    app::{App, CONTOSO, Setup},
    mailbox::Mailbox,
};

#[tokio::test]
async fn everybody_of_a_group_gets_one_mail_with_a_link_that_works() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    let done = ended(&adam, &job).await;
    assert_eq!(counts(&done), (4, 0, 0), "{done}");
    assert_eq!((&done["state"], &done["total"]), (&json!("finished"), &json!(4)));
    let mails = mailbox.mails();
    let mut to: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
    to.sort_unstable();
    let people = [
        "dana@contoso.com",
        "nils@contoso.com",
        "olga@contoso.com",
        "theo@contoso.com",
    ];
    assert_eq!(to, people, "nested members too");

    let mail = mailbox.mail_to("dana@contoso.com");
    assert_eq!(mail.subject, "Adam Cole invited you to Northwind MSP");
    assert_eq!(mail.header("from"), "SonicSaaS <no-reply@example.com>");
    assert_eq!(mail.header("auto-submitted"), "auto-generated");
    assert!(mail.header("message-id").ends_with("@localhost>"), "{mail:?}");
    let link = format!("{}{}", app.url, mail.path());
    for part in [&mail.text, &mail.html] {
        assert!(part.contains(&link), "{part}");
        assert!(part.contains("as an Operator"), "{part}");
        assert!(part.contains("11 Mar 2026, 14:02 UTC"), "{part}");
    }
    for remote in ["<img", "src=", "url(", "<script", "<style"] {
        assert!(!mail.html.contains(remote), "{}", mail.html);
    }
    let page = app.browser().get(&mail.path()).await;
    assert_eq!(page.status, 200);
    let said = words(&page);
    for fact in ["Join Northwind MSP", "Adam Cole", "Operator", "dana@contoso.com"] {
        assert!(said.contains(fact), "{fact}: {said}");
    }

    let created = app.events().await;
    let created = created
        .iter()
        .filter(|event| event.action == "invitation.created");
    let oids: std::collections::BTreeSet<_> = created
        .filter(|event| !event.detail("oid").is_empty())
        .map(|event| event.detail("oid").to_owned())
        .collect();
    assert_eq!(oids.len(), 4);
    assert!(oids.contains(&object_of(&app, "dana@contoso.com")));
    let finished = app.last_event("invitations.bulk_finished").await;
    assert_eq!(finished.details["sent"], 4);
    assert!(app.chains_are_whole().await);
    // INV-008: what was sent is stored as a hash alone.
    let token = mail.path().rsplit('/').next().expect("a token").to_owned();
    assert_eq!(token.len(), 64, "256 bits");
    let kept = "select cast(count(*) as text) from invitation where sealed_token is not null";
    assert_eq!(app.count(kept).await, 0);
    app.stop().await;
}

#[tokio::test]
async fn the_same_form_sent_twice_invites_once() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let (first, second) = tokio::join!(start_all(&adam, OPERATORS, KEY), start_all(&adam, OPERATORS, KEY));
    assert_eq!(first, second, "INV-012: both at once are one");
    ended(&adam, &first).await;
    assert_eq!(start_all(&adam, OPERATORS, KEY).await, first, "and later too");
    assert_eq!(mailbox.mails().len(), 4);
    // Another form finds nobody left.
    let mapping = mapping(&adam, OPERATORS).await;
    let form = [
        ("mapping_id", mapping.as_str()),
        ("all", "true"),
        ("key", "another-form-1"),
    ];
    let reply = send(&adam, routes::INVITATION_START, &form).await;
    assert_eq!((reply.status, reply.json()), (422, json!({"Invalid": "nobody"})));
    // Without a key nothing starts at all.
    for key in ["", "short", "with spaces in it"] {
        let form = [("mapping_id", mapping.as_str()), ("all", "true"), ("key", key)];
        let reply = send(&adam, routes::INVITATION_START, &form).await;
        assert_eq!((reply.status, reply.json()), (422, json!({"Invalid": "key"})));
    }
    let started = app.events().await;
    let started = started
        .iter()
        .filter(|event| event.action == "invitations.bulk_started");
    assert_eq!(started.count(), 1);
    app.stop().await;
}

#[tokio::test]
async fn chosen_people_are_looked_up_again_and_skipped_with_a_reason() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    app.signed_in("dana@contoso.com").await;
    let control = app.emulator.control();
    control
        .with_user(CONTOSO, "nils@contoso.com", |user| user.enabled = false)
        .expect("known");
    let mapping = mapping(&adam, OPERATORS).await;
    let ids = [
        "dana@contoso.com",
        "theo@contoso.com",
        "nils@contoso.com",
        "vic@contoso.com",
    ]
    .map(|person| object_of(&app, person));
    let mut form = vec![("mapping_id", mapping.as_str()), ("key", KEY)];
    form.extend(ids.iter().map(|id| ("object_ids[]", id.as_str())));
    // Whatever else a form says about them is not believed.
    form.extend([
        ("role", "owner"),
        ("email", "eve@evil.example"),
        ("team_id", "another"),
    ]);
    let reply = send(&adam, routes::INVITATION_START, &form).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let job = reply.json()["job"].as_str().expect("a job").to_owned();
    let done = ended(&adam, &job).await;
    assert_eq!(counts(&done), (1, 0, 3));
    let mut rows = results(&adam, &job).await;
    rows.sort();
    let row =
        |email: &str, outcome: &str, reason: &str| (email.to_owned(), outcome.to_owned(), reason.to_owned());
    let expected = [
        row("", "skipped", "not_in_group"),
        row("dana@contoso.com", "skipped", "already_member"),
        row("nils@contoso.com", "skipped", "disabled"),
        row("theo@contoso.com", "sent", ""),
    ];
    assert_eq!(rows, expected, "INV-014");
    assert_eq!(mailbox.mails().len(), 1);
    assert_eq!(mailbox.mails()[0].to, "theo@contoso.com");
    let roles = "select role from invitation where oid is not null";
    assert_eq!(app.text(roles).await.as_deref(), Some("operator"), "INV-004");
    app.stop().await;
}

#[tokio::test]
async fn what_microsoft_gives_by_halves_invites_nobody() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let team = app.last_event("sign_in").await.team.expect("a team");
    app.map(team, EVERYBODY, "viewer", 5).await;
    // The second page of the members never comes.
    app.emulator.control().fault(entra_emulator::Fault {
        page: Some(2),
        ..entra_emulator::Fault::status("graph", 500)
    });
    let mapping = mapping(&adam, EVERYBODY).await;
    let form = [("mapping_id", mapping.as_str()), ("all", "true"), ("key", KEY)];
    let reply = send(&adam, routes::INVITATION_START, &form).await;
    assert_eq!(reply.status, 502, "INV-013: {}", reply.body);
    let jobs = "select cast(count(*) as text) from invitation_job";
    assert_eq!(app.count(jobs).await, 0);
    assert!(mailbox.mails().is_empty());
    app.emulator.control().clear_faults();
    let job = start_all(&adam, EVERYBODY, KEY).await;
    let running = until(&adam, &job, |now| now["sent"].as_i64() > Some(3)).await;
    assert_eq!(running["total"], 1240);
    // It can be stopped, and whoever was not invited so far is not.
    let stopped = send(&adam, routes::INVITATION_STOP, &[("job", job.as_str())]).await;
    assert_eq!(stopped.json()["state"], "stopped");
    let done = ended(&adam, &job).await;
    let (sent, failed, skipped) = counts(&done);
    assert_eq!((sent + skipped, failed), (1240, 0));
    assert!(skipped > 0);
    let mails = mailbox.mails().len();
    assert_eq!(i64::try_from(mails).expect("few"), sent);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(mailbox.mails().len(), mails, "nothing more goes out");
    let invitations = "select cast(count(*) as text) from invitation where oid is not null";
    assert_eq!(app.count(invitations).await, mails, "one for each who was mailed");
    assert_eq!(
        app.last_event("invitations.bulk_finished").await.detail("state"),
        "stopped"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_directory_that_may_not_be_read_is_told_from_one_that_is_silent() {
    let app = App::with(Setup::default()).await;
    app.northwind().await;
    app.emulator
        .control()
        .with_tenant(CONTOSO, |tenant| tenant.installation.application.clear())
        .expect("known");
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = mapping(&adam, OPERATORS).await;
    let form = [("mapping_id", mapping.as_str()), ("all", "true"), ("key", KEY)];
    let reply = send(&adam, routes::INVITATION_START, &form).await;
    assert_eq!(
        (reply.status, reply.json()),
        (409, json!({"Conflict": "not_permitted"}))
    );
    app.execute("update tenant_registration set verified_by = null, verified_at = null")
        .await;
    let reply = send(&adam, routes::INVITATION_START, &form).await;
    assert_eq!(
        (reply.status, reply.json()),
        (409, json!({"Conflict": "unproven"}))
    );
    // A form without a script goes back to its page.
    let reply = adam.post(routes::INVITATION_START, &form).await;
    let page = format!("/dashboard/security/group-mappings/{mapping}/members?form=");
    assert_eq!(reply.status, 303);
    assert!(reply.location().starts_with(&page), "{}", reply.location());
    app.stop().await;
}
