//! Ids and other random text. A parameter, so that a test can seed it.

use call_ribbon_shared::Millis;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

/// Characters of the longest id, key or name that is taken from elsewhere. Of four bytes each they
/// fit, several in a row, into PostgreSQL's indexes, which hold 2700 bytes.
pub const LONGEST_ID: usize = 200;

/// Makes ids: unguessable, and in the order of time where they begin with one.
#[derive(Debug)]
pub struct Ids {
    random: Mutex<StdRng>,
}

impl Ids {
    /// Ids from the operating system's randomness.
    #[must_use]
    pub fn random() -> Self {
        Self { random: Mutex::new(rand::make_rng()) }
    }

    /// The same ids for the same seed, for tests.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { random: Mutex::new(StdRng::seed_from_u64(seed)) }
    }

    /// A UUID of version 7 after a word that says what it names: `log_0199…`.
    #[must_use]
    pub fn id(&self, what: &str, now: Millis) -> String {
        let millis = u64::try_from(now).unwrap_or(0);
        let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid();
        format!("{what}_{}", uuid.simple())
    }

    /// Random bytes in hexadecimal: two letters each.
    #[must_use]
    pub fn hex<const BYTES: usize>(&self) -> String {
        hex(&self.bytes::<BYTES>())
    }

    /// Random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        // A panic elsewhere cannot leave the generator half way: it is used only here.
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
