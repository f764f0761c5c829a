//! Microsoft Graph: who calls, what they may read, and the calls about one's own memberships.
//!
//! Every call is checked against the permissions in its token, because an emulator that is laxer than Graph hides the
//! missing consent that production will find. Objects of another tenant do not exist.

use http::{Method, StatusCode};
use uuid::Uuid;

use crate::{
    access::{self, Caller, Rejected},
    directory::{Group, Tenant, User},
    graph::failure::GraphFailure,
    reply::Reply,
    request::Incoming,
    world::World,
};

pub(crate) mod batch;
mod collection;
mod failure;
mod filter;
mod groups;
mod members;
mod membership;
mod object;
pub(crate) mod paging;
mod rights;
mod search;

pub(crate) use failure::trouble;

/// One accepted call.
#[derive(Clone, Copy)]
struct Call<'a> {
    world: &'a World,
    request: &'a Incoming,
    caller: &'a Caller,
    tenant: &'a Tenant,
}

/// Everything under `/v1.0/`.
pub(crate) fn answer(world: &World, request: &Incoming) -> Reply {
    let outcome = accepted(world, request);
    let reply = match outcome {
        Ok(reply) => reply.with_header("x-ms-resource-unit", "1"),
        Err(refused) => refused.reply(world, request),
    };
    failure::with_diagnostics(reply, request)
}

/// Whose token this is, if it is one for Graph.
fn accepted_caller(world: &World, request: &Incoming) -> Result<Caller, GraphFailure> {
    access::caller(world, request.header("authorization")).map_err(rejected)
}

fn accepted(world: &World, request: &Incoming) -> Result<Reply, GraphFailure> {
    let caller = accepted_caller(world, request)?;
    let (Caller::Person { tenant, .. } | Caller::Application { tenant, .. }) = &caller;
    let tenant = world
        .directory
        .find(*tenant)
        .ok_or_else(|| rejected(Rejected::UnknownIdentity))?;
    dispatch(&Call {
        world,
        request,
        caller: &caller,
        tenant,
    })
}

fn dispatch(call: &Call<'_>) -> Result<Reply, GraphFailure> {
    let segments = call
        .request
        .segments
        .iter()
        .skip(1)
        .map(String::as_str)
        .collect::<Vec<_>>();
    let get = call.request.method == Method::GET;
    match segments.as_slice() {
        ["organization"] if get => organization(call),
        ["groups"] if get => groups::list(call),
        ["groups", "$count"] if get => groups::count(call),
        ["groups", id] if get => group(call, id),
        ["groups", id, name @ ("members" | "transitiveMembers")] if get => {
            members::list(call, group_named(call, id)?, name, None)
        }
        ["groups", id, name @ ("members" | "transitiveMembers"), cast] if get => {
            members::list(call, group_named(call, id)?, name, Some(cast))
        }
        ["me", rest @ ..] => of_user(call, me(call)?, rest),
        ["users", id, rest @ ..] => of_user(call, user(call, id)?, rest),
        _ => Err(GraphFailure::unknown_resource(
            segments.first().copied().unwrap_or_default(),
        )),
    }
}

fn of_user(call: &Call<'_>, user: &User, rest: &[&str]) -> Result<Reply, GraphFailure> {
    let get = call.request.method == Method::GET;
    let post = call.request.method == Method::POST;
    match rest {
        [] if get => {
            rights::read_user(call, user)?;
            Ok(collection::entity(
                call,
                "users",
                object::user(user),
                object::USER_DEFAULTS,
            ))
        }
        [name @ ("memberOf" | "transitiveMemberOf")] if get => membership::list(call, user, name),
        [name @ ("getMemberObjects" | "getMemberGroups")] if post => membership::get(call, user, name),
        [name @ ("checkMemberObjects" | "checkMemberGroups")] if post => membership::check(call, user, name),
        [] | ["memberOf" | "transitiveMemberOf"] => Err(GraphFailure::method_not_allowed()),
        ["getMemberObjects" | "getMemberGroups" | "checkMemberObjects" | "checkMemberGroups"] => {
            Err(GraphFailure::method_not_allowed())
        }
        [other, ..] => Err(GraphFailure::unknown_resource(other)),
    }
}

/// The signed-in person; an application has no "me".
fn me<'a>(call: &Call<'a>) -> Result<&'a User, GraphFailure> {
    match call.caller {
        Caller::Person { user, .. } => call
            .tenant
            .user(*user)
            .ok_or_else(|| GraphFailure::not_found(&user.to_string())),
        Caller::Application { .. } => {
            let message = "/me request is only valid with delegated authentication flow.";
            Err(GraphFailure::new(StatusCode::BAD_REQUEST, "BadRequest", message))
        }
    }
}

/// A user by object id or principal name.
fn user<'a>(call: &Call<'a>, id: &str) -> Result<&'a User, GraphFailure> {
    let tenant = call.tenant;
    let found = match Uuid::try_parse(id) {
        Ok(id) => tenant.user(id),
        Err(_) => tenant
            .users
            .iter()
            .find(|user| user.principal.eq_ignore_ascii_case(id)),
    };
    found.ok_or_else(|| GraphFailure::not_found(id))
}

fn group(call: &Call<'_>, id: &str) -> Result<Reply, GraphFailure> {
    rights::read_groups(call)?;
    Ok(collection::entity(
        call,
        "groups",
        object::group(group_named(call, id)?),
        object::GROUP_DEFAULTS,
    ))
}

/// A group by object id.
fn group_named<'a>(call: &Call<'a>, id: &str) -> Result<&'a Group, GraphFailure> {
    let identifier = Uuid::try_parse(id)
        .map_err(|_| GraphFailure::bad_request(&format!("Invalid object identifier '{id}'.")))?;
    call.tenant
        .group(identifier)
        .ok_or_else(|| GraphFailure::not_found(id))
}

/// A collection of exactly one; with `User.Read` alone most of it is null.
fn organization(call: &Call<'_>) -> Result<Reply, GraphFailure> {
    let whole = rights::read_organization(call)?;
    collection::answer(
        call,
        "organization",
        vec![object::organization(call.tenant, whole)],
        object::ORGANIZATION_DEFAULTS,
    )
}

fn rejected(reason: Rejected) -> GraphFailure {
    let (code, message) = match reason {
        Rejected::Empty => ("InvalidAuthenticationToken", "Access token is empty."),
        Rejected::Malformed => (
            "InvalidAuthenticationToken",
            "CompactToken validation failed with reason code: 80049228.",
        ),
        Rejected::Expired => (
            "InvalidAuthenticationToken",
            "Lifetime validation failed, the token is expired.",
        ),
        Rejected::Audience => (
            "InvalidAuthenticationToken",
            "Access token validation failure. Invalid audience.",
        ),
        Rejected::UnknownIdentity => (
            "Authorization_IdentityNotFound",
            "The identity of the calling application could not be established.",
        ),
    };
    GraphFailure::new(StatusCode::UNAUTHORIZED, code, message)
}
