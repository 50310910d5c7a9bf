//! A circuit breaker: spares a provider that does not answer, and the callers that would wait for
//! it.

use crate::providers::ProviderError;
use call_ribbon_shared::Millis;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Consecutive unanswered requests after which no more are sent for a while.
const MAX_FAILURES: u32 = 5;
/// How long the breaker stays open, in milliseconds; afterwards one request tests the provider.
const OPEN_FOR: Millis = 30_000;

/// The recent success of each account's requests.
#[derive(Default)]
pub struct Breakers {
    accounts: Mutex<HashMap<String, Breaker>>,
}

#[derive(Default)]
struct Breaker {
    in_vain: u32,
    /// Until when nothing is sent.
    rests_until: Millis,
}

impl Breakers {
    /// Allows a request unless the provider did not answer the last ones.
    pub fn admit(&self, account_id: &str, now: Millis) -> Result<(), ProviderError> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(breaker) = accounts.get_mut(account_id) else { return Ok(()) };
        if now < breaker.rests_until {
            return Err(ProviderError::Unreachable(format!(
                "It did not answer the last {} requests; the next one is sent in {} s.",
                breaker.in_vain,
                (breaker.rests_until - now + 999) / 1000,
            )));
        }
        if breaker.in_vain >= MAX_FAILURES {
            // One request tests the provider; the others wait for its result.
            breaker.rests_until = now + OPEN_FOR;
        }
        Ok(())
    }

    /// Records whether a request was answered.
    pub fn record_answer(&self, account_id: &str, answered: bool, now: Millis) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if answered {
            accounts.remove(account_id);
            return;
        }
        let breaker = accounts.entry(account_id.to_owned()).or_default();
        breaker.in_vain = breaker.in_vain.saturating_add(1);
        if breaker.in_vain >= MAX_FAILURES {
            breaker.rests_until = now + OPEN_FOR;
        }
    }
}
