//! Sessions: where they begin, what they hold, how they end; and clocks that jump.

use std::time::Duration;

use http::Method;
use sonicsaas::routes;

use super::bench::{Bench, DANA, Refused, Runner, walk};
use crate::{
    app::{App, CONTOSO, Setup},
    browser::Browser,
    calls,
    password::try_in,
};

/// These cases.
pub(crate) const WALKS: &[Runner] = &[
    walk!("FLW-036", somebody_else_signs_in_here),
    walk!("SES-001", a_session_that_somebody_chose),
    walk!("SES-006", signing_out),
    walk!("SES-011", somebody_suspended_meanwhile),
    walk!("SES-018", cookies_of_somebody_else),
    walk!("SES-020", two_servers),
    walk!("SES-021", a_server_that_starts_again),
    walk!("PWD-005", one_password_in_two_spellings),
    // They move the clock, so they come last.
    walk!("SES-008", nobody_at_the_desk),
    walk!("SES-028", a_clock_that_steps_back),
    walk!("CLK-003", a_clock_that_jumps),
];

/// Whether this cookie still opens anything.
async fn opens(browser: &Browser) -> bool {
    let mut answers = Vec::new();
    for call in calls::reads() {
        answers.push(call.send(browser).await.status);
    }
    let page = browser.get(routes::DASHBOARD).await;
    answers.push(if page.status == 303 { 401 } else { page.status });
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    match answers[0] {
        200 => true,
        401 => false,
        status => panic!("{status}"),
    }
}

async fn somebody_else_signs_in_here(bench: &Bench) {
    let browser = bench.app.signed_in("adam@contoso.com").await;
    browser.post(routes::PREFERENCES, &[("theme", "dark")]).await;
    let old = browser.copy();
    let before = browser.cookie("session");
    let pending = bench.pending_in(browser, DANA, routes::SIGN_IN).await;
    let viewer = bench.accepted(&pending).await;
    assert_eq!(viewer["name"], "Dana Reyes");
    assert_ne!(pending.browser.cookie("session"), before);
    assert!(!opens(&old).await, "the old session has ended");
    assert_eq!(
        bench.app.last_event("session.revoked").await.detail("cause"),
        "signed_in_again"
    );
    let page = pending.browser.get(routes::DASHBOARD).await.body;
    assert!(!page.contains("Adam Cole") && !page.contains("adam@contoso.com"));
}

async fn a_session_that_somebody_chose(bench: &Bench) {
    for chosen in [
        "a".repeat(43),
        "0".repeat(64),
        "x".to_owned(),
        String::new(),
        "..%00".to_owned(),
    ] {
        let browser = bench.app.browser();
        browser.set_cookie("session", &chosen);
        assert!(!opens(&browser).await);
        browser.set_cookie("session", &chosen);
        let pending = bench.pending_in(browser, DANA, routes::SIGN_IN).await;
        bench.accepted(&pending).await;
        assert_ne!(
            pending.browser.cookie("session").as_deref(),
            Some(chosen.as_str())
        );
        let attacker = bench.app.browser();
        attacker.set_cookie("session", &chosen);
        assert!(!opens(&attacker).await, "{chosen:?}");
    }
}

async fn signing_out(bench: &Bench) {
    let browser = bench.app.signed_in(DANA).await;
    let copy = browser.copy();
    assert!(opens(&copy).await);
    let reply = browser.post(routes::LOGOUT, &[]).await;
    let end = format!("{}/{CONTOSO}/oauth2/v2.0/logout", bench.app.emulator.authority());
    assert!(
        reply.status == 303 && reply.location().starts_with(&end),
        "{}",
        reply.location()
    );
    assert_eq!(browser.cookie("session"), None, "the cookie is taken away");
    assert!(!opens(&copy).await, "and worth nothing");
    assert_eq!(bench.app.last_event("sign_out").await.outcome, "success");
    let again = copy.post(routes::LOGOUT, &[]).await;
    assert_eq!((again.status, again.location()), (303, "/login"));
}

async fn somebody_suspended_meanwhile(bench: &Bench) {
    let beside = bench.app.beside(Setup::default()).await;
    let ines = bench.app.signed_in("ines@contoso.com").await;
    let there = beside.browser();
    there.set_cookie("session", &ines.cookie("session").expect("a session"));
    assert!(opens(&there).await && opens(&ines).await);
    bench
        .app
        .execute("update member set standing = 'suspended' where role = 'auditor'")
        .await;
    assert!(
        !opens(&there).await && !opens(&ines).await,
        "at the next click, on either server"
    );
    let pending = bench.pending("ines@contoso.com").await;
    bench.refused(&pending, &Refused::because("suspended", "")).await;
    bench
        .app
        .execute("update member set standing = 'active' where role = 'auditor'")
        .await;
    let pending = bench.pending("ines@contoso.com").await;
    bench.accepted(&pending).await;
    beside.stop().await;
}

async fn cookies_of_somebody_else(bench: &Bench) {
    let dana = bench
        .app
        .signed_in(DANA)
        .await
        .cookie("session")
        .expect("a session");
    let adam = bench
        .app
        .signed_in("adam@contoso.com")
        .await
        .cookie("session")
        .expect("a session");
    let who = async |cookie: &str| {
        let headers = [("accept", "application/json"), ("cookie", cookie)];
        let reply = bench
            .app
            .browser()
            .send(Method::GET, routes::VIEWER, &headers, None)
            .await;
        (reply.status == 200).then(|| reply.json()["name"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(
        who(&format!("session={dana}")).await.as_deref(),
        Some("Dana Reyes")
    );
    for others in [
        format!("Session={adam}; session={dana}"),
        format!("__Secure-session={adam}; session={dana}"),
        format!("__Host-session={adam}; session={dana}"),
        format!("session ={adam}x; session={dana}; a=b"),
    ] {
        let name = who(&others).await;
        assert!(
            name.is_none() || name.as_deref() == Some("Dana Reyes"),
            "{others}: {name:?}"
        );
    }
    for doubled in [
        format!("session={dana}; session={adam}"),
        format!("session={adam}; session={dana}"),
        format!("session=x; session={dana}"),
        format!("session={dana}; session="),
    ] {
        assert_eq!(who(&doubled).await, None, "two of one name are none");
    }
    for other in [
        format!("Session={dana}"),
        format!("__Host-session={dana}"),
        format!("session=\"{dana}\" x"),
    ] {
        assert_eq!(who(&other).await, None, "{other}");
    }
}

async fn two_servers(bench: &Bench) {
    let beside = bench.app.beside(Setup::default()).await;
    let dana = bench.app.signed_in(DANA).await;
    let there = beside.browser();
    there.set_cookie("session", &dana.cookie("session").expect("a session"));
    assert!(opens(&there).await, "a session of one is one of the other");
    dana.post(routes::LOGOUT, &[]).await;
    assert!(!opens(&there).await);
    beside.stop().await;
}

async fn a_server_that_starts_again(bench: &Bench) {
    let (kept, ended) = (bench.app.signed_in(DANA).await, bench.app.signed_in(DANA).await);
    let cookies = [kept.cookie("session"), ended.cookie("session")].map(|cookie| cookie.expect("a session"));
    ended.post(routes::LOGOUT, &[]).await;
    // Another process of the same make knows what this one knew: nothing of it was in memory.
    let again = bench.app.beside(Setup::default()).await;
    for (cookie, alive) in cookies.iter().zip([true, false]) {
        let browser = again.browser();
        browser.set_cookie("session", cookie);
        assert_eq!(opens(&browser).await, alive);
    }
    again.stop().await;
}

async fn one_password_in_two_spellings(bench: &Bench) {
    for (email, made, typed) in [
        (
            "nfc@x.example",
            "p\u{e4}ssw\u{f6}rd und noch mehr",
            "pa\u{308}sswo\u{308}rd und noch mehr",
        ),
        (
            "nfd@x.example",
            "pa\u{308}sswo\u{308}rd und noch mehr",
            "p\u{e4}ssw\u{f6}rd und noch mehr",
        ),
        (
            "zwj@x.example",
            "\u{1f469}\u{200d}\u{1f4bb} emoji and more",
            "\u{1f469}\u{200d}\u{1f4bb} emoji and more",
        ),
    ] {
        let draft = sonicsaas::service::team::TeamDraft {
            name: format!("Team of {email}"),
            owner_email: email.to_owned(),
            owner_name: "Umlaut".to_owned(),
            password: Some(secrecy::SecretString::from(made)),
        };
        let operator = sonicsaas::storage::HostOperator::on_this_machine();
        sonicsaas::service::team::create(&bench.app.services, &operator, draft)
            .await
            .expect("a team");
        for spelling in [made, typed] {
            let reply = try_in(&bench.app.browser(), email, spelling).await;
            assert_eq!(reply.status, 303, "{email}");
        }
        let reply = try_in(&bench.app.browser(), email, &typed.replace(' ', "")).await;
        assert_eq!(reply.status, 422, "nothing else is changed");
    }
}

async fn nobody_at_the_desk(bench: &Bench) {
    let idle = bench.app.signed_in(DANA).await;
    bench.app.advance(Duration::from_secs(3_599));
    assert!(opens(&idle).await);
    bench.app.advance(Duration::from_secs(3_661));
    assert!(!opens(&idle).await);
    let page = idle.get("/login").await;
    assert!(page.body.contains("You were signed out. Sign in to continue."));
    let busy = bench.app.signed_in(DANA).await;
    for _ in 0..28 {
        bench.app.advance(Duration::from_mins(50));
        assert!(opens(&busy).await);
    }
    bench.app.advance(Duration::from_mins(41));
    assert!(!opens(&busy).await, "24 hours are over");
}

/// Sets both clocks by this much back.
fn back(app: &App, span: Duration) {
    app.set_back(span);
}

async fn a_clock_that_steps_back(bench: &Bench) {
    let app = App::start().await;
    app.northwind().await;
    let (dana, late) = (app.signed_in(DANA).await, app.browser());
    let target = app.pick(&late, DANA, routes::SIGN_IN).await;
    back(&app, Duration::from_hours(2));
    assert!(opens(&dana).await, "a session of the future is one of now");
    // An attempt from a future that no server can have seen is none; nothing panics.
    assert_eq!(late.get(&target).await.location(), "/login?error=state_invalid");
    app.signed_in(DANA).await;
    // It ends by its stored start: 24 hours after it began, whatever the clock did in between.
    for _ in 0..31 {
        app.advance(Duration::from_mins(50));
        dana.call(routes::VIEWER).await;
    }
    app.advance(Duration::from_mins(31));
    assert!(!opens(&dana).await);
    app.stop().await;
    bench.positive().await;
}

async fn a_clock_that_jumps(bench: &Bench) {
    let app = App::start().await;
    app.northwind().await;
    let (dana, early) = (app.signed_in(DANA).await, app.browser());
    let target = app.pick(&early, DANA, routes::SIGN_IN).await;
    app.advance(Duration::from_hours(24));
    app.signed_in(DANA).await;
    assert!(!opens(&dana).await, "a day is over");
    back(&app, Duration::from_hours(24));
    assert_eq!(
        early.get(&target).await.location(),
        "/dashboard",
        "it is ten minutes old at most"
    );
    assert!(
        app.chains_are_whole().await,
        "the order of events is their number"
    );
    app.stop().await;
    bench.positive().await;
}

#[tokio::test]
async fn sessions() {
    let bench = Bench::start().await;
    bench.run(Vec::new(), WALKS).await;
}
