//! How a moment is written. Always in UTC here; a page may rewrite it to local time after the person chose that.

use super::words;
use crate::domain::time::{Civil, Timestamp};

/// The words of times.
pub struct Times {
    /// Day and minute: `4 Mar 2026, 14:02 UTC`.
    pub moment: fn(Timestamp) -> String,
    /// Day: `4 Mar 2026`.
    pub day: fn(Timestamp) -> String,
}

words!(Times);

/// English.
pub static EN: Times = Times {
    moment: |at| {
        let Civil { hour, minute, .. } = at.civil();
        format!("{}, {hour:02}:{minute:02} UTC", day(at))
    },
    day,
};

fn day(at: Timestamp) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let Civil { year, month, day, .. } = at.civil();
    let month = MONTHS
        .get(usize::from(month).saturating_sub(1))
        .copied()
        .unwrap_or_default();
    format!("{day} {month} {year}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_to_the_minute_in_utc() {
        let written = |text| (EN.moment)(Timestamp::parse(text).expect("valid"));
        assert_eq!(written("2026-03-04T14:02:11Z"), "4 Mar 2026, 14:02 UTC");
        assert_eq!(written("2025-12-31T00:00:59Z"), "31 Dec 2025, 00:00 UTC");
        assert_eq!(written("2026-01-01T09:05:00Z"), "1 Jan 2026, 09:05 UTC");
        let day = Timestamp::parse("2025-12-31T23:59:59Z").map(EN.day);
        assert_eq!(day.as_deref(), Some("31 Dec 2025"));
    }
}
