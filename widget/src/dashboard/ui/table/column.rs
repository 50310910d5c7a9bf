//! What the columns of a table are.

use super::super::storage::{recall, remember};
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where a column's texts stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the start of the line, as words do.
    #[default]
    Start,
    /// At its end, as numbers do.
    End,
}

/// How rows are sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// By what, as the column says.
    pub by: String,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl Sort {
    /// As an address has it: `calls`, or `-calls` with the largest first.
    #[must_use]
    pub fn word(&self) -> String {
        let sign = if self.descending { "-" } else { "" };
        format!("{sign}{}", self.by)
    }

    /// Reads that word.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        let by = word.strip_prefix('-');
        Self { by: by.unwrap_or(word).to_owned(), descending: by.is_some() }
    }
}

/// One column.
pub struct Column<T> {
    pub(super) key: &'static str,
    pub(super) title: String,
    pub(super) align: Align,
    pub(super) sort: Option<&'static str>,
    pub(super) hidden: bool,
    pub(super) cell: Arc<dyn Fn(&T) -> AnyView + Send + Sync>,
}

impl<T> Column<T> {
    /// A column of a name that stays, with its title and what it shows of a row.
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

    /// The same, with numbers that stand under one another.
    #[must_use]
    pub fn numeric(mut self) -> Self {
        self.align = Align::End;
        self
    }

    /// The same, sortable by what the server calls it.
    #[must_use]
    pub fn sorted_by(mut self, by: &'static str) -> Self {
        self.sort = Some(by);
        self
    }

    /// The same, hidden until a reader shows it.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }
}

/// Which columns are shown.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    table: &'static str,
    hidden: RwSignal<BTreeSet<String>>,
}

impl Shown {
    /// As the reader left them, else as the columns say.
    pub fn recalled<T>(table: &'static str, columns: &[Column<T>]) -> Self {
        let hidden = match recall(&place(table)) {
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

    /// Shows a column that is hidden, or the other way round.
    pub fn turn(self, key: &str) {
        self.hidden.update(|hidden| {
            if !hidden.remove(key) {
                hidden.insert(key.to_owned());
            }
        });
        let hidden: Vec<String> = self.hidden.read_untracked().iter().cloned().collect();
        remember(&place(self.table), &hidden.join(","));
    }
}

fn place(table: &str) -> String {
    format!("columns.{table}")
}
