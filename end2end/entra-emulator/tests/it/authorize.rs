//! What happens at `/authorize` before and after somebody is chosen.

use entra_emulator::{AuthorizeOutcome, SignIn};

use crate::{
    client::{Answer, get, parameter, post_form, post_form_with},
    start::{CLIENT, CONTOSO, REDIRECT, Running, payload},
};

/// Presses a person's button.
pub(crate) async fn pick(
    running: &Running,
    tenant: &str,
    changes: &[(&str, &str)],
    person: &str,
    cookie: &str,
) -> Answer {
    let url = running.authorize_url(tenant, changes);
    let query = url.split_once('?').expect("a query").1;
    let (object, home) = running
        .control
        .with_tenant("contoso.com", |tenant| {
            tenant
                .users
                .iter()
                .find(|user| user.principal == person)
                .map(|user| (user.id, tenant.id))
        })
        .expect("Contoso")
        .expect("a person");
    let value = format!("{home}/{object}");
    let fields = [("request", query), ("person", value.as_str())];
    post_form_with(
        &running.at(&format!("{tenant}/login")),
        &fields,
        &[("cookie", cookie)],
    )
    .await
}

/// 7
#[tokio::test]
async fn a_redirect_uri_matches_exactly_but_for_a_loopback_port() {
    let running = Running::start().await;
    for good in [
        REDIRECT,
        "http://localhost:9/api/auth/callback/microsoft-entra-id",
    ] {
        let url = running.authorize_url("organizations", &[("redirect_uri", good)]);
        let location = running.control.sign_in(&url, "dana@contoso.com").unwrap();
        assert!(location.starts_with(&format!("{good}?code=")), "{location}");
    }
    let bad = [
        "http://localhost:3000/api/auth/callback/Microsoft-Entra-ID",
        "http://localhost:3000/api/auth/callback/microsoft-entra-id/",
        "http://localhost:3000/api/auth/callback/microsoft-entra-id?x=1",
        "https://localhost:3000/api/auth/callback/microsoft-entra-id",
        "http://evil.example/api/auth/callback/microsoft-entra-id",
    ];
    for bad in bad {
        let answer = get(&running.authorize_url("organizations", &[("redirect_uri", bad)])).await;
        assert_eq!((answer.status, answer.header("location")), (200, ""));
        assert!(answer.body.contains("AADSTS50011"), "{bad}");
    }
}

/// 7
#[tokio::test]
async fn an_address_without_a_path_comes_back_with_a_slash() {
    let running = Running::start().await;
    let addresses = vec![
        "https://app.example".to_owned(),
        "https://app.example/back?x=1".to_owned(),
    ];
    running
        .control
        .with_registration(|registration| registration.redirect_uris = addresses);
    let at = |redirect| running.authorize_url("organizations", &[("redirect_uri", redirect)]);
    let location = running
        .control
        .sign_in(&at("https://app.example"), "dana@contoso.com")
        .unwrap();
    assert!(location.starts_with("https://app.example/?code="), "{location}");
    let location = running
        .control
        .sign_in(&at("https://app.example/back?x=1"), "dana@contoso.com")
        .unwrap();
    assert!(
        location.starts_with("https://app.example/back?x=1&code="),
        "{location}"
    );
}

/// 8
#[tokio::test]
async fn failures_before_the_redirect_is_trusted_stay_on_a_page() {
    let running = Running::start().await;
    let cases = [
        ("organizations", ("client_id", ""), "AADSTS900144"),
        (
            "organizations",
            ("client_id", "22222222-aaaa-4bbb-8ccc-222222222222"),
            "AADSTS700016",
        ),
        ("organizations", ("redirect_uri", ""), "AADSTS900144"),
        ("nowhere.example", ("state", "s"), "AADSTS90002"),
        ("no_name", ("state", "s"), "AADSTS900023"),
    ];
    for (tenant, change, code) in cases {
        let answer = get(&running.authorize_url(tenant, &[change])).await;
        assert_eq!((answer.status, answer.header("location")), (200, ""), "{code}");
        assert!(answer.header("content-type").starts_with("text/html"));
        assert!(answer.body.contains(code), "{code}");
        for label in ["Request Id", "Correlation Id", "Timestamp", "Message"] {
            assert!(answer.body.contains(label), "{label}");
        }
    }
}

/// 8
#[tokio::test]
async fn an_application_of_one_tenant_is_for_its_people_alone() {
    let running = Running::start().await;
    running.control.with_registration(|registration| {
        registration.audience = entra_emulator::Audience::OneTenant;
        registration.home_tenant = CONTOSO.parse().ok();
    });
    for (tenant, code) in [
        ("organizations", "AADSTS50194"),
        ("common", "AADSTS50194"),
        ("fabrikam.com", "AADSTS700016"),
    ] {
        assert!(
            get(&running.authorize_url(tenant, &[])).await.body.contains(code),
            "{tenant}"
        );
    }
    assert_eq!(
        running.id_claims("contoso.com", "dana@contoso.com").await["tid"],
        CONTOSO
    );
}

/// 8: a person the tenant does not have, a disabled one, and a personal account at a work-only application.
#[tokio::test]
async fn failures_of_the_account_stay_on_a_page() {
    let running = Running::start().await;
    let cases = [
        ("contoso.com", "omar@fabrikam.com", "AADSTS50020"),
        ("organizations", "leo@contoso.com", "AADSTS50057"),
        ("common", "pat.quinn@outlook.com", "AADSTS500208"),
    ];
    for (tenant, person, code) in cases {
        let sign_in = SignIn::new(&running.authorize_url(tenant, &[]), person);
        let result = running.control.sign_in_as(&sign_in).unwrap();
        assert_eq!(result.location, None, "{code}");
        assert!(result.page.contains(code), "{code}");
    }
}

/// 9
#[tokio::test]
async fn cancelling_returns_a_subcode_and_no_description() {
    let running = Running::start().await;
    let url = running.authorize_url("organizations", &[]);
    let query = url.split_once('?').unwrap().1;
    let fields = [("request", query), ("action", "cancel")];
    let answer = post_form(&running.at("organizations/login"), &fields).await;
    assert_eq!(answer.status, 302);
    let expected = format!("{REDIRECT}?error=access_denied&error_subcode=cancel&state=the-state");
    assert_eq!(answer.header("location"), expected);
}

/// 9, 10
#[tokio::test]
async fn an_error_redirect_has_lower_case_escapes_and_plus_for_spaces() {
    let running = Running::start().await;
    let broken = running.authorize_url("organizations", &[("response_type", "")]);
    let answer = get(&broken).await;
    let location = answer.header("location");
    let start = "?error=invalid_request&error_description=AADSTS900144%3a+The+request+body+must+contain+the+following+\
                 parameter%3a+%27response_type%27.+Trace+ID%3a+";
    assert!(location.starts_with(&format!("{REDIRECT}{start}")), "{location}");
    assert!(location.ends_with("&state=the-state"), "{location}");
    assert!(
        answer
            .returned("error_uri")
            .unwrap()
            .ends_with("/error?code=900144")
    );
    running.control.with_settings(|settings| {
        settings.error_uri = false;
        settings.error_tail = entra_emulator::ErrorTail::LineBreaks;
    });
    let answer = get(&broken).await;
    assert!(answer.header("location").contains("%0d%0aTrace+ID%3a+"));
    assert_eq!(answer.returned("error_uri"), None);
}

#[tokio::test]
async fn what_an_application_may_not_ask_comes_back_to_it() {
    let running = Running::start().await;
    let cases = [
        (("scope", ""), "invalid_request"),
        (("scope", "openid Nothing.Read"), "invalid_client"),
        (("scope", "openid api://other/read"), "invalid_resource"),
        (("scope", "openid User.Read .default"), "invalid_scope"),
        (("response_type", "id_token"), "unsupported_response_type"),
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", "gold"), "unsupported_response_type"),
        (("response_mode", "pigeon"), "invalid_request"),
        (("prompt", "dance"), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
    ];
    for (change, error) in cases {
        let answer = get(&running.authorize_url("organizations", &[change])).await;
        assert_eq!(answer.status, 302, "{change:?}");
        // An ID token travels in the fragment, and its errors do too.
        assert_eq!(answer.returned("error").as_deref(), Some(error), "{change:?}");
        assert_eq!(
            answer.returned("state").as_deref(),
            Some("the-state"),
            "{change:?}"
        );
    }
}

/// 10
#[tokio::test]
async fn a_good_return_has_session_state_and_client_info_only_when_asked() {
    let running = Running::start().await;
    let url = running.authorize_url("organizations", &[]);
    let location = running.control.sign_in(&url, "dana@contoso.com").unwrap();
    let code = parameter(&location, "code").unwrap();
    assert!(code.len() > 255, "a code is longer than a short column");
    assert_eq!(parameter(&location, "state").as_deref(), Some("the-state"));
    let session = parameter(&location, "session_state").unwrap();
    assert_eq!(parameter(&location, "client_info"), None);
    let answer = running.redeem("organizations", &code, &[]).await.json();
    assert_eq!(payload(&answer["id_token"])["sid"], session);
    assert_eq!(answer.get("client_info"), None);

    let url = running.authorize_url("organizations", &[("client_info", "1")]);
    let location = running.control.sign_in(&url, "dana@contoso.com").unwrap();
    assert!(parameter(&location, "client_info").is_some());
}

#[tokio::test]
async fn the_other_response_modes() {
    let running = Running::start().await;
    let url = running.authorize_url("organizations", &[("response_mode", "fragment")]);
    let location = running.control.sign_in(&url, "dana@contoso.com").unwrap();
    assert!(location.starts_with(&format!("{REDIRECT}#code=")), "{location}");
    let url = running.authorize_url("organizations", &[("response_mode", "form_post")]);
    let result = running
        .control
        .sign_in_as(&SignIn::new(&url, "dana@contoso.com"))
        .unwrap();
    assert_eq!(result.location, None);
    assert!(result.page.contains(r#"name="hiddenform""#), "{}", result.page);
    assert!(
        result.page.contains(r#"name="state" value="the-state""#),
        "{}",
        result.page
    );
}

/// 13
/// 13
/// 13
#[tokio::test]
async fn a_test_can_decide_the_next_return() {
    let running = Running::start().await;
    let url = running.authorize_url("organizations", &[]);
    let mut outcome = AuthorizeOutcome::error("server_error");
    outcome.error_description = Some("AADSTS90033: A transient error has occurred.".to_owned());
    outcome
        .extra
        .push(("iss".to_owned(), "https://evil.example".to_owned()));
    running.control.outcome(outcome);
    let answer = get(&url).await;
    assert_eq!(answer.returned("error").as_deref(), Some("server_error"));
    assert_eq!(answer.returned("iss").as_deref(), Some("https://evil.example"));
    assert_eq!(answer.returned("state").as_deref(), Some("the-state"));

    let mut outcome = AuthorizeOutcome::default();
    outcome
        .parameters
        .insert("state".to_owned(), serde_json::Value::Null);
    outcome
        .parameters
        .insert("admin_consent".to_owned(), "True".into());
    running.control.outcome(outcome);
    let location = running.control.sign_in(&url, "dana@contoso.com").unwrap();
    assert!(parameter(&location, "code").is_some() && parameter(&location, "state").is_none());
    assert_eq!(parameter(&location, "admin_consent").as_deref(), Some("True"));
    let location = running.control.sign_in(&url, "dana@contoso.com").unwrap();
    assert_eq!(parameter(&location, "admin_consent"), None, "once");
}

#[tokio::test]
async fn authorize_takes_a_post_as_well() {
    let running = Running::start().await;
    let fields = [
        ("client_id", CLIENT),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid"),
        ("prompt", "none"),
    ];
    let answer = post_form(&running.at("organizations/oauth2/v2.0/authorize"), &fields).await;
    assert_eq!(answer.returned("error").as_deref(), Some("login_required"));
}
