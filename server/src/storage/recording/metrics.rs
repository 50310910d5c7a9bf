//! Metrics of the storage's work.

use super::writer;
use crate::storage::database::pools::{Pools, PostgresPools, query_read};
use crate::storage::{Store, StoreError};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;

/// Histogram buckets for the records of a group.
const SIZE_BUCKETS: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];
/// Histogram buckets for the seconds of a group's transaction.
const SECOND_BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// Counts the writer's work.
#[derive(Debug, Clone)]
pub struct WriterMetrics {
    events: Counter,
    refused: Counter,
    group_size: Histogram,
    group_seconds: Histogram,
}

/// Returns the storage's load at this moment.
#[derive(Debug, Default)]
pub struct StorageLoad {
    /// Records in the writer's queue.
    pub waiting: usize,
    /// The pools of connections to the database.
    pub pools: Vec<PoolLoad>,
}

/// The connections of one pool.
#[derive(Debug)]
pub struct PoolLoad {
    /// The pool's purpose.
    pub name: &'static str,
    /// The number of idle connections.
    pub idle: usize,
    /// The number of connections in use.
    pub used: usize,
}

impl Default for WriterMetrics {
    fn default() -> Self {
        Self {
            events: Counter::default(),
            refused: Counter::default(),
            group_size: Histogram::new(SIZE_BUCKETS),
            group_seconds: Histogram::new(SECOND_BUCKETS),
        }
    }
}

impl WriterMetrics {
    /// Registers the metrics.
    pub fn register_metrics(&self, registry: &mut Registry) {
        let help = "Events written to the log";
        registry.register("events_written", help, self.events.clone());
        let help = "Records rejected because too many waited to be written";
        registry.register("writer_refused", help, self.refused.clone());
        let help = "Records written in one transaction";
        registry.register("writer_group_size", help, self.group_size.clone());
        let help = "Time from the start of a group's transaction until it is on disk";
        let seconds = self.group_seconds.clone();
        registry.register_with_unit("writer_commit_duration", help, Unit::Seconds, seconds);
    }

    /// Counts a written group and its new events.
    pub fn count_group(&self, records: usize, events: usize, took: Duration) {
        self.events.inc_by(u64::try_from(events).unwrap_or(u64::MAX));
        self.group_size.observe(f64::from(u32::try_from(records).unwrap_or(u32::MAX)));
        self.group_seconds.observe(took.as_secs_f64());
    }

    /// Counts records that were refused because the queue was full.
    pub fn count_refused(&self, records: usize) {
        self.refused.inc_by(u64::try_from(records).unwrap_or(u64::MAX));
    }
}

impl Store {
    /// Returns the writer's metrics.
    pub fn writer_metrics(&self) -> &WriterMetrics {
        &self.meter
    }

    /// The storage's load at this moment.
    pub fn system_load(&self) -> StorageLoad {
        let pool = |name, size: u32, idle: usize| {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            PoolLoad { name, idle, used: size.saturating_sub(idle) }
        };
        let pools = match &self.pools {
            Pools::Sqlite { readers, writer, .. } => vec![
                pool("read", readers.size(), readers.num_idle()),
                pool("write", writer.size(), writer.num_idle()),
            ],
            Pools::Postgres(PostgresPools { readers, writer, .. }) => vec![
                pool("read", readers.size(), readers.num_idle()),
                pool("write", writer.size(), writer.num_idle()),
            ],
        };
        let waiting = writer::QUEUE_CAPACITY.saturating_sub(self.writer.capacity());
        StorageLoad { waiting, pools }
    }

    /// Returns the number of active calls of all clients.
    pub async fn system_count_active_calls(&self) -> Result<i64, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_scalar(
            "SELECT COUNT(*) FROM calls WHERE status = 'active'"
        )
        .fetch_one(db))?)
    }
}
