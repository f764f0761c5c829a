//! The frame around every page.

use super::{PRODUCT, words};

/// The words of the frame.
pub struct Shell {
    /// The first link of every page.
    pub skip: &'static str,
    /// Name of the main menu.
    pub main_menu: &'static str,
    /// Name of the breadcrumb.
    pub breadcrumb: &'static str,
    /// The button that opens the main menu on a phone.
    pub menu: &'static str,
    /// The group of pages about security.
    pub security: &'static str,
    /// Stands before the person's name in the account button; ends in a space.
    pub account: &'static str,
    /// Stands before how far an action that invites people is; ends in a space.
    pub sending: &'static str,
    /// How many of how many are done.
    pub sent_of: fn(done: i64, total: i64) -> String,
    /// Ends the session.
    pub sign_out: &'static str,
    /// The choice of a theme.
    pub theme: &'static str,
    /// Theme: as the operating system says.
    pub system: &'static str,
    /// Theme: light.
    pub light: &'static str,
    /// Theme: dark.
    pub dark: &'static str,
    /// Sends a choice, where no script does.
    pub apply: &'static str,
    /// Title of a page inside a team.
    pub title: fn(heading: &str, team: &str) -> String,
    /// Title of a page outside any team.
    pub title_outside: fn(heading: &str) -> String,
    /// Copies something: the whole name of the button is this and the thing.
    pub copy: &'static str,
    /// What a status says after copying; `thing` as in the button, such as `reference`.
    pub copied: fn(thing: &str) -> String,
    /// What it says when the browser refused; the text is selected then.
    pub not_copied: fn(thing: &str) -> String,
}

words!(Shell);

/// English.
pub static EN: Shell = Shell {
    skip: "Skip to main content",
    main_menu: "Main",
    breadcrumb: "Breadcrumb",
    menu: "Menu",
    security: "Security",
    account: "Account: ",
    sending: "Sending invitations: ",
    sent_of: |done, total| format!("{done} of {total}"),
    sign_out: "Sign out",
    theme: "Theme",
    system: "System",
    light: "Light",
    dark: "Dark",
    apply: "Apply",
    title: |heading, team| format!("{heading} – {team} – {PRODUCT}"),
    title_outside: |heading| format!("{heading} – {PRODUCT}"),
    copy: "Copy",
    copied: |thing| {
        let mut said = format!("{thing} copied");
        if let Some(first) = said.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        said
    },
    not_copied: |thing| format!("Couldn't copy. The {thing} is selected: copy it from there."),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_name_page_team_and_product() {
        assert_eq!(
            (EN.title)("Overview", "Northwind MSP"),
            "Overview – Northwind MSP – SonicSaaS"
        );
        assert_eq!(
            (EN.title_outside)("Sign in to SonicSaaS"),
            "Sign in to SonicSaaS – SonicSaaS"
        );
    }

    #[test]
    fn what_was_copied_begins_a_sentence() {
        assert_eq!((EN.copied)("reference"), "Reference copied");
        assert_eq!((EN.copied)("Tenant ID"), "Tenant ID copied");
        assert_eq!((EN.copied)(""), " copied");
    }
}
