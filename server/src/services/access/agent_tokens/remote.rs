//! Key sets that a client's server publishes at an address of its own.
//!
//! A set is read when it is needed, and kept. A client that replaces its key publishes the new one
//! and signs with it: a token that names an unknown key has the set read again.

use super::key_set::{self, PublicKey};
use crate::outgoing::{self, AddressGuard, ClientError, OutgoingClient};
use crate::time;
use call_ribbon_shared::Millis;
use jsonwebtoken::Algorithm;
use reqwest::Method;
use std::collections::HashMap;
use std::sync::{Arc, Mutex as SyncMutex, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;

/// How long an address may take to answer: an agent waits for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a set is used before it is read again.
const FRESH_FOR: Millis = 10 * 60 * 1000;
/// How long an old set does if its address cannot be read: a removed key must not count for long.
const USABLE_FOR: Millis = 6 * 60 * 60 * 1000;
/// How soon a set is read again for a key that it does not have.
const NEW_KEYS_AFTER: Millis = 60 * 1000;
/// How soon an address is tried again after it could not be read.
const RETRY_AFTER: Millis = 15 * 1000;
/// How many sets are kept; some kilobytes each.
const MOST_SETS: usize = 10_000;

/// What is known of the set at an address.
#[derive(Debug, Clone, Default)]
pub struct KnownSet {
    /// The keys, and when they were read.
    pub keys: Option<(Arc<Vec<PublicKey>>, Millis)>,
    /// Why the address could not be read the last time, and when that was.
    pub failure: Option<(String, Millis)>,
}

impl KnownSet {
    /// Returns whether the set has a key for this algorithm that a token may name so.
    pub fn has_key(&self, algorithm: Algorithm, key_id: Option<&str>) -> bool {
        let keys = self.keys.as_ref().map(|(keys, _)| keys.as_slice());
        keys.unwrap_or_default().iter().any(|key| {
            let names_it =
                key.id.as_deref().is_none_or(|id| key_id.is_none_or(|named| named == id));
            key.algorithm == algorithm && names_it
        })
    }

    /// Says that the address could not be read, and what follows from it.
    pub fn problem(&self) -> Option<String> {
        let (why, _) = self.failure.as_ref()?;
        Some(match &self.keys {
            Some((_, read_at)) => format!(
                "The public keys could not be read again: {why}. Those of {} are used until {}.",
                time::format(*read_at),
                time::format(read_at.saturating_add(USABLE_FOR))
            ),
            None => format!("The public keys could not be read: {why}."),
        })
    }

    fn forget_old(&mut self, now: Millis) {
        self.keys.take_if(|(_, read_at)| now.saturating_sub(*read_at) >= USABLE_FOR);
    }
}

/// The sets of all clients, by the id of the key.
pub struct RemoteKeySets {
    http: OutgoingClient,
    /// Each is locked while it is read, so that many agents cause one request.
    sets: SyncMutex<HashMap<String, Arc<Mutex<KnownSet>>>>,
}

impl RemoteKeySets {
    /// Creates it; requests go to addresses that the guard allows.
    pub fn new(guard: AddressGuard) -> Result<Self, ClientError> {
        Ok(Self { http: OutgoingClient::new(guard, PATIENCE)?, sets: SyncMutex::default() })
    }

    /// Returns the set of a key. It is read if it is old, or if it lacks the key that is `wanted`.
    pub async fn find_set(
        &self,
        key_id: &str,
        url: &str,
        wanted: Option<(Algorithm, Option<&str>)>,
        now: Millis,
    ) -> KnownSet {
        let set = self.lock_set(key_id);
        let mut known = set.lock().await;
        let age = known.keys.as_ref().map(|(_, read_at)| now.saturating_sub(*read_at));
        let lacks = wanted.is_some_and(|(algorithm, id)| !known.has_key(algorithm, id));
        let is_due = match age {
            None => true,
            Some(age) => age >= FRESH_FOR || (lacks && age >= NEW_KEYS_AFTER),
        };
        let failed = known.failure.as_ref().map(|(_, at)| now.saturating_sub(*at));
        if is_due && failed.is_none_or(|since| since >= RETRY_AFTER) {
            match self.read(url).await {
                Ok(keys) => *known = KnownSet { keys: Some((Arc::new(keys), now)), failure: None },
                Err(why) => known.failure = Some((why, now)),
            }
        }
        known.forget_old(now);
        known.clone()
    }

    /// Forgets the set of a key that was removed.
    pub fn forget(&self, key_id: &str) {
        self.sets.lock().unwrap_or_else(PoisonError::into_inner).remove(key_id);
    }

    /// Reads the set at an address.
    ///
    /// # Errors
    ///
    /// Returns what is wrong, as the end of a sentence without the address.
    pub async fn read(&self, url: &str) -> Result<Vec<PublicKey>, String> {
        const SILENT: &str = "the address did not answer within 5 seconds";
        let request = self.http.request(Method::GET, url);
        let request = request.map_err(|refused| format!("the address {refused}"))?;
        let network_error = |error: reqwest::Error| {
            outgoing::refusal(&error)
                .map_or_else(|| SILENT.to_owned(), |refused| format!("the address {refused}"))
        };
        let mut response = request.send().await.map_err(network_error)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(format!("the address answered with status {}", response.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(part) = response.chunk().await.map_err(network_error)? {
            if body.len() + part.len() > key_set::MOST_BYTES {
                return Err("the answer has more than 32 KiB".to_owned());
            }
            body.extend_from_slice(&part);
        }
        let text = String::from_utf8(body).map_err(|_| "the answer is not text".to_owned())?;
        key_set::read_key_set(&text).map_err(|what| format!("the answer {what}"))
    }

    fn lock_set(&self, key_id: &str) -> Arc<Mutex<KnownSet>> {
        // Only this module uses the map, and no step of it can stop halfway.
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        if sets.len() >= MOST_SETS && !sets.contains_key(key_id) {
            sets.clear();
        }
        Arc::clone(sets.entry(key_id.to_owned()).or_default())
    }
}
