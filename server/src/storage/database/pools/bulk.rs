//! Writes or reads many rows in one statement.
//!
//! Most of a statement's cost is the round trip: over the network to PostgreSQL, to the
//! connection's thread for SQLite. PostgreSQL takes an array per column, so one text serves any
//! number of rows. SQLite takes one row after the other, in texts for 1, 2, 4 … 64 rows, so that
//! only a few statements are prepared.

use super::Tx;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};
use std::borrow::Cow;

/// The most rows in one statement on SQLite. Longer statements are no faster and use more memory.
const MAX_ROWS_SQLITE: usize = 64;

/// A value to be written. The tables contain only text and integers.
#[derive(Debug, Clone)]
pub enum SqlValue<'a> {
    Null,
    Int(i64),
    Text(Cow<'a, str>),
}

/// A column's name and type.
#[derive(Debug, Clone, Copy)]
pub enum Column {
    Int(&'static str),
    Text(&'static str),
}

/// A statement that inserts rows into a table.
#[derive(Debug, Clone, Copy)]
pub struct BulkInsert {
    pub table: &'static str,
    pub columns: &'static [Column],
    /// The `ON CONFLICT …` clause; if empty, an existing row is an error.
    pub conflict: &'static str,
}

impl BulkInsert {
    /// Inserts the rows, in order. `cells` contains one cell per column, row after row. No two rows
    /// may have the same key: `ON CONFLICT` would have to change one row twice.
    pub async fn insert_rows(
        &self,
        tx: &mut Tx,
        cells: Vec<SqlValue<'_>>,
    ) -> Result<(), sqlx::Error> {
        let width = self.columns.len();
        debug_assert_eq!(cells.len() % width, 0, "a cell for every column of {}", self.table);
        if cells.is_empty() {
            return Ok(());
        }
        match tx {
            Tx::Sqlite(tx) => {
                let mut rows = cells.len() / width;
                let mut cells = cells.into_iter();
                while rows > 0 {
                    let now = batch_size(rows);
                    let mut query = sqlx::query(AssertSqlSafe(self.sqlite_insert_sql(now)));
                    for cell in cells.by_ref().take(now * width) {
                        query = match cell {
                            SqlValue::Null => query.bind(None::<i64>),
                            SqlValue::Int(number) => query.bind(number),
                            SqlValue::Text(text) => query.bind(text.into_owned()),
                        };
                    }
                    query.execute(&mut **tx).await?;
                    rows -= now;
                }
            }
            Tx::Postgres(tx) => {
                let mut query = sqlx::query(AssertSqlSafe(self.postgres_insert_sql()));
                for (place, column) in self.columns.iter().enumerate() {
                    let values = cells.iter().skip(place).step_by(width);
                    query = match column {
                        Column::Int(_) => {
                            query.bind(values.map(SqlValue::as_int).collect::<Vec<_>>())
                        }
                        Column::Text(_) => {
                            query.bind(values.map(SqlValue::as_text).collect::<Vec<_>>())
                        }
                    };
                }
                query.execute(tx.executor()).await?;
            }
        }
        Ok(())
    }

    /// Returns the SQL for SQLite.
    fn sqlite_insert_sql(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns.len()].join(","));
        let rows = vec![row.as_str(); rows].join(",");
        format!(
            "INSERT INTO {} ({}) VALUES {rows} {}",
            self.table,
            self.column_names(),
            self.conflict
        )
    }

    /// Returns the SQL for PostgreSQL.
    fn postgres_insert_sql(&self) -> String {
        let arrays: Vec<String> = (1..)
            .zip(self.columns)
            .map(|(place, column)| format!("CAST(${place} AS {}[])", column.sql_type()))
            .collect();
        format!(
            "INSERT INTO {} ({}) SELECT * FROM UNNEST({}) {}",
            self.table,
            self.column_names(),
            arrays.join(", "),
            self.conflict
        )
    }

    fn column_names(&self) -> String {
        self.columns.iter().map(|column| column.name()).collect::<Vec<_>>().join(", ")
    }
}

/// Runs one query for many keys. `sql` reads them from the table `asked (client_id, name)`.
pub async fn select_by_keys<R>(
    tx: &mut Tx,
    keys: &[(&str, &str)],
    sql: &'static str,
) -> Result<Vec<R>, sqlx::Error>
where
    R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    match tx {
        Tx::Sqlite(tx) => {
            let asked = "SELECT value ->> 0, value ->> 1 FROM json_each($1)";
            let sql = format!("WITH asked (client_id, name) AS ({asked}) {sql}");
            let keys =
                serde_json::to_string(keys).map_err(|error| sqlx::Error::Encode(error.into()))?;
            sqlx::query_as(AssertSqlSafe(sql)).bind(keys).fetch_all(&mut **tx).await
        }
        Tx::Postgres(tx) => {
            let asked = "SELECT * FROM UNNEST(CAST($1 AS TEXT[]), CAST($2 AS TEXT[]))";
            let sql = format!("WITH asked (client_id, name) AS ({asked}) {sql}");
            let (clients, names): (Vec<&str>, Vec<&str>) = keys.iter().copied().unzip();
            // Planned for these keys and the current tables. A cached plan from when a table was
            // small would scan all of it even after it has grown.
            sqlx::query_as(AssertSqlSafe(sql))
                .persistent(false)
                .bind(clients)
                .bind(names)
                .fetch_all(tx.executor())
                .await
        }
    }
}

/// Returns the number of rows in the next statement: the greatest power of two that fits.
fn batch_size(rows: usize) -> usize {
    rows.checked_ilog2().map_or(0, |power| 1 << power).min(MAX_ROWS_SQLITE)
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Self::Int(name) | Self::Text(name) => name,
        }
    }

    fn sql_type(self) -> &'static str {
        match self {
            Self::Int(_) => "BIGINT",
            Self::Text(_) => "TEXT",
        }
    }
}

impl SqlValue<'_> {
    fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl From<i64> for SqlValue<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl<'a> From<&'a str> for SqlValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<Cow<'a, str>> for SqlValue<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for SqlValue<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for SqlValue<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a, T: Into<SqlValue<'a>>> From<Option<T>> for SqlValue<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_few_sizes_of_statements() {
        let mut rows = 200;
        let mut pieces = Vec::new();
        while rows > 0 {
            pieces.push(batch_size(rows));
            rows -= batch_size(rows);
        }
        assert_eq!(pieces, [64, 64, 64, 8]);
    }

    #[test]
    fn one_insert_is_written_for_both_databases() {
        let insert = BulkInsert {
            table: "usage",
            columns: &[Column::Text("client_id"), Column::Text("month"), Column::Int("calls")],
            conflict: "ON CONFLICT (client_id, month) DO NOTHING",
        };
        assert_eq!(
            insert.sqlite_insert_sql(2),
            "INSERT INTO usage (client_id, month, calls) VALUES (?,?,?),(?,?,?) \
             ON CONFLICT (client_id, month) DO NOTHING"
        );
        assert_eq!(
            insert.postgres_insert_sql(),
            "INSERT INTO usage (client_id, month, calls) SELECT * FROM UNNEST(CAST($1 AS TEXT[]), \
             CAST($2 AS TEXT[]), CAST($3 AS BIGINT[])) ON CONFLICT (client_id, month) DO NOTHING"
        );
    }
}
