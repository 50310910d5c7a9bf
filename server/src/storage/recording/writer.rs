//! The one task that writes: it takes what waits, writes it in one transaction, and answers
//! each after the commit.
//!
//! A commit costs a sync of the disk, some milliseconds, whether it carries one change or
//! hundreds. So while one group is on its way to disk, the next one gathers.

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

/// Records that may wait. Past it the server says so at once rather than growing.
pub const MOST_WAITING: usize = 4096;
/// Records in one transaction on a file.
const MOST_IN_FILE: usize = 1000;
/// Records in one transaction on a server: other instances wait for the same clients' feeds
/// meanwhile.
const MOST_ON_SERVER: usize = 500;
/// The longest that one transaction on a server may take.
const LONGEST_ON_SERVER: Duration = Duration::from_secs(30);

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

/// Who sees what was written.
pub struct Seen {
    /// Receives the events.
    pub sink: Arc<dyn FeedSink>,
    /// Counts them.
    pub meter: Meter,
    /// Learns whether the database can be written.
    pub readiness: Arc<Readiness>,
}

/// Writes until asked to stop and all that waited is written.
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

/// Writes one group and answers it. Hands back the events that are new, and what it took.
async fn write_group(pools: &Pools, group: Vec<Waiting>, seen: &Seen) -> (Vec<Told>, Duration) {
    let began = Instant::now();
    let records: Vec<&Record> = group.iter().map(|waiting| waiting.record.as_ref()).collect();
    let Written { answers, told, failure } = write_parts(pools, &records).await;
    let took = began.elapsed();
    // A group of nothing but refused records says nothing about the database.
    match failure {
        Some(why) => seen.readiness.learn(Err(why)),
        None if answers.iter().any(Result::is_ok) => seen.readiness.learn(Ok(())),
        None => {}
    }
    seen.meter.wrote(group.len(), told.len(), took);
    seen.sink.publish(&told);
    for (waiting, answer) in group.into_iter().zip(answers) {
        // The one who asked may be gone; what it asked for is done all the same.
        let _ = waiting.answer.send(answer);
    }
    (told, took)
}

/// Writes records in one transaction. Where one of them cannot be kept, in one for each half of
/// them, and so on, until that one stands alone and is refused.
async fn write_parts(pools: &Pools, records: &[&Record]) -> Written {
    let mut written = Written::default();
    // The part to be written next is the last one.
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

/// What those hear whose records could not be written.
fn refused(error: &sqlx::Error, records: usize) -> RecordError {
    if Remedy::of(error) == Remedy::LeaveOut {
        tracing::warn!("a record cannot be kept: {error}");
        return RecordError::CannotBeKept;
    }
    tracing::error!(records, "a group of records was not written: {error}");
    RecordError::Unavailable
}

/// What came of records.
#[derive(Default)]
struct Written {
    answers: Vec<Answer>,
    told: Vec<Told>,
    /// Why the database could not be written.
    failure: Option<NotWritable>,
}

/// Writes records in one transaction; anew, as a whole, where another instance got in the way.
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

/// Writes records in one transaction. What a group has read lives and ends with it, so that
/// another try looks at everything anew.
async fn write(pools: &Pools, records: &[&Record]) -> Result<Written, sqlx::Error> {
    match pools {
        // The disk answers, or says that it cannot.
        Pools::Sqlite { .. } => write_whole(pools, records).await,
        // A server may be gone without a word, and the connection does not hear of it.
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
