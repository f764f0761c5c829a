//! The token endpoint: who is calling, and which grant.
//!
//! The checks run in Entra's order: method, tenant, grant type, client, credential, grant. So a wrong secret is
//! reported even when the code is garbage, and nothing about a code leaks to a caller without the secret.

use http::StatusCode;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    authority::Authority,
    authorize::{admit, unknown_application},
    failure::Failure,
    mutation,
    reply::Reply,
    request::Incoming,
    settings::Cloud,
    world::World,
};

mod app_only;
mod assertion;
mod certificate;
mod code;
mod credential;
mod person;
mod refresh;

/// `POST /{tenant}/oauth2/v2.0/token`
pub(crate) fn answer(world: &mut World, request: &Incoming, tenant: &str) -> Reply {
    let reply = match grant(world, request, tenant) {
        Ok(answer) => Reply::json(StatusCode::OK, &answer),
        Err(failure) => failure.reply(world, request),
    };
    reply
        .never_stored()
        .with_header("x-content-type-options", "nosniff")
        .with_header("set-cookie", "fpc=emulator; path=/; HttpOnly")
        .with_header("set-cookie", "x-ms-gateway-slice=estsfd; path=/; HttpOnly")
        .with_header("set-cookie", "stsservicecookie=estsfd; path=/; HttpOnly")
}

fn grant(world: &mut World, request: &Incoming, tenant: &str) -> Result<Value, Failure> {
    if request.method != http::Method::POST {
        let message = format!(
            "The endpoint only accepts POST requests. Received a {} request.",
            request.method
        );
        return Err(Failure::new(900_561, "invalid_request", message));
    }
    let authority = Authority::resolve(world, tenant)?;
    let grant_type = request
        .form_value("grant_type")
        .ok_or_else(|| Failure::missing_parameter("grant_type"))?;
    check_application(world, request, authority)?;
    let credential = credential::check(world, request, authority);
    match grant_type {
        "authorization_code" => credential.and_then(|()| code::redeem(world, request, authority)),
        "refresh_token" => credential.and_then(|()| refresh::redeem(world, request, authority)),
        "client_credentials" => credential.and_then(|()| app_only::issue(world, request, authority)),
        other => {
            let message = format!("The app requested an unsupported grant type '{other}'.");
            Err(Failure::new(70_003, "unsupported_grant_type", message))
        }
    }
}

/// The client must be our application, and an administrator may have switched it off.
fn check_application(world: &World, request: &Incoming, authority: Authority) -> Result<(), Failure> {
    let (client_id, _) = credential::presented(request);
    let client_id = client_id.ok_or_else(|| Failure::missing_parameter("client_id"))?;
    let tenant = authority.tenant().and_then(|id| world.directory.find(id));
    let registration = &world.registration;
    if Uuid::try_parse(&client_id) != Ok(registration.client_id) {
        return Err(unknown_application(
            &client_id,
            tenant.map_or("Microsoft Accounts", |tenant| &tenant.name),
        ));
    }
    if tenant.is_some_and(|tenant| world.settings.cloud == Cloud::Global && tenant.is_of_government()) {
        let message = "Confidential Client is not supported in Cross Cloud request.";
        return Err(Failure::new(900_382, "invalid_request", message));
    }
    if tenant.is_some_and(|tenant| !tenant.installation.enabled) {
        return Err(admit::disabled_application(
            registration.client_id,
            &registration.name,
        ));
    }
    Ok(())
}

/// Puts queued changes into an answer.
fn changed(mut answer: Map<String, Value>, changes: &[Map<String, Value>]) -> Value {
    for change in changes {
        mutation::merge(&mut answer, change);
    }
    Value::Object(answer)
}
