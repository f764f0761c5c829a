//! Pages of objects: `$top`, `$select`, and the frame around them.

use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    Call,
    failure::GraphFailure,
    object::Object,
    paging::{self, Position},
};
use crate::reply::Reply;

const DEFAULT_PAGE: usize = 100;
const LARGEST_PAGE: usize = 999;

/// The objects of a collection, made only for the page that is looked at.
pub(super) struct Rows<'a> {
    /// How many there are.
    pub(super) count: usize,
    /// The object at a place, counted from 0.
    pub(super) at: &'a dyn Fn(usize) -> Option<Object>,
    /// Whether the first page says how many.
    pub(super) counted: bool,
}

/// A page of the objects.
pub(super) fn answer(
    call: &Call<'_>,
    kind: &str,
    rows: &Rows<'_>,
    defaults: &[&str],
) -> Result<Reply, GraphFailure> {
    let request = call.request;
    if request.query.iter().any(|(name, _)| name == "$skip") {
        return Err(GraphFailure::bad_request(
            "'$skip' is not supported by the service.",
        ));
    }
    let most = call.world.settings.largest_graph_page.max(1);
    let size = page_size(request.query_value("$top"))?.min(most);
    let Position { start, number } = paging::position(request).ok_or_else(expired)?;
    let mut page = Map::new();
    if rows.counted && number == 1 {
        page.insert("@odata.count".to_owned(), json!(rows.count));
    }
    if start + size < rows.count {
        let next = Position {
            start: start + size,
            number: number + 1,
        };
        page.insert("@odata.nextLink".to_owned(), json!(paging::link(request, next)));
    }
    let end = rows.count.min(start + size);
    Ok(framed(
        call,
        kind,
        page,
        (start..end).filter_map(rows.at),
        defaults,
    ))
}

/// All of them at once: the collections of actions have no pages.
pub(super) fn whole(call: &Call<'_>, kind: &str, rows: &Rows<'_>, defaults: &[&str]) -> Reply {
    framed(
        call,
        kind,
        Map::new(),
        (0..rows.count).filter_map(rows.at),
        defaults,
    )
}

fn framed(
    call: &Call<'_>,
    kind: &str,
    mut page: Map<String, Value>,
    objects: impl Iterator<Item = Object>,
    defaults: &[&str],
) -> Reply {
    let selected = selection(call);
    let mut head = Map::new();
    head.insert(
        "@odata.context".to_owned(),
        json!(context(call, kind, selected.as_deref())),
    );
    head.append(&mut page);
    let page = Page {
        head,
        value: objects
            .map(|object| pick(object, selected.as_deref(), defaults, true))
            .collect(),
    };
    odata(&page)
}

/// A page as it is written.
#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    head: Map<String, Value>,
    value: Vec<Object>,
}

/// One object as it is written.
#[derive(Serialize)]
struct Entity {
    #[serde(rename = "@odata.context")]
    context: String,
    #[serde(flatten)]
    object: Object,
}

/// A page token that is not, or no longer, known.
pub(super) fn expired() -> GraphFailure {
    GraphFailure::new(
        StatusCode::BAD_REQUEST,
        "Directory_ExpiredPageToken",
        "The specified page token value has expired and can no longer be included in your request.",
    )
}

/// One object.
pub(super) fn entity(call: &Call<'_>, kind: &str, object: Object, defaults: &[&str]) -> Reply {
    let selected = selection(call);
    odata(&Entity {
        context: format!("{}/$entity", context(call, kind, selected.as_deref())),
        object: pick(object, selected.as_deref(), defaults, false),
    })
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

pub(super) fn odata(body: &impl Serialize) -> Reply {
    Reply::new(StatusCode::OK)
        .with_header(
            "content-type",
            "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
        )
        .with_header("odata-version", "4.0")
        .with_header("cache-control", "no-cache")
        .with_body(serde_json::to_string(body).unwrap_or_default())
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

fn pick(mut object: Object, selected: Option<&[String]>, defaults: &[&str], typed: bool) -> Object {
    object.0.retain(|(name, _)| match (*name, selected) {
        ("@odata.type", _) => typed,
        (name, Some(names)) => names.iter().any(|selected| selected.eq_ignore_ascii_case(name)),
        (name, None) => defaults.contains(&name),
    });
    object
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
