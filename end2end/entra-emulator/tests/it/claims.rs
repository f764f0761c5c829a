//! What ID tokens say about people and their groups.

use entra_emulator::{Audience, SeedUser};
use serde_json::{Value, json};

use crate::{
    client::parameter,
    start::{CLIENT, FABRIKAM, LITWARE, PERSONAL, Running, part, payload, text},
};

/// The object id of a group of Contoso.
pub(crate) fn group(running: &Running, name: &str) -> String {
    running
        .control
        .with_group("contoso.com", name, |group| group.id.to_string())
        .expect(name)
}

pub(crate) fn groups(claims: &Value) -> Vec<String> {
    let mut groups = claims["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .map(text)
        .collect::<Vec<_>>();
    groups.sort();
    groups
}

/// The whole of section 4.1, in the order Microsoft writes it.
#[tokio::test]
async fn a_default_token_has_microsofts_claims_in_microsofts_order() {
    let running = Running::start().await;
    let answer = running
        .tokens("organizations", "zoe@contoso.com", &[("scope", "openid profile")])
        .await;
    let header = part(&answer["id_token"], 0);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("JWT"), &json!("RS256")));
    let token = text(&answer["id_token"]);
    let payload_text = {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let expected = "aud iss iat nbf exp aio name nonce oid preferred_username rh sid sub tid uti ver";
    let mut rest = payload_text.as_str();
    for name in expected.split(' ') {
        let member = format!("\"{name}\":");
        let place = rest
            .find(&member)
            .unwrap_or_else(|| panic!("{name} is missing or misplaced in {payload_text}"));
        rest = &rest[place + member.len()..];
    }
    let claims = payload(&answer["id_token"]);
    assert_eq!(
        claims.as_object().unwrap().len(),
        expected.split(' ').count(),
        "{claims}"
    );
    assert_eq!((&claims["aud"], &claims["ver"]), (&json!(CLIENT), &json!("2.0")));
    assert_eq!((text(&claims["sub"]).len(), text(&claims["uti"]).len()), (43, 22));
}

/// 24
/// 24
/// 24: tokens from `/authorize` hold five groups.
/// 25
/// 25
/// 25
/// 26
#[tokio::test]
async fn a_subject_belongs_to_one_client() {
    let running = Running::start().await;
    let before = running.id_claims("organizations", "dana@contoso.com").await;
    let again = running.id_claims("common", "dana@contoso.com").await;
    assert_eq!(before["sub"], again["sub"]);
    let other = entra_emulator::Registration {
        client_id: "22222222-aaaa-4bbb-8ccc-222222222222".parse().unwrap(),
        ..entra_emulator::Registration::default()
    };
    running
        .control
        .with_registration(|registration| *registration = other);
    let url = running.authorize_url(
        "organizations",
        &[("client_id", "22222222-aaaa-4bbb-8ccc-222222222222")],
    );
    let location = running.control.sign_in(&url, "dana@contoso.com").unwrap();
    let code = parameter(&location, "code").unwrap();
    let change = [("client_id", "22222222-aaaa-4bbb-8ccc-222222222222")];
    let answer = running.redeem("organizations", &code, &change).await.json();
    let after = payload(&answer["id_token"]);
    assert_ne!(before["sub"], after["sub"]);
    assert_eq!(before["oid"], after["oid"]);
}

/// 26
#[tokio::test]
async fn a_guest_is_told_by_idp() {
    let running = Running::start().await;
    let guest = running.id_claims("contoso.com", "sam@litware.example").await;
    assert_eq!(guest["idp"], format!("https://sts.windows.net/{LITWARE}/"));
    assert_eq!(
        guest["email"], "sam@litware.example",
        "guests have email by default"
    );
    assert_eq!(guest["preferred_username"], "sam@litware.example");
    assert_eq!(groups(&guest), [group(&running, "SonicSaaS-Viewers")]);
    assert_eq!(guest.get("acct"), None, "not in the default registration");
    let member = running.id_claims("contoso.com", "dana@contoso.com").await;
    assert_eq!(member.get("idp"), None);

    // An internal guest signs in at home and is seen by acct alone.
    let internal = SeedUser {
        guest: true,
        ..SeedUser::new("Ivy Internal", "ivy@contoso.com")
    };
    running
        .control
        .add_user("contoso.com", &internal, &["SonicSaaS-Viewers"])
        .unwrap();
    running
        .control
        .with_registration(|registration| registration.optional_claims.push("acct".to_owned()));
    let ivy = running.id_claims("organizations", "ivy@contoso.com").await;
    assert!(ivy["acct"] == 1 && ivy.get("idp").is_none());
    assert_eq!(
        running.id_claims("contoso.com", "dana@contoso.com").await["acct"],
        0
    );
    assert_eq!(
        running.id_claims("contoso.com", "sam@litware.example").await["acct"],
        1
    );
}

/// 23, 26
#[tokio::test]
async fn optional_claims_appear_when_configured() {
    let running = Running::start().await;
    running
        .control
        .set_clock(entra_emulator::ClockSetting::Fixed(1_800_000_000));
    let plain = running.id_claims("organizations", "dana@contoso.com").await;
    let names = [
        "acct",
        "auth_time",
        "login_hint",
        "xms_edov",
        "upn",
        "given_name",
        "family_name",
    ];
    for name in names {
        assert_eq!(plain.get(name), None, "{name}");
    }
    running.control.with_registration(|registration| {
        registration.optional_claims = names.map(str::to_owned).to_vec();
        registration.session_id_claim = false;
    });
    let claims = running.id_claims("organizations", "dana@contoso.com").await;
    assert_eq!(claims.get("sid"), None);
    assert_eq!(claims["auth_time"], 1_800_000_000);
    assert_eq!(
        (&claims["given_name"], &claims["family_name"]),
        (&json!("Dana"), &json!("Reyes"))
    );
    assert_eq!(
        (&claims["upn"], &claims["xms_edov"]),
        (&json!("dana@contoso.com"), &json!(true))
    );
    assert!(!text(&claims["login_hint"]).contains('@'), "opaque");
    running
        .control
        .with_registration(|registration| registration.domain_verified_as_text = true);
    assert_eq!(
        running.id_claims("organizations", "dana@contoso.com").await["xms_edov"],
        "1"
    );
    let noor = running.id_claims("organizations", "noor@contoso.com").await;
    assert!(
        noor.get("email").is_none() && noor.get("xms_edov").is_none(),
        "no mail, nothing to verify"
    );
}

/// 27: an address of Contoso, written by an administrator of Fabrikam.
#[tokio::test]
async fn an_address_of_another_tenant_is_left_out_unless_the_registration_wants_it() {
    let running = Running::start().await;
    let safe = running
        .id_claims("organizations", "dana.reyes@fabrikam.com")
        .await;
    assert_eq!((&safe["tid"], safe.get("email")), (&json!(FABRIKAM), None));
    running.control.with_registration(|registration| {
        registration.remove_unverified_email = false;
        registration.optional_claims.push("xms_edov".to_owned());
    });
    let unsafe_claims = running
        .id_claims("organizations", "dana.reyes@fabrikam.com")
        .await;
    assert_eq!(unsafe_claims["email"], "dana@contoso.com");
    assert_eq!(unsafe_claims.get("xms_edov"), None, "the domain is not theirs");
}

/// 17, 4.1: a personal account.
#[tokio::test]
async fn a_personal_account_has_a_token_of_its_own_kind() {
    let running = Running::start().await;
    running
        .control
        .set_clock(entra_emulator::ClockSetting::Fixed(1_800_000_000));
    running
        .control
        .with_registration(|registration| registration.audience = Audience::ManyTenantsAndPersonal);
    let answer = running.tokens("common", "pat.quinn@outlook.com", &[]).await;
    let claims = payload(&answer["id_token"]);
    let authority = running.emulator.authority();
    assert_eq!(
        (&claims["tid"], &claims["iss"]),
        (&json!(PERSONAL), &json!(format!("{authority}/{PERSONAL}/v2.0")))
    );
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        86_700
    );
    assert!(
        text(&claims["sub"]).starts_with("AAAA") && text(&claims["oid"]).starts_with("00000000-0000-0000-")
    );
    for absent in ["uti", "rh", "sid", "groups"] {
        assert_eq!(claims.get(absent), None, "{absent}");
    }
    let kid = part(&answer["id_token"], 0)["kid"].clone();
    let keys = running.control.key_inventory();
    let key = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == kid)
        .unwrap();
    assert_eq!(key["name"], "personal-1");
}
