//! Why a form about a mapping was refused, and what to do.

use super::name;
use crate::{
    domain::{
        mapping::{MappingRefused, Mistake},
        role::Role,
        time::Timestamp,
    },
    text::{minutes, words},
};

/// The words about refusals.
pub struct Refusals {
    /// What is wrong with a field.
    pub mistake: fn(&Mistake, domain: Option<&str>) -> String,
    /// Anything else; none when only fields are wrong.
    pub other: fn(&MappingRefused) -> Option<String>,
}

words!(Refusals);

fn mistake(mistake: &Mistake, domain: Option<&str>) -> String {
    match mistake {
        Mistake::NoGroup => "Select a group, or enter its Object ID".to_owned(),
        Mistake::BadObjectId => "Object ID must be 32 letters and numbers with hyphens".to_owned(),
        Mistake::TwoGroups => {
            "You selected one group and entered the Object ID of another. Clear the Object ID, or enter the one you want"
                .to_owned()
        }
        Mistake::NotAGroup(kind) => format!("That ID belongs to {}, not a group", object(kind)),
        Mistake::NotSecurity => {
            "That isn't a security group: Microsoft doesn't send it at sign-in. Select a security group"
                .to_owned()
        }
        Mistake::UnknownGroup => (super::EN.unknown_id)(domain),
        Mistake::NoRole => "Select a role".to_owned(),
        Mistake::OwnerRole => {
            "Owner can't be given by a group. Make someone an owner on the Members page.".to_owned()
        }
        Mistake::BadPriority => "Enter a priority from 0 to 100".to_owned(),
    }
}

fn object(kind: &str) -> &'static str {
    match kind {
        "user" => "a user",
        "device" => "a device",
        "application" => "an application",
        _ => "something else",
    }
}

fn stale(by: Option<&str>, at: Timestamp) -> String {
    let who = by.unwrap_or("The platform administrator");
    format!(
        "{who} changed this at {}. Review the new values, then save again.",
        (minutes::EN.of)(at)
    )
}

/// English.
pub(super) static EN: Refusals = Refusals {
    mistake,
    other: |refused| match refused {
        MappingRefused::Mistakes(_) => None,
        MappingRefused::Mapped { group, role, .. } => Some(format!(
            "{group} is already mapped to {}. Edit that mapping instead.",
            name(Role::from(*role))
        )),
        MappingRefused::Stale { by, at, .. } => Some(stale(by.as_deref(), *at)),
        MappingRefused::Gone => Some(super::super::faults::EN.missing.to_owned()),
        MappingRefused::NotConfigured => Some(super::EN.not_configured[0].to_owned()),
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_fix_and_never_that_something_is_invalid() {
        let wrong = [
            Mistake::NoGroup,
            Mistake::BadObjectId,
            Mistake::NotAGroup("user".to_owned()),
            Mistake::NotSecurity,
            Mistake::UnknownGroup,
            Mistake::NoRole,
            Mistake::OwnerRole,
            Mistake::BadPriority,
            Mistake::TwoGroups,
        ];
        for one in &wrong {
            let said = mistake(one, Some("contoso.com"));
            assert!(!said.to_lowercase().contains("invalid"), "{said}");
        }
        assert_eq!(mistake(&wrong[2], None), "That ID belongs to a user, not a group");
        assert_eq!(
            mistake(&wrong[4], Some("contoso.com")),
            "No group has this Object ID in contoso.com"
        );
    }

    #[test]
    fn a_conflict_names_who_and_when() {
        let at = Timestamp::parse("2026-03-04T14:01:59Z").expect("a time");
        assert_eq!(
            stale(Some("Priya Shah"), at),
            "Priya Shah changed this at 14:01 UTC. Review the new values, then save again."
        );
    }
}
