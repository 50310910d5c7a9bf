//! Imports a file of numbers that must not be called, as comma-separated values.
//!
//! The file is read as it arrives, in pieces of a thousand entries, so that a million lines need
//! no more memory than a thousand. A bad line is left out and reported by its number.

use super::lines::{BadLayout, CsvLines, Line};
use super::lists::{self, MAX_REASON_CHARS, MAX_VALUE_CHARS};
use crate::services::ServiceError;
use crate::services::access::operator::Operator;
use crate::services::customers::matching::Numbers;
use crate::storage::{Client, ImportBegun, ImportRow, NewSuppression, Store};
use crate::time;
use bytes::Bytes;
use call_ribbon_shared::Millis;
use call_ribbon_shared::wire::{BadLine, SuppressionImport, SuppressionImports};
use chrono::NaiveDate;
use futures_util::{Stream, StreamExt as _};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::pin::pin;

/// Entries that are written at once.
const PIECE: usize = 1_000;
/// Bad lines that the report names.
const MAX_REPORTED: usize = 200;
/// Imports that a list has.
const MAX_LISTED: i64 = 50;

/// What a file is.
#[derive(Debug)]
pub struct ImportOrder {
    pub source: String,
    /// The date of the file.
    pub as_of: Millis,
    /// Whether entries of the same source are removed that this file does not have.
    pub replace: bool,
}

/// The columns of a file: the place of each.
#[derive(Debug, Default)]
struct Columns {
    number: usize,
    scope: Option<usize>,
    scope_value: Option<usize>,
    reason: Option<usize>,
    since: Option<usize>,
    until: Option<usize>,
}

/// An import in progress.
struct Import<'a> {
    operator: &'a Operator<'a>,
    client: &'a Client,
    numbers: &'a Numbers,
    order: ImportOrder,
    row: ImportRow,
    bad: Vec<BadLine>,
    columns: Option<Columns>,
    /// Lines whose entries are not in force yet.
    later: u64,
    /// The entries of the next piece, by number, scope and value.
    piece: BTreeMap<(String, String, String), NewSuppression>,
}

/// Imports a file; the answer is the report.
pub async fn import_entries<E>(
    operator: &Operator<'_>,
    client: &Client,
    numbers: &Numbers,
    order: ImportOrder,
    file: impl Stream<Item = Result<Bytes, E>>,
) -> Result<SuppressionImport, ServiceError> {
    // Its entries would not be in force, and the register would look newer than it is.
    if order.as_of > operator.now {
        let sentence = "asOf is in the future; send the day on which the numbers were current.";
        return Err(ServiceError::Invalid { field: "asOf", sentence: sentence.to_owned() });
    }
    let row = ImportRow {
        import_id: operator.ids.new_id("imp", operator.now),
        source: order.source.clone(),
        as_of: order.as_of,
        started_at: operator.now,
        finished_at: None,
        lines: 0,
        entries: 0,
        bad_lines: 0,
        report: "[]".to_owned(),
        by_name: Some(operator.by.name.to_owned()),
        by_id: operator.by.id.map(str::to_owned),
    };
    let permission = operator.store.permission();
    match permission.begin_import(&client.id, &row, order.replace, operator.stamp()).await? {
        ImportBegun::Begun => {}
        ImportBegun::Older(latest) => return Err(older_file(latest, client)),
        ImportBegun::UnknownClient => return Err(ServiceError::unknown_client()),
    }
    let mut import = Import {
        operator,
        client,
        numbers,
        order,
        row,
        bad: Vec::new(),
        columns: None,
        later: 0,
        piece: BTreeMap::new(),
    };
    let mut lines = CsvLines::default();
    let mut file = pin!(file);
    while let Some(bytes) = file.next().await {
        let Ok(bytes) = bytes else {
            import.write_piece().await?;
            let sentence = "The file did not arrive completely; import it again.";
            return Err(ServiceError::Conflict(sentence.to_owned()));
        };
        if import.row.lines == 0 && is_binary(&bytes) {
            return Err(invalid_file("The file is not text in UTF-8; save it as CSV.".to_owned()));
        }
        let mut rest = bytes.as_ref();
        while let Some(line) = lines.next_line(&mut rest) {
            import.take_line(line).await?;
        }
    }
    if let Some(line) = lines.last_line() {
        import.take_line(line).await?;
    }
    import.finish().await
}

impl Import<'_> {
    async fn take_line(&mut self, line: Line) -> Result<(), ServiceError> {
        let Line { number: place, cells } = line;
        let cells = match cells {
            Ok(cells) => cells,
            Err(BadLayout::TooLong) => {
                self.row.lines += 1;
                self.note_bad(place, "The line is longer than 10,000 bytes.".to_owned());
                return Ok(());
            }
            Err(BadLayout::OpenQuote) => {
                self.write_piece().await?;
                return Err(invalid_file(format!(
                    "Line {place} has a quote that is not closed. Only the lines before it are \
                     entered; mend the file and import it again."
                )));
            }
        };
        if cells.iter().all(String::is_empty) {
            return Ok(());
        }
        let columns = match self.columns.take() {
            Some(columns) => columns,
            None => match Columns::of_heading(&cells) {
                Some(columns) => {
                    self.columns = Some(columns);
                    return Ok(());
                }
                None => Columns::default(),
            },
        };
        self.row.lines += 1;
        match self.read_entry(&columns, &cells) {
            Ok(new) => {
                if new.listed_at > self.operator.now {
                    self.later += 1;
                }
                let key = (new.number.clone(), new.scope.clone(), new.scope_value.clone());
                match self.piece.entry(key) {
                    Entry::Vacant(place) => {
                        place.insert(new);
                    }
                    Entry::Occupied(mut place) => join_lines(place.get_mut(), new),
                }
                self.row.entries += 1;
            }
            Err(error) => self.note_bad(place, error),
        }
        self.columns = Some(columns);
        if self.piece.len() >= PIECE {
            self.write_piece().await?;
        }
        Ok(())
    }

    /// Reads a line; the error is a sentence that does not repeat the number.
    fn read_entry(&self, columns: &Columns, cells: &[String]) -> Result<NewSuppression, String> {
        let cell = |at: Option<usize>| {
            let text = at.and_then(|at| cells.get(at)).map(|cell| cell.trim());
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let number = cell(Some(columns.number)).ok_or("The number is missing.")?;
        // A spreadsheet's defence against formulas.
        let number = number.strip_prefix('\'').unwrap_or(&number);
        let number = lists::read_number(self.numbers, number)
            .map_err(|what| format!("The number {what}."))?;
        let scope = cell(columns.scope).unwrap_or_else(|| "all".to_owned());
        let scope_value = cell(columns.scope_value);
        lists::check_scope(&scope, scope_value.as_deref())
            .map_err(|(field, what)| format!("{field} {what}."))?;
        let reason = cell(columns.reason);
        for (field, text, most) in
            [("reason", &reason, MAX_REASON_CHARS), ("scopeValue", &scope_value, MAX_VALUE_CHARS)]
        {
            if text.as_ref().is_some_and(|text| text.chars().count() > most) {
                return Err(format!("{field} must have at most {most} characters."));
            }
        }
        let time = |field: &str, at| {
            let text: Option<String> = cell(at);
            let read = |text: String| {
                read_time(&text, self.client)
                    .ok_or_else(|| format!("{field} is not a date; write it like 2025-10-12."))
            };
            text.map(read).transpose()
        };
        let listed_at = time("since", columns.since)?.unwrap_or(self.order.as_of);
        let until = time("until", columns.until)?;
        if until.is_some_and(|until| until <= listed_at) {
            return Err("until must be later than since.".to_owned());
        }
        Ok(NewSuppression {
            entry_id: self.operator.ids.new_id("sup", self.operator.now),
            number,
            scope,
            scope_value: scope_value.unwrap_or_default(),
            reason,
            source: self.order.source.clone(),
            listed_at,
            until,
        })
    }

    fn note_bad(&mut self, line: u64, error: String) {
        self.row.bad_lines += 1;
        if self.bad.len() < MAX_REPORTED {
            self.bad.push(BadLine { line, error });
        }
    }

    /// Writes the waiting entries, and the progress.
    async fn write_piece(&mut self) -> Result<(), ServiceError> {
        let piece: Vec<NewSuppression> = std::mem::take(&mut self.piece).into_values().collect();
        // Numbers and texts always serialise.
        self.row.report = serde_json::to_string(&self.bad).unwrap_or_default();
        let permission = self.operator.store.permission();
        if permission.import_piece(&self.client.id, &self.row, &piece).await? {
            return Ok(());
        }
        Err(replaced_import())
    }

    async fn finish(mut self) -> Result<SuppressionImport, ServiceError> {
        if self.row.lines == 0 {
            return Err(invalid_file("The file has no lines with numbers.".to_owned()));
        }
        self.write_piece().await?;
        let permission = self.operator.store.permission();
        let added = permission.count_added_entries(&self.client.id, &self.row).await?;
        let mut removed = None;
        if self.order.replace && self.row.bad_lines == 0 {
            let stamp = self.operator.stamp();
            let gone = permission.remove_missing_entries(&self.client.id, &self.row, stamp);
            removed = Some(gone.await?.ok_or_else(replaced_import)?);
        }
        self.row.finished_at = Some(self.operator.now.max(self.row.started_at));
        self.write_piece().await?;
        Ok(SuppressionImport {
            added_entries: Some(added),
            later_entries: Some(self.later),
            removed_entries: removed,
            ..show_import(self.row)
        })
    }
}

/// Joins two lines about the same number: the earlier beginning and the later end count, as each line
/// alone would forbid calls in its time.
fn join_lines(kept: &mut NewSuppression, new: NewSuppression) {
    kept.listed_at = kept.listed_at.min(new.listed_at);
    kept.until = kept.until.zip(new.until).map(|(one, other)| one.max(other));
    kept.reason = new.reason.or(kept.reason.take());
}

/// Why a file is refused that is older than the latest one of its source: it would remove what that one
/// has entered.
fn older_file(latest: Millis, client: &Client) -> ServiceError {
    let latest = time::day(latest, client.time_zone);
    let sentence = format!(
        "asOf is earlier than that of the latest file of this source, {latest}; import this file \
         without replace, or send the day on which its numbers were current."
    );
    ServiceError::Invalid { field: "asOf", sentence }
}

/// Why an import stops: of two at once, the older one must not remove what the newer one enters.
fn replaced_import() -> ServiceError {
    let sentence = "A newer import of this source has begun, so this one stopped. Send one file of a \
                    source at a time.";
    ServiceError::Conflict(sentence.to_owned())
}

fn invalid_file(sentence: String) -> ServiceError {
    ServiceError::Invalid { field: "body", sentence }
}

/// Returns whether a file begins like a spreadsheet, an archive or a text in UTF-16.
fn is_binary(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.iter().take(1_000).any(|byte| *byte == 0)
}

impl Columns {
    /// Returns the columns that a first line names; `None` if it is not a heading.
    fn of_heading(cells: &[String]) -> Option<Self> {
        let named = |names: &[&str]| {
            cells.iter().position(|cell| {
                let name: String = cell.chars().filter(char::is_ascii_alphanumeric).collect();
                names.contains(&name.to_ascii_lowercase().as_str())
            })
        };
        Some(Self {
            number: named(&["number", "phone", "phonenumber", "mobile", "mobilenumber", "msisdn"])?,
            scope: named(&["scope"]),
            scope_value: named(&["scopevalue"]),
            reason: named(&["reason"]),
            since: named(&["since"]),
            until: named(&["until"]),
        })
    }
}

/// Reads a time, or a day of the client's time zone.
pub fn read_time(text: &str, client: &Client) -> Option<Millis> {
    let day = |text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    time::parse(text).or_else(|| Some(time::day_start(day(text)?, client.time_zone)))
}

/// Returns the latest imports.
pub async fn list_imports(
    store: &Store,
    client_id: &str,
) -> Result<SuppressionImports, ServiceError> {
    let rows = store.permission().list_imports(client_id, MAX_LISTED).await?;
    Ok(SuppressionImports { imports: rows.into_iter().map(show_import).collect() })
}

fn show_import(row: ImportRow) -> SuppressionImport {
    SuppressionImport {
        import_id: row.import_id,
        source: row.source,
        as_of: time::format(row.as_of),
        started_at: time::format(row.started_at),
        finished_at: row.finished_at.map(time::format),
        lines: row.lines,
        entries: row.entries,
        bad_lines: row.bad_lines,
        first_bad_lines: serde_json::from_str(&row.report).unwrap_or_default(),
        by: row.by_name,
        added_entries: None,
        later_entries: None,
        removed_entries: None,
    }
}
