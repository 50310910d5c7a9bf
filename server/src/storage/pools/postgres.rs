//! Connections to a PostgreSQL server, direct or through a pooler such as PgBouncer.
//!
//! A pooler that pools by the transaction gives each transaction any of its sessions. Nothing of a
//! session then lasts: no prepared statement with a name, no `LISTEN`. The driver prepares a
//! statement and runs it in two steps, so both must be in one transaction, also for a mere read.

use super::{PATIENCE, Tx};
use crate::storage::{StoreError, trouble};
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use sqlx::error::BoxDynError;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::pool::{PoolConnection, PoolConnectionMetadata};
use sqlx::postgres::{
    PgArguments, PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgQueryResult, PgRow,
    PgStatement, PgTypeInfo,
};
use sqlx::{
    ConnectOptions as _, Connection as _, Describe, Either, Error, Execute, Executor, Postgres,
    Row as _, SqlStr, Transaction,
};
use std::io;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, timeout};

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
/// A connection that cannot write is replaced when it is this old: at once after a switch-over,
/// and not for every request while there is no other server.
const REPLACE_AFTER: Duration = Duration::from_secs(1);
/// How often two connections are compared to find a pooler.
const COMPARISONS: u32 = 4;
/// The part of an address that says how connections are pooled.
const POOLING: &str = "pooling";

/// What a connection keeps between two transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pooling {
    /// Its session: the connection is direct, or its pooler pools by the session.
    Session,
    /// Nothing: a pooler gives each transaction any of its sessions.
    Transaction,
}

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
        if trouble::is_stale_statement(error) {
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

/// Until when connections were made that are not to be used again.
#[derive(Debug)]
struct Stale {
    began: Instant,
    /// Milliseconds after the beginning; 0 while all connections are good.
    until: AtomicU64,
}

impl Stale {
    fn new() -> Self {
        Self { began: Instant::now(), until: AtomicU64::new(0) }
    }

    /// All connections that there are now are stale.
    fn mark(&self) {
        self.until.fetch_max(milliseconds(self.began.elapsed()), Ordering::Relaxed);
    }

    /// Whether a connection of this age is stale.
    fn includes(&self, age: Duration) -> bool {
        let until = self.until.load(Ordering::Relaxed);
        until > 0 && milliseconds(self.began.elapsed().saturating_sub(age)) <= until
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A pool whose connections are looked at before each use and after it, within a bounded time.
fn pool(pooling: Pooling, stale: Arc<Stale>) -> PgPoolOptions {
    PgPoolOptions::new()
        .acquire_timeout(PATIENCE)
        // The hook below asks more in the same round trip.
        .test_before_acquire(false)
        .before_acquire(move |connection, metadata| {
            let stale = stale.includes(metadata.age);
            Box::pin(async move { Ok(!stale && is_usable(connection, metadata, pooling).await) })
        })
        .after_release(|connection, _| {
            Box::pin(async move {
                match timeout(ANSWER_WITHIN, connection.ping()).await {
                    Ok(answer) => answer.map(|()| true),
                    Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
                }
            })
        })
}

/// Whether an idle connection answers and leads to a server that can be written to. Readers are
/// asked the same: after a switch-over the former primary may be behind.
async fn is_usable(
    connection: &mut PgConnection,
    metadata: PoolConnectionMetadata,
    pooling: Pooling,
) -> bool {
    // Through a pooler it would be the setting of some session, and not of the next one.
    if pooling == Pooling::Transaction {
        return matches!(timeout(ANSWER_WITHIN, connection.ping()).await, Ok(Ok(())));
    }
    let asked =
        sqlx::raw_sql("SELECT current_setting('transaction_read_only')").fetch_one(connection);
    match timeout(ANSWER_WITHIN, asked).await {
        Ok(Ok(row)) => {
            let read_only = row.try_get::<&str, _>(0).is_ok_and(|value| value == "on");
            let usable = !read_only || metadata.age < REPLACE_AFTER;
            if !usable {
                tracing::info!("a connection to a database that cannot be written is replaced");
            }
            usable
        }
        // A relative of PostgreSQL that lacks the setting.
        Ok(Err(Error::Database(error))) => error.code().is_some_and(|code| code.starts_with("42")),
        Ok(Err(_)) | Err(_) => false,
    }
}

/// Takes `pooling=…` out of an address: the driver does not know it.
fn split_pooling(address: &str) -> Result<(String, Option<Pooling>), StoreError> {
    let Some((start, query)) = address.split_once('?') else {
        return Ok((address.to_owned(), None));
    };
    let mut pooling = None;
    let mut others = Vec::new();
    for part in query.split('&') {
        match part.split_once('=') {
            Some((POOLING, "session")) => pooling = Some(Pooling::Session),
            Some((POOLING, "transaction")) => pooling = Some(Pooling::Transaction),
            Some((POOLING, "auto")) => pooling = None,
            Some((POOLING, other)) => return Err(StoreError::Pooling(other.to_owned())),
            _ => others.push(part),
        }
    }
    Ok((format!("{start}?{}", others.join("&")), pooling))
}

/// Finds out whether two open connections may share a session, which only a pooler lets them.
async fn find_pooling(options: &PgConnectOptions) -> Result<Pooling, Error> {
    // A pool, since it waits for a server that is starting.
    let pool = PgPoolOptions::new().max_connections(2).acquire_timeout(PATIENCE);
    let pool = pool.connect_with(options.clone()).await?;
    // A pooler by the session may have one session only, and the second connection waits for it.
    let shared = timeout(ANSWER_WITHIN, share_session(&pool)).await;
    let pooling = match shared {
        Ok(Ok(true)) => Pooling::Transaction,
        Ok(Ok(false)) | Err(_) => Pooling::Session,
        Ok(Err(error)) => return Err(error),
    };
    pool.close().await;
    Ok(pooling)
}

async fn share_session(pool: &PgPool) -> Result<bool, Error> {
    let (mut first, mut second) = (pool.acquire().await?, pool.acquire().await?);
    for _ in 0..COMPARISONS {
        let one = session(&mut first).await?;
        if one.is_some() && one == session(&mut second).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The number of a connection's session; `None` where the database gives none.
async fn session(connection: &mut PgConnection) -> Result<Option<i64>, Error> {
    let row = sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(connection).await?;
    let number = row.try_get::<i32, _>(0).map(i64::from);
    Ok(number.ok().filter(|number| *number > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pooling_is_read_from_the_address() {
        for (address, rest, pooling) in [
            ("postgres://u@h/n", "postgres://u@h/n", None),
            ("postgres://u@h/n?pooling=auto", "postgres://u@h/n?", None),
            (
                "postgres://u@h/n?sslmode=require&pooling=transaction",
                "postgres://u@h/n?sslmode=require",
                Some(Pooling::Transaction),
            ),
            (
                "postgres://u@h/n?pooling=session&a=b",
                "postgres://u@h/n?a=b",
                Some(Pooling::Session),
            ),
        ] {
            assert_eq!(split_pooling(address).unwrap(), (rest.to_owned(), pooling), "{address}");
        }
        let wrong = split_pooling("postgres://u:secret@h/n?pooling=statement").unwrap_err();
        assert!(wrong.to_string().contains("statement"), "{wrong}");
        assert!(!wrong.to_string().contains("secret"), "{wrong}");
    }
}
