//! The page that lists what is asked of Microsoft. A customer's IT reads it before approving.

use super::words;
use crate::domain::graph_permission::{Approval, Feature, Holder, Purpose, Reading};

/// The words of the permissions page.
pub struct Permissions {
    /// Heading of the page, and what links to it are called.
    pub heading: &'static str,
    /// Leads whoever is signed in back to the pages of this team.
    pub back: fn(team: &str) -> String,
    /// What it comes to.
    pub summary: &'static str,
    /// The thing that is copied, as in `Copy permission list`.
    pub list: &'static str,
    /// Heading and caption of the table of permissions that an administrator approves.
    pub graph: &'static str,
    /// Column: the name at Microsoft.
    pub permission: &'static str,
    /// Column: who holds it.
    pub holder: &'static str,
    /// Column: what is done with it.
    pub purpose: &'static str,
    /// Column: what in the product needs it.
    pub needed_for: &'static str,
    /// Column: what happens without it.
    pub without: &'static str,
    /// Column: what is known of it in the reader's own tenant.
    pub status: &'static str,
    /// Who holds it.
    pub held_by: fn(Holder) -> &'static str,
    /// What is done with it.
    pub done: fn(Purpose) -> &'static str,
    /// What needs it; `optional` when the registration is complete without it.
    pub feature: fn(Feature, optional: bool) -> String,
    /// What happens without it.
    pub instead: fn(Feature) -> &'static str,
    /// The status of a permission.
    pub approval: fn(Approval, Feature) -> String,
    /// The status while the team has no tenant.
    pub not_connected: &'static str,
    /// The status while nobody has asked Microsoft, or Microsoft did not answer.
    pub status_unknown: &'static str,
    /// That one permission is wider than its use.
    pub wider: &'static str,
    /// Approves, at Microsoft.
    pub grant: &'static str,
    /// The way to where a tenant is registered, while there is none to approve in.
    pub set_up: &'static str,
    /// Heading and caption of the table of a sign-in's scopes.
    pub sign_in: &'static str,
    /// What is read with a scope.
    pub reading: fn(Reading) -> &'static str,
    /// Heading: what is kept.
    pub store: &'static str,
    /// What is kept.
    pub stored: &'static str,
    /// Heading: what is not done.
    pub never: &'static str,
    /// What is not done.
    pub never_done: &'static str,
    /// Heading: how to end it.
    pub remove: &'static str,
    /// The steps to end it.
    pub removing: &'static [&'static str],
    /// Heading: what changed on this page.
    pub changes: &'static str,
    /// What changed, the newest first: the day for machines, the day for people, what.
    pub changed: &'static [(&'static str, &'static str, &'static str)],
    /// Microsoft's approval page was left, approved.
    pub approval_finished: &'static str,
    /// The same, declined.
    pub approval_declined: &'static str,
}

words!(Permissions);

/// English.
pub static EN: Permissions = Permissions {
    heading: "Permissions We Request",
    back: |team| format!("Back to {team}"),
    summary: "SonicSaaS reads groups, their members and their names. It asks for no permission to change anything in \
              your Microsoft tenant.",
    list: "permission list",
    graph: "Microsoft Graph permissions",
    permission: "Permission",
    holder: "Type",
    purpose: "What SonicSaaS does with it",
    needed_for: "Needed for",
    without: "Without it",
    status: "Status",
    held_by: |holder| match holder {
        Holder::Application => "Application",
        Holder::Delegated => "Delegated",
    },
    done: |purpose| match purpose {
        Purpose::FindGroups => "find groups by name, show their names",
        Purpose::ReadNames => "read names and email of group members",
        Purpose::ReadMembers => "read who is in a mapped group",
        Purpose::ReadOwnGroups => "read the signed-in person's own groups",
    },
    feature: |feature, optional| {
        let needs = match feature {
            Feature::GroupSearch => "searching groups in SSO Group Mappings",
            Feature::GroupMembers => "View members, group invitations",
            Feature::ManyGroups => "people in more than 150 groups",
        };
        if optional {
            format!("{needs} (optional)")
        } else {
            needs.to_owned()
        }
    },
    instead: |feature| match feature {
        Feature::GroupSearch => "enter Group Object IDs by hand",
        Feature::GroupMembers => "View members shows the admin-consent prompt",
        Feature::ManyGroups => "they may be refused",
    },
    approval: |approval, feature| match (approval, feature) {
        (Approval::Approved, _) => "Approved".to_owned(),
        (Approval::Unknown, _) => "Unknown".to_owned(),
        (Approval::Missing, Feature::GroupSearch) => "Missing. Group search is off.".to_owned(),
        (Approval::Missing, Feature::GroupMembers) => {
            "Missing. View members and group invitations are off.".to_owned()
        }
        (Approval::Missing, Feature::ManyGroups) => {
            "Missing. People in more than 150 groups may be refused.".to_owned()
        }
    },
    not_connected: "Not connected",
    status_unknown: "Status unknown",
    wider: "Group.Read.All is wider than what we use: Microsoft also lets it read conversations of Microsoft 365 \
            groups. SonicSaaS calls only the group list and group names with it.",
    grant: "Grant admin consent",
    set_up: "Set up Microsoft Entra ID",
    sign_in: "Sign-in permissions",
    reading: |reading| match reading {
        Reading::Identity => "sign the person in",
        Reading::Name => "read the person's name",
        Reading::Email => "read the person's email address",
        Reading::Profile => "read the signed-in person's own profile",
    },
    store: "What we store",
    stored: "Tenant ID, Object ID, name, email, which mapped groups decided the role, sign-in times and addresses.",
    never: "What we never do",
    never_done: "We never write to your tenant, never see Microsoft passwords, and never read mail, files, calendars \
                 or conversations.",
    remove: "How to remove access",
    removing: &[
        "Ask an owner or admin of your SonicSaaS team to select Disconnect Microsoft Entra ID.",
        "Delete the app at Microsoft Entra admin center > Enterprise applications > SonicSaaS.",
    ],
    changes: "Changes",
    changed: &[("2026-11-28", "28 Nov 2026", "First version of this list.")],
    approval_finished: "Microsoft reports that approval finished. Whoever manages SonicSaaS can now select Test \
                        Connection.",
    approval_declined: "Microsoft reports that approval was declined.",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{graph_permission::GRAPH_PERMISSIONS, time::Timestamp};

    #[test]
    fn a_missing_permission_says_what_is_off() {
        for permission in GRAPH_PERMISSIONS {
            let said = (EN.approval)(Approval::Missing, permission.feature);
            assert!(said.starts_with("Missing. ") && said.ends_with('.'), "{said}");
        }
    }

    #[test]
    fn changes_are_dated_and_the_newest_stands_first() {
        let days: Vec<_> = EN.changed.iter().map(|(day, _, _)| *day).collect();
        assert!(days.is_sorted_by(|newer, older| newer > older), "{days:?}");
        for (day, written, _) in EN.changed {
            let at = Timestamp::parse(day).expect("a day");
            let moment = (crate::text::times::EN.moment)(at);
            assert_eq!(moment.split(',').next(), Some(*written));
        }
    }
}
