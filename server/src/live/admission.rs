//! Who was let in to listen, and by which key: a stream ends soon after its key was revoked or
//! its client suspended, on whichever server that was done.

use crate::app::App;
use crate::services::every::every;
use crate::storage::StoreError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the keys of open streams are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// The keys by which streams are open, by client and by the key's id. It holds no more than
/// there are streams.
#[derive(Debug, Default)]
pub struct Admissions {
    open: Mutex<HashMap<String, HashMap<String, Key>>>,
}

/// A key by which streams are open.
#[derive(Debug, Default)]
struct Key {
    streams: usize,
    over: CancellationToken,
}

/// One stream's leave to be open.
#[derive(Debug)]
pub struct Admission {
    all: Arc<Admissions>,
    client_id: String,
    key_id: String,
    over: CancellationToken,
}

impl Admissions {
    /// Lets a stream in by a key that was good just now.
    pub fn enter(self: &Arc<Self>, client_id: &str, key_id: &str) -> Admission {
        // A panic elsewhere cannot leave the map half way: it is used only here.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = open.entry(client_id.to_owned()).or_default();
        let key = keys.entry(key_id.to_owned()).or_default();
        key.streams += 1;
        let over = key.over.clone();
        let (client_id, key_id) = (client_id.to_owned(), key_id.to_owned());
        Admission { all: Arc::clone(self), client_id, key_id, over }
    }

    fn clients(&self) -> Vec<String> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// Ends the streams of a client that are open by other keys than these.
    fn keep(&self, client_id: &str, good: &[String]) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for (key_id, key) in open.get(client_id).into_iter().flatten() {
            if !good.contains(key_id) {
                key.over.cancel();
            }
        }
    }

    fn leave(&self, client_id: &str, key_id: &str) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(keys) = open.get_mut(client_id) else { return };
        if let Some(key) = keys.get_mut(key_id) {
            key.streams = key.streams.saturating_sub(1);
            if key.streams == 0 {
                keys.remove(key_id);
            }
        }
        if keys.is_empty() {
            open.remove(client_id);
        }
    }
}

impl Admission {
    /// Cancelled when the stream has to end.
    pub fn over(&self) -> CancellationToken {
        self.over.clone()
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.all.leave(&self.client_id, &self.key_id);
    }
}

/// Looks at the keys of open streams until the server stops.
pub fn watch(app: &Arc<App>) {
    every(app, LOOK_EVERY, |app| {
        Box::pin(async {
            if let Err(error) = look(app).await {
                tracing::debug!("the keys of open streams were not looked at: {error}");
            }
        })
    });
}

async fn look(app: &App) -> Result<(), StoreError> {
    for client_id in app.admissions.clients() {
        let good = app.store.good_keys(&client_id).await?;
        app.admissions.keep(&client_id, &good);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_streams_of_keys_that_are_not_good_end() {
        let all = Arc::new(Admissions::default());
        let (one, same) = (all.enter("c", "k1"), all.enter("c", "k1"));
        let (other, elsewhere) = (all.enter("c", "k2"), all.enter("d", "k1"));
        drop(same);
        all.keep("c", &["k2".to_owned()]);
        let over = [&one, &other, &elsewhere].map(|stream| stream.over().is_cancelled());
        assert_eq!(over, [true, false, false]);
        drop((one, other));
        assert_eq!(all.clients(), ["d"]);
        drop(elsewhere);
        assert!(all.open.lock().unwrap().is_empty());
    }
}
