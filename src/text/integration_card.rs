//! The state of an integration on the overview of all, and what to do next. Written on the server.

use super::words;

/// The words of the card.
pub struct Card {
    /// The server has no Microsoft sign-in.
    pub not_available: &'static str,
    /// Leads to why.
    pub see_why: &'static str,
    /// Nothing is registered.
    pub not_set_up: &'static str,
    /// Leads to the page.
    pub set_up: &'static str,
    /// Nobody has approved the application.
    pub waiting: &'static str,
    /// Leads to the approval.
    pub approve: &'static str,
    /// It works, and ownership is not proven.
    pub unverified: &'static str,
    /// Leads to the proof.
    pub verify: &'static str,
    /// It works.
    pub on: &'static str,
    /// Leads to the page.
    pub manage: &'static str,
    /// Enabled is off.
    pub turned_off: &'static str,
    /// Leads to the switch.
    pub turn_on: &'static str,
    /// Something is wrong.
    pub needs_attention: &'static str,
    /// Leads to the page.
    pub fix: &'static str,
    /// Microsoft gave no answer; so many seconds ago.
    pub unknown: fn(ago: i64) -> String,
    /// Leads to the test.
    pub test: &'static str,
    /// How many groups are mapped.
    pub mappings: fn(count: u64) -> String,
}

words!(Card);

fn ago(seconds: i64) -> String {
    let (number, unit) = match seconds {
        ..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural} ago")
}

/// English.
pub static EN: Card = Card {
    not_available: "Not available on this server",
    see_why: "See why",
    not_set_up: "Not set up",
    set_up: "Set up Microsoft Entra ID",
    waiting: "Waiting for approval",
    approve: "Approve permissions",
    unverified: "On, unverified",
    verify: "Verify ownership",
    on: "On",
    manage: "Manage",
    turned_off: "Turned off",
    turn_on: "Turn on",
    needs_attention: "Needs attention",
    fix: "Fix connection",
    unknown: |seconds| format!("Status unknown. Last checked {}.", ago(seconds)),
    test: "Test Connection",
    mappings: |count| match count {
        1 => "1 group mapping".to_owned(),
        count => format!("{count} group mappings"),
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_ago_is_said_in_the_largest_unit() {
        for (seconds, said) in [
            (0, "just now"),
            (60, "1 minute ago"),
            (7_199, "1 hour ago"),
            (10_800, "3 hours ago"),
            (200_000, "2 days ago"),
        ] {
            assert_eq!(ago(seconds), said);
        }
        assert_eq!((EN.mappings)(1), "1 group mapping");
        assert_eq!((EN.mappings)(0), "0 group mappings");
    }
}
