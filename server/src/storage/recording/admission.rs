//! Limits how many events may wait to be written at once.
//!
//! Work that is refused late costs almost as much as work that is done. So a request reserves room
//! for all of its events before it reads them. If there is no room it waits its turn, and if too
//! many requests wait already it is refused at once and as a whole. Accepted work thus stays within
//! what the database can write, however much is sent.

use super::writer;
use crate::storage::{RecordError, Store};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// How long a request waits for room.
pub const WAIT_FOR_ROOM: Duration = Duration::from_secs(2);
/// Room reserved for changes to calls, which must not wait behind logged events.
const RESERVED_FOR_CALLS: usize = 512;
/// The most requests that may wait for room.
const MAX_WAITING: usize = 256;

/// Admits requests that log events.
#[derive(Debug)]
pub struct Admission {
    /// Room for events, granted in order of arrival.
    room: Semaphore,
    /// The number of waiting requests.
    waiting: AtomicUsize,
}

/// Reserved room for some events, released on drop.
#[derive(Debug)]
pub struct ReservedRoom<'a> {
    _permit: SemaphorePermit<'a>,
}

/// Counts a waiting request, and uncounts it on drop, also if it times out.
struct WaitGuard<'a>(&'a AtomicUsize);

impl Drop for WaitGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Admission {
    /// Creates an empty queue.
    pub fn new() -> Self {
        Self {
            room: Semaphore::new(writer::QUEUE_CAPACITY - RESERVED_FOR_CALLS),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Returns whether one more waiting request would only be refused later.
    fn is_wait_queue_full(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) >= MAX_WAITING
    }

    async fn acquire_room(&self, events: usize) -> Option<ReservedRoom<'_>> {
        let events = u32::try_from(events).ok()?;
        if let Ok(permit) = self.room.try_acquire_many(events) {
            return Some(ReservedRoom { _permit: permit });
        }
        if self.is_wait_queue_full() {
            return None;
        }
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _turn = WaitGuard(&self.waiting);
        let permit = timeout(WAIT_FOR_ROOM, self.room.acquire_many(events)).await.ok()?.ok()?;
        Some(ReservedRoom { _permit: permit })
    }
}

impl Store {
    /// Fails if a request to log would wait in vain, before its body is read.
    pub fn check_room(&self) -> Result<(), RecordError> {
        if self.admission.is_wait_queue_full() {
            self.meter.count_refused(1);
            return Err(RecordError::Unavailable);
        }
        Ok(())
    }

    /// Reserves room for this number of events.
    pub async fn reserve_room(&self, events: usize) -> Result<ReservedRoom<'_>, RecordError> {
        self.admission.acquire_room(events).await.ok_or_else(|| {
            self.meter.count_refused(events);
            RecordError::Unavailable
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    const ALL: usize = writer::QUEUE_CAPACITY - RESERVED_FOR_CALLS;

    #[tokio::test]
    async fn those_who_wait_are_let_in_by_turns() {
        let admission = Admission::new();
        let all = admission.acquire_room(ALL).await.unwrap();
        let mut first = Box::pin(admission.acquire_room(500));
        let mut second = Box::pin(admission.acquire_room(1));
        assert!(first.as_mut().now_or_never().is_none());
        assert!(second.as_mut().now_or_never().is_none());
        drop(all);
        let first = first.await.unwrap();
        assert!(second.await.is_some());
        // A request that gave up is no longer counted.
        drop(first);
        assert_eq!(admission.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn nobody_waits_for_long_or_in_a_crowd() {
        let admission = Admission::new();
        let _all = admission.acquire_room(ALL).await.unwrap();
        let mut waiting: Vec<_> =
            (0..MAX_WAITING).map(|_| Box::pin(admission.acquire_room(10))).collect();
        for one in &mut waiting {
            assert!(one.as_mut().now_or_never().is_none());
        }
        assert!(admission.is_wait_queue_full());
        assert!(admission.acquire_room(1).now_or_never().unwrap().is_none());
        for one in waiting {
            assert!(one.await.is_none());
        }
        assert!(!admission.is_wait_queue_full());
    }
}
