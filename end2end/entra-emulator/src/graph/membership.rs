//! In which groups somebody is: by list, by action, and by question.
//!
//! These are the calls an application falls back to when a token says "too many groups". The actions have no pages
//! and a limit; the list has pages and none.

use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Call, collection,
    failure::GraphFailure,
    filter, object,
    query::{self, Query},
    rights,
    subject::{Kind, Subject},
};
use crate::{directory::User, reply::Reply};

/// More than this and `checkMemberGroups` does not begin.
const QUESTION_LIMIT: usize = 20;

/// `GET …/memberOf`, `GET …/transitiveMemberOf`, all of them or those of one type (`microsoft.graph.group`).
///
/// A cast without an advanced query gives a good first page whose link is refused; with a `$filter` beside it the link
/// is said to have expired. Both were seen at Graph.
pub(super) fn list(
    call: &Call<'_>,
    user: &User,
    name: &str,
    cast: Option<&str>,
) -> Result<Reply, GraphFailure> {
    rights::list_memberships(call, user, name)?;
    let wanted = cast.map(kind_of).transpose()?;
    let advanced = query::is_advanced(call);
    let value = |name: &str| call.request.query_value(name);
    let later_page = value("$skiptoken").is_some();
    if value("$search").is_some() && !advanced {
        return Err(filter::needs_advanced("search"));
    }
    if wanted.is_some() && value("$filter").is_some() && later_page {
        return Err(collection::expired());
    }
    if wanted.is_some() && !advanced && later_page {
        return Err(filter::needs_advanced("cast"));
    }
    if wanted.is_none() && ["$filter", "$orderby"].iter().any(|name| value(name).is_some()) && !advanced {
        return Err(filter::needs_advanced("filter"));
    }
    let kind = wanted.map_or(Kind::Object, |_| Kind::Group);
    let query = query::read(call, kind)?;
    let objects = wanted_of(call, user, name, wanted, &query);
    let mut properties = object::GROUP_DEFAULTS.to_vec();
    properties.push("roleTemplateId");
    let rows = collection::Rows {
        count: objects.len(),
        at: &|place| objects.get(place).cloned(),
        counted: advanced,
    };
    let context = match wanted {
        Some("group") => "groups",
        Some(_) => "directoryRoles",
        None => "directoryObjects",
    };
    collection::answer(call, context, &rows, &properties)
}

/// `GET …/transitiveMemberOf/$count`
pub(super) fn count(
    call: &Call<'_>,
    user: &User,
    name: &str,
    cast: Option<&str>,
) -> Result<Reply, GraphFailure> {
    rights::list_memberships(call, user, name)?;
    let wanted = cast.map(kind_of).transpose()?;
    query::count(call, || {
        let kind = wanted.map_or(Kind::Object, |_| Kind::Group);
        let query = query::read_counted(call, kind, true)?;
        Ok(wanted_of(call, user, name, wanted, &query).len())
    })
}

fn wanted_of(
    call: &Call<'_>,
    user: &User,
    name: &str,
    wanted: Option<&str>,
    query: &Query,
) -> Vec<object::Object> {
    let tenant = if query.reads_index() {
        query::indexed(call)
    } else {
        call.tenant
    };
    let mut groups = if name == "memberOf" {
        tenant.direct_groups(user.id)
    } else {
        tenant.transitive_groups(user.id)
    };
    groups.retain(|group| wanted != Some("directoryRole") && query.fits(Subject::Group(group)));
    query.sort(&mut groups, |group| Some(group.name.clone()));
    let roles = tenant.roles_of(user.id).into_iter();
    let roles = roles.filter(|_| wanted != Some("group") && query.is_plain());
    let objects = groups
        .into_iter()
        .map(object::group)
        .chain(roles.map(object::role));
    let visible = rights::sees_groups(call);
    let objects = objects.map(|object| if visible { object } else { object::limited(object) });
    objects
        .map(|object| {
            if wanted.is_some() {
                object.untyped()
            } else {
                object
            }
        })
        .collect()
}

fn kind_of(cast: &str) -> Result<&'static str, GraphFailure> {
    match cast {
        "microsoft.graph.group" => Ok("group"),
        "microsoft.graph.directoryRole" => Ok("directoryRole"),
        _ => Err(GraphFailure::unknown_resource(cast)),
    }
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
    let asked = identifiers(&body, field)?;
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

/// The object ids of a list in a body.
pub(super) fn identifiers(body: &Value, field: &str) -> Result<Vec<Uuid>, GraphFailure> {
    let ids = body[field].as_array().and_then(|ids| {
        ids.iter()
            .map(|id| Uuid::try_parse(id.as_str()?).ok())
            .collect::<Option<Vec<_>>>()
    });
    ids.ok_or_else(|| GraphFailure::bad_request(&format!("Invalid value specified for '{field}'.")))
}

pub(super) fn body(call: &Call<'_>) -> Result<Value, GraphFailure> {
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
