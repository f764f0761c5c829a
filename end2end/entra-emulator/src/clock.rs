//! The emulator's time, which tests move.
//!
//! Everything that carries a time (tokens, codes, errors, the `Date` header) asks here, so that a test with a fixed
//! clock agrees with the emulator to the second. Nothing else may read the machine's clock.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// What a test does to the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockSetting {
    /// The machine's clock.
    Real,
    /// Stands still at this second of Unix time.
    Fixed(i64),
    /// Runs, this many seconds away from the machine's clock.
    Offset(i64),
    /// Moves on by so many seconds from where it is.
    Advance(i64),
}

/// A clock that runs, is shifted, or stands still.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    fixed: Option<i64>,
    offset: i64,
}

impl Clock {
    /// Seconds of Unix time.
    pub(crate) fn now(self) -> i64 {
        self.fixed.unwrap_or_else(|| machine_seconds() + self.offset)
    }

    pub(crate) fn set(&mut self, setting: ClockSetting) {
        match setting {
            ClockSetting::Real => *self = Self::default(),
            ClockSetting::Fixed(second) => self.fixed = Some(second),
            ClockSetting::Offset(seconds) => {
                *self = Self {
                    fixed: None,
                    offset: seconds,
                }
            }
            ClockSetting::Advance(seconds) => match &mut self.fixed {
                Some(second) => *second += seconds,
                None => self.offset += seconds,
            },
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the machine's clock is read"
)]
fn machine_seconds() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

struct Civil {
    year: i64,
    month: i64,
    day: i64,
    weekday: usize,
    hour: i64,
    minute: i64,
    second: i64,
}

/// Days to year, month and day in the proleptic Gregorian calendar.
fn civil(second: i64) -> Civil {
    let days = second.div_euclid(86_400);
    let rest = second.rem_euclid(86_400);
    // The year begins in March, so that the leap day is the last one.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    Civil {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month,
        day: day_of_year - (153 * month_from_march + 2) / 5 + 1,
        weekday: usize::try_from((days + 4).rem_euclid(7)).unwrap_or_default(),
        hour: rest / 3_600,
        minute: rest / 60 % 60,
        second: rest % 60,
    }
}

/// `2026-02-03 22:20:10Z`, as Entra's errors write it: a space and no `T`.
pub(crate) fn entra_timestamp(second: i64) -> String {
    let Civil {
        year,
        month,
        day,
        hour,
        minute,
        second,
        ..
    } = civil(second);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}Z")
}

/// `2025-02-13T10:17:06`, as Graph's errors write it: no zone.
pub(crate) fn graph_date(second: i64) -> String {
    let Civil {
        year,
        month,
        day,
        hour,
        minute,
        second,
        ..
    } = civil(second);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// `Tue, 03 Feb 2026 22:20:10 GMT`, the `Date` header.
pub(crate) fn http_date(second: i64) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let Civil {
        year,
        month,
        day,
        weekday,
        hour,
        minute,
        second,
    } = civil(second);
    let month = MONTHS[usize::try_from(month - 1).unwrap_or_default()];
    format!(
        "{}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT",
        DAYS[weekday]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_microsoft_writes_them() {
        assert_eq!(entra_timestamp(1_770_157_210), "2026-02-03 22:20:10Z");
        assert_eq!(graph_date(1_739_441_826), "2025-02-13T10:17:06");
        assert_eq!(http_date(951_782_400), "Tue, 29 Feb 2000 00:00:00 GMT");
    }

    #[test]
    fn a_fixed_clock_stands_still_and_a_shifted_one_runs() {
        let mut clock = Clock::default();
        clock.set(ClockSetting::Fixed(100));
        clock.set(ClockSetting::Advance(5));
        assert_eq!(clock.now(), 105);
        clock.set(ClockSetting::Offset(-3_600));
        assert!((clock.now() - (machine_seconds() - 3_600)).abs() <= 1);
    }
}
