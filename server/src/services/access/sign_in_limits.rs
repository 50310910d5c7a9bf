//! Limits on attempts to sign in: too few to guess a password, and such that a stranger who tries
//! does not keep the owner of an address out.

use crate::rate_limit::{RateLimit, TooMany};
use call_ribbon_shared::Millis;
use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The most pairs of address and network that are remembered.
const MAX_KNOWN: usize = 10_000;

/// An e-mail address, and the network that tries it; `None` if that is not known.
type Attempt = (String, Option<IpAddr>);

/// Limits on attempts to sign in.
#[derive(Debug)]
pub struct SignInLimits {
    /// By network: a whole office may sign in at once.
    pub by_network: RateLimit<IpAddr>,
    /// By e-mail address, also an unknown one, and network.
    by_email_and_network: RateLimit<Attempt>,
    /// By e-mail address, for all networks from which nobody has signed in with it: against a
    /// stranger with many networks. Five networks that try for ever do not use it up.
    by_email: RateLimit<String>,
    /// From where people have signed in since the server started.
    known: Mutex<HashSet<Attempt>>,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self {
            by_network: RateLimit::with_burst(60, Duration::from_secs(1)),
            by_email_and_network: RateLimit::with_burst(10, Duration::from_secs(20)),
            by_email: RateLimit::with_burst(300, Duration::from_secs(4)),
            known: Mutex::default(),
        }
    }
}

impl SignInLimits {
    /// Counts an attempt with this e-mail address from this network.
    pub fn count_attempt(
        &self,
        email: &str,
        network: Option<IpAddr>,
        now: Millis,
    ) -> Result<(), TooMany> {
        let attempt = (email.to_owned(), network);
        let is_known = self.lock_known().contains(&attempt);
        self.by_email_and_network.check_rate(attempt, now)?;
        if is_known { Ok(()) } else { self.by_email.check_rate(email.to_owned(), now) }
    }

    /// Remembers that somebody has signed in with this e-mail address from this network.
    pub fn record_success(&self, email: &str, network: Option<IpAddr>) {
        let mut known = self.lock_known();
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert((email.to_owned(), network));
    }

    fn lock_known(&self) -> std::sync::MutexGuard<'_, HashSet<Attempt>> {
        // Each change is one insertion, so a panic elsewhere leaves nothing half done.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(n: u32) -> IpAddr {
        IpAddr::from(n.to_be_bytes())
    }

    #[test]
    fn strangers_do_not_keep_an_owner_out() {
        let limits = SignInLimits::default();
        let may = |network, now| limits.count_attempt("a@b", network, now).is_ok();
        limits.record_success("a@b", Some(network(1)));
        // Five networks for a day: the owner gets in from a known network and from a new one.
        for second in 0..86_400 {
            for stranger in 10..15 {
                limits.count_attempt("a@b", Some(network(stranger)), second * 1_000).ok();
            }
        }
        assert!(may(Some(network(1)), 86_400_000) && may(Some(network(2)), 86_400_000));
        // Thousands of networks: from a known one, and only from there.
        let tried =
            (100..5_000).filter(|stranger| may(Some(network(*stranger)), 90_000_000)).count();
        assert!(tried <= 300, "{tried}");
        assert!(may(Some(network(1)), 90_000_000) && !may(Some(network(2)), 90_000_000));
        // Not even there without end.
        assert!((0..20).any(|_| !may(Some(network(1)), 90_000_000)));
    }

    #[test]
    fn memory_is_bounded() {
        let limits = SignInLimits::default();
        for n in 0..25_000 {
            limits.record_success("a@b", Some(network(n)));
        }
        assert!(limits.lock_known().len() <= MAX_KNOWN);
    }
}
