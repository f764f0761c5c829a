//! What `sonicsaas doctor` finds, and that it makes nothing.

use entra_emulator::{Emulator, Options};

use super::{Deployment, Ended};
use crate::app::{CLIENT_ID, CONTOSO};

/// A stand-in for Microsoft, and the commands of a deployment that uses it.
struct Microsoft {
    emulator: Emulator,
}

impl Microsoft {
    async fn start() -> Self {
        let emulator = Emulator::start(Options::default()).await.expect("it starts");
        Self { emulator }
    }

    /// Runs the doctor, which does not block what it asks.
    async fn examines(&self, deployment: &Deployment, more: &[(&str, &str)]) -> Ended {
        let mut command = deployment.command(&["doctor"]);
        command
            .env("MICROSOFT_ENTRA_ID_CLIENT_ID", CLIENT_ID)
            .env("MICROSOFT_ENTRA_ID_CLIENT_SECRET", crate::app::CLIENT_SECRET)
            .env("MICROSOFT_ENTRA_ID_AUTHORITY_HOST", self.emulator.authority())
            .env("MICROSOFT_GRAPH_URL", self.emulator.graph())
            .envs(more.iter().copied());
        tokio::task::spawn_blocking(move || command.output().expect("it runs").into())
            .await
            .expect("joined")
    }
}

#[tokio::test]
async fn the_doctor_finds_what_is_wrong() {
    let deployment = Deployment::new().await;
    deployment.team("Northwind", "a@example.com");
    let well = deployment.run(&["doctor"]);
    assert_eq!(well.code, 0, "{}", well.err);
    assert!(well.out.contains("ok    database: "), "{}", well.out);
    assert!(well.out.contains("ok    audit chain: "), "{}", well.out);
    let nobody_there: Ended = deployment
        .command(&["doctor"])
        .env("MICROSOFT_ENTRA_ID_CLIENT_ID", crate::app::CLIENT_ID)
        .env("MICROSOFT_ENTRA_ID_CLIENT_SECRET", "secret")
        .env("MICROSOFT_ENTRA_ID_AUTHORITY_HOST", "http://127.0.0.1:9")
        .output()
        .expect("it runs")
        .into();
    assert_eq!(nobody_there.code, 1);
    assert!(
        nobody_there.out.contains("FAIL  Microsoft Entra ID: "),
        "{}",
        nobody_there.out
    );
    let emulator = entra_emulator::Emulator::start(entra_emulator::Options::default())
        .await
        .expect("it starts");
    let authority = emulator.authority();
    let mut command = deployment.command(&["doctor"]);
    command
        .env("MICROSOFT_ENTRA_ID_CLIENT_ID", crate::app::CLIENT_ID)
        .env("MICROSOFT_ENTRA_ID_CLIENT_SECRET", "secret")
        .env("MICROSOFT_ENTRA_ID_AUTHORITY_HOST", &authority);
    emulator
        .control()
        .set_clock(entra_emulator::ClockSetting::Offset(3600));
    let late: Ended = tokio::task::spawn_blocking(move || command.output().expect("it runs").into())
        .await
        .expect("joined");
    assert_eq!(late.code, 1);
    assert!(
        late.out.contains("ok    Microsoft Entra ID: ") && late.out.contains("FAIL  clock: "),
        "{}",
        late.out
    );
    deployment.database.remove().await;
}

#[tokio::test]
async fn the_doctor_makes_nothing() {
    let deployment = Deployment::new().await;
    if deployment.database.is_postgres() {
        return deployment.database.remove().await;
    }
    let ended = deployment.run(&["doctor"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended.out.contains("FAIL  database: ") && ended.out.contains("does not exist"),
        "{}",
        ended.out
    );
    let again = deployment.run(&["doctor"]);
    assert_eq!(again.out, ended.out, "the first one made nothing");
}

#[tokio::test]
async fn the_doctor_says_which_credential_there_is_and_until_when() {
    let deployment = Deployment::new().await;
    deployment.team("Northwind", "a@example.com");
    let says = |pairs: &[(&str, &str)]| {
        let ended: Ended = deployment
            .command(&["doctor"])
            .env("MICROSOFT_ENTRA_ID_CLIENT_ID", crate::app::CLIENT_ID)
            .env("MICROSOFT_ENTRA_ID_AUTHORITY_HOST", "http://127.0.0.1:9")
            .envs(pairs.iter().copied())
            .output()
            .expect("it runs")
            .into();
        let line = ended.out.lines().find(|line| line.contains("  credential: "));
        line.unwrap_or_else(|| panic!("{} {}", ended.out, ended.err))
            .to_owned()
    };
    let secret = ("MICROSOFT_ENTRA_ID_CLIENT_SECRET", "canary");
    let end = "MICROSOFT_ENTRA_ID_CLIENT_SECRET_EXPIRES";
    assert!(
        says(&[secret]).starts_with("note  credential: client secret; nobody will be told before it expires")
    );
    let line = says(&[secret, (end, "2020-01-01")]);
    assert!(
        line.starts_with("FAIL  credential: client secret, expired on 2020-01-01T00:00:00Z"),
        "{line}"
    );
    let now = sonicsaas::host::ids().now();
    let soon = now
        .plus(std::time::Duration::from_hours(20 * 24 + 12))
        .to_string();
    let line = says(&[secret, (end, &soon)]);
    let begins = format!("note  credential: client secret, 20 days left, until {soon}");
    assert!(line.starts_with(&begins), "{line}");
    let late = now
        .plus(std::time::Duration::from_hours(100 * 24 + 12))
        .to_string();
    let line = says(&[secret, (end, &late)]);
    assert_eq!(
        line,
        format!("ok    credential: client secret, 100 days left, until {late}")
    );

    let certificate = concat!(
        include_str!("../../../src/entra/fixtures/signing.pem"),
        include_str!("../../../src/entra/fixtures/credentials/expired.pem")
    );
    let line = says(&[("MICROSOFT_ENTRA_ID_CLIENT_CERTIFICATE", certificate)]);
    assert!(
        line.starts_with("FAIL  credential: client certificate, expired on 2021-01-01T00:00:00Z"),
        "{line}"
    );

    let file = deployment.folder.path().join("token");
    let path = file.display().to_string();
    let token = ("MICROSOFT_ENTRA_ID_FEDERATED_TOKEN_FILE", path.as_str());
    let line = says(&[token]);
    assert!(
        line.starts_with("FAIL  credential: ")
            && line.contains(&format!("MICROSOFT_ENTRA_ID_FEDERATED_TOKEN_FILE names {path}")),
        "{line}"
    );
    std::fs::write(&file, "a.b.c\n").expect("written");
    assert_eq!(says(&[token]), "ok    credential: federated token file");
    deployment.database.remove().await;
}

#[tokio::test]
async fn the_doctor_asks_graph_as_well() {
    let deployment = Deployment::new().await;
    deployment.team("Northwind", "a@example.com");
    let microsoft = Microsoft::start().await;
    let well = microsoft.examines(&deployment, &[]).await;
    assert!(
        well.out.contains("ok    Microsoft Entra ID: reachable")
            && well.out.contains("ok    Microsoft Graph: reachable"),
        "{}",
        well.out
    );
    assert!(
        well.out.contains(
            "note  credential at Microsoft: not checked, because no team has registered a tenant yet"
        ),
        "{}",
        well.out
    );
    assert_eq!(well.code, 0);
    let deaf = microsoft
        .examines(&deployment, &[("MICROSOFT_GRAPH_URL", "http://127.0.0.1:9")])
        .await;
    assert_eq!(deaf.code, 1);
    assert!(
        deaf.out
            .contains("FAIL  Microsoft Graph: Microsoft Graph could not be reached")
            && deaf.out.contains("ok    Microsoft Entra ID: reachable"),
        "{}",
        deaf.out
    );
    deployment.database.remove().await;
}

#[tokio::test]
async fn the_doctor_tries_the_credential_where_a_tenant_is_registered() {
    let deployment = Deployment::new().await;
    let team = deployment.team("Northwind", "a@example.com");
    let registered = deployment.run(&["tenant", "register", "--team", &team, "--tenant-id", CONTOSO]);
    assert_eq!(registered.code, 0, "{}", registered.err);
    let microsoft = Microsoft::start().await;
    let line = |ended: &Ended| {
        let line = ended
            .out
            .lines()
            .find(|line| line.contains("credential at Microsoft: "));
        line.unwrap_or_else(|| panic!("{} {}", ended.out, ended.err))
            .to_owned()
    };
    let accepted = microsoft.examines(&deployment, &[]).await;
    assert_eq!(accepted.code, 0, "{}", accepted.out);
    assert_eq!(
        line(&accepted),
        format!("ok    credential at Microsoft: accepted (asked for a token of tenant {CONTOSO})")
    );
    let wrong = microsoft
        .examines(
            &deployment,
            &[("MICROSOFT_ENTRA_ID_CLIENT_SECRET", "canary-of-another-app")],
        )
        .await;
    assert_eq!(wrong.code, 1, "{}", wrong.out);
    let says = "FAIL  credential at Microsoft: Microsoft says that the client secret is wrong; copy the secret's value, not \
                its ID (AADSTS7000215)";
    assert_eq!(line(&wrong), says);
    assert!(
        !wrong.out.contains("canary") && !wrong.err.contains("canary"),
        "{} {}",
        wrong.out,
        wrong.err
    );

    // A tenant in which the application is not installed says nothing about the credential; the next one is asked.
    let other = deployment.team("Other", "b@example.com");
    let unknown = "0b7c5f0e-3a1d-4a53-9d0c-6d5e2f7a1b20";
    deployment.run(&[
        "tenant",
        "register",
        "--team",
        &other,
        "--tenant-id",
        unknown,
        "--proven",
    ]);
    let asked_both = microsoft.examines(&deployment, &[]).await;
    assert_eq!(line(&asked_both), line(&accepted));
    deployment.run(&[
        "tenant",
        "register",
        "--team",
        &team,
        "--tenant-id",
        "5f2d1c3b-8e47-4b6a-a1f0-2c9d8e7b6a54",
    ]);
    let nowhere = microsoft.examines(&deployment, &[]).await;
    assert!(
        line(&nowhere).starts_with(
            "note  credential at Microsoft: not checked: no registered tenant gave an answer about it"
        ),
        "{}",
        nowhere.out
    );
    deployment.database.remove().await;
}
