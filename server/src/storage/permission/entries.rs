//! Lists, enters and removes suppressions.

use super::suppressions::SuppressionRow;
use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::database::columns::suppression_columns;
use crate::storage::database::pools::{query_read, query_tx, retry_tx};
use crate::storage::locks::{lock_client, lock_head};
use crate::storage::{PermissionStore, StoreError};
use call_ribbon_shared::Millis;

/// Which entries a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuppressionState {
    /// Those that were not removed.
    Listed,
    Removed,
}

/// A new entry.
#[derive(Debug, Clone)]
pub struct NewSuppression {
    pub entry_id: String,
    /// The number as E.164.
    pub number: String,
    pub scope: String,
    pub scope_value: String,
    pub reason: Option<String>,
    pub source: String,
    pub listed_at: Millis,
    pub until: Option<Millis>,
}

impl PermissionStore<'_> {
    /// Returns entries of a client, the latest first, before the entry with this id.
    pub async fn list_suppressions(
        self,
        client_id: &str,
        state: SuppressionState,
        before: &str,
        most: i64,
    ) -> Result<Vec<SuppressionRow>, StoreError> {
        Ok(match state {
            SuppressionState::Listed => query_read!(self, |db| sqlx::query_as(concat!(
                "SELECT ",
                suppression_columns!(),
                " FROM suppressions s WHERE s.client_id = $1 AND s.entry_id < $2
                    AND s.removed_at IS NULL ORDER BY s.entry_id DESC LIMIT $3"
            ))
            .bind(client_id)
            .bind(before)
            .bind(most)
            .fetch_all(db))?,
            SuppressionState::Removed => query_read!(self, |db| sqlx::query_as(concat!(
                "SELECT ",
                suppression_columns!(),
                " FROM suppressions s WHERE s.client_id = $1 AND s.entry_id < $2
                    AND s.removed_at IS NOT NULL ORDER BY s.entry_id DESC LIMIT $3"
            ))
            .bind(client_id)
            .bind(before)
            .bind(most)
            .fetch_all(db))?,
        })
    }

    /// Returns entries of a client that are from one source, the latest first, before the entry with
    /// this id.
    pub async fn list_suppressions_of_source(
        self,
        client_id: &str,
        (state, source): (SuppressionState, &str),
        before: &str,
        most: i64,
    ) -> Result<Vec<SuppressionRow>, StoreError> {
        let is_removed = i64::from(state == SuppressionState::Removed);
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            suppression_columns!(),
            " FROM suppressions s WHERE s.client_id = $1 AND s.source = $2 AND s.entry_id < $3
                AND CASE WHEN s.removed_at IS NULL THEN 0 ELSE 1 END = $4
             ORDER BY s.entry_id DESC LIMIT $5"
        ))
        .bind(client_id)
        .bind(source)
        .bind(before)
        .bind(is_removed)
        .bind(most)
        .fetch_all(db))?)
    }

    /// Returns entries of the numbers from `from` up to and without `until`, in the order of
    /// numbers, after this number and entry; with a source only those from there. Removed entries are
    /// among them.
    pub async fn list_suppressions_by_number(
        self,
        client_id: &str,
        (from, until): (&str, &str),
        (number, entry_id): (&str, &str),
        source: Option<&str>,
        most: i64,
    ) -> Result<Vec<SuppressionRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(concat!(
            "SELECT ",
            suppression_columns!(),
            " FROM suppressions s WHERE s.client_id = $1 AND s.number >= $2 AND s.number < $3
                AND (s.number > $4 OR (s.number = $4 AND s.entry_id > $5))
                AND ($6 = '' OR s.source = $6)
             ORDER BY s.number, s.entry_id LIMIT $7"
        ))
        .bind(client_id)
        .bind(from)
        .bind(until)
        .bind(number)
        .bind(entry_id)
        .bind(source.unwrap_or_default())
        .bind(most)
        .fetch_all(db))?)
    }

    /// Enters a number. If the same is entered already, its reason and end are replaced, and files
    /// no longer change or remove it. Returns the entry; `None` if the client does not exist.
    pub async fn add_suppression(
        self,
        client_id: &str,
        new: &NewSuppression,
        stamp: Stamp<'_>,
    ) -> Result<Option<SuppressionRow>, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            // A dial that has read the entries is committed first.
            lock_head(&mut tx, client_id).await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(None);
            }
            let row: SuppressionRow = query_tx!(tx, |db| {
                sqlx::query_as(
                "INSERT INTO suppressions (client_id, entry_id, number, scope, scope_value, reason,
                    source, session_id, import_id, listed_at, until, by_name, by_id, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', $8, $9, $10, $11, $12)
                 ON CONFLICT (client_id, number, scope, scope_value, source, session_id)
                    WHERE removed_at IS NULL
                    DO UPDATE SET reason = excluded.reason, until = excluded.until,
                        listed_at = CASE WHEN excluded.listed_at < suppressions.listed_at
                            THEN excluded.listed_at ELSE suppressions.listed_at END,
                        import_id = ''
                 RETURNING entry_id, number, scope, scope_value, reason, source, session_id,
                    listed_at, until, by_name, by_id, created_at, removed_at, removed_by,
                    removed_reason"
            )
            .bind(client_id)
            .bind(&new.entry_id)
            .bind(&new.number)
            .bind(&new.scope)
            .bind(&new.scope_value)
            .bind(&new.reason)
            .bind(&new.source)
            .bind(new.listed_at)
            .bind(new.until)
            .bind(stamp.by.name)
            .bind(stamp.by.id)
            .bind(stamp.now)
            .fetch_one(db)
            })?;
            let subject = Some(row.entry_id.as_str());
            insert_audit(&mut tx, client_id, "suppression.added", subject, stamp).await?;
            tx.commit().await?;
            Ok(Some(row))
        })
    }

    /// Removes an entry, which stays as history; `None` if it does not exist. An entry that was
    /// removed before stays as it is.
    pub async fn remove_suppression(
        self,
        client_id: &str,
        entry_id: &str,
        reason: &str,
        stamp: Stamp<'_>,
    ) -> Result<Option<SuppressionRow>, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(None);
            }
            let done = query_tx!(tx, |db| sqlx::query(
                "UPDATE suppressions SET removed_at = $3, removed_by = $4, removed_reason = $5
                 WHERE client_id = $1 AND entry_id = $2 AND removed_at IS NULL"
            )
            .bind(client_id)
            .bind(entry_id)
            .bind(stamp.now)
            .bind(stamp.by.name)
            .bind(reason)
            .execute(db))?;
            let row: Option<SuppressionRow> = query_tx!(tx, |db| sqlx::query_as(concat!(
                "SELECT ",
                suppression_columns!(),
                " FROM suppressions s WHERE s.client_id = $1 AND s.entry_id = $2"
            ))
            .bind(client_id)
            .bind(entry_id)
            .fetch_optional(db))?;
            if done.rows_affected() > 0 {
                let act = "suppression.removed";
                insert_audit(&mut tx, client_id, act, Some(entry_id), stamp).await?;
            }
            tx.commit().await?;
            Ok(row)
        })
    }
}
