//! Which tables there are, and the texts that read and write them.

use super::CopyError;
use sqlx::{Connection as _, SqliteConnection};
use std::collections::BTreeMap;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Integer,
    Text,
}

/// A column by its name.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

/// A table as the migrations make it.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: String,
    pub(super) columns: Vec<Column>,
    /// Where among the columns those of the primary key are, in its order.
    pub(super) key: Vec<usize>,
}

impl Table {
    /// All tables, as the migrations make them in an empty database: so a new table is copied
    /// without anybody having to think of it. Both sets of migrations make the same tables.
    pub async fn all() -> Result<Vec<Self>, CopyError> {
        let (mut tables, mut keys) = (BTreeMap::<String, Self>::new(), BTreeMap::new());
        for (table, column, kind, place) in columns().await? {
            let kind = match kind.as_str() {
                "BIGINT" => Kind::Integer,
                "TEXT" => Kind::Text,
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
            found.columns.push(Column { name: column, kind });
        }
        for ((table, _), column) in keys {
            if let Some(table) = tables.get_mut(&table) {
                table.key.push(column);
            }
        }
        Ok(tables.into_values().collect())
    }

    /// Reads a page in the order of the key, after the row whose key is bound where one is.
    pub(super) fn select(&self, after: bool) -> String {
        let list = |columns: &mut dyn Iterator<Item = &Column>| -> String {
            columns.map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>().join(", ")
        };
        let all = list(&mut self.columns.iter());
        let key = list(&mut self.key.iter().filter_map(|at| self.columns.get(*at)));
        let from = if after {
            format!(" WHERE ({key}) > ({})", places(1, self.key.len()))
        } else {
            String::new()
        };
        let limit = if after { self.key.len() + 1 } else { 1 };
        format!("SELECT {all} FROM \"{}\"{from} ORDER BY {key} LIMIT ${limit}", self.name)
    }

    /// Writes so many rows.
    pub(super) fn insert(&self, rows: usize) -> String {
        let wide = self.columns.len();
        let columns: Vec<_> =
            self.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        let values: Vec<_> =
            (0..rows).map(|row| format!("({})", places(row * wide + 1, wide))).collect();
        let (columns, values) = (columns.join(", "), values.join(", "));
        format!("INSERT INTO \"{}\" ({columns}) VALUES {values}", self.name)
    }
}

/// `$3, $4, $5`.
fn places(first: usize, how_many: usize) -> String {
    let places: Vec<_> = (first..first + how_many).map(|place| format!("${place}")).collect();
    places.join(", ")
}

/// Table, column, type, and place in the primary key, counted from one.
async fn columns() -> Result<Vec<(String, String, String, i64)>, CopyError> {
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
