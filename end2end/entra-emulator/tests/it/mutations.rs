//! Tokens that are wrong on purpose: each piece can be, and only the piece.

use aws_lc_rs::hmac;
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use entra_emulator::{
    PayloadCharset, PayloadEdit, PublicKeyForm, SignatureRule, TokenEncoding, TokenMutation,
};
use serde_json::{Value, json};

use crate::start::{CONTOSO, FABRIKAM, Running, SECRET, part, payload, text};

/// The next ID token, with this wrong.
async fn wrong(running: &Running, mutation: TokenMutation) -> Value {
    running.control.mutate(mutation);
    running.tokens("organizations", "dana@contoso.com", &[]).await["id_token"].clone()
}

fn key(running: &Running, name: &str) -> Value {
    let keys = running.control.key_inventory();
    let found = keys["keys"]
        .as_array()
        .expect("as seeded")
        .iter()
        .find(|key| key["name"] == name);
    found.expect(name).clone()
}

fn verifies(running: &Running, name: &str, token: &Value) -> bool {
    let key = key(running, name);
    let token = text(token);
    let (message, signature) = token.rsplit_once('.').expect("a signature");
    let key = jsonwebtoken::DecodingKey::from_rsa_components(&text(&key["n"]), &text(&key["e"]))
        .expect("as seeded");
    jsonwebtoken::crypto::verify(
        signature,
        message.as_bytes(),
        &key,
        jsonwebtoken::Algorithm::RS256,
    )
    .unwrap_or(false)
}

fn raw(token: &Value, index: usize) -> Vec<u8> {
    URL_SAFE_NO_PAD
        .decode(text(token).split('.').nth(index).expect("as seeded"))
        .expect("as seeded")
}

#[tokio::test]
async fn one_claim_is_changed_and_the_signature_is_good() {
    let running = Running::start().await;
    let plain = running.id_claims("organizations", "dana@contoso.com").await;
    let token = wrong(&running, TokenMutation::claim("aud", "somebody-else")).await;
    let mut claims = payload(&token);
    assert_eq!(claims["aud"], "somebody-else");
    assert!(verifies(&running, "global-1", &token));
    claims["aud"] = plain["aud"].clone();
    for (name, value) in plain.as_object().unwrap() {
        if !["iat", "nbf", "exp", "aio", "rh", "uti", "sid"].contains(&name.as_str()) {
            assert_eq!(claims[name], *value, "{name}");
        }
    }
    let after = running.id_claims("organizations", "dana@contoso.com").await;
    assert_eq!(after["aud"], plain["aud"], "once");
}

#[tokio::test]
async fn claims_go_away_or_are_null_or_of_another_type() {
    let running = Running::start().await;
    assert_eq!(
        payload(&wrong(&running, TokenMutation::claim("tid", Value::Null)).await).get("tid"),
        None
    );
    let null = TokenMutation {
        null_claims: vec!["sub".to_owned()],
        ..TokenMutation::default()
    };
    assert_eq!(payload(&wrong(&running, null).await)["sub"], Value::Null);
    for value in [json!(42), json!(["x"]), json!({}), json!("")] {
        let token = wrong(&running, TokenMutation::claim("sub", value.clone())).await;
        assert_eq!(payload(&token)["sub"], value);
    }
}

#[tokio::test]
async fn a_member_can_stand_twice_in_both_orders() {
    let running = Running::start().await;
    let twice = format!("\"tid\":\"{FABRIKAM}\"");
    let before = TokenMutation {
        members_before: Some(twice.clone()),
        ..TokenMutation::default()
    };
    let text = String::from_utf8(raw(&wrong(&running, before).await, 1)).unwrap();
    assert!(text.starts_with(&format!("{{{twice},")) && text.contains(&format!("\"tid\":\"{CONTOSO}\"")));
    let after = TokenMutation {
        members_after: Some(twice.clone()),
        ..TokenMutation::default()
    };
    let text = String::from_utf8(raw(&wrong(&running, after).await, 1)).unwrap();
    assert!(text.ends_with(&format!(",{twice}}}")) && text.contains(&format!("\"tid\":\"{CONTOSO}\"")));
}

#[tokio::test]
async fn the_payload_can_be_any_bytes() {
    let running = Running::start().await;
    let template = r#"{"sub":"{{sub}}","exp":{{exp}},"again":"{{nonce}}"}"#.to_owned();
    let exact = TokenMutation {
        payload_text: Some(template),
        ..TokenMutation::default()
    };
    let token = wrong(&running, exact).await;
    assert_eq!(payload(&token)["again"], "the-nonce");
    assert!(payload(&token)["exp"].is_i64() && verifies(&running, "global-1", &token));

    let exact = TokenMutation {
        payload_base64: Some(STANDARD.encode(b"\xFF\x00")),
        ..TokenMutation::default()
    };
    assert_eq!(raw(&wrong(&running, exact).await, 1), b"\xFF\x00");
    let edit = PayloadEdit {
        find: "Dana".to_owned(),
        replace_base64: Some(STANDARD.encode(b"D\xFFna")),
        ..PayloadEdit::default()
    };
    let invalid = TokenMutation {
        payload_edits: vec![edit],
        ..TokenMutation::default()
    };
    let bytes = raw(&wrong(&running, invalid).await, 1);
    assert!(String::from_utf8(bytes.clone()).is_err());
    assert!(bytes.windows(6).any(|window| window == b"D\xFFna R"));
    let wide = TokenMutation {
        payload_charset: PayloadCharset::Utf16LittleEndian,
        ..TokenMutation::default()
    };
    assert!(raw(&wrong(&running, wide).await, 1).starts_with(b"{\0\"\0"));
    let deep = TokenMutation::claim(
        "x",
        serde_json::from_str::<Value>(&format!("{}{}", "[".repeat(100), "]".repeat(100))).unwrap(),
    );
    assert!(payload(&wrong(&running, deep).await)["x"][0][0].is_array());
    let nested = format!("\"x\":{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let nested = TokenMutation {
        members_after: Some(nested),
        ..TokenMutation::default()
    };
    assert!(text(&wrong(&running, nested).await).len() > 50_000);
    let huge = wrong(&running, TokenMutation::claim("x", "y".repeat(2 << 20))).await;
    assert!(text(&huge).len() > 2 << 20);
}

#[tokio::test]
async fn the_header_can_say_anything() {
    let running = Running::start().await;
    let mut mutation = TokenMutation::default();
    mutation.header.insert("kid".to_owned(), Value::Null);
    mutation.header.insert("crit".to_owned(), json!(["exp"]));
    mutation
        .header
        .insert("jku".to_owned(), json!("https://evil.example/jwks"));
    let token = wrong(&running, mutation).await;
    let header = part(&token, 0);
    assert!(header.get("kid").is_none() && header["crit"] == json!(["exp"]) && header["jku"].is_string());
    assert!(verifies(&running, "global-1", &token));
    let exact = TokenMutation {
        header_text: Some("{\"alg\":\"RS256\",\"alg\":\"none\"}".to_owned()),
        ..TokenMutation::default()
    };
    assert_eq!(
        raw(&wrong(&running, exact).await, 0),
        b"{\"alg\":\"RS256\",\"alg\":\"none\"}"
    );
}

#[tokio::test]
async fn another_key_signs_under_its_own_or_a_borrowed_name() {
    let running = Running::start().await;
    let stranger = TokenMutation {
        signing_key: Some("stranger-1".to_owned()),
        ..TokenMutation::default()
    };
    let token = wrong(&running, stranger.clone()).await;
    assert_eq!(part(&token, 0)["kid"], key(&running, "stranger-1")["kid"]);
    assert!(verifies(&running, "stranger-1", &token));
    let mut borrowed = stranger;
    borrowed
        .header
        .insert("kid".to_owned(), key(&running, "global-1")["kid"].clone());
    let token = wrong(&running, borrowed).await;
    assert_eq!(part(&token, 0)["kid"], key(&running, "global-1")["kid"]);
    assert!(verifies(&running, "stranger-1", &token) && !verifies(&running, "global-1", &token));
}

#[tokio::test]
async fn the_signature_can_be_broken_missing_or_of_other_claims() {
    let running = Running::start().await;
    let with = |signature| TokenMutation {
        signature,
        ..TokenMutation::default()
    };
    assert!(!verifies(
        &running,
        "global-1",
        &wrong(&running, with(SignatureRule::Broken)).await
    ));
    assert!(text(&wrong(&running, with(SignatureRule::Empty)).await).ends_with('.'));
    assert_eq!(
        text(&wrong(&running, with(SignatureRule::Omitted)).await)
            .matches('.')
            .count(),
        1
    );

    let swapped = TokenMutation {
        signature: SignatureRule::Original,
        ..TokenMutation::claim("oid", "swapped")
    };
    let token = wrong(&running, swapped).await;
    assert!(payload(&token)["oid"] == "swapped" && !verifies(&running, "global-1", &token));
    let issued = running.control.tokens().pop().expect("the last token");
    assert_eq!(issued.token, text(&token));
    assert_ne!(issued.claims["oid"], "swapped", "the claims as they were");

    let mut none = with(SignatureRule::Empty);
    none.header.insert("alg".to_owned(), json!("none"));
    assert_eq!(part(&wrong(&running, none).await, 0)["alg"], "none");
}

#[tokio::test]
async fn a_public_key_is_misused_as_a_secret() {
    let running = Running::start().await;
    let own = key(&running, "global-1");
    let public = text(&own["public_key"]);
    let lines = public
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect::<Vec<_>>();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        lines.join("\n")
    );
    let secrets = [
        (SignatureRule::HmacPublicKey(PublicKeyForm::Pem), pem.into_bytes()),
        (
            SignatureRule::HmacPublicKey(PublicKeyForm::Der),
            STANDARD.decode(&public).unwrap(),
        ),
        (
            SignatureRule::HmacPublicKey(PublicKeyForm::Modulus),
            URL_SAFE_NO_PAD.decode(text(&own["n"])).unwrap(),
        ),
        (
            SignatureRule::HmacPublicKey(PublicKeyForm::Certificate),
            text(&own["x5c"][0]).into_bytes(),
        ),
        (SignatureRule::HmacClientSecret, SECRET.as_bytes().to_vec()),
        (SignatureRule::HmacText("abc".to_owned()), b"abc".to_vec()),
        (SignatureRule::HmacBase64(STANDARD.encode([1, 2])), vec![1, 2]),
    ];
    for (signature, secret) in secrets {
        let token = wrong(
            &running,
            TokenMutation {
                signature,
                ..TokenMutation::default()
            },
        )
        .await;
        assert_eq!(part(&token, 0)["alg"], "HS256");
        let token = text(&token);
        let (message, signature) = token.rsplit_once('.').unwrap();
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        hmac::verify(&secret, message.as_bytes(), &signature).expect("signed with that secret");
    }
}

#[tokio::test]
async fn base64_can_be_sloppy() {
    let running = Running::start().await;
    let with = |encoding| TokenMutation {
        encoding,
        ..TokenMutation::default()
    };
    let padded = text(&wrong(&running, with(TokenEncoding::Padded)).await);
    assert!(padded.ends_with("=="));
    let standard = text(&wrong(&running, with(TokenEncoding::Standard)).await);
    assert!(!standard.contains(['-', '_']) && standard.ends_with("=="));
    assert!(text(&wrong(&running, with(TokenEncoding::LineBreak)).await).contains('\n'));
}

#[tokio::test]
async fn the_answer_around_the_token_can_be_wrong_too() {
    let running = Running::start().await;
    let mut mutation = TokenMutation {
        raw_token: Some("a.b.c.d.e".to_owned()),
        ..TokenMutation::default()
    };
    mutation
        .token_response
        .insert("token_type".to_owned(), json!("bEaReR"));
    mutation
        .token_response
        .insert("expires_in".to_owned(), Value::Null);
    running.control.mutate(mutation);
    let answer = running.tokens("organizations", "dana@contoso.com", &[]).await;
    assert_eq!(
        (&answer["id_token"], &answer["token_type"]),
        (&json!("a.b.c.d.e"), &json!("bEaReR"))
    );
    assert_eq!(answer.get("expires_in"), None);
}

#[tokio::test]
async fn a_mutation_waits_for_its_grant_tenant_and_times() {
    let running = Running::start().await;
    let other = TokenMutation {
        tenant: Some(FABRIKAM.to_owned()),
        times: Some(2),
        ..TokenMutation::claim("ver", "1.0")
    };
    running.control.mutate(other);
    let refresh = TokenMutation {
        grant: Some("refresh_token".to_owned()),
        ..TokenMutation::claim("ver", "3.0")
    };
    running.control.mutate(refresh);
    assert_eq!(
        running.id_claims("organizations", "dana@contoso.com").await["ver"],
        "2.0"
    );
    for expected in ["1.0", "1.0", "2.0"] {
        assert_eq!(
            running.id_claims("organizations", "omar@fabrikam.com").await["ver"],
            expected
        );
    }
    let scope = [("scope", "openid offline_access")];
    let refresh = text(&running.tokens("organizations", "dana@contoso.com", &scope).await["refresh_token"]);
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    assert_eq!(
        payload(&running.redeem("organizations", "", &fields).await.json()["id_token"])["ver"],
        "3.0"
    );
    running.control.mutate(TokenMutation {
        times: None,
        ..TokenMutation::claim("ver", "4.0")
    });
    for _ in 0..2 {
        assert_eq!(
            running.id_claims("organizations", "dana@contoso.com").await["ver"],
            "4.0"
        );
    }
    running.control.clear_mutations();
    assert_eq!(
        running.id_claims("organizations", "dana@contoso.com").await["ver"],
        "2.0"
    );
}
