//! Consent, assignment and Conditional Access.

use entra_emulator::{ConditionalAccess, ConsentChoice, RefusalPlace, SignIn, SignInResult};

use crate::{
    client::parameter,
    start::{Running, payload, text},
};

fn sign_in(
    running: &Running,
    person: &str,
    consent: ConsentChoice,
    changes: &[(&str, &str)],
) -> SignInResult {
    let sign_in = SignIn {
        consent,
        ..SignIn::new(&running.authorize_url("organizations", changes), person)
    };
    running.control.sign_in_as(&sign_in).expect("a known person")
}

fn returned(result: &SignInResult, name: &str) -> Option<String> {
    parameter(result.location.as_deref().unwrap_or_default(), name)
}

/// Litware as if nobody there had ever heard of the application.
fn forget(running: &Running) {
    running
        .control
        .with_tenant("litware.example", |tenant| {
            tenant.installation = entra_emulator::Installation::default();
        })
        .expect("as seeded");
}

/// 14
#[tokio::test]
async fn a_person_consents_for_themselves() {
    let running = Running::start().await;
    forget(&running);
    let asked = sign_in(&running, "lena@litware.example", ConsentChoice::Wait, &[]);
    assert!(asked.page.contains("Permissions requested"), "{}", asked.page);
    assert!(!asked.page.contains("on behalf of your organization"));
    let installed = |tenant: &mut entra_emulator::Tenant| tenant.installation.service_principal.is_some();
    assert!(!running.control.with_tenant("litware.example", installed).unwrap());

    assert!(
        returned(
            &sign_in(&running, "lena@litware.example", ConsentChoice::Accept, &[]),
            "code"
        )
        .is_some()
    );
    assert!(
        running.control.with_tenant("litware.example", installed).unwrap(),
        "consent installs the application"
    );
    assert!(
        returned(
            &sign_in(&running, "lena@litware.example", ConsentChoice::Wait, &[]),
            "code"
        )
        .is_some()
    );
    let other = sign_in(&running, "sam@litware.example", ConsentChoice::Wait, &[]);
    assert!(
        other.page.contains("Permissions requested"),
        "consent is personal"
    );
    let more = [("scope", "openid profile email User.Read User.ReadBasic.All")];
    let more = sign_in(&running, "lena@litware.example", ConsentChoice::Wait, &more);
    assert!(
        more.page.contains("Permissions requested"),
        "consent is for named permissions"
    );
}

/// 14
#[tokio::test]
async fn declining_comes_back_with_65004() {
    let running = Running::start().await;
    forget(&running);
    let declined = sign_in(&running, "lena@litware.example", ConsentChoice::Decline, &[]);
    assert_eq!(returned(&declined, "error").as_deref(), Some("access_denied"));
    assert!(
        returned(&declined, "error_description")
            .unwrap()
            .starts_with("AADSTS65004")
    );
}

/// 9, 14: without user consent the way back looks like a cancellation.
#[tokio::test]
async fn need_admin_approval_comes_back_as_cancelled() {
    let running = Running::start().await;
    forget(&running);
    running
        .control
        .with_tenant("litware.example", |tenant| {
            tenant.installation.user_consent = false;
        })
        .unwrap();
    let page = sign_in(&running, "lena@litware.example", ConsentChoice::Accept, &[]);
    assert!(
        page.page.contains("Need admin approval") && page.page.contains("AADSTS90094"),
        "{}",
        page.page
    );
    let back = sign_in(&running, "lena@litware.example", ConsentChoice::Back, &[]);
    assert_eq!(returned(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(returned(&back, "error_subcode").as_deref(), Some("cancel"));
    assert_eq!(returned(&back, "error_description"), None);
    let untouched = |tenant: &mut entra_emulator::Tenant| tenant.installation.service_principal.is_none();
    assert!(running.control.with_tenant("litware.example", untouched).unwrap());
}

/// 14
#[tokio::test]
async fn some_permissions_are_for_administrators_who_may_consent_for_all() {
    let running = Running::start().await;
    let wide = [("scope", "openid profile GroupMember.Read.All")];
    let person = sign_in(&running, "dana@contoso.com", ConsentChoice::Accept, &wide);
    assert!(person.page.contains("Need admin approval"));
    let administrator = sign_in(&running, "adam@contoso.com", ConsentChoice::Wait, &wide);
    assert!(administrator.page.contains("on behalf of your organization"));
    let accepted = sign_in(
        &running,
        "adam@contoso.com",
        ConsentChoice::AcceptForOrganization,
        &wide,
    );
    assert!(returned(&accepted, "code").is_some());
    let person = sign_in(&running, "dana@contoso.com", ConsentChoice::Wait, &wide);
    assert!(
        returned(&person, "code").is_some(),
        "the administrator spoke for everybody"
    );
    let again = sign_in(
        &running,
        "dana@contoso.com",
        ConsentChoice::Wait,
        &[("prompt", "consent")],
    );
    assert!(
        again.page.contains("Permissions requested"),
        "prompt=consent asks all the same"
    );
}

/// 14: consent withdrawn between code and token.
#[tokio::test]
async fn a_code_without_consent_is_refused_with_65001() {
    let running = Running::start().await;
    let code = running.code("organizations", "lena@litware.example", &[]);
    forget(&running);
    let answer = running.redeem("organizations", &code, &[]).await;
    let body = answer.json();
    assert_eq!(
        (answer.status, body["error"].as_str(), body["suberror"].as_str()),
        (400, Some("invalid_grant"), Some("consent_required"))
    );
    assert_eq!(body["error_codes"], serde_json::json!([65_001]));
}

/// 14
#[tokio::test]
async fn assignment_counts_direct_members_only() {
    let running = Running::start().await;
    let operators = running
        .control
        .with_group("contoso.com", "SonicSaaS-Operators", |group| group.id)
        .unwrap();
    running
        .control
        .with_tenant("contoso.com", |tenant| {
            tenant.installation.assignment_required = true;
            tenant.installation.assigned.insert(operators);
        })
        .unwrap();
    assert!(
        returned(
            &sign_in(&running, "dana@contoso.com", ConsentChoice::Wait, &[]),
            "code"
        )
        .is_some()
    );
    // Nils is in it through another group.
    let refused = sign_in(&running, "nils@contoso.com", ConsentChoice::Wait, &[]);
    assert!(refused.location.is_none() && refused.page.contains("AADSTS50105"));
    running
        .control
        .with_settings(|settings| settings.refusal_place = RefusalPlace::Redirect);
    let refused = sign_in(&running, "nils@contoso.com", ConsentChoice::Wait, &[]);
    assert_eq!(returned(&refused, "error").as_deref(), Some("access_denied"));
    assert!(
        returned(&refused, "error_description")
            .unwrap()
            .starts_with("AADSTS50105")
    );
}

/// 15
#[tokio::test]
async fn conditional_access_blocks_or_wants_a_second_factor() {
    let running = Running::start().await;
    let set = |policy| {
        let change = |tenant: &mut entra_emulator::Tenant| tenant.installation.conditional_access = policy;
        running.control.with_tenant("contoso.com", change).unwrap();
    };
    let code = running.code("organizations", "dana@contoso.com", &[]);
    set(ConditionalAccess::Block);
    let page = sign_in(&running, "dana@contoso.com", ConsentChoice::Wait, &[]);
    assert!(page.location.is_none() && page.page.contains("AADSTS53003"));
    let answer = running.redeem("organizations", &code, &[]).await.json();
    assert_eq!(
        (&answer["error"], &answer["suberror"]),
        (&"invalid_grant".into(), &"message_only".into())
    );

    set(ConditionalAccess::MultiFactor);
    let answer = running.redeem("organizations", &code, &[]).await;
    let body = answer.json();
    assert_eq!(
        (answer.status, &body["error"]),
        (400, &"interaction_required".into())
    );
    assert_eq!(body["error_codes"], serde_json::json!([50_076]));
    let claims = text(&body["claims"]);
    assert!(
        serde_json::from_str::<serde_json::Value>(&claims).unwrap()["access_token"]["polids"].is_object()
    );
    let stepped_up = running
        .tokens("organizations", "dana@contoso.com", &[("claims", &claims)])
        .await;
    assert_eq!(payload(&stepped_up["id_token"])["name"], "Dana Reyes");
}

#[tokio::test]
async fn a_disabled_application_is_refused() {
    let running = Running::start().await;
    let code = running.code("organizations", "dana@contoso.com", &[]);
    running
        .control
        .with_tenant("contoso.com", |tenant| tenant.installation.enabled = false)
        .unwrap();
    assert!(
        sign_in(&running, "dana@contoso.com", ConsentChoice::Wait, &[])
            .page
            .contains("AADSTS7000112")
    );
    let answer = running.app_only("contoso.com", &[]).await;
    assert_eq!(
        (answer.status, answer.json()["error"].clone()),
        (400, "unauthorized_client".into())
    );
    let answer = running.redeem("organizations", &code, &[]).await;
    assert_eq!(
        (answer.status, answer.json()["error_codes"].clone()),
        (400, serde_json::json!([7_000_112]))
    );
}

/// 14: with the other switch the application hears why, at once.
#[tokio::test]
async fn need_admin_approval_can_come_back_as_90094() {
    let running = Running::start().await;
    forget(&running);
    running
        .control
        .with_tenant("litware.example", |tenant| {
            tenant.installation.user_consent = false;
        })
        .unwrap();
    running
        .control
        .with_settings(|settings| settings.refusal_place = RefusalPlace::Redirect);
    let refused = sign_in(&running, "lena@litware.example", ConsentChoice::Accept, &[]);
    assert_eq!(returned(&refused, "error").as_deref(), Some("access_denied"));
    assert!(
        returned(&refused, "error_description")
            .unwrap()
            .starts_with("AADSTS90094: The grant requires admin permission.")
    );
}

/// 13, 15
#[tokio::test]
async fn a_silent_request_hears_that_a_second_factor_is_wanted() {
    let running = Running::start().await;
    running
        .control
        .with_tenant("contoso.com", |tenant| {
            tenant.installation.conditional_access = ConditionalAccess::MultiFactor;
        })
        .unwrap();
    let silent = [("prompt", "none")];
    let refused = sign_in(&running, "dana@contoso.com", ConsentChoice::Wait, &silent);
    assert_eq!(
        returned(&refused, "error").as_deref(),
        Some("interaction_required")
    );
    let claims = returned(&refused, "claims").expect("what satisfies the policy");
    let stepped_up = [("prompt", "none"), ("claims", claims.as_str())];
    let accepted = sign_in(&running, "dana@contoso.com", ConsentChoice::Wait, &stepped_up);
    assert!(returned(&accepted, "code").is_some());

    // Declaring a capability is no second factor, and no claims pass a policy that blocks.
    let capable = r#"{"access_token":{"xms_cc":{"values":["cp1"]}}}"#;
    let code = running.code("organizations", "dana@contoso.com", &[("claims", capable)]);
    let answer = running.redeem("organizations", &code, &[]).await.json();
    assert_eq!(answer["error_codes"], serde_json::json!([50_076]));
    running
        .control
        .with_tenant("contoso.com", |tenant| {
            tenant.installation.conditional_access = ConditionalAccess::Block;
        })
        .unwrap();
    let blocked = sign_in(
        &running,
        "dana@contoso.com",
        ConsentChoice::Wait,
        &[("claims", claims.as_str())],
    );
    assert!(blocked.page.contains("AADSTS53003"), "{}", blocked.page);
    let silent = sign_in(&running, "dana@contoso.com", ConsentChoice::Wait, &silent);
    assert_eq!(
        returned(&silent, "error").as_deref(),
        Some("interaction_required")
    );
}
