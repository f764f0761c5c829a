//! `sonicsaas entra setup`: what it prints.

mod script;

use std::{fs, process::Command};

use serde_json::{Value, json};

use super::Ended;

const SITE: &str = "https://sonicsaas.example.com";
const REDIRECT: &str = "https://sonicsaas.example.com/api/auth/callback/microsoft-entra-id";

/// A folder without a database, in which the command runs.
fn printed_in(folder: &std::path::Path, format: Option<&str>, variables: &[(&str, &str)]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sonicsaas"));
    command
        .args(["entra", "setup"])
        .current_dir(folder)
        .env_clear()
        .envs(variables.iter().copied());
    if let Some(format) = format {
        command.args(["--format", format]);
    }
    command.output().expect("it runs").into()
}

fn printed(format: &str, variables: &[(&str, &str)]) -> Ended {
    let folder = tempfile::tempdir().expect("a folder");
    let ended = printed_in(folder.path(), Some(format), variables);
    let made = fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(made, 0, "it makes nothing");
    ended
}

/// Every permission with its id, as product documentation names them and Microsoft numbers them.
fn permissions() -> Value {
    let role = |id: &str| json!({ "id": id, "type": "Role" });
    let scope = |id: &str| json!({ "id": id, "type": "Scope" });
    json!([{
        "resourceAppId": "00000003-0000-0000-c000-000000000000",
        "resourceAccess": [
            scope("37f7f235-527c-4136-accd-4a02d197296e"), // openid
            scope("14dad69e-099b-42c9-810b-d002981feec1"), // profile
            scope("64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0"), // email
            scope("e1fe6dd8-ba31-4d61-89e7-88639da4683d"), // User.Read
            role("5b567255-7703-4780-807c-7be8301ae99b"),  // Group.Read.All
            role("df021288-bdef-4463-88db-98f22de89214"),  // User.Read.All
            role("98830695-27a2-44f7-8c18-0c3ebc9698f6"),  // GroupMember.Read.All
            scope("bc024368-1153-4739-b217-4326f2e966d0"), // GroupMember.Read.All
        ],
    }])
}

fn optional_claims() -> Value {
    let claim =
        |name: &str| json!({ "name": name, "source": null, "essential": false, "additionalProperties": [] });
    json!({
        "idToken": [claim("groups"), claim("acct"), claim("auth_time"), claim("login_hint")],
        "accessToken": [],
        "saml2Token": [],
    })
}

#[test]
fn the_steps_are_those_of_the_documentation_for_this_deployment() {
    let ended = printed(
        "steps",
        &[
            ("PUBLIC_URL", SITE),
            ("AUTH_MODE", "entra-only"),
            ("ENTRA_DEFAULT_ROLE", "viewer"),
        ],
    );
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let steps = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/cli/setup/steps.txt");
    assert_eq!(ended.out, fs::read_to_string(steps).expect("the expected text"));
    let folder = tempfile::tempdir().expect("a folder");
    let unnamed = printed_in(folder.path(), None, &[("PUBLIC_URL", SITE)]);
    assert!(unnamed.out.contains("1.1 Register a Multi-Tenant Azure App"));
    assert!(
        unnamed.out.contains("AUTH_MODE=hybrid #") && unnamed.out.contains("ENTRA_DEFAULT_ROLE=member #")
    );
}

#[test]
fn the_manifests_fragment_is_in_microsoft_graphs_format() {
    let ended = printed("manifest", &[("PUBLIC_URL", SITE)]);
    assert_eq!(ended.code, 0);
    assert_eq!(
        ended.json(),
        json!({
            "displayName": "SonicSaaS",
            "signInAudience": "AzureADMultipleOrgs",
            "web": {
                "redirectUris": [REDIRECT],
                "logoutUrl": "https://sonicsaas.example.com/api/auth/frontchannel-logout/microsoft-entra-id",
            },
            "groupMembershipClaims": "SecurityGroup",
            "optionalClaims": optional_claims(),
            "requiredResourceAccess": permissions(),
            "servicePrincipalLockConfiguration": { "isEnabled": true, "allProperties": true },
        })
    );
    assert!(ended.err.contains("> Manifest"), "{}", ended.err);
}

#[test]
fn plain_http_is_for_this_machine_and_it_says_so() {
    for format in ["steps", "az", "manifest"] {
        let ended = printed(format, &[]);
        let said = format!("{}{}", ended.out, ended.err);
        assert_eq!(ended.code, 0);
        assert!(
            said.contains("Microsoft accepts http only for localhost"),
            "{said}"
        );
        assert!(said.contains("http://localhost:3000/api/auth/callback/microsoft-entra-id"));
        assert!(!said.contains("frontchannel-logout"), "that takes https: {said}");
        let other_name = printed(format, &[("PUBLIC_URL", "http://127.0.0.1:3000")]);
        let said = format!("{}{}", other_name.out, other_name.err);
        assert!(said.contains("no other name of this machine"), "{said}");
        let https = printed(format, &[("PUBLIC_URL", SITE)]);
        assert!(!format!("{}{}", https.out, https.err).contains("only for localhost"));
    }
}

#[test]
fn only_what_a_registration_depends_on_must_be_right() {
    let elsewhere = [
        ("PUBLIC_URL", SITE),
        ("DATABASE_URL", "nonsense"),
        ("ENCRYPTION_KEY", "nonsense"),
        ("MICROSOFT_ENTRA_ID_CLIENT_ID", "x"),
        ("SESSION_IDLE", "for ever"),
    ];
    assert_eq!(printed("steps", &elsewhere).code, 0);
    for (variable, value) in [
        ("PUBLIC_URL", "http://sonicsaas.example.com"),
        ("PUBLIC_URL", "https://sonicsaas.example.com/path"),
        ("AUTH_MODE", "sometimes"),
        ("ENTRA_DEFAULT_ROLE", "owner"),
        ("MICROSOFT_GRAPH_URL", "graph"),
        ("PUBLIC_URL_FILE", "/nowhere"),
    ] {
        let ended = printed("az", &[(variable, value)]);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{variable}={value}");
        assert!(ended.err.contains(variable), "{}", ended.err);
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(
        folder.path().join(".env.production"),
        format!("PUBLIC_URL={SITE}\n"),
    )
    .expect("written");
    assert!(printed_in(folder.path(), None, &[]).out.contains(REDIRECT));
}
