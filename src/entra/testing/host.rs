//! A host on this machine that answers whatever a test says, honest or not.

use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use url::Url;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(in crate::entra) struct Asked {
    pub(in crate::entra) method: String,
    pub(in crate::entra) path: String,
    /// Names in lower case.
    pub(in crate::entra) headers: HashMap<String, String>,
    pub(in crate::entra) body: String,
}

impl Asked {
    pub(in crate::entra) fn form(&self) -> HashMap<String, String> {
        form_urlencoded::parse(self.body.as_bytes())
            .into_owned()
            .collect()
    }
}

/// What a test's host answers.
#[derive(Clone, Debug)]
pub(in crate::entra) enum Says {
    /// Status, headers and body.
    This(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Headers, then one byte after the other without end.
    Drip,
    /// A body without end, as fast as it is read.
    Flood,
    /// Nothing, and the connection stays open.
    Silence,
    /// The connection is closed.
    Hangup,
}

impl Says {
    pub(in crate::entra) fn json(body: &Value) -> Self {
        Self::text(200, "application/json", &body.to_string())
    }

    pub(in crate::entra) fn text(status: u16, kind: &str, body: &str) -> Self {
        Self::This(
            status,
            vec![("content-type", kind.to_owned())],
            body.as_bytes().to_vec(),
        )
    }

    pub(in crate::entra) fn status(status: u16, header: &'static str, value: &str) -> Self {
        Self::This(status, vec![(header, value.to_owned())], b"{}".to_vec())
    }
}

type Script = dyn Fn(&Asked) -> Says + Send + Sync;

/// A host on this machine that does what a test says and remembers what it was asked.
pub(in crate::entra) struct Host {
    pub(in crate::entra) url: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
    script: Arc<Mutex<Arc<Script>>>,
    /// Ends with the host.
    _listening: JoinSet<()>,
}

impl Host {
    pub(in crate::entra) async fn start(script: impl Fn(&Asked) -> Says + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let script: Arc<Mutex<Arc<Script>>> = Arc::new(Mutex::new(Arc::new(script)));
        let mut listening = JoinSet::new();
        let (log, says) = (Arc::clone(&asked), Arc::clone(&script));
        listening.spawn(async move {
            let mut calls = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (log, says) = (Arc::clone(&log), Arc::clone(&says));
                calls.spawn(async move { serve(stream, &log, &says).await });
            }
        });
        Self {
            url: Url::parse(&format!("http://{address}")).expect("an address"),
            asked,
            script,
            _listening: listening,
        }
    }

    /// The origin, as it stands in issuers.
    pub(in crate::entra) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    pub(in crate::entra) fn now_says(&self, script: impl Fn(&Asked) -> Says + Send + Sync + 'static) {
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(script);
    }

    pub(in crate::entra) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many requests went to paths that end so.
    pub(in crate::entra) fn count(&self, ending: &str) -> usize {
        self.asked()
            .iter()
            .filter(|asked| asked.path.ends_with(ending))
            .count()
    }
}

async fn serve(mut stream: TcpStream, asked: &Mutex<Vec<Asked>>, script: &Mutex<Arc<Script>>) -> Option<()> {
    let request = read(&mut stream).await?;
    asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(request.clone());
    let script = Arc::clone(&script.lock().unwrap_or_else(PoisonError::into_inner));
    let open = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
    match script(&request) {
        Says::This(status, headers, body) => {
            let mut head = format!(
                "HTTP/1.1 {status} Said\r\nconnection: close\r\ncontent-length: {}\r\n",
                body.len()
            );
            for (name, value) in headers {
                write!(head, "{name}: {value}\r\n").expect("a text takes text");
            }
            stream.write_all(format!("{head}\r\n").as_bytes()).await.ok()?;
            stream.write_all(&body).await.ok()?;
        }
        Says::Drip => {
            stream.write_all(open.as_bytes()).await.ok()?;
            let mut beat = tokio::time::interval(Duration::from_millis(5));
            loop {
                beat.tick().await;
                stream.write_all(b" ").await.ok()?;
            }
        }
        Says::Flood => {
            stream.write_all(open.as_bytes()).await.ok()?;
            loop {
                stream.write_all(&[b' '; 4096]).await.ok()?;
            }
        }
        Says::Silence => {
            // Until the other side gives up.
            stream.read_u8().await.ok()?;
        }
        Says::Hangup => {}
    }
    Some(())
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        bytes.push(stream.read_u8().await.ok()?);
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: HashMap<_, _> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Asked {
        method,
        path,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
