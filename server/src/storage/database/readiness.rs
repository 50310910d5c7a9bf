//! Checks whether the database is writable, by writing to it.
//!
//! A read does not reveal a full disk, a lock, or a server that has become a standby. So a row is
//! written and committed; rarely, however often the check is called, and not at all while other
//! writes show the result.

use super::pools::{Pools, is_moved, within};
use crate::storage::{Store, StoreError};
use call_ribbon_shared::Millis;
use sqlx::Error;
use sqlx::postgres::PgDatabaseError;
use std::sync::Mutex as StdMutex;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// The timeout of the write.
const WRITE_WITHIN: Duration = Duration::from_secs(2);
/// How long a successful write is reused as the answer.
const GOOD_FOR: Duration = Duration::from_secs(2);
/// How long a failed write is.
const BAD_FOR: Duration = Duration::from_millis(500);

/// Why the database cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotWritable {
    /// It is read-only: a standby, configured so, or a file without write permission.
    #[error("the database is read-only")]
    ReadOnly,
    /// The disk is full.
    #[error("the disk of the database is full")]
    Full,
    /// Another process has locked it.
    #[error("another process has locked the database")]
    Locked,
    /// The disk fails or is read-only.
    #[error("the disk of the database cannot be written")]
    Disk,
    /// Its file was deleted or replaced.
    #[error("the file of the database was deleted or replaced while it was open")]
    Gone,
    /// The write timed out.
    #[error("the database takes too long to write")]
    Slow,
    /// It cannot be reached, or failed in another way.
    #[error("the database cannot be reached")]
    Away,
}

impl NotWritable {
    /// Returns the reason behind an error.
    pub fn of(error: &Error) -> Self {
        match error {
            Error::Io(error) if is_moved(error) => Self::Gone,
            Error::PoolTimedOut => Self::Slow,
            Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                if error.try_downcast_ref::<PgDatabaseError>().is_some() {
                    Self::of_sqlstate(&code)
                } else {
                    code.parse().map_or(Self::Away, Self::of_sqlite)
                }
            }
            _ => Self::Away,
        }
    }

    /// Returns the reason behind a PostgreSQL error (its appendix A).
    fn of_sqlstate(code: &str) -> Self {
        match code {
            "25006" => Self::ReadOnly,
            "53100" => Self::Full,
            "55P03" => Self::Locked,
            "58030" => Self::Disk,
            _ => Self::Away,
        }
    }

    /// Returns the reason behind an SQLite error (<https://sqlite.org/rescode.html>): the lowest
    /// byte is the primary code.
    fn of_sqlite(code: u32) -> Self {
        match code & 0xff {
            8 => Self::ReadOnly,
            13 => Self::Full,
            5 | 6 => Self::Locked,
            10 | 11 | 26 => Self::Disk,
            _ => Self::Away,
        }
    }
}

type Answer = Result<(), NotWritable>;

/// Caches whether the database is writable.
#[derive(Debug)]
pub struct Readiness {
    /// The time and result of the last write.
    last: StdMutex<Option<(Instant, Answer)>>,
    /// Held by the task that performs the check.
    asking: Mutex<()>,
}

impl Readiness {
    /// Creates an empty cache.
    pub fn new() -> Self {
        Self { last: StdMutex::new(None), asking: Mutex::new(()) }
    }

    /// Stores the result of a write.
    pub fn learn(&self, answer: Answer) {
        if let Ok(mut last) = self.last.lock() {
            *last = Some((Instant::now(), answer));
        }
    }

    /// Returns the cached result, unless it has expired.
    fn known(&self) -> Option<Answer> {
        let (at, answer) = (*self.last.lock().ok()?)?;
        let good_for = if answer.is_ok() { GOOD_FOR } else { BAD_FOR };
        (at.elapsed() < good_for).then_some(answer)
    }
}

impl Store {
    /// Returns whether the database is writable now, or was within the last two seconds.
    pub async fn system_writable(&self, now: Millis) -> Answer {
        if let Pools::Sqlite { file, .. } = &self.pools
            && file.check().is_err()
        {
            return Err(NotWritable::Gone);
        }
        if let Some(answer) = self.readiness.known() {
            return answer;
        }
        let _asking = self.readiness.asking.lock().await;
        // The task that held the lock may have found out.
        if let Some(answer) = self.readiness.known() {
            return answer;
        }
        let answer = match timeout(WRITE_WITHIN, write(&self.pools, now)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(StoreError::Unavailable(error))) => {
                tracing::error!("the database is not writable: {error}");
                Err(NotWritable::of(&error))
            }
            Ok(Err(error)) => {
                tracing::error!("the database is not writable: {error}");
                Err(NotWritable::Away)
            }
            Err(_) => Err(NotWritable::Slow),
        };
        self.readiness.learn(answer);
        answer
    }
}

/// Writes a row that changes each time: SQLite skips a write that changes nothing.
async fn write(pools: &Pools, now: Millis) -> Result<(), StoreError> {
    let mut tx = pools.begin().await?;
    within!(tx, |db| sqlx::query(
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
            ("53100", NotWritable::Full),
            ("55P03", NotWritable::Locked),
            ("58030", NotWritable::Disk),
            // Out of memory or connections: the disk is not full.
            ("53200", NotWritable::Away),
            ("53300", NotWritable::Away),
            ("57P01", NotWritable::Away),
            ("42P01", NotWritable::Away),
        ] {
            assert_eq!(NotWritable::of_sqlstate(code), reason, "{code}");
        }
        for (code, reason) in [
            (5, NotWritable::Locked),
            (8, NotWritable::ReadOnly),
            // SQLITE_READONLY_DBMOVED and SQLITE_IOERR_WRITE: extended codes.
            (1032, NotWritable::ReadOnly),
            (778, NotWritable::Disk),
            (13, NotWritable::Full),
            // SQLITE_CANTOPEN: also if the process has too many open files.
            (14, NotWritable::Away),
            (1, NotWritable::Away),
        ] {
            assert_eq!(NotWritable::of_sqlite(code), reason, "{code}");
        }
        // A missing server socket is not a deleted file.
        let socket = Error::Io(io::ErrorKind::NotFound.into());
        assert_eq!(NotWritable::of(&socket), NotWritable::Away);
        assert_eq!(NotWritable::of(&Error::Io(io::Error::other("tls"))), NotWritable::Away);
    }
}
