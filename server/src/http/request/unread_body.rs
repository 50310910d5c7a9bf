//! Reads what a handler left of a request's body, or says that the connection closes.
//!
//! A request may be answered before its body was read: it came too often, its type is wrong, its
//! key is unknown. hyper then closes the connection after the answer, unless the rest is there
//! already. A client that keeps connections, such as a proxy, must not be left to find that out with
//! its next request.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Frame, SizeHint};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

/// The most bytes that are read for nothing. A connection is cheaper than more than that.
const MOST: usize = 64 * 1024;
/// How long they may take, as the answer waits for them.
const PATIENCE: Duration = Duration::from_secs(1);

/// A request's body, of which the rest can be read once the handler is done with it.
#[derive(Debug, Clone)]
struct SharedBody(Arc<Mutex<Rest>>);

#[derive(Debug)]
struct Rest {
    body: Body,
    ended: bool,
}

/// Leaves no part of a body unread without saying `Connection: close`.
pub async fn drain_or_close(request: Request, next: Next) -> Response {
    // By HTTP/2 a stream of its own ends, and the connection stays.
    if request.version() > Version::HTTP_11 || request.body().is_end_stream() {
        return next.run(request).await;
    }
    // The sender waits for leave to send the body, so it is better not to read it.
    let waits = request.headers().contains_key(header::EXPECT);
    let mut shared = None;
    let request = request.map(|body| {
        let body = SharedBody(Arc::new(Mutex::new(Rest { body, ended: false })));
        shared = Some(body.clone());
        Body::new(body)
    });
    let mut response = next.run(request).await;
    let Some(rest) = shared else { return response };
    if rest.is_ended() {
        return response;
    }
    // A body that was too slow is not waited for again.
    let hopeless = waits || response.status() == StatusCode::REQUEST_TIMEOUT;
    if hopeless || !rest.drain().await {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

impl SharedBody {
    fn rest(&self) -> MutexGuard<'_, Rest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_ended(&self) -> bool {
        let rest = self.rest();
        rest.ended || rest.body.is_end_stream()
    }

    /// Reads the rest if it is small and comes soon; returns whether it has ended.
    async fn drain(mut self) -> bool {
        let read = async {
            let mut bytes = 0;
            while bytes <= MOST {
                match poll_fn(|cx| Pin::new(&mut self).poll_frame(cx)).await {
                    None => return true,
                    Some(Ok(frame)) => bytes += frame.data_ref().map_or(0, Bytes::len),
                    Some(Err(_)) => return false,
                }
            }
            false
        };
        tokio::time::timeout(PATIENCE, read).await.unwrap_or(false)
    }
}

impl HttpBody for SharedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut rest = self.rest();
        let read = Pin::new(&mut rest.body).poll_frame(cx);
        rest.ended = matches!(read, Poll::Ready(None));
        read
    }

    fn is_end_stream(&self) -> bool {
        self.is_ended()
    }

    fn size_hint(&self) -> SizeHint {
        self.rest().body.size_hint()
    }
}
