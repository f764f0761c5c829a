//! What people type into the form of a mapping, what is wrong with it, and what is said afterwards.
//!
//! What was typed is kept as it was typed until it is right; the refusals name the field, so that each can be fixed.

use serde::{Deserialize, Serialize};

use super::{GroupKind, Priority};
use crate::domain::{
    id::MappingId,
    input,
    role::{MappableRole, Role},
    tenant::ObjectId,
    time::Timestamp,
};

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingForm {
    /// The mapping that is edited; none for a new one.
    pub id: Option<MappingId>,
    /// What was searched for.
    pub query: String,
    /// The group that was chosen from what was found.
    pub group_id: String,
    /// The Object ID that was typed instead.
    pub object_id: String,
    /// `admin`, `operator`, `member`, `auditor` or `viewer`.
    pub role: String,
    /// 0 to 100.
    pub priority: String,
    /// The version that was on the page.
    pub version: Option<i64>,
}

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// `Group`.
    Group,
    /// `Group Object ID`.
    ObjectId,
    /// `Role`.
    Role,
    /// `Priority`.
    Priority,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mistake {
    /// No group was chosen, and no Object ID typed.
    NoGroup,
    /// What was typed is no Object ID.
    BadObjectId,
    /// One group was chosen from a list, and the Object ID of another one typed.
    TwoGroups,
    /// It is the ID of something else: `user`, `device`, `application`, `other`.
    NotAGroup(String),
    /// Microsoft sends no such group at sign-in.
    NotSecurity,
    /// The tenant has no such group.
    UnknownGroup,
    /// No role was chosen, or a word that is none.
    NoRole,
    /// Owner is never given by a group.
    OwnerRole,
    /// Not a whole number from 0 to 100.
    BadPriority,
}

impl Mistake {
    /// The field to fix, given where the group was named.
    pub const fn field(&self, typed_id: bool) -> Field {
        match self {
            Self::NoGroup => Field::Group,
            Self::TwoGroups => Field::ObjectId,
            Self::BadObjectId | Self::NotAGroup(_) | Self::NotSecurity | Self::UnknownGroup => {
                if typed_id {
                    Field::ObjectId
                } else {
                    Field::Group
                }
            }
            Self::NoRole | Self::OwnerRole => Field::Role,
            Self::BadPriority => Field::Priority,
        }
    }
}

/// What the form asks for, once it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The group; none when an existing mapping is edited.
    pub group: Option<ObjectId>,
    /// The role.
    pub role: MappableRole,
    /// The priority.
    pub priority: Priority,
}

impl MappingForm {
    /// Whether the Object ID was typed, and not chosen from a list.
    pub fn is_typed_id(&self) -> bool {
        !input::is_blank(&self.object_id)
    }

    /// The group, by what was typed, else chosen, else pasted where names are searched.
    ///
    /// # Errors
    /// [`Mistake::NoGroup`], [`Mistake::BadObjectId`] or [`Mistake::TwoGroups`].
    pub fn group(&self) -> Result<ObjectId, Mistake> {
        let read = |text: &str| input::guid(text).map(ObjectId::from);
        if self.is_typed_id() {
            let typed = read(&self.object_id).ok_or(Mistake::BadObjectId)?;
            let chosen = read(&self.group_id).unwrap_or(typed);
            return if chosen == typed {
                Ok(typed)
            } else {
                Err(Mistake::TwoGroups)
            };
        }
        if !input::is_blank(&self.group_id) {
            return read(&self.group_id).ok_or(Mistake::BadObjectId);
        }
        read(&self.query).ok_or(Mistake::NoGroup)
    }

    /// The role.
    ///
    /// # Errors
    /// [`Mistake::NoRole`] or [`Mistake::OwnerRole`].
    pub fn role(&self) -> Result<MappableRole, Mistake> {
        let role: Role = self.role.trim().parse().map_err(|_| Mistake::NoRole)?;
        MappableRole::try_from(role).map_err(|_| Mistake::OwnerRole)
    }

    /// The priority: digits, and nothing that is rounded or guessed.
    ///
    /// # Errors
    /// [`Mistake::BadPriority`].
    pub fn priority(&self) -> Result<Priority, Mistake> {
        let digits = self.priority.trim();
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number: Option<u8> = if plain { digits.parse().ok() } else { None };
        let priority = number.and_then(|number| Priority::try_from(number).ok());
        priority.ok_or(Mistake::BadPriority)
    }

    /// All of it, or everything that is wrong, in the order of the fields.
    ///
    /// # Errors
    /// At least one [`Mistake`].
    pub fn read(&self) -> Result<Wanted, Vec<Mistake>> {
        let group = match self.id {
            Some(_) => Ok(None),
            None => self.group().map(Some),
        };
        match (group, self.role(), self.priority()) {
            (Ok(group), Ok(role), Ok(priority)) => Ok(Wanted {
                group,
                role,
                priority,
            }),
            (group, role, priority) => Err([group.err(), role.err(), priority.err()]
                .into_iter()
                .flatten()
                .collect()),
        }
    }
}

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappingRefused {
    /// What was typed.
    Mistakes(Vec<Mistake>),
    /// The group has a mapping already.
    Mapped {
        /// Which.
        id: MappingId,
        /// The group's name, else its Object ID.
        group: String,
        /// The role it gives.
        role: MappableRole,
    },
    /// Somebody else changed it meanwhile; these are the values now.
    Stale {
        /// Who; the command line has no name.
        by: Option<String>,
        /// When.
        at: Timestamp,
        /// The role now.
        role: MappableRole,
        /// The priority now.
        priority: Priority,
    },
    /// It no longer exists.
    Gone,
    /// The team has no tenant, so there is nothing to map.
    NotConfigured,
}

/// What has just happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappingNotice {
    /// It exists.
    Added {
        /// The group's name, else its Object ID.
        group: String,
        /// Its priority.
        priority: Priority,
        /// Whether Microsoft could not be asked about the group.
        unchecked: bool,
        /// The groups it ties with, and the role that wins among them.
        ties: Option<(Vec<String>, MappableRole)>,
    },
    /// It is changed.
    Saved {
        /// The group's name, else its Object ID.
        group: String,
        /// Its priority.
        priority: Priority,
        /// The groups it ties with, and the role that wins among them.
        ties: Option<(Vec<String>, MappableRole)>,
    },
    /// It was saved as it is.
    Unchanged {
        /// The group's name, else its Object ID.
        group: String,
    },
    /// The new name of its group is taken over.
    NewName {
        /// The name.
        group: String,
    },
    /// It is gone.
    Removed,
    /// Something of ours broke; the reference stands in the log.
    Broken(String),
    /// The database is busy.
    Busy,
}

impl GroupKind {
    /// Whether a look at Microsoft found something that can be mapped.
    pub const fn mistake(self) -> Option<Mistake> {
        if self.is_mappable() {
            None
        } else {
            Some(Mistake::NotSecurity)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(role: &str, priority: &str) -> MappingForm {
        MappingForm {
            group_id: "8d1f4a2c-0000-4000-8000-0000000077c0".to_owned(),
            role: role.to_owned(),
            priority: priority.to_owned(),
            ..MappingForm::default()
        }
    }

    #[test]
    fn a_priority_is_a_whole_number_from_0_to_100() {
        for (text, number) in [("0", 0), (" 100 ", 100), ("007", 7)] {
            let priority = typed("viewer", text).priority().map(u8::from);
            assert_eq!(priority, Ok(number), "{text}");
        }
        for text in ["", "-1", "101", "1.5", "1e1", "+5", "٣", "99999999999"] {
            assert_eq!(
                typed("viewer", text).priority(),
                Err(Mistake::BadPriority),
                "{text}"
            );
        }
    }

    #[test]
    fn owner_has_a_refusal_of_its_own() {
        assert_eq!(typed("owner", "1").role(), Err(Mistake::OwnerRole));
        for text in ["", "Owner", "root", "admin;owner"] {
            assert_eq!(typed(text, "1").role(), Err(Mistake::NoRole), "{text}");
        }
        assert!(typed(" admin ", "1").role().is_ok());
    }

    #[test]
    fn everything_wrong_is_said_at_once_and_in_order() {
        let nothing = MappingForm::default();
        assert_eq!(
            nothing.read(),
            Err(vec![Mistake::NoGroup, Mistake::NoRole, Mistake::BadPriority])
        );
    }

    #[test]
    fn a_group_is_chosen_typed_or_pasted_and_never_two_of_them() {
        let other = "{00000000-0000-4000-8000-000000000001}";
        let mut form = typed("viewer", "1");
        let read = |form: &MappingForm| form.group().map(|id| id.to_string());
        form.object_id = form.group_id.to_uppercase();
        assert_eq!(
            read(&form),
            Ok(form.group_id.clone()),
            "the same one twice is one"
        );
        form.object_id = other.to_owned();
        assert_eq!(read(&form), Err(Mistake::TwoGroups));
        form.group_id = String::new();
        assert_eq!(read(&form), Ok(other[1..37].to_owned()));
        form.object_id = "abc".to_owned();
        assert_eq!(read(&form), Err(Mistake::BadObjectId));
        form = MappingForm {
            query: other.to_owned(),
            ..MappingForm::default()
        };
        assert_eq!(read(&form), Ok(other[1..37].to_owned()));
        form.query = "SonicSaaS".to_owned();
        assert_eq!(read(&form), Err(Mistake::NoGroup));
    }
}
