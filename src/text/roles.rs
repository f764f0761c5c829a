//! Roles: their names, what they may do in a line, and where they come from.

use super::words;
use crate::domain::role::Role;

/// The words of roles.
pub struct Roles {
    /// The name, capitalised.
    pub name: fn(Role) -> &'static str,
    /// The name with its article, for sentences: `an Operator`.
    pub one: fn(Role) -> &'static str,
    /// What it may do, in a line.
    pub description: fn(Role) -> &'static str,
    /// Source: made an owner.
    pub from_owner: &'static str,
    /// Source: set by hand.
    pub from_hand: &'static str,
    /// Source: a mapped group, by name or, while no name is known, by object ID.
    pub from_group: fn(group: &str) -> String,
    /// The same with the priority of the mapping.
    pub from_group_at: fn(group: &str, priority: u8) -> String,
    /// Source: a mapping that has been removed since.
    pub from_removed_mapping: &'static str,
    /// Source: the platform's default.
    pub from_default: &'static str,
    /// Source: an invitation.
    pub from_invitation: &'static str,
}

words!(Roles);

/// English.
pub static EN: Roles = Roles {
    name: |role| match role {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::Operator => "Operator",
        Role::Member => "Member",
        Role::Auditor => "Auditor",
        Role::Viewer => "Viewer",
    },
    one: |role| match role {
        Role::Owner => "an Owner",
        Role::Admin => "an Admin",
        Role::Operator => "an Operator",
        Role::Member => "a Member",
        Role::Auditor => "an Auditor",
        Role::Viewer => "a Viewer",
    },
    description: |role| match role {
        Role::Owner => "Full access, including making owners",
        Role::Admin => "Full manage access except ownership",
        Role::Operator => "Day-to-day device operations",
        Role::Member => "Same permissions as Operator",
        Role::Auditor => "Read-only, and the audit log",
        Role::Viewer => "Read-only access",
    },
    from_owner: "Owner",
    from_hand: "Set by hand (pinned)",
    from_group: |group| format!("Group: {group}"),
    from_group_at: |group, priority| format!("Group: {group}, priority {priority}"),
    from_removed_mapping: "Group: a mapping that was removed",
    from_default: "Default role",
    from_invitation: "Invitation",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_takes_its_article_by_its_first_letter() {
        for role in Role::ALL {
            let (name, one) = ((EN.name)(role), (EN.one)(role));
            let article = if name.starts_with(['O', 'A']) { "an" } else { "a" };
            assert_eq!(one, format!("{article} {name}"));
            assert_eq!(name.to_lowercase(), role.name());
        }
    }

    #[test]
    fn a_group_is_named_with_its_priority() {
        assert_eq!(
            (EN.from_group_at)("SonicSaaS-Operators", 50),
            "Group: SonicSaaS-Operators, priority 50"
        );
        assert_eq!(
            (EN.from_group)("SonicSaaS-Operators"),
            "Group: SonicSaaS-Operators"
        );
    }
}
