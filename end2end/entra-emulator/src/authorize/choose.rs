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

/// What the choice is for.
pub(crate) struct Choice<'a> {
    pub(crate) authority: Authority,
    pub(crate) login_hint: Option<&'a str>,
    pub(crate) domain_hint: Option<&'a str>,
    /// Where the buttons post to.
    pub(crate) action: String,
    /// The request they continue.
    pub(crate) parameters: &'a [(String, String)],
}

/// The page of `/authorize`.
pub(super) fn picker(world: &World, request: &Incoming, asked: &AuthorizeRequest) -> Reply {
    let choice = Choice {
        authority: asked.authority,
        login_hint: asked.login_hint.as_deref(),
        domain_hint: asked.domain_hint.as_deref(),
        action: format!("/{}/login", asked.authority.segment()),
        parameters: &asked.parameters,
    };
    page(world, &choice, &usable_sessions(world, request, asked))
}

/// The page, for whatever needs somebody to be chosen.
pub(crate) fn page(world: &World, choice: &Choice<'_>, signed_in: &[Session]) -> Reply {
    let sections = |wanted: Place| {
        let tenants = world.directory.tenants.iter();
        let tenants = tenants.filter(|tenant| place(choice, tenant) == wanted);
        tenants
            .map(|tenant| section(world, choice, tenant, signed_in))
            .collect::<Vec<_>>()
    };
    Reply::html(picker::render(&Picker {
        application: &world.registration.name,
        action: choice.action.clone(),
        request: reply::encode_parameters(choice.parameters),
        first: sections(Place::First),
        others: sections(Place::Folded),
    }))
}

fn place(choice: &Choice<'_>, tenant: &Tenant) -> Place {
    if let Some(id) = choice.authority.tenant() {
        return if tenant.id == id {
            Place::First
        } else {
            Place::Folded
        };
    }
    let hinted = match choice.domain_hint {
        None | Some("organizations") => !tenant.is_personal(),
        Some("consumers") => tenant.is_personal(),
        Some(domain) => tenant.has_domain(domain),
    };
    match (hinted, choice.authority) {
        (true, _) => Place::First,
        (false, Authority::Common) if tenant.is_personal() => Place::Folded,
        (false, _) => Place::Nowhere,
    }
}

fn section(world: &World, choice: &Choice<'_>, tenant: &Tenant, signed_in: &[Session]) -> Section {
    let guests = choice.authority.tenant() == Some(tenant.id);
    let people = tenant.users.iter();
    let people = people.filter(|user| user.listed || is_hinted(choice, user));
    let people = people.filter(|user| guests || user.home.is_none());
    Section {
        heading: tenant.name.clone(),
        domain: tenant.default_domain().to_owned(),
        note: tenant.note.clone(),
        people: people
            .map(|user| person(world, choice, tenant, user, signed_in))
            .collect(),
    }
}

fn is_hinted(choice: &Choice<'_>, user: &User) -> bool {
    choice.login_hint.is_some_and(|hint| user.is_named(hint))
}

fn person(world: &World, choice: &Choice<'_>, tenant: &Tenant, user: &User, signed_in: &[Session]) -> Person {
    let account = user.account(tenant.id);
    let home_address = user.mail.clone().filter(|_| user.home.is_some());
    Person {
        value: format!("{}/{}", tenant.id, user.id),
        name: user.name.clone(),
        principal: home_address.unwrap_or_else(|| user.principal.clone()),
        groups: tenant.transitive_groups(user.id).len(),
        tags: tags(world, tenant, user),
        signed_in: signed_in.iter().any(|session| session.account == account),
        hinted: is_hinted(choice, user),
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
