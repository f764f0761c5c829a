//! Who guesses learns nothing, waits longer each time, and keeps nobody out for long.

use std::time::Duration;

use sonicsaas::routes;

use super::{PASSWORD, PRIYA, behind_a_proxy, northwind, proxied, team_of, try_from, try_in};
use crate::app::{App, CONTOSO};

const BAD: &str = "Email address or password is incorrect. Check both and try again.";

#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let app = App::start().await;
    let team = northwind(&app).await;
    app.register(team, CONTOSO, |_| {}).await;
    app.signed_in("dana@contoso.com").await;
    let other = team_of(&app, "Fabrikam", "sam@fabrikam.example").await;
    app.execute("update member set standing = 'suspended' where team_id in (select id from team where name = 'Fabrikam')")
        .await;
    let mut bodies = std::collections::HashSet::new();
    for (email, password, reason, log) in [
        (
            "nobody@northwind.example",
            "wrong wrong wrong",
            "bad_credentials",
            None,
        ),
        (PRIYA, "wrong wrong wrong", "bad_credentials", Some(team)),
        ("dana@contoso.com", "wrong wrong wrong", "bad_credentials", None),
        ("sam@fabrikam.example", PASSWORD, "suspended", Some(other)),
    ] {
        let browser = app.browser();
        let before = app.hashing().runs();
        let reply = try_in(&browser, email, password).await;
        assert_eq!(app.hashing().runs() - before, 1, "{email} costs one hash");
        assert_eq!(reply.line(), "422 Unprocessable Entity");
        assert_eq!(browser.cookie_names(), Vec::<String>::new());
        assert!(reply.body.contains(BAD) && reply.body.contains("Error: "));
        bodies.insert(reply.body.replace(email, "…"));
        let event = app.last_event("sign_in").await;
        assert_eq!(
            (event.reason.as_deref(), event.team, event.outcome.as_str()),
            (Some(reason), log, "refused")
        );
        assert_eq!(
            (event.detail("method"), event.detail("email")),
            ("password", email)
        );
        // While they wait they look alike too.
        let reply = try_in(&app.browser(), email, PASSWORD).await;
        assert_eq!(reply.line(), "422 Unprocessable Entity");
        bodies.insert(reply.body.replace(email, "…"));
        let event = app.last_event("sign_in").await;
        assert_eq!((event.reason.as_deref(), event.team), (Some("throttled"), log));
        assert_eq!(app.hashing().runs() - before, 1, "what waits is not looked at");
    }
    assert_eq!(bodies.len(), 2, "one page for wrong, one for wait");
    app.stop().await;
}

#[tokio::test]
async fn the_wait_grows_and_the_right_password_waits_too() {
    let app = behind_a_proxy().await;
    northwind(&app).await;
    let browser = app.browser();
    for (number, wait) in [1_u64, 3, 5, 10, 10].into_iter().enumerate() {
        let from = format!("10.{number}.0.1");
        let reply = try_from(&app, &browser, &from, PRIYA, "wrong wrong wrong").await;
        assert!(reply.body.contains(BAD), "{number}");
        app.advance(Duration::from_secs(wait - 1));
        let early = try_from(&app, &browser, &from, PRIYA, PASSWORD).await;
        assert_eq!(early.status, 422);
        assert!(
            early
                .body
                .contains("Too many attempts. Try again after 14:03 UTC."),
            "{}",
            early.body
        );
        app.advance(Duration::from_secs(1));
    }
    assert_eq!(try_in(&browser, PRIYA, PASSWORD).await.status, 303);
    // A right password ends the count.
    app.advance(Duration::from_secs(1));
    assert!(
        try_in(&app.browser(), PRIYA, "wrong wrong wrong")
            .await
            .body
            .contains(BAD)
    );
    app.advance(Duration::from_secs(1));
    assert_eq!(try_in(&app.browser(), PRIYA, PASSWORD).await.status, 303);
    app.stop().await;
}

#[tokio::test]
async fn who_was_here_before_is_not_kept_out_by_guesses_from_elsewhere() {
    let app = behind_a_proxy().await;
    northwind(&app).await;
    let known = app.browser();
    assert_eq!(
        try_from(&app, &known, "192.0.2.1", PRIYA, PASSWORD).await.status,
        303
    );
    // Half an hour of guesses from many addresses.
    for guess in 0..30 {
        let from = format!("10.{guess}.0.1");
        try_from(&app, &app.browser(), &from, PRIYA, "wrong wrong wrong").await;
        app.advance(Duration::from_mins(1));
    }
    try_from(&app, &app.browser(), "10.99.0.1", PRIYA, "wrong wrong wrong").await;
    let stranger = try_from(&app, &app.browser(), "192.0.2.1", PRIYA, PASSWORD).await;
    assert!(stranger.body.contains("Too many attempts."));
    assert_eq!(
        try_from(&app, &known, "192.0.2.1", PRIYA, PASSWORD).await.status,
        303
    );

    // The known device waits for its own mistakes, and is known for its own address only.
    try_from(&app, &known, "192.0.2.1", PRIYA, "wrong wrong wrong").await;
    let again = try_from(&app, &known, "192.0.2.1", PRIYA, PASSWORD).await;
    assert!(again.body.contains("Too many attempts."));
    let other = "sam@fabrikam.example";
    team_of(&app, "Fabrikam", other).await;
    try_from(&app, &known, "192.0.2.2", other, "wrong wrong wrong").await;
    let elsewhere = try_from(&app, &app.browser(), "192.0.3.2", other, PASSWORD).await;
    assert!(
        elsewhere.body.contains("Too many attempts."),
        "counted for the address"
    );
    // It is a delay and no lock: after it, anybody with the right password gets in.
    app.advance(Duration::from_mins(5));
    assert_eq!(
        try_from(&app, &app.browser(), "192.0.4.1", PRIYA, PASSWORD)
            .await
            .status,
        303
    );
    app.stop().await;
}

#[tokio::test]
async fn a_known_device_cannot_be_made_up() {
    let app = behind_a_proxy().await;
    northwind(&app).await;
    try_from(&app, &app.browser(), "10.0.0.1", PRIYA, "wrong wrong wrong").await;
    let forger = app.browser();
    forger.set_cookie("device", "{\"address\":\"00\",\"name\":\"00\"}");
    let reply = try_from(&app, &forger, "10.0.1.1", PRIYA, PASSWORD).await;
    assert!(reply.body.contains("Too many attempts."));
    app.stop().await;
}

#[tokio::test]
async fn two_servers_share_the_wait() {
    let one = behind_a_proxy().await;
    northwind(&one).await;
    let two = one.beside(proxied()).await;
    try_in(&one.browser(), PRIYA, "wrong wrong wrong").await;
    let reply = try_in(&two.browser(), PRIYA, PASSWORD).await;
    assert!(reply.body.contains("Too many attempts."));
    assert_eq!(two.hashing().runs(), 0);
    two.advance(Duration::from_secs(1));
    assert_eq!(try_in(&two.browser(), PRIYA, PASSWORD).await.status, 303);
    // The right password on one ends the wait on the other.
    assert_eq!(try_in(&one.browser(), PRIYA, PASSWORD).await.status, 303);
    two.stop().await;
    one.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_guesses_at_one_moment_are_one_guess() {
    let one = behind_a_proxy().await;
    northwind(&one).await;
    let two = one.beside(proxied()).await;
    let guesses = (0..50).map(|guess| {
        let app = if guess % 2 == 0 { &one } else { &two };
        async move {
            let from = format!("10.{guess}.0.1");
            try_from(app, &app.browser(), &from, PRIYA, "wrong wrong wrong").await
        }
    });
    let replies = futures_util::future::join_all(guesses).await;
    let said = |words: &str| replies.iter().filter(|reply| reply.body.contains(words)).count();
    let turned_away = replies.iter().filter(|reply| reply.status == 503).count();
    assert_eq!(said(BAD), 1);
    assert_eq!(said("Too many attempts.") + turned_away, 49);
    // The services of the test made the owner's hash, so these are the servers' own.
    assert_eq!(one.hashing().runs() + two.hashing().runs(), 1);
    assert_eq!(one.browser().get(routes::LOGIN).await.status, 200);
    two.stop().await;
    one.stop().await;
}
