//! Decides how to react to a database error.

use sqlx::Error;
use sqlx::error::DatabaseError;
use std::time::Duration;

/// Attempts at a transaction that conflicts with another instance.
const TRIES: u32 = 8;
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
pub enum Remedy {
    /// Two transactions conflicted: a retry will succeed.
    Again,
    /// A record has data that cannot be stored; the others can be written without it.
    LeaveOut,
    /// The database is unreachable, full or broken: only time helps.
    Wait,
}

impl Remedy {
    /// Returns the remedy for an error.
    pub fn of(error: &Error) -> Self {
        match error {
            Error::Database(error) => Self::of_answer(error.as_ref()),
            Error::Encode(_)
            | Error::Decode(_)
            | Error::ColumnDecode { .. }
            | Error::InvalidArgument(_) => Self::LeaveOut,
            _ => Self::Wait,
        }
    }

    /// Returns the remedy for an error that the database returned.
    fn of_answer(error: &dyn DatabaseError) -> Self {
        let code = error.code().unwrap_or_default();
        if error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
            return Self::of_sqlstate(&code);
        }
        // The lowest byte of SQLite's codes is the primary code.
        match code.parse::<u32>().map(|code| code & 0xff) {
            // SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH.
            Ok(18..=20) => Self::LeaveOut,
            _ => Self::Wait,
        }
    }

    fn of_sqlstate(code: &str) -> Self {
        match code {
            // A serialization failure, a deadlock.
            "40001" | "40P01" => Self::Again,
            // A prepared statement that this session lacks, or has for an earlier table.
            _ if STALE_STATEMENT.contains(&code) => Self::Again,
            // Invalid data, a constraint, or a limit such as an index row's.
            _ if ["22", "23", "54"].iter().any(|class| code.starts_with(class)) => Self::LeaveOut,
            _ => Self::Wait,
        }
    }
}

/// Returns the pause before each retry, and ends when to give up.
pub fn pauses() -> impl Iterator<Item = Duration> {
    (0..TRIES - 1).map(|doubled| FIRST_PAUSE * 2_u32.pow(doubled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helps_follows_from_the_answer() {
        for (code, remedy) in [
            ("40001", Remedy::Again),
            ("40P01", Remedy::Again),
            ("26000", Remedy::Again),
            ("0A000", Remedy::Again),
            ("25006", Remedy::Wait),
            ("22021", Remedy::LeaveOut),
            ("23505", Remedy::LeaveOut),
            ("54000", Remedy::LeaveOut),
            ("53100", Remedy::Wait),
            ("57P01", Remedy::Wait),
            ("42P01", Remedy::Wait),
        ] {
            assert_eq!(Remedy::of_sqlstate(code), remedy, "{code}");
        }
        assert_eq!(Remedy::of(&Error::PoolTimedOut), Remedy::Wait);
    }

    #[test]
    fn trying_again_comes_to_an_end_within_a_second() {
        assert_eq!(pauses().count(), 7);
        assert!(pauses().sum::<Duration>() < Duration::from_secs(1));
    }
}
