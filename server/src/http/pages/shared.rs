//! What is made out of a file in the binary, once for all requests.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Values that are each made once, by key. Keys must be those of files in the binary, which bounds
/// how many there are.
#[derive(Debug)]
pub struct MadeOnce<K, V>(LazyLock<Mutex<HashMap<K, V>>>);

impl<K: Hash + Eq, V: Clone> MadeOnce<K, V> {
    /// Creates an empty set of values.
    pub const fn new() -> Self {
        Self(LazyLock::new(Mutex::default))
    }

    /// Returns the value of this key, which is made if it is the first time. `None`, if it cannot
    /// be made, is not kept.
    pub fn get_or_make(&self, key: K, make: impl FnOnce() -> Option<V>) -> Option<V> {
        // Nothing but an insertion changes the map, so it is intact even after a panic elsewhere.
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = values.get(&key) {
            return Some(value.clone());
        }
        let value = make()?;
        values.insert(key, value.clone());
        Some(value)
    }
}
