//! The way to the mail server: kept from being read and changed, or not used at all.

use std::{path::PathBuf, process::Command};

use super::send;
use crate::{
    mailbox::Mailbox,
    process::{self, Deployment},
};

/// A file of the stand-in's certificates.
fn certificate(name: &str) -> String {
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/end2end/entra-emulator/fixtures"
    ));
    folder
        .join(format!("tls-{name}.pem"))
        .to_str()
        .expect("text")
        .to_owned()
}

/// A mail server that lets nobody in without a name, with this certificate.
fn guarded(way: &[&str], name: &str) -> Mailbox {
    let certificate = certificate(name);
    let options = [
        "--user",
        "apikey",
        "--password",
        "secret",
        "--certificate",
        &certificate,
    ];
    Mailbox::with(&[options.as_slice(), way].concat())
}

/// What the doctor says of the mail server.
async fn examined(mut doctor: Command, scheme: &str, host: &str, port: u64, trusts: &str) -> String {
    doctor
        .env("SMTP_URL", format!("{scheme}://apikey:secret@{host}:{port}"))
        .env("MAIL_FROM", "no-reply@example.com")
        .env("SSL_CERT_FILE", certificate(trusts));
    let ended = tokio::task::spawn_blocking(move || doctor.output().expect("it runs"));
    let said = ended.await.expect("joined").stdout;
    let said = String::from_utf8(said).expect("text");
    let mut lines = said.lines().filter(|line| line.contains("mail server: "));
    lines.next().expect("it is examined").to_owned()
}

#[tokio::test]
async fn no_name_and_no_mail_goes_to_a_server_that_is_not_proven_to_be_the_one() {
    let deployment = Deployment::new("a-client-secret", Vec::new()).await;
    deployment.northwind();
    // How the server speaks, its certificate, what the address says, who is trusted, and whether it is used.
    for (way, shown, scheme, host, trusted, used) in [
        ("--tls", "good", "smtps", "127.0.0.1", "authority", true),
        ("--tls", "good", "smtps", "localhost", "authority", true),
        ("--tls", "good", "smtps", "127.0.0.1", "self-signed", false),
        ("--tls", "expired", "smtps", "127.0.0.1", "authority", false),
        ("--tls", "wrong-name", "smtps", "127.0.0.1", "authority", false),
        ("--tls", "self-signed", "smtps", "127.0.0.1", "authority", false),
        ("--starttls", "good", "smtp", "127.0.0.1", "authority", true),
        (
            "--starttls",
            "wrong-name",
            "smtp",
            "127.0.0.1",
            "authority",
            false,
        ),
        (
            "--starttls",
            "self-signed",
            "smtp",
            "127.0.0.1",
            "authority",
            false,
        ),
        // This machine too, by an address that does not say so: there STARTTLS is a must, and the certificate names another.
        ("--starttls", "good", "smtp", "0.0.0.0", "authority", false),
    ] {
        let mailbox = guarded(&[way], shown);
        let doctor = deployment.command(&["doctor"]);
        let said = examined(doctor, scheme, host, mailbox.port(), trusted).await;
        let expected = if used {
            "ok    mail server: "
        } else {
            "FAIL  mail server: "
        };
        assert!(said.starts_with(expected), "{way} {shown} {host}: {said}");
        let greeted = mailbox.events("greeted");
        assert!(greeted.iter().all(|event| event["secure"] == true), "{greeted:?}");
        assert_eq!(greeted.len(), usize::from(used), "{way} {shown} {host}");
        assert!(!said.contains("secret"), "{said}");
    }
    // Somebody on the way takes the offer of STARTTLS out of the greeting.
    let mailbox = guarded(&[], "good");
    let said = examined(
        deployment.command(&["doctor"]),
        "smtp",
        "0.0.0.0",
        mailbox.port(),
        "authority",
    )
    .await;
    assert!(said.starts_with("FAIL  mail server: "), "{said}");
    assert!(mailbox.events("greeted").is_empty());
    deployment.database.remove().await;
}

#[tokio::test]
async fn an_invitation_is_mailed_over_either_kind_of_tls() {
    for (way, scheme) in [("--tls", "smtps"), ("--starttls", "smtp")] {
        let mailbox = guarded(&[way], "good");
        let environment = vec![
            (
                "SMTP_URL",
                format!("{scheme}://apikey:secret@127.0.0.1:{}", mailbox.port()),
            ),
            ("MAIL_FROM", "no-reply@example.com".to_owned()),
            ("SSL_CERT_FILE", certificate("authority")),
        ];
        let deployment = Deployment::new("a-client-secret", environment).await;
        let team = deployment.northwind();
        let admins = ["--group-id", "26826e3d-682b-4c41-92ec-333c534526d9"];
        let mapped = [
            "mapping",
            "add",
            "--team",
            &team,
            "--role",
            "admin",
            "--priority",
            "90",
        ];
        deployment.run(&[mapped.as_slice(), &admins].concat());
        let server = deployment.start().await;
        let adam = server.browser();
        let (_, _, entered) = process::sign_in(&deployment, &adam, "adam@contoso.com").await;
        assert_eq!(entered.location(), "/dashboard");
        let form = [("email", "nora@contoso.com"), ("role", "viewer")];
        let made = send(&adam, sonicsaas::routes::INVITATION_CREATE, &form).await;
        assert_eq!(made.status, 200, "{}", made.body);
        let mails = mailbox.events("mail");
        assert_eq!(mails.len(), 1, "{mails:?}");
        assert!(mails.iter().all(|mail| mail["secure"] == true), "{mails:?}");
        server.stop().await;
        deployment.database.remove().await;
    }
}
