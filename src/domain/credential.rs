//! The application's own credential at Microsoft: of which kind it is, when it ends, and what Microsoft last said of it.
//!
//! Nothing here holds the credential itself, so all of it may be shown. Microsoft sends no word before a credential
//! ends: whoever is told in time is told by these rules.

use std::time::Duration;

use super::time::Timestamp;

/// By what the application proves at Microsoft that it is itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// A client secret.
    Secret,
    /// A certificate whose key signs assertions.
    Certificate,
    /// A token of another issuer, which a file holds and somebody else renews.
    FederatedToken,
}

/// On so many days before the end a notice begins; each takes the place of the one before.
pub const NOTICE_DAYS: [u16; 5] = [60, 30, 14, 7, 1];

const DAY: Duration = Duration::from_hours(24);

/// What is to be said about the end of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialExpiry {
    /// It ends soon.
    Expiring(ExpiryNotice),
    /// It has ended: Microsoft accepts it no more.
    Expired {
        /// When it ended.
        expires: Timestamp,
    },
}

/// A credential that ends within sixty days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpiryNotice {
    /// When it ends.
    pub expires: Timestamp,
    /// Whole days until then; 0 on the last one.
    pub days_left: u16,
    /// The notice that this is: the smallest of [`NOTICE_DAYS`] that has begun.
    pub threshold: u16,
}

impl CredentialExpiry {
    /// What is due at `now` about a credential that ends at `expires`; `None` while more than sixty days are left.
    pub fn due(expires: Timestamp, now: Timestamp) -> Option<Self> {
        let Some(days_left) = days_left(expires, now) else {
            return Some(Self::Expired { expires });
        };
        let begun = |days: &&u16| expires <= now.plus(DAY * u32::from(**days));
        let threshold = *NOTICE_DAYS.iter().rev().find(begun)?;
        Some(Self::Expiring(ExpiryNotice {
            expires,
            days_left: u16::try_from(days_left).unwrap_or(u16::MAX),
            threshold,
        }))
    }
}

/// Whole days from `now` until `expires`, rounded down; `None` when it has ended.
pub fn days_left(expires: Timestamp, now: Timestamp) -> Option<u64> {
    let micros = expires.as_micros().saturating_sub(now.as_micros());
    let left = u64::try_from(micros).ok().filter(|left| *left > 0)?;
    Some(Duration::from_micros(left).as_secs() / DAY.as_secs())
}

/// Why Microsoft did not accept the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialFault {
    /// The client secret has expired.
    Expired,
    /// The client secret is not one that Microsoft knows; often its ID was pasted instead of its value.
    Wrong,
    /// Anything else about it: a certificate that is unknown, revoked or expired, or a federated token that fits no
    /// registered credential.
    Unusable,
}

/// What Microsoft last said about the credential, as this server heard it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CredentialStanding {
    /// Nothing yet since the server started.
    #[default]
    Untried,
    /// Accepted.
    Accepted {
        /// When it was said.
        at: Timestamp,
    },
    /// Rejected: nobody can sign in with Microsoft.
    Rejected {
        /// When it was said.
        at: Timestamp,
        /// Why.
        fault: CredentialFault,
        /// The number of Microsoft's `AADSTS…` code.
        number: Option<u32>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Duration = Duration::from_micros(1);

    fn expires() -> Timestamp {
        Timestamp::parse("2026-03-30").expect("a date")
    }

    /// Days left and threshold, this long before the end.
    fn before(left: Duration) -> Option<(u16, u16)> {
        match CredentialExpiry::due(expires(), expires().minus(left))? {
            CredentialExpiry::Expiring(notice) => {
                assert_eq!(notice.expires, expires());
                Some((notice.days_left, notice.threshold))
            }
            CredentialExpiry::Expired { .. } => panic!("it has not ended"),
        }
    }

    #[test]
    fn each_notice_begins_at_its_moment_and_not_before() {
        assert_eq!(before(DAY * 400), None);
        assert_eq!(before(DAY * 60 + MOMENT), None);
        assert_eq!(before(DAY * 60), Some((60, 60)));
        assert_eq!(before((DAY * 60).saturating_sub(MOMENT)), Some((59, 60)));
        for (earlier, days) in [(60, 30), (30, 14), (14, 7), (7, 1)] {
            let moment = DAY * u32::from(days);
            assert_eq!(before(moment + MOMENT), Some((days, earlier)), "{days}");
            assert_eq!(before(moment), Some((days, days)), "{days}");
            assert_eq!(
                before(moment.saturating_sub(MOMENT)),
                Some((days - 1, days)),
                "{days}"
            );
        }
        assert_eq!(before(MOMENT), Some((0, 1)));
    }

    #[test]
    fn at_its_end_it_has_expired() {
        let expired = Some(CredentialExpiry::Expired { expires: expires() });
        assert_eq!(CredentialExpiry::due(expires(), expires()), expired);
        assert_eq!(
            CredentialExpiry::due(expires(), expires().plus(DAY * 4000)),
            expired
        );
        assert_eq!(days_left(expires(), expires()), None);
        assert_eq!(days_left(expires(), expires().minus(DAY * 400)), Some(400));
    }
}
