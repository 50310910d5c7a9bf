//! A collector of traces, which reads what it receives as the standard says.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// A received span.
#[derive(Debug, Clone)]
pub struct ReceivedSpan {
    pub name: String,
    pub trace: Vec<u8>,
    pub id: Vec<u8>,
    pub parent: Vec<u8>,
    pub status: i32,
    /// Of the span and of the server that sent it, as texts.
    pub attributes: HashMap<String, String>,
}

/// A collector.
#[derive(Clone, Default)]
pub struct Collector {
    spans: Arc<Mutex<Vec<ReceivedSpan>>>,
    bodies: Arc<Mutex<Vec<u8>>>,
    headers: Arc<Mutex<Vec<HeaderMap>>>,
    hangs: Arc<AtomicBool>,
    arrived: Arc<Notify>,
}

impl Collector {
    /// Starts it, and returns its address.
    pub async fn start(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes =
            axum::Router::new().route("/v1/traces", post(Self::receive)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        url
    }

    /// Answers nothing from now on.
    pub fn hang(&self) {
        self.hangs.store(true, Ordering::SeqCst);
    }

    /// Waits until a request has arrived.
    pub async fn wait_for_request(&self) {
        self.arrived.notified().await;
    }

    /// Returns all spans that have arrived.
    pub fn spans(&self) -> Vec<ReceivedSpan> {
        self.spans.lock().unwrap().clone()
    }

    /// Returns the spans with this name.
    pub fn spans_named(&self, name: &str) -> Vec<ReceivedSpan> {
        self.spans().into_iter().filter(|span| span.name == name).collect()
    }

    /// Returns whether a text is anywhere in what has arrived.
    pub fn has_received(&self, text: &str) -> bool {
        let bodies = self.bodies.lock().unwrap();
        bodies.windows(text.len()).any(|part| part == text.as_bytes())
    }

    /// Returns the headers of the requests.
    pub fn headers(&self) -> Vec<HeaderMap> {
        self.headers.lock().unwrap().clone()
    }

    async fn receive(State(own): State<Self>, headers: HeaderMap, body: Bytes) -> StatusCode {
        own.headers.lock().unwrap().push(headers);
        own.arrived.notify_one();
        if own.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let Ok(request) = ExportTraceServiceRequest::decode(body.clone()) else {
            return StatusCode::BAD_REQUEST;
        };
        own.bodies.lock().unwrap().extend(body);
        for resource in request.resource_spans {
            let of_server = resource.resource.map(|resource| resource.attributes);
            for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                let attributes = of_server.iter().flatten().chain(&span.attributes);
                let attributes = attributes
                    .map(|pair| (pair.key.clone(), text(pair.value.clone().unwrap().value)))
                    .collect();
                own.spans.lock().unwrap().push(received(span, attributes));
            }
        }
        StatusCode::OK
    }
}

fn received(span: Span, attributes: HashMap<String, String>) -> ReceivedSpan {
    ReceivedSpan {
        name: span.name,
        trace: span.trace_id,
        id: span.span_id,
        parent: span.parent_span_id,
        status: span.status.map_or(0, |status| status.code),
        attributes,
    }
}

fn text(value: Option<Value>) -> String {
    match value.unwrap() {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        Value::DoubleValue(number) => number.to_string(),
        other => panic!("{other:?}"),
    }
}
