//! Connections to a PostgreSQL server, direct or through a pooler such as PgBouncer.
//!
//! A pooler that pools by the transaction gives each transaction any of its sessions. Nothing of a
//! session then lasts: no prepared statement with a name, no `LISTEN`. The driver prepares a
//! statement and runs it in two steps, so both must be in one transaction, also for a mere read.

mod pooling;
mod usable;

pub use self::pooling::Pooling;

use self::pooling::{find_pooling, split_pooling};
use self::usable::{Stale, pool};
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

/// Readers of a PostgreSQL server, each a process there; one of them is the ear for notices.
const READERS: u32 = 10;
/// Connections that write to a PostgreSQL server: the one task that records, and beside it the
/// few writes that are not about calls.
const WRITERS: u32 = 3;
/// How often a server that is just being set up by another one is asked again.
const SET_UP_TRIES: u32 = 20;
/// How long to wait in between.
const SET_UP_AGAIN_AFTER: Duration = Duration::from_millis(250);
/// The time in which an idle connection must answer. Its server may be gone without a word.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// The connections to a server, which other instances may share. Readers stand apart, so that
/// any number of them never keeps what was to be written waiting.
#[derive(Debug, Clone)]
pub struct PostgresPools {
    /// Connections that read.
    pub readers: PgPool,
    /// Connections that write.
    pub writer: PgPool,
    /// What these connections keep.
    pub pooling: Pooling,
    stale: Arc<Stale>,
}

impl PostgresPools {
    /// Connects to the server at an address, and finds out how it is pooled unless the address
    /// says so.
    pub async fn connect(address: &str) -> Result<Self, StoreError> {
        let (address, pooling) = split_pooling(address)?;
        let options = PgConnectOptions::from_str(&address)?
            .application_name("call-ribbon")
            // Poolers refuse settings that they do not know. PostgreSQL's own is exact since 12.
            .extra_float_digits(None)
            // A statement about many rows is thousands of characters, and a slow one would bring
            // them all into the log. How long writing takes stands in the metrics.
            .disable_statement_logging();
        let pooling = match pooling {
            Some(pooling) => pooling,
            None => find_pooling(&options).await?,
        };
        let options = match pooling {
            Pooling::Session => options,
            Pooling::Transaction => options.statement_cache_capacity(0),
        };
        let stale = Arc::new(Stale::new());
        let pool = || pool(pooling, Arc::clone(&stale));
        let writer = pool().max_connections(WRITERS).connect_with(options.clone()).await?;
        let readers = pool().max_connections(READERS).connect_with(options).await?;
        Ok(Self { readers, writer, pooling, stale })
    }

    /// A connection that reads.
    pub async fn reader(&self) -> Result<Held, Error> {
        Held::take(&self.readers, self.pooling).await
    }

    /// A connection for a single statement that writes.
    pub async fn single_write(&self) -> Result<Held, Error> {
        Held::take(&self.writer, self.pooling).await
    }

    /// Learns from an error that earlier connections hold statements which cannot be run.
    pub fn failed(&self, error: &Error) {
        if retry::is_stale_statement(error) {
            self.stale.mark();
        }
    }

    /// Hands on what came of a read, and learns from its error.
    pub fn seen<T>(&self, done: Result<T, Error>) -> Result<T, Error> {
        done.inspect_err(|error| self.failed(error))
    }

    /// Begins a transaction that writes.
    pub async fn begin(&self) -> Result<Tx, Error> {
        let tx = self.writer.begin().await?;
        Ok(Tx::Postgres(PostgresTx { tx, pooling: self.pooling }))
    }

    /// Begins a transaction that reads, with these words.
    pub async fn begin_to_read(&self, begin: &'static str) -> Result<PostgresTx, Error> {
        let tx = self.readers.begin_with(begin).await?;
        Ok(PostgresTx { tx, pooling: self.pooling })
    }

    /// Brings the tables up to date, also where another instance does so at the same moment.
    pub async fn set_up(&self, migrations: &Migrator) -> Result<(), MigrateError> {
        let mut tries = 1;
        loop {
            let done = match self.pooling {
                Pooling::Session => migrations.run(&self.writer).await,
                Pooling::Transaction => self.set_up_in_one(migrations).await,
            };
            let error =
                match done {
                    Err(
                        error @ (MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)),
                    ) if tries < SET_UP_TRIES => error,
                    done => return done,
                };
            tracing::debug!("the tables could not be set up yet: {error}");
            tries += 1;
            tokio::time::sleep(SET_UP_AGAIN_AFTER).await;
        }
    }

    /// Brings the tables up to date in one transaction, and so in one session: the migrator
    /// prepares statements with names.
    async fn set_up_in_one(&self, migrations: &Migrator) -> Result<(), MigrateError> {
        let mut tx = self.writer.begin().await?;
        // The session may still hold names of an instance that was killed at this.
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
    /// What runs statements in it.
    pub fn executor(&mut self) -> OnPostgres<'_> {
        OnPostgres { connection: &mut self.tx, pooling: self.pooling }
    }

    /// Keeps what was written.
    pub async fn commit(self) -> Result<(), Error> {
        self.tx.commit().await
    }

    /// Leaves everything as it was.
    pub async fn rollback(self) -> Result<(), Error> {
        self.tx.rollback().await
    }
}

/// A connection that is held for one statement.
#[derive(Debug)]
pub enum Held {
    /// It is a session's.
    Session(PoolConnection<Postgres>),
    /// It is in a transaction, which keeps it on one session.
    Transaction(PostgresTx),
}

impl Held {
    async fn take(pool: &PgPool, pooling: Pooling) -> Result<Self, Error> {
        Ok(match pooling {
            Pooling::Session => Self::Session(pool.acquire().await?),
            Pooling::Transaction => {
                Self::Transaction(PostgresTx { tx: pool.begin().await?, pooling })
            }
        })
    }

    /// What runs the statement.
    pub fn executor(&mut self) -> OnPostgres<'_> {
        match self {
            Self::Session(connection) => OnPostgres { connection, pooling: Pooling::Session },
            Self::Transaction(tx) => tx.executor(),
        }
    }

    /// Gives the connection back and hands on what came of the statement.
    pub async fn end<T>(self, done: Result<T, Error>) -> Result<T, Error> {
        match (self, done) {
            (Self::Transaction(tx), Ok(done)) => tx.commit().await.map(|()| done),
            (_, done) => done,
        }
    }
}

/// Runs statements on a connection as its pooling allows.
#[derive(Debug)]
pub struct OnPostgres<'c> {
    connection: &'c mut PgConnection,
    pooling: Pooling,
}

impl<'c> Executor<'c> for OnPostgres<'c> {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        self.connection.fetch_many(Pooled { query, pooling: self.pooling })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        self.connection.fetch_optional(Pooled { query, pooling: self.pooling })
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

/// A query that is prepared under a name only where the name lasts.
struct Pooled<E> {
    query: E,
    pooling: Pooling,
}

impl<'q, E: Execute<'q, Postgres>> Execute<'q, Postgres> for Pooled<E> {
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
