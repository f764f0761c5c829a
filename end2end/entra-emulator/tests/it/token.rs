//! The token endpoint.

use entra_emulator::ClockSetting;
use serde_json::json;

use crate::{
    client::{get, post_form_with},
    start::{CLIENT, CONTOSO, FABRIKAM, Running, payload, text},
};

const VERIFIER: &str = "a-verifier-that-is-at-least-forty-three-characters-long";
/// Base64url of the verifier's SHA-256.
const CHALLENGE: &str = "fHqnnK8JVGn9Act2vp52KGPBGNKHlxFsjRMgelmsfzI";

/// 16
#[tokio::test]
async fn a_code_is_good_once() {
    let running = Running::start().await;
    let code = running.code("organizations", "dana@contoso.com", &[]);
    assert_eq!(running.redeem("organizations", &code, &[]).await.status, 200);
    let again = running.redeem("organizations", &code, &[]).await;
    assert_eq!(
        (again.status, &again.json()["error"]),
        (400, &json!("invalid_grant"))
    );
    assert_eq!(again.json()["error_codes"], json!([54_005]));
}

/// 16
#[tokio::test]
async fn a_code_is_good_for_ten_minutes() {
    let running = Running::start().await;
    running.control.set_clock(ClockSetting::Fixed(1_800_000_000));
    let code = running.code("organizations", "dana@contoso.com", &[]);
    running.control.set_clock(ClockSetting::Advance(600));
    let late = running.redeem("organizations", &code, &[]).await;
    assert_eq!(late.json()["error_codes"], json!([70_008]));
    running.control.set_clock(ClockSetting::Advance(-1));
    assert_eq!(running.redeem("organizations", &code, &[]).await.status, 200);
}

/// 16
#[tokio::test]
async fn a_code_is_bound_to_authority_and_redirect_uri() {
    let running = Running::start().await;
    let code = running.code("organizations", "dana@contoso.com", &[]);
    let codes = |answer: crate::client::Answer| answer.json()["error_codes"].clone();
    assert_eq!(
        codes(running.redeem("common", &code, &[]).await),
        json!([700_005])
    );
    assert_eq!(
        codes(running.redeem("contoso.com", &code, &[]).await),
        json!([700_005])
    );
    let other = [(
        "redirect_uri",
        "http://localhost:3001/api/auth/callback/microsoft-entra-id",
    )];
    assert_eq!(
        codes(running.redeem("organizations", &code, &other).await),
        json!([500_112])
    );
    let foreign = format!("{}x", &code[..code.len() - 1]);
    assert_eq!(
        codes(running.redeem("organizations", &foreign, &[]).await),
        json!([70_000])
    );
    let garbage = running.redeem("organizations", "garbage", &[]).await.json();
    assert_eq!(
        (&garbage["error"], &garbage["error_codes"]),
        (&json!("invalid_request"), &json!([9_002_313]))
    );
    assert_eq!(
        running.redeem("organizations", &code, &[]).await.status,
        200,
        "refusals do not use it up"
    );
    // A domain and the id are the same authority.
    let code = running.code("contoso.com", "dana@contoso.com", &[]);
    assert_eq!(running.redeem(CONTOSO, &code, &[]).await.status, 200);
}

/// 16
#[tokio::test]
async fn a_code_is_bound_to_the_client() {
    let running = Running::start().await;
    let code = running.code("organizations", "dana@contoso.com", &[]);
    let other = "22222222-aaaa-4bbb-8ccc-222222222222";
    running
        .control
        .with_registration(|registration| registration.client_id = other.parse().unwrap());
    let answer = running
        .redeem("organizations", &code, &[("client_id", other)])
        .await;
    assert_eq!(
        (answer.status, answer.json()["error_codes"].clone()),
        (400, json!([70_000]))
    );
}

/// 12
#[tokio::test]
async fn pkce_is_enforced_and_plain_when_no_method_is_named() {
    let running = Running::start().await;
    let hashed = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let code = running.code("organizations", "dana@contoso.com", &hashed);
    let wrong = "a-verifier-that-is-at-least-forty-three-characters-wrong";
    for (verifier, number) in [(wrong, 501_481), ("", 501_481), ("short", 501_491)] {
        let answer = running
            .redeem("organizations", &code, &[("code_verifier", verifier)])
            .await;
        assert_eq!(
            (answer.status, answer.json()["error_codes"].clone()),
            (400, json!([number])),
            "{verifier}"
        );
    }
    assert_eq!(
        running
            .redeem("organizations", &code, &[("code_verifier", VERIFIER)])
            .await
            .status,
        200
    );

    let plain = running.code(
        "organizations",
        "dana@contoso.com",
        &[("code_challenge", VERIFIER)],
    );
    assert_eq!(
        running
            .redeem("organizations", &plain, &[("code_verifier", VERIFIER)])
            .await
            .status,
        200
    );
    let unhashed = running.code(
        "organizations",
        "dana@contoso.com",
        &[("code_challenge", CHALLENGE)],
    );
    let answer = running
        .redeem("organizations", &unhashed, &[("code_verifier", VERIFIER)])
        .await;
    assert_eq!(answer.json()["error_codes"], json!([501_481]));
}

/// 17
#[tokio::test]
async fn lifetimes_are_microsofts() {
    let running = Running::start().await;
    running.control.set_clock(ClockSetting::Fixed(1_800_000_000));
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..4 {
        let answer = running.tokens("organizations", "dana@contoso.com", &[]).await;
        let lifetime = answer["expires_in"].as_i64().expect("a number");
        assert!((3_600..=5_399).contains(&lifetime));
        assert_eq!(answer["ext_expires_in"], lifetime);
        assert_eq!(payload(&answer["access_token"])["exp"], 1_800_000_000 + lifetime);
        seen.insert(lifetime);
        let claims = payload(&answer["id_token"]);
        assert_eq!(claims["iat"], 1_799_999_700, "back-dated by five minutes");
        assert_eq!(claims["nbf"], claims["iat"]);
        assert_eq!(claims["exp"], 1_800_003_600);
    }
    assert!(seen.len() > 1, "the lifetime is drawn anew");
}

/// 18
#[tokio::test]
async fn a_refresh_token_rotates_and_the_old_one_stays_good() {
    let running = Running::start().await;
    let scope = ("scope", "openid profile offline_access User.Read");
    let first = running
        .tokens("organizations", "sam@litware.example", &[scope])
        .await;
    let refresh = text(&first["refresh_token"]);
    let redeem = async |tenant: &str, token: &str| {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("code", ""),
            ("redirect_uri", ""),
        ];
        running.redeem(tenant, "", &fields).await
    };
    let second = redeem("organizations", &refresh).await.json();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(
        payload(&second["id_token"])["sub"],
        payload(&first["id_token"])["sub"]
    );
    assert_eq!(redeem("organizations", &refresh).await.status, 200);
    // Of a guest it is good in the other tenant too.
    let elsewhere = redeem("contoso.com", &refresh).await.json();
    assert_eq!(payload(&elsewhere["id_token"])["tid"], CONTOSO);
    assert_eq!(
        redeem(FABRIKAM, &refresh).await.json()["error_codes"],
        json!([50_020])
    );
    running.control.set_clock(ClockSetting::Offset(91 * 86_400));
    let late = redeem("organizations", &refresh).await.json();
    assert_eq!(
        (&late["error"], &late["suberror"]),
        (&json!("invalid_grant"), &json!("bad_token"))
    );
}

/// 19
#[tokio::test]
async fn an_error_is_complete_and_401_is_for_the_client_alone() {
    let running = Running::start().await;
    running.control.set_clock(ClockSetting::Fixed(1_770_157_210));
    let address = running.at("organizations/oauth2/v2.0/token");
    let correlation = "11112222-3333-4444-5555-666677778888";
    let fields = [
        ("client_id", CLIENT),
        ("grant_type", "authorization_code"),
        ("client_secret", "wrong"),
    ];
    let answer = post_form_with(&address, &fields, &[("client-request-id", correlation)]).await;
    let body = answer.json();
    assert_eq!((answer.status, &body["error"]), (401, &json!("invalid_client")));
    assert_eq!(body["error_codes"], json!([7_000_215]));
    assert_eq!(body["timestamp"], "2026-02-03 22:20:10Z");
    assert_eq!(body["correlation_id"], correlation);
    assert_eq!(answer.header("x-ms-request-id"), text(&body["trace_id"]));
    let tail = format!(
        " Trace ID: {} Correlation ID: {correlation} Timestamp: 2026-02-03 22:20:10Z",
        text(&body["trace_id"])
    );
    assert!(text(&body["error_description"]).ends_with(&tail), "{body}");
    assert_eq!(answer.header("cache-control"), "no-store, no-cache");
    assert_eq!(answer.header("pragma"), "no-cache");
    assert_eq!(answer.header("expires"), "-1");
    assert_eq!(answer.header("date"), "Tue, 03 Feb 2026 22:20:10 GMT");
    assert!(answer.headers.get_all("set-cookie").iter().count() >= 3);

    running
        .control
        .with_settings(|settings| settings.error_tail = entra_emulator::ErrorTail::LineBreaks);
    let answer = post_form_with(&address, &fields, &[]).await;
    assert!(
        text(&answer.json()["error_description"]).contains("\r\nTrace ID: "),
        "{}",
        answer.body
    );
    assert_eq!(running.redeem("organizations", "garbage", &[]).await.status, 400);
}

#[tokio::test]
async fn the_request_must_be_a_post_with_a_grant() {
    let running = Running::start().await;
    let answer = get(&running.at("organizations/oauth2/v2.0/token")).await;
    assert_eq!(
        (answer.status, answer.json()["error_codes"].clone()),
        (400, json!([900_561]))
    );
    let missing = running.redeem("organizations", "x", &[("grant_type", "")]).await;
    assert_eq!(missing.json()["error_codes"], json!([900_144]));
    let odd = running
        .redeem("organizations", "x", &[("grant_type", "magic")])
        .await;
    assert_eq!(odd.json()["error"], "unsupported_grant_type");
    let stranger = running
        .redeem(
            "contoso.com",
            "x",
            &[("client_id", "22222222-aaaa-4bbb-8ccc-222222222222")],
        )
        .await;
    assert_eq!(
        (stranger.status, stranger.json()["error_codes"].clone()),
        (400, json!([700_016]))
    );
}

/// 21
/// 21
/// 21
/// 22
/// 23
#[tokio::test]
async fn scopes_decide_what_comes_back() {
    let running = Running::start().await;
    let with = async |scope: &str| {
        running
            .tokens("organizations", "dana@contoso.com", &[("scope", scope)])
            .await
    };
    let bare = with("User.Read").await;
    assert!(bare.get("id_token").is_none() && bare.get("refresh_token").is_none());
    let openid = with("openid").await;
    let claims = payload(&openid["id_token"]);
    assert_eq!(claims["tid"], CONTOSO);
    for claim in ["oid", "name", "preferred_username", "email"] {
        assert_eq!(claims.get(claim), None, "{claim}");
    }
    let profile = with("openid profile offline_access https://graph.microsoft.com/User.Read").await;
    let claims = payload(&profile["id_token"]);
    assert!(claims["oid"].is_string() && claims["name"] == "Dana Reyes" && claims.get("email").is_none());
    assert!(profile["refresh_token"].is_string());
    let scopes = text(&profile["scope"]);
    assert!(scopes.contains("https://graph.microsoft.com/User.Read") && !scopes.contains("offline_access"));
    // What is asked for by its short name comes back so: libraries look for it in their cache.
    assert_eq!(
        with("openid profile User.Read").await["scope"],
        "openid profile User.Read"
    );
}
