//! What log, metrics and traces call a request: the pattern of its route and its method, each out of a fixed set.
//!
//! A raw path may hold a token (an invitation, a recovery link) and is the caller's to choose; it stands nowhere.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{MatchedPath, Request},
};
use http::{HeaderMap, Method};
use hyper::body::{Frame, SizeHint};
use tracing::Span;

use crate::routes;

/// What no route fits.
const UNMATCHED: &str = "unmatched";

/// The pattern of the route that a request has reached.
pub(in crate::server) fn route(request: &Request) -> String {
    let Some(matched) = request.extensions().get::<MatchedPath>() else {
        return UNMATCHED.to_owned();
    };
    // axum's own name for the rest of a nested path.
    match matched.as_str().split_once("{*__private") {
        Some((before, _)) => format!("{before}{{*file}}"),
        None => matched.as_str().to_owned(),
    }
}

/// A method that exists (RFC 9110 section 9, RFC 5789), or `other`.
pub(in crate::server) fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::TRACE => "TRACE",
        Method::CONNECT => "CONNECT",
        _ => "other",
    }
}

/// Whether it is asked for so often, or says so little, that its line is for debugging: probes and files of the site.
pub(in crate::server) fn is_quiet(route: &str) -> bool {
    let quiet = [
        routes::HEALTH,
        routes::READY,
        routes::FRONT_SCRIPT,
        routes::ICONS,
        routes::FAVICON,
        routes::ROBOTS,
    ];
    quiet.contains(&route) || route.ends_with("{*file}")
}

/// The span that everything of one request happens in. `otel.*` goes to a collector and not into the log.
pub(in crate::server) fn span(reference: &str, method: &'static str, route: &str) -> Span {
    tracing::info_span!(
        "request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = tracing::field::Empty,
        correlation_id = reference,
        http.request.method = method,
        http.route = route,
        http.response.status_code = tracing::field::Empty,
    )
}

/// Lets a trusted proxy's trace name this request. See [`super::traces`].
pub(in crate::server) fn link(span: &Span, headers: &HeaderMap) {
    super::traces::link(span, headers);
}

/// A body that is written inside of its request's span: what a page logs while it streams has its reference too.
pub(in crate::server) fn body_within(span: Span, body: Body) -> Body {
    Body::new(Within { span, body })
}

struct Within {
    span: Span,
    body: Body,
}

impl HttpBody for Within {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let _entered = this.span.enter();
        Pin::new(&mut this.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_method_is_other() {
        let invented = Method::from_bytes(b"EVIL\x21").expect("a token");
        assert_eq!(method(&invented), "other");
        assert_eq!(method(&Method::GET), "GET");
    }

    #[test]
    fn a_request_without_a_route_has_no_path() {
        let request = Request::builder()
            .uri("/invite/secret")
            .body(Body::empty())
            .expect("a request");
        assert_eq!(route(&request), UNMATCHED);
    }
}
