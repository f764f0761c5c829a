//! What a form about invitations leaves for the page that follows it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Created, Delivered, Services};
use crate::{
    domain::{id::InvitationId, role::Role},
    service::kept_form::{Kept, MESSAGE_FOR},
};

/// What happened to a form about invitations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeptInvite {
    /// Nobody is invited from a group, and the code says why.
    NotStarted {
        /// The same code as the fault's.
        code: String,
    },
    /// Nobody is invited by this address, and the code says why.
    NotMade {
        /// What was typed.
        email: String,
        /// What was chosen.
        role: String,
        /// The same code as the fault's.
        code: String,
    },
    /// Somebody is invited.
    Made {
        /// The invitation.
        id: InvitationId,
        /// For whom, in words.
        person: String,
        /// As what.
        role: Role,
        /// Whether the mail server has taken the mail on.
        mailed: bool,
        /// Why it has not, as a fixed word.
        reason: Option<String>,
        /// The link, sealed, where it is not in a mail.
        link: Option<String>,
    },
    /// An invitation was taken back.
    Revoked,
}

impl Kept for KeptInvite {
    fn lasts(&self) -> Duration {
        MESSAGE_FOR
    }
}

/// What the link is sealed for.
const SEALED_FOR: &str = "invitation link";

impl KeptInvite {
    /// Of an invitation that was made.
    pub fn made(services: &Services, created: &Created) -> Self {
        let (mailed, reason, link) = match &created.delivered {
            Delivered::Mailed => (true, None, None),
            Delivered::NotMailed(reason, link) => (false, Some(reason.name().to_owned()), Some(link)),
            Delivered::Link(link) => (false, None, Some(link)),
        };
        Self::Made {
            id: created.invitation.id,
            person: created.invitation.person().to_owned(),
            role: created.invitation.role,
            mailed,
            reason,
            link: link.map(|link| services.sealer.seal(SEALED_FOR, link)),
        }
    }

    /// Whether there is a link, which is shown once.
    pub const fn has_link(&self) -> bool {
        matches!(self, Self::Made { link: Some(_), .. })
    }

    /// The link to be shown, where there is one.
    pub fn link(&self, services: &Services) -> Option<String> {
        match self {
            Self::Made { link, .. } => services.sealer.open(SEALED_FOR, link.as_deref()?),
            _ => None,
        }
    }
}
