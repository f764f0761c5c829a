//! A user in a team, and whether that user may be there now.

use serde::{Deserialize, Serialize};

use super::{
    id::{TeamId, UserId},
    role::HeldRole,
    time::Timestamp,
};

/// Whether a member may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// May sign in.
    Active,
    /// Kept out until restored.
    Suspended,
}

impl Standing {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Active, Self::Suspended]
            .into_iter()
            .find(|standing| standing.name() == name)
    }
}

/// A user in a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// In which team.
    pub team: TeamId,
    /// Display name; a label, refreshed at each Microsoft sign-in.
    pub name: String,
    /// Email address; a label, and absent when Microsoft sends none.
    pub email: Option<String>,
    /// Role and source.
    pub held: HeldRole,
    /// Whether the member may sign in.
    pub standing: Standing,
    /// A guest of the team's tenant.
    pub guest: bool,
    /// When this member last signed in.
    pub last_sign_in: Option<Timestamp>,
}
