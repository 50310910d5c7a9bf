//! An HTTP client with one kept-alive connection to the server.
//!
//! It has no pool and follows no redirects, because it shares the machine with the server that it
//! measures.

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use std::net::{IpAddr, SocketAddr};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// The API key of the client that every fresh database has.
pub const KEY: &str = "demo-api-key-789";

/// A connection, which is closed when this is dropped.
pub struct Client {
    address: SocketAddr,
    sender: SendRequest<Full<Bytes>>,
    task: JoinHandle<()>,
}

/// A complete answer.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

impl Client {
    /// Opens a connection.
    pub async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("the server takes no connection")?;
        Self::begin(stream, address).await
    }

    /// Opens a connection from another address of this machine.
    pub async fn connect_from(from: IpAddr, address: SocketAddr) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(from, 0))?;
        let stream = socket.connect(address).await.context("the server takes no connection")?;
        Self::begin(stream, address).await
    }

    async fn begin(stream: TcpStream, address: SocketAddr) -> Result<Self> {
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // A failure of the connection also fails the current request.
        let task = tokio::spawn(async { drop(connection.await) });
        Ok(Self { address, sender, task })
    }

    /// Sends JSON and reads the answer.
    pub async fn post(&mut self, path: &str, body: impl Into<Bytes>) -> Result<Answer> {
        self.send_request(Method::POST, path, body.into()).await
    }

    /// Sends a GET request and reads the answer.
    pub async fn get(&mut self, path: &str) -> Result<Answer> {
        self.send_request(Method::GET, path, Bytes::new()).await
    }

    async fn send_request(&mut self, method: Method, path: &str, body: Bytes) -> Result<Answer> {
        self.send_with(method, path, &[("x-api-key", KEY)], body).await
    }

    /// Sends a request with these headers and reads the answer. The body is JSON unless a header
    /// says otherwise.
    pub async fn send_with(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Answer> {
        let mut request =
            Request::builder().method(method).uri(path).header(HOST, self.address.to_string());
        if !headers.iter().any(|(name, _)| *name == CONTENT_TYPE) {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body))?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status().as_u16();
        Ok(Answer { status, body: response.into_body().collect().await?.to_bytes() })
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.task.abort();
    }
}
