//! What happened, by whom, with which outcome, and the bytes over which events are chained.

use std::{fmt::Write as _, net::IpAddr};

use serde::{Deserialize, Serialize};

use super::{
    id::{EventId, TeamId, UserId},
    time::Timestamp,
};

/// Makes the enum of actions with their fixed names.
macro_rules! actions {
    ($($variant:ident = $name:literal,)+) => {
        /// What happened. The names are fixed; other tools read them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $(#[doc = concat!("`", $name, "`")] $variant,)+ }

        impl Action {
            /// The fixed name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Reads a stored name.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

actions!(
    SignIn = "sign_in",
    SignOut = "sign_out",
    SessionRevoked = "session.revoked",
    TenantSaved = "tenant.saved",
    TenantVerified = "tenant.verified",
    TenantDisplaced = "tenant.displaced",
    TenantDisconnected = "tenant.disconnected",
    TenantTested = "tenant.tested",
    TenantConsented = "tenant.consented",
    MappingCreated = "mapping.created",
    MappingUpdated = "mapping.updated",
    MappingDeleted = "mapping.deleted",
    MemberProvisioned = "member.provisioned",
    MemberRoleChanged = "member.role_changed",
    MemberUnlinked = "member.unlinked",
    MemberLinked = "member.linked",
    MemberRemoved = "member.removed",
    InvitationCreated = "invitation.created",
    InvitationAccepted = "invitation.accepted",
    InvitationRevoked = "invitation.revoked",
    InvitationExpired = "invitation.expired",
    InvitationsStarted = "invitations.bulk_started",
    InvitationsStopped = "invitations.bulk_stopped",
    InvitationsFinished = "invitations.bulk_finished",
    TeamCreated = "team.created",
    RecoveryLinkCreated = "recovery_link.created",
    AuditExported = "audit.exported",
);

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It happened.
    Success,
    /// It was not allowed.
    Refused,
    /// It was allowed and went wrong.
    Failure,
}

impl Outcome {
    /// The stored name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Refused => "refused",
            Self::Failure => "failure",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Success, Self::Refused, Self::Failure]
            .into_iter()
            .find(|outcome| outcome.name() == name)
    }
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in member, with the address known then.
    User {
        /// Who.
        id: UserId,
        /// The email address at that time.
        email: Option<String>,
    },
    /// The server itself or its operator on the command line.
    System,
    /// Nobody we know.
    Anonymous,
}

impl Actor {
    /// `user`, `system` or `anonymous`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "user",
            Self::System => "system",
            Self::Anonymous => "anonymous",
        }
    }
}

/// What it was done to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `member`, `tenant`, `mapping`, `session`, `team` …
    pub kind: &'static str,
    /// Its identifier.
    pub id: String,
}

/// One entry before it is written: storage adds the identifier, the place in the chain and the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: Action,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it was refused or failed: a fixed word.
    pub reason: Option<&'static str>,
    /// To what.
    pub target: Option<Target>,
    /// From which address.
    pub ip: Option<IpAddr>,
    /// More facts, as pairs in the order given. Never a secret.
    pub details: Vec<(&'static str, Detail)>,
}

/// One fact of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

impl From<&str> for Detail {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Detail {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Detail {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Detail {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl Event {
    /// An event that ended well.
    pub fn success(actor: Actor, action: Action) -> Self {
        Self::new(actor, action, Outcome::Success)
    }

    /// An event with any outcome.
    pub fn new(actor: Actor, action: Action, outcome: Outcome) -> Self {
        Self {
            actor,
            action,
            outcome,
            reason: None,
            target: None,
            ip: None,
            details: Vec::new(),
        }
    }

    /// With its target.
    #[must_use]
    pub fn on(mut self, kind: &'static str, id: impl ToString) -> Self {
        self.target = Some(Target {
            kind,
            id: id.to_string(),
        });
        self
    }

    /// With the fixed word for its refusal or failure.
    #[must_use]
    pub fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// With the address it came from.
    #[must_use]
    pub fn from(mut self, ip: Option<IpAddr>) -> Self {
        self.ip = ip;
        self
    }

    /// With one more fact.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Detail>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// The facts as one JSON object, members in the order given.
    pub fn details_json(&self) -> String {
        let mut json = String::from("{");
        for (index, (name, value)) in self.details.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            quote(&mut json, name);
            json.push(':');
            match value {
                Detail::Text(text) => quote(&mut json, text),
                Detail::Number(number) => drop(write!(json, "{number}")),
                Detail::Flag(flag) => drop(write!(json, "{flag}")),
            }
        }
        json.push('}');
        json
    }
}

/// An event as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Which event.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// Whose log: a team's, or the platform's when `None`.
    pub team: Option<TeamId>,
    /// Place in its chain, from 1 without a gap.
    pub sequence: i64,
    /// Kind of actor: `user`, `system`, `anonymous`.
    pub actor_kind: String,
    /// The acting user.
    pub actor_id: Option<UserId>,
    /// The acting user's address at that time.
    pub actor_email: Option<String>,
    /// What happened.
    pub action: String,
    /// How it ended.
    pub outcome: String,
    /// The fixed word for a refusal or failure.
    pub reason: Option<String>,
    /// Kind of target.
    pub target_kind: Option<String>,
    /// The target's identifier.
    pub target_id: Option<String>,
    /// The address it came from.
    pub ip: Option<String>,
    /// Facts, as one JSON object.
    pub details: String,
}

impl RecordedEvent {
    /// The bytes that are hashed together with the previous hash. Each part is preceded by its length, so that no
    /// two different events have the same bytes; an absent part differs from an empty one.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let owned = |text: &str| Some(text.to_owned());
        let parts = [
            owned("sonicsaas.audit.1"),
            Some(self.id.to_string()),
            Some(self.at.as_micros().to_string()),
            self.team.map(|team| team.to_string()),
            Some(self.sequence.to_string()),
            owned(&self.actor_kind),
            self.actor_id.map(|id| id.to_string()),
            self.actor_email.clone(),
            owned(&self.action),
            owned(&self.outcome),
            self.reason.clone(),
            self.target_kind.clone(),
            self.target_id.clone(),
            self.ip.clone(),
            owned(&self.details),
        ];
        let mut bytes = Vec::new();
        for part in parts {
            match part {
                None => bytes.push(0),
                Some(text) => {
                    bytes.push(1);
                    bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
                    bytes.extend_from_slice(text.as_bytes());
                }
            }
        }
        bytes
    }
}

/// Appends `text` as a JSON string (RFC 8259 section 7). U+0000 is dropped: `PostgreSQL` stores none.
fn quote(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\u{0}' => {}
            '\u{1}'..='\u{1f}' => drop(write!(json, "\\u{:04x}", u32::from(letter))),
            _ => json.push(letter),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests;
