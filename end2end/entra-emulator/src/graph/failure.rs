//! Graph's error bodies and the headers that come with every answer.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{access, clock, random, reply::Reply, request::Incoming, world::World};

/// One refusal.
#[derive(Clone, Debug)]
pub(super) struct GraphFailure {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl GraphFailure {
    pub(super) fn new(status: StatusCode, code: &'static str, message: &str) -> Self {
        Self {
            status,
            code,
            message: message.to_owned(),
        }
    }

    pub(super) fn bad_request(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// The token lacks the permission, or the person lacks the right.
    pub(super) fn denied() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        Self::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message)
    }

    pub(super) fn not_found(id: &str) -> Self {
        let message = format!(
            "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
        );
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", &message)
    }

    pub(super) fn unknown_resource(name: &str) -> Self {
        let message = format!("Resource not found for the segment '{name}'.");
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", &message)
    }

    pub(super) fn method_not_allowed() -> Self {
        let message = "Specified HTTP method is not allowed for the request target.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Request_BadRequest", message)
    }

    pub(super) fn reply(&self, world: &World, request: &Incoming) -> Reply {
        let id = random::identifier().to_string();
        let client_id = request.header("client-request-id").unwrap_or(&id);
        let body = json!({ "error": {
            "code": self.code,
            "message": self.message,
            "innerError": {
                "date": clock::graph_date(world.clock.now()),
                "request-id": id,
                "client-request-id": client_id,
            },
        } });
        let reply = Reply::new(self.status)
            .with_header("content-type", "application/json")
            .with_header("request-id", id.as_str())
            .with_body(body.to_string());
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = format!(
                "Bearer realm=\"\", authorization_uri=\"{}/common/oauth2/authorize\", client_id=\"{}\"",
                request.base,
                crate::permissions::GRAPH
            );
            return reply.with_header("www-authenticate", challenge);
        }
        reply
    }
}

/// `request-id`, the caller's `client-request-id`, and who answered.
pub(super) fn with_diagnostics(reply: Reply, request: &Incoming) -> Reply {
    let id = reply
        .header("request-id")
        .map_or_else(|| random::identifier().to_string(), str::to_owned);
    let diagnostic = json!({ "ServerInfo": {
        "DataCenter": "Emulator", "Slice": "E", "Ring": "1", "ScaleUnit": "001", "RoleInstance": "EMULATOR",
    } });
    let reply = if reply.header("request-id").is_some() {
        reply
    } else {
        reply.with_header("request-id", id.as_str())
    };
    reply
        .with_header(
            "client-request-id",
            request.header("client-request-id").unwrap_or(&id),
        )
        .with_header("x-ms-ags-diagnostic", diagnostic.to_string())
}

/// The body Graph sends with a status when it has trouble of its own, or says it has.
pub(crate) fn trouble(world: &World, request: &Incoming, status: StatusCode) -> Reply {
    let (code, message) = match status {
        StatusCode::UNAUTHORIZED => (
            "InvalidAuthenticationToken",
            "Lifetime validation failed, the token is expired.",
        ),
        StatusCode::FORBIDDEN => (
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        ),
        StatusCode::NOT_FOUND => (
            "Request_ResourceNotFound",
            "Resource does not exist or one of its queried reference-property objects are not present.",
        ),
        StatusCode::TOO_MANY_REQUESTS => ("TooManyRequests", "Please retry again later."),
        StatusCode::SERVICE_UNAVAILABLE => ("serviceNotAvailable", "The service is temporarily unavailable."),
        status if status.is_client_error() => ("BadRequest", "The request is invalid."),
        // Seen with an empty message.
        _ => ("UnknownError", ""),
    };
    let reply = GraphFailure::new(status, code, message).reply(world, request);
    let reply = if status == StatusCode::TOO_MANY_REQUESTS {
        throttled(world, request, reply)
    } else {
        reply
    };
    with_diagnostics(reply, request)
}

/// What only a throttled answer has: more members inside, and headers about the limit that was hit.
fn throttled(world: &World, request: &Incoming, mut reply: Reply) -> Reply {
    if let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) {
        body["error"]["innerError"]["code"] = json!("429");
        body["error"]["innerError"]["message"] = json!("Please retry after");
        body["error"]["innerError"]["status"] = json!("429");
        reply.body = body.to_string().into_bytes();
    }
    let tenant = access::caller(world, request.header("authorization")).map(|caller| caller.tenant());
    let scope = format!(
        "Tenant_Application/ReadWrite/{}/{}",
        world.registration.client_id,
        tenant.unwrap_or_default()
    );
    reply
        .with_header("x-ms-throttle-scope", scope)
        .with_header("x-ms-throttle-information", "ResourceUnitLimitExceeded")
}
