//! The overview.

use super::{roles, words};
use crate::domain::role::Role;

/// The words of the overview.
pub struct Overview {
    /// Heading of the page and name of its menu entry.
    pub heading: &'static str,
    /// The region about one's own role.
    pub your_access: &'static str,
    /// The role, as a sentence.
    pub you_are: fn(Role, team: &str) -> String,
    /// Label of the role.
    pub role: &'static str,
    /// Label of where the role comes from.
    pub source: &'static str,
    /// The role is kept, since Microsoft did not give the groups.
    pub kept: fn(source: &str, from: &str, until: &str) -> String,
    /// Label of the last sign-in.
    pub last_sign_in: &'static str,
    /// There was none.
    pub never: &'static str,
    /// The page's data, in "Couldn't load …".
    pub data: &'static str,
}

words!(Overview);

/// English.
pub static EN: Overview = Overview {
    heading: "Overview",
    your_access: "Your access",
    you_are: |role, team| format!("You are {} of {team}.", (roles::EN.one)(role)),
    role: "Role",
    source: "Source",
    kept: |source, from, until| {
        format!("{source}. Kept from {from} until {until}, because Microsoft didn't give us your groups")
    },
    last_sign_in: "Last sign-in",
    never: "Never",
    data: "the overview",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_is_a_sentence() {
        assert_eq!(
            (EN.you_are)(Role::Operator, "Northwind MSP"),
            "You are an Operator of Northwind MSP."
        );
    }
}
