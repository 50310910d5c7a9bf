//! Copies all data to another database, and compares two databases, for an operator.

use crate::storage::copy::{CopyError, DatabaseCopy, Table, TableDigest};

/// Rows after which progress is reported again.
const REPORT_EVERY: u64 = 50_000;

/// The digests of a table in both databases.
#[derive(Debug)]
pub struct Compared {
    /// The table's name.
    pub table: String,
    /// The digest of the source's rows.
    pub source: TableDigest,
    /// The digest of the target's rows.
    pub target: TableDigest,
}

impl Compared {
    /// Whether both sides hold the same rows.
    pub fn is_same(&self) -> bool {
        self.source == self.target
    }
}

/// Copies everything into a fresh database, then compares what was read with what the copy holds.
/// `progress` receives a table and the number of its rows copied so far.
pub async fn copy_database(
    from: &str,
    to: &str,
    progress: impl Fn(&str, u64),
) -> Result<Vec<Compared>, CopyError> {
    let tables = Table::list_tables().await?;
    let mut copying = DatabaseCopy::open(from, to).await?;
    let done = copy_all(&mut copying, tables, progress).await;
    copying.close().await;
    done
}

/// Compares two databases; neither is changed.
pub async fn compare_databases(from: &str, to: &str) -> Result<Vec<Compared>, CopyError> {
    let tables = Table::list_tables().await?;
    let mut copying = DatabaseCopy::open(from, to).await?;
    let done = compare_all(&mut copying, tables).await;
    copying.close().await;
    done
}

async fn copy_all(
    copying: &mut DatabaseCopy,
    tables: Vec<Table>,
    progress: impl Fn(&str, u64),
) -> Result<Vec<Compared>, CopyError> {
    copying.check_target(&tables).await?;
    let mut compared = Vec::new();
    for table in tables {
        let tell = |rows: u64| {
            if rows.is_multiple_of(REPORT_EVERY) {
                progress(&table.name, rows);
            }
        };
        let source = copying.copy_table(&table, tell).await?;
        progress(&table.name, source.rows);
        let target = copying.digest_target(&table).await?;
        compared.push(Compared { table: table.name, source, target });
    }
    Ok(compared)
}

async fn compare_all(
    copying: &mut DatabaseCopy,
    tables: Vec<Table>,
) -> Result<Vec<Compared>, CopyError> {
    let mut compared = Vec::new();
    for table in tables {
        let source = copying.digest_source(&table).await?;
        let target = copying.digest_target(&table).await?;
        compared.push(Compared { table: table.name, source, target });
    }
    Ok(compared)
}
