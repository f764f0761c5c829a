//! Groups and their mappings to roles, as pages and other tools see them.

use serde::{Deserialize, Serialize};

pub use crate::domain::mapping::GroupKind;
use crate::domain::{id::MappingId, role::Role, time::Timestamp};

/// The answer of `GET /api/groups/search`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupsFound {
    /// The first groups that fit, those that cannot be chosen included.
    pub groups: Vec<Group>,
    /// Whether there are more.
    pub more: bool,
    /// Why groups cannot be searched, as a fixed word; none while they can.
    pub closed: Option<String>,
    /// How many were found, or why none, in words.
    pub said: String,
    /// The groups as the page's list shows them, as HTML.
    pub markup: String,
}

/// A group that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Object ID.
    pub id: String,
    /// Name; none while it cannot be looked up.
    pub name: Option<String>,
    /// Kind; none while it cannot be looked up.
    pub kind: Option<GroupKind>,
    /// The role that it gives already.
    pub mapped: Option<Role>,
}

/// A mapping: an element of `GET /api/mappings/list`, and the answer of what makes or changes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingRow {
    /// Which.
    pub id: MappingId,
    /// The group's Object ID.
    pub group_id: String,
    /// The group's name, once it is known.
    pub group_name: Option<String>,
    /// Its kind, once it is known.
    pub kind: Option<GroupKind>,
    /// The role it gives.
    pub role: Role,
    /// 0 to 100; the highest wins.
    pub priority: u8,
    /// What matters most about it: `ok`, `not_found`, `not_security`, `tie`, `no_effect`, `empty`, `renamed` or
    /// `not_checked`.
    pub status: String,
    /// How many people are in it, when that was last read.
    pub people: Option<u64>,
    /// How many of them have an account.
    pub signed_up: Option<u64>,
    /// When Microsoft was last asked for the group.
    pub last_checked: Option<Timestamp>,
    /// Grows with each change; a stale one is a conflict.
    pub version: i64,
}

/// The answer of `POST /api/mappings/preview`: what will change at people's next sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingPreview {
    /// Everybody whose role changes, by name.
    pub changes: Vec<RoleChange>,
    /// So many people of the group keep their role because they are owners or it was set by hand.
    pub unaffected: u64,
    /// So many people of the group have no account yet; none when that is unknown.
    pub without_account: Option<u64>,
    /// The groups it ties with, by name.
    pub ties: Vec<String>,
    /// What could not be found out, as a fixed word: `members`, `members_now` or `other_groups`.
    pub unknown: Option<String>,
    /// The first sentence about it.
    pub said: String,
    /// All of it as the page shows it, as HTML.
    pub markup: String,
}

/// One person whose role changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleChange {
    /// The account.
    pub user_id: String,
    /// Display name.
    pub name: String,
    /// Address, where one is known.
    pub email: Option<String>,
    /// The role without the change.
    pub from: Role,
    /// The role with it.
    pub to: Role,
}

/// The answer of `POST /api/mappings/explain`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessExplained {
    /// The person's Object ID.
    pub object_id: String,
    /// Display name; none when Microsoft withholds it.
    pub name: Option<String>,
    /// Address, where one is known.
    pub email: Option<String>,
    /// Why the person cannot get in, as a fixed word.
    pub refused: Option<String>,
    /// The role after a sign-in now; none when there is no answer.
    pub role: Option<Role>,
    /// Every rule, in the order in which it is looked at.
    pub rules: Vec<RuleExplained>,
}

/// One rule of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleExplained {
    /// The rule in words, such as `Priority 50: SonicSaaS-Operators → Operator`.
    pub rule: String,
    /// What became of it in words, such as `Decides the role`.
    pub result: String,
    /// Whether it is the one that decides.
    pub decides: bool,
}
