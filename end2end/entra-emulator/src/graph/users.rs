//! `GET /users`, `GET /users/$count`, and how a person looks to a caller.
//!
//! Crowds are never walked for a question about an address: such a question names the few people it can be about.

use std::borrow::Cow;

use super::{
    Call, collection,
    failure::GraphFailure,
    object,
    query::{self, Query},
    rights::{self, Sight},
    subject::{Kind, Subject},
};
use crate::{
    directory::{Tenant, User},
    reply::Reply,
};

/// A person as this caller may see them.
pub(super) fn seen(call: &Call<'_>, user: &User) -> object::Object {
    let whole = object::user(user);
    match rights::sight_of(call, user) {
        Sight::Whole => whole,
        Sight::Basic => object::basic(whole, call.world.settings.basic_profile_principal_name),
        Sight::Nothing => object::limited(whole),
    }
}

/// `GET /users/$count`
pub(super) fn count(call: &Call<'_>) -> Result<Reply, GraphFailure> {
    rights::list_users(call)?;
    query::count(call, || {
        let query = query::read_counted(call, Kind::User, true)?;
        Ok(wanted(&query, query::indexed(call)).len())
    })
}

/// `GET /users`
pub(super) fn list(call: &Call<'_>) -> Result<Reply, GraphFailure> {
    rights::list_users(call)?;
    let query = query::read(call, Kind::User)?;
    let tenant = if query.reads_index() {
        query::indexed(call)
    } else {
        call.tenant
    };
    let mut users = wanted(&query, tenant);
    query.sort(&mut users, |user| Some(user.name.clone()));
    let rows = collection::Rows {
        count: users.len(),
        at: &|place| users.get(place).map(|user| seen(call, user)),
        counted: query.advanced,
    };
    collection::answer(call, "users", &rows, object::USER_DEFAULTS)
}

fn wanted<'a>(query: &Query, tenant: &'a Tenant) -> Vec<Cow<'a, User>> {
    let fits = |user: &Cow<'_, User>| query.fits(Subject::User(user));
    let Some(names) = query.names() else {
        return tenant.everybody().filter(fits).collect();
    };
    let kept = tenant.users.iter().map(Cow::Borrowed);
    let kept = kept.filter(fits).collect::<Vec<_>>();
    let mut found = kept;
    for computed in names.iter().filter_map(|name| tenant.user_named(name)) {
        if fits(&computed) && found.iter().all(|known| known.id != computed.id) {
            found.push(computed);
        }
    }
    found
}
