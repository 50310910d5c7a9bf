//! A way to a server on which one kind of request is held until the test lets it go.

use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes everything on to a port of this machine, except requests that begin so.
pub struct Gate {
    pub port: u16,
    open: watch::Sender<bool>,
    state: watch::Receiver<State>,
}

/// What has become of the first request at the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Missing,
    Held,
    /// Its sender has given up.
    Dropped,
}

impl Gate {
    /// Opens a way to the port.
    pub async fn before(port: u16, held: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let own = listener.local_addr().unwrap().port();
        let (open, opened) = watch::channel(false);
        let (tell, state) = watch::channel(State::Missing);
        let tell = Arc::new(tell);
        tokio::spawn(async move {
            while let Ok((inside, _)) = listener.accept().await {
                tokio::spawn(pass(inside, port, held, opened.clone(), Arc::clone(&tell)));
            }
        });
        Self { port: own, open, state }
    }

    /// Waits until a request is held.
    pub async fn wait_for_request(&mut self) {
        self.state.wait_for(|state| *state == State::Held).await.unwrap();
    }

    /// Returns whether the sender of the held request gives up within this time.
    pub async fn is_dropped_within(&mut self, time: Duration) -> bool {
        let dropped = self.state.wait_for(|state| *state == State::Dropped);
        tokio::time::timeout(time, dropped).await.is_ok()
    }

    /// Lets the held request and all others pass.
    pub fn open(&self) {
        self.open.send_replace(true);
    }
}

/// Passes one connection on.
async fn pass(
    inside: TcpStream,
    port: u16,
    held: &str,
    mut opened: watch::Receiver<bool>,
    tell: Arc<watch::Sender<State>>,
) {
    let Ok(outside) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let (mut from_inside, mut to_inside) = inside.into_split();
    let (mut from_outside, mut to_outside) = outside.into_split();
    let back = tokio::spawn(async move {
        let _ = copy(&mut from_outside, &mut to_inside).await;
    });
    let mut bytes = [0; 16 * 1024];
    while let Ok(length @ 1..) = from_inside.read(&mut bytes).await {
        if bytes[..length].starts_with(held.as_bytes()) && !*opened.borrow() {
            tell.send_replace(State::Held);
            let mut more = [0; 1];
            tokio::select! {
                _ = opened.wait_for(|open| *open) => {}
                // A client sends nothing more before it is answered.
                _ = from_inside.read(&mut more) => {
                    tell.send_replace(State::Dropped);
                    break;
                }
            }
        }
        if to_outside.write_all(&bytes[..length]).await.is_err() {
            break;
        }
    }
    back.abort();
}
