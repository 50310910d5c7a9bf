//! The trace of the request that the current task works for.
//!
//! A traced request is a span with spans inside it: one for each piece of work of storage, and one
//! for each request to a provider. A span has names that this program gives, numbers, and the ids of the
//! request and its client. It never has a path, a query, a header, a body or a text of an error, so no
//! phone number and no secret can be in it.
//!
//! Without a trace everything here does nothing, at the cost of one look.

use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanKind, Status, TraceContextExt as _, Tracer as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::SdkTracer;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The most spans inside a request's span; further work is only counted.
const MAX_SPANS: u32 = 64;
/// What the names of storage's modules begin with.
const STORAGE: &str = "call_ribbon_server::storage::";

tokio::task_local! {
    static CURRENT: Arc<RequestTrace>;
}

/// The trace of one request.
pub struct RequestTrace {
    tracer: SdkTracer,
    /// Holds the request's span.
    context: Context,
    sums: Mutex<Sums>,
}

/// What is counted while a request is answered.
#[derive(Default)]
struct Sums {
    spans: u32,
    operations: i64,
    /// Pieces of work of storage that run now, and since when there are any.
    running: Option<(u32, Instant)>,
    storage: Duration,
}

impl RequestTrace {
    /// Begins a request's span; `None` if the request is not traced. The route is a template.
    pub fn begin(
        tracer: &SdkTracer,
        parent: &Context,
        method: &'static str,
        route: &str,
        request_id: &str,
    ) -> Option<Arc<Self>> {
        let builder = SpanBuilder::from_name(format!("{method} {route}"))
            .with_kind(SpanKind::Server)
            .with_attributes([
                KeyValue::new("http.request.method", method),
                KeyValue::new("http.route", route.to_owned()),
                KeyValue::new("call_ribbon.request.id", request_id.to_owned()),
            ]);
        let span = tracer.build_with_context(builder, parent);
        span.is_recording().then(|| {
            let (tracer, context) = (tracer.clone(), Context::new().with_span(span));
            Arc::new(Self { tracer, context, sums: Mutex::default() })
        })
    }

    /// Returns the trace's id, for the log.
    pub fn id(&self) -> String {
        self.context.span().span_context().trace_id().to_string()
    }

    /// Ends the request's span with the status of the answer.
    pub fn end(&self, status: u16) {
        let (storage, operations) = {
            let sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
            (sums.storage, sums.operations)
        };
        let span = self.context.span();
        span.set_attributes([
            KeyValue::new("http.response.status_code", i64::from(status)),
            KeyValue::new("call_ribbon.storage.seconds", storage.as_secs_f64()),
            KeyValue::new("call_ribbon.storage.operations", operations),
        ]);
        if status >= 500 {
            span.set_status(Status::error(""));
        }
        span.end();
    }

    /// Begins a span inside the request's span; `None` if there are many.
    fn begin_inner(&self, builder: SpanBuilder) -> Option<Context> {
        {
            let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
            sums.spans += 1;
            if sums.spans > MAX_SPANS {
                return None;
            }
        }
        let span = self.tracer.build_with_context(builder, &self.context);
        Some(Context::new().with_span(span))
    }

    fn begin_storage(&self) {
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        sums.operations += 1;
        let (count, since) = sums.running.unwrap_or_else(|| (0, Instant::now()));
        sums.running = Some((count + 1, since));
    }

    fn end_storage(&self) {
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((count, since)) = sums.running.take() {
            if count > 1 {
                sums.running = Some((count - 1, since));
            } else {
                sums.storage += since.elapsed();
            }
        }
    }
}

/// Does work as a part of this trace, if there is one.
pub async fn run_within<F: Future>(trace: Option<Arc<RequestTrace>>, work: F) -> F::Output {
    match trace {
        Some(trace) => CURRENT.scope(trace, work).await,
        None => work.await,
    }
}

/// Returns work for a task of its own that remains a part of the current trace.
pub fn keep_trace<F: Future>(work: F) -> impl Future<Output = F::Output> {
    run_within(CURRENT.try_with(Arc::clone).ok(), work)
}

/// Adds the client to the current request's span.
pub fn record_client(client_id: &str) {
    // Without a trace there is nothing to add to.
    let _ = CURRENT.try_with(|trace| {
        let client = KeyValue::new("call_ribbon.client.id", client_id.to_owned());
        trace.context.span().set_attribute(client);
    });
}

/// One piece of work of storage, from its beginning until this is dropped.
#[must_use]
pub struct StorageWork {
    trace: Option<(Arc<RequestTrace>, Option<Context>)>,
}

impl StorageWork {
    /// Begins a piece of work of a module of storage, in a database of this kind.
    pub fn begin(module: &'static str, database: &'static str) -> Self {
        let trace = CURRENT.try_with(Arc::clone).ok().map(|trace| {
            trace.begin_storage();
            let name = module.strip_prefix(STORAGE).unwrap_or(module);
            let builder = SpanBuilder::from_name(name)
                .with_kind(SpanKind::Client)
                .with_attributes([KeyValue::new("db.system.name", database)]);
            let span = trace.begin_inner(builder);
            (trace, span)
        });
        Self { trace }
    }
}

impl Drop for StorageWork {
    fn drop(&mut self) {
        if let Some((trace, span)) = &self.trace {
            trace.end_storage();
            if let Some(span) = span {
                span.span().end();
            }
        }
    }
}

/// One request to a provider, from its beginning until this is dropped.
#[must_use]
pub struct ProviderRequest {
    span: Option<Context>,
}

impl ProviderRequest {
    /// Begins a request to a provider of this kind. Its address is not recorded: phone numbers and
    /// secrets are in some.
    pub fn begin(provider: &'static str, method: &'static str) -> Self {
        let builder = SpanBuilder::from_name(format!("{method} {provider}"))
            .with_kind(SpanKind::Client)
            .with_attributes([
                KeyValue::new("http.request.method", method),
                KeyValue::new("call_ribbon.provider", provider),
            ]);
        let span = CURRENT.try_with(|trace| trace.begin_inner(builder)).ok().flatten();
        Self { span }
    }

    /// Records the status of the answer; `None` if there was no answer.
    pub fn record_answer(&self, status: Option<u16>) {
        let Some(context) = &self.span else { return };
        let span = context.span();
        if let Some(status) = status {
            span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status)));
        }
        if status.is_none_or(|status| status >= 400) {
            span.set_status(Status::error(""));
        }
    }
}

impl Drop for ProviderRequest {
    fn drop(&mut self) {
        if let Some(context) = &self.span {
            context.span().end();
        }
    }
}
