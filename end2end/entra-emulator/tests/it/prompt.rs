//! Who is chosen, and when somebody is asked.

use crate::{
    authorize::pick,
    client::{get, get_with},
    start::{CONTOSO, LITWARE, Running},
};

#[tokio::test]
async fn prompt_none_never_shows_a_page() {
    let running = Running::start().await;
    let silent = [("prompt", "none")];
    let url = running.authorize_url("organizations", &silent);
    assert_eq!(
        get(&url).await.returned("error").as_deref(),
        Some("login_required")
    );

    let cookie = pick(&running, "organizations", &[], "dana@contoso.com", "")
        .await
        .cookie();
    let with_cookie = [("cookie", cookie.as_str())];
    assert!(get_with(&url, &with_cookie).await.returned("code").is_some());
    let more = running.authorize_url(
        "organizations",
        &[("prompt", "none"), ("scope", "openid User.ReadBasic.All")],
    );
    assert_eq!(
        get_with(&more, &with_cookie).await.returned("error").as_deref(),
        Some("consent_required")
    );

    pick(
        &running,
        "organizations",
        &[("prompt", "select_account")],
        "adam@contoso.com",
        &cookie,
    )
    .await;
    assert_eq!(
        get_with(&url, &with_cookie).await.returned("error").as_deref(),
        Some("interaction_required")
    );
    let hinted = running.authorize_url(
        "organizations",
        &[("prompt", "none"), ("login_hint", "adam@contoso.com")],
    );
    assert!(get_with(&hinted, &with_cookie).await.returned("code").is_some());
}

#[tokio::test]
async fn single_sign_on_picks_the_only_session_and_prompts_show_the_picker() {
    let running = Running::start().await;
    let plain = running.authorize_url("organizations", &[]);
    assert!(get(&plain).await.body.contains("Pick an account"));
    let cookie = pick(&running, "organizations", &[], "dana@contoso.com", "")
        .await
        .cookie();
    let with_cookie = [("cookie", cookie.as_str())];
    assert!(get_with(&plain, &with_cookie).await.returned("code").is_some());
    for prompt in ["select_account", "login"] {
        let url = running.authorize_url("organizations", &[("prompt", prompt)]);
        let answer = get_with(&url, &with_cookie).await;
        assert!(answer.body.contains("Pick an account"), "{prompt}");
        assert!(answer.body.contains("Signed in"), "{prompt}");
    }
    let hinted = running.authorize_url("organizations", &[("login_hint", "adam@contoso.com")]);
    assert!(
        get_with(&hinted, &with_cookie).await.body.contains("autofocus"),
        "somebody else is hinted"
    );
    // One session more, and nobody is picked without being asked.
    pick(
        &running,
        "organizations",
        &[("prompt", "select_account")],
        "adam@contoso.com",
        &cookie,
    )
    .await;
    assert!(
        get_with(&plain, &with_cookie)
            .await
            .body
            .contains("Pick an account")
    );
    running
        .control
        .with_settings(|settings| settings.single_sign_on = false);
    let hinted = running.authorize_url("organizations", &[("login_hint", "adam@contoso.com")]);
    assert!(
        get_with(&hinted, &with_cookie)
            .await
            .body
            .contains("Pick an account")
    );
}

#[tokio::test]
async fn a_guest_is_at_home_under_an_alias_and_a_guest_under_the_tenant() {
    let running = Running::start().await;
    let home = running.id_claims("organizations", "sam@litware.example").await;
    assert_eq!(home["tid"], LITWARE);
    let guest = running.id_claims("contoso.com", "sam@litware.example").await;
    assert_eq!(guest["tid"], CONTOSO);
    assert_ne!(home["oid"], guest["oid"]);
    assert_ne!(home["sub"], guest["sub"]);
}
