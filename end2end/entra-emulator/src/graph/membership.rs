//! In which groups somebody is: by list, by action, and by question.
//!
//! These are the calls an application falls back to when a token says "too many groups". The actions have no pages
//! and a limit; the list has pages and none.

use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Call, collection, failure::GraphFailure, object, rights};
use crate::{directory::User, reply::Reply};

/// More than this and `checkMemberGroups` does not begin.
const QUESTION_LIMIT: usize = 20;

/// `GET …/memberOf`, `GET …/transitiveMemberOf`
pub(super) fn list(call: &Call<'_>, user: &User, name: &str) -> Result<Reply, GraphFailure> {
    rights::list_memberships(call, user, name)?;
    let groups = if name == "memberOf" {
        call.tenant.direct_groups(user.id)
    } else {
        call.tenant.transitive_groups(user.id)
    };
    let roles = call.tenant.roles_of(user.id).into_iter().map(object::role);
    let objects = groups.into_iter().map(object::group).chain(roles);
    let objects = if rights::sees_groups(call) {
        objects.collect::<Vec<_>>()
    } else {
        objects.map(object::limited).collect()
    };
    let mut properties = object::GROUP_DEFAULTS.to_vec();
    properties.push("roleTemplateId");
    collection::answer(call, "directoryObjects", objects, &properties)
}

/// `POST …/getMemberObjects`, `POST …/getMemberGroups`
pub(super) fn get(call: &Call<'_>, user: &User, name: &str) -> Result<Reply, GraphFailure> {
    rights::ask_memberships(call, user, name)?;
    let body = body(call)?;
    let security_only = body["securityEnabledOnly"].as_bool().ok_or_else(|| {
        GraphFailure::bad_request("Required parameter 'securityEnabledOnly' is missing or not a Boolean.")
    })?;
    let groups = call.tenant.transitive_groups(user.id).into_iter();
    let mut ids = groups
        .filter(|group| !security_only || group.security_enabled)
        .map(|group| group.id)
        .collect::<Vec<_>>();
    if name == "getMemberObjects" && !security_only {
        ids.extend(call.tenant.roles_of(user.id).iter().map(|role| role.id));
    }
    if ids.len() > call.world.settings.member_result_limit {
        let message = "The number of results exceeds the maximum allowed by the operation.";
        return Err(GraphFailure::new(
            StatusCode::BAD_REQUEST,
            "Directory_ResultSizeLimitExceeded",
            message,
        ));
    }
    Ok(collection::strings(
        call,
        ids.iter().map(Uuid::to_string).collect(),
    ))
}

/// `POST …/checkMemberGroups`, `POST …/checkMemberObjects`
pub(super) fn check(call: &Call<'_>, user: &User, name: &str) -> Result<Reply, GraphFailure> {
    rights::ask_memberships(call, user, name)?;
    let body = body(call)?;
    let groups_only = name == "checkMemberGroups";
    let field = if groups_only { "groupIds" } else { "ids" };
    let asked = body[field].as_array();
    let asked = asked.and_then(|ids| {
        ids.iter()
            .map(|id| Uuid::try_parse(id.as_str()?).ok())
            .collect::<Option<Vec<_>>>()
    });
    let asked =
        asked.ok_or_else(|| GraphFailure::bad_request(&format!("Invalid value specified for '{field}'.")))?;
    if asked.len() > QUESTION_LIMIT {
        let message = format!("Number of included identifiers cannot exceed '{QUESTION_LIMIT}'.");
        return Err(GraphFailure::bad_request(&message));
    }
    let mut own = call
        .tenant
        .transitive_groups(user.id)
        .iter()
        .map(|group| group.id)
        .collect::<Vec<_>>();
    if !groups_only {
        own.extend(call.tenant.roles_of(user.id).iter().map(|role| role.id));
    }
    Ok(collection::strings(
        call,
        asked
            .into_iter()
            .filter(|id| own.contains(id))
            .map(|id| id.to_string())
            .collect(),
    ))
}

fn body(call: &Call<'_>) -> Result<Value, GraphFailure> {
    let kind = call.request.header("content-type").unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err(GraphFailure::bad_request(
            "Write requests must contain the Content-Type header declaration.",
        ));
    }
    serde_json::from_slice(&call.request.body)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| GraphFailure::bad_request("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format."))
        .or_else(|failure| if call.request.body.is_empty() { Ok(json!({})) } else { Err(failure) })
}
