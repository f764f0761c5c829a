//! A deployment to measure: the emulator in this process, the server in one of its own, SQLite in a folder.

use std::{
    io::BufReader,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use entra_emulator::{Emulator, Options};

pub(crate) const CONTOSO: &str = "3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70";
const OPERATORS: &str = "801355eb-05d9-4d51-a25f-f36ce5fe4bfa";

/// Everything that is measured against.
pub(crate) struct Place {
    pub(crate) emulator: Emulator,
    team: String,
    folder: tempfile::TempDir,
}

impl Place {
    /// With one team, its tenant, and a mapping.
    pub(crate) async fn new() -> Self {
        let emulator = Emulator::start(Options::default())
            .await
            .expect("the emulator starts");
        let mut place = Self {
            emulator,
            team: String::new(),
            folder: tempfile::tempdir().expect("a folder"),
        };
        let team = place.run(&[
            "team",
            "create",
            "--name",
            "Bench",
            "--owner-email",
            "o@example.com",
        ]);
        let team = serde_json::from_str::<serde_json::Value>(&team).expect("JSON")["team_id"]
            .as_str()
            .expect("an id")
            .to_owned();
        place.run(&[
            "tenant",
            "register",
            "--team",
            &team,
            "--tenant-id",
            CONTOSO,
            "--proven",
        ]);
        place.team = team;
        place.map(OPERATORS, "operator", "50");
        place
    }

    /// Maps a group.
    pub(crate) fn map(&self, group: &str, role: &str, priority: &str) {
        let mapping = ["--group-id", group, "--role", role, "--priority", priority];
        let command = ["mapping", "add", "--team", &self.team];
        self.run(&[command.as_slice(), &mapping].concat());
    }

    /// The database's file.
    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("sonicsaas.db")
    }

    /// The environment of a server.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATABASE_URL", format!("sqlite://{}", self.database().display())),
            (
                "ENCRYPTION_KEY",
                "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=".to_owned(),
            ),
            (
                "MICROSOFT_ENTRA_ID_CLIENT_ID",
                "11111111-aaaa-4bbb-8ccc-222222222222".to_owned(),
            ),
            (
                "MICROSOFT_ENTRA_ID_CLIENT_SECRET",
                "emulator-secret-value".to_owned(),
            ),
            ("MICROSOFT_ENTRA_ID_AUTHORITY_HOST", self.emulator.authority()),
            ("MICROSOFT_GRAPH_URL", self.emulator.graph()),
            ("PUBLIC_URL", "http://localhost:3000".to_owned()),
            // Each request may say where it comes from, so that no limit for one address is what is measured.
            ("TRUSTED_PROXIES", "127.0.0.0/8".to_owned()),
        ]
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sonicsaas"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.environment())
            .env("LEPTOS_OUTPUT_NAME", "sonicsaas")
            .env("LEPTOS_SITE_ROOT", "site")
            .env("RUST_LOG", "warn,sonicsaas::server=info");
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        let ended = self.command().args(arguments).output().expect("it runs");
        assert!(
            ended.status.success(),
            "{}",
            String::from_utf8_lossy(&ended.stderr)
        );
        String::from_utf8(ended.stdout).expect("text")
    }

    /// Starts the server on this port, without waiting for it.
    pub(crate) fn spawn(&self, port: u16) -> Child {
        self.command()
            .env("LEPTOS_SITE_ADDR", format!("127.0.0.1:{port}"))
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts")
    }

    /// Starts the server on a free port and waits until it listens.
    pub(crate) fn serve(&self) -> Server {
        let mut child = self.spawn(0);
        let log = BufReader::new(child.stderr.take().expect("a log"));
        let port = listening(log);
        Server { child, port }
    }
}

/// The port of the line that says where a server listens. Reads on afterwards, so that no pipe fills up.
pub(crate) fn listening(mut log: impl std::io::BufRead + Send + 'static) -> u16 {
    let mut said = String::new();
    let port = loop {
        assert!(
            log.read_line(&mut said).expect("readable") > 0,
            "it ended: {said}"
        );
        let found = said
            .lines()
            .filter(|line| line.contains("listening"))
            .find_map(|line| line.split_once("127.0.0.1:"))
            .and_then(|(_, rest)| {
                rest.split(|letter: char| !letter.is_ascii_digit())
                    .next()?
                    .parse()
                    .ok()
            });
        if let Some(port) = found {
            break port;
        }
    };
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    port
}

/// A server as a process.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
