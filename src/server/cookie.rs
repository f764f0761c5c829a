//! The cookies: the session, the sealed attempts to sign in, a sealed notice, the known device, and the theme.
//!
//! With an https `PUBLIC_URL` their names carry the `__Host-` prefix (RFC 6265bis section 4.1.3.2): no other host and
//! no plain connection can set them. A name that comes twice counts as not sent at all.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    domain::{
        id::{InvitationId, Token},
        role::Role,
        sign_in::Refusal,
    },
    seal::Sealer,
    service::{invitation::NotAccepted, password::Device, sign_in::Attempt},
    wire::preferences::Theme,
};

/// At most so many attempts are kept by one browser: one a tab, and not without end.
const MOST_ATTEMPTS: usize = 5;
const ATTEMPT: &str = "attempt";
const DEVICE: &str = "device";
const NOTICE: &str = "notice";
const SESSION: &str = "session";
const THEME: &str = "theme";
/// A year.
const THEME_LIFETIME: Duration = Duration::from_hours(24 * 365);
/// Half a year, and longer with each sign-in.
const DEVICE_LIFETIME: Duration = Duration::from_hours(24 * 180);
const NOTICE_LIFETIME: Duration = Duration::from_mins(10);

/// Reads and writes our cookies.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    secure: bool,
}

/// A message for the page that comes next, kept in a sealed cookie so that no crafted address can show one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// A refused sign-in and its reference.
    Refused {
        /// Why.
        refusal: Refusal,
        /// The reference.
        reference: String,
    },
    /// Microsoft reports that an approval finished.
    ApprovalFinished,
    /// Microsoft reports that an approval was declined.
    ApprovalDeclined,
    /// The session began with a recovery link.
    Recovered,
    /// What somebody did ended their own session.
    SignedOutBy {
        /// What that was, in our words.
        said: String,
    },
    /// Somebody has joined by an invitation.
    Joined {
        /// The team.
        team: String,
        /// As what.
        role: Role,
    },
    /// An invitation was not accepted.
    NotAccepted {
        /// Which one.
        invitation: InvitationId,
        /// Why.
        why: NotAccepted,
    },
    /// Too much at once.
    Busy,
    /// Something broke on our side.
    Broken {
        /// The reference.
        reference: String,
    },
}

impl Message {
    /// What Microsoft reports of an approval, where this is about one: whether it was given.
    pub const fn approval(&self) -> Option<bool> {
        match self {
            Self::ApprovalFinished => Some(true),
            Self::ApprovalDeclined => Some(false),
            _ => None,
        }
    }
}

impl Cookies {
    /// For a server that users reach over https, or not.
    pub const fn new(secure: bool) -> Self {
        Self { secure }
    }

    fn name(self, base: &str) -> String {
        if self.secure {
            format!("__Host-{base}")
        } else {
            base.to_owned()
        }
    }

    /// The session token that the browser sent.
    pub fn session(self, headers: &HeaderMap) -> Option<Token> {
        single(headers, &self.name(SESSION)).and_then(Token::parse)
    }

    /// Whether the browser sent anything as a session.
    pub fn has_session(self, headers: &HeaderMap) -> bool {
        let name = self.name(SESSION);
        pairs(headers).any(|(key, _)| key == name)
    }

    /// Sets the session. It lives as long as the browser does; the server decides when it ends.
    pub fn set_session(self, token: &Token) -> HeaderValue {
        self.set(SESSION, token.expose(), None)
    }

    /// Removes the session.
    pub fn clear_session(self) -> HeaderValue {
        self.clear(&self.name(SESSION))
    }

    /// The attempts that this browser began, opened.
    pub fn attempts(self, headers: &HeaderMap, sealer: &Sealer) -> Vec<Attempt> {
        let prefix = self.name(&format!("{ATTEMPT}-"));
        pairs(headers)
            .filter(|(name, _)| name.starts_with(&prefix))
            .filter_map(|(_, value)| open(sealer, ATTEMPT, value))
            .take(MOST_ATTEMPTS * 2)
            .collect()
    }

    /// Keeps one more attempt, and forgets the oldest beyond the limit and whatever does not open.
    pub fn keep_attempt(self, headers: &HeaderMap, sealer: &Sealer, attempt: &Attempt) -> Vec<HeaderValue> {
        let prefix = self.name(&format!("{ATTEMPT}-"));
        let (mut kept, mut unreadable) = (Vec::new(), Vec::new());
        for (name, value) in pairs(headers).filter(|(name, _)| name.starts_with(&prefix)) {
            match open::<Attempt>(sealer, ATTEMPT, value) {
                Some(opened) => kept.push((opened.began, name)),
                None => unreadable.push(name),
            }
        }
        kept.sort_unstable();
        let surplus = (kept.len() + 1).saturating_sub(MOST_ATTEMPTS);
        let forgotten = kept
            .into_iter()
            .take(surplus)
            .map(|(_, name)| name)
            .chain(unreadable);
        let mut headers: Vec<_> = forgotten.map(|name| self.clear(name)).collect();
        let name = format!("{ATTEMPT}-{}", &attempt.state.expose()[..12]);
        headers.push(self.set_sealed(sealer, &name, ATTEMPT, attempt, Attempt::LIFETIME));
        headers
    }

    /// The message that waits.
    pub fn message(self, headers: &HeaderMap, sealer: &Sealer) -> Option<Message> {
        open(sealer, NOTICE, single(headers, &self.name(NOTICE))?)
    }

    /// Sets the message for the page that comes next.
    pub fn set_message(self, sealer: &Sealer, message: &Message) -> HeaderValue {
        self.set_sealed(sealer, NOTICE, NOTICE, message, NOTICE_LIFETIME)
    }

    /// Removes the message.
    pub fn clear_message(self) -> HeaderValue {
        self.clear(&self.name(NOTICE))
    }

    /// What this browser keeps from an earlier sign-in with a password.
    pub fn device(self, headers: &HeaderMap, sealer: &Sealer) -> Option<Device> {
        open(sealer, DEVICE, single(headers, &self.name(DEVICE))?)
    }

    /// Lets this browser be known at the next sign-in with a password. It opens nothing.
    pub fn set_device(self, sealer: &Sealer, device: &Device) -> HeaderValue {
        self.set_sealed(sealer, DEVICE, DEVICE, device, DEVICE_LIFETIME)
    }

    /// The chosen theme.
    pub fn theme(self, headers: &HeaderMap) -> Theme {
        single(headers, &self.name(THEME))
            .and_then(|value| value.parse().ok())
            .unwrap_or_default()
    }

    /// Keeps the chosen theme.
    pub fn set_theme(self, theme: Theme) -> HeaderValue {
        self.set(THEME, theme.name(), Some(THEME_LIFETIME))
    }

    fn set_sealed<T: Serialize>(
        self,
        sealer: &Sealer,
        base: &str,
        purpose: &str,
        value: &T,
        lifetime: Duration,
    ) -> HeaderValue {
        let text = serde_json::to_string(value).expect("our own cookies serialise");
        self.set(base, &sealer.seal(purpose, &text), Some(lifetime))
    }

    fn set(self, base: &str, value: &str, lifetime: Option<Duration>) -> HeaderValue {
        let age = lifetime
            .map(|lifetime| format!("; Max-Age={}", lifetime.as_secs()))
            .unwrap_or_default();
        self.header(&format!("{}={value}; Path=/{age}", self.name(base)))
    }

    fn clear(self, name: &str) -> HeaderValue {
        self.header(&format!("{name}=; Path=/; Max-Age=0"))
    }

    fn header(self, start: &str) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        HeaderValue::try_from(format!("{start}; HttpOnly; SameSite=Lax{secure}"))
            .unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

fn open<T: DeserializeOwned>(sealer: &Sealer, purpose: &str, text: &str) -> Option<T> {
    serde_json::from_str(&sealer.open(purpose, text)?).ok()
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// The value of a cookie that came exactly once.
fn single<'headers>(headers: &'headers HeaderMap, name: &str) -> Option<&'headers str> {
    let mut values = pairs(headers)
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(line: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::try_from(line).expect("a header"))])
    }

    #[test]
    fn only_the_exact_name_is_a_session_and_only_once() {
        let token = "a".repeat(64);
        let secure = Cookies::new(true);
        assert!(
            secure
                .session(&sent(&format!("__Host-session={token}")))
                .is_some()
        );
        assert!(secure.session(&sent(&format!("session={token}"))).is_none());
        assert!(
            secure
                .session(&sent(&format!("__host-session={token}")))
                .is_none()
        );
        let twice = format!("__Host-session={token}; __Host-session={}", "b".repeat(64));
        assert!(secure.session(&sent(&twice)).is_none());
    }

    #[test]
    fn attributes_are_the_documented_ones() {
        let token = Token::parse(&"a".repeat(64)).expect("a token");
        let set = Cookies::new(true).set_session(&token);
        let expected = format!(
            "__Host-session={}; Path=/; HttpOnly; SameSite=Lax; Secure",
            "a".repeat(64)
        );
        assert_eq!(set, expected.as_str());
        assert_eq!(
            Cookies::new(false).clear_session(),
            "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn a_message_cannot_be_forged() {
        let sealer = Sealer::from_list("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").expect("a key");
        let cookies = Cookies::new(false);
        let message = Message::Refused {
            refusal: Refusal::Cancelled,
            reference: "01".to_owned(),
        };
        let set = cookies.set_message(&sealer, &message);
        let pair = set.to_str().expect("text").split(';').next().expect("a pair");
        assert_eq!(cookies.message(&sent(pair), &sealer), Some(message));
        assert_eq!(
            cookies.message(&sent(r#"notice={"ApprovalFinished":null}"#), &sealer),
            None
        );
    }
}
