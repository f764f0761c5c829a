//! `POST /directoryObjects/getByIds`: up to a thousand objects of which only the ids are known.
//!
//! What does not exist, is deleted, or is of another type than asked for is missing from the answer without a word.

use serde_json::Value;
use uuid::Uuid;

use super::{
    Call, collection, failure::GraphFailure, groups::unsupported, members, membership, object, rights,
};
use crate::reply::Reply;

const MOST_IDS: usize = 1_000;

/// `POST /directoryObjects/getByIds`
pub(super) fn get(call: &Call<'_>) -> Result<Reply, GraphFailure> {
    rights::get_by_ids(call)?;
    if call.request.query_value("$select").is_some() {
        return Err(unsupported("$select is not supported for this request."));
    }
    let body = membership::body(call)?;
    let ids = membership::identifiers(&body, "ids")?;
    if ids.len() > MOST_IDS {
        return Err(GraphFailure::bad_request(&format!(
            "Number of included identifiers cannot exceed '{MOST_IDS}'."
        )));
    }
    let types = types(&body)?;
    let objects = ids
        .into_iter()
        .filter_map(|id| wanted(call, id, types.as_deref()));
    let objects = objects.collect::<Vec<_>>();
    let rows = collection::Rows {
        count: objects.len(),
        at: &|place| objects.get(place).cloned(),
        counted: false,
    };
    Ok(collection::whole(
        call,
        "directoryObjects",
        &rows,
        object::DEFAULTS,
    ))
}

fn types(body: &Value) -> Result<Option<Vec<&str>>, GraphFailure> {
    match &body["types"] {
        Value::Null => Ok(None),
        types => types
            .as_array()
            .and_then(|types| types.iter().map(Value::as_str).collect::<Option<Vec<_>>>())
            .map(Some)
            .ok_or_else(|| GraphFailure::bad_request("Invalid value specified for 'types'.")),
    }
}

fn wanted(call: &Call<'_>, id: Uuid, types: Option<&[&str]>) -> Option<object::Object> {
    let (kind, object) = members::seen(call, call.tenant, id)?;
    let fits =
        |wanted: &&str| wanted.eq_ignore_ascii_case(kind) || wanted.eq_ignore_ascii_case("directoryObject");
    types.is_none_or(|types| types.iter().any(fits)).then_some(object)
}
