//! What was offered and is taken away again: a mapping, a tenant, an invitation.

use http::Method;
use serde_json::json;
use sonicsaas::routes;

use super::{
    KEY, OPERATORS, accept, counts, created, ended, mailing, mapping, results, said, send, start_all, until,
    words,
};
use crate::{
    app::{App, CONTOSO, FABRIKAM},
    browser::Browser,
    mailbox::Mailbox,
    mapping::role_of,
    tenant::post_json,
};

async fn remove_mapping(admin: &Browser, group: &str) {
    let id = mapping(admin, group).await;
    let removed = post_json(admin, routes::MAPPING_DELETE, &[("id", id.as_str())]).await;
    assert_eq!(removed.status, 200, "{}", removed.body);
}

#[tokio::test]
async fn a_mapping_that_is_removed_takes_its_invitations_along() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    ended(&adam, &job).await;
    let path = mailbox.mail_to("dana@contoso.com").path();
    let invitation = created(&app, "dana@contoso.com").await;
    app.signed_in("theo@contoso.com").await;
    let id = mapping(&adam, OPERATORS).await.parse().expect("an id");
    let told = said(&adam.get(&routes::mapping_remove(id)).await);
    let sentence = "3 invitations that nobody has accepted are taken back.";
    assert!(told.contains(sentence), "{told}");
    remove_mapping(&adam, OPERATORS).await;

    let page = app.browser().get(&path).await;
    assert_eq!(page.status, 404);
    assert!(
        words(&page).starts_with("This invitation isn't available"),
        "{}",
        words(&page)
    );
    let removed = app.last_event("mapping.deleted").await;
    assert_eq!(removed.details["invitations_revoked"], 3, "Theo has accepted");
    let revoked = app.last_event("invitation.revoked").await;
    assert_eq!(revoked.detail("cause"), "mapping_gone");
    let again = send(&adam, routes::INVITATION_RESEND, &[("id", invitation.as_str())]).await;
    assert_eq!(
        (again.status, again.json()),
        (409, json!({"Conflict": "revoked"}))
    );
    // Nothing is left of what was offered.
    for group in ["SonicSaaS-Viewers", "SonicSaaS-Auditors"] {
        let _ = app
            .emulator
            .control()
            .remove_member(CONTOSO, group, "dana@contoso.com");
    }
    assert_eq!(role_of(&app, "dana@contoso.com").await, "member");
    // How it went can still be read.
    let page = adam
        .get(&format!(
            "{}/{}/members?job={job}",
            routes::MAPPINGS,
            "0195a3c4-0000-7000-8000-000000000000"
        ))
        .await;
    assert_eq!(page.status, 404, "only under its own mapping");
    assert_eq!(counts(&super::progress(&adam, &job).await), (4, 0, 0));
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

#[tokio::test]
async fn an_action_whose_mapping_was_removed_is_still_shown() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let id = mapping(&adam, OPERATORS).await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    ended(&adam, &job).await;
    remove_mapping(&adam, OPERATORS).await;
    let page = adam
        .get(&format!("{}/{id}/members?job={job}", routes::MAPPINGS))
        .await;
    assert_eq!(page.status, 200);
    let told = said(&page);
    assert!(told.contains("Members of SonicSaaS-Operators"), "{told}");
    assert!(told.contains("This mapping was removed."), "{told}");
    assert!(
        !page.body.contains("/invite/"),
        "the links are of no use any more"
    );
    let plain = adam.get(&format!("{}/{id}/members", routes::MAPPINGS)).await;
    assert_eq!(plain.status, 404);
    app.stop().await;
}

#[tokio::test]
async fn nobody_is_invited_any_more_once_the_tenant_is_lost() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    mailbox.tell(&json!({"hang": "data"}));
    let job = start_all(&adam, OPERATORS, KEY).await;
    until(&adam, &job, |_| mailbox.mails().len() == 1).await;
    app.execute("update tenant_registration set verified_by = null, verified_at = null")
        .await;
    mailbox.tell(&json!({"hang": null}));
    assert_eq!(counts(&ended(&adam, &job).await), (1, 0, 3));
    let rows = results(&adam, &job).await;
    let reasons: Vec<_> = rows.iter().map(|row| row.2.as_str()).collect();
    assert_eq!(
        reasons.iter().filter(|reason| **reason == "tenant_gone").count(),
        3,
        "{rows:?}"
    );
    assert_eq!(mailbox.mails().len(), 1);
    let invitation = created(&app, &mailbox.mails()[0].to).await;
    let again = send(&adam, routes::INVITATION_RESEND, &[("id", invitation.as_str())]).await;
    assert_eq!(
        (again.status, again.json()),
        (409, json!({"Conflict": "unproven"}))
    );
    app.stop().await;
}

#[tokio::test]
async fn whose_turn_is_still_to_come_is_in_no_second_action() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    mailbox.tell(&json!({"hang": "data"}));
    let job = start_all(&adam, OPERATORS, KEY).await;
    until(&adam, &job, |_| mailbox.mails().len() == 1).await;
    let mapping_id = mapping(&adam, OPERATORS).await;
    let second = [
        ("mapping_id", mapping_id.as_str()),
        ("all", "true"),
        ("key", "a-second-form-1"),
    ];
    let reply = send(&adam, routes::INVITATION_START, &second).await;
    assert_eq!((reply.status, reply.json()), (422, json!({"Invalid": "nobody"})));
    // The key of one group's form starts nothing for another group.
    let other = mapping(&adam, "26826e3d-682b-4c41-92ec-333c534526d9").await;
    let form = [("mapping_id", other.as_str()), ("all", "true"), ("key", KEY)];
    let reply = send(&adam, routes::INVITATION_START, &form).await;
    assert_eq!((reply.status, reply.json()), (422, json!({"Invalid": "key"})));
    // From every page there is a way back while it runs.
    let viewer = adam.call(routes::VIEWER).await.json();
    assert_eq!(
        (&viewer["sending"]["job"], &viewer["sending"]["total"]),
        (&json!(job), &json!(4))
    );
    let page = adam.get(routes::DASHBOARD).await;
    assert!(
        said(&page).contains("Sending invitations: 0 of 4"),
        "{}",
        said(&page)
    );
    let dana = app.signed_in("vic@contoso.com").await;
    assert_eq!(dana.call(routes::VIEWER).await.json()["sending"], json!(null));
    let stopped = send(&adam, routes::INVITATION_STOP, &[("job", job.as_str())]).await;
    assert_eq!(stopped.status, 200);
    mailbox.tell(&json!({"hang": null}));
    ended(&adam, &job).await;
    assert_eq!(adam.call(routes::VIEWER).await.json()["sending"], json!(null));
    app.stop().await;
}

#[tokio::test]
async fn what_fails_to_go_out_again_can_be_handed_over_once() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let form = [("email", "nora@contoso.com"), ("role", "viewer")];
    assert_eq!(send(&adam, routes::INVITATION_CREATE, &form).await.status, 200);
    let first = created(&app, "nora@contoso.com").await;
    mailbox.tell(&json!({"reject": ["nora@contoso.com"]}));
    let page = format!(
        "{}/{}/members?filter=invited",
        routes::MAPPINGS,
        mapping(&adam, OPERATORS).await
    );
    let form = [("id", first.as_str()), ("next", page.as_str())];
    let reply = adam.post(routes::INVITATION_RESEND, &form).await;
    let place = reply.location().to_owned();
    assert!(place.starts_with(&format!("{page}&form=")), "{place}");
    // Whatever is no person's look takes nothing.
    let head = adam
        .send(Method::HEAD, &place, &[("accept", "text/html")], None)
        .await;
    assert_eq!(head.status, 200);
    let shown = adam.get(&place).await;
    let told = said(&shown);
    assert!(
        told.contains("was not mailed: Mail server rejected the address"),
        "{told}"
    );
    let at = shown.body.find("/invite/").expect("a link");
    let link: String = shown.body[at..].chars().take("/invite/".len() + 64).collect();
    assert_eq!(app.browser().get(&link).await.status, 200);
    let once_more = adam.get(&place).await;
    assert!(!once_more.body.contains(&link), "it is shown once");
    // The page from before the second mail undoes nothing.
    let again = send(&adam, routes::INVITATION_RESEND, &[("id", first.as_str())]).await;
    assert_eq!(
        (again.status, again.json()),
        (409, json!({"Conflict": "revoked"}))
    );
    app.stop().await;
}

#[tokio::test]
async fn a_look_ahead_takes_no_link_of_an_action() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let id = mapping(&adam, OPERATORS).await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    ended(&adam, &job).await;
    let place = format!("{}/{id}/members?job={job}", routes::MAPPINGS);
    for _ in 0..2 {
        let head = adam
            .send(Method::HEAD, &place, &[("accept", "text/html")], None)
            .await;
        assert_eq!(head.status, 200);
    }
    let shown = adam.get(&place).await;
    assert_eq!(shown.body.matches("id=\"link-").count(), 4);
    app.stop().await;
}

#[tokio::test]
async fn another_teams_action_is_not_there() {
    let app = App::start().await;
    app.northwind().await;
    app.team("Fabrikam Field Services", FABRIKAM).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let id = mapping(&adam, OPERATORS).await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    ended(&adam, &job).await;
    let invitation = created(&app, "dana@contoso.com").await;
    let omar = app.signed_in("omar@fabrikam.com").await;
    app.execute(
        "update member set role = 'admin', role_source = 'manual'
         where user_id in (select id from user_account where email = 'omar@fabrikam.com')",
    )
    .await;
    assert_eq!(omar.call(routes::VIEWER).await.json()["role"], "admin");
    let before = app.events().await.len();
    for path in [
        format!("{}?job={job}", routes::INVITATION_PROGRESS),
        format!("{}?job={job}", routes::INVITATION_RESULTS),
        format!("{}?job={job}", routes::INVITATION_FILE),
        format!("{}?id={id}", routes::MAPPING_MEMBER_LIST),
        format!("{}?id={id}&job={job}", routes::MAPPING_MEMBERS_VIEW),
    ] {
        assert_eq!(omar.call(&path).await.status, 404, "{path}");
        assert_eq!(adam.call(&path).await.status, 200, "{path}");
    }
    let page = omar
        .get(&format!("{}/{id}/members?job={job}", routes::MAPPINGS))
        .await;
    assert_eq!(page.status, 404);
    for path in [
        routes::INVITATION_LINKS,
        routes::INVITATION_STOP,
        routes::INVITATION_RETRY,
    ] {
        assert_eq!(
            send(&omar, path, &[("job", job.as_str())]).await.status,
            404,
            "{path}"
        );
    }
    for path in [routes::INVITATION_RESEND, routes::INVITATION_REVOKE] {
        let reply = send(&omar, path, &[("id", invitation.as_str())]).await;
        assert_eq!(reply.status, 404, "{path}");
    }
    let form = [
        ("mapping_id", id.as_str()),
        ("all", "true"),
        ("key", "a-key-of-theirs"),
    ];
    assert_eq!(send(&omar, routes::INVITATION_START, &form).await.status, 404);
    assert_eq!(app.events().await.len(), before, "nothing has happened");
    app.stop().await;
}

#[tokio::test]
async fn whom_it_is_for_and_is_a_member_reads_so() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let form = [("email", "theo@contoso.com"), ("role", "admin")];
    assert_eq!(send(&adam, routes::INVITATION_CREATE, &form).await.status, 200);
    let path = mailbox.mail_to("theo@contoso.com").path();
    let theo = app.signed_in("theo@contoso.com").await;
    let page = theo.get(&path).await;
    assert_eq!(page.status, 200);
    let told = words(&page);
    assert!(
        told.contains("You're signed in as theo@contoso.com, and already a member of Northwind MSP."),
        "{told}"
    );
    // Somebody else of the team may still be the one who opened it.
    let told = words(&adam.get(&path).await);
    assert!(
        told.contains("This invitation is for theo@contoso.com."),
        "{told}"
    );
    let _ = accept(&app, &app.browser(), &path, "theo@contoso.com").await;
    assert_eq!(
        role_of(&app, "theo@contoso.com").await,
        "operator",
        "it changes no role"
    );
    app.stop().await;
}
