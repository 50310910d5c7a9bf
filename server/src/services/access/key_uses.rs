//! Records when keys were last used, so that an operator sees which keys are no longer needed. It
//! is accurate to a minute, which is enough: a write for each request would cost far more.

use crate::app::App;
use call_ribbon_shared::Millis;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tracing::Instrument as _;

/// How long one written use stands for all others, in milliseconds.
const WRITE_INTERVAL: Millis = 60_000;

/// The uses that this server has written or is about to write, by key. It holds one time per valid
/// key, so its size is bounded by the number of keys.
#[derive(Debug, Default)]
pub struct KeyUses {
    latest: Mutex<HashMap<String, Millis>>,
}

impl KeyUses {
    /// Whether a use has to be written; from then on it counts as written.
    fn needs_write(&self, key_hash: &str, now: Millis) -> bool {
        // A panic elsewhere cannot leave the map half changed: it is used only here.
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.get(key_hash).is_some_and(|&at| now - at < WRITE_INTERVAL) {
            return false;
        }
        latest.insert(key_hash.to_owned(), now);
        true
    }
}

/// Records that a key was used. The write runs beside the request, which neither waits for it nor
/// fails with it. `known` is the last use in the database, which another server may have written.
pub fn record_use(app: &Arc<App>, client_id: &str, key_hash: &str, known: Option<Millis>) {
    let now = app.now();
    if known.is_some_and(|at| now - at < WRITE_INTERVAL) || !app.key_uses.needs_write(key_hash, now)
    {
        return;
    }
    let (client_id, key_hash) = (client_id.to_owned(), key_hash.to_owned());
    let write = {
        let app = Arc::clone(app);
        async move {
            let before = now - WRITE_INTERVAL;
            if let Err(error) =
                app.store.credentials().note_key_use(&client_id, &key_hash, now, before).await
            {
                tracing::debug!("the use of a key could not be saved: {error}");
            }
        }
    };
    // Its log lines belong to the request.
    app.background.spawn(write.in_current_span());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_use_a_key_and_minute_is_news() {
        let uses = KeyUses::default();
        let asked = [("a", 0), ("a", 1), ("b", 2), ("a", 59_999), ("a", 60_000), ("a", 60_001)];
        let news: Vec<bool> = asked.iter().map(|(key, now)| uses.needs_write(key, *now)).collect();
        assert_eq!(news, [true, false, true, false, true, false]);
    }
}
