//! What happens on one connection: its requests, and whether the other side takes the answers.

use axum::http::Version;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What happens on one connection. Its socket, its requests and their answers report here.
#[derive(Debug)]
pub struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Whether a request has arrived.
    asked: bool,
    http2: bool,
    /// Requests that are not entirely answered.
    open: usize,
    /// Since when there is no such request.
    quiet_since: Instant,
    /// Whether the socket takes no more bytes at present.
    blocked: bool,
    /// When the socket last began to take bytes again.
    unblocked_at: Instant,
    /// HTTP/2 answers that wait until the other side allows more bytes of them, and since when.
    waiting: HashMap<u64, Instant>,
    last_id: u64,
}

/// A request that is not entirely answered. It counts as answered when this is dropped.
#[derive(Debug)]
pub struct OpenAnswer {
    activity: Arc<Activity>,
    id: u64,
    http2: bool,
}

impl Activity {
    /// Creates the activity of a connection that opens now.
    pub fn new() -> Self {
        let now = Instant::now();
        Self(Mutex::new(State {
            asked: false,
            http2: false,
            open: 0,
            quiet_since: now,
            blocked: false,
            unblocked_at: now,
            waiting: HashMap::new(),
            last_id: 0,
        }))
    }

    /// Counts a request as open.
    pub fn begin_answer(self: &Arc<Self>, version: Version) -> OpenAnswer {
        let mut state = self.state();
        state.asked = true;
        state.http2 = version == Version::HTTP_2;
        state.open += 1;
        state.last_id += 1;
        let (id, http2) = (state.last_id, state.http2);
        drop(state);
        OpenAnswer { activity: Arc::clone(self), id, http2 }
    }

    /// Records whether the socket takes bytes.
    pub fn set_blocked(&self, blocked: bool) {
        let mut state = self.state();
        state.blocked = blocked;
        state.unblocked_at = Instant::now();
    }

    /// Returns whether a request has arrived.
    pub fn has_request(&self) -> bool {
        self.state().asked
    }

    /// Returns whether the connection uses HTTP/2, which its first request shows.
    pub fn is_http2(&self) -> bool {
        self.state().http2
    }

    /// Returns whether no request was open for this long. An answer counts as open until the socket
    /// has taken all of it.
    pub fn is_idle_for(&self, time: Duration, now: Instant) -> bool {
        let state = self.state();
        let since = state.quiet_since.max(state.unblocked_at);
        state.open == 0 && !state.blocked && now.duration_since(since) >= time
    }

    /// Returns whether an HTTP/2 answer has waited this long for the other side while the socket
    /// took bytes. Answers that wait for a slow socket share its progress, so its own time-out is
    /// the one that counts.
    pub fn has_stalled_for(&self, time: Duration, now: Instant) -> bool {
        let state = self.state();
        let has_stalled =
            |since: &Instant| now.duration_since((*since).max(state.unblocked_at)) >= time;
        !state.blocked && state.waiting.values().any(has_stalled)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing here can stop halfway, so the state is intact even after a panic elsewhere.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenAnswer {
    /// Returns whether the answer is sent by HTTP/2.
    pub fn is_http2(&self) -> bool {
        self.http2
    }

    /// Records that a piece was handed over, and waits until the other side takes it.
    pub fn wait_for_reader(&self) {
        self.activity.state().waiting.insert(self.id, Instant::now());
    }

    /// Records that the other side has taken what was handed over.
    pub fn stop_waiting(&self) {
        self.activity.state().waiting.remove(&self.id);
    }
}

impl Drop for OpenAnswer {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.waiting.remove(&self.id);
        state.open = state.open.saturating_sub(1);
        state.quiet_since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    #[test]
    fn an_answer_stalls_only_while_the_socket_takes_bytes() {
        let activity = Arc::new(Activity::new());
        let answer = activity.begin_answer(Version::HTTP_2);
        let has_stalled = || activity.has_stalled_for(LIMIT, Instant::now() + LIMIT);
        assert!(!has_stalled(), "the server itself has nothing to send");
        answer.wait_for_reader();
        assert!(has_stalled());
        activity.set_blocked(true);
        assert!(!has_stalled());
        activity.set_blocked(false);
        assert!(has_stalled());
        assert!(!activity.has_stalled_for(LIMIT, Instant::now()));
        answer.stop_waiting();
        assert!(!has_stalled());
        answer.wait_for_reader();
        drop(answer);
        assert!(!has_stalled());
    }

    #[test]
    fn a_connection_is_idle_without_open_requests() {
        let activity = Arc::new(Activity::new());
        let is_idle = || activity.is_idle_for(LIMIT, Instant::now() + LIMIT);
        assert!(is_idle() && !activity.has_request());
        assert!(!activity.is_idle_for(LIMIT, Instant::now()));
        let answer = activity.begin_answer(Version::HTTP_2);
        assert!(!is_idle() && activity.has_request());
        activity.set_blocked(true);
        drop(answer);
        assert!(!is_idle(), "its end is still to be sent");
        activity.set_blocked(false);
        assert!(is_idle());
    }
}
