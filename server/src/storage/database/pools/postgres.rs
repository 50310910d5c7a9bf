//! Connects to a PostgreSQL server, directly or through a pooler such as PgBouncer.
//!
//! A pooler in transaction mode runs each transaction on any of its sessions. Session state then
//! does not last: no named prepared statements, no `LISTEN`. The driver prepares and runs a
//! statement in two steps, so even a single read must be in a transaction.

mod health;
mod pooling;

pub use self::pooling::Pooling;

use self::health::{StaleConnections, pool_options};
use self::pooling::{detect_pooling, split_pooling};
use super::Tx;
use crate::storage::StoreError;
use crate::storage::database::retry;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use sqlx::error::BoxDynError;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{
    PgArguments, PgConnectOptions, PgConnection, PgPool, PgQueryResult, PgRow, PgStatement,
    PgTypeInfo,
};
use sqlx::{
    ConnectOptions as _, Describe, Either, Error, Execute, Executor, Postgres, SqlStr, Transaction,
};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// Reading connections to a PostgreSQL server, each a process there; one of them listens for
/// notices.
const READERS: u32 = 10;
/// Writing connections to a PostgreSQL server: one for the task that records calls, the others for
/// the few other writes.
const WRITERS: u32 = 3;
/// Attempts to migrate while another instance migrates the same database.
const MIGRATION_ATTEMPTS: u32 = 20;
/// The pause between these attempts.
const MIGRATION_PAUSE: Duration = Duration::from_millis(250);
/// The time within which an idle connection must answer. Its server may have vanished without
/// closing it.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// The connections to a server, which other instances may share. Readers have their own pool, so
/// that they never delay writes.
#[derive(Debug, Clone)]
pub struct PostgresPools {
    /// Reading connections.
    pub readers: PgPool,
    /// Writing connections.
    pub writer: PgPool,
    /// How these connections are pooled.
    pub pooling: Pooling,
    stale: Arc<StaleConnections>,
}

impl PostgresPools {
    /// Connects to the server at an address, and detects how it is pooled unless the address says
    /// so.
    pub async fn connect(address: &str) -> Result<Self, StoreError> {
        let (address, pooling) = split_pooling(address)?;
        let options = PgConnectOptions::from_str(&address)?
            .application_name("call-ribbon")
            // Poolers reject unknown settings. PostgreSQL's default is exact since version 12.
            .extra_float_digits(None)
            // A statement for many rows has thousands of characters, and a slow one would log them
            // all. The metrics show how long writing takes.
            .disable_statement_logging();
        let pooling = match pooling {
            Some(pooling) => pooling,
            None => detect_pooling(&options).await?,
        };
        let options = match pooling {
            Pooling::Session => options,
            Pooling::Transaction => options.statement_cache_capacity(0),
        };
        let stale = Arc::new(StaleConnections::new());
        let pool = || pool_options(pooling, Arc::clone(&stale));
        let writer = pool().max_connections(WRITERS).connect_with(options.clone()).await?;
        let readers = pool().max_connections(READERS).connect_with(options).await?;
        Ok(Self { readers, writer, pooling, stale })
    }

    /// Acquires a reading connection.
    pub async fn reader(&self) -> Result<HeldConnection, Error> {
        HeldConnection::acquire_connection(&self.readers, self.pooling).await
    }

    /// Acquires a connection for a single writing statement.
    pub async fn single_write(&self) -> Result<HeldConnection, Error> {
        HeldConnection::acquire_connection(&self.writer, self.pooling).await
    }

    /// Marks all open connections as stale if the error says that their prepared statements are.
    pub fn note_error(&self, error: &Error) {
        if retry::is_stale_statement(error) {
            self.stale.mark_all();
        }
    }

    /// Returns the result of a read, after checking its error as [`note_error`](Self::note_error) does.
    pub fn check_result<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.inspect_err(|error| self.note_error(error))
    }

    /// Begins a writing transaction.
    pub async fn begin(&self) -> Result<Tx, Error> {
        let tx = self.writer.begin().await?;
        Ok(Tx::Postgres(PostgresTx { tx, pooling: self.pooling }))
    }

    /// Begins a reading transaction with this statement.
    pub async fn begin_to_read(&self, begin: &'static str) -> Result<PostgresTx, Error> {
        let tx = self.readers.begin_with(begin).await?;
        Ok(PostgresTx { tx, pooling: self.pooling })
    }

    /// Brings the tables up to date, also if another instance does so at the same time.
    pub async fn run_migrations(&self, migrations: &Migrator) -> Result<(), MigrateError> {
        let mut tries = 1;
        loop {
            let result = match self.pooling {
                Pooling::Session => migrations.run(&self.writer).await,
                Pooling::Transaction => self.run_migrations_in_transaction(migrations).await,
            };
            let error =
                match result {
                    Err(
                        error @ (MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)),
                    ) if tries < MIGRATION_ATTEMPTS => error,
                    result => return result,
                };
            tracing::debug!("the tables could not be created yet: {error}");
            tries += 1;
            tokio::time::sleep(MIGRATION_PAUSE).await;
        }
    }

    /// Brings the tables up to date in one transaction, and so in one session: the migrator uses
    /// named prepared statements.
    async fn run_migrations_in_transaction(
        &self,
        migrations: &Migrator,
    ) -> Result<(), MigrateError> {
        let mut tx = self.writer.begin().await?;
        // The session may still have statements of an instance that was killed while migrating.
        sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *tx).await?;
        migrations.run_direct(None, &mut *tx, false).await?;
        sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// A transaction on a server.
#[derive(Debug)]
pub struct PostgresTx {
    tx: Transaction<'static, Postgres>,
    pooling: Pooling,
}

impl PostgresTx {
    /// Returns the executor of its statements.
    pub fn executor(&mut self) -> PostgresExecutor<'_> {
        PostgresExecutor { connection: &mut self.tx, pooling: self.pooling }
    }

    /// Commits the transaction.
    pub async fn commit(self) -> Result<(), Error> {
        self.tx.commit().await
    }

    /// Rolls the transaction back.
    pub async fn rollback(self) -> Result<(), Error> {
        self.tx.rollback().await
    }
}

/// A connection acquired for one statement.
#[derive(Debug)]
pub enum HeldConnection {
    /// It has its own session.
    Session(PoolConnection<Postgres>),
    /// It is in a transaction, which keeps it on one session.
    Transaction(PostgresTx),
}

impl HeldConnection {
    async fn acquire_connection(pool: &PgPool, pooling: Pooling) -> Result<Self, Error> {
        Ok(match pooling {
            Pooling::Session => Self::Session(pool.acquire().await?),
            Pooling::Transaction => {
                Self::Transaction(PostgresTx { tx: pool.begin().await?, pooling })
            }
        })
    }

    /// Returns the executor of the statement.
    pub fn executor(&mut self) -> PostgresExecutor<'_> {
        match self {
            Self::Session(connection) => PostgresExecutor { connection, pooling: Pooling::Session },
            Self::Transaction(tx) => tx.executor(),
        }
    }

    /// Releases the connection and returns the statement's result.
    pub async fn release<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        match (self, result) {
            (Self::Transaction(tx), Ok(result)) => tx.commit().await.map(|()| result),
            (_, result) => result,
        }
    }
}

/// Runs statements on a connection as its pooling mode allows.
#[derive(Debug)]
pub struct PostgresExecutor<'c> {
    connection: &'c mut PgConnection,
    pooling: Pooling,
}

impl<'c> Executor<'c> for PostgresExecutor<'c> {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        self.connection.fetch_many(PooledQuery { query, pooling: self.pooling })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        self.connection.fetch_optional(PooledQuery { query, pooling: self.pooling })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        self.connection.prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'c: 'e,
    {
        self.connection.describe(sql)
    }
}

/// A query that is prepared with a name only if sessions persist.
struct PooledQuery<E> {
    query: E,
    pooling: Pooling,
}

impl<'q, E: Execute<'q, Postgres>> Execute<'q, Postgres> for PooledQuery<E> {
    fn sql(self) -> SqlStr {
        self.query.sql()
    }

    fn statement(&self) -> Option<&PgStatement> {
        self.query.statement()
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, BoxDynError> {
        self.query.take_arguments()
    }

    fn persistent(&self) -> bool {
        self.pooling == Pooling::Session && self.query.persistent()
    }
}
