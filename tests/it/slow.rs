//! Clients that send slowly, or something else than they said: they are cut off, and hold nothing meanwhile.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::app::App;

/// Sends bytes as they are, and reads until the server closes.
async fn send(app: &App, bytes: &[u8]) -> String {
    let host = app.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    stream.write_all(bytes).await.expect("sent");
    let mut answer = Vec::new();
    // The server may close hard after its answer, with bytes of ours unread.
    let _closed = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn head(app: &App, more: &str) -> String {
    let host = app.url.trim_start_matches("http://");
    format!(
        "POST /preferences HTTP/1.1\r\nhost: {host}\r\norigin: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         connection: close\r\n{more}\r\n\r\n",
        app.url
    )
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let app = App::start().await;
    app.northwind().await;
    let slow = format!("{}t", head(&app, "content-length: 200"));
    let all = (0..100).map(|_| send(&app, slow.as_bytes()));
    let (answers, ()) = tokio::join!(futures_util::future::join_all(all), async {
        for _ in 0..5 {
            app.signed_in("dana@contoso.com").await;
        }
    });
    for answer in answers {
        assert!(
            answer.starts_with("HTTP/1.1 408 Request Timeout"),
            "FLT-006: {answer}"
        );
        assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
    }
    app.stop().await;
}

#[tokio::test]
async fn bodies_without_a_true_length_are_not_read() {
    let app = App::start().await;
    let announced = head(&app, "content-length: 100000000");
    let answer = send(&app, announced.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 Payload Too Large"), "{answer}");
    for form in ["theme=dark".to_owned(), "x".repeat(70_000)] {
        let chunked = format!(
            "{}{:x}\r\n{form}\r\n0\r\n\r\n",
            head(&app, "transfer-encoding: chunked"),
            form.len()
        );
        let answer = send(&app, chunked.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request"), "{answer}");
        assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
    }
    // The positive control: the same form with its length.
    let small = format!("{}theme=dark", head(&app, "content-length: 10"));
    let answer = send(&app, small.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 303 See Other"), "{answer}");
    assert!(answer.contains("theme=dark"), "{answer}");
    app.stop().await;
}

#[tokio::test]
async fn smuggled_and_oversized_requests_close_the_connection() {
    let app = App::start().await;
    let host = app.url.trim_start_matches("http://").to_owned();
    let get = |more: &str| format!("GET /login HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{more}\r\n");
    let many: String = (0..500).fold(String::new(), |all, number| all + &format!("x-{number}: y\r\n"));
    for (what, request, expected) in [
        ("many headers", get(&many), "431"),
        (
            "a header of 70,000 bytes",
            get(&format!("x: {}\r\n", "y".repeat(70_000))),
            "431",
        ),
        (
            "a large header",
            get(&format!("x: {}\r\n", "y".repeat(1 << 20))),
            "431",
        ),
        (
            "two lengths",
            format!("{}theme", head(&app, "content-length: 5\r\ncontent-length: 6")),
            "400",
        ),
        ("an unknown coding", head(&app, "transfer-encoding: gzip"), "400"),
        ("a length that is none", head(&app, "content-length: +5"), "400"),
        ("a space before the colon", get("x : y\r\n"), "400"),
        (
            "a target with a space",
            format!("GET /lo gin HTTP/1.1\r\nhost: {host}\r\n\r\n"),
            "400",
        ),
        (
            "no version we speak",
            format!("GET /login HTTP/3.0\r\nhost: {host}\r\n\r\n"),
            "400",
        ),
        ("two hosts", get("host: evil.example\r\n"), "421"),
    ] {
        let answer = send(&app, request.as_bytes()).await;
        let status = answer.split(' ').nth(1).unwrap_or("closed");
        assert!(
            status == expected || (answer.is_empty() && expected != "421"),
            "FLT-007: {what}: {answer}"
        );
    }
    // A length beside chunks: refused, and what follows is no second request.
    let both = format!(
        "{}0\r\n\r\nGET /dashboard HTTP/1.1\r\nhost: {host}\r\n\r\n",
        head(&app, "content-length: 4\r\ntransfer-encoding: chunked")
    );
    let answer = send(&app, both.as_bytes()).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    // The positive control.
    assert!(
        send(&app, get("").as_bytes())
            .await
            .starts_with("HTTP/1.1 200 OK")
    );
    app.stop().await;
}
