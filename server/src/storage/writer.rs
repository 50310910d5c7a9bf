//! The one task that writes: it takes what waits, writes it in one transaction, and answers
//! each after the commit.
//!
//! A commit costs a sync of the disk, some milliseconds, whether it carries one change or
//! hundreds. So nothing is waited for: while one group is on its way to disk, the next one
//! gathers by itself.

use super::group::{Group, Told};
use super::pools::Pools;
use super::record::{Record, RecordError, Recorded};
use super::trouble::{self, Remedy};
use crate::live::Hub;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Records that may wait. Past it the server says so at once rather than growing.
pub const MOST_WAITING: usize = 4096;
/// Records in one transaction on a file.
const MOST_IN_FILE: usize = 1000;
/// Records in one transaction on a server: each one goes there and back some times, and other
/// instances wait for the same clients' feeds meanwhile.
const MOST_ON_SERVER: usize = 200;

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
    let most = match &pools {
        Pools::Sqlite { .. } => MOST_IN_FILE,
        Pools::Postgres { .. } => MOST_ON_SERVER,
    };
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
        let mut group = vec![first];
        while group.len() < most
            && let Ok(next) = queue.try_recv()
        {
            group.push(next);
        }
        write_group(&pools, group, &hub).await;
    }
}

/// Writes one group and answers it.
async fn write_group(pools: &Pools, group: Vec<Waiting>, hub: &Hub) {
    let records: Vec<&Record> = group.iter().map(|waiting| waiting.record.as_ref()).collect();
    let mut told = Vec::new();
    let mut answers = Vec::new();
    match write_again(pools, &records).await {
        Ok(written) => {
            told = written.told;
            answers = written.answers;
        }
        // One of them is to blame. By itself, each other one is written all the same.
        Err(error) if Remedy::of(&error) == Remedy::LeaveOut => {
            for record in records {
                match write_again(pools, &[record]).await {
                    Ok(mut written) => {
                        told.append(&mut written.told);
                        answers.append(&mut written.answers);
                    }
                    Err(error) => answers.push(Err(refused(&error))),
                }
            }
        }
        Err(error) => {
            tracing::error!(records = records.len(), "a group of records was not written: {error}");
            answers.resize(records.len(), Err(RecordError::Unavailable));
        }
    }
    hub.publish(&told);
    for (waiting, answer) in group.into_iter().zip(answers) {
        // The one who asked may be gone; what it asked for is done all the same.
        let _ = waiting.answer.send(answer);
    }
    pools.notify(&told).await;
}

/// What the one hears whose record could not be written.
fn refused(error: &sqlx::Error) -> RecordError {
    if Remedy::of(error) == Remedy::LeaveOut {
        tracing::warn!("a record cannot be kept: {error}");
        return RecordError::CannotBeKept;
    }
    tracing::error!("a record was not written: {error}");
    RecordError::Unavailable
}

/// What came of a group that is on disk.
struct Written {
    answers: Vec<Answer>,
    told: Vec<Told>,
}

/// Writes records in one transaction; anew, as a whole, where another instance got in the way.
async fn write_again(pools: &Pools, records: &[&Record]) -> Result<Written, sqlx::Error> {
    let mut pauses = trouble::pauses();
    loop {
        match write(pools, records).await {
            Err(error) if Remedy::of(&error) == Remedy::Again => {
                let Some(pause) = pauses.next() else { return Err(error) };
                tokio::time::sleep(pause).await;
            }
            done => return done,
        }
    }
}

/// Writes records in one transaction. What a group has read lives and ends with it, so that
/// another try looks at everything anew.
async fn write(pools: &Pools, records: &[&Record]) -> Result<Written, sqlx::Error> {
    let clients = records.iter().map(|record| record.client_id.as_str()).collect();
    let mut group = Group::begin(pools, clients).await?;
    let mut answers = Vec::with_capacity(records.len());
    for record in records {
        answers.push(group.record((*record).clone()).await?);
    }
    Ok(Written { answers, told: group.commit().await? })
}
