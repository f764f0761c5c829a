//! Redeeming an authorization code.
//!
//! A code is good once, for ten minutes, for the client, redirect URI and authority it was issued for, and for who
//! knows the verifier. A failed attempt does not use it up.

use serde_json::Value;
use uuid::Uuid;

use super::person;
use crate::{
    authority::Authority,
    failure::Failure,
    grants::{CODE_LIFETIME, ChallengeMethod, Code},
    random,
    request::Incoming,
    world::World,
};

pub(super) fn redeem(world: &mut World, request: &Incoming, authority: Authority) -> Result<Value, Failure> {
    let text = request
        .form_value("code")
        .ok_or_else(|| Failure::missing_parameter("code"))?;
    let redirect_uri = request
        .form_value("redirect_uri")
        .ok_or_else(|| Failure::missing_parameter("redirect_uri"))?;
    let code = world
        .grants
        .codes
        .get(text)
        .cloned()
        .ok_or_else(|| unknown(text))?;
    check(
        &code,
        world.clock.now(),
        world.registration.client_id,
        redirect_uri,
        authority,
    )?;
    check_verifier(&code, request.form_value("code_verifier"))?;
    let sign_in = person::narrowed(world, request, &code.sign_in)?;
    let answer = person::answer(world, request, "authorization_code", sign_in)?;
    if let Some(code) = world.grants.codes.get_mut(text) {
        code.redeemed = true;
    }
    Ok(answer)
}

/// Garbage is told from a code of somebody else's by its shape.
pub(super) fn unknown(text: &str) -> Failure {
    if text.starts_with("1.") || text.starts_with("0.") {
        let message = "The provided value for the input parameter 'code' or 'refresh_token' is not valid.";
        Failure::new(70_000, "invalid_grant", message)
    } else {
        Failure::new(
            9_002_313,
            "invalid_request",
            "Invalid request. Request is malformed or invalid.",
        )
    }
}

fn check(
    code: &Code,
    now: i64,
    client: Uuid,
    redirect_uri: &str,
    authority: Authority,
) -> Result<(), Failure> {
    if code.redeemed {
        let message = "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an \
                       existing refresh token.";
        return Err(Failure::new(54_005, "invalid_grant", message));
    }
    if now >= code.issued_at + CODE_LIFETIME {
        let message = "The provided authorization code or refresh token has expired due to inactivity. Send a new \
                       interactive authorization request for this user and resource.";
        return Err(Failure::new(70_008, "invalid_grant", message).with_suberror("bad_token"));
    }
    if code.client_id != client {
        let message = "The provided authorization code was issued to another client.";
        return Err(Failure::new(70_000, "invalid_grant", message));
    }
    if code.authority != authority.segment() {
        let message = "Provided Authorization Code is intended to use against other tenant, thus rejected.";
        return Err(Failure::new(700_005, "invalid_grant", message));
    }
    if code.redirect_uri != redirect_uri {
        let message = format!(
            "The reply address '{redirect_uri}' does not match the reply address '{}' provided when requesting \
             Authorization code.",
            code.redirect_uri
        );
        return Err(Failure::new(500_112, "invalid_grant", message));
    }
    Ok(())
}

fn check_verifier(code: &Code, verifier: Option<&str>) -> Result<(), Failure> {
    let Some((method, challenge)) = &code.challenge else {
        return Ok(());
    };
    let verifier = verifier.unwrap_or_default();
    if !verifier.is_empty() && !(43..=128).contains(&verifier.len()) {
        return Err(Failure::new(
            501_491,
            "invalid_grant",
            "Invalid size of Code_Verifier parameter.",
        ));
    }
    let computed = match method {
        ChallengeMethod::Plain => verifier.to_owned(),
        ChallengeMethod::S256 => random::fingerprint(verifier),
    };
    if computed != *challenge {
        let message =
            "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
        return Err(Failure::new(501_481, "invalid_grant", message));
    }
    Ok(())
}
