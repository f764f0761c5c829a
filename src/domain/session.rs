//! How long a session lives, and the only shape a return path may have.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// How long sessions live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Without activity (`SESSION_IDLE`).
    pub idle: Duration,
    /// In all (`SESSION_ABSOLUTE`).
    pub absolute: Duration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self {
            idle: Duration::from_hours(1),
            absolute: Duration::from_hours(24),
        }
    }
}

impl SessionLimits {
    /// A session is touched in the database at most this often, so that reading pages does not write each time.
    pub fn touch_after(self) -> Duration {
        (self.idle / 10).min(Duration::from_mins(1))
    }

    /// Whether a session that began and was last used at these times is still alive.
    ///
    /// A clock that steps back ends nothing early and lengthens nothing: a time in the future counts as now.
    pub fn is_live(self, began: Timestamp, touched: Timestamp, now: Timestamp) -> bool {
        now < began.plus(self.absolute) && now < touched.plus(self.idle)
    }
}

/// A path on this site to return to: starts with one `/`, holds no scheme, host, backslash or control character.
///
/// Nothing else may be the target of a redirect that somebody's input can choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LocalPath(String);

/// The text is no path on this site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a path on this site")]
pub struct NotLocal;

impl LocalPath {
    /// Where people land when nothing else was asked for.
    pub fn dashboard() -> Self {
        Self("/dashboard".to_owned())
    }

    /// A page to return to: pages only, since the server's own endpoints do something or answer data.
    ///
    /// # Errors
    /// [`NotLocal`] for everything else.
    pub fn parse(text: &str) -> Result<Self, NotLocal> {
        let plain = text.bytes().all(|byte| (0x21..=0x7e).contains(&byte))
            && !text.contains('\\')
            && text.len() <= 2048;
        let path = text.split(['?', '#']).next().unwrap_or_default();
        // A browser resolves dot segments and may decode their percent forms; a page of ours needs neither.
        let crooked = path.contains("//")
            || path.split('/').any(|segment| matches!(segment, "." | ".."))
            || path.contains('%');
        let page = path == "/dashboard" || path.starts_with("/dashboard/");
        if plain && page && !crooked {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotLocal)
        }
    }

    /// The path with its query.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for LocalPath {
    type Error = NotLocal;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<LocalPath> for String {
    fn from(path: LocalPath) -> Self {
        path.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pages_are_local() {
        for path in [
            "/dashboard",
            "/dashboard?open=menu",
            "/dashboard/security/audit-log?from=2026-03-04&x=%2F%2Fevil",
        ] {
            assert_eq!(LocalPath::parse(path).map(String::from), Ok(path.to_owned()));
        }
    }

    #[test]
    fn everything_else_is_not() {
        for path in [
            "",
            "dashboard",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/dashboard",
            "/dashboardx",
            "/logout",
            "/api/session/viewer",
            "/dashboard\r\nLocation: x",
            "/dashboard\t",
            "/dashboard/../logout",
            "/dashboard/%2e%2e/logout",
            "/dashboard//evil.example",
            "/dashboard/\u{202e}",
            "javascript:alert(1)",
            " /dashboard",
            "/dashboard/./x",
            "/%2f/evil.example",
        ] {
            assert_eq!(LocalPath::parse(path), Err(NotLocal), "{path:?}");
        }
    }

    #[test]
    fn a_session_ends_at_the_earlier_limit() {
        let limits = SessionLimits::default();
        let start = Timestamp::from_micros(0);
        let at = |minutes| start.plus(Duration::from_mins(minutes));
        assert!(limits.is_live(start, start, at(59)));
        assert!(!limits.is_live(start, start, at(60)));
        assert!(limits.is_live(start, at(1400), at(1439)));
        assert!(!limits.is_live(start, at(1439), at(1440)));
        assert!(
            limits.is_live(at(10), at(10), at(5)),
            "a clock that steps back ends nothing"
        );
    }

    proptest! {
        #[test]
        fn no_accepted_path_leaves_the_site(text in "\\PC{0,40}") {
            if let Ok(path) = LocalPath::parse(&text) {
                prop_assert!(path.as_str().starts_with("/dashboard"));
                prop_assert!(!path.as_str().contains(['\\', '\r', '\n']));
            }
        }
    }
}
