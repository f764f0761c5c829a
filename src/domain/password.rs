//! Rules for passwords: how long they may be, and how long somebody waits who typed a wrong one.
//!
//! The waits grow with the wrong passwords in a row, as Kanidm's soft lock does, and the hundredth ends the day: NIST SP
//! 800-63B section 3.2.2 allows at most 100 in a row. It is a delay and never a lock that somebody has to lift.

use std::time::Duration;

use super::time::Timestamp;

/// The fewest characters of a password that is the only factor (NIST SP 800-63B section 3.1.1.1).
pub const SHORTEST: usize = 15;
/// The most bytes of a password, so that nobody makes us hash a book. More is refused, never cut.
pub const LONGEST: usize = 1024;

/// A wait, by how many wrong passwords it follows: from that many on, this long.
const WAITS: [(u32, Duration); 7] = [
    (1, Duration::from_secs(1)),
    (2, Duration::from_secs(3)),
    (3, Duration::from_secs(5)),
    (4, Duration::from_secs(10)),
    (10, Duration::from_mins(1)),
    (25, Duration::from_mins(5)),
    (MOST_IN_A_ROW, DAY),
];
/// So many wrong passwords in a row end the day.
pub const MOST_IN_A_ROW: u32 = 100;
const DAY: Duration = Duration::from_hours(24);
/// A few mistakes are forgotten sooner, so that addresses that were tried once do not fill the table.
const FEW: u32 = 3;
const SOON: Duration = Duration::from_hours(1);

/// What is remembered of wrong passwords in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// Until when no further one is looked at, right or wrong.
    pub blocked_until: Timestamp,
    /// When all of it is forgotten.
    pub forgotten_at: Timestamp,
}

impl Failures {
    /// What is remembered when one more attempt begins. It counts as wrong until it proves right, so that attempts at
    /// the same moment cannot all be looked at.
    ///
    /// # Errors
    /// Until when somebody has to wait, when attempts are not looked at now.
    pub fn one_more(before: Option<Self>, now: Timestamp) -> Result<Self, Timestamp> {
        let count = match before {
            Some(before) if now < before.blocked_until => return Err(before.blocked_until),
            Some(before) if now < before.forgotten_at => before.count.saturating_add(1),
            _ => 1,
        };
        let blocked_until = now.plus(wait_after(count));
        let memory = if count > FEW { DAY } else { SOON };
        Ok(Self {
            count,
            blocked_until,
            forgotten_at: now.plus(memory),
        })
    }
}

/// How long nobody may try again after so many wrong passwords in a row.
fn wait_after(failures: u32) -> Duration {
    let fitting = WAITS.iter().rev().find(|(from, _)| failures >= *from);
    fitting.map_or(Duration::ZERO, |(_, wait)| *wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_micros(1_772_632_931_000_000);

    /// Tries at once whenever that is allowed: how many attempts are looked at within `span`.
    fn looked_at_within(span: Duration) -> u32 {
        let (mut now, mut before, mut looked_at) = (START, None, 0);
        while now < START.plus(span) {
            match Failures::one_more(before, now) {
                Ok(after) => {
                    before = Some(after);
                    looked_at += 1;
                }
                Err(until) => now = until,
            }
        }
        looked_at
    }

    #[test]
    fn the_waits_grow() {
        let waits = [1, 2, 3, 4, 9, 10, 25, 99, 100, 1000].map(|count| wait_after(count).as_secs());
        assert_eq!(waits, [1, 3, 5, 10, 10, 60, 300, 300, 86_400, 86_400]);
        assert_eq!(wait_after(0), Duration::ZERO);
        assert!(WAITS.is_sorted_by(|left, right| left.0 < right.0 && left.1 < right.1));
    }

    #[test]
    fn a_day_allows_a_hundred() {
        assert_eq!(looked_at_within(Duration::from_secs(20)), 5);
        assert_eq!(looked_at_within(DAY), MOST_IN_A_ROW);
    }

    #[test]
    fn nothing_is_looked_at_during_the_wait_and_everything_after_it() {
        let first = Failures::one_more(None, START).expect("the first");
        assert_eq!(
            (first.count, first.blocked_until),
            (1, START.plus(Duration::from_secs(1)))
        );
        assert_eq!(
            Failures::one_more(Some(first), START.plus(Duration::from_millis(999))),
            Err(first.blocked_until)
        );
        let second = Failures::one_more(Some(first), first.blocked_until).expect("after the wait");
        assert_eq!(second.count, 2);
    }

    #[test]
    fn after_a_quiet_time_it_begins_anew() {
        let few = Failures::one_more(None, START).expect("the first");
        let later = Failures::one_more(Some(few), START.plus(SOON)).expect("later");
        assert_eq!(later.count, 1);
        let many = Failures {
            count: 50,
            blocked_until: START,
            forgotten_at: START.plus(DAY),
        };
        assert_eq!(
            Failures::one_more(Some(many), START.plus(SOON))
                .expect("an hour later")
                .count,
            51
        );
        assert_eq!(
            Failures::one_more(Some(many), START.plus(DAY))
                .expect("a day later")
                .count,
            1
        );
    }
}
