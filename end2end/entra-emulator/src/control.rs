//! The handle by which tests and demos change the emulator while it runs.
//!
//! In-process tests call it directly; others speak to the same operations over HTTP. It edits the state and never
//! the answers: what it sets is what Entra and Graph would say if the world were so.

use std::fmt;

use serde_json::Value;
use uuid::Uuid;

use crate::{
    authorize::AuthorizeOutcome,
    clock::ClockSetting,
    directory::{Group, Tenant, User},
    faults::Fault,
    keys::KeyChange,
    log::LogEntry,
    mutation::TokenMutation,
    registration::Registration,
    settings::Settings,
    tls::TlsCertificate,
    world::{IssuedToken, Shared, World},
};

mod edit;
pub(crate) mod http;
mod sign_in;

pub use sign_in::{ConsentChoice, SignIn, SignInResult};

/// Why an operation was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlError {
    /// Nothing has this name.
    NotFound(String),
    /// The request makes no sense.
    Invalid(String),
    /// Signing in ended on a page; the application was not called back. The text is the page.
    StayedOnPage(String),
}

impl fmt::Display for ControlError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(formatter, "not found: {what}"),
            Self::Invalid(why) => write!(formatter, "invalid: {why}"),
            Self::StayedOnPage(page) => write!(formatter, "signing in ended on a page: {page}"),
        }
    }
}

impl std::error::Error for ControlError {}

/// Changes and reads a running emulator. Clones act on the same one.
#[derive(Clone, Debug)]
pub struct Control {
    shared: Shared,
    base: String,
}

impl Control {
    pub(crate) fn new(shared: Shared, base: String) -> Self {
        Self { shared, base }
    }

    fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.shared.lock();
        if world.settings.index_lag == 0 {
            return change(&mut world);
        }
        let before = world.directory.clone();
        let done = change(&mut world);
        if world.directory != before {
            world.keep_history(before);
        }
        done
    }

    /// Back to the seed: directory, keys, clock, switches, queues and log.
    pub fn reset(&self) {
        self.shared.reset();
    }

    /// Sets the clock.
    pub fn set_clock(&self, setting: ClockSetting) {
        self.change(|world| world.clock.set(setting));
    }

    /// The emulator's time, in seconds of Unix time.
    pub fn now(&self) -> i64 {
        self.change(|world| world.clock.now())
    }

    /// Changes the switches.
    pub fn with_settings<T>(&self, change: impl FnOnce(&mut Settings) -> T) -> T {
        self.change(|world| change(&mut world.settings))
    }

    /// Changes the app registration.
    pub fn with_registration<T>(&self, change: impl FnOnce(&mut Registration) -> T) -> T {
        self.change(|world| change(&mut world.registration))
    }

    /// Changes or reads a tenant, found by id, domain or display name.
    ///
    /// # Errors
    /// When there is no such tenant.
    pub fn with_tenant<T>(
        &self,
        tenant: &str,
        change: impl FnOnce(&mut Tenant) -> T,
    ) -> Result<T, ControlError> {
        self.change(|world| Ok(change(edit::tenant(world, tenant)?)))
    }

    /// Changes or reads a user, found by object id, principal name, mail or display name.
    ///
    /// # Errors
    /// When there is no such tenant or user.
    pub fn with_user<T>(
        &self,
        tenant: &str,
        user: &str,
        change: impl FnOnce(&mut User) -> T,
    ) -> Result<T, ControlError> {
        self.change(|world| Ok(change(edit::user(edit::tenant(world, tenant)?, user)?)))
    }

    /// Changes or reads a group, found by object id or display name.
    ///
    /// # Errors
    /// When there is no such tenant or group.
    pub fn with_group<T>(
        &self,
        tenant: &str,
        group: &str,
        change: impl FnOnce(&mut Group) -> T,
    ) -> Result<T, ControlError> {
        self.change(|world| Ok(change(edit::group(edit::tenant(world, tenant)?, group)?)))
    }

    /// Adds a tenant, written as in a seed.
    ///
    /// # Errors
    /// When the id is taken or a name in it names nobody.
    pub fn add_tenant(&self, tenant: &crate::SeedTenant) -> Result<(), ControlError> {
        self.change(|world| edit::add_tenant(world, tenant))
    }

    /// Removes a tenant as if it had never been.
    ///
    /// # Errors
    /// When there is no such tenant.
    pub fn remove_tenant(&self, tenant: &str) -> Result<(), ControlError> {
        self.change(|world| edit::remove_tenant(world, tenant))
    }

    /// Adds a user to a tenant and to these groups, and returns the object id.
    ///
    /// # Errors
    /// When there is no such tenant, group or home, or the id is taken.
    pub fn add_user(
        &self,
        tenant: &str,
        user: &crate::SeedUser,
        groups: &[&str],
    ) -> Result<Uuid, ControlError> {
        self.change(|world| edit::add_user(world, tenant, user, groups))
    }

    /// Deletes a user with all memberships.
    ///
    /// # Errors
    /// When there is no such tenant or user.
    pub fn remove_user(&self, tenant: &str, user: &str) -> Result<(), ControlError> {
        self.change(|world| edit::remove_user(edit::tenant(world, tenant)?, user))
    }

    /// Ends all sessions of a user, as an administrator may: refresh tokens issued until now are refused with 50173.
    ///
    /// # Errors
    /// When there is no such tenant or user.
    pub fn revoke_sessions(&self, tenant: &str, user: &str) -> Result<(), ControlError> {
        self.change(|world| {
            let tenant = edit::tenant(world, tenant)?;
            let id = tenant.id;
            let account = edit::user(tenant, user)?.account(id);
            for refresh in world.grants.refresh_tokens.values_mut() {
                refresh.revoked |= refresh.sign_in.account == account;
            }
            for sessions in world.browsers.values_mut() {
                sessions.retain(|session| session.account != account);
            }
            Ok(())
        })
    }

    /// Adds a group, written as in a seed, and returns the object id.
    ///
    /// # Errors
    /// When there is no such tenant or member, or the id is taken.
    pub fn add_group(&self, tenant: &str, group: &crate::SeedGroup) -> Result<Uuid, ControlError> {
        self.change(|world| edit::add_group(edit::tenant(world, tenant)?, group))
    }

    /// Fills a group with computed people, and makes the group when there is none of that name; returns its object id.
    /// Fifty thousand cost no more than five, see [`Crowd`](crate::Crowd).
    ///
    /// # Errors
    /// When there is no such tenant, or the group has a crowd already.
    pub fn add_crowd(&self, tenant: &str, group: &str, size: crate::CrowdSize) -> Result<Uuid, ControlError> {
        self.change(|world| edit::add_crowd(edit::tenant(world, tenant)?, group, size))
    }

    /// Deletes a group: its id answers 404 and stands in no token.
    ///
    /// # Errors
    /// When there is no such tenant or group.
    pub fn remove_group(&self, tenant: &str, group: &str) -> Result<(), ControlError> {
        self.with_group(tenant, group, |group| group.deleted = true)
    }

    /// Makes a user or a group a direct member of a group.
    ///
    /// # Errors
    /// When there is no such tenant, group or member.
    pub fn add_member(&self, tenant: &str, group: &str, member: &str) -> Result<(), ControlError> {
        self.change(|world| edit::set_member(edit::tenant(world, tenant)?, group, member, true))
    }

    /// Ends a direct membership.
    ///
    /// # Errors
    /// When there is no such tenant, group or member.
    pub fn remove_member(&self, tenant: &str, group: &str, member: &str) -> Result<(), ControlError> {
        self.change(|world| edit::set_member(edit::tenant(world, tenant)?, group, member, false))
    }

    /// Puts a user into exactly so many groups, counted as tokens count them, by adding and removing memberships in
    /// numbered groups made for it.
    ///
    /// # Errors
    /// When there is no such tenant or user, or the user's other groups are already more.
    pub fn set_group_count(&self, tenant: &str, user: &str, count: usize) -> Result<(), ControlError> {
        self.change(|world| edit::set_group_count(edit::tenant(world, tenant)?, user, count))
    }

    /// Makes a coming token wrong.
    pub fn mutate(&self, mutation: TokenMutation) {
        self.change(|world| world.mutations.push(mutation));
    }

    /// Takes back what [`Control::mutate`] queued.
    pub fn clear_mutations(&self) {
        self.change(|world| world.mutations.clear());
    }

    /// Puts a fault on a route. Of several that fit, the oldest acts.
    pub fn fault(&self, fault: Fault) {
        self.change(|world| world.faults.push(fault));
    }

    /// Takes all faults away.
    pub fn clear_faults(&self) {
        self.change(|world| world.faults.clear());
    }

    /// Changes a coming return from `/authorize`.
    pub fn outcome(&self, outcome: AuthorizeOutcome) {
        self.change(|world| world.outcomes.push(outcome));
    }

    /// Takes back what [`Control::outcome`] queued.
    pub fn clear_outcomes(&self) {
        self.change(|world| world.outcomes.clear());
    }

    /// Changes the signing keys or the key set.
    ///
    /// # Errors
    /// When there is no such key, or none is left to rotate to.
    pub fn keys(&self, change: KeyChange) -> Result<(), ControlError> {
        self.change(|world| world.keys.change(change))
            .map_err(ControlError::NotFound)
    }

    /// Every key, published or not: name, key id, modulus, certificate, public key.
    pub fn key_inventory(&self) -> Value {
        self.change(|world| world.keys.inventory(&self.base))
    }

    /// Chooses the certificate of the TLS listener.
    pub fn set_tls_certificate(&self, certificate: TlsCertificate) {
        self.change(|world| world.tls_certificate = certificate);
    }

    /// The requests since the last clear, in order.
    pub fn log(&self) -> Vec<LogEntry> {
        self.change(|world| world.log.entries().to_vec())
    }

    /// The requests on one route since the last clear; `graph` means everything under it.
    pub fn log_of(&self, route: &str) -> Vec<LogEntry> {
        let under = format!("{route}/");
        let mut entries = self.log();
        entries.retain(|entry| entry.route == route || entry.route.starts_with(&under));
        entries
    }

    /// Forgets the requests.
    pub fn clear_log(&self) {
        self.change(|world| world.log.clear());
    }

    /// The tokens issued last, oldest first, as they were sent.
    pub fn tokens(&self) -> Vec<IssuedToken> {
        self.change(|world| world.issued.clone())
    }

    /// Does what the person picker does: chooses somebody on the page behind this address, and returns where the
    /// browser is sent.
    ///
    /// # Errors
    /// [`ControlError::StayedOnPage`] when the browser is sent nowhere; the others for a bad address or name.
    pub fn sign_in(&self, authorize_url: &str, person: &str) -> Result<String, ControlError> {
        let result = self.sign_in_as(&SignIn::new(authorize_url, person))?;
        result.location.ok_or(ControlError::StayedOnPage(result.page))
    }

    /// The same with everything one can do there: consent, decline, cancel, use a browser's sessions.
    ///
    /// # Errors
    /// For a bad address or name.
    pub fn sign_in_as(&self, sign_in: &SignIn) -> Result<SignInResult, ControlError> {
        self.change(|world| sign_in::perform(world, sign_in))
    }
}
