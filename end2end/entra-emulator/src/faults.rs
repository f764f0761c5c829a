//! Faults a test puts on a route: another answer, a late one, a slow one, none at all.
//!
//! A fault never reaches the handlers. It either answers in their place or changes what they said, so the emulator's
//! state stays as if the network had done it.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    clock,
    graph::{
        self,
        paging::{self, PageTrouble},
    },
    mutation,
    reply::Reply,
    request::Incoming,
    world::World,
};

/// Sends the body in small pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drip {
    /// Bytes in a piece.
    pub bytes: usize,
    /// Milliseconds between pieces.
    pub every_ms: u64,
    /// Start again at the end of the body, for ever.
    #[serde(default)]
    pub endless: bool,
}

/// What `Retry-After` says: all these forms occur.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// Whole seconds: `10`.
    Seconds(u32),
    /// Any text, for seconds with a fraction (`2.128`) and for nonsense.
    Text(String),
    /// An HTTP date so many seconds from the emulator's now.
    DateIn(i64),
}

/// What goes wrong on a route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// `discovery`, `keys`, `authorize`, `token`, `logout`, `adminconsent`, `graph`, `graph/me/getMemberObjects`, …
    /// It fits every longer route too; a segment `*` fits any one segment; an empty route fits all.
    pub route: String,
    /// Only this HTTP method.
    pub method: Option<String>,
    /// Only when path and query contain this text.
    pub containing: Option<String>,
    /// Only when the form field has this value, such as `grant_type=client_credentials`.
    pub form: Option<String>,
    /// Only this page of a Graph collection, counted from 1.
    pub page: Option<u32>,
    /// Lets so many fitting requests pass first.
    pub skip: u32,
    /// How many requests it hits; all when absent.
    pub times: Option<u32>,
    /// Answers with this status. The handler does not run. From 400 on Graph's own body comes with it, unless the
    /// fault has one.
    pub status: Option<u16>,
    /// Answers with this body. The handler does not run.
    pub body: Option<String>,
    /// The body as bytes, standard base64.
    pub body_base64: Option<String>,
    /// A body of so many spaces after the given body.
    pub fill: u64,
    /// Headers to set.
    pub headers: Map<String, Value>,
    /// `Retry-After`; none when absent, which is what some of Microsoft's answers do.
    pub retry_after: Option<RetryAfter>,
    /// What is unusual about the page of a Graph collection.
    pub paging: Option<PageTrouble>,
    /// Answers 302 (or the given status) to this address.
    pub redirect_to: Option<String>,
    /// Members to set in the handler's JSON; `null` removes one.
    pub merge: Map<String, Value>,
    /// Waits so long before answering.
    pub delay_ms: u64,
    /// Never answers.
    pub hang: bool,
    /// Closes the connection without an answer.
    pub close: bool,
    /// Cuts the body off after so many bytes and closes the connection.
    pub cut_after: Option<usize>,
    /// Sends the body slowly.
    pub drip: Option<Drip>,
}

impl Fault {
    /// A route that answers with this status and nothing else, until further notice.
    #[must_use]
    pub fn status(route: &str, status: u16) -> Self {
        Self {
            route: route.to_owned(),
            status: Some(status),
            ..Self::default()
        }
    }

    /// Graph throttles this route: 429 with Graph's body, and `Retry-After` in this form or not at all.
    #[must_use]
    pub fn throttled(route: &str, retry_after: Option<RetryAfter>) -> Self {
        Self {
            retry_after,
            ..Self::status(route, 429)
        }
    }

    /// Something unusual about one page of a Graph collection.
    #[must_use]
    pub fn paging(route: &str, page: u32, trouble: PageTrouble) -> Self {
        Self {
            route: route.to_owned(),
            page: Some(page),
            paging: Some(trouble),
            ..Self::default()
        }
    }

    fn fits(&self, route: &str, request: &Incoming) -> bool {
        fits_route(&self.route, route)
            && self
                .page
                .is_none_or(|page| paging::position(request).is_some_and(|here| here.number == page))
            && self
                .method
                .as_deref()
                .is_none_or(|method| request.method.as_str().eq_ignore_ascii_case(method))
            && self
                .containing
                .as_deref()
                .is_none_or(|text| request.path.contains(text) || request.query_text.contains(text))
            && self.form.as_deref().is_none_or(|wanted| {
                let (name, value) = wanted.split_once('=').unwrap_or((wanted, ""));
                request
                    .form_value(name)
                    .is_some_and(|own| value.is_empty() || own == value)
            })
    }

    /// The answer in the handler's place, when the fault has one.
    pub(crate) fn reply(&self, world: &World, route: &str, request: &Incoming) -> Option<Reply> {
        if self.status.is_none()
            && self.body.is_none()
            && self.body_base64.is_none()
            && self.redirect_to.is_none()
        {
            return None;
        }
        let usual = if self.redirect_to.is_some() { 302 } else { 200 };
        let status =
            StatusCode::from_u16(self.status.unwrap_or(usual)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let own_body = self.body.is_none() && self.body_base64.is_none() && self.fill == 0;
        let mut reply = if own_body && status.as_u16() >= 400 && fits_route("graph", route) {
            graph::trouble(world, request, status)
        } else {
            Reply::new(status)
        };
        if let Some(address) = &self.redirect_to {
            reply = reply.with_header("location", address);
        }
        if let Some(text) = &self.body {
            let kind = if serde_json::from_str::<Value>(text).is_ok() {
                "application/json"
            } else {
                "text/html"
            };
            reply = reply
                .with_header("content-type", format!("{kind}; charset=utf-8"))
                .with_body(text.clone());
        }
        if let Some(text) = &self.body_base64 {
            use base64::{Engine as _, engine::general_purpose::STANDARD};
            reply = reply.with_body(STANDARD.decode(text).unwrap_or_default());
        }
        Some(reply)
    }

    /// Changes an answer: members of its JSON, headers.
    pub(crate) fn edit(&self, world: &World, request: &Incoming, mut reply: Reply) -> Reply {
        if let Some(trouble) = &self.paging {
            reply = paging::edit(trouble, request, reply);
        }
        if let Some(after) = &self.retry_after {
            let text = match after {
                RetryAfter::Seconds(seconds) => seconds.to_string(),
                RetryAfter::Text(text) => text.clone(),
                RetryAfter::DateIn(seconds) => clock::http_date(world.clock.now() + seconds),
            };
            reply = reply.with_header("retry-after", text);
        }
        if !self.merge.is_empty()
            && let Ok(Value::Object(mut members)) = serde_json::from_slice(&reply.body)
        {
            mutation::merge(&mut members, &self.merge);
            reply.body = Value::Object(members).to_string().into_bytes();
        }
        for (name, value) in &self.headers {
            reply
                .headers
                .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            match value {
                Value::Null => {}
                Value::String(text) => reply = reply.with_header(name, text.as_str()),
                Value::Array(values) => {
                    for value in values {
                        reply = reply.with_header(
                            name,
                            value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                        );
                    }
                }
                other => reply = reply.with_header(name, other.to_string()),
            }
        }
        reply
    }
}

/// The fault that hits this request, if any. Counts down what it uses.
pub(crate) fn hit(faults: &mut Vec<Fault>, route: &str, request: &Incoming) -> Option<Fault> {
    let first = faults.iter_mut().find(|fault| fault.fits(route, request))?;
    if first.skip > 0 {
        first.skip -= 1;
        return None;
    }
    mutation::take(
        faults,
        |fault| fault.fits(route, request),
        |fault| &mut fault.times,
    )
}

/// Whether a pattern fits a route or one of its beginnings.
fn fits_route(pattern: &str, route: &str) -> bool {
    let mut segments = route.split('/');
    pattern.split('/').filter(|part| !part.is_empty()).all(|part| {
        segments
            .next()
            .is_some_and(|segment| part == "*" || part.eq_ignore_ascii_case(segment))
    })
}

#[cfg(test)]
mod tests {
    use super::fits_route;

    #[test]
    fn a_pattern_fits_longer_routes_and_stars_fit_one_segment() {
        assert!(fits_route("graph", "graph/me/getMemberObjects"));
        assert!(fits_route(
            "graph/users/*/transitiveMemberOf",
            "graph/users/1/transitiveMemberOf"
        ));
        assert!(!fits_route("graph/users/*/transitiveMemberOf", "graph/users/1"));
        assert!(!fits_route("token", "keys"));
        assert!(fits_route("", "keys"));
    }
}
