//! One question to Microsoft Graph.
//!
//! Only the configured host is asked, and the token goes nowhere else: the address of a further page is followed on that
//! host alone, and no other address out of an answer or a token ever is. <https://learn.microsoft.com/graph/errors>

use std::sync::Arc;

use http::{HeaderValue, Method, StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;
use uuid::Uuid;

use super::{
    error::{EntraError, MicrosoftError, word},
    http::{GRAPH_LIMIT, Limits, Zone},
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

/// One page of a list, and where the next one lies.
#[derive(Debug)]
pub(super) struct Page<T> {
    pub(super) value: Vec<T>,
    pub(super) next: Option<Url>,
}

#[derive(Deserialize)]
struct WirePage<T> {
    value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
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
        let mut request = self.request(what, Method::POST, self.address(path), token)?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json);
        *request.body_mut() = Some(question.to_string().into());
        self.answer(what, &request).await
    }

    /// Reads one page of a list.
    pub(super) async fn page<T: DeserializeOwned>(
        &self,
        what: &'static str,
        address: Url,
        token: &SecretString,
    ) -> Result<Page<T>, EntraError> {
        let request = self.request(what, Method::GET, address, token)?;
        let page: WirePage<T> = self.answer(what, &request).await?;
        let next = page.next.map(|next| self.own(what, &next)).transpose()?;
        Ok(Page {
            value: page.value,
            next,
        })
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

    async fn answer<T: DeserializeOwned>(
        &self,
        what: &'static str,
        request: &reqwest::Request,
    ) -> Result<T, EntraError> {
        let malformed = |why: String| EntraError::Malformed { what, why };
        let now = self.ids.now();
        let answer = self.zone.ask_patiently(what, request, GRAPH_LIMIT, now).await?;
        if answer.status != StatusCode::OK {
            return Err(EntraError::Refused {
                what,
                status: answer.status.as_u16(),
                error: error_of(&answer.body),
            });
        }
        let text = std::str::from_utf8(&answer.body).map_err(|error| malformed(error.to_string()))?;
        serde_json::from_str(text).map_err(|error| malformed(error.to_string()))
    }

    /// The address of a further page, if it lies on the configured host. The token goes nowhere else.
    fn own(&self, what: &'static str, address: &str) -> Result<Url, EntraError> {
        let own = Url::parse(address).ok().filter(|url| {
            let anonymous = url.username().is_empty() && url.password().is_none();
            anonymous && url.origin() == self.origin.origin() && url.path().starts_with("/v1.0/")
        });
        own.ok_or_else(|| EntraError::Foreign {
            what,
            // Enough to recognise it; it may be as long as somebody likes.
            named: address.chars().take(200).collect(),
        })
    }

    /// Whether the host answers at all; without a token it can only refuse.
    pub(super) async fn is_there(&self) -> Result<(), EntraError> {
        let request = reqwest::Request::new(Method::GET, self.address("v1.0/me"));
        let answer = self.zone.ask("Microsoft Graph", request, GRAPH_LIMIT).await?;
        if answer.status.is_server_error() {
            return Err(EntraError::Unavailable {
                what: "Microsoft Graph",
                status: answer.status.as_u16(),
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
}

/// `{"error":{"code":…,"innerError":{"request-id":…}}}`; the documentation also spells it `innererror`.
fn error_of(body: &[u8]) -> MicrosoftError {
    let answer: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
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
