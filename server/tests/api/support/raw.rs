//! Connections on which tests write and read bytes themselves.

use super::Server;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// Longer than any step takes; only a hang reaches it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Opens a connection from an address of this machine. Its operating system keeps so little of what
/// is not read that the server notices soon.
pub async fn connect_from(server: &Server, from: &str) -> TcpStream {
    let to: SocketAddr = server.url.trim_start_matches("http://").parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    socket.connect(to).await.unwrap()
}

/// Opens a connection and sends this.
pub async fn send_bytes(server: &Server, bytes: &[u8]) -> TcpStream {
    let mut socket = connect_from(server, "127.0.0.1").await;
    // The server may have closed it already.
    let _ = socket.write_all(bytes).await;
    socket
}

/// An answer, read from a connection that may stay open.
pub struct RawAnswer {
    pub head: String,
    pub body: String,
}

impl RawAnswer {
    /// Reads one answer with a `Content-Length`; `None` if the connection is closed before.
    pub async fn read(socket: &mut TcpStream) -> Option<Self> {
        let mut text = Vec::new();
        loop {
            let at = text.windows(4).position(|bytes| bytes == b"\r\n\r\n");
            if let Some(at) = at {
                let head = String::from_utf8(text[..at].to_vec()).unwrap();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length.unwrap_or("0").parse().unwrap();
                if let Some(body) = text.get(at + 4..at + 4 + length) {
                    let body = String::from_utf8(body.to_vec()).unwrap();
                    return Some(Self { head, body });
                }
            }
            let mut bytes = [0; 4096];
            let read = tokio::time::timeout(PATIENCE, socket.read(&mut bytes)).await;
            match read.expect("the server neither answers nor closes") {
                Ok(0) | Err(_) => return None,
                Ok(count) => text.extend(&bytes[..count]),
            }
        }
    }

    pub fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub fn closes(&self) -> bool {
        self.head.lines().any(|line| line == "connection: close")
    }
}

/// The beginning of an HTTP/2 connection: the preface, and settings with this initial window.
pub fn begin_http2(window: u32) -> Vec<u8> {
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x06\x04\0\0\0\0\0\0\x04".to_vec();
    bytes.extend(window.to_be_bytes());
    bytes
}

/// A GET request on an HTTP/2 stream.
pub fn get_http2(stream: u32, path: &str) -> Vec<u8> {
    // GET, http, and the path and the host as texts (RFC 7541).
    let mut block = vec![0x82, 0x86, 0x04, u8::try_from(path.len()).unwrap()];
    block.extend(path.as_bytes());
    block.extend(b"\x01\x04test");
    let mut bytes = vec![0, 0, u8::try_from(block.len()).unwrap(), 1, 0x5];
    bytes.extend(stream.to_be_bytes());
    bytes.extend(block);
    bytes
}

/// Reads the body of the answer on stream 1, and lets the server send as much again as arrives.
/// Waits after each frame, at most this many times.
pub async fn read_http2(socket: &mut TcpStream, each_pause: Duration, most: u32) -> Vec<u8> {
    let mut body = Vec::new();
    let mut pauses = 0;
    loop {
        let mut head = [0; 9];
        socket.read_exact(&mut head).await.unwrap();
        let [_, high, low, kind, flags, .., stream] = head;
        let mut payload = vec![0; usize::from(u16::from_be_bytes([high, low]))];
        socket.read_exact(&mut payload).await.unwrap();
        // RFC 9113: 0 is DATA, 3 RST_STREAM, 6 PING, 7 GOAWAY, 8 WINDOW_UPDATE.
        match (kind, stream) {
            (0, 1) => {
                let count = u32::try_from(payload.len()).unwrap().to_be_bytes();
                body.extend(payload);
                if flags & 1 == 1 {
                    return body;
                }
                for stream in [0, 1].into_iter().filter(|_| count != [0; 4]) {
                    let more = [&b"\0\0\x04\x08\0\0\0\0"[..], &[stream], &count].concat();
                    socket.write_all(&more).await.unwrap();
                }
                if pauses < most {
                    pauses += 1;
                    tokio::time::sleep(each_pause).await;
                }
            }
            (6, _) if flags & 1 == 0 => {
                let answer = [&b"\0\0\x08\x06\x01\0\0\0\0"[..], &payload].concat();
                socket.write_all(&answer).await.unwrap();
            }
            (3 | 7, _) => panic!("the server ended the answer after {} bytes", body.len()),
            _ => {}
        }
    }
}
