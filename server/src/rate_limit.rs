//! Limits the rate of requests, or of their bytes, per sender (GCRA).

use call_ribbon_shared::Millis;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const NANOS_IN_MILLI: i64 = 1_000_000;
const NANOS_IN_SECOND: i64 = 1_000_000_000;
/// Seconds' worth of requests that may come at once, such as at the start of a shift, or when a
/// page sends the events that it stored while offline.
const BURST_SECONDS: i64 = 10;
/// Idle entries are removed only from this many entries on.
const FEW: usize = 1024;
/// The most entries that are kept, in any case.
const MOST: usize = 100_000;

/// Who sends a client's data. Each has a limit of its own, so that a page that sends too much does
/// not keep a provider from reporting how calls end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sender {
    /// The client's pages and programs, by API key.
    Key,
    /// Its dialers.
    Dialer,
    /// Its telephony providers.
    Provider,
    /// Its staff.
    Staff,
}

/// Allows each sender a burst, and then an even rate.
///
/// It keeps one number per sender: the time at which all of its requests so far would be done at
/// the even rate. A sender whose time has passed equals a new one, so its entry is removed.
#[derive(Debug)]
pub struct RateLimit<K> {
    /// Nanoseconds between two requests at the even rate; `None` if there is no limit.
    interval: Option<i64>,
    /// Nanoseconds' worth of requests that may come at once.
    burst: i64,
    seen: Mutex<Entries<K>>,
}

#[derive(Debug)]
struct Entries<K> {
    done_at: HashMap<K, i64>,
    /// The number of entries at which idle ones are removed next.
    look_at: usize,
}

/// Seconds to wait before the next request, at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    pub retry_after: u64,
}

impl<K: Hash + Eq> RateLimit<K> {
    /// Creates a limit of this many per second, with bursts of ten seconds' worth; 0 means no
    /// limit.
    pub fn per_second(rate: u32) -> Self {
        let interval = (rate > 0).then(|| NANOS_IN_SECOND / i64::from(rate));
        Self::from_nanos(interval, BURST_SECONDS * NANOS_IN_SECOND)
    }

    /// Creates a limit of this many at once, and one more after each interval.
    pub fn with_burst(at_once: u32, each: Duration) -> Self {
        let interval = i64::try_from(each.as_nanos()).unwrap_or(i64::MAX);
        Self::from_nanos(Some(interval), interval.saturating_mul(i64::from(at_once)))
    }

    /// Creates a limit of this many bytes per minute, as many of which may come at once; 0 means no
    /// limit.
    pub fn bytes_per_minute(bytes: u64) -> Self {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let interval = (bytes > 0).then(|| (60 * NANOS_IN_SECOND / bytes).max(1));
        Self::from_nanos(interval, 60 * NANOS_IN_SECOND)
    }

    fn from_nanos(interval: Option<i64>, burst: i64) -> Self {
        let seen = Entries { done_at: HashMap::new(), look_at: FEW };
        Self { interval, burst, seen: Mutex::new(seen) }
    }

    /// Counts one request at this time, or returns when the next is allowed.
    pub fn check_rate(&self, who: K, now: Millis) -> Result<(), TooMany> {
        self.check_amount(who, 1, now)
    }

    /// Returns when the next request is allowed if that is not now; counts none.
    pub fn check_without_counting(&self, who: &K, now: Millis) -> Result<(), TooMany> {
        let Some(interval) = self.interval else { return Ok(()) };
        let now = now.saturating_mul(NANOS_IN_MILLI);
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        self.find_next(&seen, who, interval.min(self.burst), now).map(|_| ())
    }

    /// Returns whether there is a limit.
    pub fn is_limited(&self) -> bool {
        self.interval.is_some()
    }

    /// Counts this many at once. More than a burst counts as a whole burst, or it would never be
    /// allowed.
    pub fn check_amount(&self, who: K, amount: usize, now: Millis) -> Result<(), TooMany> {
        let Some(interval) = self.interval else { return Ok(()) };
        let amount = i64::try_from(amount).unwrap_or(i64::MAX);
        let interval = interval.saturating_mul(amount).min(self.burst);
        let now = now.saturating_mul(NANOS_IN_MILLI);
        // Nothing here can stop halfway, so the map is intact even after a panic elsewhere.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let done_at = self.find_next(&seen, &who, interval, now)?;
        seen.insert_entry(who, done_at, now);
        Ok(())
    }

    /// Returns when all of the sender's requests would be done with this one, of so many
    /// nanoseconds, or when it is allowed. `now` is in nanoseconds.
    fn find_next(
        &self,
        seen: &Entries<K>,
        who: &K,
        interval: i64,
        now: i64,
    ) -> Result<i64, TooMany> {
        let latest = now.saturating_add(self.burst);
        // A clock that was set back must not lock anyone out for the time that it was ahead.
        let before = seen.done_at.get(who).map_or(now, |done_at| (*done_at).clamp(now, latest));
        let done_at = before.saturating_add(interval);
        if done_at > latest {
            let wait = (done_at - latest + NANOS_IN_SECOND - 1) / NANOS_IN_SECOND;
            return Err(TooMany { retry_after: u64::try_from(wait).unwrap_or(1).max(1) });
        }
        Ok(done_at)
    }
}

impl<K: Hash + Eq> Entries<K> {
    fn insert_entry(&mut self, who: K, done_at: i64, now: i64) {
        if self.done_at.len() >= self.look_at {
            self.done_at.retain(|_, done_at| *done_at > now);
            if self.done_at.len() >= MOST {
                // This many at once are an attack from many addresses, which no limit per address
                // stops. The memory must be protected.
                self.done_at.clear();
            }
            self.look_at = (self.done_at.len() * 2).clamp(FEW, MOST);
        }
        self.done_at.insert(who, done_at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered<K>(limit: &RateLimit<K>) -> usize {
        limit.seen.lock().unwrap().done_at.len()
    }

    #[test]
    fn a_burst_may_come_and_then_so_many_a_second() {
        let limit = RateLimit::per_second(20);
        let at = |now| (0..1000).take_while(|_| limit.check_rate("a", now).is_ok()).count();
        assert_eq!(at(1_000_000), 200);
        assert_eq!(limit.check_rate("a", 1_000_000), Err(TooMany { retry_after: 1 }));
        assert_eq!(limit.check_rate("b", 1_000_000), Ok(()), "each by itself");
        assert_eq!(at(1_000_500), 10);
        assert_eq!(at(1_100_000), 200);
    }

    #[test]
    fn a_slow_limit_lets_few_come_at_once() {
        let limit = RateLimit::with_burst(3, Duration::from_secs(20));
        let at = |now| (0..1000).take_while(|_| limit.check_rate("a", now).is_ok()).count();
        assert_eq!(at(1_000_000), 3);
        assert_eq!(limit.check_rate("a", 1_000_000), Err(TooMany { retry_after: 20 }));
        assert_eq!(at(1_019_999), 0);
        assert_eq!(at(1_020_000), 1);
        assert_eq!(at(2_000_000), 3);
    }

    #[test]
    fn bytes_are_counted_per_minute() {
        let limit = RateLimit::bytes_per_minute(60_000);
        assert_eq!(limit.check_amount("a", 59_000, 1_000_000), Ok(()));
        let refused = limit.check_amount("a", 5_000, 1_000_000);
        assert_eq!(refused, Err(TooMany { retry_after: 4 }), "and nothing is counted");
        assert_eq!(limit.check_amount("a", 1_000, 1_000_000), Ok(()));
        assert_eq!(limit.check_amount("a", 5_000, 1_005_000), Ok(()));
        // A single request larger than the limit passes once nothing else was sent for a minute.
        assert_eq!(limit.check_amount("b", 1_000_000, 1_000_000), Ok(()));
        assert_eq!(limit.check_amount("b", 1, 1_000_000), Err(TooMany { retry_after: 1 }));
        assert_eq!(RateLimit::bytes_per_minute(0).check_amount("a", usize::MAX, 0), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out() {
        let limit = RateLimit::per_second(1);
        assert_eq!((0..100).filter(|_| limit.check_rate("a", 9_000_000).is_ok()).count(), 10);
        assert_eq!(limit.check_rate("a", 1_000_000), Err(TooMany { retry_after: 1 }));
    }

    #[test]
    fn no_limit_is_none_and_remembers_nobody() {
        let limit = RateLimit::per_second(0);
        assert!((0..1000).all(|_| limit.check_rate("a", 0).is_ok()));
        assert_eq!(remembered(&limit), 0);
    }

    #[test]
    fn memory_is_bounded() {
        let limit = RateLimit::per_second(1);
        for who in 0..10_000 {
            // Each is idle again long before the next thousand arrive.
            limit.check_rate(who, who * 100).unwrap();
        }
        assert!(remembered(&limit) <= FEW, "{}", remembered(&limit));
        for who in 0..250_000 {
            limit.check_rate(who, 2_000_000).unwrap();
        }
        assert!(remembered(&limit) <= MOST, "{}", remembered(&limit));
    }
}
