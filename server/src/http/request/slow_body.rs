//! Limits how long a request body may take to arrive.

use super::problem::Problem;
use crate::app::App;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The end of the path of a file that is read as it arrives: none of it is held in memory.
const STREAMED: &str = "/suppressions/import";
/// How long such a file may take to arrive, and to be written meanwhile.
const FOR_FILES: Duration = Duration::from_mins(30);

/// Answers a request whose body does not arrive in time with a 408. The limit is for the whole
/// body: a sender of one byte now and then could otherwise hold what was read in memory forever.
pub async fn limit_body_time(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let late = Arc::new(AtomicBool::new(false));
    let within = app.config.limits.body_timeout();
    let within = if request.uri().path().ends_with(STREAMED) { FOR_FILES } else { within };
    let request = request.map(|body| with_deadline(body, within, Arc::clone(&late)));
    let mut response = next.run(request).await;
    if late.load(Ordering::Relaxed) {
        // The reader of the body sees this as an interrupted body.
        *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
        response.extensions_mut().insert(Problem::from_status(StatusCode::REQUEST_TIMEOUT));
    }
    response
}

/// Returns the body, which ends with an error when the time is over.
fn with_deadline(body: Body, within: Duration, late: Arc<AtomicBool>) -> Body {
    let parts = body.into_data_stream();
    let over = Box::pin(tokio::time::sleep(within));
    Body::from_stream(stream::unfold((parts, over), move |(mut parts, mut over)| {
        let late = Arc::clone(&late);
        async move {
            let part = tokio::select! {
                part = parts.next() => part?.map_err(io::Error::other),
                () = &mut over => {
                    late.store(true, Ordering::Relaxed);
                    Err(io::ErrorKind::TimedOut.into())
                }
            };
            Some((part, (parts, over)))
        }
    }))
}
