//! The task that writes all facts about calls: it takes the queued records, writes them in one
//! transaction, and answers each after the commit.
//!
//! A commit costs a disk sync, some milliseconds, whether it carries one change or hundreds. So
//! while one group is being committed, the next one gathers.

mod gather;

use super::group::{Group, Told};
use super::metrics::Meter;
use super::notices::Teller;
use super::record::{Record, RecordError, Recorded};
use super::sink::FeedSink;
use crate::storage::database::pools::Pools;
use crate::storage::database::readiness::{NotWritable, Readiness};
use crate::storage::database::retry::{self, Remedy};
use gather::Gatherer;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// The capacity of the queue. Beyond it the server refuses records rather than using more memory.
pub const MOST_WAITING: usize = 4096;
/// The most records in one transaction on SQLite.
const MOST_IN_FILE: usize = 1000;
/// The most records in one transaction on PostgreSQL: other instances wait for the same clients'
/// feeds meanwhile.
const MOST_ON_SERVER: usize = 500;
/// The timeout of one transaction on PostgreSQL.
const LONGEST_ON_SERVER: Duration = Duration::from_secs(30);

type Answer = Result<Recorded, RecordError>;

/// A queued record, and the channel for its result.
pub struct Waiting {
    record: Box<Record>,
    answer: oneshot::Sender<Answer>,
}

impl Waiting {
    /// Returns a queued record and the receiver of its result.
    pub fn new(record: Record) -> (Self, oneshot::Receiver<Answer>) {
        let (answer, receiver) = oneshot::channel();
        (Self { record: Box::new(record), answer }, receiver)
    }
}

/// The listeners to what the writer has written.
pub struct Seen {
    /// Receives the events.
    pub sink: Arc<dyn FeedSink>,
    /// Counts them.
    pub meter: Meter,
    /// Learns whether the database is writable.
    pub readiness: Arc<Readiness>,
}

/// Runs until cancelled, then drains the queue.
pub async fn run(
    pools: Pools,
    mut queue: mpsc::Receiver<Waiting>,
    seen: Seen,
    stop: CancellationToken,
) {
    let most = match &pools {
        Pools::Sqlite { .. } => MOST_IN_FILE,
        Pools::Postgres(_) => MOST_ON_SERVER,
    };
    let teller = Teller::start(&pools);
    let mut gatherer = Gatherer::new(most);
    loop {
        let next = tokio::select! {
            biased;
            () = stop.cancelled(), if !queue.is_closed() => {
                queue.close();
                continue;
            }
            next = queue.recv() => next,
        };
        let Some(first) = next else { break };
        let mut group = vec![first];
        gatherer.fill(&mut group, &mut queue).await;
        let records = group.len();
        let (told, took) = write_group(&pools, group, &seen).await;
        gatherer.wrote(records, took);
        teller.tell(&told);
    }
    teller.finish().await;
}

/// Writes one group and answers its records. Returns the new events and the time taken.
async fn write_group(pools: &Pools, group: Vec<Waiting>, seen: &Seen) -> (Vec<Told>, Duration) {
    let began = Instant::now();
    let records: Vec<&Record> = group.iter().map(|waiting| waiting.record.as_ref()).collect();
    let Written { answers, told, failure } = write_parts(pools, &records).await;
    let took = began.elapsed();
    // If every record was refused, the group says nothing about the database.
    match failure {
        Some(why) => seen.readiness.learn(Err(why)),
        None if answers.iter().any(Result::is_ok) => seen.readiness.learn(Ok(())),
        None => {}
    }
    seen.meter.wrote(group.len(), told.len(), took);
    seen.sink.publish(&told);
    for (waiting, answer) in group.into_iter().zip(answers) {
        // The caller may have gone away; its record is written all the same.
        let _ = waiting.answer.send(answer);
    }
    (told, took)
}

/// Writes records in one transaction. If one of them cannot be stored, writes each half in its own
/// transaction, and so on, until that record is alone and refused.
async fn write_parts(pools: &Pools, records: &[&Record]) -> Written {
    let mut written = Written::default();
    // The last part is written next.
    let mut parts = vec![records];
    while let Some(part) = parts.pop() {
        match write_again(pools, part).await {
            Ok(mut done) => {
                written.answers.append(&mut done.answers);
                written.told.append(&mut done.told);
            }
            Err(error) if Remedy::of(&error) == Remedy::LeaveOut && part.len() > 1 => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.extend([second, first]);
            }
            Err(error) => {
                let refusal = refused(&error, part.len());
                if refusal == RecordError::Unavailable {
                    written.failure = Some(NotWritable::of(&error));
                }
                written.answers.extend(part.iter().map(|_| Err(refusal)));
            }
        }
    }
    written
}

/// Logs a failure and returns the error for the records that were not written.
fn refused(error: &sqlx::Error, records: usize) -> RecordError {
    if Remedy::of(error) == Remedy::LeaveOut {
        tracing::warn!("a record could not be written: {error}");
        return RecordError::CannotBeKept;
    }
    tracing::error!(records, "a group of records could not be written: {error}");
    RecordError::Unavailable
}

/// The results of a group of records.
#[derive(Default)]
struct Written {
    answers: Vec<Answer>,
    told: Vec<Told>,
    /// Why the database was not writable.
    failure: Option<NotWritable>,
}

/// Writes records in one transaction, and retries all of it on a conflict with another instance.
async fn write_again(pools: &Pools, records: &[&Record]) -> Result<Written, sqlx::Error> {
    let mut pauses = retry::pauses();
    loop {
        match write(pools, records).await {
            Err(error) if Remedy::of(&error) == Remedy::Again => {
                pools.failed(&error);
                let Some(pause) = pauses.next() else { return Err(error) };
                tokio::time::sleep(pause).await;
            }
            done => return done,
        }
    }
}

/// Writes records in one transaction. A group's rows are dropped with it, so that a retry reads
/// everything again.
async fn write(pools: &Pools, records: &[&Record]) -> Result<Written, sqlx::Error> {
    match pools {
        // A disk answers or fails.
        Pools::Sqlite { .. } => write_whole(pools, records).await,
        // A server may vanish without closing its connection.
        Pools::Postgres(_) => timeout(LONGEST_ON_SERVER, write_whole(pools, records))
            .await
            .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into())),
    }
}

async fn write_whole(pools: &Pools, records: &[&Record]) -> Result<Written, sqlx::Error> {
    let mut group = Group::begin(pools, records).await?;
    let answers = records.iter().map(|record| group.record(record)).collect::<Result<_, _>>()?;
    Ok(Written { answers, told: group.commit().await?, failure: None })
}
