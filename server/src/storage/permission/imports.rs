//! Enters the suppressions of a file, in pieces, and keeps the progress.

use super::entries::NewSuppression;
use crate::storage::access::audit::{Stamp, insert_audit};
use crate::storage::database::pools::Column::{Int, Text};
use crate::storage::database::pools::{BulkInsert, SqlValue, Tx, query_read, query_tx, retry_tx};
use crate::storage::locks::{lock_client, lock_head};
use crate::storage::{PermissionStore, StoreError};
use call_ribbon_shared::Millis;
use sqlx::FromRow;

/// Files of one day may come in any order: some are sent with a time, and others with a day.
const DAY: Millis = 24 * 60 * 60 * 1000;
/// Entries that one transaction removes.
const REMOVED_AT_ONCE: i64 = 2_000;

const ENTRIES: BulkInsert = BulkInsert {
    table: "suppressions",
    columns: &[
        Text("client_id"),
        Text("entry_id"),
        Text("number"),
        Text("scope"),
        Text("scope_value"),
        Text("reason"),
        Text("source"),
        Text("session_id"),
        Text("import_id"),
        Int("listed_at"),
        Int("until"),
        Text("by_name"),
        Text("by_id"),
        Int("created_at"),
    ],
    conflict: "ON CONFLICT (client_id, number, scope, scope_value, source, session_id)
        WHERE removed_at IS NULL
        DO UPDATE SET
            reason = CASE suppressions.import_id
                WHEN '' THEN suppressions.reason ELSE excluded.reason END,
            until = CASE WHEN suppressions.import_id = '' THEN suppressions.until
                WHEN suppressions.import_id = excluded.import_id
                    AND (suppressions.until IS NULL OR suppressions.until > excluded.until)
                    THEN suppressions.until
                ELSE excluded.until END,
            listed_at = CASE WHEN suppressions.import_id <> ''
                AND excluded.listed_at < suppressions.listed_at
                THEN excluded.listed_at ELSE suppressions.listed_at END,
            import_id = CASE suppressions.import_id WHEN '' THEN '' ELSE excluded.import_id END",
};

/// Returns whether no newer import of the same source has begun. The caller has locked the client's
/// head, so an import that begins meanwhile writes after it.
async fn is_newest(tx: &mut Tx, client_id: &str, import: &ImportRow) -> Result<bool, sqlx::Error> {
    let newer: Option<(String,)> = query_tx!(*tx, |db| sqlx::query_as(
        "SELECT import_id FROM suppression_imports
         WHERE client_id = $1 AND import_id > $2 AND source = $3 LIMIT 1"
    )
    .bind(client_id)
    .bind(&import.import_id)
    .bind(&import.source)
    .fetch_optional(db))?;
    Ok(newer.is_none())
}

/// A file from which entries came.
#[derive(Debug, Clone, FromRow)]
pub struct ImportRow {
    pub import_id: String,
    pub source: String,
    /// The date of the file.
    pub as_of: Millis,
    pub started_at: Millis,
    /// `None`: in progress, or interrupted.
    pub finished_at: Option<Millis>,
    pub lines: i64,
    pub entries: i64,
    pub bad_lines: i64,
    /// The first bad lines, as JSON.
    pub report: String,
    pub by_name: Option<String>,
    pub by_id: Option<String>,
}

/// What became of an import that was to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportBegun {
    Begun,
    /// It would remove what a file of this later date has entered.
    Older(Millis),
    UnknownClient,
}

impl PermissionStore<'_> {
    /// Begins an import. One that removes what its file lacks must not be older than the latest file of
    /// its source.
    pub async fn begin_import(
        self,
        client_id: &str,
        row: &ImportRow,
        removes: bool,
        stamp: Stamp<'_>,
    ) -> Result<ImportBegun, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            if !lock_client(&mut tx, client_id).await? {
                return Ok(ImportBegun::UnknownClient);
            }
            let latest: Option<Millis> = query_tx!(tx, |db| sqlx::query_scalar(
                "SELECT MAX(as_of) FROM suppression_imports
                 WHERE client_id = $1 AND source = $2 AND entries > 0"
            )
            .bind(client_id)
            .bind(&row.source)
            .fetch_one(db))?;
            let is_older = |latest: &Millis| *latest - row.as_of >= DAY;
            if let Some(latest) = latest.filter(|latest| removes && is_older(latest)) {
                return Ok(ImportBegun::Older(latest));
            }
            query_tx!(tx, |db| sqlx::query(
                "INSERT INTO suppression_imports (client_id, import_id, source, as_of, started_at,
                    lines, entries, bad_lines, report, by_name, by_id)
                 VALUES ($1, $2, $3, $4, $5, 0, 0, 0, '[]', $6, $7)"
            )
            .bind(client_id)
            .bind(&row.import_id)
            .bind(&row.source)
            .bind(row.as_of)
            .bind(row.started_at)
            .bind(&row.by_name)
            .bind(&row.by_id)
            .execute(db))?;
            let subject = Some(row.import_id.as_str());
            insert_audit(&mut tx, client_id, "suppressions.imported", subject, stamp).await?;
            tx.commit().await?;
            Ok(ImportBegun::Begun)
        })
    }

    /// Enters one piece of a file and stores its progress. An entry that a person made stays as it
    /// is. No two entries of a piece may have the same number, scope and value. Returns false, and
    /// enters nothing, if a newer import of the source has begun.
    pub async fn import_piece(
        self,
        client_id: &str,
        import: &ImportRow,
        piece: &[NewSuppression],
    ) -> Result<bool, StoreError> {
        retry_tx!(self.pools, |pools| {
            let mut tx = pools.begin().await?;
            lock_head(&mut tx, client_id).await?;
            if !is_newest(&mut tx, client_id, import).await? {
                return Ok(false);
            }
            let mut cells: Vec<SqlValue<'_>> = Vec::with_capacity(piece.len() * 14);
            for new in piece {
                cells.extend([
                    client_id.into(),
                    (&new.entry_id).into(),
                    (&new.number).into(),
                    (&new.scope).into(),
                    (&new.scope_value).into(),
                    new.reason.as_deref().into(),
                    (&new.source).into(),
                    "".into(),
                    (&import.import_id).into(),
                    new.listed_at.into(),
                    new.until.into(),
                    import.by_name.as_deref().into(),
                    import.by_id.as_deref().into(),
                    import.started_at.into(),
                ]);
            }
            ENTRIES.insert_rows(&mut tx, cells).await?;
            query_tx!(tx, |db| sqlx::query(
                "UPDATE suppression_imports SET lines = $3, entries = $4, bad_lines = $5,
                    report = $6, finished_at = $7
                 WHERE client_id = $1 AND import_id = $2"
            )
            .bind(client_id)
            .bind(&import.import_id)
            .bind(import.lines)
            .bind(import.entries)
            .bind(import.bad_lines)
            .bind(&import.report)
            .bind(import.finished_at)
            .execute(db))?;
            tx.commit().await?;
            Ok(true)
        })
    }

    /// Returns how many entries an import has added. No other import of its source can have begun in
    /// the same millisecond without stopping it.
    pub async fn count_added_entries(
        self,
        client_id: &str,
        import: &ImportRow,
    ) -> Result<u64, StoreError> {
        let count: i64 = query_read!(self, |db| sqlx::query_scalar(
            "SELECT COUNT(*) FROM suppressions
             WHERE client_id = $1 AND source = $2 AND import_id = $3 AND import_id <> ''
                AND removed_at IS NULL AND created_at = $4"
        )
        .bind(client_id)
        .bind(&import.source)
        .bind(&import.import_id)
        .bind(import.started_at)
        .fetch_one(db))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Removes the entries of the import's source that came from files, and that its file does not
    /// have. Returns how many; `None` if a newer import of the source has begun.
    pub async fn remove_missing_entries(
        self,
        client_id: &str,
        import: &ImportRow,
        stamp: Stamp<'_>,
    ) -> Result<Option<u64>, StoreError> {
        let mut all = 0;
        loop {
            let removed = retry_tx!(self.pools, |pools| {
                let mut tx = pools.begin().await?;
                lock_head(&mut tx, client_id).await?;
                if !is_newest(&mut tx, client_id, import).await? {
                    return Ok(None);
                }
                let done = query_tx!(tx, |db| sqlx::query(
                    "UPDATE suppressions SET removed_at = $4, removed_by = $5,
                        removed_reason = 'The latest file of its source does not have it.'
                     WHERE client_id = $1 AND entry_id IN (
                        SELECT entry_id FROM suppressions
                        WHERE client_id = $1 AND source = $2 AND import_id <> $3
                            AND import_id <> '' AND removed_at IS NULL LIMIT $6)"
                )
                .bind(client_id)
                .bind(&import.source)
                .bind(&import.import_id)
                .bind(stamp.now)
                .bind(stamp.by.name)
                .bind(REMOVED_AT_ONCE)
                .execute(db))?;
                tx.commit().await?;
                Ok::<_, StoreError>(Some(done.rows_affected()))
            })?;
            match removed {
                None => return Ok(None),
                Some(0) => return Ok(Some(all)),
                Some(removed) => all += removed,
            }
        }
    }

    /// Returns a client's latest imports.
    pub async fn list_imports(
        self,
        client_id: &str,
        most: i64,
    ) -> Result<Vec<ImportRow>, StoreError> {
        Ok(query_read!(self, |db| sqlx::query_as(
            "SELECT import_id, source, as_of, started_at, finished_at, lines, entries, bad_lines,
                report, by_name, by_id
             FROM suppression_imports WHERE client_id = $1 ORDER BY import_id DESC LIMIT $2"
        )
        .bind(client_id)
        .bind(most)
        .fetch_all(db))?)
    }
}
