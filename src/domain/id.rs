//! Names for things: identifiers, one-time tokens and the source they come from.
//!
//! Identifiers are `UUIDv7` (RFC 9562 section 5.7), so rows sort by the time they were made. Tokens carry 256 random
//! bits. Both come from [`Ids`], never from a global source, so that tests can repeat a run.

use std::{fmt, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::time::{Clock, Timestamp};

/// Makes a newtype over a UUID that cannot be mistaken for another one.
macro_rules! identifier {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        // By hand, since the derived one explains in detail what is wrong with a UUID, and browsers load that too.
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as ::serde::Deserialize>::deserialize(deserializer)?;
                let parsed = Uuid::try_parse(&text).map(Self);
                parsed.map_err(|_| <D::Error as ::serde::de::Error>::custom("not an identifier"))
            }
        }

        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self {
                Self(value)
            }
        }

        impl From<$name> for Uuid {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.as_hyphenated().fmt(formatter)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}
pub(crate) use identifier;

identifier!(
    /// A team: one customer of the platform.
    TeamId,
    /// A user, who is a member of exactly one team.
    UserId,
    /// A team's registration of its Microsoft tenant.
    RegistrationId,
    /// A mapping from a security group to a role.
    MappingId,
    /// A signed-in browser.
    SessionId,
    /// One entry of the audit log.
    EventId,
    /// One attempt to sign in, from the button to the return.
    AttemptId,
    /// A link of the operator that signs one person in.
    RecoveryLinkId,
    /// What a form held, until the page after it is shown.
    KeptFormId,
    /// One person's way into a team.
    InvitationId,
    /// Inviting many people with one action.
    InvitationJobId,
    /// A server that has taken up some of those people.
    LeaseId,
);

/// Where random bytes come from: the operating system, or a seed in tests.
pub trait Randomness: Send + Sync + fmt::Debug {
    /// Fills the whole buffer.
    fn fill(&self, bytes: &mut [u8]);
}

/// Makes identifiers and tokens.
#[derive(Clone, Debug)]
pub struct Ids {
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
}

/// The digits of a token.
const DIGITS: &[u8; 16] = b"0123456789abcdef";

impl Ids {
    /// A source that stamps identifiers by `clock` and fills them from `randomness`.
    pub fn new(clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Self {
        Self { clock, randomness }
    }

    /// Now, by the clock that stamps the identifiers.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A fresh identifier.
    pub fn next<T: From<Uuid>>(&self) -> T {
        let mut random = [0; 10];
        self.randomness.fill(&mut random);
        let millis = u64::try_from(self.clock.now().as_micros() / 1000).unwrap_or(0);
        T::from(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Somewhere between half of `pause` and all of it, so that those who failed together do not come again together.
    pub fn jittered(&self, pause: Duration) -> Duration {
        let mut random = [0; 4];
        self.randomness.fill(&mut random);
        let share = f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX);
        pause.mul_f64(0.5 + share / 2.0)
    }

    /// A fresh token of 256 random bits.
    pub fn token(&self) -> Token {
        let mut bytes = [0; 32];
        self.randomness.fill(&mut bytes);
        let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        Token(
            digits
                .map(|digit| char::from(DIGITS[usize::from(digit)]))
                .collect(),
        )
    }
}

/// 256 random bits as 64 hexadecimal digits: a session token, a state, a nonce or a PKCE verifier
/// (RFC 7636 section 4.1 allows 43 to 128 unreserved characters).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// Reads a token that a browser sent; anything of another shape is no token.
    pub fn parse(text: &str) -> Option<Self> {
        let shaped = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        shaped.then(|| Self(text.to_owned()))
    }

    /// The digits. Whoever holds them holds the right; never log them.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

identifier!(
    /// What a person is shown when something was refused, and what the audit event carries as
    /// `details.correlation_id`. [`Reference::code`] is the printed form.
    Reference,
);

impl Reference {
    /// 26 characters of Crockford's base 32, without letters that are easily misread.
    pub fn code(self) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let value = self.0.as_u128();
        (0..26)
            .rev()
            .map(|place| char::from(ALPHABET[(value >> (5 * place) & 31) as usize]))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::FixedClock;

    #[derive(Debug)]
    struct Sevens;
    impl Randomness for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn ids() -> Ids {
        let clock = FixedClock::at(Timestamp::parse("2026-03-04T14:02:11Z").expect("a valid time"));
        Ids::new(Arc::new(clock), Arc::new(Sevens))
    }

    #[test]
    fn identifiers_carry_their_time() {
        let id: Uuid = ids().next::<TeamId>().into();
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(
            id.get_timestamp().expect("version 7 has one").to_unix(),
            (1_772_632_931, 0)
        );
    }

    #[test]
    fn a_pause_is_shortened_by_half_at_most() {
        let pause = ids().jittered(Duration::from_secs(4));
        assert!(
            pause > Duration::from_secs(2) && pause < Duration::from_millis(2100),
            "{pause:?}"
        );
        let (none, longest) = (Duration::ZERO, Duration::MAX);
        assert_eq!(ids().jittered(none), none);
        assert!(ids().jittered(longest.div_f64(2.0)) < longest);
    }

    #[test]
    fn tokens_are_shaped_like_tokens_and_do_not_print() {
        let token = ids().token();
        assert_eq!(Token::parse(token.expose()), Some(token.clone()));
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert_eq!(Token::parse("short"), None);
        assert_eq!(Token::parse(&"G".repeat(64)), None);
    }

    #[test]
    fn references_are_twenty_six_readable_characters() {
        let reference = Reference::from(Uuid::from_u128(u128::MAX));
        assert_eq!(reference.code(), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    }
}
