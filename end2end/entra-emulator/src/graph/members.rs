//! `GET /groups/{id}/members` and `GET /groups/{id}/transitiveMembers`, and the number of them.
//!
//! Who may read a group's members but not people gets everybody with id and type and nothing else, and no refusal: a
//! client that takes a null for a name finds out here. A cast without an advanced query begins well and breaks off at its
//! second page. Members of a hidden group are not there for whoever may not see them.

use uuid::Uuid;

use super::{
    Call, collection,
    failure::GraphFailure,
    filter, object,
    query::{self, Query},
    rights,
    subject::{Kind, Subject},
    users,
};
use crate::{
    directory::{Group, Tenant, ThingKind, membership::MemberList},
    reply::Reply,
};

/// The type of an object, and how it looks to this caller.
pub(super) fn seen(call: &Call<'_>, tenant: &Tenant, id: Uuid) -> Option<(&'static str, object::Object)> {
    if let Some(user) = tenant.user(id) {
        return Some(("user", users::seen(call, &user)));
    }
    let (kind, object, visible) = if let Some(group) = tenant.group(id) {
        ("group", object::group(group), rights::sees_groups(call))
    } else {
        let thing = tenant.thing(id)?;
        (
            type_of_thing(thing.kind),
            object::thing(thing),
            rights::sees_things(call, thing.kind),
        )
    };
    let object = if visible { object } else { object::limited(object) };
    Some((kind, object))
}

fn type_of_thing(kind: ThingKind) -> &'static str {
    match kind {
        ThingKind::Device => "device",
        ThingKind::ServicePrincipal => "servicePrincipal",
        ThingKind::OrgContact => "orgContact",
    }
}

fn type_of(tenant: &Tenant, id: Uuid) -> Option<&'static str> {
    let user = || tenant.user(id).map(|_| "user");
    let group = || tenant.group(id).map(|_| "group");
    let thing = || tenant.thing(id).map(|thing| type_of_thing(thing.kind));
    user().or_else(group).or_else(thing)
}

/// A list of members: which list of which group, and of which type (`microsoft.graph.user`).
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) group: &'a Group,
    pub(super) name: &'a str,
    pub(super) cast: Option<&'a str>,
}

/// `…/$count`
pub(super) fn count(call: &Call<'_>, asked: Asked<'_>) -> Result<Reply, GraphFailure> {
    rights::list_members(call)?;
    let wanted = asked.cast.map(kind_of).transpose()?;
    query::count(call, || {
        let query = query::read_counted(call, subjects(wanted), true)?;
        Ok(wanted_of(call, asked, wanted, &query)?.len())
    })
}

/// The list.
pub(super) fn list(call: &Call<'_>, asked: Asked<'_>) -> Result<Reply, GraphFailure> {
    rights::list_members(call)?;
    let wanted = asked.cast.map(kind_of).transpose()?;
    let advanced = query::is_advanced(call);
    // On a relationship every one of these needs the header and the parameter, a search too.
    for (option, operator) in [
        ("$filter", "filter"),
        ("$orderby", "orderby"),
        ("$search", "search"),
    ] {
        if call.request.query_value(option).is_some() && !advanced {
            return Err(filter::needs_advanced(operator));
        }
    }
    if wanted.is_some() && !advanced && call.request.query_value("$skiptoken").is_some() {
        return Err(filter::needs_advanced("cast"));
    }
    let query = query::read(call, subjects(wanted))?;
    let tenant = tenant_of(call, &query);
    let found = wanted_of(call, asked, wanted, &query)?;
    let (context, defaults) = match wanted {
        Some("user") => ("users", object::USER_DEFAULTS),
        Some("group") => ("groups", object::GROUP_DEFAULTS),
        Some("device") => ("devices", object::DEFAULTS),
        Some("servicePrincipal") => ("servicePrincipals", object::DEFAULTS),
        Some(_) => ("contacts", object::DEFAULTS),
        None => ("directoryObjects", object::DEFAULTS),
    };
    let rows = collection::Rows {
        count: found.len(),
        at: &|place| {
            let (_, object) = seen(call, tenant, found.at(place)?)?;
            Some(if wanted.is_some() {
                object.untyped()
            } else {
                object
            })
        },
        counted: advanced,
    };
    collection::answer(call, context, &rows, defaults)
}

fn tenant_of<'a>(call: &Call<'a>, query: &Query) -> &'a Tenant {
    if query.reads_index() {
        query::indexed(call)
    } else {
        call.tenant
    }
}

fn subjects(wanted: Option<&str>) -> Kind {
    match wanted {
        Some("user") => Kind::User,
        Some("group") => Kind::Group,
        _ => Kind::Object,
    }
}

/// Members as they come, or picked and sorted one by one.
enum Found<'a> {
    List(MemberList<'a>),
    Picked(Vec<Uuid>),
}

impl Found<'_> {
    fn len(&self) -> usize {
        match self {
            Self::List(list) => list.len(),
            Self::Picked(ids) => ids.len(),
        }
    }

    fn at(&self, place: usize) -> Option<Uuid> {
        match self {
            Self::List(list) => list.at(place),
            Self::Picked(ids) => ids.get(place).copied(),
        }
    }
}

fn wanted_of<'a>(
    call: &Call<'a>,
    asked: Asked<'_>,
    wanted: Option<&str>,
    query: &Query,
) -> Result<Found<'a>, GraphFailure> {
    let tenant = tenant_of(call, query);
    let group = tenant
        .group(asked.group.id)
        .ok_or_else(|| GraphFailure::not_found(&asked.group.id.to_string()))?;
    let direct = asked.name == "members";
    let mut list = tenant.members_of(group, !direct, rights::sees_hidden_members(call));
    let fits = |id: &Uuid| {
        type_of(tenant, *id).is_some_and(|kind| {
            // A known issue: direct members never show service principals.
            !(direct && kind == "servicePrincipal") && wanted.is_none_or(|wanted| wanted == kind)
        })
    };
    list.keep(fits, wanted.is_none_or(|wanted| wanted == "user"));
    if query.is_plain() {
        return Ok(Found::List(list));
    }
    let ids = (0..list.len()).filter_map(|place| list.at(place));
    let mut ids = ids
        .filter(|id| fits_query(tenant, *id, query))
        .collect::<Vec<_>>();
    query.sort(&mut ids, |id| {
        let user = tenant.user(*id).map(|user| user.name.clone());
        user.or_else(|| tenant.group(*id).map(|group| group.name.clone()))
    });
    Ok(Found::Picked(ids))
}

fn fits_query(tenant: &Tenant, id: Uuid, query: &Query) -> bool {
    if let Some(user) = tenant.user(id) {
        return query.fits(Subject::User(&user));
    }
    tenant
        .group(id)
        .is_some_and(|group| query.fits(Subject::Group(group)))
}

fn kind_of(cast: &str) -> Result<&'static str, GraphFailure> {
    let kinds = ["user", "group", "device", "servicePrincipal", "orgContact"];
    let wanted = cast.strip_prefix("microsoft.graph.");
    kinds
        .into_iter()
        .find(|kind| wanted == Some(*kind))
        .ok_or_else(|| GraphFailure::unknown_resource(cast))
}
