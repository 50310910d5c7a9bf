//! The columns of a table: definition, sorting, and which are shown.

use super::super::storage::{load_preference, save_preference};
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The alignment of a column's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the start, as for words.
    #[default]
    Start,
    /// At the end, as for numbers.
    End,
}

/// The order of the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// The column's sort key.
    pub by: String,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl Sort {
    /// Returns the order as an address has it: `calls`, or `-calls` with the largest first.
    #[must_use]
    pub fn as_param(&self) -> String {
        let sign = if self.descending { "-" } else { "" };
        format!("{sign}{}", self.by)
    }

    /// Parses the order of an address.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        let by = word.strip_prefix('-');
        Self { by: by.unwrap_or(word).to_owned(), descending: by.is_some() }
    }
}

/// A column of a table.
pub struct Column<T> {
    pub(super) key: &'static str,
    pub(super) title: String,
    pub(super) align: Align,
    pub(super) sort: Option<&'static str>,
    pub(super) hidden: bool,
    pub(super) cell: Arc<dyn Fn(&T) -> AnyView + Send + Sync>,
}

impl<T> Column<T> {
    /// Creates a column with a fixed key, a title, and what it shows of a row.
    pub fn new<V: IntoView + 'static>(
        key: &'static str,
        title: impl Into<String>,
        cell: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        Self {
            key,
            title: title.into(),
            align: Align::Start,
            sort: None,
            hidden: false,
            cell: Arc::new(move |row| cell(row).into_any()),
        }
    }

    /// Returns the column's key.
    #[must_use]
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// Makes the column numeric: numbers are aligned at the end.
    #[must_use]
    pub fn numeric(mut self) -> Self {
        self.align = Align::End;
        self
    }

    /// Makes the column sortable by the server's name for it.
    #[must_use]
    pub fn sorted_by(mut self, by: &'static str) -> Self {
        self.sort = Some(by);
        self
    }

    /// Hides the column until the user shows it.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }
}

/// Returns the keys of the columns of a table that are shown.
#[must_use]
pub fn shown_columns<T>(table: &'static str, columns: &[Column<T>]) -> Vec<&'static str> {
    let shown = VisibleColumns::from_storage(table, columns);
    let keys = columns.iter().map(|column| column.key);
    keys.filter(|key| !shown.hidden.read_untracked().contains(*key)).collect()
}

/// The columns that are shown.
#[derive(Clone, Copy)]
pub(super) struct VisibleColumns {
    table: &'static str,
    hidden: RwSignal<BTreeSet<String>>,
}

impl VisibleColumns {
    /// Loads the user's choice; without one, the columns' own default.
    pub fn from_storage<T>(table: &'static str, columns: &[Column<T>]) -> Self {
        let hidden = match load_preference(&storage_key(table)) {
            Some(text) => {
                text.split(',').filter(|key| !key.is_empty()).map(str::to_owned).collect()
            }
            None => columns
                .iter()
                .filter(|column| column.hidden)
                .map(|column| column.key.to_owned())
                .collect(),
        };
        Self { table, hidden: RwSignal::new(hidden) }
    }

    pub fn is_shown(self, key: &str) -> bool {
        !self.hidden.read().contains(key)
    }

    /// Shows a hidden column, or hides a shown one.
    pub fn toggle(self, key: &str) {
        self.hidden.update(|hidden| {
            if !hidden.remove(key) {
                hidden.insert(key.to_owned());
            }
        });
        let hidden: Vec<String> = self.hidden.read_untracked().iter().cloned().collect();
        save_preference(&storage_key(self.table), &hidden.join(","));
    }
}

fn storage_key(table: &str) -> String {
    format!("columns.{table}")
}
