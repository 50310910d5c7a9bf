//! Copies all data from one database to another, and compares the two.
//!
//! The source is read in one snapshot, so servers may continue to write to it. Tables are copied
//! one by one, in pages in key order, so memory use does not grow with the data. The SQL texts
//! consist of names from the migrations, never of stored data.

mod digest;
mod snapshot;
mod tables;

pub use digest::TableDigest;
pub use tables::Table;

use super::pools::{IfMissing, Pools, query_tx, retry_tx};
use crate::storage::StoreError;
use digest::{Row, Value, bind_values};
use snapshot::Snapshot;
use sqlx::AssertSqlSafe;

/// Rows read and written at once.
const PAGE_ROWS: usize = 500;
/// Values in one statement; SQLite accepts 32,766 and PostgreSQL 65,535.
const MAX_VALUES: usize = 30_000;

/// Why a database cannot be copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The target contains data.
    #[error("the database to copy to already contains data (in {0}); name an empty one")]
    NotEmpty(String),
    /// A migration uses an unsupported column type.
    #[error("the column {0} has a type that cannot be copied")]
    Kind(String),
    /// The source cannot be opened or read.
    #[error("the database to copy from cannot be read")]
    Source(#[source] StoreError),
    /// The target cannot be opened, written or read.
    #[error("the database to copy to cannot be used")]
    Target(#[source] StoreError),
}

/// The two databases of a copy, the source as a snapshot.
pub struct DatabaseCopy {
    source: Pools,
    snapshot: Snapshot,
    target: Pools,
}

impl DatabaseCopy {
    /// Opens both databases and brings their tables up to date. Later writes to the source are not
    /// seen.
    pub async fn open(from: &str, to: &str) -> Result<Self, CopyError> {
        // A source file created here would be empty, and its copy would look like success.
        let source = Pools::open(from, IfMissing::Fail).await.map_err(CopyError::Source)?;
        let snapshot =
            Snapshot::begin(&source).await.map_err(|error| CopyError::Source(error.into()))?;
        let target = Pools::open(to, IfMissing::Create).await.map_err(CopyError::Target)?;
        Ok(Self { source, snapshot, target })
    }

    /// Fails if the target contains any row.
    pub async fn check_target(&self, tables: &[Table]) -> Result<(), CopyError> {
        let mut target = self.begin_target_snapshot().await?;
        for table in tables {
            let first = target.read_page(table, None, 1).await;
            if !first.map_err(|error| CopyError::Target(error.into()))?.is_empty() {
                return Err(CopyError::NotEmpty(table.name.clone()));
            }
        }
        Ok(())
    }

    /// Copies a table, and calls `progress` with the number of rows so far.
    pub async fn copy_table(
        &mut self,
        table: &Table,
        progress: impl Fn(u64),
    ) -> Result<TableDigest, CopyError> {
        let mut digest = TableDigest::default();
        let mut last: Option<Row> = None;
        let most = PAGE_ROWS.min(MAX_VALUES / table.columns.len().max(1));
        loop {
            let rows = self.snapshot.read_page(table, last.as_ref(), most).await;
            let rows = rows.map_err(|error| CopyError::Source(error.into()))?;
            if rows.is_empty() {
                return Ok(digest);
            }
            self.write_rows(table, &rows).await.map_err(CopyError::Target)?;
            digest.add_rows(&rows);
            progress(digest.rows);
            last = rows.into_iter().last();
        }
    }

    /// Returns the digest of a table in the source.
    pub async fn digest_source(&mut self, table: &Table) -> Result<TableDigest, CopyError> {
        let digest = self.snapshot.digest_table(table, PAGE_ROWS).await;
        digest.map_err(|error| CopyError::Source(error.into()))
    }

    /// Returns the digest of a table in the target.
    pub async fn digest_target(&self, table: &Table) -> Result<TableDigest, CopyError> {
        let digest = self.begin_target_snapshot().await?.digest_table(table, PAGE_ROWS).await;
        digest.map_err(|error| CopyError::Target(error.into()))
    }

    /// Closes both databases.
    pub async fn close(self) {
        drop(self.snapshot);
        self.source.close().await;
        self.target.close().await;
    }

    async fn begin_target_snapshot(&self) -> Result<Snapshot, CopyError> {
        Snapshot::begin(&self.target).await.map_err(|error| CopyError::Target(error.into()))
    }

    async fn write_rows(&self, table: &Table, rows: &[Row]) -> Result<(), StoreError> {
        let sql = table.insert_sql(rows.len());
        retry_tx!(self.target, |pools| {
            let mut tx = pools.begin().await?;
            query_tx!(tx, |db| bind_values!(
                sqlx::query(AssertSqlSafe(sql.as_str())),
                rows.iter().flatten()
            )
            .execute(db))?;
            tx.commit().await?;
            Ok(())
        })
    }
}
