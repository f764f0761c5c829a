//! Two servers on one database share one action.

use serde_json::json;
use sonicsaas::routes;

use super::{EVERYBODY, KEY, OPERATORS, counts, ended, mapping, send, start_all};
use crate::{
    app::{App, Setup},
    mailbox::Mailbox,
    process::{self, Deployment},
};

#[tokio::test]
async fn nobody_gets_two_mails_from_two_servers() {
    let (first, second) = (Mailbox::start(), Mailbox::start());
    let setup = |mailbox: &Mailbox| Setup {
        environment: mailbox.environment(),
        ..Setup::default()
    };
    let app = App::with(setup(&first)).await;
    let team = app.northwind().await;
    app.map(team, EVERYBODY, "viewer", 5).await;
    let beside = app.beside(setup(&second)).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let mapping = mapping(&adam, EVERYBODY).await;
    let form = [("mapping_id", mapping.as_str()), ("all", "true"), ("key", KEY)];
    let there = adam.through(&app.url);
    let (here, also) = tokio::join!(
        send(&adam, routes::INVITATION_START, &form),
        send(&there, routes::INVITATION_START, &form)
    );
    assert_eq!(
        (here.status, also.status),
        (200, 200),
        "{} {}",
        here.body,
        also.body
    );
    assert_eq!(here.body, also.body, "one action");
    let job = here.json()["job"].as_str().expect("a job").to_owned();
    let done = ended(&adam, &job).await;
    let (sent, failed, skipped) = counts(&done);
    assert_eq!((sent + skipped, failed), (1240, 0));
    let mails = [first.mails(), second.mails()];
    let mut to: Vec<_> = mails.iter().flatten().map(|mail| mail.to.clone()).collect();
    assert_eq!(i64::try_from(to.len()).expect("few"), sent);
    to.sort();
    to.dedup();
    assert_eq!(i64::try_from(to.len()).expect("few"), sent, "each person once");
    assert!(mails.iter().all(|mails| !mails.is_empty()), "both have worked");
    let invitations = "select cast(count(*) as text) from invitation where oid is not null";
    assert_eq!(i64::try_from(app.count(invitations).await).expect("few"), sent);
    beside.stop().await;
    app.stop().await;
}

#[tokio::test]
async fn who_is_killed_loses_its_turns_to_the_other() {
    let mailbox = Mailbox::start();
    mailbox.tell(&json!({"slow": 150}));
    let deployment = Deployment::new("a-client-secret", mailbox.environment()).await;
    let team = deployment.northwind();
    for (group, role, priority) in [
        ("26826e3d-682b-4c41-92ec-333c534526d9", "admin", "90"),
        (OPERATORS, "operator", "50"),
    ] {
        let mapped = [
            "mapping",
            "add",
            "--team",
            &team,
            "--group-id",
            group,
            "--role",
            role,
        ];
        deployment.run(&[mapped.as_slice(), &["--priority", priority]].concat());
    }
    let (first, second) = (deployment.start().await, deployment.start().await);
    let adam = first.browser();
    let (_, _, entered) = process::sign_in(&deployment, &adam, "adam@contoso.com").await;
    assert_eq!(entered.location(), "/dashboard");
    mailbox.tell(&json!({"hang": "data"}));
    let job = start_all(&adam, OPERATORS, KEY).await;
    // One of the two has a mail in hand, and the other may have one as well.
    mailbox.heard_mail().await;
    first.kill();
    mailbox.tell(&json!({"hang": null, "slow": 0}));
    let there = adam.through(&second.url);
    let done = ended(&there, &job).await;
    assert_eq!(counts(&done), (4, 0, 0), "GRF-036: {done}");
    let mut to: Vec<_> = mailbox.mails().into_iter().map(|mail| mail.to).collect();
    assert!(to.len() <= 5, "one that was in hand may go out twice: {to:?}");
    to.sort();
    to.dedup();
    assert_eq!(to.len(), 4);
    let people = "select cast(count(*) as text) from invitation where oid is not null";
    assert_eq!(deployment.database.text(people).await.as_deref(), Some("4"));
    second.stop().await;
    deployment.database.remove().await;
}
