//! Which records go into one transaction.
//!
//! While a group is on its way to disk the next one gathers by itself. But those who were
//! answered a moment ago are about to send again: a group that began without them would be half
//! of those who log, they would be the other half, and each would wait for two syncs of the disk
//! for every one of its own. So after a slow commit of several records a new one waits a little,
//! for as long as more come in and not longer than a part of what that commit took. Where commits
//! are quick, or one alone logs, nothing waits.

use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

/// A commit that is quicker than this is not worth waiting for.
const SLOW: Duration = Duration::from_millis(3);
/// The time in which the next record has to come, else no more are waited for.
const SILENCE: Duration = Duration::from_millis(2);
/// The longest that a group waits in all.
const LONGEST: Duration = Duration::from_millis(5);

/// Makes up groups, by what became of the one before.
#[derive(Debug)]
pub struct Gatherer {
    most: usize,
    /// Records of the group before.
    wrote: usize,
    /// What that group took.
    took: Duration,
}

impl Gatherer {
    /// Makes up groups of so many records at most.
    pub fn new(most: usize) -> Self {
        Self { most, wrote: 0, took: Duration::ZERO }
    }

    /// Remembers what a group has taken.
    pub fn wrote(&mut self, records: usize, took: Duration) {
        (self.wrote, self.took) = (records, took);
    }

    /// Adds to a group what waits, and what is worth waiting for.
    pub async fn fill<T>(&self, group: &mut Vec<T>, queue: &mut mpsc::Receiver<T>) {
        self.take(group, queue);
        let (expected, longest) = self.expects(group.len());
        let last = Instant::now() + longest;
        while group.len() < expected {
            let until = last.min(Instant::now() + SILENCE);
            let Ok(Some(next)) = timeout_at(until, queue.recv()).await else { return };
            group.push(next);
            self.take(group, queue);
        }
    }

    /// How many records are waited for, those that are here included, and for how long at most.
    fn expects(&self, here: usize) -> (usize, Duration) {
        if self.wrote < 2 || self.took < SLOW {
            return (0, Duration::ZERO);
        }
        // All who were just answered, and all who waited meanwhile: more are not likely to come.
        (self.most.min(self.wrote + here), LONGEST.min(self.took / 2))
    }

    fn take<T>(&self, group: &mut Vec<T>, queue: &mut mpsc::Receiver<T>) {
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
        gatherer.wrote(wrote, Duration::from_millis(took));
        gatherer
    }

    #[test]
    fn those_who_were_just_answered_are_waited_for() {
        assert_eq!(after(32, 8).expects(10), (42, Duration::from_millis(4)));
        assert_eq!(after(32, 80).expects(32), (MOST, LONGEST));
    }

    #[test]
    fn nobody_waits_after_a_quick_commit_or_alone() {
        assert_eq!(after(32, 1).expects(10).0, 0);
        assert_eq!(after(1, 10).expects(1).0, 0);
    }

    #[tokio::test]
    async fn a_group_takes_what_is_there_and_no_more_than_fits() {
        let (sender, mut queue) = mpsc::channel(100);
        for number in 0..70 {
            sender.send(number).await.unwrap();
        }
        let mut group = Vec::new();
        after(32, 10).fill(&mut group, &mut queue).await;
        assert_eq!(group, (0..50).collect::<Vec<_>>());
        // Nobody is left who could send more.
        drop(sender);
        group.clear();
        after(32, 10).fill(&mut group, &mut queue).await;
        assert_eq!(group, (50..70).collect::<Vec<_>>());
    }
}
