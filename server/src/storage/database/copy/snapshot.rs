//! Reads a database as of one moment, regardless of concurrent writes.

use super::digest::{Row, TableDigest, Value, bind_values};
use super::tables::{ColumnKind, Table, TableColumn};
use crate::storage::database::pools::{Pools, PostgresTx};
use sqlx::{AssertSqlSafe, ColumnIndex, Database, Decode, Sqlite, Transaction, Type};

/// A read-only transaction.
pub enum Snapshot {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(PostgresTx),
}

impl Snapshot {
    /// Begins the transaction. A SQLite file is seen as of the first read.
    pub async fn begin(pools: &Pools) -> Result<Self, sqlx::Error> {
        Ok(match pools {
            Pools::Sqlite { readers, .. } => Self::Sqlite(readers.begin().await?),
            Pools::Postgres(pools) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Self::Postgres(pools.begin_to_read(begin).await?)
            }
        })
    }

    /// Returns the rows of a table after the given row, in key order.
    pub async fn read_page(
        &mut self,
        table: &Table,
        after: Option<&Row>,
        most: usize,
    ) -> Result<Vec<Row>, sqlx::Error> {
        let sql = table.select_sql(after.is_some());
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let key: Vec<&Value> = after
            .map(|row| table.key.iter().filter_map(|at| row.get(*at)).collect())
            .unwrap_or_default();
        macro_rules! fetch_rows {
            ($db:expr) => {
                bind_values!(sqlx::query(AssertSqlSafe(sql)), key)
                    .bind(most)
                    .fetch_all($db)
                    .await?
                    .iter()
                    .map(|row| values(row, table))
                    .collect()
            };
        }
        match self {
            Self::Sqlite(tx) => fetch_rows!(&mut **tx),
            Self::Postgres(tx) => fetch_rows!(tx.executor()),
        }
    }

    /// Returns the digest of all rows of a table.
    pub async fn digest_table(
        &mut self,
        table: &Table,
        page: usize,
    ) -> Result<TableDigest, sqlx::Error> {
        let mut digest = TableDigest::default();
        let mut last: Option<Row> = None;
        loop {
            let rows = self.read_page(table, last.as_ref(), page).await?;
            if rows.is_empty() {
                return Ok(digest);
            }
            digest.add_rows(&rows);
            last = rows.into_iter().last();
        }
    }
}

/// Returns a row's values. A value of another type than its column's, which SQLite allows, is an
/// error.
fn values<'r, R>(row: &'r R, table: &Table) -> Result<Row, sqlx::Error>
where
    R: sqlx::Row,
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database,
{
    let value = |(at, column): (usize, &TableColumn)| {
        let value = match column.kind {
            ColumnKind::Integer => row.try_get(at).map(Value::Integer),
            ColumnKind::Text => row.try_get(at).map(Value::Text),
        };
        value.map_err(|error| {
            let index = format!("{}.{}", table.name, column.name);
            sqlx::Error::ColumnDecode { index, source: Box::new(error) }
        })
    };
    table.columns.iter().enumerate().map(value).collect()
}
