//! A client that costs little: one connection, HTTP/1.1, nothing but what a figure needs.

use std::fmt::Write as _;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: String,
}

impl Reply {
    /// Every value of a header.
    pub(crate) fn headers<'reply>(&'reply self, name: &'reply str) -> impl Iterator<Item = &'reply str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(move |(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Where it leads.
    pub(crate) fn location(&self) -> &str {
        self.headers("location").next().unwrap_or_default()
    }

    /// Cookies as they are sent back.
    pub(crate) fn cookies(&self) -> String {
        let pairs = self
            .headers("set-cookie")
            .filter_map(|line| line.split(';').next());
        pairs.collect::<Vec<_>>().join("; ")
    }
}

/// A request as bytes.
pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost:3000\r\naccept: text/html\r\n");
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").expect("a text takes text");
    }
    if !body.is_empty() {
        write!(
            text,
            "content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n",
            body.len()
        )
        .expect("a text takes text");
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

/// One connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn to(port: u16) -> Option<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        stream.set_nodelay(true).ok()?;
        Some(Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        })
    }

    /// Sends a request and reads its whole answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Option<Reply> {
        self.stream.write_all(request).await.ok()?;
        self.buffer.clear();
        let end = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            self.read().await?;
        };
        let head = String::from_utf8_lossy(self.buffer.get(..end)?).into_owned();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let reply = Reply { status, head };
        let length = reply
            .headers("content-length")
            .next()
            .and_then(|length| length.parse::<usize>().ok());
        match length {
            Some(length) => {
                while self.buffer.len() < end + length {
                    self.read().await?;
                }
            }
            None => {
                while !self.buffer.ends_with(b"0\r\n\r\n") {
                    self.read().await?;
                }
            }
        }
        Some(reply)
    }

    async fn read(&mut self) -> Option<()> {
        (self.stream.read_buf(&mut self.buffer).await.ok()? > 0).then_some(())
    }

    /// The bytes of the last answer's body.
    pub(crate) fn body(&self) -> &[u8] {
        let start = self
            .buffer
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .map_or(0, |end| end + 4);
        self.buffer.get(start..).unwrap_or_default()
    }
}
