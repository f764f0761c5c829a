//! Proofs about invitations: of who holds one, and of the work that goes on without anybody being there.

use super::{InTeam, sealed};
use crate::domain::{
    id::{InvitationJobId, MappingId, TeamId, UserId},
    invitation::{Backing, Invitation, JobState, role_now},
    role::{MappableRole, Role},
    tenant::TenantId,
};

/// Proof that somebody holds an invitation's link, or began to accept it in this browser. Whether it can be accepted is
/// another question.
#[derive(Clone, Debug)]
pub struct Invited {
    pub(in crate::storage) team_name: String,
    /// The tenant that the team has registered now.
    pub(in crate::storage) tenant: Option<TenantId>,
    pub(in crate::storage) invitation: Invitation,
    pub(in crate::storage) backing: Backing,
}

impl Invited {
    /// The team's name.
    pub fn team_name(&self) -> &str {
        &self.team_name
    }

    /// The team's own registered tenant.
    pub fn tenant(&self) -> Option<TenantId> {
        self.tenant
    }

    /// The invitation.
    pub fn invitation(&self) -> &Invitation {
        &self.invitation
    }

    /// The role that it would give, did somebody who may invite send it again now; `None` when its mapping is gone.
    pub fn role_again(&self) -> Option<Role> {
        let backing = Backing {
            inviter: true,
            ..self.backing
        };
        role_now(self.invitation.role, backing)
    }

    /// The role that it gives now; `None` when nothing stands behind it any more.
    pub fn role(&self) -> Option<Role> {
        role_now(self.invitation.role, self.backing)
    }
}

/// Proof that a team has an action under way that invites many: it opens the next steps of that action.
#[derive(Clone, Debug)]
pub struct ClaimedJob {
    pub(in crate::storage) team: TeamId,
    /// The team's name.
    pub team_name: String,
    /// Which action.
    pub job: InvitationJobId,
    /// The mapping of the group.
    pub mapping: MappingId,
    /// The tenant whose people they are.
    pub tenant: TenantId,
    /// As what they are invited.
    pub role: MappableRole,
    /// Whether invitations are mailed.
    pub mailed: bool,
    /// Whether it goes on.
    pub state: JobState,
    /// Who started it.
    pub started_by: UserId,
    /// Who started it, as a name then.
    pub started_by_name: String,
    /// Who started it, as an address then.
    pub started_by_email: Option<String>,
}

/// Proof that invitations of this team have run out.
#[derive(Clone, Copy, Debug)]
pub struct Expiring {
    pub(in crate::storage) team: TeamId,
}

impl sealed::Sealed for Invited {}
impl InTeam for Invited {
    fn team(&self) -> TeamId {
        self.invitation.team
    }
}

impl sealed::Sealed for ClaimedJob {}
impl InTeam for ClaimedJob {
    fn team(&self) -> TeamId {
        self.team
    }
}

impl sealed::Sealed for Expiring {}
impl InTeam for Expiring {
    fn team(&self) -> TeamId {
        self.team
    }
}
