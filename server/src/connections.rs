//! Accepts connections and serves the requests on them.
//!
//! Replaces `axum::serve`, which waits for a silent sender forever and accepts any number of
//! connections: a few thousand idle sockets could exhaust the server's resources.

use crate::config::Limits;
use crate::metrics::GaugeGuard;
use crate::tls::Tls;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use prometheus_client::metrics::gauge::Gauge;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long to wait after a connection could not be accepted, such as when all files are in use.
const NO_MORE_FILES: Duration = Duration::from_millis(200);
/// How often an HTTP/2 connection is pinged to check that the other side still exists.
const STILL_THERE: Duration = Duration::from_secs(20);

/// The open connections. Those left when this is dropped are cut off.
pub struct Connections(JoinSet<()>);

/// The conditions for accepting connections.
#[derive(Debug, Clone, Copy)]
pub struct AcceptOptions<'a> {
    /// How many may be open, and their time-outs.
    pub limits: &'a Limits,
    /// The certificate, for HTTPS.
    pub tls: Option<&'a Tls>,
    /// Counts the open connections.
    pub open: &'a Gauge,
}

impl Connections {
    /// Accepts connections until cancelled, and returns those that are still open then.
    pub async fn accept_until_stopped(
        listener: TcpListener,
        routes: Router,
        terms: AcceptOptions<'_>,
        stop: &CancellationToken,
    ) -> Self {
        let limits = terms.limits;
        let room = usize::try_from(limits.connections).unwrap_or(Semaphore::MAX_PERMITS);
        let room = Arc::new(Semaphore::new(room.clamp(1, Semaphore::MAX_PERMITS)));
        let mut open = JoinSet::new();
        loop {
            let (stream, peer, place) = tokio::select! {
                () = stop.cancelled() => return Self(open),
                next = accept_next(&listener, &room) => next,
            };
            let (routes, stop) = (routes.clone(), stop.clone());
            let patience = limits.header_timeout();
            let tls = terms.tls.map(Tls::acceptor);
            let counted = GaugeGuard::new(terms.open);
            open.spawn(async move {
                // Small answers are sent at once (no Nagle delay); if that cannot be set, they are
                // only slower.
                let _ = stream.set_nodelay(true);
                match tls {
                    None => serve_requests(stream, peer, routes, patience, stop).await,
                    // Within the task, so that a client that does not complete the handshake delays
                    // no other.
                    Some(tls) => match tokio::time::timeout(patience, tls.accept(stream)).await {
                        Ok(Ok(stream)) => {
                            serve_requests(stream, peer, routes, patience, stop).await;
                        }
                        Ok(Err(error)) => tracing::debug!("a TLS handshake failed: {error}"),
                        Err(_) => tracing::debug!("a TLS handshake timed out"),
                    },
                }
                drop((place, counted));
            });
            // Removes finished tasks, which would be kept otherwise.
            while open.try_join_next().is_some() {}
        }
    }

    /// Waits until all connections have ended.
    pub async fn wait_until_ended(mut self) {
        while self.0.join_next().await.is_some() {}
    }
}

/// Accepts the next connection, as soon as the limit allows it. Until then it waits in the
/// operating system's queue, which costs the server nothing.
async fn accept_next(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so a permit is always granted eventually.
    let place = Arc::clone(room).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            // A connection that ended before it was accepted needs no pause.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionAborted
                        | ErrorKind::ConnectionReset
                        | ErrorKind::ConnectionRefused
                ) => {}
            Err(error) => {
                tracing::warn!("a connection could not be accepted: {error}");
                tokio::time::sleep(NO_MORE_FILES).await;
            }
        }
    }
}

/// Serves the requests on one connection, until it ends or is told to.
async fn serve_requests(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    routes: Router,
    patience: Duration,
    stop: CancellationToken,
) {
    let asked = Arc::new(AtomicBool::new(false));
    let routes = TowerToHyperService::new(routes);
    let service = service_fn({
        let asked = Arc::clone(&asked);
        move |mut request: Request<Incoming>| {
            asked.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(ConnectInfo(peer));
            routes.call(request)
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(patience);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(STILL_THERE);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    // The first bytes show the version of HTTP, and none of hyper's time-outs runs until they
    // arrive. So the first request has a time-out here.
    let mut first = pin!(tokio::time::sleep(patience));
    let (mut waiting, mut stopping) = (true, false);
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!("a connection failed: {error}");
                }
                return;
            }
            () = &mut first, if waiting => {
                if !asked.load(Ordering::Relaxed) {
                    return;
                }
                waiting = false;
            }
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
