//! Stores and reads all data in SQLite or PostgreSQL.
//!
//! Every query method takes the client's id first, so that a read across clients stands out; the
//! few that serve all clients are named `system_…`. A transaction never leaves this module. Every
//! change to a call goes through one task, [`recording::writer`], which commits many changes at
//! once and answers each after the commit.

mod access;
mod analytics;
mod call_row;
mod call_state;
mod calls;
mod client_row;
mod clients;
mod customers;
mod database;
mod domains;
mod locks;
mod permission;
mod providers;
mod receivers;
mod recording;
mod seals;
mod spellings;

pub use access::agent_token_keys::{AddedKey, AgentTokenKeyRow};
pub use access::audit::{Actor, AuditRow, Stamp};
pub use access::credential_lookup::FoundCredential;
pub use access::credentials::{
    CredentialGrant, CredentialKind, CredentialRow, NewCredential, Numbers, SCOPES,
};
pub use access::identities::{Identity, IdentityOutcome};
pub use access::people::{PersonChange, PersonOutcome, PersonRow};
pub use access::person_sessions::NewSession;
pub use access::teams::{TeamChange, TeamOutcome, TeamRow, TeamWithMembers};
pub use analytics::fields::{
    BUILT_IN, CallScan, FIELD_NAMES, FieldRow, FieldSums, FieldTotals, MAX_FIELDS, NumberBin,
    OTHER, ScannedCall, Tally, ValueKind, ValueSums, entered_keys, key_as_bin, key_as_json,
    key_as_number, key_kind, rounded_ratio, sent_parts_of_row, text_key,
};
pub use analytics::spans::{Span, Unit};
pub use analytics::totals::Totals;
pub use call_row::{CallRow, CallWithNotes, NotesRow};
pub use call_state::read_state;
pub use calls::attempts::{CalledOne, MOST_COUNTED};
pub use calls::call_backs::{CallBackFilter, MissedRow, QueueChange, ReassignOutcome};
pub use calls::feed::{FeedRow, TimelineRow, TimelineSpot};
pub use calls::follow_ups::{FollowUpOf, MOST_OF_AGENT, NewFollowUp, PlanOutcome};
pub use calls::history::{FollowUpFilter, HistoryFilter};
pub use calls::logs::{LogFilter, LogPage, LogPosition, LogRecord, LogRowKey};
pub use calls::missed::MissedFilter;
pub use calls::notes::{NotesChange, NotesOutcome};
pub use calls::past_calls::PastCall;
pub use calls::search::{
    CallFilter, CallSort, Connected, FieldCondition, FieldTest, FoundCalls, ListPosition,
    SearchText,
};
pub use client_row::Client;
pub use clients::agents::{AgentChange, AgentOutcome, AgentRow};
pub use clients::alerts::{AlertMessage, AlertMessageState};
pub use clients::changes::ClientChange;
pub use clients::demo;
pub use clients::health::{ClientHealth, ProviderHealth};
pub use clients::retention::{RemovedCounts, Retention};
pub use clients::saved_views::{SavedViewRow, ViewOutcome};
pub use clients::stored::StoredAmount;
pub use clients::summaries::ClientSummary;
pub use customers::found::{CustomerCall, CustomerLead, FoundCustomerData};
pub use customers::lead_list::{LeadArrival, LeadFilter, ListedLeadRow, SentLeadRow};
pub use customers::leads::{LeadChange, LeadRow};
pub use customers::list::{CustomerFilter, ListedCustomerRow};
pub use customers::numbers::CustomerRow;
pub use customers::payments::{PaymentRow, PromiseRow};
pub use customers::profile::{CustomerChange, CustomerProfile};
pub use database::checkup::Checkup;
pub use database::copy;
pub use database::portion::Portion;
use database::readiness::Readiness;
pub use database::schema::{SchemaVersion, migrate_database};
pub use domains::{
    AgentStore, AlertStore, AnalyticsStore, AuditStore, CallStore, ClientStore, CredentialStore,
    CustomerStore, FieldStore, LeadStore, PeopleStore, PermissionStore, ProviderStore,
    ReceiverStore, SavedViewStore, SealStore, TeamStore,
};
pub use permission::consent_entries::PersonFilter;
pub use permission::consents::ConsentRow;
pub use permission::decision_lists::{DecisionFilter, DecisionRow, ScannedDecision};
pub use permission::entries::{NewSuppression, SuppressionState};
pub use permission::history::CallRefusal;
pub use permission::holidays::HolidayRow;
pub use permission::imports::{ImportBegun, ImportRow};
pub use permission::outcome::{
    OutcomeActs, OutcomeFollowUp, OutcomePromise, OutcomeSuppression, OutcomeWithdrawal,
};
pub use permission::own_packs::{OwnPackRow, PackRemoval, PackSaved};
pub use permission::quiet_time_entries::QuietTimeAdded;
pub use permission::quiet_times::{QuietTimeRow, WEEKLY};
pub use permission::rules::RulesSaved;
pub use permission::suppressions::SuppressionRow;
pub use providers::accounts::{AccountOutcome, AccountRow};
pub use providers::calls::{NewProviderCall, ProviderCallRow, ProviderCallUpdate};
pub use providers::event_streams::EventStreamRow;
pub use providers::requests::{ProviderRequestRow, RequestFilter};
pub use providers::webhook_inbox::PendingWebhook;
pub use receivers::deliveries::{DeliveryCounts, DeliveryRow, DeliveryState, NewDelivery};
pub use receivers::news::NewsRow;
pub use receivers::tries::{EndedTry, ReceiverState};
pub use receivers::{KeyExchange, ReceiverFields, ReceiverOutcome, ReceiverRow};
pub use recording::group::{NewCallHistory, NewCallNotes};
pub use recording::metrics::{StorageLoad, WriterMetrics};
pub use recording::notices::{FeedHeads, NoticeListener};
pub use recording::record::{
    CallOrigin, Condition, FactSource, Record, RecordError, RecordedEvent,
};
pub use recording::sink::FeedSink;
pub use seals::complaint::ComplaintCall;
pub use seals::keys::SealKeyRow;
pub use seals::write::{SealHead, SealOutcome};

use crate::request_trace::StorageWork;
use access::credential_lookup::CredentialLookups;
pub use database::pools::IfMissing;
use database::pools::Pools;
use recording::admission::Admission;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// An error of opening or querying the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The text after `--database` is not a database address that this server supports.
    #[error(
        "the database address {0:?} is not supported; write sqlite:PATH or \
         postgres://USER@HOST/NAME"
    )]
    Address(String),
    /// The folder for the database cannot be created.
    #[error("the folder {folder:?} for the database cannot be created")]
    Folder {
        /// The folder.
        folder: std::path::PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The database file does not exist, but is required to.
    #[error(
        "there is no database at {0:?}; `call-ribbon migrate` creates one, and so does `serve`"
    )]
    Missing(std::path::PathBuf),
    /// The tables cannot be brought up to date.
    #[error("the database's tables cannot be brought up to date")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The tables were created by migrations that this program does not have.
    #[error(
        "the database's tables are not this version's: a newer version created them, or one \
         before the first release; use that version, or start with an empty database"
    )]
    OtherTables(#[source] sqlx::migrate::MigrateError),
    /// The stored account at a provider cannot be used.
    #[error("the provider account {id} cannot be used: {why}")]
    Account {
        /// The account.
        id: String,
        /// The reason, without secrets.
        why: String,
    },
    /// The address has an unknown value for `pooling`.
    #[error(
        "the database's address contains pooling={0}; write pooling=auto, pooling=session or \
         pooling=transaction"
    )]
    Pooling(String),
    /// The database does not answer, or answers with an error.
    #[error("the database does not answer")]
    Unavailable(#[from] sqlx::Error),
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError::{VersionMismatch, VersionMissing, VersionTooNew};
        match error {
            VersionMismatch(_) | VersionMissing(_) | VersionTooNew(..) => Self::OtherTables(error),
            other => Self::Migrate(other),
        }
    }
}

/// Access to the database, and the task that writes to it.
#[derive(Debug)]
pub struct Store {
    pools: Pools,
    writer: mpsc::Sender<recording::writer::QueuedRecord>,
    meter: WriterMetrics,
    admission: Admission,
    readiness: Arc<Readiness>,
    credential_lookups: CredentialLookups,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Store {
    /// Opens the database, creating it if missing, brings its tables up to date and starts the
    /// writer, which hands committed events to `sink`.
    pub async fn open(address: &str, sink: Arc<dyn FeedSink>) -> Result<Self, StoreError> {
        Ok(Self::from_pools(Pools::open(address, IfMissing::Create).await?, sink))
    }

    /// Opens a database as [`open`](Self::open) does, but fails if it does not exist: a mistyped
    /// path must not create another one.
    pub async fn open_existing(address: &str, sink: Arc<dyn FeedSink>) -> Result<Self, StoreError> {
        Ok(Self::from_pools(Pools::open(address, IfMissing::Fail).await?, sink))
    }

    /// Opens the database as [`open`](Self::open) does, for bulk loading. A new SQLite file is
    /// durable only after [`close_filled`](Self::close_filled).
    pub async fn open_for_bulk_load(
        address: &str,
        sink: Arc<dyn FeedSink>,
    ) -> Result<Self, StoreError> {
        Ok(Self::from_pools(Pools::open_for_bulk_load(address).await?, sink))
    }

    /// Starts the writer and the other tasks on open pools.
    fn from_pools(pools: Pools, sink: Arc<dyn FeedSink>) -> Self {
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let (sender, receiver) = mpsc::channel(recording::writer::QUEUE_CAPACITY);
        let meter = WriterMetrics::default();
        let readiness = Arc::new(Readiness::new());
        let seen = recording::writer::WriterObservers {
            sink,
            meter: meter.clone(),
            readiness: Arc::clone(&readiness),
        };
        let run = recording::writer::run_writer(pools.clone(), receiver, seen, stop.clone());
        tasks.spawn(run);
        let (credential_lookups, run) = CredentialLookups::new(pools.clone(), stop.clone());
        tasks.spawn(run);
        tasks.close();
        Self {
            pools,
            writer: sender,
            credential_lookups,
            meter,
            admission: Admission::new(),
            readiness,
            stop,
            tasks,
        }
    }

    /// Records one fact about a call and returns once it is on disk.
    ///
    /// If the queue is full, waits for room for at most two seconds, then fails with
    /// [`RecordError::Unavailable`]: the sender keeps the record and retries.
    pub async fn record(&self, record: Record) -> Result<RecordedEvent, RecordError> {
        let database = self.pools.system_name();
        let _work = StorageWork::begin("recording::writer", database);
        let (waiting, answer) = recording::writer::QueuedRecord::new(record);
        // Try without awaiting first: the runtime could suspend this task at an await, and the
        // events of one request would change their order.
        let room = match self.writer.try_reserve() {
            Ok(room) => Some(room),
            Err(_) => timeout(recording::admission::WAIT_FOR_ROOM, self.writer.reserve())
                .await
                .ok()
                .and_then(Result::ok),
        };
        let Some(room) = room else {
            self.meter.count_refused(1);
            return Err(RecordError::Unavailable);
        };
        room.send(waiting);
        answer.await.unwrap_or(Err(RecordError::Unavailable))
    }

    /// Returns the database's name and version, as it reports them.
    pub async fn system_database_version(&self) -> Result<String, StoreError> {
        let version = match &self.pools {
            Pools::Sqlite { readers, .. } => {
                let number: String =
                    sqlx::query_scalar("SELECT sqlite_version()").fetch_one(readers).await?;
                format!("SQLite {number}")
            }
            Pools::Postgres(pools) => {
                let mut connection = pools.reader().await?;
                let version =
                    sqlx::query_scalar("SELECT version()").fetch_one(connection.executor()).await;
                connection.release(version).await?
            }
        };
        Ok(version)
    }

    /// Closes a store opened with [`open_to_fill`](Self::open_to_fill) and syncs its file to disk.
    pub async fn close_and_sync(&self) -> Result<(), StoreError> {
        self.close().await;
        Ok(self.pools.sync_file()?)
    }

    /// Commits the queued records, refuses new ones and closes the database.
    pub async fn close(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
        self.pools.close().await;
    }
}
