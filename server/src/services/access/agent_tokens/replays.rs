//! Counts how often each agent token is used.
//!
//! A token may be used more than once: a page has it in its HTML and is reloaded, or opened in
//! several tabs. But a stolen one must not open sessions without end. The counts are this server's
//! own; a token lives ten minutes at most.

use call_ribbon_shared::Millis;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How often one token opens a session.
pub const MOST_USES: u8 = 20;
/// How many tokens are remembered; a memory of a few megabytes.
const MOST_TOKENS: usize = 50_000;
/// How long after its expiry a token may still be accepted, because clocks differ.
const GRACE_MS: Millis = 60_000;

/// The tokens that were used and have not expired.
#[derive(Debug, Default)]
pub struct TokenUses {
    seen: Mutex<HashMap<[u8; 32], TokenUse>>,
}

#[derive(Debug)]
struct TokenUse {
    times: u8,
    forget_at: Millis,
}

impl TokenUses {
    /// Counts a use of a client's token, which expires at this second. Returns false if it was used
    /// too often.
    pub fn count_use(&self, client_id: &str, token_id: &str, expires: f64, now: Millis) -> bool {
        #[expect(clippy::cast_possible_truncation, reason = "at most ten minutes from now")]
        let forget_at = (expires * 1000.0) as Millis + GRACE_MS;
        let hash = Sha256::new().chain_update(client_id).chain_update([0]).chain_update(token_id);
        let id: [u8; 32] = hash.finalize().into();
        // Only this module uses the map, and no step of it can stop halfway.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_TOKENS {
            seen.retain(|_, token| token.forget_at > now);
        }
        if let Some(token) = seen.get_mut(&id) {
            token.times = token.times.saturating_add(1);
            return token.times <= MOST_USES;
        }
        // If so many are in use, others are not counted: agents have to get in.
        if seen.len() < MOST_TOKENS {
            seen.insert(id, TokenUse { times: 1, forget_at });
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_counted_by_client_and_id_until_it_has_expired() {
        let uses = TokenUses::default();
        for _ in 0..MOST_USES {
            assert!(uses.count_use("c", "j", 600.0, 0));
        }
        assert!(!uses.count_use("c", "j", 600.0, 0));
        assert!(uses.count_use("d", "j", 600.0, 0));
        assert!(uses.count_use("c", "k", 600.0, 0));
        for number in 0..MOST_TOKENS {
            assert!(uses.count_use("c", &number.to_string(), 600.0, 0));
        }
        assert_eq!(uses.seen.lock().unwrap().len(), MOST_TOKENS);
        assert!(uses.count_use("c", "j", 2000.0, 660_000));
        assert_eq!(uses.seen.lock().unwrap().len(), 1);
    }
}
