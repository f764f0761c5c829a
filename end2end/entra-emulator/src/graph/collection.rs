//! Pages of objects: `$top`, `$select`, the opaque next link.
//!
//! A next link carries the query on but no header, and its token means nothing to anybody else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Call, failure::GraphFailure};
use crate::reply::{Reply, encode_component};

const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 999;
const MARK: &str = "page";

/// A page of the objects.
pub(super) fn answer(
    call: &Call<'_>,
    kind: &str,
    objects: Vec<Map<String, Value>>,
    defaults: &[&str],
) -> Result<Reply, GraphFailure> {
    let request = call.request;
    if request.query.iter().any(|(name, _)| name == "$skip") {
        return Err(GraphFailure::bad_request(
            "'$skip' is not supported by the service.",
        ));
    }
    let size = page_size(request.query_value("$top"))?;
    let start = match request.query_value("$skiptoken") {
        Some(token) => offset(token).ok_or_else(|| {
            GraphFailure::new(
                StatusCode::BAD_REQUEST,
                "Directory_ExpiredPageToken",
                "The specified page token value has expired and can no longer be included in your request.",
            )
        })?,
        None => 0,
    };
    let selected = selection(call);
    let mut page = Map::new();
    page.insert(
        "@odata.context".to_owned(),
        json!(context(call, kind, selected.as_deref())),
    );
    if start + size < objects.len() {
        page.insert("@odata.nextLink".to_owned(), json!(next_link(call, start + size)));
    }
    let value = objects.into_iter().skip(start).take(size);
    let value = value.map(|object| Value::Object(pick(object, selected.as_deref(), defaults, true)));
    page.insert("value".to_owned(), value.collect());
    Ok(odata(&page))
}

/// One object.
pub(super) fn entity(call: &Call<'_>, kind: &str, object: Map<String, Value>, defaults: &[&str]) -> Reply {
    let selected = selection(call);
    let mut entity = Map::new();
    let context = format!("{}/$entity", context(call, kind, selected.as_deref()));
    entity.insert("@odata.context".to_owned(), json!(context));
    entity.extend(pick(object, selected.as_deref(), defaults, false));
    odata(&entity)
}

/// A collection of strings, which has no pages.
pub(super) fn strings(call: &Call<'_>, values: Vec<String>) -> Reply {
    let mut body = Map::new();
    body.insert(
        "@odata.context".to_owned(),
        json!(context(call, "Collection(Edm.String)", None)),
    );
    body.insert("value".to_owned(), json!(values));
    odata(&body)
}

pub(super) fn odata(body: &Map<String, Value>) -> Reply {
    Reply::new(StatusCode::OK)
        .with_header(
            "content-type",
            "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
        )
        .with_header("odata-version", "4.0")
        .with_header("cache-control", "no-cache")
        .with_body(Value::Object(body.clone()).to_string())
}

fn context(call: &Call<'_>, kind: &str, selected: Option<&[String]>) -> String {
    let selected = selected
        .map(|names| format!("({})", names.join(",")))
        .unwrap_or_default();
    format!("{}/v1.0/$metadata#{kind}{selected}", call.request.base)
}

fn selection(call: &Call<'_>) -> Option<Vec<String>> {
    let text = call.request.query_value("$select")?;
    Some(
        text.split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect(),
    )
}

fn pick(
    object: Map<String, Value>,
    selected: Option<&[String]>,
    defaults: &[&str],
    typed: bool,
) -> Map<String, Value> {
    let wanted = |name: &str| match selected {
        Some(names) => names.iter().any(|selected| selected.eq_ignore_ascii_case(name)),
        None => defaults.contains(&name),
    };
    object
        .into_iter()
        .filter(|(name, _)| {
            if name == "@odata.type" {
                typed
            } else {
                wanted(name)
            }
        })
        .collect()
}

fn page_size(top: Option<&str>) -> Result<usize, GraphFailure> {
    let Some(text) = top else { return Ok(DEFAULT_PAGE) };
    match text.parse::<usize>() {
        Ok(size @ 1..=LARGEST_PAGE) => Ok(size),
        Ok(0) | Err(_) => Err(GraphFailure::bad_request(&format!(
            "Invalid page size specified: '{text}'. Must be between 1 and {LARGEST_PAGE} inclusive."
        ))),
        Ok(_) => Err(GraphFailure::new(
            StatusCode::BAD_REQUEST,
            "Request_UnsupportedQuery",
            &format!(
                "Invalid page size specified: '{text}'. Must be between 1 and {LARGEST_PAGE} inclusive."
            ),
        )),
    }
}

fn next_link(call: &Call<'_>, start: usize) -> String {
    let request = call.request;
    let token = URL_SAFE_NO_PAD.encode(format!("{MARK}:{start}:{}", crate::random::opaque(24)));
    let kept = request.query.iter().filter(|(name, _)| name != "$skiptoken");
    let kept = kept
        .map(|(name, value)| format!("{name}={}&", encode_component(value)))
        .collect::<Vec<_>>()
        .concat();
    format!("{}{}?{kept}$skiptoken={token}", request.base, request.path)
}

fn offset(token: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let mut parts = text.split(':');
    (parts.next() == Some(MARK))
        .then(|| parts.next()?.parse().ok())
        .flatten()
}
