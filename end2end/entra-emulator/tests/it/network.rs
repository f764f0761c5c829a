//! Faults on the way, the log, TLS, and stopping.

use std::{sync::Arc, time::Duration};

use entra_emulator::{Drip, Emulator, Fault, Options, TEST_AUTHORITY, TlsCertificate};
use http::Method;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

use crate::{
    client::{Answer, get, get_graph, get_with, send, send_on},
    start::{CLIENT, Running, payload},
};

/// 33: how Graph throttles is for the test to say.
#[tokio::test]
async fn a_status_with_headers_and_body_counts_its_times() {
    let running = Running::start().await;
    let token = running.delegated("organizations", "dana@contoso.com").await;
    let mut fault = Fault::status("graph/me/transitiveMemberOf", 429);
    fault.headers.insert("Retry-After".to_owned(), "2.128".into());
    fault.body = Some(json!({ "error": { "code": "TooManyRequests" } }).to_string());
    fault.times = Some(2);
    running.control.fault(fault);
    let address = running.graph("me/transitiveMemberOf");
    for _ in 0..2 {
        let answer = get_graph(&address, &token).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, "2.128"));
        assert_eq!(answer.json()["error"]["code"], "TooManyRequests");
    }
    assert_eq!(
        get_graph(&running.graph("me"), &token).await.status,
        200,
        "another route"
    );
    assert_eq!(get_graph(&address, &token).await.status, 200);
}

#[tokio::test]
async fn a_fault_can_wait_for_its_turn_and_for_its_request() {
    let running = Running::start().await;
    running.control.fault(Fault {
        skip: 1,
        times: Some(1),
        ..Fault::status("keys", 503)
    });
    let keys = running.at("common/discovery/v2.0/keys");
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(get(&keys).await.status);
    }
    assert_eq!(seen, [200, 503, 200]);
    let form = Some("grant_type=client_credentials".to_owned());
    running.control.fault(Fault {
        form,
        ..Fault::status("token", 500)
    });
    assert_eq!(running.app_only("contoso.com", &[]).await.status, 500);
    running.id_claims("organizations", "dana@contoso.com").await;
    running.control.clear_faults();
    running.control.fault(Fault {
        containing: Some("contoso.com".to_owned()),
        ..Fault::status("discovery", 500)
    });
    let discovery = |tenant: &str| running.at(&format!("{tenant}/v2.0/.well-known/openid-configuration"));
    assert_eq!(get(&discovery("contoso.com")).await.status, 500);
    assert_eq!(get(&discovery("fabrikam.com")).await.status, 200);
}

#[tokio::test]
async fn an_answer_can_be_edited_or_sent_elsewhere() {
    let running = Running::start().await;
    let mut edit = Fault {
        route: "discovery".to_owned(),
        times: Some(1),
        ..Fault::default()
    };
    edit.merge
        .insert("issuer".to_owned(), "https://evil.example/{tenantid}/v2.0".into());
    edit.merge.insert("jwks_uri".to_owned(), Value::Null);
    edit.headers
        .insert("cache-control".to_owned(), "max-age=31536000".into());
    running.control.fault(edit);
    let address = running.at("common/v2.0/.well-known/openid-configuration");
    let answer = get(&address).await;
    let document = answer.json();
    assert_eq!(document["issuer"], "https://evil.example/{tenantid}/v2.0");
    assert!(document.get("jwks_uri").is_none() && document["token_endpoint"].is_string());
    assert_eq!(answer.header("cache-control"), "max-age=31536000");

    let redirect_to = Some("https://evil.example/jwks".to_owned());
    let redirect = Fault {
        redirect_to,
        status: Some(308),
        ..Fault {
            route: "discovery".to_owned(),
            ..Fault::default()
        }
    };
    running.control.fault(redirect);
    let answer = get(&address).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (308, "https://evil.example/jwks")
    );
}

#[tokio::test]
async fn a_connection_closes_hangs_or_breaks_in_the_middle() {
    let running = Running::start().await;
    let keys = running.at("common/discovery/v2.0/keys");
    let on_keys = |fault: Fault| {
        running.control.fault(Fault {
            route: "keys".to_owned(),
            times: Some(1),
            ..fault
        });
    };
    on_keys(Fault {
        close: true,
        ..Fault::default()
    });
    assert!(send(Method::GET, &keys, &[], "").await.is_err());
    on_keys(Fault {
        cut_after: Some(10),
        ..Fault::default()
    });
    assert!(send(Method::GET, &keys, &[], "").await.is_err());
    on_keys(Fault {
        hang: true,
        ..Fault::default()
    });
    assert!(timeout(Duration::from_millis(100), get(&keys)).await.is_err());
    assert_eq!(get(&keys).await.status, 200, "only that one request hangs");
    let hanging = running
        .control
        .log_of("keys")
        .into_iter()
        .filter(|entry| entry.status.is_none())
        .count();
    assert_eq!(
        hanging, 2,
        "closed and hanging requests were seen and not answered"
    );
}

#[tokio::test]
async fn a_body_drips_or_is_huge() {
    let running = Running::start().await;
    let keys = running.at("common/discovery/v2.0/keys");
    let drip = Drip {
        bytes: 1_000,
        every_ms: 1,
        endless: false,
    };
    running.control.fault(Fault {
        route: "keys".to_owned(),
        drip: Some(drip),
        times: Some(1),
        ..Fault::default()
    });
    assert_eq!(
        get(&keys).await.json()["keys"].as_array().map(Vec::len),
        Some(6),
        "slow and complete"
    );
    let fill = 3_000_000;
    running.control.fault(Fault {
        route: "keys".to_owned(),
        fill,
        times: Some(1),
        ..Fault::default()
    });
    let answer = get(&keys).await;
    assert!(answer.body.len() > 3_000_000 && answer.json()["keys"].is_array());
    let endless = Drip {
        bytes: 100_000,
        every_ms: 1,
        endless: true,
    };
    running.control.fault(Fault {
        route: "keys".to_owned(),
        drip: Some(endless),
        times: Some(1),
        ..Fault::default()
    });
    assert!(timeout(Duration::from_millis(100), get(&keys)).await.is_err());
    let late = Fault {
        route: "keys".to_owned(),
        delay_ms: 80,
        times: Some(1),
        ..Fault::default()
    };
    running.control.fault(late);
    assert!(timeout(Duration::from_millis(40), get(&keys)).await.is_err());
}

#[tokio::test]
async fn the_log_has_everything_in_order() {
    let running = Running::start().await;
    get_with(
        &running.at("common/discovery/v2.0/keys?x=a%20b"),
        &[("x-own", "value")],
    )
    .await;
    running.app_only("contoso.com", &[]).await;
    let token = running.app_token("contoso.com").await;
    let address = running.graph("users/dana@contoso.com/getMemberObjects");
    crate::client::post_json(&address, &token, &json!({ "securityEnabledOnly": true })).await;
    let log = running.control.log();
    let routes = log.iter().map(|entry| entry.route.as_str()).collect::<Vec<_>>();
    assert_eq!(
        routes,
        [
            "keys",
            "token",
            "token",
            "graph/users/dana@contoso.com/getMemberObjects"
        ]
    );
    assert_eq!(
        log.iter().map(|entry| entry.sequence).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert_eq!(
        (log[0].method.as_str(), log[0].path.as_str()),
        ("GET", "/common/discovery/v2.0/keys")
    );
    assert_eq!(
        (log[0].query_value("x"), log[0].header("X-Own")),
        (Some("a b"), Some("value"))
    );
    assert_eq!(
        (log[1].form_value("client_id"), log[1].status),
        (Some(CLIENT), Some(200))
    );
    assert_eq!(log[3].body, json!({ "securityEnabledOnly": true }));
    assert_eq!(running.control.log_of("graph").len(), 1);
    running.control.clear_log();
    assert!(running.control.log().is_empty());
    get(&running.at("common/discovery/v2.0/keys")).await;
    assert_eq!(running.control.log()[0].sequence, 5);
}

fn connector() -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(TEST_AUTHORITY.as_bytes()).expect("as seeded"))
        .expect("as seeded");
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("as seeded")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

async fn get_tls(emulator: &Emulator, name: &'static str, path: &str) -> std::io::Result<Answer> {
    let stream = TcpStream::connect(emulator.tls_address().expect("a TLS listener")).await?;
    let stream = connector()
        .connect(ServerName::try_from(name).expect("as seeded"), stream)
        .await?;
    let address = format!("https://{name}/{path}");
    send_on(stream, Method::GET, &address, &[], "")
        .await
        .map_err(std::io::Error::other)
}

/// 41
#[tokio::test]
async fn tls_answers_under_microsofts_names_to_those_who_trust_the_authority() {
    let options = Options {
        tls: Some(([127, 0, 0, 1], 0).into()),
        ..Options::default()
    };
    let running = Running::start_with(options).await;
    let path = "organizations/v2.0/.well-known/openid-configuration";
    for name in [
        "localhost",
        "127.0.0.1",
        "login.microsoftonline.com",
        "graph.microsoft.com",
        "entra.localtest.me",
    ] {
        let document = get_tls(&running.emulator, name, path).await.unwrap().json();
        assert_eq!(document["issuer"], format!("https://{name}/{{tenantid}}/v2.0"));
    }
    assert!(get_tls(&running.emulator, "other.example", path).await.is_err());
    for bad in [
        TlsCertificate::Expired,
        TlsCertificate::WrongName,
        TlsCertificate::SelfSigned,
    ] {
        running.control.set_tls_certificate(bad);
        assert!(
            get_tls(&running.emulator, "localhost", path).await.is_err(),
            "{bad:?}"
        );
    }
    running.control.reset();
    assert!(get_tls(&running.emulator, "localhost", path).await.is_ok());
}

/// Addresses follow the name under which the caller came.
#[tokio::test]
async fn one_listener_serves_every_name() {
    let running = Running::start().await;
    let port = running.emulator.http_address().port();
    let address = format!("http://localhost:{port}/common/v2.0/.well-known/openid-configuration");
    assert_eq!(
        get(&address).await.json()["issuer"],
        format!("http://localhost:{port}/{{tenantid}}/v2.0")
    );
}

#[tokio::test]
async fn stopping_frees_the_port_even_while_a_request_hangs() {
    let running = Running::start().await;
    running.control.fault(Fault {
        route: "keys".to_owned(),
        hang: true,
        ..Fault::default()
    });
    let address = running.emulator.http_address();
    let hanging = tokio::spawn(send_hanging(running.at("common/discovery/v2.0/keys")));
    while running.control.log().is_empty() {
        tokio::task::yield_now().await;
    }
    timeout(Duration::from_secs(5), running.emulator.stop())
        .await
        .expect("stopping is quick");
    assert!(hanging.await.unwrap().is_err());
    tokio::net::TcpListener::bind(address)
        .await
        .expect("the port is free");
}

async fn send_hanging(address: String) -> Result<Answer, hyper::Error> {
    send(Method::GET, &address, &[], "").await
}

#[tokio::test]
async fn dropping_stops_too() {
    let running = Running::start().await;
    let address = running.emulator.http_address();
    let stays = Running::start().await;
    drop(running);
    let refused = timeout(Duration::from_secs(5), async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    });
    refused.await.expect("the listener goes away");
    assert!(payload(&stays.tokens("organizations", "dana@contoso.com", &[]).await["id_token"]).is_object());
}
