//! Gives memory back to the operating system after many connections have ended.
//!
//! glibc gives back only what lies above the last byte in use, and each of its arenas has one: after
//! thousands of connections at once, the process would stay as large as they made it
//! (docs/internals/requests.md).

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// How often the open connections are counted.
pub const INTERVAL: Duration = Duration::from_secs(10);
/// So many connections have to end before memory is given back: it stops allocating for some
/// milliseconds.
const MANY: i64 = 200;

/// Remembers how many connections there were.
#[derive(Debug, Default)]
pub struct MemoryReturn {
    /// The most connections since memory was given back.
    peak: AtomicI64,
}

impl MemoryReturn {
    /// Returns whether so many connections have ended that memory should be given back.
    fn is_due(&self, open: i64) -> bool {
        let peak = self.peak.fetch_max(open, Ordering::Relaxed).max(open);
        let is_due = peak - open >= MANY;
        if is_due {
            self.peak.store(open, Ordering::Relaxed);
        }
        is_due
    }

    /// Gives memory back, if many connections have ended since the last time.
    pub async fn run(&self, open: i64) {
        if self.is_due(open) && tokio::task::spawn_blocking(give_back).await.is_err() {
            tracing::warn!("memory could not be given back");
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "no library wraps this function of glibc")]
fn give_back() {
    // SAFETY: malloc_trim(3) may be called at any time from any thread, and takes the locks that it
    // needs.
    unsafe { libc::malloc_trim(0) };
}

/// Other allocators give memory back automatically.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back() {}

#[cfg(test)]
mod tests {
    use super::MemoryReturn;

    #[test]
    fn memory_is_given_back_once_after_many_connections_have_ended() {
        let memory = MemoryReturn::default();
        let due: Vec<bool> =
            [10, 4000, 3900, 3700, 3700, 14, 14, 300, 90].map(|open| memory.is_due(open)).into();
        assert_eq!(due, [false, false, false, true, false, true, false, false, true]);
    }
}
