//! Addresses that link nobody, spellings of a tenant, and an attempt that is too old.

use serde_json::json;
use sonicsaas::{domain::tenant::TenantId, routes};

use super::{
    bench::{Bench, DANA, Refused, Runner, walk},
    peer_people::newcomer,
};
use crate::app::CONTOSO;

/// These cases.
pub(crate) const WALKS: &[Runner] = &[
    walk!("LNK-001", a_password_accounts_address),
    walk!("LNK-012", somebody_elses_address),
    walk!("LNK-013", somebody_made_anew),
    walk!("TNT-015", spellings_of_a_tenant),
    walk!("P165", an_attempt_that_is_too_old),
];

async fn a_password_accounts_address(bench: &Bench) {
    let owner = "owner-northwind-msp@example.com";
    let users = bench.rows().await["user_account"];
    let viewer = newcomer(bench, 7001, json!({ "email": owner, "groups": [] })).await;
    assert_eq!(bench.rows().await["user_account"], users + 1, "somebody new");
    assert_eq!(viewer["role"], "member");
    assert!(
        !bench
            .app
            .events()
            .await
            .iter()
            .any(|event| event.action == "member.linked")
    );
}

async fn somebody_elses_address(bench: &Bench) {
    let adam = bench.app.signed_in("adam@contoso.com").await;
    let before = adam.call(routes::VIEWER).await.json();
    newcomer(bench, 7012, json!({ "email": "x@contoso.com" })).await;
    let after = newcomer(
        bench,
        7012,
        json!({ "email": "adam@contoso.com", "preferred_username": "adam@contoso.com" }),
    )
    .await;
    assert_ne!(after["user_id"], before["user_id"]);
    assert_eq!(
        adam.call(routes::VIEWER).await.json(),
        before,
        "nothing of the other person changed"
    );
    let owner = newcomer(bench, 7012, json!({ "email": "owner-northwind-msp@example.com" })).await;
    assert_eq!(
        owner["user_id"], after["user_id"],
        "the address of a password account breaks nothing"
    );
}

async fn somebody_made_anew(bench: &Bench) {
    let dana = bench.app.signed_in(DANA).await.call(routes::VIEWER).await.json();
    let again = newcomer(bench, 7013, json!({ "groups": [] })).await;
    assert_eq!(again["name"], dana["name"]);
    assert_ne!(again["user_id"], dana["user_id"]);
    assert_eq!(again["role"], "member");
}

async fn spellings_of_a_tenant(bench: &Bench) {
    let canonical: TenantId = CONTOSO.parse().expect("a tenant");
    for text in [
        CONTOSO.to_uppercase(),
        format!("{{{CONTOSO}}}"),
        format!("urn:uuid:{CONTOSO}"),
        CONTOSO.replace('-', ""),
        format!(" {CONTOSO} "),
        format!("\u{200b}{CONTOSO}"),
        CONTOSO.replace('3', "３"),
        String::new(),
        "contoso.com".to_owned(),
    ] {
        // One tenant in one spelling, or no tenant.
        if let Ok(tenant) = text.parse::<TenantId>() {
            assert_eq!(
                (tenant, tenant.to_string().as_str()),
                (canonical, CONTOSO),
                "{text:?}"
            );
        }
    }
    bench.positive().await;
}

async fn an_attempt_that_is_too_old(bench: &Bench) {
    let pending = bench.pending(DANA).await;
    bench.app.advance(std::time::Duration::from_secs(599));
    bench.accepted(&pending).await;
    let pending = bench.pending(DANA).await;
    bench.app.advance(std::time::Duration::from_mins(10));
    bench
        .refused(&pending, &Refused::because("state_invalid", "tx_expired").kept())
        .await;
}

#[tokio::test]
async fn people_and_times() {
    Bench::start().await.run(Vec::new(), WALKS).await;
}
