//! Decides how to react to a database error.

use sqlx::Error;
use sqlx::error::DatabaseError;
use std::time::Duration;

/// Attempts at a transaction that conflicts with another instance.
const MAX_ATTEMPTS: u32 = 8;
/// The first pause; each further one is twice as long. Together they last about half a second.
const FIRST_PAUSE: Duration = Duration::from_millis(4);

/// SQLSTATE codes: the session does not know a prepared statement, or the table has changed since.
const STALE_STATEMENT: [&str; 2] = ["26000", "0A000"];

/// Returns whether a connection's prepared statements no longer fit its session or the tables, for
/// example after a pooler or proxy has switched to another server.
pub fn is_stale_statement(error: &Error) -> bool {
    error
        .as_database_error()
        .and_then(DatabaseError::code)
        .is_some_and(|code| STALE_STATEMENT.contains(&code.as_ref()))
}

/// How to react to an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// Two transactions conflicted: a retry will succeed.
    Conflict,
    /// A record has data that cannot be stored; the others can be written without it.
    InvalidRecord,
    /// The database is unreachable, full or broken: only time helps.
    Unavailable,
}

impl ErrorClass {
    /// Returns the remedy for an error.
    pub fn classify(error: &Error) -> Self {
        match error {
            Error::Database(error) => Self::classify_database_error(error.as_ref()),
            Error::Encode(_)
            | Error::Decode(_)
            | Error::ColumnDecode { .. }
            | Error::InvalidArgument(_) => Self::InvalidRecord,
            _ => Self::Unavailable,
        }
    }

    /// Returns the remedy for an error that the database returned.
    fn classify_database_error(error: &dyn DatabaseError) -> Self {
        let code = error.code().unwrap_or_default();
        if error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
            return Self::classify_sqlstate(&code);
        }
        // The lowest byte of SQLite's codes is the primary code.
        match code.parse::<u32>().map(|code| code & 0xff) {
            // SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH.
            Ok(18..=20) => Self::InvalidRecord,
            _ => Self::Unavailable,
        }
    }

    fn classify_sqlstate(code: &str) -> Self {
        match code {
            // A serialization failure, a deadlock.
            "40001" | "40P01" => Self::Conflict,
            // A prepared statement that this session lacks, or has for an earlier table.
            _ if STALE_STATEMENT.contains(&code) => Self::Conflict,
            // Invalid data, a constraint, or a limit such as an index row's.
            _ if ["22", "23", "54"].iter().any(|class| code.starts_with(class)) => {
                Self::InvalidRecord
            }
            _ => Self::Unavailable,
        }
    }
}

/// Returns the pause before each retry, and ends when to give up.
pub fn retry_pauses() -> impl Iterator<Item = Duration> {
    (0..MAX_ATTEMPTS - 1).map(|doubled| FIRST_PAUSE * 2_u32.pow(doubled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helps_follows_from_the_answer() {
        for (code, remedy) in [
            ("40001", ErrorClass::Conflict),
            ("40P01", ErrorClass::Conflict),
            ("26000", ErrorClass::Conflict),
            ("0A000", ErrorClass::Conflict),
            ("25006", ErrorClass::Unavailable),
            ("22021", ErrorClass::InvalidRecord),
            ("23505", ErrorClass::InvalidRecord),
            ("54000", ErrorClass::InvalidRecord),
            ("53100", ErrorClass::Unavailable),
            ("57P01", ErrorClass::Unavailable),
            ("42P01", ErrorClass::Unavailable),
        ] {
            assert_eq!(ErrorClass::classify_sqlstate(code), remedy, "{code}");
        }
        assert_eq!(ErrorClass::classify(&Error::PoolTimedOut), ErrorClass::Unavailable);
    }

    #[test]
    fn trying_again_comes_to_an_end_within_a_second() {
        assert_eq!(retry_pauses().count(), 7);
        assert!(retry_pauses().sum::<Duration>() < Duration::from_secs(1));
    }
}
