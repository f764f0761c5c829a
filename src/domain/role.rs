//! What a member may do, where the role comes from, and which role a sign-in leaves behind.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::id::MappingId;

/// A member's role, from the most privileged to the least.
///
/// [`Role::Operator`] and [`Role::Member`] have exactly the same permissions; the order between them only settles
/// ties and labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Full access, including making owners. Never given by a group.
    Owner,
    /// Full manage access except ownership.
    Admin,
    /// Day-to-day device operations.
    Operator,
    /// Same permissions as operator.
    Member,
    /// Read-only, and the audit log.
    Auditor,
    /// Read-only access.
    Viewer,
}

impl Role {
    /// All roles in order of privilege.
    pub const ALL: [Self; 6] = [
        Self::Owner,
        Self::Admin,
        Self::Operator,
        Self::Member,
        Self::Auditor,
        Self::Viewer,
    ];

    /// The name in the database, on the wire and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Member => "member",
            Self::Auditor => "auditor",
            Self::Viewer => "viewer",
        }
    }

    /// Whether this role holds `permission`.
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::Read => true,
            Permission::Operate => {
                matches!(self, Self::Owner | Self::Admin | Self::Operator | Self::Member)
            }
            Permission::Manage => matches!(self, Self::Owner | Self::Admin),
            Permission::ManageOwners => matches!(self, Self::Owner),
            Permission::ReadAuditLog => matches!(self, Self::Owner | Self::Admin | Self::Auditor),
        }
    }

    /// Whether both hold exactly the same permissions.
    pub fn permits_the_same_as(self, other: Self) -> bool {
        Permission::ALL
            .into_iter()
            .all(|permission| self.may(permission) == other.may(permission))
    }

    /// Larger is more privileged.
    const fn privilege(self) -> u8 {
        match self {
            Self::Owner => 5,
            Self::Admin => 4,
            Self::Operator => 3,
            Self::Member => 2,
            Self::Auditor => 1,
            Self::Viewer => 0,
        }
    }
}

impl PartialOrd for Role {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// More privileged is greater.
impl Ord for Role {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.privilege().cmp(&other.privilege())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The text names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a role")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or(UnknownRole)
    }
}

/// A role that a group, an invitation or the default may give: every role but owner.
///
/// No value of this type is an owner, so no code path that decides by groups can make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Role", into = "Role")]
pub struct MappableRole(Role);

impl MappableRole {
    /// The platform's default for people in no mapped group.
    pub const MEMBER: Self = Self(Role::Member);

    /// The role itself.
    pub const fn role(self) -> Role {
        self.0
    }
}

/// Owner is set explicitly by an owner or on the command line, never by a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("owner can't be given by a group")]
pub struct OwnerNotMappable;

impl TryFrom<Role> for MappableRole {
    type Error = OwnerNotMappable;

    fn try_from(role: Role) -> Result<Self, Self::Error> {
        if role == Role::Owner {
            Err(OwnerNotMappable)
        } else {
            Ok(Self(role))
        }
    }
}

impl From<MappableRole> for Role {
    fn from(role: MappableRole) -> Self {
        role.0
    }
}

impl fmt::Display for MappableRole {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for MappableRole {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<Role>()
            .and_then(|role| Self::try_from(role).map_err(|_| UnknownRole))
    }
}

/// What a role opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// See the dashboard, integrations, mappings and members.
    Read,
    /// Day-to-day operations.
    Operate,
    /// Change the integration, mappings and members below owner.
    Manage,
    /// Make and unmake owners.
    ManageOwners,
    /// Read and export the audit log.
    ReadAuditLog,
}

impl Permission {
    /// All permissions.
    const ALL: [Self; 5] = [
        Self::Read,
        Self::Operate,
        Self::Manage,
        Self::ManageOwners,
        Self::ReadAuditLog,
    ];
}

/// Where a member's role comes from. Stored beside the role, so that it can always be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoleSource {
    /// Owner: made on the command line or by an owner.
    Owner,
    /// Set by hand and pinned: sign-ins do not change it.
    Manual,
    /// A mapped group decided at the last sign-in.
    Group(MappingId),
    /// No mapped group: the platform's default.
    Default,
    /// From an invitation, until a mapping matches.
    Invitation,
}

/// The stored form: `owner`, `manual`, `group:<mapping>`, `default`, `invitation`.
impl fmt::Display for RoleSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner => formatter.write_str("owner"),
            Self::Manual => formatter.write_str("manual"),
            Self::Group(mapping) => write!(formatter, "group:{mapping}"),
            Self::Default => formatter.write_str("default"),
            Self::Invitation => formatter.write_str("invitation"),
        }
    }
}

/// The text is no stored role source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a role source")]
pub struct UnknownRoleSource;

impl FromStr for RoleSource {
    type Err = UnknownRoleSource;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "owner" => Self::Owner,
            "manual" => Self::Manual,
            "default" => Self::Default,
            "invitation" => Self::Invitation,
            _ => {
                let mapping = text.strip_prefix("group:").ok_or(UnknownRoleSource)?;
                Self::Group(mapping.parse().map_err(|_| UnknownRoleSource)?)
            }
        })
    }
}

/// A role and its source, as a membership stores them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldRole {
    /// The role.
    pub role: Role,
    /// Why it is this one.
    pub source: RoleSource,
}

/// The role a Microsoft sign-in leaves behind.
///
/// An owner is never changed and a role set by hand is pinned. Otherwise a matching mapping decides; without one an
/// invited role stands, and everybody else gets the default. Once a mapping has matched, an invited role is spent,
/// since its source is overwritten.
pub fn role_after_sign_in(
    held: Option<HeldRole>,
    matched: Option<(MappingId, MappableRole)>,
    default: MappableRole,
) -> HeldRole {
    if let Some(kept) = held
        && matches!(kept.source, RoleSource::Owner | RoleSource::Manual)
    {
        return kept;
    }
    match (matched, held) {
        (Some((mapping, role)), _) => HeldRole {
            role: role.role(),
            source: RoleSource::Group(mapping),
        },
        (None, Some(invited)) if invited.source == RoleSource::Invitation => invited,
        (None, _) => HeldRole {
            role: default.role(),
            source: RoleSource::Default,
        },
    }
}

#[cfg(test)]
mod tests;
