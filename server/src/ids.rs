//! Generates ids and other random text. It is a parameter, so that a test can seed it.

use call_ribbon_shared::Millis;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

/// The most characters of an id, key or name from outside. At four bytes each, several of them fit
/// into an entry of PostgreSQL's indexes, which holds 2700 bytes.
pub const LONGEST_ID: usize = 200;

/// Generates ids: unguessable, and ordered by time if they begin with one.
#[derive(Debug)]
pub struct Ids {
    random: Mutex<StdRng>,
}

impl Ids {
    /// Generates ids from the operating system's randomness.
    #[must_use]
    pub fn random() -> Self {
        Self { random: Mutex::new(rand::make_rng()) }
    }

    /// Generates the same ids for the same seed, for tests.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { random: Mutex::new(StdRng::seed_from_u64(seed)) }
    }

    /// Returns a UUID of version 7 after a word for its kind: `log_0199…`.
    #[must_use]
    pub fn new_id(&self, what: &str, now: Millis) -> String {
        let millis = u64::try_from(now).unwrap_or(0);
        let uuid =
            uuid::Builder::from_unix_timestamp_millis(millis, &self.random_bytes()).into_uuid();
        format!("{what}_{}", uuid.simple())
    }

    /// Returns random bytes in hexadecimal: two characters each.
    #[must_use]
    pub fn random_hex<const BYTES: usize>(&self) -> String {
        to_hex(&self.random_bytes::<BYTES>())
    }

    /// Returns random bytes.
    #[must_use]
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        // A panic elsewhere cannot leave the generator in an invalid state: only this module uses
        // it.
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }
}

/// Formats bytes as lower-case hexadecimal.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
