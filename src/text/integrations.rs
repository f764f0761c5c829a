//! The overview of all integrations.

use super::words;

/// The words of the integrations.
pub struct Integrations {
    /// Heading of the page and name of its menu entry.
    pub heading: &'static str,
    /// What Microsoft Entra ID is good for.
    pub entra: &'static str,
    /// Label of the last test.
    pub last_tested: &'static str,
    /// There was none.
    pub never: &'static str,
    /// Label of the mappings.
    pub mappings: &'static str,
    /// Label of how it stands.
    pub status: &'static str,
    /// The page's data, in "Couldn't load …".
    pub data: &'static str,
}

words!(Integrations);

/// English.
pub static EN: Integrations = Integrations {
    heading: "Integrations",
    entra: "Let people sign in with Microsoft and get their role from a group.",
    last_tested: "Last tested",
    never: "Never",
    mappings: "Mappings",
    status: "Status",
    data: "integrations",
};
