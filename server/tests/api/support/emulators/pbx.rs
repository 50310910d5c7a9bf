//! A PBX that speaks Asterisk's protocol and sends whatever a test wants.

use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::{WebSocketStream, accept_async};

/// Long enough for a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(40);

/// A connection for events.
pub type Events = WebSocketStream<TcpStream>;

/// The PBX.
pub struct Pbx {
    /// Its address, as an account has it.
    pub url: String,
    opened: mpsc::UnboundedReceiver<Events>,
}

impl Pbx {
    /// Starts it. It agrees to every request and has no channels.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, opened) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, sender.clone()));
            }
        });
        Self { url, opened }
    }

    /// Waits until a server listens to events.
    pub async fn next_listener(&mut self) -> Events {
        tokio::time::timeout(PATIENCE, self.opened.recv()).await.unwrap().unwrap()
    }
}

async fn serve(mut stream: TcpStream, listeners: mpsc::UnboundedSender<Events>) {
    let mut head = [0; 2048];
    let Ok(length) = stream.peek(&mut head).await else { return };
    let head = String::from_utf8_lossy(&head[..length]);
    let path = head.split(' ').nth(1).unwrap_or_default();
    if path.starts_with("/ari/events") {
        if let Ok(socket) = accept_async(stream).await {
            let _ = listeners.send(socket);
        }
        return;
    }
    let is_list = ["/ari/channels", "/ari/bridges"].contains(&path) && head.starts_with("GET ");
    let body = if is_list { "[]" } else { "{}" };
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\
         Connection: close\r\n\r\n{body}"
    );
    let _ = stream.write_all(answer.as_bytes()).await;
    // Until the other side has read the answer.
    while stream.read(&mut [0; 2048]).await.is_ok_and(|read| read > 0) {}
}
