//! Pages of objects: `$top`, `$select`, and the frame around them.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    Call,
    failure::GraphFailure,
    paging::{self, Position},
};
use crate::reply::Reply;

const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 999;

/// A page of the objects.
pub(super) fn answer(
    call: &Call<'_>,
    kind: &str,
    objects: Vec<Map<String, Value>>,
    defaults: &[&str],
) -> Result<Reply, GraphFailure> {
    answer_with(call, kind, objects, defaults, None)
}

/// The same with one more member before the link.
pub(super) fn answer_with(
    call: &Call<'_>,
    kind: &str,
    objects: Vec<Map<String, Value>>,
    defaults: &[&str],
    more: Option<(&str, Value)>,
) -> Result<Reply, GraphFailure> {
    let request = call.request;
    if request.query.iter().any(|(name, _)| name == "$skip") {
        return Err(GraphFailure::bad_request(
            "'$skip' is not supported by the service.",
        ));
    }
    let most = call.world.settings.largest_graph_page.max(1);
    let size = page_size(request.query_value("$top"))?.min(most);
    let Position { start, number } = paging::position(request).ok_or_else(|| {
        GraphFailure::new(
            StatusCode::BAD_REQUEST,
            "Directory_ExpiredPageToken",
            "The specified page token value has expired and can no longer be included in your request.",
        )
    })?;
    let selected = selection(call);
    let mut page = Map::new();
    page.insert(
        "@odata.context".to_owned(),
        json!(context(call, kind, selected.as_deref())),
    );
    if let Some((name, value)) = more {
        page.insert(name.to_owned(), value);
    }
    if start + size < objects.len() {
        let next = Position {
            start: start + size,
            number: number + 1,
        };
        page.insert("@odata.nextLink".to_owned(), json!(paging::link(request, next)));
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
