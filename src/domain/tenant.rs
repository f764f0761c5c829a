//! A team's Microsoft tenant: its identifiers, its registration, and what a proof of ownership allows.

mod name;
mod notice;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::{
    name::{DomainName, NotATenant, TenantName},
    notice::{Effect, Named, Notice, SaveRefused, TenantForm},
};

use super::{
    id::{RegistrationId, identifier},
    time::Timestamp,
};

identifier!(
    /// A Microsoft Entra tenant (directory), the `tid` of a token.
    TenantId,
    /// An object of one tenant's directory: a user (`oid`) or a group.
    ObjectId,
);

impl TenantId {
    /// Microsoft's tenant for personal accounts. Nobody signs in from it.
    /// <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>
    pub const PERSONAL_ACCOUNTS: Self = Self(Uuid::from_u128(0x9188_040d_6c67_4c5b_b112_36a3_04b6_6dad));
}

/// Who somebody is at Microsoft: the tenant and the object in it, and nothing else.
///
/// Never email, user principal name or `sub`: those are labels or differ per application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityKey {
    /// The tenant signed in to.
    pub tenant: TenantId,
    /// The user object in that tenant.
    pub object: ObjectId,
}

/// What a server demands before a registration takes effect (`ENTRA_TENANT_VERIFICATION`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VerificationPolicy {
    /// Sign-in works at once; reading the directory waits for the proof.
    #[default]
    Directory,
    /// Nothing works before the proof.
    Required,
    /// Nothing waits.
    Off,
}

/// Whether the team has proven that the tenant is its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verification {
    /// Registered, not proven.
    Unverified,
    /// Proven at that time by that kind of person.
    Proven {
        /// Whose proof it was.
        by: Prover,
        /// When.
        at: Timestamp,
    },
}

/// Whose proof it was, from the weakest to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prover {
    /// A plain member of the tenant signed in to it.
    Member,
    /// A Global Administrator or Privileged Role Administrator of the tenant.
    DirectoryAdministrator,
    /// The platform administrator, on the command line.
    PlatformAdministrator,
}

impl Prover {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::DirectoryAdministrator => "directory_administrator",
            Self::PlatformAdministrator => "platform_administrator",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Member,
            Self::DirectoryAdministrator,
            Self::PlatformAdministrator,
        ]
        .into_iter()
        .find(|prover| prover.name() == name)
    }
}

/// A team's claim on a tenant. One tenant belongs to at most one team, and a team has at most one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Which registration.
    pub id: RegistrationId,
    /// The tenant.
    pub tenant: TenantId,
    /// Whether people of this tenant can sign in to the team.
    pub enabled: bool,
    /// Whether guests of this tenant can.
    pub allow_guests: bool,
    /// Whether ownership is proven.
    pub verification: Verification,
    /// A verified domain of the tenant, once one is known.
    pub domain: Option<String>,
    /// Grows with each change; a stale one is a conflict.
    pub version: i64,
}

impl Registration {
    /// Whether people of the tenant may sign in under `policy`.
    pub fn admits_sign_in(&self, policy: VerificationPolicy) -> bool {
        policy != VerificationPolicy::Required || self.is_proven()
    }

    /// Whether the tenant's directory may be read for the team under `policy`: the permission that one customer gives
    /// to the application would otherwise open their directory to any team that names their tenant.
    pub fn opens_directory(&self, policy: VerificationPolicy) -> bool {
        policy == VerificationPolicy::Off || self.is_proven()
    }

    /// Whether ownership is proven.
    pub const fn is_proven(&self) -> bool {
        matches!(self.verification, Verification::Proven { .. })
    }

    /// Whether another team's proof by `challenger` displaces this registration: an unproven claim gives way to
    /// any proof, a proven one only to a stronger proof.
    pub fn gives_way_to(&self, challenger: Prover) -> bool {
        match self.verification {
            Verification::Unverified => true,
            Verification::Proven { by, .. } => challenger > by,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration(verification: Verification) -> Registration {
        Registration {
            id: RegistrationId::from(Uuid::from_u128(1)),
            tenant: TenantId::from(Uuid::from_u128(2)),
            enabled: true,
            allow_guests: false,
            verification,
            domain: None,
            version: 1,
        }
    }

    #[test]
    fn only_required_verification_holds_sign_in_back() {
        let unproven = registration(Verification::Unverified);
        assert!(unproven.admits_sign_in(VerificationPolicy::Directory));
        assert!(unproven.admits_sign_in(VerificationPolicy::Off));
        assert!(!unproven.admits_sign_in(VerificationPolicy::Required));
        assert!(!unproven.opens_directory(VerificationPolicy::Directory));
        assert!(!unproven.opens_directory(VerificationPolicy::Required));
        assert!(unproven.opens_directory(VerificationPolicy::Off));
        let proven = registration(Verification::Proven {
            by: Prover::Member,
            at: Timestamp::from_micros(0),
        });
        assert!(proven.admits_sign_in(VerificationPolicy::Required));
        assert!(proven.opens_directory(VerificationPolicy::Required));
    }

    #[test]
    fn a_claim_gives_way_to_a_stronger_proof_only() {
        let by_member = registration(Verification::Proven {
            by: Prover::Member,
            at: Timestamp::from_micros(0),
        });
        assert!(registration(Verification::Unverified).gives_way_to(Prover::Member));
        assert!(!by_member.gives_way_to(Prover::Member));
        assert!(by_member.gives_way_to(Prover::DirectoryAdministrator));
        assert!(by_member.gives_way_to(Prover::PlatformAdministrator));
    }

    #[test]
    fn provers_survive_storage() {
        for prover in [
            Prover::Member,
            Prover::DirectoryAdministrator,
            Prover::PlatformAdministrator,
        ] {
            assert_eq!(Prover::parse(prover.name()), Some(prover));
        }
        assert_eq!(Prover::parse("guest"), None);
    }
}
