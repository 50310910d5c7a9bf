//! Keeps track of the credentials of open streams: a stream ends soon after its key or token was
//! revoked or its client suspended, on whichever server that happened.

use super::credential::{Credential, StaffCredential};
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the credentials of open streams are checked.
pub const INTERVAL: Duration = Duration::from_secs(3);

/// The credentials of open streams, by client. It has at most one entry per stream.
#[derive(Debug, Default)]
pub struct Admissions {
    open: Mutex<HashMap<String, HashMap<Credential, CredentialStreams>>>,
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
    pass: Credential,
    over: CancellationToken,
}

/// The credentials of a client that are valid now.
#[derive(Debug)]
pub struct ValidCredentials {
    operator: Credential,
    keys: Vec<String>,
    tokens: Vec<String>,
    sessions: Vec<String>,
}

impl ValidCredentials {
    /// Returns the valid credentials of a client, of the kinds that these have.
    pub async fn find_valid(
        store: &Store,
        admin_token_hash: &str,
        client_id: &str,
        passes: &[Credential],
        now: Millis,
    ) -> Result<Self, StoreError> {
        let any = |is_one: fn(&Credential) -> bool| passes.iter().any(is_one);
        let mut good = Self {
            operator: Credential::of_operator(admin_token_hash),
            keys: Vec::new(),
            tokens: Vec::new(),
            sessions: Vec::new(),
        };
        if any(|pass| matches!(pass, Credential::Key(_))) {
            good.keys = store.credentials().list_valid_key_ids(client_id).await?;
        }
        if any(|pass| matches!(pass, Credential::Staff(StaffCredential::Token(_)))) {
            good.tokens = store.credentials().list_valid_token_ids(client_id).await?;
        }
        if any(|pass| matches!(pass, Credential::Staff(StaffCredential::Session(_)))) {
            good.sessions = store.people().list_valid_session_ids(client_id, now).await?;
        }
        Ok(good)
    }

    /// Returns whether this credential is one of them.
    pub fn contains(&self, pass: &Credential) -> bool {
        match pass {
            Credential::Key(id) => self.keys.contains(id),
            Credential::Staff(StaffCredential::Operator(_)) => *pass == self.operator,
            Credential::Staff(StaffCredential::Token(id)) => self.tokens.contains(id),
            Credential::Staff(StaffCredential::Session(id)) => self.sessions.contains(id),
        }
    }
}

impl Admissions {
    /// Registers a stream whose credential was just checked.
    pub fn register_stream(self: &Arc<Self>, client_id: &str, pass: &Credential) -> Admission {
        // A panic elsewhere cannot leave the map in an invalid state: only this module uses it.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let passes = open.entry(client_id.to_owned()).or_default();
        let streams = passes.entry(pass.clone()).or_default();
        streams.count += 1;
        let over = streams.over.clone();
        let (client_id, pass) = (client_id.to_owned(), pass.clone());
        Admission { all: Arc::clone(self), client_id, pass, over }
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
        for (client_id, passes) in self.open_credentials() {
            let good =
                ValidCredentials::find_valid(store, admin_token_hash, &client_id, &passes, now)
                    .await?;
            self.end_others(&client_id, &good);
        }
        Ok(())
    }

    /// Returns each client with open streams, and their credentials.
    fn open_credentials(&self) -> Vec<(String, Vec<Credential>)> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.iter()
            .map(|(client, passes)| (client.clone(), passes.keys().cloned().collect()))
            .collect()
    }

    /// Ends the streams of a client whose credential is not in this set.
    fn end_others(&self, client_id: &str, good: &ValidCredentials) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for (pass, streams) in open.get(client_id).into_iter().flatten() {
            if !good.contains(pass) {
                streams.over.cancel();
            }
        }
    }

    fn remove_stream(&self, client_id: &str, pass: &Credential) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(passes) = open.get_mut(client_id) else { return };
        if let Some(streams) = passes.get_mut(pass) {
            streams.count = streams.count.saturating_sub(1);
            if streams.count == 0 {
                passes.remove(pass);
            }
        }
        if passes.is_empty() {
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
        self.all.remove_stream(&self.client_id, &self.pass);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_streams_that_are_not_good_any_more_end() {
        let all = Arc::new(Admissions::default());
        let [k1, k2] = ["1", "2"].map(|id| Credential::Key(id.to_owned()));
        let token = Credential::of_token("1".to_owned());
        let (one, same) = (all.register_stream("c", &k1), all.register_stream("c", &k1));
        let (other, elsewhere) = (all.register_stream("c", &k2), all.register_stream("d", &k1));
        let (staff, operator) = (
            all.register_stream("c", &token),
            all.register_stream("c", &Credential::of_operator("the one before")),
        );
        drop(same);
        let good = ValidCredentials {
            operator: Credential::of_operator("the one now"),
            keys: vec!["2".to_owned()],
            tokens: vec!["1".to_owned()],
            sessions: Vec::new(),
        };
        all.end_others("c", &good);
        let over = [&one, &other, &elsewhere, &staff, &operator];
        let over = over.map(|stream| stream.end_token().is_cancelled());
        assert_eq!(over, [true, false, false, false, true]);
        drop((one, other, staff, operator));
        assert_eq!(all.open_credentials(), [("d".to_owned(), vec![k1.clone()])]);
        drop(elsewhere);
        assert!(all.open.lock().unwrap().is_empty());
    }
}
