//! Lists the tables, and builds the SQL that reads and writes them.

use super::CopyError;
use sqlx::{Connection as _, SqliteConnection};
use std::collections::BTreeMap;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    Integer,
    Text,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct TableColumn {
    pub name: String,
    pub kind: ColumnKind,
}

/// A table as the migrations create it.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: String,
    pub(super) columns: Vec<TableColumn>,
    /// The positions of the primary key's columns, in key order.
    pub(super) key: Vec<usize>,
}

impl Table {
    /// Returns all tables, as the migrations create them in an empty database: so a new table is
    /// copied automatically. Both sets of migrations create the same tables.
    pub async fn list_tables() -> Result<Vec<Self>, CopyError> {
        let (mut tables, mut keys) = (BTreeMap::<String, Self>::new(), BTreeMap::new());
        for (table, column, kind, place) in read_columns().await? {
            let kind = match kind.as_str() {
                "BIGINT" => ColumnKind::Integer,
                "TEXT" => ColumnKind::Text,
                _ => return Err(CopyError::Kind(format!("{table}.{column}"))),
            };
            let found = tables.entry(table.clone()).or_insert_with(|| Self {
                name: table.clone(),
                columns: Vec::new(),
                key: Vec::new(),
            });
            if place > 0 {
                keys.insert((table, place), found.columns.len());
            }
            found.columns.push(TableColumn { name: column, kind });
        }
        for ((table, _), column) in keys {
            if let Some(table) = tables.get_mut(&table) {
                table.key.push(column);
            }
        }
        Ok(tables.into_values().collect())
    }

    /// Returns the query for a page in key order, after a bound key if `after` is set.
    pub(super) fn select_sql(&self, after: bool) -> String {
        let list = |columns: &mut dyn Iterator<Item = &TableColumn>| -> String {
            columns.map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ")
        };
        let all = list(&mut self.columns.iter());
        let key = list(&mut self.key.iter().filter_map(|at| self.columns.get(*at)));
        let from = if after {
            format!(" WHERE ({key}) > ({})", parameter_list(1, self.key.len()))
        } else {
            String::new()
        };
        let limit = if after { self.key.len() + 1 } else { 1 };
        format!("SELECT {all} FROM \"{}\"{from} ORDER BY {key} LIMIT ${limit}", self.name)
    }

    /// Returns the statement that inserts this number of rows.
    pub(super) fn insert_sql(&self, rows: usize) -> String {
        let wide = self.columns.len();
        let columns: Vec<_> =
            self.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        let values: Vec<_> =
            (0..rows).map(|row| format!("({})", parameter_list(row * wide + 1, wide))).collect();
        let (columns, values) = (columns.join(", "), values.join(", "));
        format!("INSERT INTO \"{}\" ({columns}) VALUES {values}", self.name)
    }
}

/// Returns parameters such as `$3, $4, $5`.
fn parameter_list(first: usize, how_many: usize) -> String {
    let places: Vec<_> = (first..first + how_many).map(|place| format!("${place}")).collect();
    places.join(", ")
}

/// Returns table, column, type, and position in the primary key (from 1; 0 if not part of it).
async fn read_columns() -> Result<Vec<(String, String, String, i64)>, CopyError> {
    let read = async {
        let mut empty = SqliteConnection::connect("sqlite::memory:").await?;
        sqlx::migrate!("migrations/sqlite").run(&mut empty).await?;
        let columns = sqlx::query_as(
            "SELECT t.name, c.name, c.type, c.pk
             FROM sqlite_master t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'
               AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
             ORDER BY t.name, c.cid",
        )
        .fetch_all(&mut empty)
        .await?;
        Ok(columns)
    };
    read.await.map_err(CopyError::Target)
}
