//! Admin consent, as it was observed.

use entra_emulator::{AuthorizeOutcome, ConsentChoice, SignIn, SignInResult, Tenant};
use serde_json::json;

use crate::{
    client::{encoded, get, parameter, post_form},
    start::{CLIENT, CONTOSO, REDIRECT, Running, payload},
};

fn url(running: &Running, path: &str, changes: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("state", "the-state"),
    ];
    if path.contains("v2.0") {
        fields.push(("scope", "https://graph.microsoft.com/.default"));
    }
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    running.at(&format!("{path}?{}", encoded(&fields)))
}

fn consent(running: &Running, address: &str, person: &str, consent: ConsentChoice) -> SignInResult {
    let sign_in = SignIn {
        consent,
        ..SignIn::new(address, person)
    };
    running.control.sign_in_as(&sign_in).expect("a known person")
}

fn returned(result: &SignInResult, name: &str) -> Option<String> {
    parameter(
        result
            .location
            .as_deref()
            .unwrap_or_default()
            .trim_end_matches('#'),
        name,
    )
}

/// Contoso as if nobody there had ever heard of the application.
fn forget(running: &Running) {
    let change = |tenant: &mut Tenant| tenant.installation = entra_emulator::Installation::default();
    running
        .control
        .with_tenant("contoso.com", change)
        .expect("Contoso");
}

/// 39
#[tokio::test]
async fn both_versions_install_the_application_and_say_true_with_a_capital() {
    let running = Running::start().await;
    for (path, scope) in [
        ("contoso.com/adminconsent", None),
        (
            "contoso.com/v2.0/adminconsent",
            Some("https://graph.microsoft.com/.default"),
        ),
    ] {
        forget(&running);
        assert_eq!(
            running.app_only("contoso.com", &[]).await.json()["error_codes"],
            json!([7_000_229])
        );
        let address = url(&running, path, &[]);
        let asked = consent(&running, &address, "adam@contoso.com", ConsentChoice::Wait);
        assert!(
            asked.page.contains("Permissions requested") && asked.page.contains("Read all groups (without")
        );
        let result = consent(&running, &address, "adam@contoso.com", ConsentChoice::Accept);
        assert_eq!(returned(&result, "admin_consent").as_deref(), Some("True"));
        assert_eq!(returned(&result, "tenant").as_deref(), Some(CONTOSO));
        assert_eq!(returned(&result, "state").as_deref(), Some("the-state"));
        assert_eq!(returned(&result, "scope").as_deref(), scope);
        assert_eq!(result.location.unwrap().ends_with('#'), scope.is_some(), "{path}");
        let token = running.app_token("contoso.com").await;
        assert_eq!(
            payload(&json!(token))["roles"],
            json!(["Group.Read.All", "GroupMember.Read.All", "User.Read.All"])
        );
        running.id_claims("organizations", "zoe@contoso.com").await;
    }
}

/// 39: named scopes grant no application permission, and take none away.
#[tokio::test]
async fn named_scopes_are_delegated_only() {
    let running = Running::start().await;
    let address = url(
        &running,
        "contoso.com/v2.0/adminconsent",
        &[("scope", "openid GroupMember.Read.All")],
    );
    let result = consent(&running, &address, "adam@contoso.com", ConsentChoice::Accept);
    assert!(returned(&result, "error").is_none());
    let granted = |tenant: &mut Tenant| {
        let installation = &tenant.installation;
        (
            installation.delegated.contains("GroupMember.Read.All"),
            installation.application.len(),
        )
    };
    assert_eq!(
        running.control.with_tenant("contoso.com", granted).unwrap(),
        (true, 3)
    );
    let missing = url(&running, "contoso.com/v2.0/adminconsent", &[("scope", "")]);
    assert_eq!(
        get(&missing).await.returned("error").as_deref(),
        Some("invalid_request")
    );
}

/// 39: a refusal of the second version is marked like a success.
#[tokio::test]
async fn an_administrator_cancels() {
    let running = Running::start().await;
    let address = url(&running, "contoso.com/v2.0/adminconsent", &[]);
    let result = consent(&running, &address, "adam@contoso.com", ConsentChoice::Decline);
    assert_eq!(returned(&result, "error").as_deref(), Some("access_denied"));
    assert!(
        returned(&result, "error_description")
            .unwrap()
            .starts_with("AADSTS65004")
    );
    assert_eq!(returned(&result, "admin_consent").as_deref(), Some("True"));
    assert_eq!(
        (returned(&result, "tenant"), returned(&result, "state").as_deref()),
        (None, Some("the-state"))
    );
    assert!(result.location.unwrap().ends_with('#'));
    let address = url(&running, "contoso.com/adminconsent", &[]);
    let result = consent(&running, &address, "adam@contoso.com", ConsentChoice::Decline);
    assert_eq!(returned(&result, "error").as_deref(), Some("permission_denied"));
    assert_eq!(returned(&result, "admin_consent"), None);
}

/// 39
#[tokio::test]
async fn the_wrong_role_and_the_wrong_tenant_grant_nothing() {
    let running = Running::start().await;
    forget(&running);
    let address = url(&running, "contoso.com/adminconsent", &[]);
    let page = consent(&running, &address, "dana@contoso.com", ConsentChoice::Accept);
    assert!(page.location.is_none() && page.page.contains("Need admin approval"));
    let back = consent(&running, &address, "dana@contoso.com", ConsentChoice::Back);
    assert_eq!(returned(&back, "error_subcode").as_deref(), Some("cancel"));
    assert_eq!(returned(&back, "admin_consent"), None);

    // A Cloud Application Administrator may grant what is delegated, but no application permission of Graph.
    let dana = running
        .control
        .with_user("contoso.com", "Dana Reyes", |user| user.id)
        .unwrap();
    running
        .control
        .with_tenant("contoso.com", |tenant| tenant.roles[1].members.push(dana))
        .unwrap();
    let page = consent(&running, &address, "dana@contoso.com", ConsentChoice::Accept);
    assert!(page.page.contains("Need admin approval"));
    let named = url(
        &running,
        "contoso.com/v2.0/adminconsent",
        &[("scope", "User.Read")],
    );
    assert!(
        returned(
            &consent(&running, &named, "dana@contoso.com", ConsentChoice::Accept),
            "tenant"
        )
        .is_some()
    );

    let foreign = consent(&running, &address, "farah@fabrikam.com", ConsentChoice::Accept);
    assert_eq!(returned(&foreign, "error").as_deref(), Some("access_denied"));
    assert!(
        returned(&foreign, "error_description")
            .unwrap()
            .starts_with("AADSTS50020")
    );
    let untouched = running
        .control
        .with_tenant("contoso.com", |tenant| tenant.installation.application.len());
    assert_eq!(untouched, Ok(0));
}

/// 39: under an alias it is the tenant of whoever signs in.
#[tokio::test]
async fn an_alias_is_the_administrators_own_tenant() {
    let running = Running::start().await;
    let address = url(&running, "organizations/v2.0/adminconsent", &[]);
    let result = consent(&running, &address, "farah@fabrikam.com", ConsentChoice::Accept);
    assert_eq!(
        returned(&result, "tenant").as_deref(),
        Some(crate::start::FABRIKAM)
    );
}

/// 39: `tenant` is only text.
#[tokio::test]
async fn the_return_can_be_forged() {
    let running = Running::start().await;
    let mut outcome = AuthorizeOutcome::default();
    outcome
        .parameters
        .insert("tenant".to_owned(), crate::start::FABRIKAM.into());
    running.control.outcome(outcome);
    let address = url(&running, "contoso.com/adminconsent", &[]);
    let result = consent(&running, &address, "adam@contoso.com", ConsentChoice::Accept);
    assert_eq!(
        returned(&result, "tenant").as_deref(),
        Some(crate::start::FABRIKAM)
    );
}

/// The same steps by the pages.
#[tokio::test]
async fn the_pages_lead_to_consent() {
    let running = Running::start().await;
    let address = url(&running, "contoso.com/v2.0/adminconsent", &[]);
    let (path, query) = address.split_once('?').unwrap();
    assert!(get(&address).await.body.contains("Pick an account"));
    let adam = running
        .control
        .with_user("contoso.com", "Adam Cole", |user| user.id)
        .unwrap();
    let person = format!("{CONTOSO}/{adam}");
    let page = post_form(path, &[("request", query), ("person", &person)]).await;
    assert!(page.body.contains("Permissions requested"), "{}", page.body);
    let done = post_form(
        path,
        &[("request", query), ("person", &person), ("consent", "accept")],
    )
    .await;
    assert_eq!(done.returned("admin_consent").as_deref(), Some("True"));
    let cancelled = post_form(path, &[("request", query), ("action", "cancel")]).await;
    assert_eq!(cancelled.returned("error").as_deref(), Some("access_denied"));
    let foreign = url(
        &running,
        "contoso.com/adminconsent",
        &[("redirect_uri", "https://evil.example/")],
    );
    let page = get(&foreign).await;
    assert!(page.status == 200 && page.body.contains("AADSTS50011"));
}
