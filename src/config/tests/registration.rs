//! Client ID and credential in all their combinations.

use super::*;
use crate::domain::{credential::CredentialKind, time::Timestamp};

const ID: (&str, &str) = (
    "MICROSOFT_ENTRA_ID_CLIENT_ID",
    "11111111-aaaa-4bbb-8ccc-222222222222",
);
const SECRET: (&str, &str) = ("MICROSOFT_ENTRA_ID_CLIENT_SECRET", "canary-secret");
const TOKEN_FILE: (&str, &str) = ("MICROSOFT_ENTRA_ID_FEDERATED_TOKEN_FILE", "/run/token");
const CERTIFICATE: &str = "MICROSOFT_ENTRA_ID_CLIENT_CERTIFICATE";
const EXPIRES: &str = "MICROSOFT_ENTRA_ID_CLIENT_SECRET_EXPIRES";
/// Key and certificate, valid until the end of 2030.
const PEM: &str = concat!(
    include_str!("../../entra/fixtures/signing.pem"),
    include_str!("../../entra/fixtures/credentials/certificate.pem")
);

fn registration(pairs: &[(&str, &str)]) -> AppRegistration {
    let config = read(pairs).expect("right");
    assert!(config.microsoft_sign_in());
    config.registration.expect("both parts are there")
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

#[test]
fn each_of_the_three_credentials_makes_a_registration() {
    let secret = registration(&[ID, SECRET]);
    assert_eq!(secret.credential.kind(), CredentialKind::Secret);
    assert_eq!(secret.credential_expires(), None);

    let certificate = registration(&[ID, (CERTIFICATE, PEM)]);
    assert_eq!(certificate.credential.kind(), CredentialKind::Certificate);
    assert_eq!(
        certificate.credential_expires(),
        Some(time("2030-12-31T23:59:59Z"))
    );

    let federated = registration(&[ID, TOKEN_FILE]);
    assert_eq!(federated.credential.kind(), CredentialKind::FederatedToken);
    assert_eq!(federated.credential_expires(), None);
}

#[test]
fn a_certificate_may_lie_in_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("both.pem");
    fs::write(&path, PEM).expect("written");
    let path = path.display().to_string();
    let read = registration(&[ID, ("MICROSOFT_ENTRA_ID_CLIENT_CERTIFICATE_FILE", &path)]);
    assert_eq!(read.credential.kind(), CredentialKind::Certificate);
    let printed = format!("{read:?}");
    let line_of_the_key = PEM.lines().nth(1).expect("a line");
    assert!(!printed.contains(line_of_the_key), "{printed}");
}

#[test]
fn several_credentials_are_a_problem_that_names_them() {
    for (pairs, expected) in [
        (
            &[ID, SECRET, (CERTIFICATE, PEM)][..],
            "MICROSOFT_ENTRA_ID_CLIENT_SECRET: is set together with MICROSOFT_ENTRA_ID_CLIENT_CERTIFICATE; keep exactly \
             one of them",
        ),
        (
            &[ID, SECRET, TOKEN_FILE],
            "MICROSOFT_ENTRA_ID_CLIENT_SECRET: is set together with MICROSOFT_ENTRA_ID_FEDERATED_TOKEN_FILE; keep \
             exactly one of them",
        ),
        (
            &[ID, (CERTIFICATE, PEM), TOKEN_FILE],
            "MICROSOFT_ENTRA_ID_CLIENT_CERTIFICATE: is set together with MICROSOFT_ENTRA_ID_FEDERATED_TOKEN_FILE; keep \
             exactly one of them",
        ),
        (
            &[SECRET, (CERTIFICATE, PEM), TOKEN_FILE],
            "MICROSOFT_ENTRA_ID_CLIENT_SECRET: is set together with MICROSOFT_ENTRA_ID_CLIENT_CERTIFICATE and \
             MICROSOFT_ENTRA_ID_FEDERATED_TOKEN_FILE; keep exactly one of them",
        ),
    ] {
        assert_eq!(read(pairs).expect_err("more than one"), [expected]);
    }
}

#[test]
fn half_a_registration_is_no_error_and_no_sign_in() {
    for pairs in [
        &[ID][..],
        &[SECRET],
        &[(CERTIFICATE, PEM)],
        &[TOKEN_FILE],
        &[ID, (EXPIRES, "2027-03-30")],
        &[ID, (SECRET.0, "")],
    ] {
        assert!(!read(pairs).expect("no error").microsoft_sign_in(), "{pairs:?}");
    }
}

#[test]
fn a_certificate_that_cannot_work_stops_the_server_and_shows_nothing_of_it() {
    let (key, certificate) = PEM.split_at(PEM.find("-----BEGIN CERTIFICATE").expect("there"));
    for (pem, says) in [
        ("canary", "is no PEM text"),
        (certificate, "holds no private key"),
        (key, "holds no certificate"),
    ] {
        let problems = read(&[ID, (CERTIFICATE, pem)]).expect_err("unusable");
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(
            problems[0].starts_with(&format!("{CERTIFICATE}: {says}")),
            "{problems:?}"
        );
        assert!(!problems[0].contains("canary") && !problems[0].contains("MII"));
    }
}

#[test]
fn the_end_of_a_secret_is_a_date_or_a_time() {
    for (typed, read) in [
        ("2027-03-30", "2027-03-30T00:00:00Z"),
        ("2027-03-30T12:34:56Z # from the portal", "2027-03-30T12:34:56Z"),
    ] {
        let registration = registration(&[ID, SECRET, (EXPIRES, typed)]);
        assert_eq!(registration.secret_expires, Some(time(read)));
        assert_eq!(registration.credential_expires(), Some(time(read)));
    }
    for typed in ["30.03.2027", "2027-3-30", "3/30/2027", "soon", "2027-02-30"] {
        let problems = read(&[ID, SECRET, (EXPIRES, typed)]).expect_err(typed);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(
            problems[0].starts_with(&format!("{EXPIRES}: must be a date in the form YYYY-MM-DD")),
            "{problems:?}"
        );
    }
    for other in [(CERTIFICATE, PEM), TOKEN_FILE] {
        let problems = read(&[ID, other, (EXPIRES, "2027-03-30")]).expect_err("of another credential");
        assert_eq!(
            problems,
            [format!(
                "{EXPIRES}: is for MICROSOFT_ENTRA_ID_CLIENT_SECRET, which is not set; remove it (a certificate says \
                 itself when it ends)"
            )]
        );
    }
}
