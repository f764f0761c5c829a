//! Invitations: how long they live, whom a group's members leave to be invited, and how each ends.
//!
//! An invitation from a group is for one identity at Microsoft and carries no more than its mapping's role. One by email
//! is for whoever opens the link with an account of the team's own tenant. A team's first owner is invited by the
//! platform's operator, and nothing else here makes an owner.

mod plan;

use std::time::Duration;

use super::{
    id::{InvitationId, MappingId, TeamId, UserId},
    role::{MappableRole, Role},
    tenant::IdentityKey,
    time::Timestamp,
};

pub use self::plan::{Candidate, Planned, Present, Terms, Wanted, plan, reason};

/// How long an invitation can be accepted.
pub const LIFETIME: Duration = Duration::from_hours(7 * 24);

/// Makes an enum of words that are stored and travel.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stored word.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Reads a stored word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words!(
    /// What became of an invitation.
    State {
        /// It can be accepted.
        Pending = "pending",
        /// Its person has joined.
        Accepted = "accepted",
        /// Somebody took it back, or a newer one replaced it.
        Revoked = "revoked",
        /// Its time is over.
        Expired = "expired",
    }
);

words!(
    /// What became of an action that invites many.
    JobState {
        /// People wait to be invited.
        Running = "running",
        /// Somebody stopped it.
        Stopped = "stopped",
        /// Everybody was done.
        Finished = "finished",
    }
);

words!(
    /// What became of one person of such an action.
    Outcome {
        /// Waits for a turn, the first one or a further one.
        Waiting = "waiting",
        /// A server is at it.
        Sending = "sending",
        /// Invited: mailed, or made with a link to be handed over.
        Sent = "sent",
        /// It did not work, and can be tried again.
        Failed = "failed",
        /// Not to be invited.
        Skipped = "skipped",
    }
);

words!(
    /// Why somebody was skipped, or why it did not work.
    Reason {
        /// Is in the team.
        AlreadyMember = "already_member",
        /// Has an invitation that can be accepted.
        AlreadyInvited = "already_invited",
        /// Microsoft knows no address, and one is needed for a mail.
        NoAddress = "no_address",
        /// The account is switched off at Microsoft.
        Disabled = "disabled",
        /// A guest, and the team lets none in.
        Guest = "guest",
        /// Microsoft withholds who it is.
        Unreadable = "unreadable",
        /// Was chosen, and is not in the group any more.
        NotInGroup = "not_in_group",
        /// The action was stopped before it was this person's turn.
        Stopped = "stopped",
        /// The mapping was removed meanwhile.
        MappingGone = "mapping_gone",
        /// The tenant is not the team's any more, or its ownership is not proven.
        TenantGone = "tenant_gone",
        /// Whoever started it may not invite any more.
        NotAllowed = "not_allowed",
        /// The invitation was revoked before it was sent.
        Revoked = "revoked",
        /// The mail server takes no mail for this address.
        AddressRejected = "address_rejected",
        /// The mail server does not take this mail.
        MailRejected = "mail_rejected",
        /// The mail server asked to come again later.
        MailDeferred = "mail_deferred",
        /// The mail server did not answer, or lets us send nothing.
        MailUnavailable = "mail_unavailable",
    }
);

/// One person's way into a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Which one.
    pub id: InvitationId,
    /// Into which team.
    pub team: TeamId,
    /// As what.
    pub role: Role,
    /// The mapping of the group it was made from.
    pub mapping: Option<MappingId>,
    /// The one identity that it is for.
    pub identity: Option<IdentityKey>,
    /// The account that exists already and waits for its person: a team's first owner.
    pub account: Option<UserId>,
    /// For whom, as a name then.
    pub name: Option<String>,
    /// For whom, as an address then.
    pub email: Option<String>,
    /// Who invited; nobody when it was the platform's operator.
    pub invited_by: Option<UserId>,
    /// Who invited, as a name then.
    pub invited_by_name: Option<String>,
    /// When.
    pub made: Timestamp,
    /// From when on it cannot be accepted.
    pub expires: Timestamp,
    /// What became of it, as far as anybody noted.
    pub noted: State,
}

impl Invitation {
    /// What became of it by now. Its end in time needs nobody to note it.
    pub fn state(&self, now: Timestamp) -> State {
        match self.noted {
            State::Pending if now >= self.expires => State::Expired,
            noted => noted,
        }
    }

    /// Whether it can be accepted now.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state(now) == State::Pending
    }

    /// For whom it is, in words: the address, or the name.
    pub fn person(&self) -> &str {
        self.email.as_deref().or(self.name.as_deref()).unwrap_or_default()
    }
}

/// What the mapping behind an invitation gives now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// The invitation is from no group.
    NoGroup,
    /// The mapping that it was made from was removed.
    Gone,
    /// This role.
    Role(MappableRole),
}

/// What stands behind an invitation at the moment when somebody accepts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backing {
    /// What its mapping gives.
    pub given: Given,
    /// Whether whoever invited may still do so. The platform's operator always may.
    pub inviter: bool,
}

/// The role that an invitation gives now, `None` when nothing stands behind it any more.
///
/// Never more than was invited to. One from a group gives no more than the group's mapping gives, whoever sent it, and
/// nothing once that mapping is gone; any other one counts only as long as whoever invited could do it again.
pub fn role_now(invited: Role, backing: Backing) -> Option<Role> {
    match backing.given {
        Given::NoGroup => backing.inviter.then_some(invited),
        // Nobody becomes an owner by a group.
        Given::Gone => None,
        Given::Role(given) => (invited != Role::Owner).then(|| invited.min(given.role())),
    }
}

/// The pause before a mail is tried again, after so many tries; `None` when it is enough. It grows from two seconds to
/// ten minutes, and goes on for more than half an hour in all: that is how long servers which do not know a sender ask
/// to wait (RFC 6647 section 4.5 names a minute to a day; most take minutes).
pub fn pause_after(tries: u32) -> Option<Duration> {
    const MOST: u32 = 12;
    const LONGEST: Duration = Duration::from_mins(10);
    let pause = Duration::from_secs(1).saturating_mul(1_u32.checked_shl(tries).unwrap_or(u32::MAX));
    (tries < MOST).then(|| pause.min(LONGEST))
}

#[cfg(test)]
mod tests;
