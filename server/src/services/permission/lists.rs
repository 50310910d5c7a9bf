//! Lists, enters, removes and exports the numbers that must not be called.

use super::suppressions::REGISTRY;
use crate::services::access::operator::Operator;
use crate::services::customers::matching::Numbers;
use crate::services::{ServiceError, csv, cursor};
use crate::storage::{Client, NewSuppression, Store, SuppressionRow, SuppressionState};
use crate::time;
use call_ribbon_rules::Purpose;
use call_ribbon_shared::Millis;
use call_ribbon_shared::phone::DialNumber;
use call_ribbon_shared::wire::{Ended, Suppression, Suppressions};
use futures_util::stream::{Stream, try_unfold};
use std::sync::Arc;

/// Entries that an export reads at once.
const PAGE: i64 = 1_000;
/// Sorts after every id of an entry and every number.
pub const LAST: &str = "~";
/// The most characters of a reason, of a purpose and of an account.
pub const MAX_REASON_CHARS: usize = 500;
pub const MAX_VALUE_CHARS: usize = 200;
/// The most characters of a source.
pub const MAX_SOURCE_CHARS: usize = 80;
/// The scopes of an entry.
pub const SCOPES: [&str; 3] = ["all", "purpose", "account"];
/// The first line of an export; an import reads the same columns.
const HEADER: [&str; 10] = [
    "number",
    "scope",
    "scopeValue",
    "reason",
    "since",
    "until",
    "source",
    "by",
    "createdAt",
    "sessionId",
];

/// Which entries to list.
#[derive(Debug)]
pub enum ListFilter {
    State(SuppressionState),
    /// Those whose number is, or begins with, this text; removed ones are among them.
    Number {
        text: String,
        is_exact: bool,
    },
}

/// An entry to make, as it was sent.
#[derive(Debug)]
pub struct EntryOrder {
    pub number: String,
    pub scope: String,
    pub scope_value: Option<String>,
    pub reason: Option<String>,
    pub source: String,
    pub since: Option<Millis>,
    pub until: Option<Millis>,
}

/// Returns a page of a client's entries; with a source only those from there.
pub async fn list_entries(
    store: &Store,
    client: &Client,
    numbers: &Numbers,
    filter: ListFilter,
    source: Option<&str>,
    after: Option<&str>,
    most: i64,
) -> Result<Suppressions, ServiceError> {
    let size = usize::try_from(most).unwrap_or(usize::MAX);
    let permission = store.permission();
    let mut rows = match &filter {
        ListFilter::State(state) => {
            let before = after.unwrap_or(LAST);
            match source {
                None => permission.list_suppressions(&client.id, *state, before, most + 1).await?,
                Some(source) => {
                    let of = (*state, source);
                    let list =
                        permission.list_suppressions_of_source(&client.id, of, before, most + 1);
                    list.await?
                }
            }
        }
        ListFilter::Number { text, is_exact } => {
            let Some(from) = number_beginning(numbers, text, *is_exact) else {
                return Ok(Suppressions { suppressions: Vec::new(), next_cursor: None });
            };
            // `:` is the sign after the digits.
            let until = if *is_exact { format!("{from} ") } else { format!("{from}:") };
            let spot = after.and_then(|spot| spot.split_once(' ')).unwrap_or_default();
            let range = (from.as_str(), until.as_str());
            let list =
                permission.list_suppressions_by_number(&client.id, range, spot, source, most + 1);
            list.await?
        }
    };
    let more = rows.len() > size;
    rows.truncate(size);
    let next_cursor = rows.last().filter(|_| more).map(|row| match &filter {
        ListFilter::State(_) => cursor::write_customer(&row.entry_id),
        ListFilter::Number { .. } => {
            cursor::write_customer(&format!("{} {}", row.number, row.entry_id))
        }
    });
    Ok(Suppressions { suppressions: rows.into_iter().map(show_entry).collect(), next_cursor })
}

/// Returns the beginning of the numbers that a text looks for; `None` if it looks for none.
fn number_beginning(numbers: &Numbers, text: &str, is_exact: bool) -> Option<String> {
    if let Some(number) = numbers.to_e164(text) {
        return Some(number);
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if is_exact || digits.is_empty() {
        return None;
    }
    let code = numbers.calling_code().filter(|_| !text.trim_start().starts_with('+'));
    Some(match code {
        Some(code) => format!("+{code}{}", digits.trim_start_matches('0')),
        None => format!("+{digits}"),
    })
}

/// Reads a number as E.164.
pub fn read_number(numbers: &Numbers, text: &str) -> Result<String, String> {
    DialNumber::parse(text).map_err(|error| format!("cannot be read: {error}"))?;
    numbers.to_e164(text).ok_or_else(|| {
        "is not a valid number; write it with its country code, such as +919876543210".to_owned()
    })
}

/// Enters a number.
pub async fn add_entry(
    operator: &Operator<'_>,
    client: &Client,
    numbers: &Numbers,
    order: EntryOrder,
) -> Result<Suppression, ServiceError> {
    let invalid = |field: &'static str, what: &str| ServiceError::Invalid {
        field,
        sentence: format!("{field} {what}."),
    };
    let number =
        read_number(numbers, &order.number).map_err(|what| invalid("phoneNumber", &what))?;
    let listed_at = order.since.unwrap_or(operator.now);
    check_scope(&order.scope, order.scope_value.as_deref())
        .map_err(|(field, what)| invalid(field, what))?;
    let value = order.scope_value.as_deref().unwrap_or_default();
    if order.scope == "purpose" && Purpose::from_word(value).is_none() {
        return Err(invalid("scopeValue", "must be recovery, sales, service or transactional"));
    }
    if order.until.is_some_and(|until| until <= listed_at) {
        return Err(invalid("until", "must be later than since"));
    }
    let new = NewSuppression {
        entry_id: operator.ids.new_id("sup", operator.now),
        number,
        scope: order.scope,
        scope_value: order.scope_value.unwrap_or_default(),
        reason: order.reason,
        source: order.source,
        listed_at,
        until: order.until,
    };
    let stamp = operator.stamp();
    let row = operator.store.permission().add_suppression(&client.id, &new, stamp).await?;
    row.map(show_entry).ok_or_else(ServiceError::unknown_client)
}

/// Checks that a scope is known, and has a value exactly if it needs one.
pub fn check_scope(scope: &str, value: Option<&str>) -> Result<(), (&'static str, &'static str)> {
    if !SCOPES.contains(&scope) {
        return Err(("scope", "must be \"all\", \"purpose\" or \"account\""));
    }
    match (scope, value.unwrap_or_default()) {
        ("all", "") => Ok(()),
        ("all", _) => Err(("scopeValue", "belongs to the scopes \"purpose\" and \"account\" only")),
        (_, "") => Err(("scopeValue", "must name the purpose or the account")),
        _ => Ok(()),
    }
}

/// Returns whether a text is a source that people and files may have.
pub fn is_source(text: &str) -> bool {
    let name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.'))
    };
    text.len() <= MAX_SOURCE_CHARS
        && (["customer", "staff", "import"].contains(&text)
            || text.strip_prefix(REGISTRY).is_some_and(name))
}

/// Removes an entry, and returns it.
pub async fn remove_entry(
    operator: &Operator<'_>,
    client_id: &str,
    entry_id: &str,
    reason: &str,
) -> Result<Suppression, ServiceError> {
    let stamp = operator.stamp();
    let permission = operator.store.permission();
    let row = permission.remove_suppression(client_id, entry_id, reason, stamp).await?;
    row.map(show_entry).ok_or_else(|| ServiceError::Unknown("There is no such entry.".to_owned()))
}

/// Returns all entries that were not removed, as CSV in pieces, and records the export in the audit
/// log.
pub async fn export_entries(
    store: &Arc<Store>,
    operator: &Operator<'_>,
    client_id: &str,
) -> Result<impl Stream<Item = Result<String, ServiceError>> + Send + use<>, ServiceError> {
    let (audit, stamp) = (store.audit(), operator.stamp());
    if !audit.write_audit(client_id, "suppressions.exported", None, stamp).await? {
        return Err(ServiceError::unknown_client());
    }
    let mut header = String::new();
    csv::write_row(&mut header, HEADER);
    let start = (Arc::clone(store), client_id.to_owned(), Some(LAST.to_owned()), header);
    Ok(try_unfold(start, |(store, client_id, before, mut out)| async move {
        let Some(before) = before else { return Ok(None) };
        let (permission, state) = (store.permission(), SuppressionState::Listed);
        let rows = permission.list_suppressions(&client_id, state, &before, PAGE).await?;
        let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == PAGE);
        let next = rows.last().filter(|_| full).map(|row| row.entry_id.clone());
        for row in rows {
            write_entry(&mut out, &row);
        }
        Ok(Some((out, (store, client_id, next, String::new()))))
    }))
}

fn write_entry(out: &mut String, row: &SuppressionRow) {
    let until = row.until.map(time::format).unwrap_or_default();
    csv::write_row(
        out,
        [
            row.number.as_str(),
            &row.scope,
            &row.scope_value,
            row.reason.as_deref().unwrap_or_default(),
            &time::format(row.listed_at),
            &until,
            &row.source,
            row.by_name.as_deref().unwrap_or_default(),
            &time::format(row.created_at),
            &row.session_id,
        ],
    );
}

fn show_entry(row: SuppressionRow) -> Suppression {
    let removed = row.removed_at.map(|at| Ended {
        at: time::format(at),
        by: row.removed_by.unwrap_or_default(),
        reason: row.removed_reason.unwrap_or_default(),
    });
    let non_empty = |text: String| Some(text).filter(|text| !text.is_empty());
    Suppression {
        entry_id: row.entry_id,
        phone_number: row.number,
        scope: row.scope,
        scope_value: non_empty(row.scope_value),
        reason: row.reason,
        source: row.source,
        since: time::format(row.listed_at),
        until: row.until.map(time::format),
        by: row.by_name,
        session_id: non_empty(row.session_id),
        created_at: time::format(row.created_at),
        removed,
    }
}
