//! Traces: spans of requests, of the steps of a sign-in and of calls to Microsoft, sent to an OTLP collector.
//!
//! Only spans of our own, and of them only what their code names: routes, statuses, fixed words and the reference that a
//! person sees. Events, which may quote an error, stay in the log. Spans are sent in batches by a thread of the SDK's,
//! from a queue with a limit: when the collector is slow or gone, spans are dropped and requests are not.
//!
//! A `traceparent` (W3C Trace Context) is read only when a proxy of `TRUSTED_PROXIES` sends it, and then it becomes a
//! *link* of our span, never its parent: most proxies pass on what a client sent, and a client must not decide in which
//! trace our spans stand, nor whether they are kept. Microsoft is told nothing.

use std::time::Duration;

use http::HeaderMap;
use opentelemetry::{
    Context, KeyValue,
    propagation::TextMapPropagator as _,
    trace::{TraceContextExt as _, TracerProvider as _},
};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider},
};
use tokio::runtime::Handle;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, filter_fn},
    registry::LookupSpan,
};
use url::Url;

use super::{
    collector::{ANSWER_WITHIN, Collector},
    log::is_own_span,
};

/// Spans that wait; more are dropped.
const QUEUE: usize = 2048;
/// Spans of one message.
const BATCH: usize = 256;
/// How long a span waits for others.
const EVERY: Duration = Duration::from_secs(2);
/// How long the process waits for the last spans when it stops.
const FLUSH_WITHIN: Duration = Duration::from_secs(3);

/// Traces on their way.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Starts sending to the collector at `endpoint`, over connections on `runtime`.
    ///
    /// # Errors
    /// Why no client or no exporter can be made. A collector that does not answer is no error.
    pub fn start(endpoint: &Url, runtime: Handle) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let collector = Collector::new(endpoint.scheme() == "https", runtime)?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(collector)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(address(endpoint))
            .with_timeout(ANSWER_WITHIN)
            .build()?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE)
            .with_max_export_batch_size(BATCH)
            .with_scheduled_delay(EVERY)
            .build();
        let resource = Resource::builder_empty()
            .with_service_name("sonicsaas")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(
                BatchSpanProcessor::builder(exporter)
                    .with_batch_config(batches)
                    .build(),
            )
            .with_sampler(Sampler::AlwaysOn)
            .with_resource(resource)
            .build();
        Ok(Self(provider))
    }

    /// What hands our spans over.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("sonicsaas"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(is_own_span).with_max_level_hint(LevelFilter::INFO))
    }

    /// Sends what waits, for a few seconds at most. Blocks; called when no request runs any more.
    pub fn finish(self) {
        if let Err(error) = self.0.shutdown_with_timeout(FLUSH_WITHIN) {
            tracing::warn!(%error, "the last traces could not be delivered");
        }
    }
}

/// The signal's address below the collector's.
fn address(endpoint: &Url) -> String {
    format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/'))
}

/// Links `span` to the trace that a trusted proxy names, if it does.
pub(super) fn link(span: &Span, headers: &HeaderMap) {
    if !headers.contains_key("traceparent") {
        return;
    }
    // Into an empty context: what is not named must not come from here.
    let named =
        TraceContextPropagator::new().extract_with_context(&Context::new(), &HeaderExtractor(headers));
    let theirs = named.span().span_context().clone();
    if theirs.is_valid() {
        span.add_link(theirs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signal_has_its_own_address() {
        for (endpoint, expected) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"),
            ("https://example.com/otlp", "https://example.com/otlp/v1/traces"),
        ] {
            assert_eq!(address(&Url::parse(endpoint).expect("an address")), expected);
        }
    }
}
