//! Passwords as a way to take the server's time and memory, and stored hashes that are old or damaged.

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use sonicsaas::routes;
use tokio::io::AsyncWriteExt as _;

use super::{PASSWORD, PRIYA, behind_a_proxy, northwind, try_in};
use crate::app::App;

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_hang_up_at_once_get_two_hashes_at_a_time() {
    let app = behind_a_proxy().await;
    northwind(&app).await;
    let address = app.url.strip_prefix("http://").expect("an address").to_owned();
    for client in 0..300 {
        let body = format!("email=nobody{client}%40x.example&password=wrong");
        let request = format!(
            "POST /login HTTP/1.1\r\nHost: {address}\r\nOrigin: {}\r\nX-Forwarded-For: 10.{}.{}.1\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            app.url,
            client / 250,
            client % 250,
            body.len()
        );
        let mut connection = tokio::net::TcpStream::connect(&address).await.expect("connected");
        connection.write_all(request.as_bytes()).await.expect("sent");
        drop(connection);
    }
    // A full round trip after them, so that the server has seen all.
    assert_eq!(app.browser().get(routes::LOGIN).await.status, 200);
    while app.hashing().taken_places() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(
        app.hashing().most_at_once() <= 2,
        "{}",
        app.hashing().most_at_once()
    );
    assert_eq!(app.hashing().running(), 0);
    assert_eq!(
        try_in(&app.browser(), PRIYA, PASSWORD).await.status,
        303,
        "and it goes on"
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_queue_is_full_the_answer_is_busy() {
    let app = behind_a_proxy().await;
    let attempts = (0..200).map(|client| {
        let app = &app;
        async move {
            let from = format!("10.{client}.0.1");
            let email = format!("nobody{client}@x.example");
            super::try_from(app, &app.browser(), &from, &email, "wrong").await
        }
    });
    let replies = futures_util::future::join_all(attempts).await;
    for reply in &replies {
        match reply.status {
            422 => assert!(reply.body.contains("is incorrect")),
            503 => {
                assert!(reply.body.contains("SonicSaaS is busy. Try again in a moment."));
                assert_eq!(reply.header("retry-after"), "2");
            }
            other => panic!("{other}"),
        }
    }
    let looked_at = replies.iter().filter(|reply| reply.status == 422).count();
    assert_eq!(app.hashing().runs(), looked_at);
    assert!(app.hashing().most_at_once() <= 2);
    app.stop().await;
}

async fn store(app: &App, hash: &str) {
    let statement = format!("update credential set password_hash = '{hash}'");
    app.execute(String::leak(statement)).await;
}

#[tokio::test]
async fn an_old_hash_is_made_stronger_at_the_next_sign_in() {
    let app = App::start().await;
    northwind(&app).await;
    let params = Params::new(4096, 3, 1, None).expect("parameters");
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(PASSWORD.as_bytes(), b"sixteen bytes of")
        .expect("hashed")
        .to_string();
    store(&app, &weak).await;
    let stored = async || {
        let found = app.services.store.find_credential(PRIYA).await.expect("read");
        let hash = found.expect("there").password_hash;
        secrecy::ExposeSecret::expose_secret(&hash).to_owned()
    };
    assert_eq!(
        try_in(&app.browser(), PRIYA, "wrong wrong wrong").await.status,
        422
    );
    assert_eq!(stored().await, weak, "a wrong password changes nothing");
    app.advance(std::time::Duration::from_secs(1));
    assert_eq!(try_in(&app.browser(), PRIYA, PASSWORD).await.status, 303);
    let strong = stored().await;
    assert!(strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{strong}");
    assert_eq!(try_in(&app.browser(), PRIYA, PASSWORD).await.status, 303);
    assert_eq!(stored().await, strong, "and then it stays");
    app.stop().await;
}

#[tokio::test]
async fn a_damaged_hash_is_refused_and_recorded() {
    let app = behind_a_proxy().await;
    northwind(&app).await;
    for (number, parameters) in ["m=4194304,t=2,p=1", "m=19456,t=1000000,p=1"]
        .into_iter()
        .enumerate()
    {
        let hash = format!(
            "$argon2id$v=19${parameters}$bm9ib2R5J3MgYWNjb3VudA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        );
        store(&app, &hash).await;
        let before = app.hashing().runs();
        let from = format!("10.{number}.0.1");
        let reply = super::try_from(&app, &app.browser(), &from, PRIYA, PASSWORD).await;
        assert_eq!(reply.status, 422);
        assert_eq!(app.hashing().runs() - before, 1, "one of ours, for the same time");
        let event = app.last_event("sign_in").await;
        assert_eq!(
            (event.reason.as_deref(), event.detail("cause")),
            (Some("bad_credentials"), "stored_hash_unusable")
        );
        app.advance(std::time::Duration::from_secs(10));
    }
    app.stop().await;
}
