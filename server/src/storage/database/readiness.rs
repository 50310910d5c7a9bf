//! Checks whether the database is writable, by writing to it.
//!
//! A read does not reveal a full disk, a lock, or a server that has become a standby. So a row is
//! written and committed; rarely, however often the check is called, and not at all while other
//! writes show the result.

use super::pools::{Pools, is_moved, query_tx};
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use sqlx::Error;
use sqlx::postgres::PgDatabaseError;
use std::sync::Mutex as StdMutex;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// The timeout of the write.
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a successful write is reused as the answer.
const SUCCESS_TTL: Duration = Duration::from_secs(2);
/// How long a failed write is.
const FAILURE_TTL: Duration = Duration::from_millis(500);

/// Why the database cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotWritable {
    /// It is read-only: a standby, configured so, or a file without write permission.
    #[error("the database is read-only")]
    ReadOnly,
    /// The disk is full.
    #[error("the disk of the database is full")]
    DiskFull,
    /// Another process has locked it.
    #[error("another process has locked the database")]
    Locked,
    /// The disk fails or is read-only.
    #[error("the disk of the database cannot be written")]
    DiskError,
    /// Its file was deleted or replaced.
    #[error("the file of the database was deleted or replaced while it was open")]
    FileMoved,
    /// The write timed out.
    #[error("the database takes too long to write")]
    TimedOut,
    /// It cannot be reached, or failed in another way.
    #[error("the database cannot be reached")]
    Unreachable,
}

impl NotWritable {
    /// Returns the reason behind an error.
    pub fn from_error(error: &Error) -> Self {
        match error {
            Error::Io(error) if is_moved(error) => Self::FileMoved,
            Error::PoolTimedOut => Self::TimedOut,
            Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                if error.try_downcast_ref::<PgDatabaseError>().is_some() {
                    Self::from_sqlstate(&code)
                } else {
                    code.parse().map_or(Self::Unreachable, Self::from_sqlite_code)
                }
            }
            _ => Self::Unreachable,
        }
    }

    /// Returns the reason behind a PostgreSQL error (its appendix A).
    fn from_sqlstate(code: &str) -> Self {
        match code {
            "25006" => Self::ReadOnly,
            "53100" => Self::DiskFull,
            "55P03" => Self::Locked,
            "58030" => Self::DiskError,
            _ => Self::Unreachable,
        }
    }

    /// Returns the reason behind an SQLite error (<https://sqlite.org/rescode.html>): the lowest
    /// byte is the primary code.
    fn from_sqlite_code(code: u32) -> Self {
        match code & 0xff {
            8 => Self::ReadOnly,
            13 => Self::DiskFull,
            5 | 6 => Self::Locked,
            10 | 11 | 26 => Self::DiskError,
            _ => Self::Unreachable,
        }
    }
}

type WriteCheck = Result<(), NotWritable>;

/// Caches whether the database is writable.
#[derive(Debug)]
pub struct Readiness {
    /// The time and result of the last write.
    last: StdMutex<Option<(Instant, WriteCheck)>>,
    /// Held by the task that performs the check.
    asking: Mutex<()>,
}

impl Readiness {
    /// Creates an empty cache.
    pub fn new() -> Self {
        Self { last: StdMutex::new(None), asking: Mutex::new(()) }
    }

    /// Stores the result of a write.
    pub fn store_result(&self, answer: WriteCheck) {
        if let Ok(mut last) = self.last.lock() {
            *last = Some((Instant::now(), answer));
        }
    }

    /// Returns the cached result, unless it has expired.
    fn cached_result(&self) -> Option<WriteCheck> {
        let (at, answer) = (*self.last.lock().ok()?)?;
        let good_for = if answer.is_ok() { SUCCESS_TTL } else { FAILURE_TTL };
        (at.elapsed() < good_for).then_some(answer)
    }
}

impl Store {
    /// Returns whether the database is writable now, or was within the last two seconds.
    pub async fn system_check_writable(&self, now: Millis) -> WriteCheck {
        if let Pools::Sqlite { file, .. } = &self.pools
            && file.check_path().is_err()
        {
            return Err(NotWritable::FileMoved);
        }
        if let Some(answer) = self.readiness.cached_result() {
            return answer;
        }
        let _asking = self.readiness.asking.lock().await;
        // The task that held the lock may have found out.
        if let Some(answer) = self.readiness.cached_result() {
            return answer;
        }
        let answer = match timeout(WRITE_TIMEOUT, write_probe(&self.pools, now)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(StoreError::Unavailable(error))) => {
                tracing::error!("the database is not writable: {error}");
                Err(NotWritable::from_error(&error))
            }
            Ok(Err(error)) => {
                tracing::error!("the database is not writable: {error}");
                Err(NotWritable::Unreachable)
            }
            Err(_) => Err(NotWritable::TimedOut),
        };
        self.readiness.store_result(answer);
        answer
    }
}

/// Writes a row that changes each time: SQLite skips a write that changes nothing.
async fn write_probe(pools: &Pools, now: Millis) -> Result<(), StoreError> {
    let mut tx = pools.begin().await?;
    query_tx!(tx, |db| sqlx::query(
        "INSERT INTO settings (name, value) VALUES ('last_written', $1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )
    .bind(now.to_string())
    .execute(db))?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn each_error_has_its_own_reason() {
        for (code, reason) in [
            ("25006", NotWritable::ReadOnly),
            ("53100", NotWritable::DiskFull),
            ("55P03", NotWritable::Locked),
            ("58030", NotWritable::DiskError),
            // Out of memory or connections: the disk is not full.
            ("53200", NotWritable::Unreachable),
            ("53300", NotWritable::Unreachable),
            ("57P01", NotWritable::Unreachable),
            ("42P01", NotWritable::Unreachable),
        ] {
            assert_eq!(NotWritable::from_sqlstate(code), reason, "{code}");
        }
        for (code, reason) in [
            (5, NotWritable::Locked),
            (8, NotWritable::ReadOnly),
            // SQLITE_READONLY_DBMOVED and SQLITE_IOERR_WRITE: extended codes.
            (1032, NotWritable::ReadOnly),
            (778, NotWritable::DiskError),
            (13, NotWritable::DiskFull),
            // SQLITE_CANTOPEN: also if the process has too many open files.
            (14, NotWritable::Unreachable),
            (1, NotWritable::Unreachable),
        ] {
            assert_eq!(NotWritable::from_sqlite_code(code), reason, "{code}");
        }
        // A missing server socket is not a deleted file.
        let socket = Error::Io(io::ErrorKind::NotFound.into());
        assert_eq!(NotWritable::from_error(&socket), NotWritable::Unreachable);
        assert_eq!(
            NotWritable::from_error(&Error::Io(io::Error::other("tls"))),
            NotWritable::Unreachable
        );
    }
}
