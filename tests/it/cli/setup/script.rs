//! What the printed script does with an `az` that stands in for the real one.

use std::{fs, process::Command};

use serde_json::{Value, json};

use super::{super::Ended, REDIRECT, SITE, optional_claims, permissions, printed};

const APP: &str = "0c9a3b52-0000-4000-8000-000000000001";

/// A tenant at Microsoft, and the script of a deployment.
struct Tenant {
    folder: tempfile::TempDir,
    script: String,
}

impl Tenant {
    fn new(variables: &[(&str, &str)]) -> Self {
        let ended = printed("az", variables);
        assert_eq!(ended.code, 0, "{}", ended.err);
        let folder = tempfile::tempdir().expect("a folder");
        let programs = folder.path().join("bin");
        fs::create_dir(&programs).expect("made");
        let az = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/cli/setup/az");
        fs::copy(az, programs.join("az")).expect("copied");
        std::os::unix::fs::symlink("/bin/true", programs.join("sleep")).expect("nobody waits");
        Self {
            folder,
            script: ended.out,
        }
    }

    /// Puts something into the tenant.
    fn with(self, name: &str, content: &str) -> Self {
        fs::write(self.folder.path().join(name), content).expect("written");
        self
    }

    fn run(&self, words: &[&str]) -> Ended {
        self.run_with(words, &[])
    }

    fn run_with(&self, words: &[&str], variables: &[(&str, &str)]) -> Ended {
        fs::write(self.folder.path().join("setup.sh"), &self.script).expect("written");
        let path = format!("{}/bin:/usr/bin:/bin", self.folder.path().display());
        Command::new("bash")
            .arg("setup.sh")
            .args(words)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", path)
            .env("TENANT", self.folder.path())
            .envs(variables.iter().copied())
            .output()
            .expect("bash runs")
            .into()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// How many calls began with these words.
    fn calls(&self, beginning: &str) -> usize {
        self.read("calls")
            .lines()
            .filter(|call| call.starts_with(beginning))
            .count()
    }
}

#[test]
fn the_script_registers_the_app_in_one_go() {
    let tenant = Tenant::new(&[("PUBLIC_URL", SITE)]).with("late", "");
    let ended = tenant.run(&[]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert_eq!(
        ended.out.lines().collect::<Vec<_>>(),
        [
            "MICROSOFT_ENTRA_ID_CLIENT_ID=0c9a3b52-0000-4000-8000-000000000001",
            "MICROSOFT_ENTRA_ID_CLIENT_SECRET=the~secret.value_1",
            "MICROSOFT_ENTRA_ID_CLIENT_SECRET_EXPIRES=2027-11-28",
            "AUTH_MODE=hybrid",
            "ENTRA_DEFAULT_ROLE=member",
            "PUBLIC_URL=https://sonicsaas.example.com",
        ]
    );
    assert!(!ended.err.contains("the~secret"), "{}", ended.err);
    let calls = tenant.read("calls");
    assert!(
        calls.contains(&format!(
            "ad app create --display-name SonicSaaS --sign-in-audience AzureADMultipleOrgs --web-redirect-uris {REDIRECT} "
        )),
        "{calls}"
    );
    assert!(calls.contains(&format!(
        "ad app update --id {APP} --set groupMembershipClaims=SecurityGroup"
    )));
    assert!(calls.contains(&format!(
        "ad app credential reset --id {APP} --append --display-name "
    )));
    assert!(calls.contains("--years 1 "), "{calls}");
    assert!(calls.contains(
        "rest --method PATCH --url https://graph.microsoft.com/v1.0/applications/7d1e0000-0000-4000-8000-00000000000b "
    ));
    assert_eq!(tenant.read("redirect-uris").trim(), REDIRECT);
    assert_eq!(tenant.json("permissions"), permissions());
    assert_eq!(tenant.json("optional-claims"), optional_claims());
    assert_eq!(
        tenant.json("properties"),
        json!({
            "web": { "logoutUrl": format!("{SITE}/api/auth/frontchannel-logout/microsoft-entra-id") },
            "servicePrincipalLockConfiguration": { "isEnabled": true, "allProperties": true },
        })
    );
    assert_eq!(tenant.calls("ad sp create"), 1);
    assert_eq!(
        tenant.calls("ad app permission"),
        0,
        "consent is asked for, or not given"
    );
}

#[test]
fn a_second_run_makes_no_second_app_and_no_second_secret() {
    let tenant = Tenant::new(&[("PUBLIC_URL", SITE)]);
    assert_eq!(tenant.run(&[]).code, 0);
    let again = tenant.run(&[]);
    assert_eq!(again.code, 0, "{}", again.err);
    for (call, times) in [
        ("ad app create", 1),
        ("ad sp create", 1),
        ("ad app credential reset", 1),
        ("ad app update", 4),
    ] {
        assert_eq!(tenant.calls(call), times, "{call}");
    }
    assert!(!again.out.contains("CLIENT_SECRET"), "{}", again.out);
    assert!(again.err.contains("until 2027-11-28"), "{}", again.err);

    let rotated = tenant.run(&["new-secret"]);
    assert!(
        rotated.out.contains("_SECRET=the~secret.value_1") && rotated.out.contains("_EXPIRES=2028-11-28"),
        "{}",
        rotated.out
    );
    assert_eq!(tenant.calls("ad app credential reset"), 2);
}

#[test]
fn what_another_deployment_registered_stays() {
    let other = "https://staging.example.com/api/auth/callback/microsoft-entra-id";
    let tenant = Tenant::new(&[("PUBLIC_URL", SITE)])
        .with("apps", &format!("{APP}\n"))
        .with("redirect-uris", &format!("{other}\n"));
    assert_eq!(tenant.run(&[]).code, 0);
    assert_eq!(tenant.calls("ad app create"), 0);
    assert_eq!(
        tenant.read("redirect-uris").lines().collect::<Vec<_>>(),
        [REDIRECT, other]
    );
}

#[test]
fn two_apps_of_one_name_are_not_guessed_between() {
    let second = "0c9a3b52-0000-4000-8000-000000000002";
    let tenant = Tenant::new(&[("PUBLIC_URL", SITE)])
        .with("apps", &format!("{APP}\n{second}\n"))
        .with("redirect-uris", "");
    let ended = tenant.run(&[]);
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert!(
        ended.err.contains(APP) && ended.err.contains(second),
        "{}",
        ended.err
    );
    assert_eq!(tenant.calls("ad app update"), 0);
    let named = tenant.run_with(&[], &[("MICROSOFT_ENTRA_ID_CLIENT_ID", second)]);
    assert_eq!(named.code, 0, "{}", named.err);
    assert!(named.out.contains(second) && !named.out.contains(APP));
}

#[test]
fn consent_is_the_last_step_and_loses_nothing_when_it_fails() {
    let tenant = Tenant::new(&[("PUBLIC_URL", SITE)]);
    let ended = tenant.run(&["consent"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert_eq!(
        tenant.read("calls").lines().last().map(str::trim),
        Some(format!("ad app permission admin-consent --id {APP}").as_str())
    );
    let refused = Tenant::new(&[("PUBLIC_URL", SITE)]).with("no-administrator", "");
    let ended = refused.run(&["consent"]);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("CLIENT_SECRET=the~secret"), "{}", ended.out);
    assert!(
        ended.err.contains("Privileged Role Administrator"),
        "{}",
        ended.err
    );
    assert_eq!(tenant.run(&["concent"]).code, 2);
}

#[test]
fn a_failing_az_stops_the_script() {
    let tenant = Tenant::new(&[("PUBLIC_URL", SITE)]);
    fs::write(
        tenant.folder.path().join("bin/az"),
        "#!/bin/sh\necho 'ERROR: Please run az login' >&2\nexit 1\n",
    )
    .expect("written");
    let ended = tenant.run(&[]);
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert!(ended.err.contains("Sign in first"), "{}", ended.err);
}

#[test]
fn no_address_becomes_a_command() {
    for host in [
        "a'$({touch,pwned})'b",
        "$({touch,pwned})",
        "`{touch,pwned}`",
        "x';{touch,pwned};'",
        "x'&&{touch,pwned}&&'",
        "\"$({touch,pwned})\"",
    ] {
        let site = format!("https://{host}");
        let ended = printed("az", &[("PUBLIC_URL", &site), ("MICROSOFT_GRAPH_URL", &site)]);
        if ended.code == 2 {
            assert_eq!(ended.out, "", "{host} is no host");
            continue;
        }
        let tenant = Tenant::new(&[("PUBLIC_URL", &site), ("MICROSOFT_GRAPH_URL", &site)]);
        let ended = tenant.run(&[]);
        assert_eq!(ended.code, 0, "{host}: {}", ended.err);
        assert!(!tenant.folder.path().join("pwned").exists(), "{host}");
        let printed = ended.out.lines().last().unwrap_or_default().to_lowercase();
        assert_eq!(printed, format!("public_url={}", site.to_lowercase()));
        let redirect = tenant.read("redirect-uris").to_lowercase();
        assert!(redirect.starts_with(&site.to_lowercase()), "{redirect}");
    }
    // The positive control: some of these are hosts to the URL standard, and reach the script.
    let odd = printed("az", &[("PUBLIC_URL", "https://a'$(b);c")]);
    assert_eq!(odd.code, 0, "{}", odd.err);
    assert!(
        odd.out.contains(r"public_url='https://a'\''$(b);c'"),
        "{}",
        odd.out
    );
}
