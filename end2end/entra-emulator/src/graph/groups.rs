//! `GET /groups` and `GET /groups/$count`.
//!
//! The rules about advanced queries are Graph's traps: without `ConsistencyLevel: eventual` a `$search` is refused,
//! `/$count` is refused in other words, and `?$count=true` is ignored in silence. Advanced queries read an index, which
//! lags behind.

use http::StatusCode;
use serde_json::json;

use super::{Call, collection, failure::GraphFailure, filter, object, paging, rights, search};
use crate::{
    directory::{Group, Tenant},
    reply::Reply,
};

/// Whether the header is there. It must be sent again for every page: next links carry no headers.
pub(super) fn is_eventual(call: &Call<'_>) -> bool {
    call.request
        .header("consistencylevel")
        .is_some_and(|level| level.eq_ignore_ascii_case("eventual"))
}

/// `GET /groups/$count`
pub(super) fn count(call: &Call<'_>) -> Result<Reply, GraphFailure> {
    rights::read_groups(call)?;
    if !is_eventual(call) {
        return Err(GraphFailure::bad_request("$count is not currently supported."));
    }
    let count = wanted(call, indexed(call), true)?.len();
    Ok(Reply::text(StatusCode::OK, count.to_string()).with_header("odata-version", "4.0"))
}

/// `GET /groups`
pub(super) fn list(call: &Call<'_>) -> Result<Reply, GraphFailure> {
    rights::read_groups(call)?;
    let query = |name: &str| call.request.query_value(name);
    let eventual = is_eventual(call);
    let counted = query("$count").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let advanced = eventual && counted;
    if query("$search").is_some() && !eventual {
        let message = "Request with $search query parameter only works through MSGraph with a special request header: \
                       'ConsistencyLevel: eventual'";
        return Err(unsupported(message));
    }
    if query("$filter").is_some() && query("$orderby").is_some() && !advanced {
        return Err(unsupported("Sorting not supported for current query."));
    }
    if query("$expand").is_some() && advanced {
        return Err(unsupported("$expand is not supported with advanced queries."));
    }
    let from_index = advanced || query("$search").is_some();
    let tenant = if from_index { indexed(call) } else { call.tenant };
    let mut groups = wanted(call, tenant, advanced)?;
    sort(call, &mut groups)?;
    let total = groups.len();
    let objects = groups.into_iter().map(object::group).collect();
    let first = paging::position(call.request).is_some_and(|here| here.number == 1);
    let more = (advanced && first).then(|| ("@odata.count", json!(total)));
    collection::answer_with(call, "groups", objects, object::GROUP_DEFAULTS, more)
}

fn indexed<'a>(call: &Call<'a>) -> &'a Tenant {
    call.world.indexed(call.tenant.id).unwrap_or(call.tenant)
}

/// The groups that pass `$filter` and `$search`, which add up.
fn wanted<'a>(call: &Call<'_>, tenant: &'a Tenant, advanced: bool) -> Result<Vec<&'a Group>, GraphFailure> {
    let filter = call
        .request
        .query_value("$filter")
        .map(|text| filter::parse(text, advanced))
        .transpose()?;
    let search = call
        .request
        .query_value("$search")
        .map(search::parse)
        .transpose()?;
    let fits = |group: &&Group| {
        !group.deleted
            && filter.as_ref().is_none_or(|filter| filter.fits(group))
            && search.as_ref().is_none_or(|search| search.fits(group))
    };
    Ok(tenant.groups.iter().filter(fits).collect())
}

fn sort(call: &Call<'_>, groups: &mut [&Group]) -> Result<(), GraphFailure> {
    match call.request.query_value("$orderby") {
        None => {}
        Some("displayName" | "displayName asc") => {
            groups.sort_by_key(|group| group.name.to_lowercase());
        }
        Some("displayName desc") => {
            groups.sort_by_key(|group| std::cmp::Reverse(group.name.to_lowercase()));
        }
        Some(other) => return Err(unsupported(&format!("Sorting by '{other}' is not supported."))),
    }
    Ok(())
}

pub(super) fn unsupported(message: &str) -> GraphFailure {
    GraphFailure::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
}
