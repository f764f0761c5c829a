//! Which handler answers which path.
//!
//! One table for all: faults and the log name the same routes. A fixed first segment (`v1.0`, `_control`) wins over a
//! tenant of that name.

use http::StatusCode;

use crate::{
    admin_consent::{self, Version},
    authorize, discovery, graph, logout,
    reply::Reply,
    request::Incoming,
    token,
    world::World,
};

/// The route of a request, as faults and the log name it.
pub(crate) fn route(request: &Incoming) -> String {
    let segments = request.segments.iter().map(String::as_str).collect::<Vec<_>>();
    match segments.as_slice() {
        ["v1.0", rest @ ..] => ["graph"]
            .iter()
            .chain(rest)
            .copied()
            .collect::<Vec<_>>()
            .join("/"),
        [_, "v2.0", ".well-known", "openid-configuration"] => "discovery".to_owned(),
        [_, "discovery", "v2.0", "keys"] => "keys".to_owned(),
        [_, "discovery", "instance"] => "instance".to_owned(),
        [_, "oauth2", "v2.0", name @ ("authorize" | "token" | "logout")] => (*name).to_owned(),
        [_, "login"] => "login".to_owned(),
        [_, "adminconsent"] | [_, "v2.0", "adminconsent"] => "adminconsent".to_owned(),
        other => other.join("/"),
    }
}

/// The answer, without faults.
pub(crate) fn answer(world: &mut World, request: &Incoming) -> Reply {
    let segments = request.segments.iter().map(String::as_str).collect::<Vec<_>>();
    match segments.as_slice() {
        ["v1.0", "$batch"] => graph::batch::answer(world, request),
        ["v1.0", ..] => graph::answer(world, request),
        [tenant, "v2.0", ".well-known", "openid-configuration"] => {
            discovery::document(world, request, tenant)
        }
        [tenant, "discovery", "v2.0", "keys"] => discovery::keys(world, request, tenant),
        [_, "discovery", "instance"] => discovery::instance(request),
        [tenant, "oauth2", "v2.0", "authorize"] => authorize::answer(world, request, tenant),
        [tenant, "oauth2", "v2.0", "token"] => token::answer(world, request, tenant),
        [tenant, "oauth2", "v2.0", "logout"] => logout::answer(world, request, tenant),
        [tenant, "adminconsent"] => admin_consent::answer(world, request, tenant, Version::V1),
        [tenant, "v2.0", "adminconsent"] => admin_consent::answer(world, request, tenant, Version::V2),
        [tenant, "login"] => authorize::login::answer(world, request, tenant),
        [] => Reply::text(
            StatusCode::OK,
            "Emulator of Microsoft Entra ID and Microsoft Graph, for demos and tests.\n",
        ),
        _ => Reply::text(StatusCode::NOT_FOUND, "Not found.\n"),
    }
}
