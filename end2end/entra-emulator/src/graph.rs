//! Microsoft Graph: who calls, what they may read, and the calls about one's own memberships.
//!
//! Every call is checked against the permissions in its token, because an emulator that is laxer than Graph hides the
//! missing consent that production will find. Objects of another tenant do not exist.

use std::borrow::Cow;

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
mod by_ids;
mod collection;
mod cost;
mod failure;
mod filter;
mod groups;
mod members;
mod membership;
mod object;
pub(crate) mod paging;
mod query;
mod rights;
mod search;
mod subject;
mod users;

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
pub(crate) fn answer(world: &mut World, request: &Incoming) -> Reply {
    let cost = cost::of(request);
    let tenant = accepted_caller(world, request).ok().map(|caller| caller.tenant());
    let used = tenant.and_then(|tenant| cost::spend(world, tenant, cost));
    if used.is_some_and(|used| used > 100) {
        let wait = cost::wait(world).to_string();
        return failure::trouble(world, request, StatusCode::TOO_MANY_REQUESTS)
            .with_header("retry-after", wait);
    }
    let reply = match accepted(world, request) {
        Ok(reply) => reply.with_header("x-ms-resource-unit", cost.to_string()),
        Err(refused) => refused.reply(world, request),
    };
    let reply = match used {
        Some(used @ 80..) => {
            let share = format!("{}.{:02}", used / 100, used % 100);
            reply.with_header("x-ms-throttle-limit-percentage", share)
        }
        _ => reply,
    };
    failure::with_diagnostics(reply, request)
}

/// Whose token this is, if it is one for Graph.
fn accepted_caller(world: &World, request: &Incoming) -> Result<Caller, GraphFailure> {
    access::caller(world, request.header("authorization")).map_err(rejected)
}

fn accepted(world: &World, request: &Incoming) -> Result<Reply, GraphFailure> {
    let caller = accepted_caller(world, request)?;
    let tenant = world
        .directory
        .find(caller.tenant())
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
        ["groups", id, name @ ("members" | "transitiveMembers"), rest @ ..] if get => {
            let group = group_named(call, id)?;
            let asked = |cast| members::Asked { group, name, cast };
            match *rest {
                [] => members::list(call, asked(None)),
                ["$count"] => members::count(call, asked(None)),
                [cast] => members::list(call, asked(Some(cast))),
                [cast, "$count"] => members::count(call, asked(Some(cast))),
                [_, other, ..] => Err(GraphFailure::unknown_resource(other)),
            }
        }
        ["directoryObjects", "getByIds"] if call.request.method == Method::POST => by_ids::get(call),
        ["directoryObjects", "getByIds"] => Err(GraphFailure::method_not_allowed()),
        ["users"] if get => users::list(call),
        ["users", "$count"] if get => users::count(call),
        ["me", rest @ ..] => of_user(call, me(call)?.as_ref(), rest),
        ["users", id, rest @ ..] => of_user(call, user(call, id)?.as_ref(), rest),
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
                users::seen(call, user),
                object::USER_DEFAULTS,
            ))
        }
        [name @ ("memberOf" | "transitiveMemberOf")] if get => membership::list(call, user, name, None),
        [name @ ("memberOf" | "transitiveMemberOf"), "$count"] if get => {
            membership::count(call, user, name, None)
        }
        [name @ ("memberOf" | "transitiveMemberOf"), cast] if get => {
            membership::list(call, user, name, Some(cast))
        }
        [name @ ("memberOf" | "transitiveMemberOf"), cast, "$count"] if get => {
            membership::count(call, user, name, Some(cast))
        }
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
fn me<'a>(call: &Call<'a>) -> Result<Cow<'a, User>, GraphFailure> {
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
fn user<'a>(call: &Call<'a>, id: &str) -> Result<Cow<'a, User>, GraphFailure> {
    let tenant = call.tenant;
    let found = match Uuid::try_parse(id) {
        Ok(id) => tenant.user(id),
        Err(_) => tenant.user_of_principal(id),
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
    let rows = collection::Rows {
        count: 1,
        at: &|_| Some(object::organization(call.tenant, whole)),
        counted: false,
    };
    collection::answer(call, "organization", &rows, object::ORGANIZATION_DEFAULTS)
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
