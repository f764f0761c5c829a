//! What goes back: status, headers, bytes.
//!
//! Handlers are plain functions from a request to a reply; only the server turns replies into HTTP. So a fault can
//! replace or edit any reply without its handler knowing.

use http::StatusCode;
use serde_json::Value;

/// An answer before it becomes HTTP.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn new(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self::new(status)
            .with_header("content-type", "application/json; charset=utf-8")
            .with_body(body.to_string())
    }

    pub(crate) fn html(body: String) -> Self {
        Self::new(StatusCode::OK)
            .with_header("content-type", "text/html; charset=utf-8")
            .with_header("cache-control", "no-store, no-cache")
            .with_header("referrer-policy", "strict-origin-when-cross-origin")
            .with_body(body)
    }

    pub(crate) fn text(status: StatusCode, body: impl Into<String>) -> Self {
        Self::new(status)
            .with_header("content-type", "text/plain; charset=utf-8")
            .with_body(body.into())
    }

    /// Entra's redirects are 302.
    pub(crate) fn redirect(location: &str) -> Self {
        Self::new(StatusCode::FOUND)
            .with_header("location", location)
            .with_header("cache-control", "no-store, no-cache")
    }

    #[must_use]
    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    #[must_use]
    pub(crate) fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The headers Entra puts on everything of its token endpoint.
    #[must_use]
    pub(crate) fn never_stored(self) -> Self {
        self.with_header("cache-control", "no-store, no-cache")
            .with_header("pragma", "no-cache")
            .with_header("expires", "-1")
    }
}

/// Form encoding as Entra writes it: lower-case escapes, `+` for a space.
pub(crate) fn encode_component(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'!' | b'*' | b'(' | b')' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            other => {
                const DIGITS: [char; 16] = [
                    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
                ];
                encoded.push('%');
                encoded.push(DIGITS[usize::from(other >> 4)]);
                encoded.push(DIGITS[usize::from(other & 15)]);
            }
        }
    }
    encoded
}

/// `a=1&b=2` in this order.
pub(crate) fn encode_parameters(parameters: &[(String, String)]) -> String {
    parameters
        .iter()
        .map(|(name, value)| format!("{}={}", encode_component(name), encode_component(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// The address with the parameters in its query. A path-less address gets its slash, as Entra does.
pub(crate) fn with_query(address: &str, parameters: &[(String, String)]) -> String {
    joined(address, '?', parameters)
}

/// The address with the parameters in its fragment.
pub(crate) fn with_fragment(address: &str, parameters: &[(String, String)]) -> String {
    joined(address, '#', parameters)
}

fn joined(address: &str, mark: char, parameters: &[(String, String)]) -> String {
    let without_path = address
        .split_once("://")
        .is_some_and(|(_, rest)| !rest.contains(['/', '?', '#']));
    let slash = if without_path { "/" } else { "" };
    let separator = if address.contains(mark) { '&' } else { mark };
    format!("{address}{slash}{separator}{}", encode_parameters(parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_lower_case_and_spaces_are_plus() {
        assert_eq!(
            encode_component("AADSTS900144: a\r\nb/'"),
            "AADSTS900144%3a+a%0d%0ab%2f%27"
        );
    }

    #[test]
    fn an_address_without_path_gets_its_slash() {
        let parameters = [("code".to_owned(), "1".to_owned())];
        assert_eq!(
            with_query("https://app.example", &parameters),
            "https://app.example/?code=1"
        );
        assert_eq!(
            with_query("https://app.example/a?b=c", &parameters),
            "https://app.example/a?b=c&code=1"
        );
        assert_eq!(
            with_fragment("https://app.example/a", &parameters),
            "https://app.example/a#code=1"
        );
    }
}
