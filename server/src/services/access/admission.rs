//! Keeps track of the credentials of open streams: a stream ends soon after its key or token was
//! revoked or its client suspended, on whichever server that happened.

use super::credential_ref::CredentialRef;
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the credentials of open streams are checked.
pub const INTERVAL: Duration = Duration::from_secs(3);

/// The credentials of open streams, by client. It has at most one entry per stream.
#[derive(Debug, Default)]
pub struct Admissions {
    open: Mutex<HashMap<String, HashMap<CredentialRef, CredentialStreams>>>,
    /// The number of all open streams. It changes only while `open` is locked.
    count: AtomicUsize,
}

/// How many streams may be open; `None` if there is no limit.
#[derive(Debug, Clone, Copy)]
pub struct StreamLimits {
    /// With one credential.
    pub of_credential: Option<u32>,
    /// In all. Streams must leave some connections for requests.
    pub in_all: Option<u32>,
}

/// Why one more stream may not be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooManyStreams {
    /// The credential has this many, the most that it may have.
    OfCredential(u32),
    /// The server has as many as it may have.
    InAll,
}

/// The open streams of one credential.
#[derive(Debug, Default)]
struct CredentialStreams {
    count: usize,
    over: CancellationToken,
}

/// The permission of one stream to be open.
#[derive(Debug)]
pub struct Admission {
    all: Arc<Admissions>,
    client_id: String,
    credential: CredentialRef,
    over: CancellationToken,
}

/// The credentials of a client that are valid now.
#[derive(Debug)]
pub struct ValidCredentials {
    operator: CredentialRef,
    /// The ids of API keys and staff tokens.
    stored: Vec<String>,
    sessions: Vec<String>,
}

impl ValidCredentials {
    /// Returns the valid credentials of a client, of the kinds that these have.
    pub async fn find_valid(
        store: &Store,
        admin_token_hash: &str,
        client_id: &str,
        credentials: &[CredentialRef],
        now: Millis,
    ) -> Result<Self, StoreError> {
        let any = |is_one: fn(&CredentialRef) -> bool| credentials.iter().any(is_one);
        let mut valid = Self {
            operator: CredentialRef::of_operator(admin_token_hash),
            stored: Vec::new(),
            sessions: Vec::new(),
        };
        if any(|one| matches!(one, CredentialRef::ApiKey(_) | CredentialRef::StaffToken(_))) {
            valid.stored = store.credentials().list_valid_ids(client_id).await?;
        }
        if any(|one| matches!(one, CredentialRef::Session(_))) {
            valid.sessions = store.people().list_valid_session_ids(client_id, now).await?;
        }
        Ok(valid)
    }

    /// Returns whether this credential is one of them.
    pub fn contains(&self, credential: &CredentialRef) -> bool {
        match credential {
            CredentialRef::ApiKey(id) | CredentialRef::StaffToken(id) => self.stored.contains(id),
            CredentialRef::Session(id) => self.sessions.contains(id),
            CredentialRef::Operator(_) => *credential == self.operator,
        }
    }
}

impl Admissions {
    /// Registers a stream whose credential was just checked, unless there are too many.
    pub fn register_stream(
        self: &Arc<Self>,
        client_id: &str,
        credential: &CredentialRef,
        limits: StreamLimits,
    ) -> Result<Admission, TooManyStreams> {
        let is_reached = |limit: u32, count: usize| u32::try_from(count).is_ok_and(|c| c >= limit);
        // A panic elsewhere cannot leave the map in an invalid state: only this module uses it.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let before = open.get(client_id).and_then(|credentials| credentials.get(credential));
        let before = before.map_or(0, |streams| streams.count);
        if let Some(limit) = limits.of_credential.filter(|limit| is_reached(*limit, before)) {
            return Err(TooManyStreams::OfCredential(limit));
        }
        let in_all = self.count.load(Ordering::Relaxed);
        if limits.in_all.is_some_and(|limit| is_reached(limit, in_all)) {
            return Err(TooManyStreams::InAll);
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        let credentials = open.entry(client_id.to_owned()).or_default();
        let streams = credentials.entry(credential.clone()).or_default();
        streams.count += 1;
        let over = streams.over.clone();
        let (client_id, credential) = (client_id.to_owned(), credential.clone());
        Ok(Admission { all: Arc::clone(self), client_id, credential, over })
    }

    /// Ends the streams whose credentials are no longer valid.
    pub async fn end_invalid(&self, store: &Store, admin_token_hash: &str, now: Millis) {
        if let Err(error) = self.check_all(store, admin_token_hash, now).await {
            tracing::debug!("the credentials of open streams could not be checked: {error}");
        }
    }

    async fn check_all(
        &self,
        store: &Store,
        admin_token_hash: &str,
        now: Millis,
    ) -> Result<(), StoreError> {
        for (client_id, open) in self.open_credentials() {
            let valid =
                ValidCredentials::find_valid(store, admin_token_hash, &client_id, &open, now)
                    .await?;
            self.end_others(&client_id, &valid);
        }
        Ok(())
    }

    /// Returns each client with open streams, and their credentials.
    fn open_credentials(&self) -> Vec<(String, Vec<CredentialRef>)> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.iter()
            .map(|(client, credentials)| (client.clone(), credentials.keys().cloned().collect()))
            .collect()
    }

    /// Ends the streams of a client whose credential is not in this set.
    fn end_others(&self, client_id: &str, valid: &ValidCredentials) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for (credential, streams) in open.get(client_id).into_iter().flatten() {
            if !valid.contains(credential) {
                streams.over.cancel();
            }
        }
    }

    fn remove_stream(&self, client_id: &str, credential: &CredentialRef) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        self.count.fetch_sub(1, Ordering::Relaxed);
        let Some(credentials) = open.get_mut(client_id) else { return };
        if let Some(streams) = credentials.get_mut(credential) {
            streams.count = streams.count.saturating_sub(1);
            if streams.count == 0 {
                credentials.remove(credential);
            }
        }
        if credentials.is_empty() {
            open.remove(client_id);
        }
    }
}

impl Admission {
    /// Returns a token that is cancelled when the stream has to end.
    pub fn end_token(&self) -> CancellationToken {
        self.over.clone()
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.all.remove_stream(&self.client_id, &self.credential);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: StreamLimits = StreamLimits { of_credential: None, in_all: None };

    fn register(all: &Arc<Admissions>, client_id: &str, by: &CredentialRef) -> Admission {
        all.register_stream(client_id, by, NONE).unwrap()
    }

    #[test]
    fn streams_are_limited_by_credential_and_in_all() {
        let all = Arc::new(Admissions::default());
        let [k1, k2, k3] = ["1", "2", "3"].map(|id| CredentialRef::ApiKey(id.to_owned()));
        let limits = StreamLimits { of_credential: Some(2), in_all: Some(3) };
        let register = |client_id, by| all.register_stream(client_id, by, limits);
        let (first, _second) = (register("c", &k1).unwrap(), register("c", &k1).unwrap());
        assert_eq!(register("c", &k1).unwrap_err(), TooManyStreams::OfCredential(2));
        let _third = register("d", &k2).unwrap();
        assert_eq!(register("d", &k3).unwrap_err(), TooManyStreams::InAll);
        drop(first);
        assert!(register("d", &k3).is_ok());
    }

    #[test]
    fn only_streams_without_a_valid_credential_end() {
        let all = Arc::new(Admissions::default());
        let [k1, k2] = ["k1", "k2"].map(|id| CredentialRef::ApiKey(id.to_owned()));
        let token = CredentialRef::StaffToken("t1".to_owned());
        let (one, same) = (register(&all, "c", &k1), register(&all, "c", &k1));
        let (other, elsewhere) = (register(&all, "c", &k2), register(&all, "d", &k1));
        let (staff, operator) = (
            register(&all, "c", &token),
            register(&all, "c", &CredentialRef::of_operator("the one before")),
        );
        drop(same);
        let valid = ValidCredentials {
            operator: CredentialRef::of_operator("the one now"),
            stored: vec!["k2".to_owned(), "t1".to_owned()],
            sessions: Vec::new(),
        };
        all.end_others("c", &valid);
        let over = [&one, &other, &elsewhere, &staff, &operator];
        let over = over.map(|stream| stream.end_token().is_cancelled());
        assert_eq!(over, [true, false, false, false, true]);
        drop((one, other, staff, operator));
        assert_eq!(all.open_credentials(), [("d".to_owned(), vec![k1.clone()])]);
        drop(elsewhere);
        assert!(all.open.lock().unwrap().is_empty());
    }
}
