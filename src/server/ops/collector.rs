//! The way out to a collector of traces: our own client under the exporter of OpenTelemetry.
//!
//! As strict as the way to Microsoft: no redirects, no proxy from the environment, a deadline, and an answer is read
//! only as far as its limit. The exporter waits on a thread of its own, so that a dead collector costs no request
//! anything; the operator is told when it stops answering, and when it answers again, and not in between.

use std::{
    future::poll_fn,
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::Handle;

/// For a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// For one request, its answer included.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// The most that a collector may answer: it has nothing to say but that some spans were not taken.
const ANSWER_LIMIT: usize = 64 * 1024;

/// A collector, as the exporter sees it.
#[derive(Debug)]
pub(super) struct Collector {
    client: reqwest::Client,
    runtime: Handle,
    is_failing: AtomicBool,
}

/// What went wrong, without the address: that may be nobody's business.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("the collector answers with more than {ANSWER_LIMIT} bytes")]
    TooLarge,
    #[error("the collector cannot be asked: {0}")]
    Client(#[from] reqwest::Error),
    #[error(transparent)]
    Message(#[from] http::Error),
}

impl Collector {
    /// A client whose connections live on `runtime`.
    ///
    /// # Errors
    /// The client's own, on a machine without root certificates.
    pub(super) fn new(encrypted: bool, runtime: Handle) -> Result<Self, reqwest::Error> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN)
            .https_only(encrypted)
            .no_proxy()
            .referer(false)
            .user_agent(concat!("SonicSaaS/", env!("CARGO_PKG_VERSION")));
        if !encrypted {
            builder = builder.tls_certs_only([]);
        }
        Ok(Self {
            client: builder.build()?,
            runtime,
            is_failing: AtomicBool::new(false),
        })
    }

    async fn ask(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Failed> {
        let request = reqwest::Request::try_from(request)?;
        let without_address = |error: reqwest::Error| Failed::Client(error.without_url());
        let mut response = self.client.execute(request).await.map_err(without_address)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(without_address)? {
            if body.len() + chunk.len() > ANSWER_LIMIT {
                return Err(Failed::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = Response::builder().status(response.status());
        if let Some(headers) = answer.headers_mut() {
            headers.clone_from(response.headers());
        }
        Ok(answer.body(Bytes::from(body))?)
    }

    /// Says once that it fails, and once that it does not any more.
    fn tell(&self, failure: Option<&dyn std::fmt::Display>) {
        let was_failing = self.is_failing.swap(failure.is_some(), Ordering::Relaxed);
        match failure {
            Some(error) if !was_failing => {
                tracing::warn!(%error, "traces cannot be delivered; they are dropped until they can");
            }
            None if was_failing => tracing::info!("traces are delivered again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut asked = pin!(self.ask(request));
        // The exporter's thread is none of the runtime's: timers and sockets find it only while it is entered.
        let answer = poll_fn(|context| {
            let _entered = self.runtime.enter();
            asked.as_mut().poll(context)
        })
        .await;
        match &answer {
            Ok(answer) if answer.status().is_success() => self.tell(None),
            Ok(answer) => self.tell(Some(&answer.status())),
            Err(error) => self.tell(Some(error)),
        }
        Ok(answer?)
    }
}
