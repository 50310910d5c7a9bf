//! Records when credentials were last used, so that an operator sees which are no longer needed. It
//! is accurate to a minute, which is enough: a write for each request would cost far more.

use crate::background::Background;
use crate::storage::{FoundCredential, Store};
use call_ribbon_shared::Millis;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinHandle;
use tracing::Instrument as _;

/// How long one written use stands for all others, in milliseconds.
const WRITE_INTERVAL: Millis = 60_000;

/// The uses that this server has written or is about to write, by the credential's hash. It holds
/// one time per valid credential, so its size is bounded by the number of credentials.
#[derive(Debug, Default)]
pub struct CredentialUses {
    latest: Mutex<HashMap<String, Millis>>,
}

impl CredentialUses {
    /// Whether a use has to be written; from then on it counts as written.
    fn needs_write(&self, hash: &str, now: Millis) -> bool {
        // A panic elsewhere cannot leave the map half changed: it is used only here.
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if latest.get(hash).is_some_and(|&at| now - at < WRITE_INTERVAL) {
            return false;
        }
        latest.insert(hash.to_owned(), now);
        true
    }

    /// Records that a credential was used. The write runs beside the request, which does not fail
    /// with it and need not wait for it. Returns its task, or `None` if there is nothing to write.
    pub fn record_use(
        &self,
        store: &Arc<Store>,
        background: &Background,
        found: &FoundCredential,
        now: Millis,
    ) -> Option<JoinHandle<()>> {
        // Another server may have written a use.
        let known = found.credential.last_used_at;
        if known.is_some_and(|at| now - at < WRITE_INTERVAL) || !self.needs_write(&found.hash, now)
        {
            return None;
        }
        let store = Arc::clone(store);
        let client_id = found.client.id.clone();
        let id = found.credential.credential_id.clone();
        let write = async move {
            let before = now - WRITE_INTERVAL;
            if let Err(error) = store.credentials().record_use(&client_id, &id, now, before).await {
                tracing::debug!("the use of a credential could not be saved: {error}");
            }
        };
        // Its log lines belong to the request.
        Some(background.spawn(write.in_current_span()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_use_a_credential_and_minute_is_news() {
        let uses = CredentialUses::default();
        let asked = [("a", 0), ("a", 1), ("b", 2), ("a", 59_999), ("a", 60_000), ("a", 60_001)];
        let news: Vec<bool> = asked.iter().map(|(key, now)| uses.needs_write(key, *now)).collect();
        assert_eq!(news, [true, false, true, false, true, false]);
    }
}
