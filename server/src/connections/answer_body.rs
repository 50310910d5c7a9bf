//! The body of an answer, which shows whether the other side takes it.

use super::activity::OpenAnswer;
use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The most bytes of an HTTP/2 answer that are handed over at a time.
const PIECE: usize = 16 * 1024;

/// The body of an answer, as long as it is being sent.
///
/// An HTTP/2 connection takes a piece of a body only when the other side's window has room beyond
/// the piece before. A body handed over whole would show nothing of that, and would stay in memory
/// whether or not it is read. So it is handed over in pieces, which share its memory; the last one
/// is a single byte, so that hardly anything is left when the body ends.
///
/// By HTTP/1 the socket shows the same, and the body is handed over as it is.
#[derive(Debug)]
pub struct AnswerBody {
    body: Body,
    /// What was read from the body and not handed over yet.
    rest: Bytes,
    open: OpenAnswer,
}

impl AnswerBody {
    /// Wraps the body of an answer to this request.
    pub fn new(body: Body, open: OpenAnswer) -> Self {
        Self { body, rest: Bytes::new(), open }
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if !this.open.is_http2() {
            return Pin::new(&mut this.body).poll_frame(cx);
        }
        this.open.stop_waiting();
        if this.rest.is_empty() {
            match ready!(Pin::new(&mut this.body).poll_frame(cx))
                .map(|read| read.map(Frame::into_data))
            {
                Some(Ok(Ok(data))) => this.rest = data,
                Some(Ok(Err(trailers))) => return Poll::Ready(Some(Ok(trailers))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        let piece = split_piece(&mut this.rest, this.body.is_end_stream());
        this.open.wait_for_reader();
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (of_body, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        // The upper bound first: it must never be below the lower one.
        if let Some(upper) = of_body.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint.set_lower(of_body.lower().saturating_add(rest));
        hint
    }
}

/// Splits the next piece off; nothing comes after `rest` if it is the last.
fn split_piece(rest: &mut Bytes, is_last: bool) -> Bytes {
    let whole = rest.len();
    let most = if is_last && whole > 1 { whole - 1 } else { whole };
    rest.split_to(most.min(PIECE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_small_and_the_last_is_one_byte() {
        let lengths = |whole: usize, is_last: bool| {
            let mut rest = Bytes::from(vec![0; whole]);
            let mut lengths = Vec::new();
            while !rest.is_empty() {
                lengths.push(split_piece(&mut rest, is_last).len());
            }
            lengths
        };
        assert_eq!(lengths(1, true), [1]);
        assert_eq!(lengths(2, true), [1, 1]);
        assert_eq!(lengths(2, false), [2]);
        assert_eq!(lengths(PIECE, true), [PIECE - 1, 1]);
        assert_eq!(lengths(PIECE + 1, true), [PIECE, 1]);
        assert_eq!(lengths(PIECE * 2 + 5, false), [PIECE, PIECE, 5]);
    }
}
