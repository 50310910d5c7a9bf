//! The database: one set of queries, in the client's own rows.
//!
//! Every method takes the client's id first, so that a read across clients has to look odd;
//! the few that serve all clients are named `system_…`. A transaction never leaves this
//! module. What changes a call goes through one task, [`writer`], that carries many changes in
//! one commit and answers each after it.

mod admin;
mod agents;
mod analytics;
mod calls;
mod client_changes;
mod clients;
mod customer_book;
mod customers;
pub mod demo;
mod dialers;
mod feed;
mod group;
mod keys;
mod leads;
mod logs;
mod notes;
mod notices;
mod pools;
mod rebuild;
mod record;
mod settings;
mod totals;
mod trouble;
mod usage;
mod writer;

pub use admin::ClientSummary;
pub use agents::{AgentChange, AgentDone, FullAgentRow};
pub use analytics::{Span, TotalsAt};
pub use calls::CallRow;
pub use client_changes::ClientChange;
pub use clients::Client;
pub use customer_book::CustomerChange;
pub use customers::CustomerRow;
pub use feed::{FeedRow, TimelineRow};
pub use keys::ApiKeyRow;
pub use leads::{LeadChange, LeadRow};
pub use logs::{LogFilter, LogRecord};
pub use notes::NotesChange;
pub use notices::{Heads, Notices};
pub use record::{Condition, Origin, Record, RecordError, Recorded, Source};
pub use totals::Totals;

use crate::live::Hub;
use pools::Pools;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The database could not be opened or asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The text after `--database` is no database this server knows.
    #[error(
        "the database {0:?} is not one this server can open; write sqlite:PATH or postgres://USER@HOST/NAME"
    )]
    Address(String),
    /// The folder for the database cannot be made.
    #[error("the folder {folder:?} for the database cannot be made")]
    Folder {
        /// The folder.
        folder: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The tables cannot be brought up to date.
    #[error("the database's tables cannot be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The database does not answer, or not as it should.
    #[error("the database does not answer")]
    Unavailable(#[from] sqlx::Error),
}

/// The database and the task that writes to it.
#[derive(Debug)]
pub struct Store {
    pools: Pools,
    writer: mpsc::Sender<writer::Waiting>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Store {
    /// Opens the database, makes it where there is none, brings its tables up to date and
    /// starts the writer, which tells `hub` what it has committed.
    pub async fn open(address: &str, hub: Arc<Hub>) -> Result<Self, StoreError> {
        let pools = Pools::open(address).await?;
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let (sender, receiver) = mpsc::channel(writer::MOST_WAITING);
        tasks.spawn(writer::run(pools.clone(), receiver, hub, stop.clone()));
        tasks.close();
        Ok(Self { pools, writer: sender, stop, tasks })
    }

    /// Takes one thing that happened to a call to disk and answers when it is there.
    ///
    /// Where so much waits already that this would only wait too, it is refused at once with
    /// [`RecordError::Unavailable`]: the sender keeps it and comes again.
    pub async fn record(&self, record: Record) -> Result<Recorded, RecordError> {
        let (waiting, answer) = writer::Waiting::new(record);
        self.writer.try_send(waiting).map_err(|_| RecordError::Unavailable)?;
        answer.await.unwrap_or(Err(RecordError::Unavailable))
    }

    /// Whether the database answers.
    pub async fn system_ping(&self) -> Result<(), StoreError> {
        pools::reading!(self, |db| sqlx::query("SELECT 1").execute(db))?;
        Ok(())
    }

    /// Which database this is, with its version, in its own words.
    pub async fn system_version(&self) -> Result<String, StoreError> {
        let version = match &self.pools {
            Pools::Sqlite { readers, .. } => {
                let number: String =
                    sqlx::query_scalar("SELECT sqlite_version()").fetch_one(readers).await?;
                format!("SQLite {number}")
            }
            Pools::Postgres { readers, .. } => {
                sqlx::query_scalar("SELECT version()").fetch_one(readers).await?
            }
        };
        Ok(version)
    }

    /// Commits what waits, takes nothing more and closes the database.
    pub async fn close(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
        self.pools.close().await;
    }
}
