//! What came in, read once and completely.
//!
//! Handlers see no sockets: path segments, query, form, headers, and the address under which the caller reached us.
//! Every URL the emulator hands out is built on that address, so one process serves `127.0.0.1`, `localhost` and a
//! name of the test certificate alike.

use http::{HeaderMap, Method};
use hyper::body::Bytes;
use percent_encoding::percent_decode_str;

/// A request after its body has arrived.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// Path segments, percent-decoded, without empty ones.
    pub(crate) segments: Vec<String>,
    /// The query as it stood in the address.
    pub(crate) query_text: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) form: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Scheme and host by which the caller reached us, without a trailing slash.
    pub(crate) base: String,
}

impl Incoming {
    pub(crate) fn new(scheme: &str, parts: &http::request::Parts, body: Bytes) -> Self {
        let headers = parts.headers.clone();
        let host = headers
            .get(http::header::HOST)
            .and_then(|value| value.to_str().ok())
            .or_else(|| parts.uri.authority().map(http::uri::Authority::as_str))
            .unwrap_or("localhost");
        let path = parts.uri.path().to_owned();
        let query_text = parts.uri.query().unwrap_or_default().to_owned();
        let is_form = headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| {
                kind.to_ascii_lowercase()
                    .starts_with("application/x-www-form-urlencoded")
            });
        Self {
            method: parts.method.clone(),
            segments: segments(&path),
            query: pairs(query_text.as_bytes()),
            form: if is_form { pairs(&body) } else { Vec::new() },
            base: format!("{scheme}://{host}"),
            path,
            query_text,
            headers,
            body,
        }
    }

    pub(crate) fn query_value(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }

    pub(crate) fn form_value(&self, name: &str) -> Option<&str> {
        first(&self.form, name)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all(http::header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// Query and form together, the query first: `/authorize` and `/logout` take either.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        self.query.iter().chain(&self.form).cloned().collect()
    }
}

/// The segments of a path, decoded, without empty ones.
pub(crate) fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect()
}

/// Reads form-encoded pairs.
pub(crate) fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(bytes).into_owned().collect()
}

/// The first value of this name; an empty one counts as absent.
pub(crate) fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(known, value)| known == name && !value.is_empty())
        .map(|(_, value)| value.as_str())
}
