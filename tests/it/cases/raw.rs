//! Bytes on a connection, where no client would send them.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// A connection to the server.
pub(crate) async fn connect(url: &str) -> TcpStream {
    let port = url.rsplit(':').next().expect("a port");
    TcpStream::connect(format!("127.0.0.1:{port}"))
        .await
        .expect("connected")
}

/// Sends this and reads until the server closes.
pub(crate) async fn exchange(url: &str, text: &str) -> String {
    let mut stream = connect(url).await;
    // A server that has seen enough may close while we still send.
    drop(stream.write_all(text.as_bytes()).await);
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    drop(read.expect("the server closes"));
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of the first answer; 0 when there is none.
pub(crate) fn status(answer: &str) -> u16 {
    let status = answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
    status.and_then(|status| status.parse().ok()).unwrap_or_default()
}
