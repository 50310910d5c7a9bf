//! The HTTP client through which spans are sent.

use async_trait::async_trait;
use axum::http::{Request, Response};
use bytes::{Bytes, BytesMut};
use opentelemetry_http::{HttpClient, HttpError};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::Handle;

/// Bytes of an answer that are read; a collector answers with a few.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Sends batches of spans, and logs when sending begins to fail and when it works again.
#[derive(Debug)]
pub struct CollectorClient {
    http: reqwest::Client,
    /// The exporter's thread is not one of the runtime's, in which the client has to run.
    runtime: Handle,
    fails: AtomicBool,
}

impl CollectorClient {
    /// Creates a client. Requests run in the current runtime.
    pub fn new(http: reqwest::Client) -> Self {
        Self { http, runtime: Handle::current(), fails: AtomicBool::new(false) }
    }

    fn log_result(&self, result: &Result<Response<Bytes>, HttpError>) {
        let why = match result {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(format!("it answers with status {}", response.status().as_u16())),
            Err(error) => Some(error.to_string()),
        };
        match why {
            Some(why) if !self.fails.swap(true, Ordering::Relaxed) => tracing::warn!(
                "traces cannot be sent to the collector, and are dropped until it takes them: {why}"
            ),
            None if self.fails.swap(false, Ordering::Relaxed) => {
                tracing::info!("the collector takes traces again");
            }
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for CollectorClient {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sending = self.runtime.spawn(send_request(self.http.clone(), request));
        let result = sending.await.unwrap_or_else(|stopped| Err(stopped.into()));
        self.log_result(&result);
        result
    }
}

async fn send_request(
    http: reqwest::Client,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, HttpError> {
    let mut answer = http.execute(request.try_into()?).await.map_err(describe)?;
    let mut body = BytesMut::new();
    while let Some(part) = answer.chunk().await.map_err(describe)? {
        if body.len() + part.len() > MAX_ANSWER_BYTES {
            return Err("its answer is too long".into());
        }
        body.extend_from_slice(&part);
    }
    let mut response = Response::new(body.freeze());
    *response.status_mut() = answer.status();
    std::mem::swap(response.headers_mut(), answer.headers_mut());
    Ok(response)
}

/// Says an error in words, with its innermost cause.
fn describe(error: reqwest::Error) -> HttpError {
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if error.is_timeout() { "it does not answer in time".into() } else { cause.to_string().into() }
}
