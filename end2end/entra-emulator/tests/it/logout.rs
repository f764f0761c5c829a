//! The end-session page.

use crate::{
    client::{Answer, get_with, post_form_with},
    start::{REDIRECT, Running, payload, text},
};

/// A browser in which somebody is signed in; returns its cookie and the ID token's claims.
async fn signed_in(running: &Running, person: &str) -> (String, serde_json::Value) {
    let browser = format!("browser-of-{person}");
    let url = running.authorize_url("organizations", &[]);
    let sign_in = entra_emulator::SignIn {
        browser: Some(browser.clone()),
        ..entra_emulator::SignIn::new(&url, person)
    };
    let location = running
        .control
        .sign_in_as(&sign_in)
        .expect("as seeded")
        .location
        .expect("as seeded");
    let code = crate::client::parameter(&location, "code").expect("as seeded");
    let answer = running.redeem("organizations", &code, &[]).await.json();
    (format!("entra_emulator={browser}"), payload(&answer["id_token"]))
}

async fn sign_out(running: &Running, query: &str, cookie: &str) -> Answer {
    let address = running.at(&format!("organizations/oauth2/v2.0/logout{query}"));
    get_with(&address, &[("cookie", cookie)]).await
}

/// 38
#[tokio::test]
async fn signing_out_shows_a_page_and_ends_single_sign_on() {
    let running = Running::start().await;
    let (cookie, _) = signed_in(&running, "dana@contoso.com").await;
    let page = sign_out(&running, "", &cookie).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("You signed out of your account") && page.body.contains("dana@contoso.com"));
    let again = get_with(
        &running.authorize_url("organizations", &[]),
        &[("cookie", &cookie)],
    )
    .await;
    assert!(again.body.contains("Pick an account"));
}

/// 38
#[tokio::test]
async fn only_a_registered_address_leads_back_and_only_with_a_session() {
    let running = Running::start().await;
    let back = |address: &str| {
        format!(
            "?{}",
            crate::client::encoded(&[("post_logout_redirect_uri", address), ("state", "x")])
        )
    };
    let (cookie, _) = signed_in(&running, "dana@contoso.com").await;
    let answer = sign_out(&running, &back(REDIRECT), &cookie).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, format!("{REDIRECT}?state=x").as_str())
    );
    let without_session = sign_out(&running, &back(REDIRECT), &cookie).await;
    assert_eq!(
        (without_session.status, without_session.header("location")),
        (200, "")
    );

    let (cookie, _) = signed_in(&running, "dana@contoso.com").await;
    let stays = sign_out(&running, &back("http://localhost:3000/login"), &cookie).await;
    assert_eq!((stays.status, stays.header("location")), (200, ""));
    assert!(stays.body.contains("http://localhost:3000/login") && stays.body.contains("not registered"));
}

/// 38
#[tokio::test]
async fn the_front_channel_is_called_with_sid_alone() {
    let running = Running::start().await;
    let address = "http://localhost:3000/api/auth/frontchannel-logout/microsoft-entra-id";
    running
        .control
        .with_registration(|registration| registration.front_channel_logout = Some(address.to_owned()));
    let (cookie, claims) = signed_in(&running, "dana@contoso.com").await;
    let page = sign_out(&running, "", &cookie).await;
    let sid = text(&claims["sid"]);
    assert!(page.body.contains(&format!(
        r#"<iframe hidden title="Signing out of the application" src="{address}?sid={sid}">"#
    )));

    running
        .control
        .with_settings(|settings| settings.front_channel_issuer = true);
    let (cookie, claims) = signed_in(&running, "dana@contoso.com").await;
    let back = format!("?post_logout_redirect_uri={REDIRECT}");
    let page = sign_out(&running, &back, &cookie).await;
    assert!(page.body.contains("?iss=") && page.body.contains(&format!("sid={}", text(&claims["sid"]))));
    assert_eq!(
        page.header("refresh"),
        format!("2; url={REDIRECT}"),
        "after the frames, back to the application"
    );
}

/// 38: with a hint only that account is signed out.
#[tokio::test]
async fn a_logout_hint_names_one_of_several_accounts() {
    let running = Running::start().await;
    running
        .control
        .with_registration(|registration| registration.optional_claims.push("login_hint".to_owned()));
    let url = running.authorize_url("organizations", &[]);
    for person in ["dana@contoso.com", "adam@contoso.com"] {
        let sign_in = entra_emulator::SignIn {
            browser: Some("shared".to_owned()),
            ..entra_emulator::SignIn::new(&url, person)
        };
        running.control.sign_in_as(&sign_in).unwrap();
    }
    let hint = text(&running.id_claims("organizations", "dana@contoso.com").await["login_hint"]);
    sign_out(&running, &format!("?logout_hint={hint}"), "entra_emulator=shared").await;
    let silent = get_with(&url, &[("cookie", "entra_emulator=shared")]).await;
    let code = silent.returned("code").expect("Adam is still there");
    let claims = payload(&running.redeem("organizations", &code, &[]).await.json()["id_token"]);
    assert_eq!(claims["name"], "Adam Cole");
}

#[tokio::test]
async fn signing_out_takes_a_post_as_well() {
    let running = Running::start().await;
    let (cookie, _) = signed_in(&running, "dana@contoso.com").await;
    let address = running.at("common/oauth2/v2.0/logout");
    let fields = [("post_logout_redirect_uri", REDIRECT)];
    let answer = post_form_with(&address, &fields, &[("cookie", &cookie)]).await;
    assert_eq!((answer.status, answer.header("location")), (302, REDIRECT));
}
