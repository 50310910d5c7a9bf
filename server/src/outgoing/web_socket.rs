//! Opens WebSockets where the guard allows.

#[cfg(test)]
mod tests;

use super::{AddressError, CONNECT_TIMEOUT, Host, OutgoingClient, RESOLVE_TIMEOUT};
use reqwest::Url;
use rustls::pki_types::ServerName;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::header::{AUTHORIZATION, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, http::StatusCode};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// How long the other side may take to accept a WebSocket.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// A longer message closes the connection; no event comes near.
const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// A connection, encrypted or not.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A WebSocket.
pub type EventSocket = WebSocketStream<Box<dyn Io>>;

/// Why a WebSocket could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// The guard refuses the address.
    #[error("its address {0}")]
    Address(#[from] AddressError),
    /// There is no connection.
    #[error("no connection: {0}")]
    Io(#[from] io::Error),
    /// The other side answered, and not with a WebSocket.
    #[error("it answered with HTTP status {0}")]
    Refused(StatusCode),
    /// The other side does not speak the protocol.
    #[error("it is no WebSocket: {0}")]
    Protocol(Box<tungstenite::Error>),
    /// It took too long.
    #[error("it did not answer in time")]
    TimedOut,
}

impl OutgoingClient {
    /// Opens a WebSocket at a URL, which has the scheme of HTTP.
    pub async fn open_web_socket(
        &self,
        url: &str,
        authorization: HeaderValue,
    ) -> Result<EventSocket, SocketError> {
        let (parsed, reach, host) = self.guard.parse_url(url)?;
        let addresses = match host {
            Host::Address => vec![literal_address(&parsed)?],
            Host::Name(name) => {
                let resolving = self.guard.names.resolve(name);
                let resolved = tokio::time::timeout(RESOLVE_TIMEOUT, resolving).await;
                let addresses = resolved.map_err(|_| SocketError::TimedOut)??;
                // The connection goes to one of exactly these.
                self.guard.check_addresses(&addresses, reach)?;
                addresses
            }
        };
        let opening = self.shake_hands(&parsed, &addresses, authorization);
        tokio::time::timeout(HANDSHAKE_TIMEOUT, opening).await.map_err(|_| SocketError::TimedOut)?
    }

    async fn shake_hands(
        &self,
        url: &Url,
        addresses: &[IpAddr],
        authorization: HeaderValue,
    ) -> Result<EventSocket, SocketError> {
        let port = url.port_or_known_default().ok_or(AddressError::Invalid)?;
        let targets: Vec<_> = addresses.iter().map(|ip| SocketAddr::new(*ip, port)).collect();
        let connecting = TcpStream::connect(targets.as_slice());
        let plain = tokio::time::timeout(CONNECT_TIMEOUT, connecting);
        let plain = plain.await.map_err(|_| SocketError::TimedOut)??;
        plain.set_nodelay(true)?;
        let stream: Box<dyn Io> = if url.scheme() == "https" {
            let host = url.host_str().ok_or(AddressError::Invalid)?;
            let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
            let name = ServerName::try_from(bare).map_err(|_| AddressError::Invalid)?;
            let connector = TlsConnector::from(Arc::clone(&self.tls));
            Box::new(connector.connect(name, plain).await?)
        } else {
            Box::new(plain)
        };
        let address = url.as_str().replacen("http", "ws", 1);
        let mut request = address.into_client_request().map_err(socket_error)?;
        let mut authorization = authorization;
        authorization.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, authorization);
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        let opened = client_async_with_config(request, stream, Some(config)).await;
        opened.map(|(socket, _)| socket).map_err(socket_error)
    }
}

fn literal_address(url: &Url) -> Result<IpAddr, AddressError> {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse().map_err(|_| AddressError::Invalid)
}

fn socket_error(error: tungstenite::Error) -> SocketError {
    match error {
        tungstenite::Error::Http(answer) => SocketError::Refused(answer.status()),
        tungstenite::Error::Io(error) => SocketError::Io(error),
        other => SocketError::Protocol(Box::new(other)),
    }
}
