//! Inviting one person by an address.

use std::time::Duration;

use serde_json::json;
use sonicsaas::routes;

use super::{accept, created, mailing, send, words};
use crate::{
    app::{App, FABRIKAM},
    mailbox::Mailbox,
};

#[tokio::test]
async fn an_address_of_the_teams_own_tenant_joins_with_the_role() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    app.team("Fabrikam Field Services", FABRIKAM).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let form = [("email", " Zoe@Contoso.com "), ("role", "auditor")];
    let made = send(&adam, routes::INVITATION_CREATE, &form).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let made = made.json();
    assert_eq!((&made["mailed"], &made["link"]), (&json!(true), &json!(null)));
    let mail = mailbox.mail_to("zoe@contoso.com");
    assert_eq!(mail.subject, "Adam Cole invited you to Northwind MSP");
    // Somebody of another organization is told so, whatever the address was.
    for person in ["omar@fabrikam.com", "lena@litware.example"] {
        let browser = app.browser();
        let back = accept(&app, &browser, &mail.path(), person).await;
        assert_eq!(back.location(), routes::INVITED, "{person}");
        let said = words(&browser.get(routes::INVITED).await);
        let sentence = "This invitation can only be accepted with a Microsoft account of Northwind MSP's own \
                        organization.";
        assert!(said.contains(sentence), "{said}");
        let event = app.last_event("invitation.accepted").await;
        assert_eq!(event.reason.as_deref(), Some("invite_tenant_mismatch"));
    }
    // A member who opens it stays what they are, and it stays for its person.
    let vic = app.browser();
    app.sign_in(&vic, "vic@contoso.com").await;
    let other = app.browser();
    let entered = accept(&app, &other, &mail.path(), "vic@contoso.com").await;
    assert_eq!(entered.location(), routes::DASHBOARD);
    assert_eq!(
        other.call(routes::VIEWER).await.json()["role"],
        "viewer",
        "INV-014"
    );
    let zoe = app.browser();
    accept(&app, &zoe, &mail.path(), "zoe@contoso.com").await;
    let viewer = zoe.call(routes::VIEWER).await.json();
    assert_eq!(viewer["role"], "auditor");
    assert_eq!(
        app.last_event("member.provisioned").await.detail("source"),
        "invitation"
    );
    app.stop().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_with_its_reason() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    for (email, role, status, fault) in [
        ("nobody", "viewer", 422, json!({"Invalid": "email"})),
        (
            "a@contoso.com\r\nBcc: x@evil.example",
            "viewer",
            422,
            json!({"Invalid": "email"}),
        ),
        ("new@contoso.com", "owner", 422, json!({"Invalid": "role"})),
        ("new@contoso.com", "king", 422, json!({"Invalid": "role"})),
        (
            "adam@contoso.com",
            "viewer",
            409,
            json!({"Conflict": "already_member"}),
        ),
    ] {
        let reply = send(
            &adam,
            routes::INVITATION_CREATE,
            &[("email", email), ("role", role)],
        )
        .await;
        assert_eq!((reply.status, reply.json()), (status, fault), "{email:?} {role}");
    }
    let form = [("email", "new@contoso.com"), ("role", "viewer")];
    assert_eq!(send(&adam, routes::INVITATION_CREATE, &form).await.status, 200);
    let again = send(&adam, routes::INVITATION_CREATE, &form).await;
    assert_eq!(
        (again.status, again.json()),
        (409, json!({"Conflict": "already_invited"}))
    );
    assert_eq!(mailbox.mails().len(), 1);
    // A form without a script is sent back to the page it names, and nothing typed stands in the address.
    let form = [
        ("email", "nobody"),
        ("role", "viewer"),
        ("next", "/dashboard/members?view=invitations"),
    ];
    let reply = adam.post(routes::INVITATION_CREATE, &form).await;
    assert_eq!(reply.status, 303);
    assert!(
        reply
            .location()
            .starts_with("/dashboard/members?view=invitations&form="),
        "{}",
        reply.location()
    );
    app.stop().await;
}

#[tokio::test]
async fn sent_again_the_old_link_is_dead() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let form = [("email", "zoe@contoso.com"), ("role", "viewer")];
    send(&adam, routes::INVITATION_CREATE, &form).await;
    let first = mailbox.mail_to("zoe@contoso.com").path();
    let id = created(&app, "zoe@contoso.com").await;
    let again = send(&adam, routes::INVITATION_RESEND, &[("id", id.as_str())]).await;
    assert_eq!(again.status, 200, "{}", again.body);
    assert_eq!(app.browser().get(&first).await.status, 404);
    let second = mailbox.mails()[1].path();
    assert_eq!(app.browser().get(&second).await.status, 200);
    // One that has run out is noted, and can be sent again all the same.
    app.advance(Duration::from_hours(8 * 24));
    let adam = app.signed_in("adam@contoso.com").await;
    assert_eq!(app.browser().get(&second).await.status, 410);
    let id = created(&app, "zoe@contoso.com").await;
    let third = send(&adam, routes::INVITATION_RESEND, &[("id", id.as_str())]).await;
    assert_eq!(third.status, 200, "{}", third.body);
    let events = app.events().await;
    let mut expired = events.iter().filter(|event| event.action == "invitation.expired");
    assert!(expired.any(|event| event.target.as_deref() == Some(id.as_str())));
    let browser = app.browser();
    accept(&app, &browser, &mailbox.mails()[2].path(), "zoe@contoso.com").await;
    let newest = created(&app, "zoe@contoso.com").await;
    let used = send(&adam, routes::INVITATION_RESEND, &[("id", newest.as_str())]).await;
    assert_eq!((used.status, used.json()), (409, json!({"Conflict": "accepted"})));
    app.stop().await;
}

#[tokio::test]
async fn without_a_mail_server_the_link_is_in_the_answer_and_nowhere_else() {
    let app = App::start().await;
    app.northwind().await;
    let adam = app.signed_in("adam@contoso.com").await;
    let form = [("email", "zoe@contoso.com"), ("role", "viewer")];
    let made = send(&adam, routes::INVITATION_CREATE, &form).await.json();
    let link = made["link"].as_str().expect("a link").to_owned();
    let path = link.trim_start_matches(&app.url).to_owned();
    assert_eq!(app.browser().get(&path).await.status, 200);
    let token = path.rsplit('/').next().expect("a token");
    for event in app.events().await {
        assert!(!event.details.to_string().contains(token), "INV-009 {event:?}");
    }
    // Another team's administrator finds nothing under its id, and no other role gets so far.
    app.team("Fabrikam Field Services", FABRIKAM).await;
    let omar = app.signed_in("omar@fabrikam.com").await;
    app.execute("update member set role = 'admin', role_source = 'manual' where role = 'member'")
        .await;
    let id = made["id"].as_str().expect("an id");
    for call in [routes::INVITATION_REVOKE, routes::INVITATION_RESEND] {
        assert_eq!(send(&omar, call, &[("id", id)]).await.status, 404, "{call}");
    }
    let vic = app.signed_in("vic@contoso.com").await;
    assert_eq!(
        send(&vic, routes::INVITATION_REVOKE, &[("id", id)]).await.status,
        403
    );
    assert_eq!(app.browser().get(&path).await.status, 200);
    app.stop().await;
}

#[tokio::test]
async fn guessing_links_ends_in_429() {
    let app = crate::password::behind_a_proxy().await;
    let guess = |number: u32| format!("/invite/{number:064x}");
    let guesser = app.browser().from("198.51.100.7".to_owned());
    let mut refused = 0;
    for number in 0..120 {
        let page = guesser.get(&guess(number)).await;
        assert!(matches!(page.status, 404 | 429), "{}", page.status);
        refused += u32::from(page.status == 429);
    }
    assert!(refused > 40, "INV-010: {refused}");
    let other = app.browser().from("203.0.113.9".to_owned());
    assert_eq!(other.get(&guess(7)).await.status, 404);
    app.stop().await;
}
