//! Caches which origins may read answers before it is known whose key they send: those that any
//! client allows. A browser sends a preflight for every page before the first request, so the lists
//! are kept in memory.

use super::domains::CombinedAllowList;
use crate::storage::Store;
use crate::time::Clock;
use call_ribbon_shared::Millis;
use std::sync::{Arc, Mutex, PoisonError};

/// How long the lists are cached, in milliseconds, as another server or the command line may change
/// them.
const CACHED_FOR: Millis = 5000;

/// The cached lists of all clients.
#[derive(Debug, Default)]
pub struct Origins {
    kept: Mutex<CachedLists>,
    /// Held by the caller that reads the lists, so that not all callers read at once.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default, Clone)]
struct CachedLists {
    lists: Arc<CombinedAllowList>,
    /// When they were last read; `None` if never, or if a client was changed since.
    read_at: Option<Millis>,
    /// Incremented by each change, so that lists read before it are not cached after it.
    changes: u64,
}

impl Origins {
    /// Invalidates the cache after a client was changed.
    pub fn invalidate(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.read_at = None;
        kept.changes += 1;
    }

    /// Whether some client lets pages of this origin use its key.
    pub async fn is_allowed_by_any(&self, store: &Store, clock: &dyn Clock, origin: &str) -> bool {
        self.current_lists(store, clock).await.allows_origin(origin)
    }

    /// Returns the lists, at most some seconds old, or the last that could be read.
    async fn current_lists(&self, store: &Store, clock: &dyn Clock) -> Arc<CombinedAllowList> {
        let kept = self.cached_lists();
        if kept.is_fresh(clock.now()) {
            return kept.lists;
        }
        let _reading = match (kept.read_at, self.reading.try_lock()) {
            (_, Ok(reading)) => reading,
            // Another caller is reading, and the cached lists will do meanwhile.
            (Some(_), Err(_)) => return kept.lists,
            (None, Err(_)) => self.reading.lock().await,
        };
        let before = self.cached_lists();
        if before.is_fresh(clock.now()) {
            return before.lists;
        }
        let read = store.clients().system_list_allowed_domains().await;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok(lists) => kept.lists = Arc::new(CombinedAllowList::from_lists(&lists)),
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(cause, "the clients' allowed domains cannot be read: {error}");
            }
        }
        // Also after a failure: not every request should query an unavailable database.
        kept.read_at = (kept.changes == before.changes).then(|| clock.now());
        Arc::clone(&kept.lists)
    }

    fn cached_lists(&self) -> CachedLists {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl CachedLists {
    fn is_fresh(&self, now: Millis) -> bool {
        self.read_at.is_some_and(|at| (0..CACHED_FOR).contains(&(now - at)))
    }
}
