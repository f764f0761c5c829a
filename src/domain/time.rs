//! What o'clock it is, always in UTC and in microseconds, and always a parameter.

use std::{
    fmt,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use serde::{Deserialize, Serialize};

const MICROS_A_SECOND: i64 = 1_000_000;
const SECONDS_A_DAY: i64 = 86_400;

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, as in the claims of a token (RFC 7519 section 2, `NumericDate`).
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(MICROS_A_SECOND)
    }

    /// This moment and `span` after it.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros(span)))
    }

    /// This moment and `span` before it.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros(span)))
    }

    /// Reads RFC 3339 in UTC (`2026-03-04T14:02:11Z`, with or without a fraction), or a bare date as its midnight.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, clock) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00Z"));
        let mut date = date.split('-');
        let (year, month, day) = (date.next()?, date.next()?, date.next()?);
        if date.next().is_some() || (year.len(), month.len(), day.len()) != (4, 2, 2) {
            return None;
        }
        let clock = clock.strip_suffix(['Z', 'z'])?;
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let mut clock = clock.split(':');
        let (hour, minute, second) = (clock.next()?, clock.next()?, clock.next()?);
        if clock.next().is_some()
            || fraction.is_empty()
            || !fraction.bytes().all(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        let fraction: i64 = format!("{fraction:0<6}")[..6].parse().ok()?;
        let civil = Civil {
            year: year.parse().ok()?,
            month: month.parse().ok()?,
            day: day.parse().ok()?,
            hour: hour.parse().ok()?,
            minute: minute.parse().ok()?,
            second: second.parse().ok()?,
        };
        let seconds = civil.seconds()?;
        Some(Self(seconds * MICROS_A_SECOND + fraction))
    }

    /// Year, month, day and clock of this moment in UTC.
    pub fn civil(self) -> Civil {
        let seconds = self.as_seconds();
        let (days, rest) = (
            seconds.div_euclid(SECONDS_A_DAY),
            seconds.rem_euclid(SECONDS_A_DAY),
        );
        // Days to a date of the Gregorian calendar, counted in eras of 400 years that begin on 1 March.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        let narrow = |value: i64| u8::try_from(value).unwrap_or(0);
        Civil {
            year: i32::try_from(year_of_era + era * 400 + i64::from(month <= 2)).unwrap_or(i32::MAX),
            month: narrow(month),
            day: narrow(day_of_year - (153 * month_from_march + 2) / 5 + 1),
            hour: narrow(rest / 3600),
            minute: narrow(rest / 60 % 60),
            second: narrow(rest % 60),
        }
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// RFC 3339 in UTC with seconds, as in `<time datetime>`: `2026-03-04T14:02:11Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Civil {
            year,
            month,
            day,
            hour,
            minute,
            second,
        } = self.civil();
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

/// A moment as people write it, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Year of the Gregorian calendar.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

impl Civil {
    /// Seconds since the epoch, if the date exists.
    fn seconds(self) -> Option<i64> {
        let in_range =
            (1..=12).contains(&self.month) && self.hour < 24 && self.minute < 60 && self.second < 60;
        if !in_range || self.day == 0 {
            return None;
        }
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = era * 146_097 + day_of_era - 719_468;
        let clock = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        let seconds = days * SECONDS_A_DAY + clock;
        // A day such as 31 February lands in March; then it did not exist.
        (Timestamp::from_micros(seconds * MICROS_A_SECOND).civil() == self).then_some(seconds)
    }
}

/// Says what o'clock it is.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Stands at `moment`.
    pub fn at(moment: Timestamp) -> Self {
        Self(AtomicI64::new(moment.as_micros()))
    }

    /// Moves to `moment`, which may lie in the past.
    pub fn set(&self, moment: Timestamp) {
        self.0.store(moment.as_micros(), Ordering::SeqCst);
    }

    /// Moves forward by `span`.
    pub fn advance(&self, span: Duration) {
        self.0.fetch_add(micros(span), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_and_prints_rfc_3339() {
        let moment = Timestamp::parse("2026-03-04T14:02:11.5Z").expect("valid");
        assert_eq!(moment.as_micros(), 1_772_632_931_500_000);
        assert_eq!(moment.to_string(), "2026-03-04T14:02:11Z");
        assert_eq!(
            Timestamp::parse("2026-03-04").expect("a date").to_string(),
            "2026-03-04T00:00:00Z"
        );
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "2026",
            "2026-02-31",
            "2026-13-01",
            "2026-03-04T25:00:00Z",
            "2026-03-04T14:02:11",
            "x-y-zT1:2:3Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_second_survives_the_round_trip(seconds in -60_000_000_000_i64..200_000_000_000) {
            let moment = Timestamp::from_micros(seconds * MICROS_A_SECOND);
            prop_assert_eq!(moment.civil().seconds(), Some(seconds));
        }
    }
}
