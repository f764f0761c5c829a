//! The page of the members of a mapped group. Written on the server.

use super::{times, words};
use crate::domain::{invitation::Reason, time::Timestamp};

/// The words of the page.
pub struct GroupMemberWords {
    /// The heading.
    pub heading: fn(group: &str) -> String,
    /// How many there are, exactly: members, signed up, invited, not invited.
    pub summary: fn([u64; 4]) -> String,
    /// About so many.
    pub about: fn(u64) -> String,
    /// Members of nested groups are members.
    pub nested: &'static str,
    /// Filters, in their order.
    pub filters: [&'static str; 5],
    /// A filter with its number.
    pub filter: fn(name: &str, count: &str) -> String,
    /// A number that is not exact, in a filter.
    pub about_number: fn(u64) -> String,
    /// A number.
    pub number: fn(u64) -> String,
    /// Name of the filters.
    pub filters_name: &'static str,
    /// Name of the section.
    pub section: &'static str,
    /// Column: name and address.
    pub name: &'static str,
    /// Column: how somebody stands.
    pub status: &'static str,
    /// Column: the role.
    pub role: &'static str,
    /// Column: the newest sign-in.
    pub last_sign_in: &'static str,
    /// Never signed in.
    pub never: &'static str,
    /// In the place of a name that Microsoft withholds.
    pub no_name: &'static str,
    /// Has an account.
    pub signed_up: &'static str,
    /// Invited on that day, until that one.
    pub invited: fn(Timestamp, Timestamp) -> String,
    /// Can be invited.
    pub not_invited: &'static str,
    /// Cannot be invited.
    pub cannot: fn(Reason) -> &'static str,
    /// The group whose mapping won.
    pub from_group: fn(group: &str) -> String,
    /// Nobody is in the group.
    pub empty: &'static str,
    /// Nobody passes the filter; and the link to everybody.
    pub no_match: [&'static str; 2],
    /// Which rows are shown, of how many.
    pub shown: fn(from: u64, to: u64, of: Option<String>) -> String,
    /// The next page, and the first one.
    pub next: &'static str,
    /// Leads to the first page.
    pub first: &'static str,
    /// So many were looked at, of how many; and the link that goes on.
    pub looked_at: fn(u64, of: Option<String>) -> [String; 2],
    /// Microsoft did not give the list.
    pub failed: &'static str,
    /// The place in the list is gone.
    pub no_place: &'static str,
    /// The mapping was removed, and the link to the others.
    pub removed: [&'static str; 2],
    /// The group is gone; and the link from there.
    pub gone: [&'static str; 2],
    /// The tenant is not proven.
    pub unproven: &'static str,
    /// Region: permissions are missing.
    pub consent: &'static str,
    /// Which ones.
    pub approve: fn(&[&str]) -> String,
    /// The link to the approval.
    pub grant: &'static str,
    /// What is copied.
    pub address: &'static str,
    /// What to do when Microsoft does not list them.
    pub not_listed: &'static str,
}

words!(GroupMemberWords);

/// A number with its thousands set apart.
fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn members(count: u64) -> String {
    match count {
        1 => "1 member".to_owned(),
        count => format!("{} members", number(count)),
    }
}

/// The day of a moment.
fn day(at: Timestamp) -> String {
    let moment = (times::EN.moment)(at);
    moment.split(',').next().unwrap_or_default().to_owned()
}

/// English.
pub static EN: GroupMemberWords = GroupMemberWords {
    heading: |group| format!("Members of {group}"),
    summary: |[all, signed_up, invited, not_invited]| {
        let (signed_up, invited, not_invited) = (number(signed_up), number(invited), number(not_invited));
        format!(
            "{} · {signed_up} signed up · {invited} invited · {not_invited} not invited",
            members(all)
        )
    },
    about: |count| format!("about {}", members(count)),
    nested: "Includes members of nested groups.",
    filters: ["All", "Signed up", "Invited", "Not invited", "Can't be invited"],
    filter: |name, count| format!("{name} ({count})"),
    about_number: |count| format!("about {}", number(count)),
    number,
    filters_name: "Show",
    section: "Members",
    name: "Name",
    status: "Status",
    role: "Role here",
    last_sign_in: "Last sign-in",
    never: "Never",
    no_name: "Name withheld by Microsoft",
    signed_up: "Signed up",
    invited: |made, expires| format!("Invited {}, expires {}", day(made), day(expires)),
    not_invited: "Not invited",
    cannot: |why| match why {
        Reason::NoAddress => "No email address",
        Reason::Disabled => "Disabled in Microsoft",
        Reason::Guest => "Guest (Allow guests is off)",
        Reason::Unreadable => "Can't be read without User.Read.All",
        _ => "Can't be invited",
    },
    from_group: |group| format!("(from {group})"),
    empty: "This group has no members in Microsoft Entra ID.",
    no_match: ["Nobody in this group has that status.", "Show all members"],
    shown: |from, to, of| {
        let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
        format!("Showing {}–{}{of}", number(from), number(to))
    },
    next: "Next page",
    first: "First page",
    looked_at: |count, of| {
        let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
        [
            format!("We have looked at {}{of} people so far.", number(count)),
            "Keep looking".to_owned(),
        ]
    },
    failed: "Couldn't read members from Microsoft.",
    no_place: "This list has changed at Microsoft. Show it from the beginning.",
    removed: [
        "This mapping was removed. Invitations that nobody had accepted were taken back.",
        "SSO Group Mappings",
    ],
    gone: [
        "Deleted in Microsoft Entra ID. Nobody gets a role from it.",
        "Back to SSO Group Mappings",
    ],
    unproven: "Member lists wait until ownership is verified.",
    consent: "Admin consent needed",
    approve: |missing| {
        format!(
            "To list the members of a group, an administrator must approve {}.",
            missing.join(" and ")
        )
    },
    grant: "Grant admin consent",
    address: "admin consent URL",
    not_listed: "If Microsoft doesn't list them, the platform administrator must add them to the app first.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_set_apart_by_thousands() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1_240, "1,240"),
            (50_000, "50,000"),
            (1_000_000, "1,000,000"),
        ] {
            assert_eq!(number(count), text);
        }
    }

    #[test]
    fn a_group_is_summed_up_in_a_line() {
        assert_eq!(
            (EN.summary)([18, 14, 1, 3]),
            "18 members · 14 signed up · 1 invited · 3 not invited"
        );
        assert_eq!(
            (EN.summary)([1, 0, 0, 1]),
            "1 member · 0 signed up · 0 invited · 1 not invited"
        );
        assert_eq!((EN.about)(50_000), "about 50,000 members");
    }

    #[test]
    fn an_invitation_names_its_days() {
        let at = |text| Timestamp::parse(text).expect("a time");
        assert_eq!(
            (EN.invited)(at("2026-03-02T14:02:11Z"), at("2026-03-09T14:02:11Z")),
            "Invited 2 Mar 2026, expires 9 Mar 2026"
        );
    }

    #[test]
    fn what_is_shown_is_said_with_what_is_known_of_the_whole() {
        let of = |of: &str| Some(of.to_owned());
        assert_eq!((EN.shown)(1, 50, of("1,240")), "Showing 1–50 of 1,240");
        assert_eq!(
            (EN.shown)(51, 100, of("about 50,000")),
            "Showing 51–100 of about 50,000"
        );
        assert_eq!((EN.shown)(1, 50, None), "Showing 1–50");
    }
}
