//! Access tokens for Microsoft Graph: how they are made, and what Graph reads in them.
//!
//! They are of the first version, as Graph's are, and opaque to everybody but Graph. The emulator keeps no list of
//! them: what a token says is what it is good for, so a forged one shows what Graph would have done with it.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    grants::SignIn,
    jose::{self, Members},
    permissions::GRAPH,
    random,
    world::World,
};

/// The claims of a token for a person.
pub(crate) fn delegated(world: &World, sign_in: &SignIn, scopes: &[String], lifetime: i64) -> Members {
    let mut claims = common(world, sign_in.tenant, lifetime);
    claims.set("idtyp", "user");
    let tenant = world.directory.find(sign_in.tenant);
    let user = tenant.and_then(|tenant| tenant.user(sign_in.user));
    claims.set_some("name", user.as_ref().map(|user| user.name.as_str()));
    claims.set("oid", sign_in.user.to_string());
    // `offline_access` is no right at Graph.
    let scopes = scopes
        .iter()
        .filter(|scope| *scope != "offline_access")
        .map(String::as_str);
    claims.set("scp", scopes.collect::<Vec<_>>().join(" "));
    claims.set_some("upn", user.as_ref().map(|user| user.principal.as_str()));
    claims
}

/// The claims of a token for the application itself.
pub(crate) fn app_only(
    world: &World,
    tenant: Uuid,
    oid: Option<Uuid>,
    roles: &[String],
    lifetime: i64,
) -> Members {
    let mut claims = common(world, tenant, lifetime);
    claims.set("idtyp", "app");
    if let Some(oid) = oid {
        claims.set("oid", oid.to_string());
        claims.set("sub", oid.to_string());
    }
    if !roles.is_empty() {
        claims.set("roles", roles.to_vec());
    }
    claims
}

fn common(world: &World, tenant: Uuid, lifetime: i64) -> Members {
    let now = world.clock.now();
    let mut claims = Members::default();
    claims.set("aud", GRAPH);
    claims.set("iss", format!("https://sts.windows.net/{tenant}/"));
    claims.set("iat", now - 300);
    claims.set("nbf", now - 300);
    claims.set("exp", now + lifetime);
    claims.set("app_displayname", world.registration.name.as_str());
    claims.set("appid", world.registration.client_id.to_string());
    claims.set("appidacr", "1");
    claims.set("tid", tenant.to_string());
    claims.set("uti", random::opaque(16));
    claims.set("ver", "1.0");
    claims
}

/// Who calls Graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A person, through the application, with these delegated permissions.
    Person {
        tenant: Uuid,
        user: Uuid,
        scopes: Vec<String>,
    },
    /// The application itself, with these application permissions.
    Application { tenant: Uuid, roles: Vec<String> },
}

impl Caller {
    /// The tenant the token is for.
    pub(crate) fn tenant(&self) -> Uuid {
        let (Self::Person { tenant, .. } | Self::Application { tenant, .. }) = self;
        *tenant
    }
}

/// Why Graph does not accept a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejected {
    /// No token.
    Empty,
    /// Not a token of ours.
    Malformed,
    /// Over.
    Expired,
    /// Not for Graph.
    Audience,
    /// An application without a service principal in the tenant.
    UnknownIdentity,
}

/// Reads a bearer token.
pub(crate) fn caller(world: &World, authorization: Option<&str>) -> Result<Caller, Rejected> {
    let (kind, token) = authorization
        .and_then(|value| value.split_once(' '))
        .ok_or(Rejected::Empty)?;
    let token = token.trim();
    if !kind.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(Rejected::Empty);
    }
    let claims = jose::read(token).ok_or(Rejected::Malformed)?;
    let audience = text(&claims, "aud");
    if audience != GRAPH && !audience.starts_with("https://graph.microsoft.") {
        return Err(Rejected::Audience);
    }
    if claims
        .get("exp")
        .and_then(Value::as_i64)
        .is_none_or(|until| until <= world.clock.now())
    {
        return Err(Rejected::Expired);
    }
    let tenant = identifier(&claims, "tid").ok_or(Rejected::Malformed)?;
    if let Some(scopes) = claims.get("scp").and_then(Value::as_str) {
        let user = identifier(&claims, "oid").ok_or(Rejected::UnknownIdentity)?;
        return Ok(Caller::Person {
            tenant,
            user,
            scopes: scopes.split(' ').map(str::to_owned).collect(),
        });
    }
    identifier(&claims, "oid").ok_or(Rejected::UnknownIdentity)?;
    let roles = claims
        .get("roles")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    Ok(Caller::Application {
        tenant,
        roles: roles.filter_map(Value::as_str).map(str::to_owned).collect(),
    })
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> &'a str {
    claims.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn identifier(claims: &Map<String, Value>, name: &str) -> Option<Uuid> {
    Uuid::try_parse(text(claims, name)).ok()
}
