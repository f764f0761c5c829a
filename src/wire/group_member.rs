//! The members of a mapped group, as other tools see them.

use serde::{Deserialize, Serialize};

/// The answer of `GET /api/mappings/members`: one page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersOfGroup {
    /// The people of this page.
    pub members: Vec<MemberOfGroup>,
    /// How many there are in all; none while nobody can tell.
    pub counts: Option<MemberCounts>,
    /// Permissions that an administrator has not approved.
    pub missing: Vec<String>,
    /// Why there is no list, as a fixed word: `unavailable`, `not_configured`, `unproven`, `not_permitted` or `not_found`.
    pub closed: Option<String>,
    /// Where the next page begins: the `cursor` of the next call.
    pub next: Option<String>,
}

/// A person in the group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberOfGroup {
    /// Object ID.
    pub object_id: String,
    /// Display name; none when Microsoft withholds it.
    pub name: Option<String>,
    /// Address, where there is one.
    pub email: Option<String>,
    /// `signed_up`, `invited`, `not_invited`, `no_address`, `disabled`, `guest` or `unreadable`.
    pub status: String,
}

/// How many people there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberCounts {
    /// In the group.
    pub members: u64,
    /// Whether that is exact. If not, the other numbers are not known.
    pub exact: bool,
    /// With an account.
    pub signed_up: Option<u64>,
    /// With an invitation that can be accepted.
    pub invited: Option<u64>,
    /// Who can be invited.
    pub not_invited: Option<u64>,
    /// Who cannot.
    pub cannot_be_invited: Option<u64>,
}
