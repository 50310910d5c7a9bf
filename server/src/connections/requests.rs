//! Serves the requests on one connection.

use super::activity::Activity;
use super::answer_body::AnswerBody;
use super::places::Surplus;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often an HTTP/2 connection is pinged to check that the other side still exists.
const STILL_THERE: Duration = Duration::from_secs(20);
/// How long the answer to a ping may take. It waits behind all that the other side has not read: on
/// a link of 1 kB a second, behind a receive buffer of usual size.
const PING_ANSWER: Duration = Duration::from_mins(3);
/// The most bytes of answers that hyper keeps for one connection, or for one HTTP/2 stream; also
/// the most bytes of a request's header.
const BUFFER: usize = 64 * 1024;
/// The most requests at once on an HTTP/2 connection.
const STREAMS: u32 = 100;
/// How often within its time-outs an HTTP/2 connection is looked at.
const LOOKS: u32 = 4;

/// The conditions for one connection.
#[derive(Debug)]
pub struct ServeOptions {
    /// The address of the other side.
    pub peer: SocketAddr,
    /// How long a request's header may take, and the pause between two requests.
    pub header_timeout: Duration,
    /// How long an answer may be unread.
    pub write_timeout: Duration,
    /// Why only health checks are answered; `None` if all requests are.
    pub surplus: Option<Surplus>,
    /// Cancelled when the server stops.
    pub stop: CancellationToken,
}

/// Serves the requests on one connection, until it ends or has to.
pub async fn serve_requests(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    routes: Router,
    activity: Arc<Activity>,
    options: ServeOptions,
) {
    let ServeOptions { peer, header_timeout, write_timeout, surplus, stop } = options;
    let routes = TowerToHyperService::new(routes);
    let service = service_fn({
        let activity = Arc::clone(&activity);
        move |mut request: Request<Incoming>| {
            let open = activity.begin_answer(request.version());
            request.extensions_mut().insert(ConnectInfo(peer));
            if let Some(surplus) = surplus {
                request.extensions_mut().insert(surplus);
            }
            let answer = routes.call(request);
            async move {
                let answer = answer.await;
                answer.map(|response| response.map(|body| AnswerBody::new(body, open)))
            }
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    // A surplus connection is closed after its first answer.
    let keep_alive = surplus.is_none();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(header_timeout);
    builder.http1().max_buf_size(BUFFER).keep_alive(keep_alive);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(STILL_THERE);
    builder.http2().keep_alive_timeout(PING_ANSWER);
    builder.http2().max_send_buf_size(BUFFER).max_concurrent_streams(STREAMS);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    // The first bytes show the version of HTTP, and none of hyper's time-outs runs until they
    // arrive. So the first request has a time-out here. Afterwards, HTTP/2 needs the looks: hyper
    // and the socket do not show whether its answers are taken.
    let mut next_look = pin!(tokio::time::sleep(header_timeout));
    let (mut looking, mut stopping) = (true, false);
    let mut closing_since: Option<Instant> = None;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!("a connection failed: {error}");
                }
                return;
            }
            () = &mut next_look, if looking => {
                let now = Instant::now();
                if !activity.has_request() || activity.has_stalled_for(write_timeout, now) {
                    return;
                }
                looking = activity.is_http2();
                next_look.as_mut().reset(now + header_timeout.min(write_timeout) / LOOKS);
                if looking && activity.is_idle_for(header_timeout, now) {
                    // First it is only announced: a request may be on its way, and the last
                    // answer may not have arrived.
                    let most = header_timeout.max(write_timeout);
                    if closing_since.is_some_and(|since| now - since >= most) {
                        return;
                    }
                    if closing_since.is_none() {
                        closing_since = Some(now);
                        connection.as_mut().graceful_shutdown();
                    }
                }
            }
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
