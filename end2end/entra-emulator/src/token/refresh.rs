//! Redeeming a refresh token.
//!
//! Each use gives a new one and leaves the old one alone; it is bound to the person and the client, not to a tenant.

use serde_json::Value;

use super::{code::unknown, person};
use crate::{
    authority::Authority, failure::Failure, grants::REFRESH_LIFETIME, request::Incoming, world::World,
};

pub(super) fn redeem(world: &mut World, request: &Incoming, authority: Authority) -> Result<Value, Failure> {
    let text = request
        .form_value("refresh_token")
        .ok_or_else(|| Failure::missing_parameter("refresh_token"))?;
    let now = world.clock.now();
    let client = world.registration.client_id;
    let refresh = world
        .grants
        .refresh_tokens
        .get_mut(text)
        .ok_or_else(|| unknown(text))?;
    if now >= refresh.used_at + REFRESH_LIFETIME {
        let message =
            "The refresh token has expired due to inactivity. The token was inactive for 90.00:00:00.";
        return Err(Failure::new(700_082, "invalid_grant", message).with_suberror("bad_token"));
    }
    if refresh.revoked {
        let message = "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user \
                       might have changed or reset their password.";
        return Err(Failure::new(50_173, "invalid_grant", message).with_suberror("bad_token"));
    }
    if refresh.client_id != client {
        let message = "The provided grant was issued to another client.";
        return Err(Failure::new(70_000, "invalid_grant", message).with_suberror("client_mismatch"));
    }
    refresh.used_at = now;
    let mut sign_in = refresh.sign_in.clone();
    if let Some(tenant) = authority.tenant().and_then(|id| world.directory.find(id)) {
        let object = tenant.object_of(sign_in.account).ok_or_else(|| {
            let message = format!("The user account does not exist in tenant '{}'.", tenant.name);
            Failure::new(50_020, "invalid_grant", message)
        })?;
        sign_in.user = object.id;
        sign_in.tenant = tenant.id;
    }
    let sign_in = person::narrowed(world, request, &sign_in)?;
    person::answer(world, request, "refresh_token", sign_in)
}
