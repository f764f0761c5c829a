//! What is told of group mappings: what was found out about groups and people, what a change does, what was refused.
//! Written on the server.

mod changes;
mod refused;

pub use self::{
    changes::{Became, Changes},
    refused::Refusals,
};

use super::{minutes, roles, words};
use crate::domain::{
    mapping::{GroupKind, MappingNotice, Priority},
    role::{MappableRole, Role},
    tenant::ObjectId,
    time::Timestamp,
};

/// The words about mappings.
pub struct MappingWords {
    /// What mappings do.
    pub intro: fn(default: Role) -> String,
    /// There is none.
    pub none: fn(default: Role) -> String,
    /// Who may change them, with the owners' names.
    pub who_may: fn(owners: &[String]) -> String,
    /// The order of rows is not that of priority.
    pub sorted: fn(column: &str) -> String,
    /// Members of nested groups are members.
    pub nested: &'static str,
    /// No tenant; and the link to it.
    pub not_configured: [&'static str; 2],
    /// Microsoft sign-in is off.
    pub off: &'static str,
    /// The tenant is not proven; and the link to the proof.
    pub unproven: [&'static str; 2],
    /// An administrator has not approved these permissions.
    pub not_permitted: fn(&[&str]) -> String,
    /// The link to the approval.
    pub grant: &'static str,
    /// Microsoft does not answer; what is shown was read then, if ever.
    pub unreachable: fn(Option<Timestamp>) -> String,
    /// A search got no answer from Microsoft.
    pub search_unreachable: &'static str,
    /// How a mapping stands: the group is gone, and what that means.
    pub not_found: [&'static str; 2],
    /// The link from there.
    pub pick_another: &'static str,
    /// How a mapping stands: no token holds the group, and what that means.
    pub not_security: [&'static str; 2],
    /// How a mapping stands: the same priority as others.
    pub tie: fn(&[String]) -> String,
    /// How a mapping stands: others decide for everybody.
    pub no_effect: &'static str,
    /// What that means for so many members.
    pub no_effect_why: fn(u64) -> String,
    /// How a mapping stands: nobody is in it.
    pub empty: &'static str,
    /// How a mapping stands: the group had another name.
    pub renamed: fn(&str) -> String,
    /// How a mapping stands: nobody has looked.
    pub not_checked: &'static str,
    /// How a mapping stands.
    pub ok: &'static str,
    /// So many members.
    pub members: fn(u64) -> String,
    /// So many of them have an account.
    pub signed_up: fn(u64, of: u64) -> String,
    /// A kind of group.
    pub kind: fn(GroupKind) -> &'static str,
    /// Why a group cannot be chosen: it gives this role already.
    pub mapped: fn(Role) -> String,
    /// Why a group cannot be chosen: its kind.
    pub never_sent: &'static str,
    /// An object ID that could not be looked up.
    pub use_id: fn(ObjectId) -> String,
    /// So many groups, and whether there are more.
    pub found: fn(usize, more: bool) -> String,
    /// No group fits.
    pub found_none: fn(query: &str) -> String,
    /// The tenant has no group of this object ID.
    pub unknown_id: fn(domain: Option<&str>) -> String,
    /// What happened.
    pub notice: fn(&MappingNotice) -> String,
    /// A role that people get from no mapping, in a sentence.
    pub default_role: &'static str,
    /// A role that people have from an invitation, in a sentence.
    pub invitation: &'static str,
    /// A role that people have from a group without a name, in a sentence.
    pub other_group: &'static str,
    /// Heading and button before a mapping is removed.
    pub remove: fn(group: &str) -> [String; 2],
}

words!(MappingWords);

/// `A`, `A and B`, `A, B and C`.
pub(super) fn listed<S: AsRef<str>>(names: &[S]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}

fn name(role: impl Into<Role>) -> &'static str {
    (roles::EN.name)(role.into())
}

fn tied(group: &str, priority: Priority, others: &[String], winner: MappableRole) -> String {
    let mut all = vec![group.to_owned()];
    all.extend_from_slice(others);
    let (both, less) = if others.len() == 1 {
        ("both", "less")
    } else {
        ("all", "least")
    };
    format!(
        "Warning: {} {both} have priority {}. The {less} privileged role, {}, wins.",
        listed(&all),
        u8::from(priority),
        name(winner)
    )
}

fn notice(notice: &MappingNotice) -> String {
    let with = |said: &str, group: &str, priority, ties: &Option<(Vec<String>, MappableRole)>| match ties {
        Some((others, winner)) => format!("{said} {}", tied(group, priority, others, *winner)),
        None => said.to_owned(),
    };
    match notice {
        MappingNotice::Added {
            group,
            priority,
            unchecked,
            ties,
        } => {
            let said = if *unchecked {
                "Mapping added. Warning: we couldn't check this Object ID."
            } else {
                "Mapping added."
            };
            with(said, group, *priority, ties)
        }
        MappingNotice::Saved {
            group,
            priority,
            ties,
        } => with("Mapping saved.", group, *priority, ties),
        MappingNotice::Unchanged { group } => {
            format!("Nothing was changed: the mapping of {group} had this role and priority already.")
        }
        MappingNotice::NewName { group } => format!("The mapping goes by the name {group} now."),
        MappingNotice::Removed => "Mapping removed.".to_owned(),
        MappingNotice::Broken(reference) => format!(
            "Not saved. There's a problem on our side. Try again, or contact the platform administrator with \
             reference {reference}."
        ),
        MappingNotice::Busy => "SonicSaaS is busy. Try again in a moment.".to_owned(),
    }
}

/// `8d1f4a2c-…-77c0`.
fn short(id: ObjectId) -> String {
    let whole = id.to_string();
    let (start, end) = (
        whole.get(..8).unwrap_or_default(),
        whole.get(32..).unwrap_or_default(),
    );
    format!("{start}-…-{end}")
}

fn permissions(missing: &[&str]) -> String {
    format!(
        "SonicSaaS can't search groups until an administrator approves {}. You can enter an Object ID now.",
        listed(missing)
    )
}

/// English.
pub static EN: MappingWords = MappingWords {
    intro: |default| {
        format!(
            "At every Microsoft sign-in the mapping with the highest priority among the person's security groups sets \
             their role. People in no mapped group become {}, the default role. Owners and roles set by hand stay as \
             they are.",
            name(default)
        )
    },
    none: |default| {
        format!(
            "No mappings yet. Until you add one, everyone who signs in with Microsoft becomes {}, the default role.",
            name(default)
        )
    },
    who_may: |owners| {
        let only = "Only owners and admins can change mappings.";
        if owners.is_empty() {
            only.to_owned()
        } else {
            format!("{only} Owners: {}.", owners.join(", "))
        }
    },
    sorted: |column| format!("Sorted by {}. Priority still decides.", column.to_lowercase()),
    nested: "Members of nested groups count too.",
    not_configured: [
        "Register your tenant before mapping groups.",
        "Set up Microsoft Entra ID",
    ],
    off: "Microsoft sign-in is off. Mappings are saved but not used.",
    unproven: [
        "Group search and names wait until ownership is verified. You can add groups by Object ID now.",
        "Verify ownership",
    ],
    not_permitted: permissions,
    grant: "Grant admin consent",
    unreachable: |read_at| match read_at {
        Some(at) => format!(
            "Showing what we read at {}. We can't reach Microsoft now.",
            (minutes::EN.of)(at)
        ),
        None => "We can't reach Microsoft now. You can add groups by Object ID.".to_owned(),
    },
    search_unreachable: "We can't reach Microsoft now. Try again, or enter an Object ID.",
    not_found: [
        "Group not found",
        "Deleted in Microsoft Entra ID. Nobody gets a role from it.",
    ],
    pick_another: "Pick another group",
    not_security: [
        "Not a security group",
        "Microsoft doesn't send it at sign-in. Nobody gets a role from it.",
    ],
    tie: |others| format!("Tie with {}", listed(others)),
    no_effect: "No effect",
    no_effect_why: |people| match people {
        1 => "Its only member is also in a mapping with a higher priority, so this one decides nothing."
            .to_owned(),
        people => format!(
            "All {people} members are also in a mapping with a higher priority, so this one decides nothing."
        ),
    },
    empty: "No members",
    renamed: |before| format!("Renamed from \"{before}\""),
    not_checked: "Not checked",
    ok: "OK",
    members: |people| match people {
        1 => "1 member".to_owned(),
        people => format!("{people} members"),
    },
    signed_up: |signed_up, of| format!("{signed_up} of {of} signed up"),
    kind: |kind| match kind {
        GroupKind::Security => "security group",
        GroupKind::MailEnabledSecurity => "mail-enabled security group",
        GroupKind::Microsoft365 => "Microsoft 365 group",
        GroupKind::NotSecurity => "group",
    },
    mapped: |role| format!("already mapped to {}", name(role)),
    never_sent: "not a security group: Microsoft doesn't send it at sign-in",
    use_id: |id| format!("Use Object ID {}", short(id)),
    found: |count, more| match (count, more) {
        (count, true) => format!("Showing the first {count}. Type more to narrow."),
        (1, false) => "1 group found".to_owned(),
        (count, false) => format!("{count} groups found"),
    },
    found_none: |query| format!("No groups match \"{query}\". Check the spelling, or paste the Object ID."),
    unknown_id: |domain| match domain {
        Some(domain) => format!("No group has this Object ID in {domain}"),
        None => "No group has this Object ID in your tenant".to_owned(),
    },
    notice,
    default_role: "default role",
    invitation: "invitation",
    other_group: "another group",
    remove: |group| {
        [
            format!("Remove the mapping of {group}?"),
            "Remove mapping".to_owned(),
        ]
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    fn role(name: &str) -> MappableRole {
        name.parse().expect("a role")
    }

    fn fifty() -> Priority {
        Priority::try_from(50).expect("a priority")
    }

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        assert_eq!(listed::<&str>(&[]), "");
        assert_eq!(listed(&["A"]), "A");
        assert_eq!(listed(&["A", "B"]), "A and B");
        assert_eq!(listed(&["A", "B", "C"]), "A, B and C");
    }

    #[test]
    fn a_tie_names_all_groups_and_the_role_that_wins() {
        let added = |others: &[&str]| {
            notice(&MappingNotice::Added {
                group: "SonicSaaS-Operators".to_owned(),
                priority: fifty(),
                unchecked: false,
                ties: Some((
                    others.iter().map(|name| (*name).to_owned()).collect(),
                    role("auditor"),
                )),
            })
        };
        assert_eq!(
            added(&["SonicSaaS-Auditors"]),
            "Mapping added. Warning: SonicSaaS-Operators and SonicSaaS-Auditors both have priority 50. The less \
             privileged role, Auditor, wins."
        );
        assert_eq!(
            added(&["B", "C"]),
            "Mapping added. Warning: SonicSaaS-Operators, B and C all have priority 50. The least privileged role, \
             Auditor, wins."
        );
    }

    #[test]
    fn what_was_found_is_counted() {
        assert_eq!((EN.found)(1, false), "1 group found");
        assert_eq!((EN.found)(5, false), "5 groups found");
        assert_eq!((EN.found)(20, true), "Showing the first 20. Type more to narrow.");
        assert_eq!((EN.members)(1), "1 member");
        assert_eq!((EN.members)(0), "0 members");
    }

    #[test]
    fn an_object_id_is_shortened_to_its_ends() {
        let id = "8d1f4a2c-6e30-49b7-8c5d-f20a1be977c0";
        let id = ObjectId::from(crate::domain::input::guid(id).expect("an ID"));
        assert_eq!((EN.use_id)(id), "Use Object ID 8d1f4a2c-…-77c0");
    }
}
