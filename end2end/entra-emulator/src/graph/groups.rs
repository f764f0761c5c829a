//! `GET /groups` and `GET /groups/$count`.

use http::StatusCode;

use super::{
    Call, collection,
    failure::GraphFailure,
    object,
    query::{self, Query},
    rights,
    subject::{Kind, Subject},
};
use crate::{
    directory::{Group, Tenant},
    reply::Reply,
};

/// `GET /groups/$count`
pub(super) fn count(call: &Call<'_>) -> Result<Reply, GraphFailure> {
    rights::read_groups(call)?;
    query::count(call, || {
        let query = query::read_counted(call, Kind::Group, true)?;
        Ok(wanted(&query, query::indexed(call)).len())
    })
}

/// `GET /groups`
pub(super) fn list(call: &Call<'_>) -> Result<Reply, GraphFailure> {
    rights::read_groups(call)?;
    let query = query::read(call, Kind::Group)?;
    let tenant = if query.reads_index() {
        query::indexed(call)
    } else {
        call.tenant
    };
    let mut groups = wanted(&query, tenant);
    query.sort(&mut groups, |group| Some(group.name.clone()));
    let rows = collection::Rows {
        count: groups.len(),
        at: &|place| groups.get(place).map(|group| object::group(group)),
        counted: query.advanced,
    };
    collection::answer(call, "groups", &rows, object::GROUP_DEFAULTS)
}

/// The groups that pass `$filter` and `$search`, which add up.
fn wanted<'a>(query: &Query, tenant: &'a Tenant) -> Vec<&'a Group> {
    let fits = |group: &&Group| !group.deleted && query.fits(Subject::Group(group));
    tenant.groups.iter().filter(fits).collect()
}

pub(super) fn unsupported(message: &str) -> GraphFailure {
    GraphFailure::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
}
