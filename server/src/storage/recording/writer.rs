//! The task that writes all facts about calls: it takes the queued records, writes them in one
//! transaction, and answers each after the commit.
//!
//! A commit costs a disk sync, some milliseconds, whether it carries one change or hundreds. So
//! while one group is being committed, the next one gathers.

mod batching;

use super::group::{CommittedEvent, Group};
use super::metrics::WriterMetrics;
use super::notices::Notifier;
use super::record::{Record, RecordError, RecordedEvent};
use super::sink::FeedSink;
use crate::storage::database::pools::Pools;
use crate::storage::database::readiness::{NotWritable, Readiness};
use crate::storage::database::retry::{self, ErrorClass};
use batching::Gatherer;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// The capacity of the queue. Beyond it the server refuses records rather than using more memory.
pub const QUEUE_CAPACITY: usize = 4096;
/// The most records in one transaction on SQLite.
const MAX_GROUP_SQLITE: usize = 1000;
/// The most records in one transaction on PostgreSQL: other instances wait for the same clients'
/// feeds meanwhile.
const MAX_GROUP_POSTGRES: usize = 500;
/// The timeout of one transaction on PostgreSQL.
const POSTGRES_TIMEOUT: Duration = Duration::from_secs(30);

type WriteAnswer = Result<RecordedEvent, RecordError>;

/// A queued record, and the channel for its result.
pub struct QueuedRecord {
    record: Box<Record>,
    answer: oneshot::Sender<WriteAnswer>,
}

impl QueuedRecord {
    /// Returns a queued record and the receiver of its result.
    pub fn new(record: Record) -> (Self, oneshot::Receiver<WriteAnswer>) {
        let (answer, receiver) = oneshot::channel();
        (Self { record: Box::new(record), answer }, receiver)
    }
}

/// The listeners to what the writer has written.
pub struct WriterObservers {
    /// Receives the events.
    pub sink: Arc<dyn FeedSink>,
    /// Counts them.
    pub meter: WriterMetrics,
    /// Learns whether the database is writable.
    pub readiness: Arc<Readiness>,
}

/// Runs until cancelled, then drains the queue.
pub async fn run_writer(
    pools: Pools,
    mut queue: mpsc::Receiver<QueuedRecord>,
    seen: WriterObservers,
    stop: CancellationToken,
) {
    let most = match &pools {
        Pools::Sqlite { .. } => MAX_GROUP_SQLITE,
        Pools::Postgres(_) => MAX_GROUP_POSTGRES,
    };
    let teller = Notifier::spawn_task(&pools);
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
        gatherer.fill_group(&mut group, &mut queue).await;
        let records = group.len();
        let (told, took) = write_group(&pools, group, &seen).await;
        gatherer.note_group(records, took);
        teller.notify_servers(&told);
    }
    teller.finish_sending().await;
}

/// Writes one group and answers its records. Returns the new events and the time taken.
async fn write_group(
    pools: &Pools,
    group: Vec<QueuedRecord>,
    seen: &WriterObservers,
) -> (Vec<CommittedEvent>, Duration) {
    let began = Instant::now();
    let records: Vec<&Record> = group.iter().map(|waiting| waiting.record.as_ref()).collect();
    let GroupResult { answers, told, failure } = write_parts(pools, &records).await;
    let took = began.elapsed();
    // If every record was refused, the group says nothing about the database.
    match failure {
        Some(why) => seen.readiness.store_result(Err(why)),
        None if answers.iter().any(Result::is_ok) => seen.readiness.store_result(Ok(())),
        None => {}
    }
    seen.meter.count_group(group.len(), told.len(), took);
    seen.sink.publish(&told);
    for (waiting, answer) in group.into_iter().zip(answers) {
        // The caller may have gone away; its record is written all the same.
        let _ = waiting.answer.send(answer);
    }
    (told, took)
}

/// Writes records in one transaction. If one of them cannot be stored, writes each half in its own
/// transaction, and so on, until that record is alone and refused.
async fn write_parts(pools: &Pools, records: &[&Record]) -> GroupResult {
    let mut written = GroupResult::default();
    // The last part is written next.
    let mut parts = vec![records];
    while let Some(part) = parts.pop() {
        match write_with_retry(pools, part).await {
            Ok(mut done) => {
                written.answers.append(&mut done.answers);
                written.told.append(&mut done.told);
            }
            Err(error)
                if ErrorClass::classify(&error) == ErrorClass::InvalidRecord && part.len() > 1 =>
            {
                let (first, second) = part.split_at(part.len() / 2);
                parts.extend([second, first]);
            }
            Err(error) => {
                let refusal = log_and_refuse(&error, part.len());
                if refusal == RecordError::Unavailable {
                    written.failure = Some(NotWritable::from_error(&error));
                }
                written.answers.extend(part.iter().map(|_| Err(refusal.clone())));
            }
        }
    }
    written
}

/// Logs a failure and returns the error for the records that were not written.
fn log_and_refuse(error: &sqlx::Error, records: usize) -> RecordError {
    if ErrorClass::classify(error) == ErrorClass::InvalidRecord {
        tracing::warn!("a record could not be written: {error}");
        return RecordError::InvalidData;
    }
    tracing::error!(records, "a group of records could not be written: {error}");
    RecordError::Unavailable
}

/// The results of a group of records.
#[derive(Default)]
struct GroupResult {
    answers: Vec<WriteAnswer>,
    told: Vec<CommittedEvent>,
    /// Why the database was not writable.
    failure: Option<NotWritable>,
}

/// Writes records in one transaction, and retries all of it on a conflict with another instance.
async fn write_with_retry(pools: &Pools, records: &[&Record]) -> Result<GroupResult, sqlx::Error> {
    let mut pauses = retry::retry_pauses();
    loop {
        match write_with_timeout(pools, records).await {
            Err(error) if ErrorClass::classify(&error) == ErrorClass::Conflict => {
                pools.note_error(&error);
                let Some(pause) = pauses.next() else { return Err(error) };
                tokio::time::sleep(pause).await;
            }
            done => return done,
        }
    }
}

/// Writes records in one transaction. A group's rows are dropped with it, so that a retry reads
/// everything again.
async fn write_with_timeout(
    pools: &Pools,
    records: &[&Record],
) -> Result<GroupResult, sqlx::Error> {
    match pools {
        // A disk answers or fails.
        Pools::Sqlite { .. } => write_transaction(pools, records).await,
        // A server may vanish without closing its connection.
        Pools::Postgres(_) => timeout(POSTGRES_TIMEOUT, write_transaction(pools, records))
            .await
            .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into())),
    }
}

async fn write_transaction(pools: &Pools, records: &[&Record]) -> Result<GroupResult, sqlx::Error> {
    let mut group = Group::begin(pools, records).await?;
    let answers =
        records.iter().map(|record| group.apply_record(record)).collect::<Result<_, _>>()?;
    Ok(GroupResult { answers, told: group.commit().await?, failure: None })
}
