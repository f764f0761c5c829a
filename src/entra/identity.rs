//! Who a verified ID token says somebody is.

use std::collections::HashSet;

use crate::domain::tenant::{IdentityKey, ObjectId};

/// A person whose ID token passed every check. Only [`super::Entra::verify`] makes one.
#[derive(Clone, Debug)]
pub struct Identity {
    pub(super) key: IdentityKey,
    pub(super) subject: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) username: Option<String>,
    pub(super) guest: bool,
    pub(super) directory_administrator: bool,
    pub(super) microsoft_sid: Option<String>,
    pub(super) authenticated_at: Option<i64>,
    pub(super) groups: ClaimedGroups,
}

/// What the token says about groups.
#[derive(Clone, Debug)]
pub(super) struct ClaimedGroups {
    /// The groups that stand in the token.
    pub(super) ids: HashSet<ObjectId>,
    /// Whether that is all of them. When it is not, only Graph knows.
    pub(super) complete: bool,
}

impl Identity {
    /// Tenant and object: the one key of an identity.
    pub const fn key(&self) -> IdentityKey {
        self.key
    }

    /// `sub`: the same for one person and application for ever. Stored and compared, never looked up.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Display name, a label.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Email address in canonical form, a label. It proves nothing and nobody is looked up by it.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// `preferred_username`, a label.
    pub fn username(&self) -> Option<&str> {
        self.username.as_deref()
    }

    /// Whether this is a guest of the tenant.
    pub const fn is_guest(&self) -> bool {
        self.guest
    }

    /// Whether the tenant itself says that this person administers its directory: a Global Administrator or a
    /// Privileged Role Administrator, who may grant application permissions.
    /// <https://learn.microsoft.com/entra/identity/enterprise-apps/grant-admin-consent>
    pub const fn is_directory_administrator(&self) -> bool {
        self.directory_administrator
    }

    /// Microsoft's name of its own session, for front-channel sign-out.
    pub fn microsoft_sid(&self) -> Option<&str> {
        self.microsoft_sid.as_deref()
    }

    /// When the person last proved who they are at Microsoft, in seconds since the epoch, if the token says so.
    pub const fn authenticated_at(&self) -> Option<i64> {
        self.authenticated_at
    }

    /// Whether the groups do not all stand in the token, so that Graph must be asked.
    pub const fn has_overage(&self) -> bool {
        !self.groups.complete
    }
}
