//! The environment in all its spellings.

mod registration;

use std::fs;

use super::*;
use crate::entra::ApplicationCredential;

fn read(pairs: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let mut environment = Environment::of_pairs(pairs.iter().copied());
    Config::read(&mut environment).map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

fn secret_of(registration: &AppRegistration) -> &str {
    match &registration.credential {
        ApplicationCredential::Secret(secret) => secret.expose_secret(),
        other => panic!("{other:?} is no secret"),
    }
}

#[test]
fn nothing_set_is_a_working_server_without_microsoft() {
    let config = read(&[]).expect("defaults");
    assert_eq!(config.public_url.as_str(), "http://localhost:3000/");
    assert_eq!(config.authority.as_str(), "https://login.microsoftonline.com/");
    assert_eq!(config.auth_mode, AuthMode::Hybrid);
    assert_eq!(config.default_role, MappableRole::MEMBER);
    assert!(!config.microsoft_sign_in());
    assert!(matches!(config.encryption, EncryptionKeys::File(path) if path.ends_with("data/encryption.key")));
}

#[test]
fn metrics_have_an_address_of_their_own() {
    for pairs in [
        &[("METRICS_ADDR", "127.0.0.1:3000")][..],
        &[
            ("METRICS_ADDR", "127.0.0.1:9"),
            ("LEPTOS_SITE_ADDR", "127.0.0.1:9"),
        ],
    ] {
        let problems = read(pairs).expect_err("one of the two could not be served");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("METRICS_ADDR") && problems[0].contains("LEPTOS_SITE_ADDR"));
    }
    read(&[
        ("METRICS_ADDR", "127.0.0.1:0"),
        ("LEPTOS_SITE_ADDR", "127.0.0.1:0"),
    ])
    .expect("any two ports");
}

/// Part 1.4 of the product's documentation, placeholders filled in.
const SAMPLE: &str = "\
MICROSOFT_ENTRA_ID_CLIENT_ID=11111111-aaaa-4bbb-8ccc-222222222222
MICROSOFT_ENTRA_ID_CLIENT_SECRET=abc~DEF.g#h
AUTH_MODE=hybrid # hybrid | entra-only | local-only
ENTRA_DEFAULT_ROLE=member # optional — role assigned when no group mapping matches
";

#[test]
fn the_documented_sample_works_verbatim() {
    let mut environment = Environment::default();
    environment.add_file(".env.production", SAMPLE);
    let config = Config::read(&mut environment).expect("the sample is right");
    assert!(config.microsoft_sign_in());
    let registration = config.registration.expect("both parts are there");
    assert_eq!(secret_of(&registration), "abc~DEF.g#h");
}

#[test]
fn the_documented_sample_works_through_a_container() {
    // A container runtime passes each line's value on as it stands, comment included.
    let pairs: Vec<_> = SAMPLE.lines().filter_map(|line| line.split_once('=')).collect();
    let config = read(&pairs).expect("the sample is right");
    assert_eq!(config.auth_mode, AuthMode::Hybrid);
}

#[test]
fn all_problems_come_at_once_and_no_secret_prints() {
    let problems = read(&[
        ("AUTH_MODE", "sometimes"),
        ("ENTRA_DEFAULT_ROLE", "owner"),
        ("ENTRA_TENANT_VERIFICATION", "maybe"),
        ("MICROSOFT_ENTRA_ID_CLIENT_ID", "not-a-guid"),
        ("PUBLIC_URL", "http://sonicsaas.example.com"),
        ("MICROSOFT_GRAPH_URL", "https://graph.microsoft.com/v1.0"),
        ("DATABASE_URL", "mysql://root:hunter2@db/x"),
        ("ENCRYPTION_KEY", "hunter2"),
        ("TRUSTED_PROXIES", "everybody"),
        ("SESSION_IDLE", "forever"),
        ("LEPTOS_SITE_ADDR", "3000"),
        ("RUST_LOG", "a=b=c"),
        ("LOG_FORMAT", "xml"),
        ("METRICS_ADDR", "9464"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://user:hunter2@collector:4318",
        ),
    ])
    .expect_err("everything is wrong");
    assert_eq!(problems.len(), 15, "{problems:#?}");
    assert!(
        !problems.iter().any(|problem| problem.contains("hunter2")),
        "{problems:#?}"
    );
    assert_eq!(
        problems[1],
        "AUTH_MODE: must be one of hybrid, entra-only, local-only, not \"sometimes\""
    );
}

#[test]
fn a_file_may_hold_a_value() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("secret");
    fs::write(&path, "from-a-file\n").expect("written");
    let path = path.display().to_string();
    let config = read(&[
        (
            "MICROSOFT_ENTRA_ID_CLIENT_ID",
            "{11111111-AAAA-4bbb-8ccc-222222222222}",
        ),
        ("MICROSOFT_ENTRA_ID_CLIENT_SECRET_FILE", &path),
    ])
    .expect("right");
    assert_eq!(secret_of(&config.registration.expect("set")), "from-a-file");

    let twice = read(&[
        ("MICROSOFT_ENTRA_ID_CLIENT_SECRET", "x"),
        ("MICROSOFT_ENTRA_ID_CLIENT_SECRET_FILE", &path),
        ("DATABASE_URL_FILE", "/does/not/exist"),
    ])
    .expect_err("twice and missing");
    assert_eq!(twice.len(), 2, "{twice:#?}");
}

#[test]
fn postgresql_needs_a_key() {
    let problems = read(&[("DATABASE_URL", "postgres://localhost/sonicsaas")]).expect_err("no key");
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].starts_with("ENCRYPTION_KEY: is required with PostgreSQL"),
        "{problems:?}"
    );
}

#[test]
fn nothing_prints_a_secret() {
    let config = read(&[
        (
            "MICROSOFT_ENTRA_ID_CLIENT_ID",
            "11111111-aaaa-4bbb-8ccc-222222222222",
        ),
        ("MICROSOFT_ENTRA_ID_CLIENT_SECRET", "canary-one"),
        ("DATABASE_URL", "postgres://user:canary-two@localhost/sonicsaas"),
        ("ENCRYPTION_KEY", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="),
    ])
    .expect("right");
    let printed = format!("{config:?}");
    assert!(
        !printed.contains("canary") && !printed.contains("AQEB"),
        "{printed}"
    );
}

#[test]
fn loopback_may_be_plain_http() {
    for address in [
        "http://localhost:3000",
        "http://entra.localhost:4400",
        "http://127.0.0.1:1",
        "http://[::1]:1",
    ] {
        assert!(read(&[("PUBLIC_URL", address)]).is_ok(), "{address}");
    }
    for address in [
        "http://localhost.example.com",
        "http://10.0.0.1",
        "ftp://localhost",
        "https://a@b.example",
        "x",
    ] {
        assert!(read(&[("PUBLIC_URL", address)]).is_err(), "{address}");
    }
}

#[test]
fn nothing_is_told_but_the_log_unless_asked_for() {
    let config = read(&[]).expect("defaults").observe;
    assert_eq!(config.log_format, LogFormat::Text);
    assert!(config.metrics_address.is_none() && config.trace_endpoint.is_none());
    for address in [
        "http://127.0.0.1:4318",
        "https://otlp.example.com/base",
        "http://collector:4318",
    ] {
        let config = read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", address)]).expect("right");
        assert!(config.observe.trace_endpoint.is_some(), "{address}");
    }
    for address in [
        "collector:4318",
        "grpc://collector",
        "http://c/?token=x",
        "http://c/#x",
        "/v1",
    ] {
        assert!(
            read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", address)]).is_err(),
            "{address}"
        );
    }
}

#[test]
fn lengths_of_time_are_read() {
    let read_one = |text: &str| duration(text).map(|length| length.as_secs());
    assert_eq!(read_one("1h30m"), Some(5400));
    assert_eq!(read_one("24h"), Some(86_400));
    for wrong in ["", "1", "h", "1x", "59s", "31d", "-1h", "99999999999999999999d"] {
        assert_eq!(read_one(wrong), None, "{wrong}");
    }
    assert!(read(&[("SESSION_IDLE", "2h"), ("SESSION_ABSOLUTE", "1h")]).is_err());
}
