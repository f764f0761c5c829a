//! A token endpoint that refuses, or that answers with something else than tokens.

use entra_emulator::{Fault, TokenMutation};
use serde_json::{Value, json};

use super::bench::{Bench, DANA, Refused, Runner, walk};

/// These cases.
pub(crate) const WALKS: &[Runner] = &[
    walk!("FLW-026", the_code_or_the_credential_is_refused),
    walk!("FLW-031", answers_that_are_none),
];

async fn with_fault(bench: &Bench, fault: Fault, refused: Refused) {
    let pending = bench.pending(DANA).await;
    bench.app.emulator.control().fault(fault);
    let event = bench.refused(&pending, &refused).await;
    assert!(
        !event.details.to_string().contains("said"),
        "Microsoft's text stays outside"
    );
    bench.app.emulator.control().clear_faults();
    bench.positive().await;
}

async fn the_code_or_the_credential_is_refused(bench: &Bench) {
    for (status, error, number) in [
        (400, "invalid_grant", "AADSTS70008"),
        (400, "invalid_grant", "AADSTS54005"),
        (401, "invalid_client", "AADSTS7000215"),
        (401, "invalid_client", "AADSTS7000222"),
        (400, "unauthorized_client", "AADSTS700016"),
    ] {
        let body = json!({ "error": error, "error_description": format!("{number}: said") });
        let fault = Fault {
            body: Some(body.to_string()),
            ..Fault::status("token", status)
        };
        with_fault(
            bench,
            fault,
            Refused::because("exchange_failed", "token_exchange_failed"),
        )
        .await;
    }
}

async fn answers_that_are_none(bench: &Bench) {
    let refused = || Refused::because("exchange_failed", "token_response_invalid");
    for body in [
        "<html>said</html>",
        "[]",
        "{\"id_token\":\"a",
        "null",
        "",
        "\"text\"",
        "{}",
    ] {
        let fault = Fault {
            body: Some(body.to_owned()),
            ..Fault::status("token", 200)
        };
        with_fault(bench, fault, refused()).await;
    }
    let fault = Fault {
        body_base64: Some("eyJpZF90b2tlbiI6Iv8ifQ==".to_owned()),
        ..Fault::status("token", 200)
    };
    with_fault(bench, fault, refused()).await;
    for token in [Value::Null, json!(5), json!([]), json!({})] {
        let pending = bench.pending(DANA).await;
        bench.mutate(TokenMutation {
            token_response: [("id_token".to_owned(), token)].into_iter().collect(),
            ..TokenMutation::default()
        });
        bench.refused(&pending, &refused()).await;
    }
}

#[tokio::test]
async fn exchanges() {
    Bench::start().await.run(Vec::new(), WALKS).await;
}
