//! Sends traces to an OpenTelemetry collector.
//!
//! Ended spans wait in a bounded queue, which a thread of its own sends in batches. If the collector does
//! not answer, the queue fills and further spans are dropped: no request ever waits for it.

mod collector;

use crate::config::TraceSettings;
use crate::outgoing::{self, ClientError};
use crate::request_trace::RequestTrace;
use crate::secret::Secret;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use collector::CollectorClient;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider,
};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// The name of the program, by which collectors group spans.
const NAME: &str = "call-ribbon";
/// The most ended spans that wait; each takes about a kilobyte.
const QUEUE: usize = 4096;
/// The most spans in one request to the collector.
const BATCH: usize = 512;
/// The longest time that an ended span waits for others.
const DELAY: Duration = Duration::from_secs(1);
/// How long sending a batch may take, with repeated attempts.
const TIMEOUT: Duration = Duration::from_secs(5);
/// How long the last spans may take when the server stops.
const LAST_SPANS: Duration = Duration::from_secs(3);

/// Why traces cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The headers cannot be read. They are not shown, because they are secrets.
    #[error(
        "otlp_headers must be like name=value, several separated by commas: letters, digits and - in \
         each name, and no line break in a value"
    )]
    Headers,
    /// The HTTP client could not be created.
    #[error("the HTTP client for traces could not be set up")]
    Client(#[from] ClientError),
    /// The exporter could not be created.
    #[error("traces could not be set up")]
    Exporter(#[from] ExporterBuildError),
}

/// Makes and sends traces.
pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    propagator: TraceContextPropagator,
}

impl Traces {
    /// Prepares traces, if the settings name a collector. It need not answer yet. `instance` tells this
    /// server from others.
    pub fn prepare(settings: &TraceSettings, instance: String) -> Result<Option<Self>, TraceError> {
        let Some(url) = &settings.otlp_endpoint else { return Ok(None) };
        let headers = settings.otlp_headers.as_ref().map_or("", Secret::expose);
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(url.to_string())
            .with_headers(parse_headers(headers)?)
            .with_timeout(TIMEOUT)
            .with_http_client(CollectorClient::new(outgoing::operators_client(TIMEOUT)?))
            .build()?;
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE)
            .with_max_export_batch_size(BATCH)
            .with_scheduled_delay(DELAY)
            .build();
        let processor = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
        let resource = Resource::builder()
            .with_service_name(NAME)
            .with_attributes([
                KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
                KeyValue::new("service.instance.id", instance),
            ])
            .build();
        let share = Sampler::TraceIdRatioBased(f64::from(settings.trace_percent) / 100.0);
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_resource(resource)
            .with_sampler(Sampler::ParentBased(Box::new(share)))
            .build();
        let tracer = provider.tracer(NAME);
        Ok(Some(Self { provider, tracer, propagator: TraceContextPropagator::new() }))
    }

    /// Begins the trace of a request, unless it is not one of the percentage. `from` has the headers of a
    /// trusted proxy, whose trace is continued.
    pub fn begin_request(
        &self,
        from: Option<&HeaderMap>,
        method: &'static str,
        route: &str,
        request_id: &str,
    ) -> Option<Arc<RequestTrace>> {
        let parent = from.map_or_else(Context::new, |headers| {
            self.propagator.extract_with_context(&Context::new(), &HeaderExtractor(headers))
        });
        RequestTrace::begin(&self.tracer, &parent, method, route, request_id)
    }

    /// Sends the spans that wait, for a few seconds at most.
    pub async fn send_last(&self) {
        let provider = self.provider.clone();
        // It blocks its thread, while this one sends.
        let sent =
            tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(LAST_SPANS)).await;
        if !matches!(sent, Ok(Ok(()))) {
            tracing::warn!("the last traces could not be sent to the collector");
        }
    }
}

/// Reads headers from a text like `name=value,name=value`.
fn parse_headers(text: &str) -> Result<HashMap<String, String>, TraceError> {
    let mut headers = HashMap::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').ok_or(TraceError::Headers)?;
        let (name, value) = (name.trim(), value.trim());
        let is_header = HeaderName::from_bytes(name.as_bytes()).is_ok()
            && HeaderValue::from_str(value).is_ok()
            && !value.is_empty();
        if !is_header {
            return Err(TraceError::Headers);
        }
        headers.insert(name.to_owned(), value.to_owned());
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_pairs() {
        let read = parse_headers("api-key=a=b, X-Team = calls,").unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!((&*read["api-key"], &*read["X-Team"]), ("a=b", "calls"));
        assert!(parse_headers("").unwrap().is_empty());
        for wrong in ["api-key", "=value", "a b=c", "name=", "name=a\nb", "näme=a"] {
            assert!(parse_headers(wrong).is_err(), "{wrong}");
        }
    }
}
