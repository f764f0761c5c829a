//! AADSTS failures in the three shapes they take: JSON at the token endpoint, parameters on a redirect, a page.
//!
//! The number is for people. What a client may branch on is `error`, `suberror` and the status, and these are
//! what this file is careful about: 401 belongs to `invalid_client` alone.

use http::StatusCode;
use serde_json::{Map, json};
use uuid::Uuid;

use crate::{
    clock, page, random,
    reply::Reply,
    request::{Incoming, first},
    settings::ErrorTail,
    world::World,
};

/// One refusal.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) code: u32,
    pub(crate) error: &'static str,
    pub(crate) message: String,
    pub(crate) suberror: Option<&'static str>,
    pub(crate) claims: Option<String>,
}

/// The identifiers support asks for.
struct Trace {
    id: Uuid,
    correlation: Uuid,
    timestamp: String,
}

impl Trace {
    fn of(world: &World, request: &Incoming) -> Self {
        let asked = request
            .header("client-request-id")
            .or_else(|| first(&request.query, "client-request-id"));
        Self {
            id: random::identifier(),
            correlation: asked
                .and_then(|text| Uuid::try_parse(text).ok())
                .unwrap_or_else(random::identifier),
            timestamp: clock::entra_timestamp(world.clock.now()),
        }
    }
}

impl Failure {
    pub(crate) fn new(code: u32, error: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            error,
            message: message.into(),
            suberror: None,
            claims: None,
        }
    }

    #[must_use]
    pub(crate) fn with_suberror(mut self, suberror: &'static str) -> Self {
        self.suberror = Some(suberror);
        self
    }

    #[must_use]
    pub(crate) fn with_error(mut self, error: &'static str) -> Self {
        self.error = error;
        self
    }

    pub(crate) fn missing_parameter(name: &str) -> Self {
        let message = format!("The request body must contain the following parameter: '{name}'.");
        Self::new(900_144, "invalid_request", message)
    }

    pub(crate) fn status(&self) -> StatusCode {
        if self.error == "invalid_client" {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::BAD_REQUEST
        }
    }

    fn description(&self, world: &World, trace: &Trace) -> String {
        let Trace {
            id,
            correlation,
            timestamp,
        } = trace;
        let separator = match world.settings.error_tail {
            ErrorTail::Spaces => " ",
            ErrorTail::LineBreaks => "\r\n",
        };
        let tail = [
            format!("Trace ID: {id}"),
            format!("Correlation ID: {correlation}"),
            format!("Timestamp: {timestamp}"),
        ];
        format!(
            "AADSTS{}: {}{separator}{}",
            self.code,
            self.message,
            tail.join(separator)
        )
    }

    /// The JSON of the token endpoint and of discovery.
    pub(crate) fn reply(&self, world: &World, request: &Incoming) -> Reply {
        let trace = Trace::of(world, request);
        let mut body = Map::new();
        body.insert("error".to_owned(), json!(self.error));
        body.insert(
            "error_description".to_owned(),
            json!(self.description(world, &trace)),
        );
        body.insert("error_codes".to_owned(), json!([self.code]));
        body.insert("timestamp".to_owned(), json!(trace.timestamp));
        body.insert("trace_id".to_owned(), json!(trace.id));
        body.insert("correlation_id".to_owned(), json!(trace.correlation));
        if world.settings.error_uri {
            body.insert(
                "error_uri".to_owned(),
                json!(format!("{}/error?code={}", request.base, self.code)),
            );
        }
        if let Some(suberror) = self.suberror {
            body.insert("suberror".to_owned(), json!(suberror));
        }
        if let Some(claims) = &self.claims {
            body.insert("claims".to_owned(), json!(claims));
        }
        Reply::json(self.status(), &body.into())
            .with_header("x-ms-request-id", trace.id.to_string())
            .with_header("x-ms-ests-server", "2.1.0 - EMULATOR")
    }

    /// The parameters of an error redirect; `state` is the caller's.
    pub(crate) fn parameters(&self, world: &World, request: &Incoming) -> Vec<(String, String)> {
        let trace = Trace::of(world, request);
        let mut parameters = vec![
            ("error".to_owned(), self.error.to_owned()),
            ("error_description".to_owned(), self.description(world, &trace)),
        ];
        if world.settings.error_uri {
            parameters.push((
                "error_uri".to_owned(),
                format!("{}/error?code={}", request.base, self.code),
            ));
        }
        if let Some(suberror) = self.suberror {
            parameters.push(("suberror".to_owned(), suberror.to_owned()));
        }
        if let Some(claims) = &self.claims {
            parameters.push(("claims".to_owned(), claims.clone()));
        }
        parameters
    }

    /// Microsoft's own page: status 200 and no way back to the application.
    pub(crate) fn page(&self, world: &World, request: &Incoming) -> Reply {
        let trace = Trace::of(world, request);
        let message = format!("AADSTS{}: {}", self.code, self.message);
        Reply::html(page::trouble::render(
            &message,
            trace.id,
            trace.correlation,
            &trace.timestamp,
        ))
        .with_header("x-ms-request-id", trace.id.to_string())
    }
}
