//! Slows down the guessing of secrets: keys, tokens and the tokens of sessions.

use crate::rate_limit::{RateLimit, TooMany};
use call_ribbon_shared::Millis;
use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most pairs of network and secret that are remembered.
const MAX_KNOWN: usize = 50_000;

/// Limits the secrets unknown to this server that one network may send.
///
/// Only they are counted. Once a network has sent too many, its requests are refused before the
/// secret is looked up, so that trying further shows nothing; except with secrets that were accepted
/// from there before: the colleagues of a user whose page has a wrong key go on working.
#[derive(Debug)]
pub struct WrongSecrets {
    limit: RateLimit<IpAddr>,
    /// The networks and hashes of accepted secrets.
    known: Mutex<HashSet<(IpAddr, String)>>,
}

/// A request's secret, by its hash, and the network that sent it; `None` if that is not known.
#[derive(Debug, Clone, Copy)]
pub struct SentSecret<'s> {
    /// The network.
    pub network: Option<IpAddr>,
    /// The hash.
    pub hash: &'s str,
}

impl WrongSecrets {
    /// Creates a limit of this many per second, with bursts of ten seconds' worth; 0 means no
    /// limit.
    pub fn per_second(rate: u32) -> Self {
        Self { limit: RateLimit::per_second(rate), known: Mutex::default() }
    }

    /// Returns an error if the network has sent too many wrong secrets, and never a right one that
    /// is the same as this.
    pub fn check(&self, sent: SentSecret<'_>, now: Millis) -> Result<(), TooMany> {
        let Some(network) = sent.network else { return Ok(()) };
        let checked = self.limit.check_without_counting(&network, now);
        if checked.is_err() && self.lock_known().contains(&(network, sent.hash.to_owned())) {
            return Ok(());
        }
        checked
    }

    /// Counts a secret that is not known. Returns an error if it is one too many, as it may be if
    /// several were looked up at once.
    pub fn count_wrong(&self, sent: SentSecret<'_>, now: Millis) -> Result<(), TooMany> {
        sent.network.map_or(Ok(()), |network| self.limit.check_rate(network, now))
    }

    /// Remembers that a secret was accepted from its network.
    pub fn record_right(&self, sent: SentSecret<'_>) {
        let Some(network) = sent.network.filter(|_| self.limit.is_limited()) else { return };
        let mut known = self.lock_known();
        let pair = (network, sent.hash.to_owned());
        if known.len() >= MAX_KNOWN && !known.contains(&pair) {
            known.clear();
        }
        known.insert(pair);
    }

    fn lock_known(&self) -> MutexGuard<'_, HashSet<(IpAddr, String)>> {
        // Each change is one insertion, so a panic elsewhere leaves nothing half done.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(network: u32, hash: &str) -> SentSecret<'_> {
        SentSecret { network: Some(IpAddr::from(network.to_be_bytes())), hash }
    }

    #[test]
    fn accepted_secrets_pass_whatever_else_the_network_sends() {
        let secrets = WrongSecrets::per_second(1);
        secrets.record_right(sent(1, "right"));
        let guesses = (0..100).filter(|_| {
            secrets.check(sent(1, "wrong"), 0).is_ok()
                && secrets.count_wrong(sent(1, "wrong"), 0).is_ok()
        });
        assert_eq!(guesses.count(), 10);
        assert_eq!(secrets.check(sent(1, "wrong"), 0), Err(TooMany { retry_after: 1 }));
        assert_eq!(secrets.check(sent(1, "new"), 0), Err(TooMany { retry_after: 1 }));
        assert_eq!(secrets.check(sent(1, "right"), 0), Ok(()));
        assert_eq!(secrets.check(sent(2, "new"), 0), Ok(()));
        assert_eq!(secrets.check(sent(1, "new"), 1_000), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let secrets = WrongSecrets::per_second(1);
        for n in 0..120_000 {
            secrets.record_right(sent(n, "right"));
        }
        assert!(secrets.lock_known().len() <= MAX_KNOWN);
        let unlimited = WrongSecrets::per_second(0);
        unlimited.record_right(sent(1, "right"));
        assert!(unlimited.lock_known().is_empty());
    }
}
