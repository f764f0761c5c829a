//! The way out to Microsoft: one client per trust zone, and nothing that could be led astray.
//!
//! No redirects, since a followed 307 would post the secret to another host; no proxy from the environment; no
//! cookies; no decompression; a deadline for everything; and a body is read only as far as its limit, whatever its
//! length claims. What may be repeated is repeated a few times and honours `Retry-After`; a code never is.

use std::{sync::Arc, time::Duration};

use http::{
    HeaderMap, StatusCode,
    header::{DATE, RETRY_AFTER},
};
use tracing::{Instrument as _, field::Empty};
use url::Url;

use super::{
    error::EntraError,
    metadata::origin_of,
    observe::{Observer, Outcome},
};
use crate::domain::{id::Ids, time::Timestamp};

/// How long and how much to wait for Microsoft.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For a connection.
    pub connect: Duration,
    /// For one request, its answer included.
    pub request: Duration,
    /// For the groups of one person, with all repetitions: so long for the person's own questions, and so long again for
    /// the application's.
    pub groups: Duration,
    /// For one reading of a directory by the application, with all its pages and repetitions.
    pub directory: Duration,
    /// The longest single `Retry-After` that is waited for; with a longer one the question has failed.
    pub longest_wait: Duration,
    /// How often one question may be asked.
    pub tries: u32,
    /// The first pause when nothing says how long to wait, or up to half less; each further one is twice as long.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            request: Duration::from_secs(10),
            groups: Duration::from_secs(6),
            directory: Duration::from_secs(10),
            longest_wait: Duration::from_secs(4),
            tries: 3,
            pause: Duration::from_millis(250),
        }
    }
}

/// The most that discovery, keys and the token endpoint may answer.
pub(super) const LOGIN_LIMIT: usize = 1 << 20;

/// The most that Graph may answer.
pub(super) const GRAPH_LIMIT: usize = 4 << 20;

/// One host that we trust with something, and the client that talks to nobody else.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    client: reqwest::Client,
    limits: Limits,
    observer: Option<Arc<dyn Observer>>,
}

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Zone {
    /// A client for the host of `origin`.
    pub(super) fn new(origin: &Url, limits: Limits) -> Result<Self, EntraError> {
        origin_of(origin)?;
        let encrypted = origin.scheme() == "https";
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(limits.connect)
            .timeout(limits.request)
            .https_only(encrypted)
            .no_proxy()
            .referer(false)
            .user_agent(concat!("SonicSaaS/", env!("CARGO_PKG_VERSION")));
        if !encrypted {
            // Nothing to verify on loopback, so a machine without root certificates will do.
            builder = builder.tls_certs_only([]);
        }
        let client = builder
            .build()
            .map_err(|error| EntraError::Configuration(error.to_string()))?;
        Ok(Self {
            client,
            limits,
            observer: None,
        })
    }

    /// With somebody who watches its calls.
    pub(super) fn watched_by(mut self, observer: Option<Arc<dyn Observer>>) -> Self {
        self.observer = observer;
        self
    }

    /// Gets a document, patiently.
    pub(super) async fn get(
        &self,
        what: &'static str,
        address: Url,
        limit: usize,
        ids: &Ids,
    ) -> Result<Answer, EntraError> {
        let request = reqwest::Request::new(http::Method::GET, address);
        self.ask_patiently(what, &request, limit, ids).await
    }

    /// Asks once.
    pub(super) async fn ask(
        &self,
        what: &'static str,
        request: reqwest::Request,
        limit: usize,
    ) -> Result<Answer, EntraError> {
        let span = tracing::info_span!(
            "microsoft",
            otel.kind = "client",
            what,
            http.response.status_code = Empty
        );
        let observed = self.observer.as_ref().map(|observer| observer.begins(what));
        let answer = self.send(what, request, limit).instrument(span.clone()).await;
        let outcome = match &answer {
            Ok(answer) => Outcome::Answered(answer.status.as_u16()),
            Err(EntraError::TimedOut { .. }) => Outcome::TimedOut,
            Err(EntraError::TooLarge { .. }) => Outcome::TooLarge,
            Err(_) => Outcome::Unreachable,
        };
        if let Outcome::Answered(status) = outcome {
            span.record("http.response.status_code", status);
        }
        if let Some(observed) = observed {
            observed.ended(outcome);
        }
        answer
    }

    async fn send(
        &self,
        what: &'static str,
        request: reqwest::Request,
        limit: usize,
    ) -> Result<Answer, EntraError> {
        let failed = |error: reqwest::Error| {
            if error.is_timeout() {
                EntraError::TimedOut { what }
            } else {
                EntraError::Unreachable {
                    what,
                    cause: Arc::new(error.without_url()),
                }
            }
        };
        let too_large = EntraError::TooLarge { what, limit };
        let mut response = self.client.execute(request).await.map_err(failed)?;
        let announced = response.content_length().unwrap_or_default();
        if usize::try_from(announced).is_ok_and(|announced| announced <= limit) {
            let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or_default());
            while let Some(chunk) = response.chunk().await.map_err(failed)? {
                if body.len() + chunk.len() > limit {
                    return Err(too_large);
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Answer {
                status: response.status(),
                headers: response.headers().clone(),
                body,
            })
        } else {
            Err(too_large)
        }
    }

    /// Asks until there is an answer that another try would not better, within the limits.
    ///
    /// Only for questions that change nothing.
    pub(super) async fn ask_patiently(
        &self,
        what: &'static str,
        request: &reqwest::Request,
        limit: usize,
        ids: &Ids,
    ) -> Result<Answer, EntraError> {
        let mut patience = Patience::new(self, what);
        loop {
            let again = request.try_clone().ok_or_else(|| EntraError::Malformed {
                what,
                why: "the question cannot be repeated".to_owned(),
            })?;
            let answer = self.ask(what, again, limit).await?;
            if !is_passing(answer.status) {
                return Ok(answer);
            }
            let wait = retry_after(&answer.headers, Some(ids.now()));
            patience.wait(answer.status, wait, ids).await?;
        }
    }
}

/// Whether it may be another answer in a moment.
pub(super) fn is_passing(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
}

/// How much longer one question is worth asking.
#[derive(Debug)]
pub(super) struct Patience<'zone> {
    zone: &'zone Zone,
    what: &'static str,
    tries_left: u32,
    pause: Duration,
}

impl<'zone> Patience<'zone> {
    /// For a question that is about to be asked for the first time.
    pub(super) fn new(zone: &'zone Zone, what: &'static str) -> Self {
        Self {
            zone,
            what,
            tries_left: zone.limits.tries.max(1) - 1,
            pause: zone.limits.pause,
        }
    }

    /// Waits before the next try, as long as the answer says, else longer from try to try.
    ///
    /// A wait that is longer than somebody can bear ends it at once: asking earlier than Microsoft said would only count
    /// against us.
    pub(super) async fn wait(
        &mut self,
        status: StatusCode,
        retry_after: Option<Duration>,
        ids: &Ids,
    ) -> Result<(), EntraError> {
        let wait = retry_after.unwrap_or_else(|| ids.jittered(self.pause));
        if self.tries_left == 0 || wait > self.zone.limits.longest_wait {
            return Err(EntraError::Unavailable {
                what: self.what,
                status: status.as_u16(),
                retry_after,
            });
        }
        self.tries_left -= 1;
        self.pause *= 2;
        if let Some(observer) = &self.zone.observer {
            observer.asks_again(self.what);
        }
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

/// How long `Retry-After` says to wait: seconds, also with a fraction (Graph sends `2.128`), or a date, which is
/// read against the answer's own `Date`, so that a wrong clock here does not matter.
pub(super) fn retry_after(headers: &HeaderMap, now: Option<Timestamp>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?;
    wait_in(text, date(headers).or(now))
}

/// The same of the value alone, as it stood in an answer of this time.
pub(super) fn wait_in(text: &str, from: Option<Timestamp>) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        // No number at all is refused by the conversion.
        let seconds = if seconds < 0.0 { 0.0 } else { seconds };
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = http_date(text)?;
    let micros = until.as_micros().saturating_sub(from?.as_micros());
    Some(Duration::from_micros(u64::try_from(micros).unwrap_or_default()))
}

/// The `Date` of an answer.
pub(super) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(headers.get(DATE)?.to_str().ok()?)
}

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7, the one form that may be sent).
fn http_date(text: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut words = text.split_once(", ")?.1.split(' ');
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let (clock, zone) = (words.next()?, words.next()?);
    if zone != "GMT" || words.next().is_some() {
        return None;
    }
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    Timestamp::parse(&format!("{year}-{month:02}-{day}T{clock}Z"))
}

#[cfg(test)]
mod tests;
