//! What is to be done about an error of the database.

use sqlx::Error;
use sqlx::error::DatabaseError;
use std::time::Duration;

/// How often what another instance got in the way of is tried again.
const TRIES: u32 = 8;
/// The first pause; each one after it is twice as long. All together are about half a second.
const FIRST_PAUSE: Duration = Duration::from_millis(4);

/// The session does not know a prepared statement, or the table has changed since.
const STALE_STATEMENT: [&str; 2] = ["26000", "0A000"];

/// Whether a connection's prepared statements no longer fit its session or the tables, as after
/// a pooler or a proxy has led it to another server.
pub fn is_stale_statement(error: &Error) -> bool {
    error
        .as_database_error()
        .and_then(DatabaseError::code)
        .is_some_and(|code| STALE_STATEMENT.contains(&code.as_ref()))
}

/// What helps against an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Two transactions got in each other's way: the same once more will pass.
    Again,
    /// Something in what was to be written cannot be kept; what else there was can.
    LeaveOut,
    /// The database is away, or full, or broken: nothing but time.
    Wait,
}

impl Remedy {
    /// The remedy for an error.
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

    /// The remedy for what the database itself answered.
    fn of_answer(error: &dyn DatabaseError) -> Self {
        let code = error.code().unwrap_or_default();
        if error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
            return Self::of_sqlstate(&code);
        }
        // SQLite's codes: the lowest byte says the kind, the others which one of it.
        match code.parse::<u32>().map(|code| code & 0xff) {
            // Too big, against a constraint, of another type.
            Ok(18..=20) => Self::LeaveOut,
            _ => Self::Wait,
        }
    }

    fn of_sqlstate(code: &str) -> Self {
        match code {
            // A serialization failure, a deadlock.
            "40001" | "40P01" => Self::Again,
            // A statement that this session does not hold, or holds for an earlier table.
            _ if STALE_STATEMENT.contains(&code) => Self::Again,
            // Data that cannot be, a constraint, a limit such as that of an index's row.
            _ if ["22", "23", "54"].iter().any(|class| code.starts_with(class)) => Self::LeaveOut,
            _ => Self::Wait,
        }
    }
}

/// How long to wait before each further try; it ends where trying on is of no use.
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
