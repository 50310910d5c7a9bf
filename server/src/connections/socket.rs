//! A socket that fails if the other side takes nothing for too long.

use super::activity::Activity;
use socket2::SockRef;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// The most bytes that wait in the operating system and were not sent.
///
/// It bounds the memory for an answer that is not read. It also decides how soon progress is seen:
/// the socket takes more when half of this was sent, so a link of 1 kB a second shows progress every
/// eight seconds. What was sent and not yet confirmed comes on top, so links with a long round trip
/// stay fast.
#[cfg(target_os = "linux")]
const UNSENT: u32 = 16 * 1024;

/// How many bytes that come after the end of an HTTP/2 connection are read at a time.
const LATE: usize = 1024;

/// A socket that fails with [`io::ErrorKind::TimedOut`] if it takes no byte for some time.
#[derive(Debug)]
pub struct WatchedSocket {
    stream: TcpStream,
    timeout: Duration,
    /// Runs while the socket takes no bytes.
    blocked: Option<Pin<Box<Sleep>>>,
    /// Whether the socket was ever blocked.
    was_blocked: bool,
    /// Runs from the end of an HTTP/2 connection until the other side has read everything.
    closing: Option<Pin<Box<Sleep>>>,
    activity: Arc<Activity>,
}

impl WatchedSocket {
    /// Watches a socket on which answers are written.
    pub fn new(stream: TcpStream, timeout: Duration, activity: Arc<Activity>) -> Self {
        // Each of these only makes the socket better. Without one, answers come a little later, or
        // a lost peer is noticed after minutes.
        let _ = stream.set_nodelay(true);
        #[cfg(target_os = "linux")]
        {
            let socket = SockRef::from(&stream);
            let _ = socket.set_tcp_notsent_lowat(UNSENT);
            // For what the operating system has taken: a machine that is gone, or an answer in
            // its buffers that is not read.
            let _ = socket.set_tcp_user_timeout(Some(timeout));
        }
        let (blocked, was_blocked, closing) = (None, false, None);
        Self { stream, timeout, blocked, was_blocked, closing, activity }
    }

    /// Records that the socket takes no bytes, and returns the timer for that.
    fn block(&mut self) -> &mut Pin<Box<Sleep>> {
        if self.blocked.is_none() {
            self.activity.set_blocked(true);
        }
        if !self.was_blocked {
            self.was_blocked = true;
            // From here on the time-out in this file decides. Linux measures its own from the first
            // probe of a closed window, and resets it only when the window opens for the whole next
            // packet (`tcp_ack_probe` and `tcp_probe_timer` in net/ipv4), so it also ends a
            // connection whose reader takes a little at a time.
            #[cfg(target_os = "linux")]
            let _ = SockRef::from(&self.stream).set_tcp_user_timeout(None);
        }
        self.blocked.get_or_insert_with(|| Box::pin(tokio::time::sleep(self.timeout)))
    }

    /// Reads and discards what comes after the end of an HTTP/2 connection, until the other side
    /// has closed it too or has sent nothing for the time-out.
    ///
    /// A reader confirms what it reads. Once the socket is closed, the operating system answers
    /// that with a reset, and the reader loses what has not arrived.
    fn poll_late_bytes(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let mut late = [0; LATE];
            let mut buffer = ReadBuf::new(&mut late);
            let read = Pin::new(&mut self.stream).poll_read(cx, &mut buffer);
            let has_read = !buffer.filled().is_empty();
            match read {
                Poll::Ready(Ok(())) if has_read => self.closing = None,
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => {
                    let timer = self
                        .closing
                        .get_or_insert_with(|| Box::pin(tokio::time::sleep(self.timeout)));
                    return timer.as_mut().poll(cx);
                }
            }
        }
    }

    /// Passes the outcome of an attempt to write on, unless the socket is blocked for too long.
    fn watch(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            if self.blocked.take().is_some() {
                self.activity.set_blocked(false);
            }
            return written;
        }
        ready!(self.block().as_mut().poll(cx));
        // Otherwise the operating system would keep the unread bytes for the dead connection.
        let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for WatchedSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for WatchedSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.watch(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        if self.activity.is_http2() {
            ready!(self.poll_late_bytes(cx));
        }
        Poll::Ready(Ok(()))
    }
}
