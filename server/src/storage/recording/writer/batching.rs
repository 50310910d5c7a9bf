//! Decides which records go into one transaction.
//!
//! While a group is being committed, the next one gathers. But senders that were just answered are
//! about to send again: a group that began without them would hold half of the senders, they would
//! be the other half, and each would wait for two disk syncs per record. So after a slow commit of
//! several records, a group waits a little: as long as more records arrive, and at most a fraction
//! of the last commit's time. After a quick commit, or with a single sender, it does not wait.

use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

/// Commits faster than this are not worth waiting for.
const SLOW_COMMIT: Duration = Duration::from_millis(3);
/// The time within which the next record must arrive, or the group stops waiting.
const MAX_GAP: Duration = Duration::from_millis(2);
/// The longest total wait of a group.
const MAX_WAIT: Duration = Duration::from_millis(5);

/// Forms groups, based on the size and duration of the last one.
#[derive(Debug)]
pub struct Gatherer {
    most: usize,
    /// The number of records in the last group.
    wrote: usize,
    /// How long the last group took to write.
    took: Duration,
}

impl Gatherer {
    /// Creates a gatherer of groups of at most `most` records.
    pub fn new(most: usize) -> Self {
        Self { most, wrote: 0, took: Duration::ZERO }
    }

    /// Remembers the size and duration of a group.
    pub fn note_group(&mut self, records: usize, took: Duration) {
        (self.wrote, self.took) = (records, took);
    }

    /// Adds the queued records to a group, and those worth waiting for.
    pub async fn fill_group<T>(&self, group: &mut Vec<T>, queue: &mut mpsc::Receiver<T>) {
        self.drain_queue(group, queue);
        let (expected, longest) = self.expected_records(group.len());
        let last = Instant::now() + longest;
        while group.len() < expected {
            let until = last.min(Instant::now() + MAX_GAP);
            let Ok(Some(next)) = timeout_at(until, queue.recv()).await else { return };
            group.push(next);
            self.drain_queue(group, queue);
        }
    }

    /// Returns the number of records to wait for, including those already here, and the longest
    /// wait.
    fn expected_records(&self, here: usize) -> (usize, Duration) {
        if self.wrote < 2 || self.took < SLOW_COMMIT {
            return (0, Duration::ZERO);
        }
        // The senders that were just answered and those queued meanwhile: more are unlikely.
        (self.most.min(self.wrote + here), MAX_WAIT.min(self.took / 2))
    }

    fn drain_queue<T>(&self, group: &mut Vec<T>, queue: &mut mpsc::Receiver<T>) {
        while group.len() < self.most
            && let Ok(next) = queue.try_recv()
        {
            group.push(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 50;

    fn after(wrote: usize, took: u64) -> Gatherer {
        let mut gatherer = Gatherer::new(MOST);
        gatherer.note_group(wrote, Duration::from_millis(took));
        gatherer
    }

    #[test]
    fn those_who_were_just_answered_are_waited_for() {
        assert_eq!(after(32, 8).expected_records(10), (42, Duration::from_millis(4)));
        assert_eq!(after(32, 80).expected_records(32), (MOST, MAX_WAIT));
    }

    #[test]
    fn nobody_waits_after_a_quick_commit_or_alone() {
        assert_eq!(after(32, 1).expected_records(10).0, 0);
        assert_eq!(after(1, 10).expected_records(1).0, 0);
    }

    #[tokio::test]
    async fn a_group_takes_what_is_there_and_no_more_than_fits() {
        let (sender, mut queue) = mpsc::channel(100);
        for number in 0..70 {
            sender.send(number).await.unwrap();
        }
        let mut group = Vec::new();
        after(32, 10).fill_group(&mut group, &mut queue).await;
        assert_eq!(group, (0..50).collect::<Vec<_>>());
        // No sender is left.
        drop(sender);
        group.clear();
        after(32, 10).fill_group(&mut group, &mut queue).await;
        assert_eq!(group, (50..70).collect::<Vec<_>>());
    }
}
