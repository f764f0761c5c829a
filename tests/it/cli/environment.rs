//! What commands say about their environment.

use super::{Deployment, Ended};

#[tokio::test]
async fn a_wrong_environment_is_reported_at_once_and_shows_no_secret() {
    let deployment = Deployment::new().await;
    for arguments in [&["migrate"][..], &["doctor"], &[], &["serve"]] {
        let ended: Ended = deployment
            .command(arguments)
            .env("AUTH_MODE", "sometimes")
            .env("ENTRA_DEFAULT_ROLE", "owner")
            .env("MICROSOFT_ENTRA_ID_CLIENT_ID", "x")
            .env("MICROSOFT_ENTRA_ID_CLIENT_SECRET", "canary-secret")
            .env("ENCRYPTION_KEY", "canary-key")
            .output()
            .expect("it runs")
            .into();
        assert_eq!(ended.code, 2, "{arguments:?}");
        assert_eq!(ended.err.lines().count(), 4, "{}", ended.err);
        assert!(!ended.err.contains("canary"), "{}", ended.err);
    }
    deployment.database.remove().await;
}

#[tokio::test]
async fn the_environment_file_is_read_and_the_environment_wins() {
    let deployment = Deployment::new().await;
    let write =
        |name: &str, text: &str| std::fs::write(deployment.folder.path().join(name), text).expect("written");
    write(".env", "AUTH_MODE=nonsense-of-env\n");
    assert!(deployment.run(&["migrate"]).err.contains("nonsense-of-env"));
    write(
        ".env.production",
        "# production\nexport AUTH_MODE='hybrid'\nENTRA_DEFAULT_ROLE=viewer # a comment\n",
    );
    assert_eq!(
        deployment.run(&["migrate"]).code,
        0,
        "the other file is not read any more"
    );
    let ended: Ended = deployment
        .command(&["migrate"])
        .env("AUTH_MODE", "wins")
        .output()
        .expect("it runs")
        .into();
    assert!(ended.err.contains("\"wins\""), "{}", ended.err);
    deployment.database.remove().await;
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
async fn help_and_version_need_no_environment() {
    let deployment = Deployment::new().await;
    let version: Ended = deployment
        .command(&["--version"])
        .env("AUTH_MODE", "x")
        .output()
        .expect("it runs")
        .into();
    assert_eq!(
        (version.code, version.out.trim()),
        (0, concat!("sonicsaas ", env!("CARGO_PKG_VERSION")))
    );
    let help = deployment.run(&["--help"]);
    for command in [
        "serve", "migrate", "team", "entra", "tenant", "mapping", "audit", "doctor",
    ] {
        assert!(help.out.contains(command), "{command}");
    }
    assert_eq!(deployment.run(&["nonsense"]).code, 2);
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
