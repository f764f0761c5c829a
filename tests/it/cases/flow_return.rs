//! Returns from Microsoft: which attempt they belong to, what they may say, and that each counts once.

use http::Method;
use serde_json::{Value, json};
use sonicsaas::routes;

use super::bench::{Bench, DANA, Pending, Refused, Runner, walk};
use crate::app::{CONTOSO, FABRIKAM};

/// These cases.
pub(crate) const WALKS: &[Runner] = &[
    walk!("FLW-003", a_state_that_is_missing_or_foreign),
    walk!("P114", a_state_that_is_missing_or_foreign),
    walk!("P160", a_state_that_is_missing_or_foreign),
    walk!("P163", a_state_that_is_missing_or_foreign),
    walk!("FLW-006", a_foreign_return_to_somebody_signed_in),
    walk!("FLW-007", a_return_that_comes_again),
    walk!("FLW-008", two_equal_returns_at_once),
    walk!("FLW-010", a_code_that_is_missing),
    walk!("P161", a_code_that_is_missing),
    walk!("P218", a_code_that_is_missing),
    walk!("FLW-011", a_code_and_an_error),
    walk!("P260", microsofts_errors_keep_their_meaning),
    walk!("FLW-014", parameters_nobody_knows),
    walk!("FLW-015", parameters_that_come_twice),
    walk!("FLW-016", other_methods),
    walk!("FLW-017", a_browser_that_looks_ahead),
    walk!("FLW-018", another_issuer_in_the_return),
    walk!("FLW-021", an_error_of_another_issuer),
    walk!("FLW-023", another_attempts_code),
    walk!("FLW-043", a_sign_in_dressed_as_a_consent),
    walk!("FLW-032", token_answers_that_are_tolerated),
];

fn state_refused(check: &'static str) -> Refused {
    Refused::because("state_invalid", check).kept()
}

fn callback(query: &str) -> String {
    format!("{}?{query}", routes::CALLBACK)
}

async fn a_state_that_is_missing_or_foreign(bench: &Bench) {
    let pending = bench.pending(DANA).await;
    let code = pending.parameter("code");
    for (query, check) in [
        (format!("code={code}"), "state_missing"),
        (format!("code={code}&state="), "state_missing"),
        (format!("code={code}&state=unknown"), "state_mismatch"),
        (format!("code={code}&state=garbage%00%ff%zz"), "state_mismatch"),
        (format!("code={code}&state={}", "0".repeat(43)), "state_mismatch"),
        (
            format!("code={code}&state={}", "s".repeat(20_000)),
            "state_mismatch",
        ),
        (
            format!("code={code}&state={}", pending.parameter("state").to_uppercase()),
            "state_mismatch",
        ),
        (
            format!("code={code}&STATE={}", pending.parameter("state")),
            "state_missing",
        ),
    ] {
        bench
            .refused_at(&pending, &callback(&query), &state_refused(check))
            .await;
    }
    let stranger = Pending {
        browser: bench.app.browser(),
        target: pending.target.clone(),
    };
    bench
        .refused(&stranger, &state_refused("tx_not_bound_to_browser"))
        .await;
    // None of them used the attempt up.
    bench.accepted(&pending).await;
}

async fn a_foreign_return_to_somebody_signed_in(bench: &Bench) {
    let victim = bench.app.signed_in("adam@contoso.com").await;
    let session = victim.cookie("session");
    let attacker = bench.pending(DANA).await;
    let delivered = Pending {
        browser: victim.copy(),
        target: attacker.target.clone(),
    };
    bench.refused(&delivered, &state_refused("state_mismatch")).await;
    assert_eq!(victim.cookie("session"), session);
    assert_eq!(victim.call(routes::VIEWER).await.json()["name"], "Adam Cole");
    bench.accepted(&attacker).await;
}

async fn a_return_that_comes_again(bench: &Bench) {
    let pending = bench.pending(DANA).await;
    bench.accepted(&pending).await;
    let session = pending.browser.cookie("session");
    for _ in 0..3 {
        bench.refused(&pending, &state_refused("tx_spent")).await;
        assert_eq!(pending.browser.cookie("session"), session, "the session stays");
    }
    let page = pending.browser.get("/login?error=state_invalid").await.body;
    assert!(
        page.contains("Northwind MSP") && page.contains("Dana Reyes"),
        "it offers to continue"
    );
}

async fn two_equal_returns_at_once(bench: &Bench) {
    for _ in 0..50 {
        let (redeemed, sessions) = (bench.asked("token"), bench.rows().await["session"]);
        let pending = bench.pending(DANA).await;
        let twin = pending.browser.copy();
        let (first, second) = tokio::join!(pending.browser.get(&pending.target), twin.get(&pending.target));
        let mut locations = [first.location(), second.location()];
        locations.sort_unstable();
        assert_eq!(locations, ["/dashboard", "/login?error=state_invalid"]);
        assert_eq!(bench.asked("token") - redeemed, 1);
        assert_eq!(bench.rows().await["session"] - sessions, 1);
    }
}

/// Returns with these parameters beside the right state, and expects this.
async fn with_state(bench: &Bench, query: &str, refused: Refused) {
    let pending = bench.pending(DANA).await;
    let target = callback(&format!("{query}&state={}", pending.parameter("state")));
    bench.refused_at(&pending, &target, &refused).await;
}

async fn a_code_that_is_missing(bench: &Bench) {
    for query in [
        String::new(),
        "code=".to_owned(),
        format!("code={}", "x".repeat(20_000)),
        "CODE=x".to_owned(),
    ] {
        with_state(
            bench,
            &query,
            Refused::because("exchange_failed", "code_missing").early(),
        )
        .await;
    }
}

async fn a_code_and_an_error(bench: &Bench) {
    for query in [
        "code=x&error=access_denied",
        "error=access_denied&code=x",
        "error=access_denied&error_subcode=cancel",
    ] {
        with_state(bench, query, Refused::because("cancelled", "op_error").early()).await;
    }
}

async fn microsofts_errors_keep_their_meaning(bench: &Bench) {
    let said = |number: &str| format!("error=access_denied&error_description=AADSTS{number}%3a+said");
    for (query, reason) in [
        ("error=access_denied".to_owned(), "cancelled"),
        (said("65004"), "cancelled"),
        (said("65001"), "consent_required"),
        (said("90094"), "consent_required"),
        (said("90095"), "consent_required"),
        (said("50105"), "not_assigned"),
        (said("50076"), "blocked_by_policy"),
        (said("50079"), "blocked_by_policy"),
        (said("53000"), "blocked_by_policy"),
        (said("53003"), "blocked_by_policy"),
        (said("530032"), "blocked_by_policy"),
        (said("530035"), "blocked_by_policy"),
        ("error=consent_required".to_owned(), "consent_required"),
        (
            "error=invalid_client&error_description=AADSTS50020%3a+said".to_owned(),
            "provider_error",
        ),
        ("error=server_error".to_owned(), "provider_error"),
        ("error=temporarily_unavailable".to_owned(), "provider_error"),
        ("error=".to_owned(), "provider_error"),
        (
            "error=%3Cscript%3E&error_description=%0d%0aSet-Cookie%3a+x".to_owned(),
            "provider_error",
        ),
    ] {
        with_state(bench, &query, Refused::because(reason, "op_error").early()).await;
    }
}

async fn parameters_nobody_knows(bench: &Bench) {
    let mut pending = bench.pending(DANA).await;
    let session_state = if pending.target.contains("session_state=") {
        ""
    } else {
        "&session_state=0d7c4b0e-0000-4000-8000-000000000014"
    };
    pending.target = format!(
        "{}{session_state}&client_info=eyJ1aWQiOiJ4In0&foo=bar&foo=baz&x=%ff%00",
        pending.target
    );
    bench.accepted(&pending).await;
}

async fn parameters_that_come_twice(bench: &Bench) {
    let pending = bench.pending(DANA).await;
    let (code, state) = (pending.parameter("code"), pending.parameter("state"));
    for query in [
        format!("state={state}&state=bad&code={code}"),
        format!("state=bad&state={state}&code={code}"),
        format!("state={state}&state={state}&code={code}"),
        format!("code={code}&code=bad&state={state}"),
        format!("code={code}&c%6fde=bad&state={state}"),
        format!("code={code}&state={state}&iss=a&iss=b"),
        format!("code={code}&state={state}&error=a&error=b"),
        format!("code={code}&state={state}&session_state=a&session_state=b"),
    ] {
        bench
            .refused_at(&pending, &callback(&query), &state_refused("param_duplicate"))
            .await;
    }
    bench.accepted(&pending).await;
}

async fn other_methods(bench: &Bench) {
    let pending = bench.pending(DANA).await;
    let (origin, redeemed) = (bench.app.url.clone(), bench.asked("token"));
    let query = pending.target.split_once('?').expect("a query").1.to_owned();
    for method in [
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ] {
        let headers = [
            ("origin", origin.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let reply = pending
            .browser
            .send(method.clone(), &pending.target, &headers, None)
            .await;
        assert_eq!(reply.status, 405, "{method}");
    }
    let headers = [
        ("origin", origin.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let posted = pending
        .browser
        .send(Method::POST, routes::CALLBACK, &headers, Some(query))
        .await;
    assert_eq!(posted.status, 405);
    assert_eq!(bench.asked("token"), redeemed);
    bench.accepted(&pending).await;
}

async fn a_browser_that_looks_ahead(bench: &Bench) {
    let pending = bench.pending(DANA).await;
    for header in [
        ("sec-purpose", "prefetch;prerender"),
        ("sec-purpose", "prefetch"),
        ("purpose", "prefetch"),
        ("sec-fetch-mode", "no-cors"),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-dest", "image"),
        ("sec-fetch-dest", "iframe"),
        ("sec-fetch-dest", "empty"),
    ] {
        let reply = pending
            .browser
            .send(Method::GET, &pending.target, &[header], None)
            .await;
        assert!((400..500).contains(&reply.status), "{header:?}: {}", reply.status);
    }
    bench.accepted(&pending).await;
}

async fn another_issuer_in_the_return(bench: &Bench) {
    for issuer in [
        "https://evil.example".to_owned(),
        bench.issuer(FABRIKAM),
        format!("{}/", bench.own_issuer()),
        bench.own_issuer().to_uppercase(),
        String::new(),
    ] {
        let mut pending = bench.pending(DANA).await;
        pending.target = format!("{}&iss={issuer}", pending.target);
        // A tenant's issuer can be told from another's by the token only, so the code may have been redeemed.
        let redeemed = usize::from(issuer == bench.issuer(FABRIKAM));
        let refused = Refused {
            redeemed,
            ..Refused::because("exchange_failed", "iss_param_mismatch")
        };
        let target = pending.target.clone();
        bench.refused_at(&pending, &target, &refused).await;
    }
    let mut pending = bench.pending(DANA).await;
    pending.target = format!("{}&iss={}", pending.target, bench.issuer(CONTOSO));
    bench.accepted(&pending).await;
}

async fn an_error_of_another_issuer(bench: &Bench) {
    let query = "error=access_denied&error_description=visit+evil.example&iss=https://evil.example";
    let pending = bench.pending(DANA).await;
    let target = callback(&format!("{query}&state={}", pending.parameter("state")));
    let refused = Refused::because("exchange_failed", "iss_param_mismatch").early();
    let event = bench.refused_at(&pending, &target, &refused).await;
    let page = pending.browser.get("/login?error=exchange_failed").await.body;
    assert!(!page.contains("evil.example") && !event.details.to_string().contains("evil.example"));
}

async fn another_attempts_code(bench: &Bench) {
    let first = bench.pending(DANA).await;
    let second = bench
        .pending_in(first.browser.copy(), DANA, routes::SIGN_IN)
        .await;
    let target = callback(&format!(
        "code={}&state={}",
        first.parameter("code"),
        second.parameter("state")
    ));
    let mixed = Pending {
        browser: second.browser,
        target,
    };
    bench
        .refused(
            &mixed,
            &Refused::because("exchange_failed", "token_exchange_failed"),
        )
        .await;
    let log = bench.app.emulator.control().log_of("token");
    assert!(
        log.last()
            .expect("a request")
            .form_value("code_verifier")
            .is_some()
    );
}

async fn a_sign_in_dressed_as_a_consent(bench: &Bench) {
    let dressed = format!("admin_consent=True&tenant={CONTOSO}");
    with_state(
        bench,
        &dressed,
        Refused::because("exchange_failed", "code_missing").early(),
    )
    .await;
    let mut pending = bench.pending(DANA).await;
    pending.target = format!("{}&{dressed}", pending.target);
    bench.accepted(&pending).await;
    // Without our state it is nobody's sign-in, and nothing happens.
    let browser = bench.app.browser();
    bench.events().await;
    let reply = browser.get(&callback(&dressed)).await;
    assert_eq!((reply.status, reply.location()), (303, "/permissions"));
    assert!(bench.events().await.is_empty());
}

async fn token_answers_that_are_tolerated(bench: &Bench) {
    for answer in [
        json!({ "token_type": "bEaReR" }),
        json!({ "expires_in": Value::Null }),
        json!({ "expires_in": "3599" }),
        json!({ "refresh_token": "x", "foo": { "bar": [1] }, "scope": 5 }),
        json!({ "access_token": Value::Null, "token_type": Value::Null }),
    ] {
        let pending = bench.pending(DANA).await;
        bench.mutate(entra_emulator::TokenMutation {
            token_response: answer.as_object().expect("members").clone(),
            ..entra_emulator::TokenMutation::default()
        });
        bench.accepted(&pending).await;
    }
}

#[tokio::test]
async fn returns() {
    Bench::start().await.run(Vec::new(), WALKS).await;
}
