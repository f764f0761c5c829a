//! Accepting: by the one it is for, once, and by nobody else.

use std::time::Duration;

use futures_util::future::join_all;
use http::Method;
use sonicsaas::routes;

use super::{
    KEY, OPERATORS, accept, button, created, ended, mailing, mapping, object_of, said, send, start_all, words,
};
use crate::{
    app::{App, FABRIKAM, Setup},
    browser::Browser,
    mailbox::Mailbox,
};

/// Invites the operators, and gives the path of Dana's invitation.
async fn invited(app: &App, mailbox: &Mailbox) -> (Browser, String) {
    let adam = app.signed_in("adam@contoso.com").await;
    let job = start_all(&adam, OPERATORS, KEY).await;
    ended(&adam, &job).await;
    let path = mailbox.mail_to("dana@contoso.com").path();
    (adam, path)
}

#[tokio::test]
async fn looking_uses_nothing_up_and_the_button_does_once() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let (_, path) = invited(&app, &mailbox).await;
    let before = app.events().await.len();
    let dana = app.browser();
    for method in [Method::GET, Method::HEAD, Method::GET] {
        let headers = [("accept", "text/html"), ("sec-purpose", "prefetch")];
        let page = dana.send(method, &path, &headers, None).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.header("referrer-policy"), "no-referrer", "INV-009");
        assert_eq!(page.header("cache-control"), "no-store");
    }
    // The page names its secret in the form alone, and loads nothing from elsewhere.
    let page = dana.get(&path).await;
    let token = path.rsplit('/').next().expect("a token");
    assert_eq!(page.body.matches(token).count(), 1);
    let own = ["src=\"/", "href=\"/"];
    let loads = page.body.matches("src=\"").count() + page.body.matches("href=\"").count();
    let of_ours: usize = own.iter().map(|start| page.body.matches(start).count()).sum();
    assert_eq!(loads, of_ours + page.body.matches("href=\"#main").count());
    assert_eq!(app.events().await.len(), before, "nothing has happened");

    let entered = accept(&app, &dana, &path, "dana@contoso.com").await;
    assert_eq!((entered.status, entered.location()), (303, routes::DASHBOARD));
    let page = dana.get(routes::DASHBOARD).await;
    let sentence = "You've joined Northwind MSP as Operator.";
    assert!(said(&page).contains(sentence), "{}", said(&page));
    let page = dana.get(routes::DASHBOARD).await;
    assert!(!said(&page).contains("You've joined"), "it is said once");
    let accepted = app.last_event("invitation.accepted").await;
    assert_eq!(accepted.outcome, "success");
    assert_eq!(accepted.detail("oid"), object_of(&app, "dana@contoso.com"));
    assert!(
        app.last_event("member.provisioned")
            .await
            .detail("source")
            .starts_with("group:")
    );

    // INV-003: the same link once more.
    let page = app.browser().get(&path).await;
    assert_eq!(page.status, 410);
    assert_eq!(
        words(&page),
        "This invitation has already been used If that was you, sign in. Sign in"
    );
    assert!(app.chains_are_whole().await);
    app.stop().await;
}

#[tokio::test]
async fn an_invitation_from_a_group_is_for_exactly_one_identity() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    app.team("Fabrikam Field Services", FABRIKAM).await;
    let (_, path) = invited(&app, &mailbox).await;
    for person in ["vic@contoso.com", "omar@fabrikam.com", "lena@litware.example"] {
        let browser = app.browser();
        let members = app.count("select cast(count(*) as text) from member").await;
        let back = accept(&app, &browser, &path, person).await;
        assert_eq!((back.status, back.location()), (303, routes::INVITED), "{person}");
        assert!(browser.cookie("session").is_none(), "nobody is signed in");
        let page = browser.get(routes::INVITED).await;
        assert_eq!(page.status, 200);
        let told = words(&page);
        let sentence =
            "This invitation is for one Microsoft account, and you signed in with a different one.";
        assert!(told.contains(sentence), "INV-007 {person}: {told}");
        let event = app.last_event("invitation.accepted").await;
        assert_eq!(
            (event.outcome.as_str(), event.reason.as_deref()),
            ("refused", Some("invite_identity_mismatch"))
        );
        assert_eq!(
            app.count("select cast(count(*) as text) from member").await,
            members
        );
        // From there the right account can be chosen, although the page has no link any more.
        if person == "vic@contoso.com" {
            assert!(button(&page).contains("prompt=select_account"));
            let target = app.pick(&browser, "dana@contoso.com", &button(&page)).await;
            let entered = browser.get(&target).await;
            assert_eq!((entered.status, entered.location()), (303, routes::DASHBOARD));
            app.execute("delete from session").await;
            app.execute("update invitation set state = 'pending', accepted_by = null, ended_at = null where state = 'accepted'").await;
            app.execute("delete from identity where oid in (select oid from invitation)")
                .await;
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn whoever_signs_in_the_usual_way_accepts_too() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    invited(&app, &mailbox).await;
    // The mapping no longer matches when Dana signs in, so what the invitation said stands.
    let control = app.emulator.control();
    let tenant = crate::app::CONTOSO;
    control
        .remove_member(tenant, "SonicSaaS-Operators", "dana@contoso.com")
        .expect("known");
    let dana = app.signed_in("dana@contoso.com").await;
    let viewer = dana.call(routes::VIEWER).await.json();
    assert_eq!(viewer["role"], "operator");
    let made = app.last_event("member.provisioned").await;
    assert_eq!(made.detail("source"), "invitation");
    assert_eq!(app.last_event("invitation.accepted").await.outcome, "success");
    // Without a match it stands at the next sign-in as well, and a match spends it.
    app.signed_in("dana@contoso.com").await;
    assert_eq!(app.last_event("sign_in").await.detail("source"), "invitation");
    control
        .add_member(tenant, "SonicSaaS-Auditors", "dana@contoso.com")
        .expect("known");
    app.signed_in("dana@contoso.com").await;
    assert_eq!(app.last_event("sign_in").await.detail("role"), "auditor");
    control
        .remove_member(tenant, "SonicSaaS-Auditors", "dana@contoso.com")
        .expect("known");
    app.signed_in("dana@contoso.com").await;
    assert_eq!(
        app.last_event("sign_in").await.detail("source"),
        "default",
        "decision 20"
    );
    app.stop().await;
}

#[tokio::test]
async fn revoked_expired_and_unknown_links_say_so() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let (adam, path) = invited(&app, &mailbox).await;
    let begun = app.browser();
    let page = begun.get(&path).await;
    let away = app.pick(&begun, "dana@contoso.com", &button(&page)).await;
    let id = created(&app, "dana@contoso.com").await;
    let reply = send(&adam, routes::INVITATION_REVOKE, &[("id", id.as_str())]).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(reply.json()["revoked"], true);
    // Revoked while its person was at Microsoft.
    let back = begun.get(&away).await;
    assert_eq!((back.status, back.location()), (303, routes::INVITED), "INV-003");
    assert_eq!(
        app.last_event("invitation.accepted").await.reason.as_deref(),
        Some("invite_unavailable")
    );
    let revoked = app.browser().get(&path).await;
    let unknown = app.browser().get(&format!("/invite/{}", "0".repeat(64))).await;
    let nonsense = app.browser().get("/invite/nonsense").await;
    for page in [&revoked, &unknown, &nonsense] {
        assert_eq!(page.status, 404);
        assert_eq!(page.body, unknown.body, "one page for all");
        assert_eq!(
            words(page),
            "This invitation isn't available Ask the person who invited you for a new link."
        );
    }
    let expiring = mailbox.mail_to("theo@contoso.com").path();
    app.advance(Duration::from_hours(7 * 24));
    let page = app.browser().get(&expiring).await;
    assert_eq!(page.status, 410);
    assert_eq!(
        words(&page),
        "This invitation has expired It was valid until 11 Mar 2026. Ask Adam Cole to send a new one."
    );
    let token = expiring.rsplit('/').next().expect("a token");
    let start = format!("{}?invitation={token}", routes::SIGN_IN);
    let started = app.browser().get(&start).await;
    assert_eq!(
        started.location(),
        routes::INVITED,
        "nobody goes to Microsoft in vain"
    );
    // An invitation that has run out keeps nobody from signing in.
    let theo = app.signed_in("theo@contoso.com").await;
    assert_eq!(theo.call(routes::VIEWER).await.json()["role"], "operator", "P072");
    app.stop().await;
}

#[tokio::test]
async fn of_many_who_accept_at_once_one_member_is_made() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let adam = app.signed_in("adam@contoso.com").await;
    let form = [("email", "somebody@contoso.com"), ("role", "auditor")];
    assert_eq!(send(&adam, routes::INVITATION_CREATE, &form).await.status, 200);
    let path = mailbox.mail_to("somebody@contoso.com").path();
    let people = [
        "zoe@contoso.com",
        "tom@contoso.com",
        "renee@contoso.com",
        "xiaolong@contoso.com",
    ];
    let mut ready = Vec::new();
    for person in people {
        let browser = app.browser();
        let page = browser.get(&path).await;
        let target = app.pick(&browser, person, &button(&page)).await;
        ready.push((browser, target));
    }
    let replies = join_all(ready.iter().map(|(browser, target)| browser.get(target))).await;
    let entered = replies
        .iter()
        .filter(|reply| reply.location() == routes::DASHBOARD);
    assert_eq!(entered.count(), 1, "INV-002");
    let back = replies.iter().filter(|reply| reply.location() == routes::INVITED);
    assert_eq!(back.count(), people.len() - 1);
    let joined =
        "select cast(count(*) as text) from member where role_source = 'invitation' and role = 'auditor'";
    assert_eq!(app.count(joined).await, 1);
    app.stop().await;
}

#[tokio::test]
async fn somebody_else_who_is_signed_in_is_signed_out_first() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let (adam, path) = invited(&app, &mailbox).await;
    let page = adam.get(&path).await;
    let told = words(&page);
    assert!(
        told.contains("You're signed in as adam@contoso.com. This invitation is for dana@contoso.com."),
        "{told}"
    );
    assert!(!told.contains("Sign in with Microsoft"));
    assert_eq!(
        page.header("referrer-policy"),
        "same-origin",
        "the form must tell its origin"
    );
    let reply = adam.post(&path, &[("sign_out", "on")]).await;
    assert_eq!(reply.status, 303);
    let page = adam.get(reply.location()).await;
    assert!(button(&page).contains("prompt=select_account"));
    let target = app.pick(&adam, "dana@contoso.com", &button(&page)).await;
    assert_eq!(adam.get(&target).await.location(), routes::DASHBOARD);
    assert_eq!(
        adam.call(routes::VIEWER).await.json()["email"],
        "dana@contoso.com"
    );
    app.stop().await;
}

#[tokio::test]
async fn what_stands_behind_an_invitation_is_looked_at_when_it_is_accepted() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let (adam, path) = invited(&app, &mailbox).await;
    // The mapping gives less by now.
    let row = mapping(&adam, OPERATORS).await;
    let form = [("id", row.as_str()), ("role", "viewer"), ("priority", "50")];
    assert_eq!(send(&adam, routes::MAPPING_UPDATE, &form).await.status, 200);
    let page = app.browser().get(&path).await;
    assert!(words(&page).contains("Role Viewer"), "{}", words(&page));
    // One by email of somebody who may no longer invite.
    let form = [("email", "new@contoso.com"), ("role", "admin")];
    assert_eq!(send(&adam, routes::INVITATION_CREATE, &form).await.status, 200);
    let by_email = mailbox.mail_to("new@contoso.com").path();
    let begun = app.browser();
    let page = begun.get(&by_email).await;
    let away = app.pick(&begun, "zoe@contoso.com", &button(&page)).await;
    app.execute("update member set role = 'viewer', role_source = 'manual' where role = 'admin'")
        .await;
    let back = begun.get(&away).await;
    assert_eq!(back.location(), routes::INVITED, "INV-005");
    assert_eq!(app.browser().get(&by_email).await.status, 404);
    app.stop().await;
}

#[tokio::test]
async fn without_microsoft_the_page_says_whom_to_ask() {
    let mailbox = Mailbox::start();
    let app = mailing(&mailbox).await;
    let (_, path) = invited(&app, &mailbox).await;
    let mut environment = mailbox.environment();
    environment.push(("AUTH_MODE", "local-only".to_owned()));
    let local = app
        .beside(Setup {
            environment,
            ..Setup::default()
        })
        .await;
    let page = local.browser().get(&path).await;
    assert_eq!(page.status, 200);
    let told = words(&page);
    assert!(
        told.contains("This invitation needs Microsoft sign-in, which is off on this server. Ask Adam Cole."),
        "{told}"
    );
    assert!(!told.contains("Sign in with Microsoft"));
    // INV-018: no password is taken for it, in any mode.
    for server in [&app, &local] {
        let form = [
            ("name", "Eve"),
            ("password", "a long enough password"),
            ("role", "owner"),
        ];
        let reply = server.browser().post(&path, &form).await;
        assert_eq!(reply.status, 403);
        assert_eq!(
            app.count("select cast(count(*) as text) from credential").await,
            0
        );
    }
    local.stop().await;
    app.stop().await;
}
