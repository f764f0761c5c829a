//! The peers' cases about who somebody is and to which team a person belongs.

use entra_emulator::TokenMutation;
use serde_json::{Value, json};
use sonicsaas::routes;

use super::{
    bench::{Bench, DANA, Pending, Refused, Runner, walk},
    ledger, peers,
    token_claims::claims,
};
use crate::app::{App, CONTOSO, FABRIKAM, Setup};

const LENA: &str = "lena@litware.example";

/// These cases.
pub(crate) const WALKS: &[Runner] = &[
    walk!("P001", somebody_with_an_address),
    walk!("P002", somebody_without_any_address),
    walk!("P223", somebody_without_any_address),
    walk!("P273", somebody_with_an_unproven_address),
    walk!("P200", an_address_links_nobody),
    walk!("P201", an_address_links_nobody),
    walk!("P202", an_address_links_nobody),
    walk!("P203", an_address_links_nobody),
    walk!("P204", an_address_links_nobody),
    walk!("P205", an_address_links_nobody),
    walk!("P206", an_address_links_nobody),
    walk!("P055", tenant_and_object_are_the_key),
    walk!("P264", one_object_id_in_two_tenants),
    walk!("P266", another_name_after_a_marriage),
    walk!("P018", a_tenant_that_nobody_registered),
    walk!("P263", a_tenant_that_nobody_registered),
    walk!("P019", each_of_two_tenants),
    walk!("P020", no_tenant_at_all),
    walk!("P053", an_authority_with_a_trailing_slash),
    walk!("P245", another_tenants_token_in_a_pinned_sign_in),
    walk!("P286", another_tenants_token_in_a_pinned_sign_in),
    walk!("P067", a_domain_makes_no_member),
    walk!("P069", a_domain_makes_no_member),
    walk!("P073", a_domain_makes_no_member),
    walk!("P221", an_address_links_nobody),
    walk!("P244", another_tenants_address_takes_nothing_over),
    walk!("P274", an_address_links_nobody),
    walk!("P275", an_address_links_nobody),
    walk!("P222", another_subject),
];

/// Signs in as a person nobody has seen, with these claims.
pub(crate) async fn newcomer(bench: &Bench, number: u32, values: Value) -> Value {
    let pending = bench.pending(DANA).await;
    let mut token = claims(values);
    token.claims.insert(
        "oid".to_owned(),
        json!(format!("0d7c4b0e-0000-4000-8000-{number:012}")),
    );
    token
        .claims
        .insert("sub".to_owned(), json!(format!("subject-{number}")));
    bench.mutate(token);
    bench.accepted(&pending).await
}

async fn somebody_with_an_address(bench: &Bench) {
    let given = &ledger::file("peers.json")["P001"]["given"];
    let mut values = Value::Object(peers::claims_of(given, &bench.app.emulator.authority()));
    values["groups"] = json!([]);
    let viewer = newcomer(bench, 9001, values).await;
    assert_eq!(viewer["email"], "me@example.com");
    assert_eq!(viewer["name"], "My Name");
    // The default role of this server; the peer's is Viewer.
    assert_eq!(viewer["role"], "member");
}

/// The peer refuses; here a person is tenant and object, and an address is a label (contract decision 6).
async fn somebody_without_any_address(bench: &Bench) {
    for (number, values) in [
        (9002, json!({ "email": "", "preferred_username": "" })),
        (9003, json!({ "email": null, "preferred_username": null })),
        (
            9004,
            json!({ "email": null, "preferred_username": null, "name": null }),
        ),
    ] {
        let users = bench.rows().await["user_account"];
        let viewer = newcomer(bench, number, values.clone()).await;
        assert_eq!(viewer["email"], Value::Null);
        newcomer(bench, number, values).await;
        let more = bench.rows().await["user_account"] - users;
        assert!(more <= 1, "the second sign-in is the same person's");
    }
}

async fn somebody_with_an_unproven_address(bench: &Bench) {
    let viewer = newcomer(bench, 9273, json!({ "email": "user@corp.com" })).await;
    assert_eq!(viewer["email"], "user@corp.com");
}

/// Whatever a token says about an address, it leads to no account that is there.
async fn an_address_links_nobody(bench: &Bench) {
    let owner = "owner-northwind-msp@example.com";
    let dana = bench.app.signed_in(DANA).await.call(routes::VIEWER).await.json();
    let verified = [
        json!(1),
        json!(true),
        json!("1"),
        json!(0),
        json!(false),
        json!("yes"),
        json!("true"),
        Value::Null,
    ];
    for (number, verified) in (9200..).zip(verified) {
        let viewer = newcomer(
            bench,
            number,
            json!({
                "email": owner, "preferred_username": owner, "email_verified": verified, "groups": [],
                "verified_primary_email": [owner], "xms_edov": true,
            }),
        )
        .await;
        assert_eq!(
            (viewer["role"].as_str(), viewer["email"].as_str()),
            (Some("member"), Some(owner))
        );
        assert_ne!(viewer["name"], "Olivia Owner");
        assert_ne!(viewer["user_id"], dana["user_id"]);
    }
}

async fn another_tenants_address_takes_nothing_over(bench: &Bench) {
    let victim = bench.app.signed_in(DANA).await.call(routes::VIEWER).await.json();
    let pending = bench.pending("dana.reyes@fabrikam.com").await;
    bench.mutate(TokenMutation::claim("email", DANA));
    let attacker = bench.accepted(&pending).await;
    assert_eq!(attacker["email"], "dana@contoso.com");
    assert_ne!(attacker["user_id"], victim["user_id"]);
    assert_eq!(attacker["team_id"], bench.other_team.to_string());
}

async fn another_subject(bench: &Bench) {
    bench
        .refuses(TokenMutation::claim("sub", "b"), &Refused::by("sub_changed"))
        .await;
}

async fn tenant_and_object_are_the_key(bench: &Bench) {
    let pending = bench.pending(DANA).await;
    bench.app.emulator.control().clear_log();
    bench.mutate(claims(json!({ "email": "user@example.com" })));
    let viewer = bench.accepted(&pending).await;
    let again = bench.app.signed_in(DANA).await.call(routes::VIEWER).await.json();
    assert_eq!(viewer["user_id"], again["user_id"]);
}

async fn one_object_id_in_two_tenants(bench: &Bench) {
    let first = newcomer(bench, 9264, json!({})).await;
    let second = newcomer(
        bench,
        9264,
        json!({ "tid": FABRIKAM, "iss": bench.issuer(FABRIKAM) }),
    )
    .await;
    assert_ne!(first["user_id"], second["user_id"]);
    assert_ne!(first["team_id"], second["team_id"]);
}

async fn another_name_after_a_marriage(bench: &Bench) {
    let before = newcomer(
        bench,
        9266,
        json!({ "upn": "a@corp.com", "preferred_username": "a@corp.com", "email": "a@corp.com" }),
    )
    .await;
    let after = newcomer(
        bench,
        9266,
        json!({ "upn": "b@corp.com", "preferred_username": "b@corp.com", "email": "b@corp.com" }),
    )
    .await;
    assert_eq!(before["user_id"], after["user_id"]);
    assert_eq!(
        (before["email"].as_str(), after["email"].as_str()),
        (Some("a@corp.com"), Some("b@corp.com"))
    );
}

async fn a_tenant_that_nobody_registered(bench: &Bench) {
    let pending = bench.pending(LENA).await;
    let keys = bench.asked("keys");
    let event = bench
        .refused(
            &pending,
            &Refused::because("tenant_not_registered", "tenant_not_connected"),
        )
        .await;
    assert_eq!(
        (event.team, event.detail("claimed_tenant")),
        (None, "c51e7d92-0a4f-4e68-8b37-f2a6904d1e35")
    );
    assert_eq!(bench.asked("keys"), keys, "nobody makes us fetch keys for it");
}

async fn each_of_two_tenants(bench: &Bench) {
    for (person, team) in [(DANA, bench.team), ("omar@fabrikam.com", bench.other_team)] {
        let pending = bench.pending(person).await;
        assert_eq!(bench.accepted(&pending).await["team_id"], team.to_string());
    }
}

async fn no_tenant_at_all(bench: &Bench) {
    let app = App::start().await;
    let event = app.refused(&app.browser(), DANA).await;
    assert_eq!(
        (event.reason.as_deref(), event.detail("check")),
        (Some("tenant_not_registered"), "tenant_not_connected")
    );
    app.northwind().await;
    app.signed_in(DANA).await;
    app.stop().await;
    bench.positive().await;
}

async fn an_authority_with_a_trailing_slash(bench: &Bench) {
    let app = App::with(Setup {
        trailing_slash: true,
        ..Setup::default()
    })
    .await;
    app.northwind().await;
    app.signed_in(DANA).await;
    app.stop().await;
    bench.positive().await;
}

async fn another_tenants_token_in_a_pinned_sign_in(bench: &Bench) {
    let start = format!("{}?tenant={CONTOSO}", routes::SIGN_IN);
    let pinned = async || bench.pending_in(bench.app.browser(), DANA, &start).await;
    let token = || claims(json!({ "tid": FABRIKAM, "iss": bench.issuer(FABRIKAM) }));
    let pending: Pending = pinned().await;
    bench.mutate(token());
    bench.refused(&pending, &Refused::by("iss_tid_mismatch")).await;
    let pending = pinned().await;
    bench.mutate(TokenMutation::claim("iss", bench.issuer(FABRIKAM)));
    bench.refused(&pending, &Refused::by("iss_tid_mismatch")).await;
    let pending = pinned().await;
    bench.accepted(&pending).await;
}

async fn a_domain_makes_no_member(bench: &Bench) {
    for address in ["a@contoso.com", "owner-northwind-msp@example.com", "a@@corp..com"] {
        let pending = bench.pending(LENA).await;
        bench.mutate(claims(
            json!({ "email": address, "preferred_username": address, "email_verified": true }),
        ));
        bench
            .refused(
                &pending,
                &Refused::because("tenant_not_registered", "tenant_not_connected"),
            )
            .await;
    }
}

#[tokio::test]
async fn people_of_peers() {
    Bench::start().await.run(Vec::new(), WALKS).await;
}
