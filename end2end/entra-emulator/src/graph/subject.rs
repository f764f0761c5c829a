//! What `$filter`, `$search` and `$orderby` see of an object: its properties by name, and which of them are indexed.

use std::borrow::Cow;

use uuid::Uuid;

use crate::directory::{Group, User};

/// What kind of objects a query is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Group,
    User,
    /// Objects of several types.
    Object,
}

/// How a property is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    Text,
    Flag,
}

impl Kind {
    /// As error messages say it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Group => "Group",
            Self::User => "User",
            Self::Object => "DirectoryObject",
        }
    }

    /// The nature of an indexed property, and its name as Microsoft spells it; `None` for what has no index.
    pub(super) fn property(self, name: &str) -> Option<(&'static str, Nature)> {
        const GROUP: [(&str, Nature); 6] = [
            ("displayName", Nature::Text),
            ("description", Nature::Text),
            ("mail", Nature::Text),
            ("mailNickname", Nature::Text),
            ("securityEnabled", Nature::Flag),
            ("mailEnabled", Nature::Flag),
        ];
        const USER: [(&str, Nature); 8] = [
            ("displayName", Nature::Text),
            ("mail", Nature::Text),
            ("userPrincipalName", Nature::Text),
            ("givenName", Nature::Text),
            ("surname", Nature::Text),
            ("jobTitle", Nature::Text),
            ("userType", Nature::Text),
            ("accountEnabled", Nature::Flag),
        ];
        const OBJECT: [(&str, Nature); 1] = [("displayName", Nature::Text)];
        let known: &[_] = match self {
            Self::Group => &GROUP,
            Self::User => &USER,
            Self::Object => &OBJECT,
        };
        known.iter().find(|(known, _)| *known == name).copied()
    }
}

/// One object under a query.
#[derive(Clone, Copy)]
pub(super) enum Subject<'a> {
    Group(&'a Group),
    User(&'a User),
}

impl<'a> Subject<'a> {
    pub(super) fn id(self) -> Uuid {
        match self {
            Self::Group(group) => group.id,
            Self::User(user) => user.id,
        }
    }

    pub(super) fn flag(self, name: &str) -> bool {
        match (self, name) {
            (Self::Group(group), "securityEnabled") => group.security_enabled,
            (Self::Group(group), "mailEnabled") => group.mail_enabled,
            (Self::User(user), "accountEnabled") => user.enabled,
            _ => false,
        }
    }

    pub(super) fn text(self, name: &str) -> Option<Cow<'a, str>> {
        let some = |text: &'a str| Some(Cow::Borrowed(text));
        match (self, name) {
            (Self::Group(group), "displayName") => some(&group.name),
            (Self::Group(group), "description") => group.description.as_deref().and_then(some),
            (Self::Group(group), "mail") => group.mail.as_deref().and_then(some),
            (Self::Group(group), "mailNickname") => Some(Cow::Owned(super::object::nickname(group))),
            (Self::User(user), "displayName") => some(&user.name),
            (Self::User(user), "mail") => user.mail.as_deref().and_then(some),
            (Self::User(user), "userPrincipalName") => some(&user.principal),
            (Self::User(user), "givenName") => some(super::object::names(user).0),
            (Self::User(user), "surname") => some(super::object::names(user).1),
            (Self::User(user), "jobTitle") => user.job_title.as_deref().and_then(some),
            (Self::User(user), "userType") => some(super::object::user_type(user)),
            _ => None,
        }
    }

    pub(super) fn group_types(self) -> &'a [String] {
        match self {
            Self::Group(group) => &group.group_types,
            Self::User(_) => &[],
        }
    }
}
