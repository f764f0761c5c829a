//! What tokens say, and how long they are believed.

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::*;
use crate::{
    domain::time::FixedClock,
    entra::{
        Entra, EntraOptions,
        testing::{Asked, Host, OBJECT, Says, TENANT_A, TENANT_B, client_id, ids, impatient, tenant},
    },
};

fn token_of(claims: &Value) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn answer_of(token: &str) -> Says {
    Says::json(&json!({ "token_type": "Bearer", "expires_in": 3600, "access_token": token }))
}

fn claims(roles: &Value) -> Value {
    json!({ "tid": TENANT_A, "oid": OBJECT, "roles": roles })
}

fn entra_at(host: &Host) -> (Entra, Arc<FixedClock>) {
    let (ids, clock) = ids();
    let entra = Entra::new(EntraOptions {
        client_id: client_id(),
        credential: "s3cret".into(),
        secret_expires: None,
        authority: host.url.clone(),
        graph: host.url.clone(),
        redirect_uri: Url::parse("https://msp.example/callback").expect("an address"),
        ids,
        limits: impatient(),
    });
    (entra.expect("options that fit"), clock)
}

#[test]
fn a_token_is_read_as_far_as_it_shows_anything() {
    let read = |token: &str| claims::access_of(WHAT, &token.to_owned().into(), tenant(TENANT_A));
    let access = |roles: Option<&[&str]>, established| ApplicationAccess {
        roles: roles.map(|roles| roles.iter().map(|role| (*role).to_owned()).collect()),
        established,
    };
    let cases = [
        (
            claims(&json!(["Group.Read.All"])),
            access(Some(&["Group.Read.All"]), true),
        ),
        (json!({ "tid": TENANT_A, "oid": OBJECT }), access(Some(&[]), true)),
        (json!({ "tid": TENANT_A }), access(Some(&[]), false)),
        (
            json!({ "tid": TENANT_A.to_uppercase(), "oid": OBJECT }),
            access(Some(&[]), true),
        ),
        (json!({ "oid": OBJECT, "roles": ["a b"] }), access(None, true)),
        (claims(&json!("Group.Read.All")), access(None, true)),
        (claims(&json!([1])), access(None, true)),
    ];
    for (claims, wanted) in cases {
        assert_eq!(read(&token_of(&claims)).expect("ours"), wanted, "{claims}");
    }
    for opaque in ["opaque", "a.b.c", "e30.e30.e30.e30.e30", "..", "e30.W10.x"] {
        assert_eq!(read(opaque).expect("opaque"), access(None, true), "{opaque}");
    }
    for foreign in [
        json!({ "tid": TENANT_B }),
        json!({ "tid": "common" }),
        json!({ "tid": 7 }),
    ] {
        let failed = read(&token_of(&foreign)).expect_err("another tenant");
        assert_eq!(failed.kind(), "foreign_tenant", "{foreign}");
    }
    let some = access(Some(&["User.Read.All"]), true);
    assert_eq!(some.holds_any(&["Group.Read.All", "User.Read.All"]), Some(true));
    assert_eq!(some.holds_any(&["Group.Read.All"]), Some(false));
    assert_eq!(access(None, true).holds_any(&["User.Read.All"]), None);
}

#[tokio::test]
async fn a_token_of_another_tenant_is_neither_used_nor_kept() {
    let foreign = token_of(&json!({ "tid": TENANT_B, "oid": OBJECT, "roles": ["Directory.Read.All"] }));
    let host = Host::start(move |_| answer_of(&foreign)).await;
    let (entra, _) = entra_at(&host);
    for _ in 0..2 {
        let failed = entra.read_directory_of(tenant(TENANT_A)).any_group().await;
        assert_eq!(failed.expect_err("another tenant's").kind(), "foreign_tenant");
    }
    assert_eq!(host.count("/oauth2/v2.0/token"), 2, "asked again each time");
    assert_eq!(host.asked().len(), 2, "Graph never saw it");
}

#[tokio::test]
async fn a_test_always_asks_anew_and_a_token_without_rights_is_kept_for_a_minute() {
    let given = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&given);
    let host = Host::start(move |_| {
        let roles = match count.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => json!([]),
            _ => json!(["Group.Read.All"]),
        };
        answer_of(&token_of(&claims(&roles)))
    })
    .await;
    let (entra, clock) = entra_at(&host);
    let tenant = tenant(TENANT_A);
    let count = || given.load(Ordering::SeqCst);
    for _ in 0..3 {
        let access = entra.application_access(tenant).await.expect("a token");
        assert_eq!(access.roles, Some(Vec::new()));
    }
    assert_eq!(count(), 1);
    clock.advance(Duration::from_mins(1));
    entra.application_access(tenant).await.expect("a token");
    assert_eq!(count(), 2, "a consent may have come meanwhile");
    let fresh = entra.fresh_application_access(tenant).await.expect("a token");
    assert_eq!((fresh.holds_any(&["Group.Read.All"]), count()), (Some(true), 3));
    clock.advance(Duration::from_mins(54));
    entra.application_access(tenant).await.expect("kept");
    assert_eq!(count(), 3);
    entra.forget_application_token(tenant).await;
    entra.application_access(tenant).await.expect("a token");
    assert_eq!(count(), 4);
    clock.advance(Duration::from_mins(55));
    entra.application_access(tenant).await.expect("a token");
    assert_eq!(count(), 5, "five minutes before its end, P214");
}

#[tokio::test]
async fn a_token_that_was_under_way_when_it_was_forgotten_is_asked_for_again() {
    let given = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&given);
    let host = Host::start(move |_| {
        // The first answer is slow to be made.
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            std::thread::sleep(Duration::from_millis(100));
            return answer_of(&token_of(&claims(&json!(["User.Read.All"]))));
        }
        answer_of(&token_of(&claims(&json!(["Group.Read.All"]))))
    })
    .await;
    let (entra, _) = entra_at(&host);
    let tenant = tenant(TENANT_A);
    let before = entra.application_access(tenant);
    let after = async {
        while given.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        entra.fresh_application_access(tenant).await
    };
    let (_, after) = futures_util::future::join(before, after).await;
    assert_eq!(after.expect("a token").holds_any(&["Group.Read.All"]), Some(true));
    let kept = entra.application_access(tenant).await.expect("kept");
    assert_eq!(kept.holds_any(&["Group.Read.All"]), Some(true));
}

#[tokio::test]
async fn a_refused_token_is_dropped_and_renewed_once_in_the_middle_of_a_list() {
    // The third page refuses whatever token was good before.
    let tokens = Arc::new(AtomicUsize::new(0));
    let refusals = Arc::new(AtomicUsize::new(0));
    let (given, refused) = (Arc::clone(&tokens), Arc::clone(&refusals));
    let once = Arc::new(AtomicUsize::new(1));
    let most = Arc::clone(&once);
    let host = Host::start(move |asked: &Asked| {
        if asked.path.ends_with("/token") {
            return answer_of(&format!("token {}", given.fetch_add(1, Ordering::SeqCst)));
        }
        let page = asked
            .path
            .rsplit("skiptoken=")
            .next()
            .and_then(|page| page.parse().ok())
            .unwrap_or(1);
        if page == 3 && refused.load(Ordering::SeqCst) < most.load(Ordering::SeqCst) {
            refused.fetch_add(1, Ordering::SeqCst);
            let body = json!({ "error": { "code": "InvalidAuthenticationToken" } });
            return Says::text(401, "application/json", &body.to_string());
        }
        let mut body = json!({ "value": [{ "id": format!("00000000-0000-4000-8000-{page:012}") }] });
        if page < 4 {
            let next = format!("http://{}/v1.0/x?$skiptoken={}", asked.headers["host"], page + 1);
            body["@odata.nextLink"] = next.into();
        }
        Says::json(&body)
    })
    .await;
    let read = async |entra: &Entra| {
        let parts = &*entra.0;
        let question = crate::entra::graph::Question::new("a list", parts.graph.address("v1.0/x"));
        let mut asker = Asker::new(entra.means(Duration::from_secs(2)), tenant(TENANT_A)).await?;
        let mut pages = crate::entra::graph::Pages::<Value>::of(&question);
        while let Some(address) = pages.next_address()? {
            pages.add(asker.page(&question, address).await?)?;
        }
        Ok::<_, EntraError>(pages.all().len())
    };
    let (entra, _) = entra_at(&host);
    assert_eq!(read(&entra).await.expect("goes on"), 4, "GRF-022");
    assert_eq!(
        (tokens.load(Ordering::SeqCst), host.asked().len()),
        (2, 7),
        "one renewal, no page twice"
    );

    once.store(usize::MAX, Ordering::SeqCst);
    let failed = read(&entra).await.expect_err("refused for good");
    assert_eq!(failed.status(), Some(401), "GRF-022");
    assert_eq!(tokens.load(Ordering::SeqCst), 3, "one more token, no loop");
    read(&entra).await.expect_err("refused for good");
    assert_eq!(
        tokens.load(Ordering::SeqCst),
        5,
        "nothing is kept across a failure"
    );
}
