//! What becomes of Microsoft's errors, and of ours.

use serde_json::json;

use super::*;

fn query(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn refusal(pairs: &[(&str, &str)]) -> Refusal {
    let rejection = Rejection::by_provider(from_query(&query(pairs)));
    assert_eq!(rejection.check, Some(Check::ProviderError));
    rejection.refusal
}

#[test]
fn errors_of_a_return_follow_the_contracts_table() {
    for (number, expected) in [
        (65_001, Refusal::ConsentRequired),
        (90_094, Refusal::ConsentRequired),
        (90_095, Refusal::ConsentRequired),
        (50_105, Refusal::NotAssigned),
        (50_076, Refusal::BlockedByPolicy),
        (50_079, Refusal::BlockedByPolicy),
        (53_000, Refusal::BlockedByPolicy),
        (53_001, Refusal::BlockedByPolicy),
        (53_002, Refusal::BlockedByPolicy),
        (53_003, Refusal::BlockedByPolicy),
        (530_032, Refusal::BlockedByPolicy),
        (530_035, Refusal::BlockedByPolicy),
        (65_004, Refusal::Cancelled),
        (53_004, Refusal::Cancelled),
        (5_300, Refusal::Cancelled),
    ] {
        let description = format!("AADSTS{number}: Something.\r\nTrace ID: x");
        assert_eq!(
            refusal(&[("error", "access_denied"), ("error_description", &description)]),
            expected,
            "{number}"
        );
    }
    assert_eq!(
        refusal(&[("error", "access_denied"), ("error_subcode", "cancel")]),
        Refusal::Cancelled
    );
    assert_eq!(
        refusal(&[("error", "consent_required")]),
        Refusal::ConsentRequired
    );
    for other in [
        "server_error",
        "temporarily_unavailable",
        "login_required",
        "",
        "<script>",
    ] {
        assert_eq!(refusal(&[("error", other)]), Refusal::ProviderError, "{other}");
    }
}

#[test]
fn the_page_of_an_error_gives_its_number_too() {
    let page = "https://login.microsoftonline.com/error?code=50105";
    assert_eq!(
        refusal(&[("error", "access_denied"), ("error_uri", page)]),
        Refusal::NotAssigned
    );
}

#[test]
fn microsofts_identifiers_are_kept_and_its_sentences_are_not() {
    let trace = "a21cd225-0000-4000-8000-000000000001";
    let correlation = "38d1a094-0000-4000-8000-000000000002";
    let description = format!(
        "AADSTS70008: dana@contoso.com is late. Trace ID: {trace} Correlation ID: {correlation} Timestamp: x"
    );
    let from_return = from_query(&query(&[
        ("error", "invalid_grant"),
        ("suberror", "bad_token"),
        ("error_description", &description),
    ]));
    let body = json!({ "error": "invalid_grant", "suberror": "bad_token", "error_description": description });
    let from_answer = from_body(body.to_string().as_bytes());
    let spelled = json!({
        "error": "invalid_grant", "suberror": "bad_token", "error_codes": [70008], "trace_id": trace,
        "correlation_id": correlation,
    });
    let expected = MicrosoftError {
        error: "invalid_grant".to_owned(),
        suberror: Some("bad_token".to_owned()),
        number: Some(70_008),
        correlation_id: Uuid::try_parse(correlation).ok(),
        trace_id: Uuid::try_parse(trace).ok(),
    };
    assert_eq!(from_return, expected);
    assert_eq!(from_answer, expected);
    assert_eq!(from_body(spelled.to_string().as_bytes()), expected);
    assert_eq!(expected.to_string(), "invalid_grant (AADSTS70008)");
    assert!(!format!("{from_return:?}").contains("dana"));
}

#[test]
fn hostile_errors_are_cut_to_nothing() {
    let long = "x".repeat(65);
    for error in ["<b>", "a b", "", long.as_str(), "a\r\nb", "ä"] {
        assert_eq!(from_query(&query(&[("error", error)])), unreadable(), "{error}");
    }
    for body in ["", "<html>", "[]", "5", r#"{"error":5}"#, r#"{"error":{"x":1}}"#] {
        assert_eq!(from_body(body.as_bytes()), unreadable(), "{body}");
    }
    for description in ["AADSTS", "AADSTSx", "AADSTS99999999999999999999", "ä AADSTSé"] {
        assert_eq!(number_in(description), None, "{description}");
    }
    assert_eq!(id_in("Trace ID: ä", "Trace ID: "), None);
}

#[test]
fn every_check_has_the_contracts_reason() {
    let reasons = |refusal: Refusal| {
        let checks = Check::ALL.iter().copied();
        checks
            .filter(|check| Rejection::of(*check).refusal == refusal)
            .map(Check::code)
            .collect::<Vec<_>>()
    };
    let words = |list: &str| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        reasons(Refusal::StateInvalid),
        words("state_missing state_mismatch tx_expired tx_not_bound_to_browser tx_spent param_duplicate")
    );
    assert_eq!(
        reasons(Refusal::ExchangeFailed),
        words(
            "code_missing token_exchange_failed token_response_invalid iss_param_mismatch iss_param_missing"
        )
    );
    assert_eq!(reasons(Refusal::ProviderError), ["op_error"]);
    assert_eq!(reasons(Refusal::PersonalAccount), ["msa_not_allowed"]);
    assert_eq!(reasons(Refusal::GuestRefused), ["guest_not_allowed"]);
    assert_eq!(reasons(Refusal::TenantNotRegistered), ["tenant_not_connected"]);
    assert_eq!(
        reasons(Refusal::TokenInvalid),
        words(
            "token_malformed token_too_large header_not_allowed typ_not_allowed alg_not_allowed key_unknown \
             sig_invalid key_issuer_mismatch cloud_mismatch iss_mismatch iss_tid_mismatch ver aud_mismatch \
             aud_untrusted azp_mismatch exp nbf iat lifetime auth_time nonce_mismatch at_hash tid_missing \
             tid_invalid oid_missing oid_invalid sub_missing sub_invalid sub_changed not_a_user"
        )
    );
}

#[test]
fn causes_become_reasons() {
    let what = "a test";
    let refusal = |cause: EntraError| Rejection::from(cause).refusal;
    assert_eq!(
        refusal(EntraError::TimedOut { what }),
        Refusal::ProviderUnreachable
    );
    assert_eq!(
        refusal(EntraError::Unavailable {
            what,
            status: 503,
            retry_after: None,
        }),
        Refusal::ProviderUnreachable
    );
    assert_eq!(
        refusal(EntraError::TooLarge { what, limit: 1 }),
        Refusal::ProviderUnreachable
    );
    let malformed = EntraError::Malformed {
        what,
        why: "x".to_owned(),
    };
    assert_eq!(refusal(malformed), Refusal::ProviderUnreachable);
    let foreign = EntraError::Foreign {
        what,
        named: "x".to_owned(),
    };
    assert_eq!(refusal(foreign), Refusal::ProviderError);
    let foreign = EntraError::ForeignTenant { what, named: None };
    assert_eq!(refusal(foreign), Refusal::ProviderError);
    let refused = EntraError::Refused {
        what,
        status: 400,
        error: unreadable(),
    };
    assert_eq!(refused.status(), Some(400));
    let rejection = Rejection::from(refused);
    assert_eq!(rejection.refusal, Refusal::ProviderError);
    assert!(rejection.microsoft.is_some() && rejection.cause.is_some());
}
