//! `POST /$batch`: up to twenty requests in one.
//!
//! The outer answer is 200 whatever became of the parts, which come back in any order. Each part is routed, logged and
//! hit by faults as a request of its own, so one part can be throttled while the others are fine; faults that need a
//! connection (a delay, a hang, a cut) do nothing to a part.

use std::collections::{HashMap, HashSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use super::{accepted_caller, failure::GraphFailure};
use crate::{
    faults,
    reply::Reply,
    request::{self, Incoming},
    router,
    world::World,
};

const MOST_PARTS: usize = 20;

/// One request of a batch.
struct Part {
    id: String,
    depends_on: Vec<String>,
    request: Incoming,
}

/// The whole batch.
pub(crate) fn answer(world: &mut World, request: &Incoming) -> Reply {
    let parts = match read(world, request) {
        Ok(parts) => parts,
        Err(refused) => return super::failure::with_diagnostics(refused.reply(world, request), request),
    };
    let mut statuses = HashMap::new();
    let mut answers = Vec::new();
    for part in parts {
        let reply = if part
            .depends_on
            .iter()
            .all(|id| statuses.get(id).is_some_and(StatusCode::is_success))
        {
            perform(world, &part.request)
        } else {
            let message = "Request could not be executed because a request it depends on failed.";
            GraphFailure::new(StatusCode::FAILED_DEPENDENCY, "FailedDependency", message)
                .reply(world, &part.request)
        };
        statuses.insert(part.id.to_ascii_lowercase(), reply.status);
        answers.push(written(&part.id, &reply));
    }
    if !world.settings.batch_in_order {
        answers.reverse();
    }
    let reply = Reply::json(StatusCode::OK, &json!({ "responses": answers }));
    super::failure::with_diagnostics(reply, request)
}

fn read(world: &World, request: &Incoming) -> Result<Vec<Part>, GraphFailure> {
    accepted_caller(world, request)?;
    if request.method != Method::POST {
        return Err(GraphFailure::method_not_allowed());
    }
    let malformed = || invalid("Invalid batch payload format.");
    let body: Value = serde_json::from_slice(&request.body).map_err(|_| malformed())?;
    let steps = body["requests"].as_array().ok_or_else(malformed)?;
    if steps.len() > MOST_PARTS {
        let message = format!("Number of batch request steps exceeds the maximum value of {MOST_PARTS}.");
        return Err(GraphFailure::new(
            StatusCode::BAD_REQUEST,
            "MaximumValueExceeded",
            &message,
        ));
    }
    let mut ids = HashSet::new();
    let mut parts = Vec::new();
    for step in steps {
        let id = step["id"].as_str().ok_or_else(malformed)?;
        if !ids.insert(id.to_ascii_lowercase()) {
            return Err(invalid(&format!(
                "Request Id '{id}' has to be unique in a batch."
            )));
        }
        let depends_on = step["dependsOn"].as_array().into_iter().flatten();
        parts.push(Part {
            id: id.to_owned(),
            depends_on: depends_on
                .filter_map(|id| Some(id.as_str()?.to_ascii_lowercase()))
                .collect(),
            request: inner(request, step).ok_or_else(malformed)?,
        });
    }
    Ok(parts)
}

fn invalid(message: &str) -> GraphFailure {
    GraphFailure::new(StatusCode::BAD_REQUEST, "BadRequest", message)
}

/// The part as a request of its own: relative address, own headers, the batch's token.
fn inner(outer: &Incoming, step: &Value) -> Option<Incoming> {
    let method = step["method"].as_str()?.to_ascii_uppercase();
    let address = step["url"].as_str().filter(|url| !url.contains("://"))?;
    let address = address.trim_start_matches('/');
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let path = format!("/v1.0/{path}");
    let mut headers = HeaderMap::new();
    for (name, value) in step["headers"].as_object().into_iter().flatten() {
        headers.insert(
            HeaderName::try_from(name.as_str()).ok()?,
            HeaderValue::try_from(value.as_str()?).ok()?,
        );
    }
    if let Some(token) = outer.headers.get(http::header::AUTHORIZATION) {
        headers.insert(http::header::AUTHORIZATION, token.clone());
    }
    let body = match &step["body"] {
        Value::Null => Bytes::new(),
        body => Bytes::from(body.to_string()),
    };
    Some(Incoming {
        method: Method::from_bytes(method.as_bytes()).ok()?,
        segments: request::segments(&path),
        query: request::pairs(query.as_bytes()),
        query_text: query.to_owned(),
        path,
        form: Vec::new(),
        headers,
        body,
        base: outer.base.clone(),
    })
}

fn perform(world: &mut World, request: &Incoming) -> Reply {
    let route = router::route(request);
    let now = world.clock.now();
    let sequence = world.log.note(now, &route, request);
    let fault = faults::hit(&mut world.faults, &route, request);
    let replaced = fault
        .as_ref()
        .and_then(|fault| fault.reply(world, &route, request));
    let reply = replaced.unwrap_or_else(|| super::answer(world, request));
    let reply = match &fault {
        Some(fault) => fault.edit(world, request, reply),
        None => reply,
    };
    world.log.answered(sequence, reply.status.as_u16());
    reply
}

/// A part of the answer. What is not JSON travels as base64.
fn written(id: &str, reply: &Reply) -> Value {
    let mut headers = Map::new();
    for (name, value) in &reply.headers {
        // Diagnostics belong to the batch.
        if !name.starts_with("x-ms-ags") && !name.ends_with("request-id") {
            let name = name.split('-').map(capital).collect::<Vec<_>>().join("-");
            headers.insert(name, json!(value));
        }
    }
    let mut part = json!({ "id": id, "status": reply.status.as_u16(), "headers": headers });
    if !reply.body.is_empty() {
        part["body"] = serde_json::from_slice::<Value>(&reply.body)
            .ok()
            .filter(Value::is_object)
            .unwrap_or_else(|| json!(STANDARD.encode(&reply.body)));
    }
    part
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
        .unwrap_or_default()
}
