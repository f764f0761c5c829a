//! Why somebody has a role, or would have it. Written on the server.

use super::{minutes, roles, words};
use crate::domain::{
    access::{Rule, Verdict},
    mapping::Mapping,
    role::Role,
    sign_in::Refusal,
    time::Timestamp,
};

/// The words about access.
pub struct Access {
    /// A person who has an account would have this role after a sign-in now.
    pub now: fn(name: &str, role: Role) -> String,
    /// A person without one would have it.
    pub first: fn(name: &str, role: Role) -> String,
    /// A person cannot get in: for a reason that a sign-in names, or because Microsoft stops it.
    pub none: fn(name: &str, Option<Refusal>) -> String,
    /// A rule.
    pub rule: fn(&Rule) -> String,
    /// What became of it.
    pub verdict: fn(Verdict) -> &'static str,
    /// Why a mapping goes before others of its priority.
    pub tie: fn(&[Mapping]) -> String,
    /// When the groups were read, and from where.
    pub read: fn(Timestamp) -> String,
    /// Nothing was typed.
    pub blank: &'static str,
    /// Neither an address nor an Object ID.
    pub unreadable: &'static str,
    /// The tenant has nobody of the kind.
    pub unknown: fn(domain: Option<&str>) -> String,
    /// Several people have the address.
    pub several: &'static str,
    /// The tenant is not proven.
    pub unproven: &'static str,
    /// An administrator has not approved these permissions.
    pub not_permitted: fn(&[&str]) -> String,
    /// Microsoft does not answer.
    pub unreachable: &'static str,
}

words!(Access);

fn called(mapping: &Mapping) -> String {
    mapping
        .group_name
        .clone()
        .unwrap_or_else(|| mapping.group.to_string())
}

fn name(role: impl Into<Role>) -> &'static str {
    (roles::EN.name)(role.into())
}

/// English.
pub static EN: Access = Access {
    now: |person, role| format!("If {person} signed in now: {}", name(role)),
    first: |person, role| {
        format!(
            "{person} hasn't signed in yet. On first sign-in the role would be {}",
            name(role)
        )
    },
    none: |person, refusal| {
        let why = match refusal {
            Some(Refusal::GuestRefused) => "guests can't sign in to this team",
            Some(Refusal::Suspended) => "suspended in this team",
            Some(Refusal::TenantDisabled) => "Microsoft sign-in is off for this team",
            Some(_) => "sign-in is refused",
            None => "the account is disabled at Microsoft",
        };
        format!("{person} has no access: {why}.")
    },
    rule: |rule| match rule {
        Rule::Owner => roles::EN.from_owner.to_owned(),
        Rule::ByHand => roles::EN.from_hand.to_owned(),
        Rule::Invitation => roles::EN.from_invitation.to_owned(),
        Rule::Mapping(mapping) => format!(
            "Priority {}: {} → {}",
            u8::from(mapping.priority),
            called(mapping),
            name(mapping.role)
        ),
        Rule::Default(role) => format!("Default role: {}", name(*role)),
    },
    verdict: |verdict| match verdict {
        Verdict::Decides => "Decides the role",
        Verdict::No => "No",
        Verdict::NotAMember => "Not a member",
        Verdict::AlsoAMember => "Also a member, not used",
        Verdict::NotChecked => "Couldn't check",
        Verdict::NotReached => "Not reached",
        Verdict::NoLongerUsed => "No longer used",
    },
    tie: |others| {
        let others: Vec<_> = others.iter().map(called).collect();
        format!(
            "Same priority as {}: the less privileged role wins",
            others.join(", ")
        )
    },
    read: |at| format!("Groups read from Microsoft Graph at {}.", (minutes::EN.of)(at)),
    blank: "Enter an email address or an Object ID",
    unreadable: "Enter a whole email address, such as name@contoso.com, or an Object ID",
    unknown: |domain| match domain {
        Some(domain) => format!("Nobody in {domain} has this email address or Object ID"),
        None => "Nobody in your tenant has this email address or Object ID".to_owned(),
    },
    several: "More than one person has this email address. Enter the Object ID",
    unproven: "Checking waits until ownership is verified.",
    not_permitted: |missing| format!("Checking needs {}.", missing.join(" and ")),
    unreachable: "We can't reach Microsoft now.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_cannot_get_in_is_told_why() {
        assert_eq!(
            (EN.none)("Sam Hill", Some(Refusal::GuestRefused)),
            "Sam Hill has no access: guests can't sign in to this team."
        );
        assert_eq!(
            (EN.none)("Sam Hill", None),
            "Sam Hill has no access: the account is disabled at Microsoft."
        );
    }

    #[test]
    fn the_rules_have_the_names_of_their_sources() {
        assert_eq!((EN.rule)(&Rule::Owner), "Owner");
        assert_eq!(
            (EN.rule)(&Rule::Default(crate::domain::role::MappableRole::MEMBER)),
            "Default role: Member"
        );
        assert_eq!(
            (EN.now)("Dana Reyes", Role::Operator),
            "If Dana Reyes signed in now: Operator"
        );
    }
}
