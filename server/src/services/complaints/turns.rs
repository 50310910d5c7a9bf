//! Files are made one at a time, as each may take much memory; and one of a client at a time, so that
//! no client keeps the others waiting.

use crate::services::ServiceError;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Who makes a file, or waits for it.
#[derive(Debug)]
pub struct FileTurns {
    making: Semaphore,
    clients: Mutex<HashSet<String>>,
}

impl Default for FileTurns {
    fn default() -> Self {
        Self { making: Semaphore::new(1), clients: Mutex::default() }
    }
}

impl FileTurns {
    /// Waits until no other file is made. Refused while the client has one made or waits for one.
    pub async fn wait_for_turn(&self, client_id: &str) -> Result<Turn<'_>, ServiceError> {
        let place = Place::take(self, client_id).ok_or_else(|| {
            let sentence = "A file for a complaint is being made for this client; ask again when it \
                            is there.";
            ServiceError::Conflict(sentence.to_owned())
        })?;
        let permit = self.making.acquire().await.map_err(|_| ServiceError::Busy)?;
        Ok(Turn { _place: place, _permit: permit })
    }
}

/// The right to make a file, until this is dropped.
#[derive(Debug)]
pub struct Turn<'a> {
    _place: Place<'a>,
    _permit: SemaphorePermit<'a>,
}

/// A client's place among those that wait, until this is dropped.
#[derive(Debug)]
struct Place<'a> {
    turns: &'a FileTurns,
    client_id: String,
}

impl<'a> Place<'a> {
    fn take(turns: &'a FileTurns, client_id: &str) -> Option<Self> {
        // Each change is one insertion or removal, so a panic elsewhere leaves nothing half done.
        let mut clients = turns.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = clients.insert(client_id.to_owned());
        is_free.then(|| Self { turns, client_id: client_id.to_owned() })
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.turns.clients.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.client_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn each_client_has_one_place_and_waits_for_its_turn() {
        let turns = FileTurns::default();
        let first = turns.wait_for_turn("a").await.unwrap();
        for _ in 0..3 {
            let refused = turns.wait_for_turn("a").await.unwrap_err();
            assert!(matches!(refused, ServiceError::Conflict(_)), "{refused}");
        }
        let mut other = Box::pin(turns.wait_for_turn("b"));
        assert!(other.as_mut().now_or_never().is_none());
        assert!(turns.wait_for_turn("b").await.is_err());
        drop(first);
        let second = other.await.unwrap();
        // A caller that goes away while waiting leaves the place.
        let mut gone = Box::pin(turns.wait_for_turn("a"));
        assert!(gone.as_mut().now_or_never().is_none());
        drop(gone);
        drop(second);
        assert!(turns.wait_for_turn("a").await.is_ok());
    }
}
