//! Step 3, the application's own token: no approval, a wrong credential, a policy, another tenant's token, silence.

use super::*;

const NOT_APPROVED: &str = "SonicSaaS hasn't been approved in this tenant. Select Grant admin consent.";
const CREDENTIAL: &str =
    "Microsoft rejects the platform's credential. Ask the platform administrator to set a new client secret.";
const EXPIRED: &str = "Microsoft rejects the platform's credential: it has expired. Ask the platform administrator to set a new client \
     secret.";
const SWITCHED_OFF: &str = "An administrator of the tenant has switched SonicSaaS off. They can switch it on in Enterprise applications > \
     SonicSaaS > Properties.";
const BLOCKED: &str = "A Conditional Access policy of the tenant keeps SonicSaaS out. An administrator of the tenant can exclude SonicSaaS \
     from policies for workload identities.";

fn refused(what: &'static str, fault: Fault, code: &'static str, hint: &'static str) -> Row {
    Row::new(
        what,
        move |control| control.fault(fault.clone()),
        "PPFNNN",
        (3, code, hint),
    )
}

fn installation(change: fn(&mut entra_emulator::Installation)) -> impl Fn(&Control) {
    move |control| {
        let changed = control.with_tenant(CONTOSO, |tenant| change(&mut tenant.installation));
        changed.expect("known");
    }
}

#[tokio::test]
async fn an_application_that_nobody_let_in_gets_no_token() {
    let by_number = |status, error, number: u32| {
        refused(
            "by its number",
            refusal("token", status, error, number),
            "consent_missing",
            NOT_APPROVED,
        )
        .number(number)
    };
    run(vec![
        Row::new(
            "nobody has approved it",
            installation(|installation| installation.service_principal = None),
            "PPFNNN",
            (3, "consent_missing", NOT_APPROVED),
        )
        .number(7_000_229),
        by_number(401, "invalid_client", 7_000_229),
        by_number(400, "unauthorized_client", 700_016),
        by_number(400, "invalid_grant", 65_001),
        by_number(400, "invalid_grant", 501_051),
        Row::new(
            "switched off",
            installation(|installation| installation.enabled = false),
            "PPFNNN",
            (3, "application_disabled", SWITCHED_OFF),
        )
        .number(7_000_112),
        Row::new(
            "kept out by a policy",
            installation(|installation| {
                installation.conditional_access = entra_emulator::ConditionalAccess::Block;
            }),
            "PPFNNN",
            (3, "blocked_by_policy", BLOCKED),
        )
        .number(53_003),
        refused(
            "a number that nobody knows",
            refusal("token", 400, "invalid_request", 1_234_567),
            "refused",
            REFUSED,
        )
        .number(1_234_567),
        refused(
            "another cloud",
            refusal("token", 400, "invalid_request", 900_382),
            "other_cloud",
            OTHER_CLOUD,
        )
        .number(900_382),
    ])
    .await;
}

/// GRF-026: told apart, and nothing is asked again and again.
#[tokio::test]
async fn a_wrong_and_an_expired_credential_are_told_apart() {
    let wrong = |control: &Control| {
        control.with_registration(|registration| "another".clone_into(&mut registration.secrets[0].value));
    };
    let expired = |control: &Control| {
        let now = control.now();
        control.with_registration(|registration| registration.secrets[0].expires = Some(now - 1));
    };
    let by_number = |number: u32| {
        refused(
            "by its number",
            refusal("token", 401, "invalid_client", number),
            "credential_rejected",
            CREDENTIAL,
        )
        .number(number)
    };
    let mut rows = vec![
        Row::new("wrong", wrong, "PPFNNN", (3, "credential_rejected", CREDENTIAL)).number(7_000_215),
        Row::new("expired", expired, "PPFNNN", (3, "credential_expired", EXPIRED)).number(7_000_222),
    ];
    rows.extend([700_027, 700_024, 7_000_218, 700_213, 1_000_502, 7_999_999].map(by_number));
    run(rows).await;
}

#[tokio::test]
async fn a_token_of_another_tenant_is_not_used() {
    let foreign = |tid: Value| {
        Row::new(
            "another tenant's",
            move |control| control.mutate(token_with("tid", tid.clone())),
            "PPFNNN",
            (3, "tenant_mismatch", OTHER_TENANT),
        )
    };
    run(vec![
        foreign(json!(crate::app::FABRIKAM)),
        foreign(json!("organizations")),
        foreign(json!(7)),
    ])
    .await;
}

#[tokio::test]
async fn a_token_endpoint_that_gives_no_answer_says_nothing_of_the_tenant() {
    let mut rows: Vec<_> = silences("token")
        .into_iter()
        .map(|(what, fault, code, hint)| {
            Row::new(
                what,
                move |control| control.fault(fault.clone()),
                "PPWNNN",
                (3, code, hint),
            )
        })
        .collect();
    for number in [90_033, 90_055] {
        let fault = refusal("token", 400, "invalid_request", number);
        rows.push(
            Row::new(
                "a passing number",
                move |control| control.fault(fault.clone()),
                "PPFNNN",
                (3, "refused_for_now", TROUBLE),
            )
            .number(number),
        );
    }
    let temporary = refusal("token", 400, "temporarily_unavailable", 1_234_567);
    rows.push(Row::new(
        "temporarily unavailable",
        move |control| control.fault(temporary.clone()),
        "PPWNNN",
        (3, "microsoft_trouble", TROUBLE),
    ));
    let led = Fault {
        redirect_to: Some("http://127.0.0.1:1/".to_owned()),
        ..Fault::status("token", 302)
    };
    rows.push(Row::new(
        "led elsewhere",
        move |control| control.fault(led.clone()),
        "PPWNNN",
        (3, "microsoft_trouble", TROUBLE),
    ));
    run(rows).await;
}
