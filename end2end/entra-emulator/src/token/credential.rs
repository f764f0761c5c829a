//! The client's credential: a secret in the body or in the header, or a signed assertion.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;

use super::assertion;
use crate::{authority::Authority, failure::Failure, request::Incoming, world::World};

/// Client id and secret as presented: HTTP Basic wins, and both its halves are form-encoded.
pub(super) fn presented(request: &Incoming) -> (Option<String>, Option<String>) {
    let basic = request
        .header("authorization")
        .and_then(|value| value.strip_prefix("Basic "));
    let decoded = basic.and_then(|text| String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok());
    if let Some((client_id, secret)) = decoded.as_deref().and_then(|text| text.split_once(':')) {
        return (
            Some(form_decoded(client_id)),
            Some(form_decoded(secret)).filter(|secret| !secret.is_empty()),
        );
    }
    (
        request.form_value("client_id").map(str::to_owned),
        request.form_value("client_secret").map(str::to_owned),
    )
}

fn form_decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " "))
        .decode_utf8_lossy()
        .into_owned()
}

/// How access tokens name the kind of credential: `1` for a secret, `2` for an assertion.
pub(super) fn kind(request: &Incoming) -> &'static str {
    if request.form_value("client_assertion").is_some() {
        "2"
    } else {
        "1"
    }
}

/// # Errors
/// 7000218 without a credential, 7000215 for a wrong secret, 7000222 for an expired one, 9002326 from a browser; those
/// of [`assertion::check`] for an assertion.
pub(super) fn check(world: &World, request: &Incoming, authority: Authority) -> Result<(), Failure> {
    let registration = &world.registration;
    if let Some(text) = request.form_value("client_assertion") {
        return assertion::check(world, request, authority, text);
    }
    let Some(secret) = presented(request).1 else {
        let message =
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        return Err(Failure::new(7_000_218, "invalid_client", message));
    };
    if request.header("origin").is_some() {
        let message =
            "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type.";
        return Err(Failure::new(9_002_326, "invalid_request", message));
    }
    let app = registration.client_id;
    let Some(known) = registration.secrets.iter().find(|known| known.value == secret) else {
        let message = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, \
             not the client secret ID, for a secret added to app '{app}'."
        );
        return Err(Failure::new(7_000_215, "invalid_client", message));
    };
    if known.expires.is_some_and(|until| until <= world.clock.now()) {
        let message = format!(
            "The provided client secret keys for app '{app}' are expired. Visit the Azure portal to create new keys \
             for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added \
             security: https://aka.ms/certCreds."
        );
        return Err(Failure::new(7_000_222, "invalid_client", message));
    }
    Ok(())
}
