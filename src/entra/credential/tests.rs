//! What goes into a request for each of the three credentials.

use std::fs;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::*;
use crate::entra::testing::{CLIENT, NOW, ids};

const PEM: &str = concat!(
    include_str!("../fixtures/signing.pem"),
    include_str!("../fixtures/credentials/certificate.pem")
);

fn endpoint(tenant: &str) -> Url {
    Url::parse(&format!(
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
    ))
    .expect("an address")
}

async fn assertion(credential: &ApplicationCredential, tenant: &str, ids: &Ids) -> String {
    match credential.present(CLIENT, &endpoint(tenant), ids).await {
        Ok(Presented::Assertion(assertion)) => assertion.expose_secret().to_owned(),
        other => panic!("{other:?} is no assertion"),
    }
}

fn claims(assertion: &str) -> Value {
    let claims = assertion.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64url")).expect("JSON")
}

#[tokio::test]
async fn an_assertion_is_of_now_for_one_endpoint_and_never_made_twice() {
    let certificate = ApplicationCredential::from_pem(&PEM.into()).expect("usable");
    let (ids, clock) = ids();
    let first = claims(&assertion(&certificate, "organizations", &ids).await);
    assert_eq!(first["aud"], endpoint("organizations").as_str());
    assert_eq!((&first["iss"], &first["sub"]), (&CLIENT.into(), &CLIENT.into()));
    for (name, second) in [("iat", NOW), ("nbf", NOW), ("exp", NOW + 600)] {
        assert_eq!(first[name], second, "{name}");
    }
    assert_eq!(first.as_object().expect("an object").len(), 7, "and nothing else");
    clock.advance(Duration::from_mins(3));
    let second = claims(&assertion(&certificate, "contoso.com", &ids).await);
    assert_eq!(second["aud"], endpoint("contoso.com").as_str());
    assert_eq!(second["exp"], NOW + 780);
    assert!(second["jti"].is_string() && first["jti"] != second["jti"]);
}

#[tokio::test]
async fn a_secret_is_itself_and_does_not_print() {
    let secret = ApplicationCredential::from("canary");
    let (ids, _) = ids();
    let presented = secret.present(CLIENT, &endpoint("organizations"), &ids).await;
    assert!(!format!("{secret:?} {presented:?}").contains("canary"));
    assert!(matches!(presented, Ok(Presented::Secret(secret)) if secret.expose_secret() == "canary"));
}

#[tokio::test]
async fn a_federated_token_is_read_anew_without_its_line_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    let credential = ApplicationCredential::FederatedTokenFile(path.clone());
    let (ids, _) = ids();
    for (written, sent) in [("one.two.three\n", "one.two.three"), ("  four\r\n\n", "four")] {
        fs::write(&path, written).expect("written");
        assert_eq!(assertion(&credential, "organizations", &ids).await, sent);
    }
    fs::write(&path, "x".repeat(LONGEST_TOKEN)).expect("written");
    assert_eq!(
        assertion(&credential, "organizations", &ids).await.len(),
        LONGEST_TOKEN
    );
}

#[tokio::test]
async fn a_file_without_a_token_is_named_with_its_variable() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("token");
    let credential = ApplicationCredential::FederatedTokenFile(path.clone());
    let (ids, _) = ids();
    let refused = async || {
        let error = credential
            .present(CLIENT, &endpoint("organizations"), &ids)
            .await
            .expect_err("no token");
        assert_eq!(error.kind(), "configuration");
        let text = error.to_string();
        assert!(
            text.contains(&format!(
                "{FEDERATED_TOKEN_FILE} names {}, which ",
                path.display()
            )),
            "{text}"
        );
        let checked = credential.check_at_hand().await.expect_err("no token");
        assert_eq!(checked.to_string(), text);
        text
    };
    assert!(refused().await.contains("cannot be read"));
    for (content, says) in [
        (String::new(), "is empty"),
        ("\n \n".to_owned(), "is empty"),
        ("canary one\n".to_owned(), "something else than one token"),
        ("canary-ü".to_owned(), "something else than one token"),
        ("canary".repeat(4000), "more than 16384 bytes"),
    ] {
        fs::write(&path, content).expect("written");
        let text = refused().await;
        assert!(text.contains(says) && !text.contains("canary"), "{text}");
    }
    fs::write(&path, [0xff, 0xfe]).expect("written");
    assert!(refused().await.contains("cannot be read"));
    fs::remove_file(&path).expect("removed");
    fs::create_dir(&path).expect("made");
    assert!(refused().await.contains("cannot be read"));
}
