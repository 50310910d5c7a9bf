//! The one task that writes: it takes what waits, writes it in one transaction, and answers
//! each after the commit.
//!
//! A commit costs a sync of the disk, some milliseconds, whether it carries one change or
//! hundreds. So nothing is waited for: while one group is on its way to disk, the next one
//! gathers by itself.

use super::group::Group;
use super::pools::Pools;
use super::record::{Record, RecordError, Recorded};
use crate::live::Hub;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Records that may wait. Past it the server says so at once rather than growing.
pub const MOST_WAITING: usize = 4096;
/// Records in one transaction.
const MOST_IN_GROUP: usize = 1000;
/// How long a group is filled from what waits; the first in it waits that long for its commit.
const FILL_FOR: Duration = Duration::from_millis(5);

type Answer = Result<Recorded, RecordError>;

/// A record that waits for its turn, and who waits for the answer.
pub struct Waiting {
    record: Box<Record>,
    answer: oneshot::Sender<Answer>,
}

impl Waiting {
    /// A record with the place where its answer will come.
    pub fn new(record: Record) -> (Self, oneshot::Receiver<Answer>) {
        let (answer, receiver) = oneshot::channel();
        (Self { record: Box::new(record), answer }, receiver)
    }
}

/// Writes until asked to stop and all that waited is written.
pub async fn run(
    pools: Pools,
    mut queue: mpsc::Receiver<Waiting>,
    hub: Arc<Hub>,
    stop: CancellationToken,
) {
    loop {
        let next = tokio::select! {
            biased;
            () = stop.cancelled(), if !queue.is_closed() => {
                queue.close();
                continue;
            }
            next = queue.recv() => next,
        };
        let Some(first) = next else { return };
        write_group(&pools, first, &mut queue, &hub).await;
    }
}

/// Writes one group and answers it.
async fn write_group(
    pools: &Pools,
    first: Waiting,
    queue: &mut mpsc::Receiver<Waiting>,
    hub: &Hub,
) {
    let mut answers = Vec::new();
    match try_group(pools, first, queue, &mut answers).await {
        Ok(told) => {
            hub.publish(&told);
            for (waiting, answer) in answers {
                // The one who asked may be gone; what it asked for is done all the same.
                let _ = waiting.send(answer.unwrap_or(Err(RecordError::Unavailable)));
            }
        }
        Err(error) => {
            tracing::error!(records = answers.len(), "a group of records was not written: {error}");
            for (waiting, _) in answers {
                let _ = waiting.send(Err(RecordError::Unavailable));
            }
        }
    }
}

/// Who waits, with the answer it will get once the group is on disk.
type Answers = Vec<(oneshot::Sender<Answer>, Option<Answer>)>;

async fn try_group(
    pools: &Pools,
    first: Waiting,
    queue: &mut mpsc::Receiver<Waiting>,
    answers: &mut Answers,
) -> Result<Vec<super::group::Told>, sqlx::Error> {
    // In `answers` before anything can fail, so that nobody is left without one.
    let take = |waiting: Waiting, answers: &mut Answers| {
        answers.push((waiting.answer, None));
        waiting.record
    };
    let mut record = Some(take(first, answers));
    let begun = Instant::now();
    let mut group = Group::begin(pools).await?;
    while let Some(this) = record.take() {
        let answer = group.record(*this).await?;
        if let Some(last) = answers.last_mut() {
            last.1 = Some(answer);
        }
        if answers.len() < MOST_IN_GROUP && begun.elapsed() < FILL_FOR {
            record = queue.try_recv().ok().map(|waiting| take(waiting, answers));
        }
    }
    group.commit().await
}
