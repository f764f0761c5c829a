//! Rights are values. Code that may read or change a team holds one of these, and storage takes the team from it.
//! This file and its folder are the only ones that can make one.

mod invitation;

pub use self::invitation::{ClaimedJob, Expiring, Invited};
use crate::domain::{
    audit::Actor,
    id::{SessionId, TeamId, UserId},
    role::{HeldRole, Permission, Role},
    tenant::{Registration, TenantId},
    time::Timestamp,
};

mod sealed {
    /// Only proofs name a team.
    pub trait Sealed {}
}

/// Names the one team that a proof opens.
pub trait InTeam: sealed::Sealed + Sync {
    /// The team.
    fn team(&self) -> TeamId;
}

/// The role does not allow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the role does not allow it")]
pub struct Refused;

/// Proof of a live session of an active member: may read.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub(super) team: TeamId,
    pub(super) team_name: String,
    pub(super) user: UserId,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) held: HeldRole,
    pub(super) guest: bool,
    pub(super) last_sign_in: Option<Timestamp>,
    pub(super) session: SessionId,
    pub(super) method: String,
    pub(super) tenant: Option<TenantId>,
    pub(super) began: Timestamp,
    pub(super) touched: Timestamp,
}

impl SignedIn {
    /// The team.
    pub fn team(&self) -> TeamId {
        self.team
    }

    /// The team's name.
    pub fn team_name(&self) -> &str {
        &self.team_name
    }

    /// Who.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Display name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Email address, where one is known.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Who, for an event.
    pub fn actor(&self) -> Actor {
        Actor::User {
            id: self.user,
            email: self.email.clone(),
        }
    }

    /// Role and source.
    pub fn held(&self) -> HeldRole {
        self.held
    }

    /// The role.
    pub fn role(&self) -> Role {
        self.held.role
    }

    /// Whether this is a guest of the team's tenant.
    pub fn guest(&self) -> bool {
        self.guest
    }

    /// When this member last signed in.
    pub fn last_sign_in(&self) -> Option<Timestamp> {
        self.last_sign_in
    }

    /// The session.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// `sso`, `password` or `recovery`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The tenant of the identity that signed in, with Microsoft.
    pub fn tenant(&self) -> Option<TenantId> {
        self.tenant
    }

    /// When the session began.
    pub fn began(&self) -> Timestamp {
        self.began
    }

    /// When the session was last noted as used.
    pub fn touched(&self) -> Timestamp {
        self.touched
    }

    /// # Errors
    /// [`Refused`] when the role may not manage the team.
    pub fn administrator(self) -> Result<Administrator, Refused> {
        if self.role().may(Permission::Manage) {
            Ok(Administrator(self))
        } else {
            Err(Refused)
        }
    }

    /// # Errors
    /// [`Refused`] when this is not an owner.
    pub fn owner(self) -> Result<Owner, Refused> {
        if self.role().may(Permission::ManageOwners) {
            Ok(Owner(self))
        } else {
            Err(Refused)
        }
    }

    /// # Errors
    /// [`Refused`] when the role may not read the audit log.
    pub fn audit_reader(self) -> Result<AuditReader, Refused> {
        if self.role().may(Permission::ReadAuditLog) {
            Ok(AuditReader(self))
        } else {
            Err(Refused)
        }
    }
}

/// Makes a proof that stands on another one.
macro_rules! stronger {
    ($($(#[$doc:meta])* $name:ident,)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(SignedIn);

        impl $name {
            /// Who holds it.
            pub fn person(&self) -> &SignedIn {
                &self.0
            }
        }

        impl sealed::Sealed for $name {}
        impl InTeam for $name {
            fn team(&self) -> TeamId {
                self.0.team
            }
        }
    )+};
}

stronger!(
    /// Proof that an owner or administrator of one team is calling.
    Administrator,
    /// Proof that an owner of one team is calling.
    Owner,
    /// Proof that somebody is calling who may read the team's audit log.
    AuditReader,
);

/// Proof that this team expects people of this tenant. It says nothing about whether they are admitted now.
#[derive(Clone, Debug)]
pub struct SigningIn {
    pub(super) team: TeamId,
    pub(super) team_name: String,
    pub(super) registration: Registration,
    pub(super) delegated_groups: Option<(bool, Timestamp)>,
}

impl SigningIn {
    /// Whether a sign-in came with delegated permission to read all of one's own groups, and when that was last noted.
    pub fn delegated_groups(&self) -> Option<(bool, Timestamp)> {
        self.delegated_groups
    }

    /// The team's registration of the tenant.
    pub fn registration(&self) -> &Registration {
        &self.registration
    }

    /// The team's name.
    pub fn team_name(&self) -> &str {
        &self.team_name
    }
}

/// Proof that this tenant is this team's own, or that this server does not ask for such a proof: the application may read
/// the tenant's directory for the team. It says nothing about who is asking.
#[derive(Clone, Copy, Debug)]
pub struct ProvenTenant {
    pub(super) team: TeamId,
    pub(super) tenant: TenantId,
}

impl ProvenTenant {
    /// The tenant, and the only one whose directory this opens.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }
}

/// Proof that Microsoft named one session as ended there. It opens the end of that session, and nothing else.
#[derive(Clone, Debug)]
pub struct SigningOut {
    pub(super) team: TeamId,
    pub(super) user: UserId,
    pub(super) email: Option<String>,
    pub(super) session: SessionId,
}

impl SigningOut {
    /// Whose session it is.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// That person's address, where one is known.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// The session.
    pub fn session(&self) -> SessionId {
        self.session
    }
}

/// Proof that an account of this team was named, by its password's address or by a recovery link. It says nothing about
/// who names it, and lets nobody in.
#[derive(Clone, Debug)]
pub struct Claimant {
    pub(super) team: TeamId,
    pub(super) user: UserId,
    pub(super) email: Option<String>,
}

impl Claimant {
    /// Whose account.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The account's address.
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }
}

/// Proof that somebody operates the platform from its command line. Only the command line makes one.
#[derive(Clone, Copy, Debug)]
pub struct HostOperator(());

impl HostOperator {
    /// Whoever can run commands with the server's own configuration is its operator.
    pub fn on_this_machine() -> Self {
        Self(())
    }
}

/// Proof that the platform's operator works on one existing team.
#[derive(Clone, Copy, Debug)]
pub struct OperatorInTeam {
    pub(super) team: TeamId,
}

impl sealed::Sealed for SignedIn {}
impl InTeam for SignedIn {
    fn team(&self) -> TeamId {
        self.team
    }
}

impl sealed::Sealed for SigningIn {}
impl InTeam for SigningIn {
    fn team(&self) -> TeamId {
        self.team
    }
}

impl sealed::Sealed for ProvenTenant {}
impl InTeam for ProvenTenant {
    fn team(&self) -> TeamId {
        self.team
    }
}

impl sealed::Sealed for SigningOut {}
impl InTeam for SigningOut {
    fn team(&self) -> TeamId {
        self.team
    }
}

impl sealed::Sealed for Claimant {}
impl InTeam for Claimant {
    fn team(&self) -> TeamId {
        self.team
    }
}

impl sealed::Sealed for OperatorInTeam {}
impl InTeam for OperatorInTeam {
    fn team(&self) -> TeamId {
        self.team
    }
}
