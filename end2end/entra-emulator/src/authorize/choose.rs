//! Whom the person picker shows, and where.
//!
//! Under an alias these are the accounts of all tenants, at home. Under one tenant they are its own people and
//! guests; the others are there too, folded away, because Microsoft lets one try a wrong account as well.

use super::{AuthorizeRequest, login::usable_sessions};
use crate::{
    authority::Authority,
    claims,
    directory::{Tenant, User},
    page::picker::{self, Person, Picker, Section},
    reply::{self, Reply},
    request::Incoming,
    world::{Session, World},
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    Folded,
    Nowhere,
}

/// The page.
pub(super) fn picker(world: &World, request: &Incoming, asked: &AuthorizeRequest) -> Reply {
    let signed_in = usable_sessions(world, request, asked);
    let sections = |wanted: Place| {
        let tenants = world.directory.tenants.iter();
        let tenants = tenants.filter(|tenant| place(asked, tenant) == wanted);
        tenants
            .map(|tenant| section(world, asked, tenant, &signed_in))
            .collect::<Vec<_>>()
    };
    Reply::html(picker::render(&Picker {
        application: &world.registration.name,
        action: format!("/{}/login", asked.authority.segment()),
        request: reply::encode_parameters(&asked.parameters),
        first: sections(Place::First),
        others: sections(Place::Folded),
    }))
}

fn place(asked: &AuthorizeRequest, tenant: &Tenant) -> Place {
    if let Some(id) = asked.authority.tenant() {
        return if tenant.id == id {
            Place::First
        } else {
            Place::Folded
        };
    }
    let hinted = match asked.domain_hint.as_deref() {
        None | Some("organizations") => !tenant.is_personal(),
        Some("consumers") => tenant.is_personal(),
        Some(domain) => tenant.has_domain(domain),
    };
    match (hinted, asked.authority) {
        (true, _) => Place::First,
        (false, Authority::Common) if tenant.is_personal() => Place::Folded,
        (false, _) => Place::Nowhere,
    }
}

fn section(world: &World, asked: &AuthorizeRequest, tenant: &Tenant, signed_in: &[Session]) -> Section {
    let guests = asked.authority.tenant() == Some(tenant.id);
    let people = tenant.users.iter();
    let people = people.filter(|user| user.listed || is_hinted(asked, user));
    let people = people.filter(|user| guests || user.home.is_none());
    Section {
        heading: tenant.name.clone(),
        domain: tenant.default_domain().to_owned(),
        note: tenant.note.clone(),
        people: people
            .map(|user| person(world, asked, tenant, user, signed_in))
            .collect(),
    }
}

fn is_hinted(asked: &AuthorizeRequest, user: &User) -> bool {
    asked
        .login_hint
        .as_deref()
        .is_some_and(|hint| user.is_named(hint))
}

fn person(
    world: &World,
    asked: &AuthorizeRequest,
    tenant: &Tenant,
    user: &User,
    signed_in: &[Session],
) -> Person {
    let account = user.account(tenant.id);
    let home_address = user.mail.clone().filter(|_| user.home.is_some());
    Person {
        value: format!("{}/{}", tenant.id, user.id),
        name: user.name.clone(),
        principal: home_address.unwrap_or_else(|| user.principal.clone()),
        groups: tenant.transitive_groups(user.id).len(),
        tags: tags(world, tenant, user),
        signed_in: signed_in.iter().any(|session| session.account == account),
        hinted: is_hinted(asked, user),
    }
}

/// What makes somebody a special case worth trying.
fn tags(world: &World, tenant: &Tenant, user: &User) -> Vec<String> {
    let mut tags = Vec::new();
    tags.extend(user.guest.then(|| "Guest".to_owned()));
    if user.home.is_none() {
        let account = user.account(tenant.id);
        let others = world
            .directory
            .tenants
            .iter()
            .filter(|other| other.id != tenant.id);
        let others = others.filter(|other| other.object_of(account).is_some());
        tags.extend(others.map(|other| format!("Guest in {}", other.name)));
    }
    tags.extend((!user.enabled).then(|| "Disabled".to_owned()));
    tags.extend(user.mail.is_none().then(|| "No mail".to_owned()));
    let claims = claims::group_claims(world, tenant, user.id);
    tags.extend((claims.groups.len() > world.settings.group_limit).then(|| "Overage".to_owned()));
    tags
}
