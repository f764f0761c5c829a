//! Invitations and the actions that invite many, as pages and other tools see them.

use serde::{Deserialize, Serialize};

use crate::domain::{
    id::{InvitationId, InvitationJobId, MappingId},
    role::Role,
    time::Timestamp,
};

/// The answer of `POST /api/invitations/start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The action. The same key gives the same one.
    pub job: InvitationJobId,
}

/// The answer of `GET /api/invitations/progress`, and of what stops an action or lets it go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobProgress {
    /// Which action.
    pub job: InvitationJobId,
    /// The mapping of the group.
    pub mapping_id: MappingId,
    /// The group's name then.
    pub group_name: Option<String>,
    /// As what people are invited.
    pub role: Role,
    /// Whether invitations are mailed; otherwise their links are shown once.
    pub mailed: bool,
    /// How many people it is about.
    pub total: i64,
    /// How many were invited.
    pub sent: i64,
    /// For how many it did not work.
    pub failed: i64,
    /// How many were not to be invited.
    pub skipped: i64,
    /// How many wait because the mail server did not take their mail so far.
    pub delayed: i64,
    /// `running`, `stopped` or `finished`.
    pub state: String,
    /// Whether nobody is left to be invited. A stopped action may have one mail on its way for a moment.
    pub ended: bool,
    /// How far it is, in words: `2 of 3 processed: 2 sent, 0 failed, 0 skipped`.
    pub progress: String,
    /// Who waits for another try, in words; empty when nobody does.
    pub waiting: String,
    /// How it ended, in words; empty while it goes on.
    pub result: String,
}

/// One person of an action: an element of `GET /api/invitations/results`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobPerson {
    /// Place in the action, from 1; the next page begins after it.
    pub place: i64,
    /// Object ID.
    pub object_id: String,
    /// Display name.
    pub name: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// The invitation.
    pub invitation: Option<InvitationId>,
    /// `waiting`, `sending`, `sent`, `failed` or `skipped`.
    pub outcome: String,
    /// Why, as a fixed word.
    pub reason: Option<String>,
    /// The link, where it is shown now.
    pub link: Option<String>,
}

/// An invitation: the answer of what makes or sends one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationMade {
    /// Which one.
    pub id: InvitationId,
    /// For whom, as a name.
    pub name: Option<String>,
    /// For whom, as an address.
    pub email: Option<String>,
    /// As what.
    pub role: Role,
    /// From when on it cannot be accepted.
    pub expires: Timestamp,
    /// Whether the mail server has taken the mail on.
    pub mailed: bool,
    /// Why it has not, as a fixed word.
    pub reason: Option<String>,
    /// The link, shown this once, where no mail is sent.
    pub link: Option<String>,
}

/// The answer of `POST /api/invitations/revoke`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// Which one.
    pub id: InvitationId,
    /// Whether it could still be accepted until now.
    pub revoked: bool,
}
