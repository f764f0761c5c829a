//! The query of a collection: what is advanced about it, and what it wants.
//!
//! The rules about advanced queries are Graph's traps: without `ConsistencyLevel: eventual` a `$search` is refused,
//! `/$count` is refused in other words, and `?$count=true` is ignored in silence. Advanced queries read an index, which
//! lags behind.

use http::StatusCode;

use super::{
    Call,
    failure::GraphFailure,
    filter::{self, Filter},
    groups::unsupported,
    search::{self, Search},
    subject::{Kind, Subject},
};
use crate::{directory::Tenant, reply::Reply};

/// Letters of the address of an advanced query.
const LONGEST_ADDRESS: usize = 2_048;

/// A query that was understood.
pub(super) struct Query {
    filter: Option<Filter>,
    search: Option<Search>,
    descending: Option<bool>,
    /// The header and `$count=true`.
    pub(super) advanced: bool,
}

/// Whether the header is there. It must be sent again for every page: next links carry no headers.
pub(super) fn is_eventual(call: &Call<'_>) -> bool {
    call.request
        .header("consistencylevel")
        .is_some_and(|level| level.eq_ignore_ascii_case("eventual"))
}

/// Whether the header is there and `$count=true`.
pub(super) fn is_advanced(call: &Call<'_>) -> bool {
    let count = call.request.query_value("$count");
    is_eventual(call) && count.is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// The tenant as the index has it.
pub(super) fn indexed<'a>(call: &Call<'a>) -> &'a Tenant {
    call.world.indexed(call.tenant.id).unwrap_or(call.tenant)
}

/// `/$count`: a number as text, with the header alone.
pub(super) fn count(
    call: &Call<'_>,
    count: impl FnOnce() -> Result<usize, GraphFailure>,
) -> Result<Reply, GraphFailure> {
    if !is_eventual(call) {
        return Err(GraphFailure::bad_request("$count is not currently supported."));
    }
    Ok(Reply::text(StatusCode::OK, count()?.to_string()).with_header("odata-version", "4.0"))
}

/// Reads the query of a collection of such objects.
///
/// # Errors
/// For what Graph refuses, and for what it refuses without the header or the parameter.
pub(super) fn read(call: &Call<'_>, kind: Kind) -> Result<Query, GraphFailure> {
    let advanced = is_advanced(call);
    let value = |name: &str| call.request.query_value(name);
    if value("$search").is_some() && !is_eventual(call) {
        let message = "Request with $search query parameter only works through MSGraph with a special request header: \
                       'ConsistencyLevel: eventual'";
        return Err(unsupported(message));
    }
    if value("$filter").is_some() && value("$orderby").is_some() && !advanced {
        return Err(unsupported("Sorting not supported for current query."));
    }
    if value("$expand").is_some() && advanced {
        return Err(unsupported("$expand is not supported with advanced queries."));
    }
    let address = call.request.base.len() + call.request.path.len() + call.request.query_text.len() + 1;
    if is_eventual(call) && address > LONGEST_ADDRESS {
        return Err(GraphFailure::bad_request(&format!(
            "The request URL is longer than {LONGEST_ADDRESS} characters."
        )));
    }
    read_counted(call, kind, advanced)
}

/// The same for `/$count`, where the header is enough to make it advanced.
pub(super) fn read_counted(call: &Call<'_>, kind: Kind, advanced: bool) -> Result<Query, GraphFailure> {
    let value = |name: &str| call.request.query_value(name);
    let filter = value("$filter").map(|text| filter::parse(text, kind, advanced));
    let search = value("$search").map(|text| search::parse(text, kind));
    let descending = match value("$orderby") {
        None => None,
        Some("displayName" | "displayName asc") => Some(false),
        Some("displayName desc") => Some(true),
        Some(other) => return Err(unsupported(&format!("Sorting by '{other}' is not supported."))),
    };
    Ok(Query {
        filter: filter.transpose()?,
        search: search.transpose()?,
        descending,
        advanced,
    })
}

impl Query {
    /// Whether everything is wanted, as it comes.
    pub(super) fn is_plain(&self) -> bool {
        self.filter.is_none() && self.search.is_none() && self.descending.is_none()
    }

    /// Whether the index answers, not the directory itself.
    pub(super) fn reads_index(&self) -> bool {
        self.advanced || self.search.is_some()
    }

    pub(super) fn fits(&self, subject: Subject<'_>) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.fits(subject))
            && self.search.as_ref().is_none_or(|search| search.fits(subject))
    }

    /// Names without one of which nothing fits.
    pub(super) fn names(&self) -> Option<Vec<String>> {
        self.filter.as_ref().and_then(Filter::names)
    }

    pub(super) fn sort<T>(&self, objects: &mut [T], subject: impl Fn(&T) -> Option<String>) {
        if let Some(descending) = self.descending {
            objects.sort_by_cached_key(|object| subject(object).map(|name| name.to_lowercase()));
            if descending {
                objects.reverse();
            }
        }
    }
}
