//! What needs attention, and what to do about it. Written on the server.

use super::{mapping_words::listed, minutes, roles, tenant, times, words};
use crate::domain::{
    graph_permission::Feature,
    kept::Kept,
    role::{MappableRole, Role},
    tenant::{Named, TenantId},
    time::Timestamp,
};

/// The words of what needs attention.
pub struct Attention {
    /// The region.
    pub heading: &'static str,
    /// There is nothing.
    pub nothing: &'static str,
    /// When somebody or something last looked.
    pub checked: &'static str,
    /// Microsoft does not accept the credential; whether it has expired.
    pub rejected: fn(expired: bool) -> String,
    /// The credential will expire then, or has.
    pub expires: fn(at: Timestamp, expired: bool) -> String,
    /// What the platform administrator should read, for this address and this application.
    pub message: fn(problem: &str, site: &str, client_id: &str) -> String,
    /// What is copied.
    pub copied: &'static str,
    /// A permission that worked is refused.
    pub withdrawn: fn(Feature, worked_at: Timestamp) -> String,
    /// Another team took the tenant.
    pub lost: fn(TenantId, at: Timestamp) -> String,
    /// Ownership waits; `true` when sign-in waits too.
    pub unproven: fn(&Named, sign_in_waits: bool) -> String,
    /// A mapped group is gone.
    pub gone: fn(group: &str) -> String,
    /// A mapped group has another name.
    pub renamed: fn(before: &str, now: &str) -> String,
    /// Somebody's role is kept.
    pub kept: fn(name: &str, Role, Kept, over: bool) -> String,
    /// Mappings tie.
    pub tie: fn(groups: &[String], priority: u8, winner: MappableRole) -> String,
    /// Leads to the approval.
    pub grant: &'static str,
    /// Leads to the page of Microsoft Entra ID.
    pub view: &'static str,
    /// Leads to the proof.
    pub verify: &'static str,
    /// Leads to a mapping.
    pub review: &'static str,
    /// What follows it for whoever hears a list of links: the group.
    pub review_of: fn(group: &str) -> String,
    /// The button that takes the new name over.
    pub use_name: &'static str,
    /// What follows it for whoever hears a list of buttons: the name.
    pub use_name_of: fn(group: &str) -> String,
}

words!(Attention);

/// English.
pub static EN: Attention = Attention {
    heading: "Needs attention",
    nothing: "Nothing needs attention.",
    checked: "Last checked",
    rejected: tenant::EN.credential_rejected,
    expires: tenant::EN.credential_expires,
    message: |problem, site, client_id| {
        format!(
            "{problem} This is about SonicSaaS at {site}, application (client) ID {client_id}. Set the new one as \
             MICROSOFT_ENTRA_ID_CLIENT_SECRET and restart SonicSaaS."
        )
    },
    copied: "message for the platform administrator",
    withdrawn: |feature, at| {
        let (could, off) = match feature {
            Feature::GroupMembers => (
                "list group members",
                "View members and group invitations are off.",
            ),
            Feature::GroupSearch | Feature::ManyGroups => {
                ("list groups", "Group search and View members are off.")
            }
        };
        let day = (minutes::EN.day)(at);
        format!("Admin consent was withdrawn: SonicSaaS could {could} on {day} and can't now. {off}")
    },
    lost: tenant::EN.displaced,
    unproven: tenant::EN.unproven,
    gone: |group| format!("{group} no longer exists in Microsoft Entra ID. Nobody gets a role from it."),
    renamed: |before, now| {
        format!(
            "The mapped group \"{before}\" is now \"{now}\" in Microsoft Entra ID. Mappings go by Object ID, so roles \
             still work."
        )
    },
    kept: |name, role, kept, over| {
        let (day, role) = ((minutes::EN.day)(kept.from), (roles::EN.name)(role));
        let until = (times::EN.moment)(kept.until);
        let why = format!(
            "{name} is in too many groups for a sign-in, and Microsoft Graph refused the list. The role of {day} ({role})"
        );
        if over {
            format!("{why} held until {until}; since then sign-in is refused.")
        } else {
            format!("{why} holds until {until}; after that sign-in is refused.")
        }
    },
    tie: |groups, priority, winner| {
        let (both, whom) = if groups.len() == 2 {
            ("both", "both")
        } else {
            ("all", "all of them")
        };
        format!(
            "{} {both} have priority {priority}. For someone in {whom}, {} wins.",
            listed(groups),
            (roles::EN.name)(winner.into())
        )
    },
    grant: "Grant admin consent",
    view: "View integration",
    verify: "Verify ownership",
    review: "Review mapping",
    review_of: |group| format!(" of {group}"),
    use_name: "Use the new name",
    use_name_of: |group| format!(" {group}"),
};

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    #[test]
    fn a_kept_role_says_from_when_and_until_when() {
        let kept = Kept::since(at("2026-03-04T14:02:00Z"));
        assert_eq!(
            (EN.kept)("Dana Reyes", Role::Operator, kept, false),
            "Dana Reyes is in too many groups for a sign-in, and Microsoft Graph refused the list. The role of 4 Mar 2026 \
             (Operator) holds until 5 Mar 2026, 14:02 UTC; after that sign-in is refused."
        );
        let over = (EN.kept)("Dana Reyes", Role::Operator, kept, true);
        assert!(over.ends_with("held until 5 Mar 2026, 14:02 UTC; since then sign-in is refused."));
    }

    #[test]
    fn a_withdrawn_permission_names_what_is_off() {
        let day = at("2026-03-03T09:00:00Z");
        assert_eq!(
            (EN.withdrawn)(Feature::GroupSearch, day),
            "Admin consent was withdrawn: SonicSaaS could list groups on 3 Mar 2026 and can't now. Group search and View \
             members are off."
        );
        assert!(
            (EN.withdrawn)(Feature::GroupMembers, day).contains("could list group members on 3 Mar 2026")
        );
    }

    #[test]
    fn a_tie_says_who_wins() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let auditor = "auditor".parse().expect("a role");
        assert_eq!(
            (EN.tie)(
                &names(&["SonicSaaS-Operators", "SonicSaaS-Auditors"]),
                50,
                auditor
            ),
            "SonicSaaS-Operators and SonicSaaS-Auditors both have priority 50. For someone in both, Auditor wins."
        );
        assert_eq!(
            (EN.tie)(&names(&["A", "B", "C"]), 0, auditor),
            "A, B and C all have priority 0. For someone in all of them, Auditor wins."
        );
    }
}
