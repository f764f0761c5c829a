//! What we ask Microsoft, what leaves with it, and where a person lands afterwards.

use std::collections::HashSet;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Method;
use sonicsaas::routes;

use super::bench::{Bench, DANA, Refused, Runner, walk};
use crate::{
    app::{CLIENT_ID, CLIENT_SECRET, CONTOSO},
    calls,
};

/// These cases.
pub(crate) const WALKS: &[Runner] = &[
    walk!("FLW-001", the_request_to_microsoft),
    walk!("DSC-018", a_challenge_that_nobody_announced),
    walk!("FLW-002", the_request_for_tokens),
    walk!("FLW-041", the_request_for_tokens),
    walk!("FLW-033", nothing_is_injected),
    walk!("FLW-042", no_request_moves_the_authority),
    walk!("FLW-039", the_callback_has_no_twin),
    walk!("FLW-040", the_code_stays_in_the_address),
    walk!("RDR-001", the_way_back_stays_here),
    walk!("RDR-002", a_way_back_in_the_return),
    walk!("RDR-003", the_way_back_is_a_page),
];

/// The parameters of an address to Microsoft, each of which comes once.
fn parameters(location: &str) -> std::collections::BTreeMap<String, String> {
    let address = url::Url::parse(location).expect("an address");
    let mut parameters = std::collections::BTreeMap::new();
    for (name, value) in address.query_pairs() {
        assert!(
            parameters.insert(name.to_string(), value.to_string()).is_none(),
            "{name} comes once"
        );
    }
    parameters
}

async fn begun(bench: &Bench, start: &str) -> String {
    let reply = bench.app.browser().get(start).await;
    assert_eq!(reply.status, 302);
    reply.location().to_owned()
}

fn is_documented(bench: &Bench, location: &str) {
    let authority = bench.app.emulator.authority();
    assert!(
        location.starts_with(&format!("{authority}/organizations/oauth2/v2.0/authorize?")),
        "{location}"
    );
    let sent = parameters(location);
    for (name, value) in [
        ("response_type", "code"),
        ("response_mode", "query"),
        ("client_id", CLIENT_ID),
        ("scope", "openid profile email User.Read"),
        ("redirect_uri", &format!("{}{}", bench.app.url, routes::CALLBACK)),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(sent[name], value);
    }
    assert_eq!(sent["code_challenge"].len(), 43);
    assert!(
        sent["state"].len() >= 43 && sent["nonce"].len() >= 43,
        "256 bits each"
    );
    let known = [
        "response_type",
        "response_mode",
        "client_id",
        "scope",
        "redirect_uri",
        "code_challenge_method",
    ];
    let rest: Vec<_> = sent
        .keys()
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    assert_eq!(rest, ["code_challenge", "nonce", "state"], "and nothing else");
}

async fn the_request_to_microsoft(bench: &Bench) {
    let mut seen = HashSet::new();
    for _ in 0..200 {
        let location = begun(bench, routes::SIGN_IN).await;
        is_documented(bench, &location);
        let sent = parameters(&location);
        for name in ["state", "nonce", "code_challenge"] {
            assert!(seen.insert(sent[name].clone()), "{name} is new each time");
        }
    }
}

async fn a_challenge_that_nobody_announced(bench: &Bench) {
    let document = format!(
        "{}/organizations/v2.0/.well-known/openid-configuration",
        bench.app.emulator.authority()
    );
    let document = bench.app.browser().get(&document).await.json();
    assert!(document.get("code_challenge_methods_supported").is_none());
    for _ in 0..5 {
        is_documented(bench, &begun(bench, routes::SIGN_IN).await);
    }
}

async fn the_request_for_tokens(bench: &Bench) {
    let mut verifiers = HashSet::new();
    for _ in 0..20 {
        let browser = bench.app.browser();
        let started = browser.get(routes::SIGN_IN).await.location().to_owned();
        let target = bench
            .app
            .emulator
            .control()
            .sign_in(&started, DANA)
            .expect("back");
        let pending = super::bench::Pending { browser, target };
        bench.accepted(&pending).await;
        let log = bench.app.emulator.control().log_of("token");
        let asked = log.last().expect("a request");
        let verifier = asked.form_value("code_verifier").expect("a verifier");
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.as_bytes());
        assert_eq!(
            URL_SAFE_NO_PAD.encode(hash),
            parameters(&started)["code_challenge"]
        );
        assert!(verifiers.insert(verifier.to_owned()), "a verifier is used once");
        assert_eq!((asked.method.as_str(), asked.query.len()), ("POST", 0));
        assert_eq!(asked.form_value("client_secret"), Some(CLIENT_SECRET));
        assert_eq!(
            asked.form_value("redirect_uri"),
            Some(parameters(&started)["redirect_uri"].as_str())
        );
        // The credential is a secret, so no assertion is made; those of a certificate are looked at in `credentials.rs`.
        assert!(asked.form_value("client_assertion").is_none() && asked.header("authorization").is_none());
    }
}

async fn nothing_is_injected(bench: &Bench) {
    for query in [
        "login_hint=a%26prompt%3Dnone%26redirect_uri%3Dhttps://evil",
        "login_hint=a%0d%0aLocation:%20https://evil",
        "prompt=none",
        "prompt=consent",
        "prompt=login",
        "domain_hint=evil.example&authority=https://evil.example&redirect_uri=https://evil.example",
        "tenant=evil.example",
        "tenant=../../evil",
        "tenant=%7B3f2a9c1e-7b64-4d0f-9a55-1c2e8d4b6f70%7D/..",
        "state=x&nonce=y&scope=Directory.ReadWrite.All&code_challenge=z&client_id=evil",
    ] {
        is_documented(
            bench,
            &begun(bench, &format!("{}?{query}", routes::SIGN_IN)).await,
        );
    }
    let chosen = begun(bench, &format!("{}?prompt=select_account", routes::SIGN_IN)).await;
    assert_eq!(parameters(&chosen)["prompt"], "select_account");
    let pinned = begun(bench, &format!("{}?tenant={CONTOSO}", routes::SIGN_IN)).await;
    assert!(pinned.contains(&format!("/{CONTOSO}/oauth2/v2.0/authorize?")));
}

async fn no_request_moves_the_authority(bench: &Bench) {
    let dana = bench.app.signed_in(DANA).await;
    let fields = "authority=https://evil.example&token_endpoint=https://evil.example&client_id=evil\
                  &MICROSOFT_ENTRA_ID_AUTHORITY_HOST=https://evil.example&graph=https://evil.example";
    let form = ("content-type", "application/x-www-form-urlencoded");
    let paths = calls::ALL.iter().map(|call| call.path);
    for path in paths.chain([routes::PREFERENCES, routes::LOGIN]) {
        dana.send(
            Method::GET,
            &format!("{path}?{fields}"),
            &[("accept", "application/json")],
            None,
        )
        .await;
        let headers = [form, ("sec-fetch-site", "same-origin")];
        dana.send(Method::POST, path, &headers, Some(fields.to_owned()))
            .await;
    }
    is_documented(bench, &begun(bench, routes::SIGN_IN).await);
    bench.positive().await;
}

async fn the_callback_has_no_twin(bench: &Bench) {
    let pending = bench.pending(DANA).await;
    let query = pending.target.split_once('?').expect("a query").1;
    for path in [
        "/api/auth/callback/microsoft-entra-id/",
        "/API/auth/callback/microsoft-entra-id",
        "/api/auth/callback/Microsoft-Entra-ID",
        "/api/auth/callback/%2e%2e/callback/microsoft-entra-id%2f",
        "/api/auth/callback%2fmicrosoft-entra-id",
        "/api/auth/callback/microsoft-entra-id;x=1",
        "/api//auth/callback/microsoft-entra-id",
        "//api/auth/callback/microsoft-entra-id",
        "/api/auth/callback/microsoft-entra-id%00",
    ] {
        // Written out, since a client would resolve the dots.
        let address = format!("{}{path}?{query}", bench.app.url);
        let reply = pending.browser.get(&address).await;
        assert!(matches!(reply.status, 400 | 404), "{path}: {}", reply.status);
        assert!(!reply.body.contains(&pending.parameter("code")), "{path}");
    }
    bench.accepted(&pending).await;
}

async fn the_code_stays_in_the_address(bench: &Bench) {
    for fails in [false, true] {
        let pending = bench.pending(DANA).await;
        if fails {
            bench.mutate(entra_emulator::TokenMutation::claim("aud", "x"));
        }
        let code = pending.parameter("code");
        let reply = pending.browser.get(&pending.target).await;
        assert_eq!(
            (reply.status, reply.header("referrer-policy")),
            (303, "no-referrer")
        );
        assert_eq!(reply.header("cache-control"), "no-store");
        let next = pending.browser.get(reply.location()).await;
        let events = bench.app.events().await;
        for text in [format!("{reply:?}"), format!("{next:?}"), format!("{events:?}")] {
            assert!(!text.contains(&code), "the code is nowhere");
        }
        let foreign: Vec<_> = next
            .body
            .match_indices("src=\"http")
            .chain(next.body.match_indices("href=\"http"))
            .collect();
        assert!(foreign.is_empty(), "{foreign:?}");
    }
}

/// Where somebody lands who began with this `next`.
async fn lands(bench: &Bench, next: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    let start = format!("{}?{query}", routes::SIGN_IN);
    let pending = bench.pending_in(bench.app.browser(), DANA, &start).await;
    let reply = pending
        .browser
        .get(&format!("{}&next=/dashboard/other", pending.target))
        .await;
    assert_eq!(reply.status, 303);
    assert_eq!(reply.headers.get_all("location").iter().count(), 1);
    let page = pending.browser.get(&format!("{}?{query}", routes::LOGIN)).await;
    assert_eq!(
        page.location(),
        reply.location(),
        "the sign-in page says the same"
    );
    reply.location().to_owned()
}

async fn the_way_back_stays_here(bench: &Bench) {
    let long = format!("/{}", "x".repeat(5_000));
    for next in [
        "https://evil",
        "//evil",
        "///evil",
        "/\\evil",
        "\\\\evil",
        "/%5cevil",
        "/%09/evil",
        "/\t/evil",
        "/%0d%0aLocation:https://evil",
        "/\r\nLocation: https://evil",
        "https:evil",
        "javascript:alert(1)",
        "data:text/html,x",
        "/@evil",
        "//google.com%2f@evil",
        "http://localhost@evil/",
        "/..//evil",
        "http://localhost.evil",
        "／／evil",
        "/dashboard\u{0}",
        "/dashboard/..%2f..//evil",
        " /dashboard",
        &long,
        &bench.app.url,
        "",
        "?next=//evil",
    ] {
        let landed = lands(bench, next).await;
        assert!(
            landed == "/dashboard" || (landed.starts_with("/dashboard") && !landed.contains("//")),
            "{next:?}: {landed}"
        );
    }
    assert_eq!(lands(bench, "/dashboard?open=menu").await, "/dashboard?open=menu");
}

/// The way back is sealed in the browser's cookie; another one in the return means nothing.
async fn a_way_back_in_the_return(bench: &Bench) {
    let start = format!("{}?next=/dashboard%3Fopen%3Dmenu", routes::SIGN_IN);
    let pending = bench.pending_in(bench.app.browser(), DANA, &start).await;
    let names = pending.browser.cookie_names();
    let name = names
        .iter()
        .find(|name| name.starts_with("attempt-"))
        .expect("an attempt");
    let sealed = pending.browser.cookie(name).expect("sealed");
    for at in [0, sealed.len() / 2, sealed.len() - 2] {
        let mut bytes = sealed.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let forged = pending.browser.copy();
        forged.set_cookie(name, &String::from_utf8(bytes).expect("text"));
        let forged = super::bench::Pending {
            browser: forged,
            target: pending.target.clone(),
        };
        let refused = Refused::because("state_invalid", "tx_not_bound_to_browser").kept();
        bench.refused(&forged, &refused).await;
    }
    let reply = pending
        .browser
        .get(&format!("{}&next=//evil.example", pending.target))
        .await;
    assert_eq!(reply.location(), "/dashboard?open=menu");
}

async fn the_way_back_is_a_page(bench: &Bench) {
    for next in [
        routes::LOGOUT,
        routes::VIEWER,
        routes::CALLBACK,
        routes::SIGN_IN,
        routes::LOGIN,
        "/api/x",
        "/healthz",
        "/dashboard/../logout",
        "/LOGOUT",
        "/%6cogout",
        "/pkg/x.js",
        "/logout?x=/dashboard",
        "/",
    ] {
        assert_eq!(lands(bench, next).await, "/dashboard", "{next}");
    }
}

#[tokio::test]
async fn requests() {
    Bench::start().await.run(Vec::new(), WALKS).await;
}
