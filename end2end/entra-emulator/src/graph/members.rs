//! `GET /groups/{id}/members` and `GET /groups/{id}/transitiveMembers`.
//!
//! Who may read a group's members but not people gets everybody with id and type and nothing else, and no refusal: a
//! client that takes a null for a name finds out here. A cast without an advanced query begins well and breaks off at its
//! second page. Members of a hidden group are not there for whoever may not see them.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Call, collection,
    failure::GraphFailure,
    groups::{is_eventual, unsupported},
    object, paging, rights,
};
use crate::{
    directory::{Group, ThingKind},
    reply::Reply,
};

/// The type of an object, and how it looks to this caller.
fn seen(call: &Call<'_>, id: Uuid) -> Option<(&'static str, Map<String, Value>)> {
    let tenant = call.tenant;
    let (kind, object, visible) = if let Some(user) = tenant.user(id) {
        ("user", object::user(user), rights::sees_users(call))
    } else if let Some(group) = tenant.group(id) {
        ("group", object::group(group), rights::sees_groups(call))
    } else {
        let thing = tenant.thing(id)?;
        let kind = match thing.kind {
            ThingKind::Device => "device",
            ThingKind::ServicePrincipal => "servicePrincipal",
            ThingKind::OrgContact => "orgContact",
        };
        (kind, object::thing(thing), rights::sees_things(call, thing.kind))
    };
    let object = if visible { object } else { object::limited(object) };
    Some((kind, object))
}

/// A list of members, all of them or those of one type (`microsoft.graph.user`).
pub(super) fn list(
    call: &Call<'_>,
    group: &Group,
    name: &str,
    cast: Option<&str>,
) -> Result<Reply, GraphFailure> {
    rights::list_members(call)?;
    let query = |name: &str| call.request.query_value(name);
    let counted = query("$count").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let advanced = is_eventual(call) && counted;
    if ["$filter", "$orderby", "$search"]
        .iter()
        .any(|option| query(option).is_some())
    {
        return Err(unsupported(
            "Unsupported or invalid query filter clause specified for the members of a group.",
        ));
    }
    if cast.is_some() && !advanced && query("$skiptoken").is_some() {
        return Err(unsupported(
            "Operator 'cast' is not supported because the required parameters might be missing. Try adding $count=true \
             query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries \
             for more information",
        ));
    }
    let wanted = cast.map(kind_of).transpose()?;
    let direct = name == "members";
    let ids = if group.hidden_membership && !rights::sees_hidden_members(call) {
        Vec::new()
    } else if direct {
        group.members.clone()
    } else {
        call.tenant.transitive_members(group)
    };
    let fits = |kind: &str| {
        // A known issue: direct members never show service principals.
        !(direct && kind == "servicePrincipal") && wanted.is_none_or(|wanted| wanted == kind)
    };
    let mut objects = ids
        .into_iter()
        .filter_map(|id| seen(call, id))
        .filter(|(kind, _)| fits(kind))
        .map(|(_, object)| object)
        .collect::<Vec<_>>();
    if cast.is_some() {
        for object in &mut objects {
            object.remove("@odata.type");
        }
    }
    let (context, defaults) = match wanted {
        Some("user") => ("users", object::USER_DEFAULTS),
        Some("group") => ("groups", object::GROUP_DEFAULTS),
        Some("device") => ("devices", DEFAULTS),
        Some("servicePrincipal") => ("servicePrincipals", DEFAULTS),
        Some(_) => ("contacts", DEFAULTS),
        None => ("directoryObjects", DEFAULTS),
    };
    let total = objects.len();
    let first = paging::position(call.request).is_some_and(|here| here.number == 1);
    let more = (advanced && first).then(|| ("@odata.count", json!(total)));
    collection::answer_with(call, context, objects, defaults, more)
}

/// What members of any type have without `$select`.
const DEFAULTS: &[&str] = &[
    "id",
    "businessPhones",
    "description",
    "displayName",
    "givenName",
    "groupTypes",
    "jobTitle",
    "mail",
    "mailEnabled",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "securityEnabled",
    "surname",
    "userPrincipalName",
];

fn kind_of(cast: &str) -> Result<&'static str, GraphFailure> {
    let kinds = ["user", "group", "device", "servicePrincipal", "orgContact"];
    let wanted = cast.strip_prefix("microsoft.graph.");
    kinds
        .into_iter()
        .find(|kind| wanted == Some(*kind))
        .ok_or_else(|| GraphFailure::unknown_resource(cast))
}
