//! Accepts connections and serves the requests on them.
//!
//! Replaces `axum::serve`, which waits for a silent sender or reader forever and accepts any number
//! of connections: a few thousand idle sockets could exhaust the server's resources.
//!
//! [`places`] decides how many may be open. [`socket`] ends a connection whose answers are not
//! read; [`activity`] and [`answer_body`] find the same on HTTP/2, where a reader can stop one
//! answer while the socket goes on.

mod activity;
mod answer_body;
mod places;
mod requests;
mod socket;

pub use places::{SURPLUS_CONNECTIONS, Surplus};

use crate::config::Limits;
use crate::metrics::GaugeGuard;
use crate::tls::Tls;
use activity::Activity;
use axum::Router;
use places::Places;
use prometheus_client::metrics::gauge::Gauge;
use requests::{ServeOptions, serve_requests};
use socket::WatchedSocket;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// How long to wait after a connection could not be accepted, such as when all files are in use.
const NO_MORE_FILES: Duration = Duration::from_millis(200);

/// How often a limit that is reached is logged.
const WARN_EVERY: Duration = Duration::from_mins(1);

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
        let places = Arc::new(Places::new(limits));
        let mut open = JoinSet::new();
        let mut warned_at: Option<Instant> = None;
        loop {
            let (stream, peer) = tokio::select! {
                () = stop.cancelled() => return Self(open),
                next = accept_next(&listener) => next,
            };
            let place = places.take_place(peer.ip());
            if let Some(surplus) = place.surplus()
                && warned_at.is_none_or(|at| at.elapsed() >= WARN_EVERY)
            {
                warned_at = Some(Instant::now());
                warn_of_surplus(surplus, peer);
            }
            let options = ServeOptions {
                peer,
                header_timeout: limits.header_timeout(),
                write_timeout: limits.write_timeout(),
                surplus: place.surplus(),
                stop: stop.clone(),
            };
            let served =
                serve_connection(stream, terms.tls.map(Tls::acceptor), routes.clone(), options);
            let counted = GaugeGuard::new(terms.open);
            open.spawn(async move {
                place.end_token().run_until_cancelled(served).await;
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

fn warn_of_surplus(surplus: Surplus, peer: SocketAddr) {
    match surplus {
        Surplus::Server => tracing::warn!(
            "as many connections are open as `connections` allows; on more, only health checks are \
             answered"
        ),
        Surplus::Network => tracing::warn!(
            from = %peer.ip(),
            "a network has as many connections open as `connections_per_network` allows; on more, \
             only health checks are answered. If the address is a proxy's, name it as \
             `trusted_proxy`"
        ),
    }
}

/// Accepts the next connection.
async fn accept_next(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
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

/// Serves one connection, after the TLS handshake if there is a certificate.
async fn serve_connection(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    routes: Router,
    options: ServeOptions,
) {
    let activity = Arc::new(Activity::new());
    let socket = WatchedSocket::new(stream, options.write_timeout, Arc::clone(&activity));
    let Some(tls) = tls else { return serve_requests(socket, routes, activity, options).await };
    // Within the task, so that a client that does not complete the handshake delays no other.
    match tokio::time::timeout(options.header_timeout, tls.accept(socket)).await {
        Ok(Ok(stream)) => serve_requests(stream, routes, activity, options).await,
        Ok(Err(error)) => tracing::debug!("a TLS handshake failed: {error}"),
        Err(_) => tracing::debug!("a TLS handshake timed out"),
    }
}
