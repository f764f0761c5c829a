//! What the emulator was asked, in order, so that tests can see what a client sent and how often.

use serde::Serialize;
use serde_json::Value;

use crate::request::Incoming;

/// One request, without the control API's own.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogEntry {
    /// Counts from 1 and is never used twice, not even after a clear.
    pub sequence: u64,
    /// Second of Unix time by the emulator's clock.
    pub at: i64,
    /// Route as faults name it: `token`, `graph/me/getMemberObjects`, …
    pub route: String,
    /// HTTP method.
    pub method: String,
    /// Scheme and host as the caller used them.
    pub base: String,
    /// Path.
    pub path: String,
    /// Query parameters in order.
    pub query: Vec<(String, String)>,
    /// Form fields in order.
    pub form: Vec<(String, String)>,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body that is not a form: JSON when it parses, else text.
    pub body: Value,
    /// Status of the answer; absent while there is none, or when a fault gave none.
    pub status: Option<u16>,
}

impl LogEntry {
    /// The first query parameter of this name.
    pub fn query_value(&self, name: &str) -> Option<&str> {
        crate::request::first(&self.query, name)
    }

    /// The first form field of this name.
    pub fn form_value(&self, name: &str) -> Option<&str> {
        crate::request::first(&self.form, name)
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        crate::request::first(&self.headers, &name.to_ascii_lowercase())
    }
}

/// All requests since the last clear.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: Vec<LogEntry>,
    last: u64,
}

impl Log {
    /// Notes a request and returns its number.
    pub(crate) fn note(&mut self, at: i64, route: &str, request: &Incoming) -> u64 {
        const KEPT: usize = 20_000;
        if self.entries.len() >= KEPT {
            self.entries.drain(..KEPT / 10);
        }
        self.last += 1;
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        };
        let body = if request.form.is_empty() && !request.body.is_empty() {
            serde_json::from_slice(&request.body)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&request.body).into_owned()))
        } else {
            Value::Null
        };
        self.entries.push(LogEntry {
            sequence: self.last,
            at,
            route: route.to_owned(),
            method: request.method.to_string(),
            base: request.base.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            form: request.form.clone(),
            headers: request.headers.iter().map(header).collect(),
            body,
            status: None,
        });
        self.last
    }

    pub(crate) fn answered(&mut self, sequence: u64, status: u16) {
        if let Some(entry) = self
            .entries
            .iter_mut()
            .rev()
            .find(|entry| entry.sequence == sequence)
        {
            entry.status = Some(status);
        }
    }

    pub(crate) fn entries(&self) -> &[LogEntry] {
        &self.entries
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}
