//! A canary in every secret, and a search for each in everything that leaves the process (AUD-007).
//!
//! Which place may hold which value, and no other: the browser's own cookies and the address it is sent to. `state` and
//! `nonce` stand in the redirect to Microsoft, the session token in the `Set-Cookie` of the return, nothing in a page.
//! The test looks into the log (at `trace`, both forms), pages, headers, metrics, spans, audit events and the database;
//! and in each of them it finds, by the same search, something that is no secret, so that it cannot pass by looking
//! at nothing.

mod places;

use std::io::Write as _;

use entra_emulator::Fault;
use sonicsaas::routes;

use self::places::{Canaries, Place, stored};
use crate::{
    browser::{Browser, Reply},
    database::Database,
    process::{Deployment, Server, sign_in},
    telemetry::{Collected, holds},
};

const CLIENT_SECRET: &str = "canary-client-secret~7f3a";
const SMTP_PASSWORD: &str = "canary-smtp-password-51be";
const OWNER_PASSWORD: &str = "canary-owner-password-90cd";
const TYPED_PASSWORD: &str = "canary-typed-password-2d4e";
const INVITATION: &str = "canary-invitation-token-6a1f";
const RECOVERY: &str = "canary-recovery-token-b802";
const SESSION: &str = "canary-session-cookie-43d7";
const BEARER: &str = "canary-bearer-token-1c9a";
const CODE: &str = "canary-code-of-nobody-e5f6";
const DATABASE_PASSWORD: &str = "canary-database-password-77aa";

fn query(address: &str, name: &str) -> Option<String> {
    let (_, query) = address.split_once('?')?;
    form_urlencoded::parse(query.as_bytes())
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

/// What came back, without what only this browser may have: its cookies, and the address it is sent to at Microsoft.
fn seen(reply: &Reply, to_microsoft: bool) -> Vec<u8> {
    let mut seen = Vec::new();
    for (name, value) in &reply.headers {
        let own = name == "set-cookie" || (to_microsoft && name == "location");
        if !own {
            seen.extend_from_slice(format!("{name}: ").as_bytes());
            seen.extend_from_slice(value.as_bytes());
            seen.push(b'\n');
        }
    }
    seen.extend_from_slice(reply.body.as_bytes());
    seen
}

/// One sign-in, its secrets, and what was seen of it.
async fn walk(
    deployment: &Deployment,
    server: &Server,
    canaries: &mut Canaries,
    seen_so_far: &mut Vec<u8>,
) -> (Browser, Reply) {
    let browser = server.browser();
    let (started, target, returned) = sign_in(deployment, &browser, "dana@contoso.com").await;
    for name in ["state", "nonce"] {
        canaries.add(name, &query(started.location(), name).expect(name));
    }
    canaries.add("code", &query(&target, "code").expect("a code"));
    seen_so_far.extend(seen(&started, true));
    seen_so_far.extend(seen(&returned, false));
    seen_so_far.extend(seen(&browser.get(returned.location()).await, false));
    (browser, returned)
}

/// Everything that goes wrong while secrets are near.
async fn trouble(
    deployment: &Deployment,
    server: &Server,
    canaries: &mut Canaries,
    seen_so_far: &mut Vec<u8>,
) {
    let control = deployment.emulator.control();
    let echo = serde_json::json!({
        "error": "invalid_client", "error_description": format!("AADSTS7000215: {CLIENT_SECRET} is wrong"),
        "access_token": BEARER, "id_token": BEARER,
    })
    .to_string();
    let faults = [
        (400, echo.clone()),
        (200, echo.clone()),
        (
            200,
            format!("{{\"id_token\":\"{BEARER}\",\"id_token\":\"{BEARER}\""),
        ),
        (
            200,
            format!(
                "{{\"token_type\":\"Bearer\",\"access_token\":{{\"{BEARER}\":1}},\"id_token\":\"{BEARER}.x.y\"}}"
            ),
        ),
        (503, format!("<html>{CLIENT_SECRET}</html>")),
        (302, BEARER.to_owned()),
    ];
    for (status, body) in faults {
        control.fault(Fault {
            body: Some(body),
            ..Fault::status("token", status)
        });
        let (_, returned) = walk(deployment, server, canaries, seen_so_far).await;
        assert!(
            returned.location().starts_with("/login?error="),
            "{}",
            returned.location()
        );
        control.clear_faults();
    }
    let stranger = server.browser();
    stranger.set_cookie("session", SESSION);
    let replies = [
        stranger.get(routes::DASHBOARD).await,
        stranger.get(routes::LOGIN).await,
        stranger.get(&format!("/invite/{INVITATION}")).await,
        stranger.get(&format!("/recover/{RECOVERY}")).await,
        stranger
            .get(&format!("{}?code={CODE}&state={CODE}", routes::CALLBACK))
            .await,
        stranger
            .get(&format!("{}?code={CODE}&code={CODE}", routes::CALLBACK))
            .await,
        stranger
            .post(
                routes::LOGIN,
                &[("email", "dana@contoso.com"), ("password", TYPED_PASSWORD)],
            )
            .await,
        stranger
            .send(
                http::Method::GET,
                routes::VIEWER,
                &[
                    ("authorization", &format!("Bearer {BEARER}")),
                    ("accept", "application/json"),
                ],
                None,
            )
            .await,
    ];
    for reply in &replies {
        seen_so_far.extend(seen(reply, false));
    }
}

/// A right password and a recovery link, each used once.
async fn without_microsoft(
    deployment: &Deployment,
    server: &Server,
    canaries: &mut Canaries,
    seen_so_far: &mut Vec<u8>,
) {
    let browser = server.browser();
    let form = [("email", "p@example.com"), ("password", OWNER_PASSWORD)];
    let entered = browser.post(routes::LOGIN, &form).await;
    assert_eq!((entered.status, entered.location()), (303, routes::DASHBOARD));
    canaries.add(
        "session of a password",
        &browser.cookie("session").expect("a session"),
    );
    seen_so_far.extend(seen(&entered, false));
    seen_so_far.extend(seen(&browser.get(routes::DASHBOARD).await, false));

    let made = deployment
        .command(&["user", "recovery-link", "--email", "p@example.com"])
        .output()
        .expect("it runs");
    assert!(made.status.success());
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).expect("JSON");
    let link = made["url"].as_str().expect("an address");
    let path = &link[link.find("/recover/").expect("the link's path")..];
    canaries.add("recovery link that works", path.trim_start_matches("/recover/"));
    let browser = server.browser();
    let page = browser.get(path).await;
    assert_eq!(page.status, 200);
    let entered = browser.post(path, &[]).await;
    assert_eq!(entered.status, 303);
    canaries.add(
        "session of a link",
        &browser.cookie("session").expect("a session"),
    );
    for reply in [page, entered, browser.get(path).await] {
        seen_so_far.extend(seen(&reply, false));
    }
}

/// An owner with a password, as the first step of a new deployment makes one.
fn owner_with_password(deployment: &Deployment) -> Vec<u8> {
    let mut command = deployment.command(&[
        "team",
        "create",
        "--name",
        "P",
        "--owner-email",
        "p@example.com",
        "--password-stdin",
    ]);
    let mut child = command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut input = child.stdin.take().expect("an input");
    input.write_all(OWNER_PASSWORD.as_bytes()).expect("written");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    [output.stdout, output.stderr].concat()
}

/// A database that is not there, whose address holds a password.
fn unreachable_database(deployment: &Deployment) -> Vec<u8> {
    let output = deployment
        .command(&["migrate"])
        .env(
            "DATABASE_URL",
            format!("postgres://sonicsaas:{DATABASE_PASSWORD}@127.0.0.1:9/x"),
        )
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    [output.stdout, output.stderr].concat()
}

/// What Microsoft was sent and what it gave.
fn exchanged(deployment: &Deployment, canaries: &mut Canaries) {
    let control = deployment.emulator.control();
    let mut verifiers = 0;
    for asked in control.log_of("token") {
        if let Some(verifier) = asked.form_value("code_verifier") {
            canaries.add("code verifier", verifier);
            verifiers += 1;
        }
        assert!(
            asked
                .form_value("client_secret")
                .is_none_or(|secret| secret == CLIENT_SECRET),
            "the planted secret is the one in use"
        );
    }
    assert!(verifiers > 0, "codes were redeemed");
    let tokens = control.tokens();
    assert!(tokens.len() >= 2, "tokens were issued");
    for token in tokens {
        // The head of a token is the same for all; its claims and its signature are its own.
        for part in token.token.split('.').skip(1) {
            canaries.add(token.kind, part);
        }
    }
}

#[tokio::test]
async fn no_secret_is_found_anywhere() {
    for format in ["json", "text"] {
        let (collected, address) = Collected::start().await;
        let environment = vec![
            ("LOG_FORMAT", format.to_owned()),
            ("RUST_LOG", "trace".to_owned()),
            ("METRICS_ADDR", "127.0.0.1:0".to_owned()),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", address),
            ("SMTP_URL", format!("smtps://mail:{SMTP_PASSWORD}@127.0.0.1")),
            ("MAIL_FROM", "no-reply@example.com".to_owned()),
        ];
        let deployment = Deployment::new(CLIENT_SECRET, environment).await;
        deployment.northwind();
        let mut commands = owner_with_password(&deployment);
        commands.extend(unreachable_database(&deployment));
        let server = deployment.start().await;
        let mut canaries = Canaries::new();
        if let Database::Postgres { server, .. } = &deployment.database
            && let Some(password) = url::Url::parse(server).expect("an address").password()
        {
            canaries.add("the real database password", password);
        }

        let mut pages = Vec::new();
        let (browser, returned) = walk(&deployment, &server, &mut canaries, &mut pages).await;
        assert_eq!(returned.location(), routes::DASHBOARD);
        let reference = returned.header("x-request-id").to_owned();
        canaries.add("session token", &browser.cookie("session").expect("a session"));
        trouble(&deployment, &server, &mut canaries, &mut pages).await;
        without_microsoft(&deployment, &server, &mut canaries, &mut pages).await;

        exchanged(&deployment, &mut canaries);
        let metrics = format!("http://{}", server.metrics.as_deref().expect("metrics"));
        let metrics = Browser::at(&metrics).get("/metrics").await.body;
        let while_running = stored(&deployment).await;
        let (log, status) = server.stop().await;
        assert!(status.success(), "{log}");
        let (events, told) = deployment.run(&["audit", "export"]);
        commands.extend(told.into_bytes());
        let place = |name, bytes, marker: &str| Place {
            name,
            bytes,
            marker: marker.to_owned(),
        };
        let places = [
            place("log", log.into_bytes(), &reference),
            place("pages and headers", pages, &reference),
            place("metrics", metrics.into_bytes(), routes::CALLBACK),
            place("spans", collected.bytes(), &reference),
            place("audit events", events.into_bytes(), &reference),
            place("database while it runs", while_running, &reference),
            place("database", stored(&deployment).await, &reference),
            place("output of commands", commands, "team_id"),
        ];
        for place in &places {
            canaries.look(place);
        }
        for place in places
            .iter()
            .filter(|place| matches!(place.name, "metrics" | "spans"))
        {
            for person in ["dana", "contoso.com"] {
                assert!(
                    !holds(&place.bytes, person.as_bytes()),
                    "{person} in the {}",
                    place.name
                );
            }
        }
        deployment.database.remove().await;
    }
}
