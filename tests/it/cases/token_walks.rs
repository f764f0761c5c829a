//! Cases about ID tokens that need more than one sign-in, or a look at what came of it.

use entra_emulator::{Emulator, Options, TokenMutation};
use http::Method;
use serde_json::json;
use sonicsaas::routes;

use super::{
    bench::{Bench, DANA, DANA_OBJECT, Refused, Runner, walk},
    token_claims::claims,
};
use crate::app::{CONTOSO, FABRIKAM};

/// These cases.
pub(crate) const WALKS: &[Runner] = &[
    walk!("TOK-020", the_same_object_in_another_tenant),
    walk!("TOK-021", the_same_subject_in_another_tenant),
    walk!("TOK-022", another_object_with_the_owners_address),
    walk!("TOK-028", another_subject_for_a_known_person),
    walk!("TOK-041", the_nonce_of_another_attempt),
    walk!("TOK-043", a_token_of_an_earlier_sign_in),
    walk!("TOK-071", addresses_in_the_header_are_never_asked),
    walk!("TOK-084", a_guest_where_the_team_allows_guests),
    walk!("TOK-086", privileges_in_the_token),
    walk!("TOK-087", another_tenants_group),
    walk!("TOK-092", hostile_names),
    walk!("TOK-093", the_profile_endpoint_is_never_asked),
    walk!("TOK-094", nothing_is_ever_refreshed),
    walk!("TOK-098", a_guest_without_acct_where_the_team_allows_guests),
];

fn fabrikams(bench: &Bench, more: serde_json::Value) -> TokenMutation {
    let mut mutation = claims(more);
    mutation.claims.insert("tid".to_owned(), json!(FABRIKAM));
    mutation
        .claims
        .insert("iss".to_owned(), json!(bench.issuer(FABRIKAM)));
    mutation
}

/// A token of the other tenant gives a person of the other team, never the one of this team.
async fn somebody_else(bench: &Bench, mutation: TokenMutation) {
    let ours = bench.app.signed_in(DANA).await.call(routes::VIEWER).await.json();
    let pending = bench.pending(DANA).await;
    bench.mutate(mutation);
    let theirs = bench.accepted(&pending).await;
    assert_eq!(theirs["team_id"], bench.other_team.to_string());
    assert_ne!(theirs["user_id"], ours["user_id"]);
    assert_eq!(theirs["role"], "member", "Fabrikam maps no group");
}

async fn the_same_object_in_another_tenant(bench: &Bench) {
    somebody_else(bench, fabrikams(bench, json!({ "sub": "subject-020" }))).await;
}

async fn the_same_subject_in_another_tenant(bench: &Bench) {
    let object = "0d7c4b0e-0000-4000-8000-000000000021";
    somebody_else(bench, fabrikams(bench, json!({ "oid": object }))).await;
}

async fn another_tenants_group(bench: &Bench) {
    let admins = "26826e3d-682b-4c41-92ec-333c534526d9";
    let values =
        json!({ "oid": "0d7c4b0e-0000-4000-8000-000000000087", "sub": "subject-087", "groups": [admins] });
    somebody_else(bench, fabrikams(bench, values)).await;
}

async fn another_object_with_the_owners_address(bench: &Bench) {
    let owner = "owner-northwind-msp@example.com";
    let pending = bench.pending(DANA).await;
    bench.mutate(claims(json!({
        "oid": "0d7c4b0e-0000-4000-8000-000000000022", "sub": "subject-022",
        "email": owner, "preferred_username": owner, "upn": owner, "groups": [],
    })));
    let viewer = bench.accepted(&pending).await;
    assert_eq!(
        (viewer["role"].as_str(), viewer["email"].as_str()),
        (Some("member"), Some(owner))
    );
    assert_ne!(viewer["name"], "Olivia Owner");
}

async fn another_subject_for_a_known_person(bench: &Bench) {
    bench.positive().await;
    for subject in ["somebody-else", "A"] {
        let event = bench
            .refuses(TokenMutation::claim("sub", subject), &Refused::by("sub_changed"))
            .await;
        assert_eq!((event.team, event.detail("oid")), (Some(bench.team), DANA_OBJECT));
    }
}

async fn the_nonce_of_another_attempt(bench: &Bench) {
    let first = bench.pending(DANA).await;
    let started = first.browser.get(routes::SIGN_IN).await;
    let address = url::Url::parse(started.location()).expect("an address");
    let nonce = address
        .query_pairs()
        .find(|(name, _)| name == "nonce")
        .expect("a nonce")
        .1
        .to_string();
    bench.mutate(TokenMutation::claim("nonce", nonce));
    bench.refused(&first, &Refused::by("nonce_mismatch")).await;
    let target = bench
        .app
        .emulator
        .control()
        .sign_in(started.location(), DANA)
        .expect("back");
    let second = super::bench::Pending {
        browser: first.browser,
        target,
    };
    bench.accepted(&second).await;
}

async fn a_token_of_an_earlier_sign_in(bench: &Bench) {
    bench.positive().await;
    let tokens = bench.app.emulator.control().tokens();
    let old = tokens
        .into_iter()
        .rev()
        .find(|token| token.kind == "id_token")
        .expect("a token");
    let replayed = TokenMutation {
        raw_token: Some(old.token),
        ..TokenMutation::default()
    };
    bench.refuses(replayed, &Refused::by("nonce_mismatch")).await;
}

async fn addresses_in_the_header_are_never_asked(bench: &Bench) {
    let evil = Emulator::start(Options::default()).await.expect("a listener");
    for member in ["jku", "x5u"] {
        for address in [
            format!("{}/jwks", evil.authority()),
            "http://169.254.169.254/latest".to_owned(),
        ] {
            let token = TokenMutation {
                signing_key: Some("stranger-1".to_owned()),
                header: [(member.to_owned(), json!(address))].into_iter().collect(),
                ..TokenMutation::default()
            };
            bench.refuses(token, &Refused::by("header_not_allowed")).await;
        }
    }
    assert!(evil.control().log().is_empty(), "nobody asked there");
    evil.stop().await;
}

async fn guest(bench: &Bench, values: serde_json::Value) {
    bench
        .app
        .register(bench.team, CONTOSO, |draft| draft.allow_guests = true)
        .await;
    let pending = bench.pending(DANA).await;
    bench.mutate(claims(values));
    bench.accepted(&pending).await;
    let guests = bench
        .app
        .services
        .store
        .find_signing_in(CONTOSO.parse().expect("a tenant"))
        .await;
    assert!(
        guests
            .expect("read")
            .expect("registered")
            .registration()
            .allow_guests
    );
    bench.app.register(bench.team, CONTOSO, |_| {}).await;
    bench.positive().await;
}

async fn a_guest_where_the_team_allows_guests(bench: &Bench) {
    guest(
        bench,
        json!({ "acct": 1, "idp": "https://sts.windows.net/c51e7d92-0a4f-4e68-8b37-f2a6904d1e35/" }),
    )
    .await;
}

async fn a_guest_without_acct_where_the_team_allows_guests(bench: &Bench) {
    guest(
        bench,
        json!({ "idp": "https://sts.windows.net/c51e7d92-0a4f-4e68-8b37-f2a6904d1e35/" }),
    )
    .await;
}

async fn privileges_in_the_token(bench: &Bench) {
    let pending = bench.pending(DANA).await;
    bench.mutate(claims(json!({
        "roles": ["owner", "admin"], "role": "owner", "wids": ["62e90394-69f5-4237-9190-012177145e10"],
        "is_admin": true, "team_id": bench.other_team.to_string(), "scp": "everything",
    })));
    let viewer = bench.accepted(&pending).await;
    assert_eq!(
        (viewer["role"].as_str(), viewer["team_id"].as_str()),
        (Some("operator"), Some(bench.team.to_string().as_str()))
    );
}

async fn hostile_names(bench: &Bench) {
    let long = format!("{}\u{202e}{}", "x".repeat(5_000), "y".repeat(5_000));
    for (id, values) in [
        (1, json!({ "name": "<script>alert(1)</script>" })),
        (2, json!({ "name": long })),
        (3, json!({ "name": "a\u{0}b\r\nc\u{202e}d\u{200f}" })),
        (
            4,
            json!({ "email": ["a", "b"], "preferred_username": { "x": 1 }, "name": null }),
        ),
        (
            5,
            json!({ "name": 7, "email": "a\r\nBcc: x@example.com", "preferred_username": "\u{0}" }),
        ),
        (
            6,
            json!({ "name": "{{7*7}}</title><img src=x onerror=alert(1)>", "email": "\"<b>\"@example.com" }),
        ),
    ] {
        let pending = bench.pending(DANA).await;
        let mut token = claims(values);
        token.claims.insert(
            "oid".to_owned(),
            json!(format!("0d7c4b0e-0000-4000-8000-0000000092{id:02}")),
        );
        token
            .claims
            .insert("sub".to_owned(), json!(format!("subject-092-{id}")));
        bench.mutate(token);
        let viewer = bench.accepted(&pending).await;
        let name = viewer["name"].as_str().expect("a name");
        assert!(
            !name.is_empty() && name.chars().count() <= 256,
            "{id}: {}",
            name.chars().count()
        );
        assert!(
            !name.contains(['\u{202e}', '\u{200f}', '\u{0}', '\r', '\n']),
            "{id}: {name:?}"
        );
        let page = pending.browser.get(routes::DASHBOARD).await;
        assert_eq!(page.status, 200);
        for raw in ["<script>alert", "<img src=x", "\u{202e}"] {
            assert!(!page.body.contains(raw), "{id}: {raw:?}");
        }
    }
}

async fn the_profile_endpoint_is_never_asked(bench: &Bench) {
    bench.positive().await;
    let asked = bench.app.emulator.control().log();
    assert!(!asked.is_empty() && asked.iter().all(|entry| !entry.path.contains("userinfo")));
}

async fn nothing_is_ever_refreshed(bench: &Bench) {
    let started = bench
        .app
        .browser()
        .send(Method::GET, routes::SIGN_IN, &[], None)
        .await;
    assert!(!started.location().contains("offline_access"));
    bench.positive().await;
    for entry in bench.app.emulator.control().log_of("token") {
        assert_eq!(entry.form_value("grant_type"), Some("authorization_code"));
    }
}

#[tokio::test]
async fn walks_with_tokens() {
    Bench::start().await.run(Vec::new(), WALKS).await;
}
