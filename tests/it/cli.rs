//! The command line as a process: what it prints where, and its exit codes.

mod doctor;
mod environment;
mod setup;
mod tenant;

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::{app::CONTOSO, database::Database};

/// A deployment to run commands in.
struct Deployment {
    database: Database,
    folder: tempfile::TempDir,
}

/// What a command printed, and its exit code.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Ended {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {:?} {:?}", self.out, self.err))
    }

    fn lines(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).expect("a JSON object a line"))
            .collect()
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Self {
            code: output.status.code().expect("an exit code"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl Deployment {
    async fn new() -> Self {
        Self {
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
            .env("ENCRYPTION_KEY", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=");
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().expect("it runs").into()
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        child
            .stdin
            .take()
            .expect("an input")
            .write_all(input.as_bytes())
            .expect("written");
        child.wait_with_output().expect("it ends").into()
    }

    fn team(&self, name: &str, email: &str) -> String {
        let made = self.run(&["team", "create", "--name", name, "--owner-email", email]);
        made.json()["team_id"].as_str().expect("an id").to_owned()
    }
}

#[tokio::test]
async fn a_team_is_made_with_its_owner() {
    let deployment = Deployment::new().await;
    let made = deployment.run(&[
        "team",
        "create",
        "--name",
        " Northwind  MSP ",
        "--owner-email",
        "Priya@Contoso.com",
    ]);
    assert_eq!(made.code, 0);
    let link = made.json()["invitation_url"].as_str().expect("a link").to_owned();
    assert!(link.starts_with("http://localhost:3000/invite/"), "{link}");
    assert!(
        made.err.contains("tenant register"),
        "the order is told: {}",
        made.err
    );
    let [team] = &deployment.run(&["team", "list"]).lines()[..] else {
        panic!("one team")
    };
    assert_eq!(
        (team["name"].as_str(), team["members"].as_i64()),
        (Some("Northwind MSP"), Some(1))
    );
    assert_eq!(team["team_id"], made.json()["team_id"]);
    deployment.database.remove().await;
}

#[tokio::test]
async fn a_command_about_what_is_there_makes_no_database() {
    let deployment = Deployment::new().await;
    if deployment.database.is_postgres() {
        // Only a file can be missing without anybody having said so.
        deployment.database.remove().await;
        return;
    }
    for arguments in [
        &["team", "list"][..],
        &["user", "recovery-link", "--email", "priya@contoso.com"],
        &["audit", "export"],
    ] {
        let ended = deployment.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (1, ""), "{arguments:?}");
        assert!(
            ended.err.contains("there is no database at") && ended.err.contains("DATABASE_URL"),
            "{}",
            ended.err
        );
    }
    assert_eq!(deployment.run(&["migrate"]).code, 0);
    assert_eq!(deployment.run(&["team", "list"]).code, 0);
    deployment.database.remove().await;
}

#[tokio::test]
async fn a_password_is_read_from_standard_input_and_stored_as_a_hash() {
    let deployment = Deployment::new().await;
    let create = [
        "team",
        "create",
        "--name",
        "Northwind",
        "--owner-email",
        "priya@contoso.com",
        "--password-stdin",
    ];
    let short = deployment.run_with_input(&create, "too short\n");
    assert_eq!((short.code, short.out.as_str()), (1, ""));
    assert!(short.err.contains("15 characters or more"), "{}", short.err);
    let made = deployment.run_with_input(&create, "correct horse battery staple\n");
    assert_eq!((made.code, made.err.as_str()), (0, ""));
    let twice = deployment.run_with_input(&create, "correct horse battery staple\n");
    assert_eq!(twice.code, 1);
    assert!(
        twice
            .err
            .contains("already belongs to an account with a password"),
        "{}",
        twice.err
    );
    assert_eq!(
        deployment.run(&["team", "list"]).lines().len(),
        1,
        "nothing of the second one was kept"
    );
    deployment.database.remove().await;
}

#[tokio::test]
async fn a_recovery_link_is_printed_for_one_person() {
    let deployment = Deployment::new().await;
    deployment.team("Northwind", "priya@contoso.com");
    let printed = deployment.run(&["user", "recovery-link", "--email", " Priya@Contoso.com"]);
    assert_eq!((printed.code, printed.err.as_str()), (0, ""));
    let json = printed.json();
    let token = json["url"]
        .as_str()
        .and_then(|url| url.strip_prefix("http://localhost:3000/recover/"))
        .expect("an address of this server");
    assert_eq!(token.len(), 64);
    assert!(json["expires_at"].as_str().is_some_and(|at| at.ends_with('Z')));
    let nobody = deployment.run(&["user", "recovery-link", "--email", "nobody@contoso.com"]);
    assert_eq!((nobody.code, nobody.out.as_str()), (1, ""));
    assert!(nobody.err.contains("there is no such account"), "{}", nobody.err);
    let nameless = deployment.run(&["user", "recovery-link"]);
    assert_eq!((nameless.code, nameless.out.as_str()), (2, ""));
    let events = deployment.run(&["audit", "export"]);
    assert!(events.out.contains("recovery_link.created") && !events.out.contains(token));
    deployment.database.remove().await;
}

#[tokio::test]
async fn a_tenant_belongs_to_one_team() {
    let deployment = Deployment::new().await;
    let (ours, theirs) = (
        deployment.team("Ours", "a@example.com"),
        deployment.team("Theirs", "b@example.com"),
    );
    let braces = format!("{{{}}}", CONTOSO.to_uppercase());
    let register = |team: &str, more: &[&str]| {
        let arguments = [
            &[
                "tenant",
                "register",
                "--team",
                team,
                "--tenant-id",
                braces.as_str(),
            ],
            more,
        ]
        .concat();
        deployment.run(&arguments)
    };
    let first = register(&theirs, &[]);
    assert_eq!(
        (first.code, first.json()["verification"].as_str()),
        (0, Some("unverified"))
    );
    assert_eq!(first.json()["tenant_id"], CONTOSO);
    let refused = register(&ours, &[]);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
    assert!(
        refused.err.contains("registered to another team"),
        "{}",
        refused.err
    );
    let proven = register(&ours, &["--proven", "--allow-guests"]);
    assert_eq!(proven.json()["verification"], "proven");
    assert_eq!(
        register(&ours, &["--disabled"]).json()["verification"],
        "proven",
        "a proof is kept"
    );

    let events = deployment.run(&["audit", "export"]).lines();
    let displaced = events
        .iter()
        .find(|event| event["action"] == "tenant.displaced")
        .expect("recorded");
    assert_eq!(displaced["team_id"], theirs.as_str(), "in the loser's own log");
    deployment.database.remove().await;
}

#[tokio::test]
async fn a_group_is_mapped_once_and_never_to_owner() {
    let deployment = Deployment::new().await;
    let team = deployment.team("Northwind", "a@example.com");
    let group = "801355eb-05d9-4d51-a25f-f36ce5fe4bfa";
    let add = |role: &str, more: &[&str]| {
        let arguments = [
            &[
                "mapping",
                "add",
                "--team",
                team.as_str(),
                "--group-id",
                group,
                "--role",
                role,
            ],
            more,
        ]
        .concat();
        deployment.run(&arguments)
    };
    let owner = add("owner", &[]);
    assert_eq!(owner.code, 2);
    assert!(
        owner.err.contains("owner can't be given by a group"),
        "{}",
        owner.err
    );
    for priority in ["101", "-1", "1.5", "many"] {
        let flag = format!("--priority={priority}");
        assert_eq!(add("viewer", &[&flag]).code, 2, "{priority}");
    }
    let made = add("viewer", &[]).json();
    assert_eq!(
        (made["role"].as_str(), made["priority"].as_i64()),
        (Some("viewer"), Some(0))
    );
    let twice = add("admin", &["--priority", "100"]);
    assert_eq!(twice.code, 1);
    assert!(twice.err.contains("already mapped"), "{}", twice.err);
    let unknown = [
        "mapping",
        "add",
        "--team",
        group,
        "--group-id",
        group,
        "--role",
        "admin",
    ];
    assert!(deployment.run(&unknown).err.contains("there is no team"));
    deployment.database.remove().await;
}

#[tokio::test]
async fn the_log_is_exported_in_its_fixed_form() {
    let deployment = Deployment::new().await;
    let team = deployment.team("Northwind", "a@example.com");
    deployment.team("Other", "b@example.com");
    let all = deployment.run(&["audit", "export"]).lines();
    let ours = deployment.run(&["audit", "export", "--team", &team]).lines();
    assert!(all.len() > ours.len());
    assert!(ours.iter().all(|event| event["team_id"] == team.as_str()));
    assert_eq!(
        ours.last().expect("events")["action"],
        "audit.exported",
        "the export records itself"
    );
    for event in &all {
        for name in [
            "id", "at", "team_id", "actor", "action", "outcome", "reason", "target", "ip", "details",
        ] {
            assert!(event.get(name).is_some(), "{name} stands in {event}");
        }
        assert_eq!(event["actor"]["kind"], "system");
    }
    assert!(
        deployment
            .run(&["audit", "export", "--since", "2999-01-01T00:00:00Z"])
            .lines()
            .is_empty()
    );
    assert_eq!(
        deployment.run(&["audit", "export", "--since", "yesterday"]).code,
        2
    );
    deployment.database.remove().await;
}
