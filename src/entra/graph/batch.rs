//! Many small questions in few requests.
//!
//! Graph takes up to twenty in one, answers 200 whatever became of them, puts their answers in any order, and throttles
//! each on its own. So every part is found by its number, one that is missing is an error, and one that was throttled is
//! asked again, alone with the others of its kind. <https://learn.microsoft.com/graph/json-batching>

use std::{collections::HashMap, time::Duration};

use http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Graph, error_of, read};
use crate::{
    domain::time::Timestamp,
    entra::{
        error::EntraError,
        http::{Patience, date, is_passing, wait_in},
    },
};

/// More than this, and Graph refuses the whole.
const MOST_PARTS: usize = 20;
/// What Graph says of an object that is not there. A 404 without it is something else.
const NOT_THERE: &str = "Request_ResourceNotFound";

#[derive(Deserialize)]
struct WireBatch {
    responses: Vec<WirePart>,
}

#[derive(Deserialize)]
struct WirePart {
    id: String,
    status: u16,
    #[serde(default)]
    headers: HashMap<String, Value>,
    #[serde(default)]
    body: Value,
}

impl WirePart {
    /// What `Retry-After` of this part says.
    fn retry_after(&self, from: Timestamp) -> Option<Duration> {
        let header = |(name, value): (&String, &Value)| {
            name.eq_ignore_ascii_case("retry-after").then(|| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
        };
        wait_in(&self.headers.iter().find_map(header)?, Some(from))
    }
}

/// Parts that may be answered in a moment: which, with what status, and the longest wait that one of them asks for.
#[derive(Default)]
struct Postponed {
    places: Vec<usize>,
    status: StatusCode,
    wait: Option<Duration>,
}

impl Graph {
    /// Reads the object at each of these paths below `/v1.0`, `None` where there is none, in their order.
    ///
    /// # Errors
    /// The first part that is neither an object nor missing, and everything that a single question can end with.
    pub(in crate::entra) async fn batch<T: DeserializeOwned>(
        &self,
        what: &'static str,
        paths: &[String],
        token: &SecretString,
    ) -> Result<Vec<Option<T>>, EntraError> {
        let mut found = Vec::with_capacity(paths.len());
        for chunk in paths.chunks(MOST_PARTS) {
            found.extend(self.chunk(what, chunk, token).await?);
        }
        Ok(found)
    }

    async fn chunk<T: DeserializeOwned>(
        &self,
        what: &'static str,
        paths: &[String],
        token: &SecretString,
    ) -> Result<Vec<Option<T>>, EntraError> {
        let mut found: Vec<Option<T>> = paths.iter().map(|_| None).collect();
        let mut open: Vec<usize> = (0..paths.len()).collect();
        let mut patience = Patience::new(&self.zone, what);
        loop {
            let mut parts = self.parts(what, paths, &open, token).await?;
            let mut postponed = Postponed::default();
            for place in open {
                let (part, from) = parts.remove(&place).ok_or_else(|| EntraError::Malformed {
                    what,
                    why: "an answer is missing".to_owned(),
                })?;
                let status = StatusCode::from_u16(part.status).unwrap_or_default();
                if is_passing(status) {
                    let wait = part.retry_after(from);
                    postponed.wait = postponed.wait.max(wait);
                    postponed.status = status;
                    postponed.places.push(place);
                } else {
                    found[place] = object(what, part)?;
                }
            }
            if postponed.places.is_empty() {
                return Ok(found);
            }
            patience.wait(postponed.status, postponed.wait, &self.ids).await?;
            open = postponed.places;
        }
    }

    /// Asks for the paths in these places, once, and gives the answers by place, with the time at which they were made.
    async fn parts(
        &self,
        what: &'static str,
        paths: &[String],
        places: &[usize],
        token: &SecretString,
    ) -> Result<HashMap<usize, (WirePart, Timestamp)>, EntraError> {
        let requests: Vec<_> = places
            .iter()
            .map(|place| json!({ "id": place.to_string(), "method": "GET", "url": paths[*place] }))
            .collect();
        let question = json!({ "requests": requests });
        let answer = self.post(what, "v1.0/$batch", &question, token).await?;
        let from = date(&answer.headers).unwrap_or_else(|| self.ids.now());
        let batch: WireBatch = read(what, &answer.body)?;
        let mut parts = HashMap::new();
        for part in batch.responses {
            let place = part.id.parse().ok().filter(|place| places.contains(place));
            let is_new = place.is_some_and(|place| parts.insert(place, (part, from)).is_none());
            if !is_new {
                return Err(EntraError::Malformed {
                    what,
                    why: "an answer that was not asked for".to_owned(),
                });
            }
        }
        Ok(parts)
    }
}

/// The object of a part, if there is one.
fn object<T: DeserializeOwned>(what: &'static str, part: WirePart) -> Result<Option<T>, EntraError> {
    if part.status == StatusCode::OK {
        let object = serde_json::from_value(part.body).map_err(|error| EntraError::Malformed {
            what,
            why: error.to_string(),
        })?;
        return Ok(Some(object));
    }
    let error = error_of(&part.body);
    if part.status == StatusCode::NOT_FOUND && error.error == NOT_THERE {
        return Ok(None);
    }
    Err(EntraError::Refused {
        what,
        status: part.status,
        error,
    })
}
