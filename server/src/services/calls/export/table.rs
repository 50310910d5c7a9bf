//! Writes an export as the table that people see: the columns they chose, times in the client's
//! zone, names of agents and outcomes, and fields of the page's data.

use super::super::dispositions;
use crate::customer::{CustomerData, read_fields};
use crate::services::{ServiceError, csv};
use crate::storage::{CallWithNotes, Client, Store, sent_parts_of_row};
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{Disposition, RawValue};
use chrono_tz::Tz;
use serde_json::Value;
use std::collections::BTreeMap;

/// The most columns of a table.
pub const MAX_COLUMNS: usize = 100;

/// The value of a column that every call has.
type Cell = fn(&Table, &CallWithNotes) -> String;

/// The columns that every call has, by name, with their titles.
const COLUMNS: [(&str, &str, Cell); 18] = [
    ("started", "Started", |table, row| table.local(Some(row.call.started_at))),
    ("customer", "Customer", |_, row| text(row.call.customer_name.as_ref())),
    ("number", "Number", |_, row| text(row.call.phone.as_ref())),
    ("direction", "Direction", |_, row| capitalized(&row.call.direction)),
    ("agent", "Agent", |_, row| text(row.call.agent_name.as_ref().or(row.call.agent_id.as_ref()))),
    ("status", "Status", |_, row| capitalized(&row.call.status)),
    ("duration", "Duration", |_, row| row.call.duration.map(clock_duration).unwrap_or_default()),
    ("outcome", "Outcome", |table, row| table.outcome(row.written.disposition.as_ref())),
    ("outcomeFields", "Outcome details", |table, row| table.outcome_fields(row)),
    ("notes", "Notes", |_, row| text(row.written.notes.as_ref())),
    ("followUp", "Follow-up", |table, row| table.local(row.written.follow_up_at)),
    ("followUpNote", "Follow-up note", |_, row| text(row.written.follow_up_note.as_ref())),
    ("connected", "Connected", |table, row| table.local(row.call.connected_at)),
    ("ended", "Ended", |table, row| table.local(row.call.ended_at)),
    ("type", "Type", |_, row| {
        let data = row.call.customer.as_deref().map(CustomerData::read);
        data.and_then(|data| data.call_type).unwrap_or_default()
    }),
    ("customerId", "Customer ID", |_, row| text(row.call.customer_id.as_ref())),
    ("agentId", "Agent ID", |_, row| text(row.call.agent_id.as_ref())),
    ("sessionId", "Session ID", |_, row| row.call.session_id.clone()),
];

/// Returns the names of the columns that every call has.
pub fn column_names() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(name, ..)| *name)
}

/// A column of the table.
enum Column {
    /// One that every call has: its title and value.
    Own(&'static str, Cell),
    /// A field of the page's data: its title, and its path below `context` or `metadata`.
    Field(String, String),
}

/// The table of one export.
pub struct Table {
    zone: Tz,
    columns: Vec<Column>,
    outcomes: BTreeMap<String, Disposition>,
}

impl Table {
    /// Prepares the table with these columns; without any, with those that every call has and the
    /// fields that the client has named.
    pub async fn new(
        store: &Store,
        client: &Client,
        zone: Tz,
        columns: Option<&str>,
    ) -> Result<Self, ServiceError> {
        let labels = store.clients().find_field_labels(&client.id).await?;
        let list = dispositions::list_for_client(store, &client.id).await?;
        let title = |field: &str| {
            let label = labels.iter().find(|label| label.field == field);
            label.map_or_else(|| field.to_owned(), |label| label.name.clone())
        };
        let columns = match columns {
            Some(names) => names.split(',').map(|name| read_column(name.trim(), title)).collect(),
            None => Ok(COLUMNS
                .iter()
                .map(|(_, title, cell)| Column::Own(title, *cell))
                .chain(
                    labels
                        .iter()
                        .map(|label| Column::Field(label.name.clone(), label.field.clone())),
                )
                .collect()),
        };
        let columns: Vec<Column> = columns?;
        if columns.len() > MAX_COLUMNS {
            return Err(wrong_columns(&format!("must be at most {MAX_COLUMNS}.")));
        }
        Ok(Self {
            zone,
            columns,
            outcomes: list.into_iter().map(|one| (one.code.clone(), one)).collect(),
        })
    }

    /// Writes the first line.
    pub fn write_header(&self, out: &mut String) {
        csv::write_row(
            out,
            self.columns.iter().map(|column| match column {
                Column::Own(title, _) => *title,
                Column::Field(title, _) => title.as_str(),
            }),
        );
    }

    /// Writes a call.
    pub fn write_call(&self, out: &mut String, row: &CallWithNotes) {
        let parts = sent_parts_of_row(row)
            .map(|(name, json)| (name, json.and_then(|json| serde_json::from_str(&json).ok())));
        let cells: Vec<String> = self
            .columns
            .iter()
            .map(|column| match column {
                Column::Own(_, cell) => cell(self, row),
                Column::Field(_, field) => field_text(&parts, field),
            })
            .collect();
        csv::write_row(out, cells.iter().map(String::as_str));
    }

    fn local(&self, at: Option<Millis>) -> String {
        at.map(|at| time::local_clock(at, self.zone)).unwrap_or_default()
    }

    fn outcome(&self, code: Option<&String>) -> String {
        let label = |code: &String| self.outcomes.get(code).map_or(code, |one| &one.label).clone();
        code.map(label).unwrap_or_default()
    }

    /// Returns what was entered with the outcome, as `Amount: 5000; Date: 2026-12-01`.
    fn outcome_fields(&self, row: &CallWithNotes) -> String {
        let Some(json) = row.written.fields.as_deref() else { return String::new() };
        let entry = row.written.disposition.as_ref().and_then(|code| self.outcomes.get(code));
        let wanted = entry.map(|entry| entry.requires.as_slice()).unwrap_or_default();
        let mut values = read_fields(json);
        let mut parts: Vec<String> = wanted
            .iter()
            .filter_map(|field| Some((&field.label, values.remove(&field.name)?)))
            .map(|(label, value)| format!("{label}: {}", plain_text(value)))
            .collect();
        // The client may have removed fields from the entry since then.
        parts.extend(values.iter().map(|(name, value)| format!("{name}: {}", plain_text(value))));
        parts.join("; ")
    }
}

fn read_column(name: &str, title: impl Fn(&str) -> String) -> Result<Column, ServiceError> {
    if let Some((_, title, cell)) = COLUMNS.iter().find(|(own, ..)| *own == name) {
        return Ok(Column::Own(title, *cell));
    }
    let sent = ["context.", "metadata."]
        .iter()
        .any(|of| name.strip_prefix(of).is_some_and(|rest| !rest.is_empty()));
    if sent {
        return Ok(Column::Field(title(name), name.to_owned()));
    }
    let own: Vec<&str> = column_names().collect();
    Err(wrong_columns(&format!(
        "must be names of columns with commas between them: {}, context.… or metadata.….",
        own.join(", ")
    )))
}

fn wrong_columns(what: &str) -> ServiceError {
    ServiceError::Invalid { field: "columns", sentence: format!("columns {what}") }
}

/// Returns the text of a field, whose dots lead into nested objects.
fn field_text(parts: &[(&str, Option<Value>)], field: &str) -> String {
    let mut steps = field.split('.');
    let first = steps.next();
    let part = parts.iter().find(|(name, _)| Some(*name) == first);
    let part = part.and_then(|(_, value)| value.as_ref());
    let found = part.and_then(|part| steps.try_fold(part, |value, step| value.get(step)));
    match found {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Returns a text without its quotes, and a number as it is written.
fn plain_text(value: &RawValue) -> String {
    serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned())
}

fn text(text: Option<&String>) -> String {
    text.cloned().unwrap_or_default()
}

/// Returns a word of the API for people: `no_answer` is `No answer`.
fn capitalized(word: &str) -> String {
    let mut letters = word.chars().map(|letter| if letter == '_' { ' ' } else { letter });
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// Returns seconds as `0:01:55`, which spreadsheets read as a time.
fn clock_duration(seconds: i64) -> String {
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
