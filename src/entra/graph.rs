//! Questions to Microsoft Graph.
//!
//! Only the configured host is asked, and the token goes nowhere else: the address of a further page is followed on that
//! host alone, and no other address out of an answer or a token ever is. <https://learn.microsoft.com/graph/errors>

mod batch;
mod pages;
mod surrogates;

use std::{fmt::Write as _, sync::Arc};

use http::{HeaderValue, Method, StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use url::Url;
use uuid::Uuid;

pub(super) use self::pages::{Page, Pages};
use super::{
    error::{EntraError, MicrosoftError, word},
    http::{Answer, GRAPH_LIMIT, Limits, Zone},
    metadata::origin_of,
    observe::Observer,
};
use crate::domain::id::Ids;

/// Microsoft Graph of the configured cloud.
#[derive(Debug)]
pub(super) struct Graph {
    zone: Zone,
    origin: Url,
    ids: Ids,
}

/// One question that reads.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// What it is about, for errors and metrics.
    pub(super) what: &'static str,
    /// Where the answer, or the first page of it, lies.
    pub(super) address: Url,
    /// Whether it needs Graph's index (`ConsistencyLevel: eventual`). The header is no part of a page's address, so it
    /// goes with every page. <https://learn.microsoft.com/graph/aad-advanced-queries>
    pub(super) from_index: bool,
}

impl Question {
    /// Of the directory itself.
    pub(super) const fn new(what: &'static str, address: Url) -> Self {
        Self {
            what,
            address,
            from_index: false,
        }
    }

    /// Of the index, for searches and other advanced queries.
    pub(super) const fn in_index(mut self) -> Self {
        self.from_index = true;
        self
    }
}

impl Graph {
    /// On the host of `url`; only its origin counts.
    pub(super) fn new(url: &Url, limits: Limits, ids: Ids) -> Result<Self, EntraError> {
        let origin =
            Url::parse(&origin_of(url)?).map_err(|error| EntraError::Configuration(error.to_string()))?;
        Ok(Self {
            zone: Zone::new(url, limits)?,
            origin,
            ids,
        })
    }

    /// With somebody who watches its calls.
    pub(super) fn watched_by(mut self, observer: Option<Arc<dyn Observer>>) -> Self {
        self.zone = self.zone.watched_by(observer);
        self
    }

    /// Posts a question that changes nothing, and reads its whole answer.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        what: &'static str,
        path: &str,
        question: &serde_json::Value,
        token: &SecretString,
    ) -> Result<T, EntraError> {
        let answer = self.post(what, path, question, token).await?;
        read(what, &answer.body)
    }

    async fn post(
        &self,
        what: &'static str,
        path: &str,
        question: &serde_json::Value,
        token: &SecretString,
    ) -> Result<Answer, EntraError> {
        let mut request = self.request(what, Method::POST, self.address(path), token)?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json);
        *request.body_mut() = Some(question.to_string().into());
        self.answer(what, &request).await
    }

    /// Reads one object.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        question: &Question,
        token: &SecretString,
    ) -> Result<T, EntraError> {
        let answer = self.fetch(question, question.address.clone(), token).await?;
        read(question.what, &answer.body)
    }

    async fn fetch(
        &self,
        question: &Question,
        address: Url,
        token: &SecretString,
    ) -> Result<Answer, EntraError> {
        let mut request = self.request(question.what, Method::GET, address, token)?;
        if question.from_index {
            let eventual = HeaderValue::from_static("eventual");
            request.headers_mut().insert("consistencylevel", eventual);
        }
        self.answer(question.what, &request).await
    }

    fn request(
        &self,
        what: &'static str,
        method: Method,
        address: Url,
        token: &SecretString,
    ) -> Result<reqwest::Request, EntraError> {
        let authorization = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()));
        let mut authorization = authorization.map_err(|_| EntraError::Malformed {
            what,
            why: "the access token is no header value".to_owned(),
        })?;
        authorization.set_sensitive(true);
        let mut request = reqwest::Request::new(method, address);
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, authorization);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Ok(request_id) = HeaderValue::try_from(self.ids.next::<Uuid>().to_string()) {
            headers.insert("client-request-id", request_id);
        }
        Ok(request)
    }

    async fn answer(&self, what: &'static str, request: &reqwest::Request) -> Result<Answer, EntraError> {
        let answer = self
            .zone
            .ask_patiently(what, request, GRAPH_LIMIT, &self.ids)
            .await?;
        if answer.status == StatusCode::OK {
            return Ok(answer);
        }
        Err(refused(what, answer.status, &answer.body))
    }

    /// Whether the host answers at all; without a token it can only refuse.
    pub(super) async fn is_there(&self) -> Result<(), EntraError> {
        let request = reqwest::Request::new(Method::GET, self.address("v1.0/me"));
        let answer = self.zone.ask("Microsoft Graph", request, GRAPH_LIMIT).await?;
        if answer.status.is_server_error() {
            return Err(EntraError::Unavailable {
                what: "Microsoft Graph",
                status: answer.status.as_u16(),
                retry_after: None,
            });
        }
        Ok(())
    }

    /// `{graph}/{path}`.
    pub(super) fn address(&self, path: &str) -> Url {
        let mut address = self.origin.clone();
        address.set_path(path);
        address
    }

    /// `{graph}/{path}` with options. Every value is encoded, so that a text which somebody typed stays one value,
    /// whatever stands in it.
    pub(super) fn address_with(&self, path: &str, options: &[(&str, &str)]) -> Url {
        let mut query = String::new();
        for (name, value) in options {
            let divider = if query.is_empty() { "" } else { "&" };
            // A plus sign would stand for a space only to some readers.
            let value = form_urlencoded::byte_serialize(value.as_bytes())
                .collect::<String>()
                .replace('+', "%20");
            // Writing to a text cannot fail.
            let _ = write!(query, "{divider}{name}={value}");
        }
        let mut address = self.address(path);
        address.set_query(Some(&query));
        address
    }
}

/// Reads a whole JSON answer.
fn read<T: DeserializeOwned>(what: &'static str, body: &[u8]) -> Result<T, EntraError> {
    let malformed = |why: String| EntraError::Malformed { what, why };
    let text = std::str::from_utf8(body).map_err(|error| malformed(error.to_string()))?;
    serde_json::from_str(&surrogates::mended(text)).map_err(|error| malformed(error.to_string()))
}

fn refused(what: &'static str, status: StatusCode, body: &[u8]) -> EntraError {
    EntraError::Refused {
        what,
        status: status.as_u16(),
        error: error_of(&serde_json::from_slice(body).unwrap_or_default()),
    }
}

/// `{"error":{"code":…,"innerError":{"request-id":…}}}`; the documentation also spells it `innererror`.
fn error_of(answer: &serde_json::Value) -> MicrosoftError {
    let text = |path: &str| answer.pointer(path).and_then(serde_json::Value::as_str);
    let id = |name: &str| {
        text(&format!("/error/innerError/{name}"))
            .or_else(|| text(&format!("/error/innererror/{name}")))
            .and_then(|text| Uuid::try_parse(text).ok())
    };
    MicrosoftError {
        error: text("/error/code")
            .and_then(word)
            .unwrap_or_else(|| "unreadable".to_owned()),
        correlation_id: id("client-request-id"),
        trace_id: id("request-id"),
        ..MicrosoftError::default()
    }
}

#[cfg(test)]
mod tests;
