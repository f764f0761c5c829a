//! A real mail server for tests (`end2end/mailbox`): a process of its own that parses what it gets.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::Value;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A mail as its server parsed it.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    /// The envelope's one recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    headers: Value,
}

impl Mail {
    /// A header by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].as_str().unwrap_or_default()
    }

    /// The path of the link in the plain part.
    pub(crate) fn path(&self) -> String {
        let at = self.text.find("/invite/").expect("a link");
        self.text[at..]
            .split_whitespace()
            .next()
            .expect("a path")
            .to_owned()
    }
}

/// The running server.
pub(crate) struct Mailbox {
    child: Child,
    told: Mutex<ChildStdin>,
    heard: Arc<Mutex<Vec<Value>>>,
    port: u64,
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Mailbox {
    /// Starts it on a free port.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// Starts it with options.
    pub(crate) fn with(options: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("end2end/mailbox");
        assert!(
            folder.join("node_modules").exists(),
            "the mail server for tests is not installed: cd end2end/mailbox && npm ci"
        );
        let mut child = Command::new("node")
            .arg("mailbox.mjs")
            .args(options)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs");
        let told = child.stdin.take().expect("an input");
        let output = child.stdout.take().expect("an output");
        let heard: Arc<Mutex<Vec<Value>>> = Arc::default();
        let hearing = heard.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).expect("JSON");
                hearing.lock().expect("a list").push(event);
            }
        });
        let mut mailbox = Self {
            child,
            told: Mutex::new(told),
            heard,
            port: 0,
        };
        let listening = mailbox.wait_blocking(|events| {
            events
                .iter()
                .find(|event| event["event"] == "listening")
                .and_then(|event| event["port"].as_u64())
        });
        mailbox.port = listening;
        mailbox
    }

    fn wait_blocking<T>(&self, found: impl Fn(&[Value]) -> Option<T>) -> T {
        #[expect(clippy::disallowed_methods, reason = "a test waits for another process")]
        let since = Instant::now();
        loop {
            if let Some(found) = found(&self.heard.lock().expect("a list")) {
                return found;
            }
            assert!(since.elapsed() < PATIENCE, "the mail server is silent");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its port.
    pub(crate) fn port(&self) -> u64 {
        self.port
    }

    /// Its address for `SMTP_URL`.
    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// What a server needs to send mail here, without a limit that a test would feel.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("SMTP_URL", self.url()),
            ("MAIL_FROM", "SonicSaaS <no-reply@example.com>".to_owned()),
            ("MAIL_PER_MINUTE", "600000".to_owned()),
        ]
    }

    /// Tells it how to behave from now on.
    pub(crate) fn tell(&self, mood: &Value) {
        let told = |events: &[Value]| events.iter().filter(|event| event["event"] == "told").count();
        let before = told(&self.heard.lock().expect("a list"));
        writeln!(self.told.lock().expect("an input"), "{mood}").expect("it listens");
        self.wait_blocking(|events| (told(events) > before).then_some(()));
    }

    /// Waits for the first mail.
    pub(crate) async fn heard_mail(&self) {
        let until = std::time::Duration::from_millis(20);
        let heard = async {
            while self.mails().is_empty() {
                tokio::time::sleep(until).await;
            }
        };
        tokio::time::timeout(PATIENCE, heard).await.expect("a mail");
    }

    /// Everything it told, of one kind.
    pub(crate) fn events(&self, kind: &str) -> Vec<Value> {
        let heard = self.heard.lock().expect("a list");
        heard
            .iter()
            .filter(|event| event["event"] == kind)
            .cloned()
            .collect()
    }

    /// The mails so far.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.events("mail")
            .into_iter()
            .map(|event| Mail {
                to: text(&event["to"][0]),
                subject: text(&event["subject"]),
                text: text(&event["text"]),
                html: text(&event["html"]),
                headers: event["headers"].clone(),
            })
            .collect()
    }

    /// The only mail to this address.
    pub(crate) fn mail_to(&self, address: &str) -> Mail {
        let mut mails: Vec<_> = self
            .mails()
            .into_iter()
            .filter(|mail| mail.to == address)
            .collect();
        assert_eq!(mails.len(), 1, "{address}");
        mails.remove(0)
    }
}
