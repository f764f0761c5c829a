//! Who is signed in, as pages and other tools see it.

use serde::{Deserialize, Serialize};

use crate::domain::{
    id::{InvitationJobId, MappingId, TeamId, UserId},
    role::Role,
    time::Timestamp,
};

/// The answer of `GET /api/session/viewer`: who is signed in, with which role, in which team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Who.
    pub user_id: UserId,
    /// Display name.
    pub name: String,
    /// Email address, where Microsoft sent one.
    pub email: Option<String>,
    /// The role now.
    pub role: Role,
    /// The team.
    pub team_id: TeamId,
    /// The team's name.
    pub team_name: String,
    /// Names of the team's owners, for "ask an owner" sentences.
    pub owners: Vec<String>,
    /// The team's newest action that invites people, while it runs and for those who may see it.
    pub sending: Option<Sending>,
}

/// An action that invites people and is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sending {
    /// The mapping whose members are invited.
    pub mapping: MappingId,
    /// Which action.
    pub job: InvitationJobId,
    /// How many people are done: invited, failed or skipped.
    pub done: i64,
    /// How many there are.
    pub total: i64,
}

/// The answer of `GET /api/session/access`: why the viewer has this role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The role now.
    pub role: Role,
    /// The team's name.
    pub team_name: String,
    /// Where the role comes from.
    pub source: AccessSource,
    /// While the role is kept although the last sign-in could not read the viewer's groups: when they were last read.
    pub kept_since: Option<Timestamp>,
    /// When the viewer last signed in.
    pub last_sign_in: Option<Timestamp>,
}

/// Where a role comes from, with what a sentence about it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessSource {
    /// Owner.
    Owner,
    /// Set by hand and pinned.
    Manual,
    /// The mapping that decided at the last sign-in.
    Group(GroupSource),
    /// A mapping that decided and has been removed since.
    RemovedGroup,
    /// The platform's default.
    Default,
    /// An invitation.
    Invitation,
}

/// A mapping, as the reason of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSource {
    /// The group's name, or `None` while it is not known.
    pub name: Option<String>,
    /// The group's object ID.
    pub group_id: String,
    /// The mapping's priority now.
    pub priority: u8,
}
