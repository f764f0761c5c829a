//! Two servers on one database share one action.

use sonicsaas::routes;

use super::{EVERYBODY, KEY, counts, ended, mapping, send};
use crate::{
    app::{App, Setup},
    mailbox::Mailbox,
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
