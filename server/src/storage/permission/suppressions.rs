//! Finds the suppressions of numbers: entries that forbid calls to them.

use crate::storage::database::columns::suppression_columns;
use crate::storage::database::pools::{Tx, query_read, query_tx};
use crate::storage::spellings::first_five_spellings;
use crate::storage::{PermissionStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// Spellings in one query.
const SPELLINGS: usize = 5;

/// An entry that forbids calls to a number.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct SuppressionRow {
    pub entry_id: String,
    /// The number as E.164.
    pub number: String,
    /// What is forbidden: `all` calls, or those for one `purpose` or about one `account`.
    pub scope: String,
    /// Which purpose or account; empty for all.
    pub scope_value: String,
    pub reason: Option<String>,
    /// `agent`, `customer`, `staff`, `import` or `registry:<name>`.
    pub source: String,
    /// The call whose disposition made the entry; empty if none did.
    pub session_id: String,
    /// Since when the number must not be called.
    pub listed_at: Millis,
    /// Until when; `None`: without end.
    pub until: Option<Millis>,
    pub by_name: Option<String>,
    pub by_id: Option<String>,
    pub created_at: Millis,
    pub removed_at: Option<Millis>,
    pub removed_by: Option<String>,
    pub removed_reason: Option<String>,
}

const BY_NUMBER: &str = concat!(
    "SELECT ",
    suppression_columns!(),
    " FROM suppressions s WHERE s.client_id = $1 AND s.number IN ($2, $3, $4, $5, $6)
        AND s.removed_at IS NULL AND s.listed_at <= $7 AND (s.until IS NULL OR s.until > $7)
     ORDER BY CASE s.scope WHEN 'all' THEN 0 ELSE 1 END, s.entry_id LIMIT 200"
);

/// An entry that began when it was made, or before, is in force: clocks of servers differ, and one may be
/// set back.
const IN_FORCE: &str = concat!(
    "SELECT ",
    suppression_columns!(),
    " FROM suppressions s WHERE s.client_id = $1 AND s.number IN ($2, $3, $4, $5, $6)
        AND s.removed_at IS NULL AND (s.listed_at <= $7 OR s.listed_at <= s.created_at)
        AND (s.until IS NULL OR s.until > $7)
     ORDER BY CASE s.scope WHEN 'all' THEN 0 ELSE 1 END, s.entry_id LIMIT 200"
);

impl PermissionStore<'_> {
    /// Returns whether the client's list has an entry that was not removed.
    pub async fn has_suppressions(self, client_id: &str) -> Result<bool, StoreError> {
        let found: Option<String> = query_read!(self, |db| sqlx::query_scalar(
            "SELECT entry_id FROM suppressions
             WHERE client_id = $1 AND removed_at IS NULL LIMIT 1"
        )
        .bind(client_id)
        .fetch_optional(db))?;
        Ok(found.is_some())
    }

    /// Returns the entries that are in force for these numbers, at most 200 for five spellings.
    pub async fn find_suppressions(
        self,
        client_id: &str,
        numbers: &[String],
        now: Millis,
    ) -> Result<Vec<SuppressionRow>, StoreError> {
        let mut found = Vec::new();
        for some in numbers.chunks(SPELLINGS) {
            let ways = first_five_spellings(some);
            let rows: Vec<SuppressionRow> = query_read!(self, |db| sqlx::query_as(BY_NUMBER)
                .bind(client_id)
                .bind(ways[0])
                .bind(ways[1])
                .bind(ways[2])
                .bind(ways[3])
                .bind(ways[4])
                .bind(now)
                .fetch_all(db))?;
            found.extend(rows);
        }
        Ok(found)
    }
}

/// Returns the entries that are in force for one number, in up to five spellings, within a
/// transaction. Those that forbid all calls come first.
pub(in crate::storage) async fn suppressions_of_number(
    tx: &mut Tx,
    client_id: &str,
    spellings: &[String],
    now: Millis,
) -> Result<Vec<SuppressionRow>, sqlx::Error> {
    let ways = first_five_spellings(spellings);
    query_tx!(*tx, |db| sqlx::query_as(IN_FORCE)
        .bind(client_id)
        .bind(ways[0])
        .bind(ways[1])
        .bind(ways[2])
        .bind(ways[3])
        .bind(ways[4])
        .bind(now)
        .fetch_all(db))
}
