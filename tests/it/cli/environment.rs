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
