//! The process is killed in the middle of a burst of sign-ins, again and again: what was acknowledged is there, and
//! nothing is there by half.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use entra_emulator::Emulator;
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use http::Method;
use serde_json::json;
use sonicsaas::{
    domain::id::Ids,
    host::{SystemClock, SystemRandomness},
    routes,
    storage::{HostOperator, Store},
};

use crate::{
    app::{CLIENT_ID, CLIENT_SECRET, CONTOSO, NORTHWIND_MAPPINGS},
    browser::Browser,
    database::Database,
};

const KILLS: usize = 20;
/// So many people sign in at once.
const BURST: usize = 12;

/// A deployment whose server is a process of its own.
struct Deployment {
    emulator: Emulator,
    database: Database,
    folder: tempfile::TempDir,
}

/// The address that users see. The server listens on whichever port is free, as behind a proxy.
const SITE: &str = "http://localhost:3000";

impl Deployment {
    async fn new() -> Self {
        let emulator = Emulator::start(entra_emulator::Options::default())
            .await
            .expect("the emulator starts");
        Self {
            emulator,
            database: Database::fresh().await,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sonicsaas"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("DATABASE_URL", self.database.address())
            .env("ENCRYPTION_KEY", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")
            .env("MICROSOFT_ENTRA_ID_CLIENT_ID", CLIENT_ID)
            .env("MICROSOFT_ENTRA_ID_CLIENT_SECRET", CLIENT_SECRET)
            .env("MICROSOFT_ENTRA_ID_AUTHORITY_HOST", self.emulator.authority())
            .env("MICROSOFT_GRAPH_URL", self.emulator.graph())
            .env("PUBLIC_URL", SITE)
            .env("LEPTOS_OUTPUT_NAME", "sonicsaas")
            .env("LEPTOS_SITE_ROOT", "site")
            .env("LEPTOS_SITE_ADDR", "127.0.0.1:0")
            .env("RUST_LOG", "sonicsaas=info");
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        let ended = self.command(arguments).output().expect("it runs");
        assert!(
            ended.status.success(),
            "{}",
            String::from_utf8_lossy(&ended.stderr)
        );
        String::from_utf8(ended.stdout).expect("text")
    }

    fn arrange(&self) {
        let made = self.run(&[
            "team",
            "create",
            "--name",
            "Northwind MSP",
            "--owner-email",
            "o@example.com",
        ]);
        let made: serde_json::Value = serde_json::from_str(&made).expect("JSON");
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
        for (group, role, priority) in NORTHWIND_MAPPINGS {
            let priority = priority.to_string();
            let add = [
                "mapping",
                "add",
                "--team",
                team,
                "--group-id",
                group,
                "--role",
                role,
            ];
            self.run(&[&add[..], &["--priority", &priority]].concat());
        }
    }

    /// Starts the server and waits until it says that it listens.
    fn serve(&self) -> Server {
        let mut child = self
            .command(&[])
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut log = BufReader::new(child.stderr.take().expect("a log"));
        let mut said = String::new();
        let port = loop {
            assert!(
                log.read_line(&mut said).expect("readable") > 0,
                "it ended: {said}"
            );
            let after = said.split_once("listening address=127.0.0.1:");
            if let Some((port, _)) = after.and_then(|(_, rest)| rest.split_once(' ')) {
                break port.to_owned();
            }
        };
        // The rest is read too, or the process would stand still when the pipe is full.
        let rest = std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Server {
            url: format!("http://localhost:{port}"),
            child,
            _rest: rest,
        }
    }

    /// A person who may never have been here before.
    fn person(&self, number: usize) -> String {
        let principal = format!("burst-{number}@contoso.com");
        let user = json!({ "name": format!("Burst {number}"), "principal": principal });
        let user = serde_json::from_value(user).expect("a user");
        let groups = if number.is_multiple_of(2) {
            vec!["SonicSaaS-Operators"]
        } else {
            vec![]
        };
        self.emulator
            .control()
            .add_user(CONTOSO, &user, &groups)
            .expect("added");
        principal
    }

    /// Signs a person in as far as the server lives. `None` when it does not.
    async fn sign_in(&self, server: &str, person: &str) -> Option<Browser> {
        let browser = Browser::at(SITE).through(server);
        let get = async |target: &str| {
            let headers = [("accept", "text/html")];
            browser.try_send(Method::GET, target, &headers, None).await.ok()
        };
        let started = get(routes::SIGN_IN).await?;
        let control = self.emulator.control();
        let target = control.sign_in(started.location(), person).expect("they can");
        let reply = get(&target).await?;
        assert_eq!((reply.status, reply.location()), (303, "/dashboard"), "{person}");
        Some(browser)
    }
}

struct Server {
    url: String,
    child: Child,
    _rest: std::thread::JoinHandle<std::io::Result<u64>>,
}

impl Server {
    fn kill(mut self) {
        self.child.kill().expect("it lived");
        self.child.wait().expect("it ended");
    }
}

/// What the database must never hold, by question and by what the answer would mean.
const HALVES: [(&str, &str); 3] = [
    (
        "sessions without a member",
        "select cast(count(*) as text) from session s
         left join member m on m.team_id = s.team_id and m.user_id = s.user_id
         where m.user_id is null",
    ),
    (
        "sessions without an identity",
        "select cast(count(*) as text) from session s
         left join identity i on i.tid = s.tid and i.oid = s.oid and i.user_id = s.user_id
         where i.user_id is null",
    ),
    (
        "members without an identity",
        "select cast(count(*) as text) from member m
         left join identity i on i.team_id = m.team_id and i.user_id = m.user_id
         where i.user_id is null and m.role <> 'owner'",
    ),
];

/// The ids of all sessions, and those of all sign-in events.
fn ids_of(is_postgres: bool) -> (&'static str, &'static str) {
    let events = "select replace(target_id, '-', '') from audit_event
                  where action = 'sign_in' and outcome = 'success' order by 1";
    if is_postgres {
        (
            "select replace(cast(id as text), '-', '') from session order by 1",
            events,
        )
    } else {
        ("select lower(hex(id)) from session order by 1", events)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_a_burst_of_sign_ins_nothing_acknowledged_is_lost() {
    let deployment = Deployment::new().await;
    deployment.arrange();
    let mut acknowledged: Vec<(String, Browser)> = Vec::new();
    let mut cut_off = 0;
    for round in 0..KILLS {
        let server = deployment.serve();
        let url = server.url.clone();
        // Half of them have been here before.
        let people: Vec<_> = (0..BURST)
            .map(|place| match place % 2 {
                0 => deployment.person(round * BURST + place),
                _ => "dana@contoso.com".to_owned(),
            })
            .collect();
        let wanted = 1 + round % (BURST - 1);
        let done = AtomicUsize::new(0);
        let mut burst: FuturesUnordered<_> = people
            .iter()
            .map(|person| async {
                let browser = deployment.sign_in(&url, person).await;
                done.fetch_add(usize::from(browser.is_some()), Ordering::SeqCst);
                (person.clone(), browser)
            })
            .collect();
        let mut server = Some(server);
        while let Some((person, browser)) = burst.next().await {
            match browser {
                Some(browser) => acknowledged.push((person, browser)),
                None => cut_off += 1,
            }
            if done.load(Ordering::SeqCst) >= wanted
                && let Some(server) = server.take()
            {
                server.kill();
            }
        }
        assert!(server.is_none(), "it was killed in the middle");
    }
    assert!(
        cut_off >= KILLS,
        "sign-ins were under way at the kills: {cut_off}"
    );

    let server = deployment.serve();
    for (person, browser) in &acknowledged {
        let viewer = browser.through(&server.url).call(routes::VIEWER).await;
        assert_eq!(viewer.status, 200, "{person}");
        assert_eq!(viewer.json()["email"], person.as_str());
    }
    let (sessions, events) = ids_of(deployment.database.is_postgres());
    let sessions = deployment.database.texts(sessions).await;
    assert!(
        sessions.len() >= acknowledged.len(),
        "what was stored need not have been told"
    );
    assert_eq!(sessions, deployment.database.texts(events).await);
    for (what, question) in HALVES {
        let count = deployment.database.text(question).await;
        assert_eq!(count.as_deref(), Some("0"), "{what}");
    }
    server.kill();

    let ids = Ids::new(
        std::sync::Arc::new(SystemClock),
        std::sync::Arc::new(SystemRandomness),
    );
    let store = Store::connect(&deployment.database.address(), ids)
        .await
        .expect("opened");
    let chains = store
        .verify_chains(&HostOperator::on_this_machine())
        .await
        .expect("read");
    assert!(chains.iter().any(|chain| chain.events > 20));
    assert!(chains.iter().all(|chain| chain.broken_at.is_none()), "{chains:?}");
    store.close().await;
    deployment.database.remove().await;
}
