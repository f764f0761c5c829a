//! How a moment of today is written, always in UTC. Apart from the other times, since only pages without WebAssembly
//! need it and the browser need not load it.

use super::words;
use crate::domain::time::{Civil, Timestamp};

/// The words of near moments.
pub struct Minutes {
    /// The day: `4 Mar 2026`.
    pub day: fn(Timestamp) -> String,
    /// The minute: `14:02 UTC`.
    pub of: fn(Timestamp) -> String,
    /// The first full minute that is not before the moment: who comes back then is not too early.
    pub after: fn(Timestamp) -> String,
}

words!(Minutes);

/// English.
pub static EN: Minutes = Minutes {
    day: |at| {
        let moment = (super::times::EN.moment)(at);
        moment.split(',').next().unwrap_or_default().to_owned()
    },
    of: minute,
    after: |at| {
        const MINUTE: i64 = 60_000_000;
        let full = at.as_micros().saturating_add(MINUTE - 1).div_euclid(MINUTE);
        minute(Timestamp::from_micros(full.saturating_mul(MINUTE)))
    },
};

fn minute(at: Timestamp) -> String {
    let Civil { hour, minute, .. } = at.civil();
    format!("{hour:02}:{minute:02} UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_a_minute_is_not_too_early() {
        let at = |text| Timestamp::parse(text).expect("valid");
        for (moment, written) in [
            ("2026-03-04T14:24:00.000001Z", "14:25 UTC"),
            ("2026-03-04T14:25:00Z", "14:25 UTC"),
            ("2026-03-04T23:59:59Z", "00:00 UTC"),
        ] {
            assert_eq!((EN.after)(at(moment)), written, "{moment}");
        }
        assert_eq!((EN.of)(at("2026-03-04T14:25:59Z")), "14:25 UTC");
        assert_eq!((EN.day)(at("2026-03-04T14:25:59Z")), "4 Mar 2026");
    }
}
