//! The product as a process of its own, with its real log: for what happens once per process.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    thread::JoinHandle,
    time::Duration,
};

use entra_emulator::Emulator;
use serde_json::Value;
use tokio::{sync::mpsc, time::timeout};

use crate::{
    app::{CLIENT_ID, CONTOSO},
    browser::{Browser, Reply},
    database::Database,
};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);
/// The address that users see. The server listens on whichever port is free, as behind a proxy.
const SITE: &str = "http://localhost:3000";
/// The key of these deployments, in base64.
pub(crate) const ENCRYPTION_KEY: &str = "Y2FuYXJ5LWVuY3J5cHRpb24ta2V5LTMyLWJ5dGVzISE=";

/// A deployment: database, folder, Microsoft, one team.
pub(crate) struct Deployment {
    /// Microsoft.
    pub emulator: Emulator,
    /// The database.
    pub database: Database,
    folder: tempfile::TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Deployment {
    /// With these variables beside those that every deployment needs.
    pub(crate) async fn new(client_secret: &str, environment: Vec<(&'static str, String)>) -> Self {
        Self::seeded(client_secret, environment, |_| {}).await
    }

    /// The same with a directory that is changed before it starts.
    pub(crate) async fn seeded(
        client_secret: &str,
        environment: Vec<(&'static str, String)>,
        change: impl FnOnce(&mut entra_emulator::Seed),
    ) -> Self {
        let mut options = entra_emulator::Options::default();
        change(&mut options.seed);
        client_secret.clone_into(&mut options.seed.application.secrets[0].value);
        let emulator = Emulator::start(options).await.expect("the emulator starts");
        let database = Database::fresh().await;
        let mut all = vec![
            ("DATABASE_URL", database.address()),
            ("ENCRYPTION_KEY", ENCRYPTION_KEY.to_owned()),
            ("MICROSOFT_ENTRA_ID_CLIENT_ID", CLIENT_ID.to_owned()),
            ("MICROSOFT_ENTRA_ID_CLIENT_SECRET", client_secret.to_owned()),
            ("MICROSOFT_ENTRA_ID_AUTHORITY_HOST", emulator.authority()),
            ("MICROSOFT_GRAPH_URL", emulator.graph()),
            ("PUBLIC_URL", SITE.to_owned()),
            ("LEPTOS_SITE_ADDR", "127.0.0.1:0".to_owned()),
            ("LEPTOS_OUTPUT_NAME", "sonicsaas".to_owned()),
            (
                "LEPTOS_SITE_ROOT",
                concat!(env!("CARGO_MANIFEST_DIR"), "/target/site").to_owned(),
            ),
        ];
        all.extend(environment);
        Self {
            emulator,
            database,
            folder: tempfile::tempdir().expect("a folder"),
            environment: all,
        }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sonicsaas"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command
    }

    /// Runs a command: standard output and standard error.
    pub(crate) fn run(&self, arguments: &[&str]) -> (String, String) {
        let output = self.command(arguments).output().expect("it runs");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        assert!(
            output.status.success(),
            "{arguments:?}: {:?}",
            text(output.stderr)
        );
        (text(output.stdout), text(output.stderr))
    }

    /// Makes the team of the demo's first tenant: its id.
    pub(crate) fn northwind(&self) -> String {
        let (made, _) = self.run(&[
            "team",
            "create",
            "--name",
            "Northwind",
            "--owner-email",
            "o@example.com",
        ]);
        let made: Value = serde_json::from_str(&made).expect("JSON");
        let team = made["team_id"].as_str().expect("an id");
        self.run(&[
            "tenant",
            "register",
            "--team",
            team,
            "--tenant-id",
            CONTOSO,
            "--proven",
        ]);
        team.to_owned()
    }

    /// Starts the server and waits until it listens.
    pub(crate) async fn start(&self) -> Server {
        let mut child = self
            .command(&["serve"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let stderr = child.stderr.take().expect("a log");
        let (told, mut lines) = mpsc::unbounded_channel();
        let reader = std::thread::spawn(move || {
            let mut log = String::new();
            for line in BufReader::new(stderr).lines() {
                let line = line.expect("text");
                log.push_str(&line);
                log.push('\n');
                // Nobody listens any more once the server has started.
                let _ = told.send(line);
            }
            log
        });
        let mut server = Server {
            url: String::new(),
            metrics: None,
            child: Some(child),
            reader: Some(reader),
        };
        let started = async {
            while let Some(line) = lines.recv().await {
                if line.contains("serving metrics") {
                    server.metrics = address_in(&line);
                }
                if line.contains("listening") {
                    let address = address_in(&line).expect("an address");
                    server.url = format!("http://{}", address.replace("127.0.0.1", "localhost"));
                    return;
                }
            }
            panic!("the server ended at once");
        };
        timeout(PATIENCE, started)
            .await
            .expect("the server starts in time");
        server
    }

    /// The database's files, when it is one.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        match &self.database {
            Database::Sqlite(folder) => std::fs::read_dir(folder.path())
                .expect("a folder")
                .map(|entry| entry.expect("an entry").path())
                .filter(|path| path.file_name().is_some_and(|name| name != "encryption.key"))
                .collect(),
            Database::Postgres { .. } => Vec::new(),
        }
    }
}

/// `127.0.0.1:1234` of a line in either form.
fn address_in(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("127.0.0.1:")?;
    let digits = rest
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(rest.len());
    Some(format!("127.0.0.1:{}", &rest[..digits]))
}

/// A running server.
pub(crate) struct Server {
    /// Where it listens.
    pub url: String,
    /// Where its metrics are.
    pub metrics: Option<String>,
    child: Option<Child>,
    reader: Option<JoinHandle<String>>,
}

/// A test that fails leaves no server behind.
impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

impl Server {
    /// A new browser.
    pub(crate) fn browser(&self) -> Browser {
        Browser::at(SITE).through(&self.url)
    }

    /// Kills it in the middle of whatever it does.
    pub(crate) fn kill(mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().expect("it lived");
        child.wait().expect("it ended");
    }

    /// Tells it to stop as a supervisor does, and waits: its whole log, and how it ended.
    pub(crate) async fn stop(mut self) -> (String, ExitStatus) {
        let (mut child, reader) = (
            self.child.take().expect("it runs"),
            self.reader.take().expect("it is read"),
        );
        let told = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .expect("kill runs");
        assert!(told.success());
        let ended = tokio::task::spawn_blocking(move || {
            let status = child.wait().expect("it ends");
            (reader.join().expect("the log was read"), status)
        });
        timeout(PATIENCE, ended)
            .await
            .expect("it ends in time")
            .expect("joined")
    }
}

/// Signs a person in at Microsoft: the reply to the start, the address of the return, and the reply to that.
pub(crate) async fn sign_in(
    deployment: &Deployment,
    browser: &Browser,
    person: &str,
) -> (Reply, String, Reply) {
    let started = browser.get(sonicsaas::routes::SIGN_IN).await;
    assert_eq!(started.status, 302, "{}", started.body);
    let target = deployment
        .emulator
        .control()
        .sign_in(started.location(), person)
        .expect("the person can sign in");
    let returned = browser.get(&target).await;
    (started, target, returned)
}
