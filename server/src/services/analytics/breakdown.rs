//! Breaks calls down by the values of any field.

mod edges;
mod numbers;

use super::dates::DateRange;
use super::overview;
use super::scan::{self, HoursOfDay, ScanRequest, Values};
use crate::services::access::teams::TeamView;
use crate::services::calls::dispositions;
use crate::services::calls::merged_values::MergedValues;
use crate::services::{ServiceError, require_feature};
use crate::storage::{
    BUILT_IN, Client, FieldTotals, Span, Store, Tally, ValueKind, ValueSums, key_as_json,
    key_as_number, key_kind,
};
use call_ribbon_shared::call::Direction;
use call_ribbon_shared::wire::{Breakdown, BreakdownRow, FieldType, Figures};
use numbers::Numbers;
use serde_json::Value;
use std::collections::BTreeMap;

/// The most edges in one request, and in one client's setting.
pub const MOST_EDGES: usize = 100;

/// Which calls to count, and how to group them.
#[derive(Debug)]
pub struct BreakdownRequest {
    /// The field to group by.
    pub by: String,
    /// When the calls began.
    pub range: DateRange,
    /// Edges of number ranges; `None` uses the client's setting, or edges chosen to fit.
    pub edges: Option<Vec<f64>>,
    /// Only calls of this direction.
    pub direction: Option<Direction>,
    /// Only calls that began in these hours; the calls themselves are then counted.
    pub hours: Option<HoursOfDay>,
    /// Only calls of agents of these teams; the calls themselves are then counted.
    pub team: Option<TeamView>,
    /// The most values with a row of their own.
    pub limit: usize,
}

/// A field to group by, and the names of the parameters that say so.
#[derive(Debug)]
pub struct Axis<'a> {
    /// The parameter that names the field.
    pub name: &'static str,
    /// The parameter that names the edges.
    pub edges_name: &'static str,
    pub field: &'a str,
    /// Edges of number ranges; `None` uses the client's setting, or edges chosen to fit.
    pub edges: Option<Vec<f64>>,
    /// The most values with a group of their own.
    pub limit: usize,
}

/// The rows of a breakdown, and the rest.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub own: Vec<(BreakdownRow, Tally)>,
    pub other: Tally,
    truncated: bool,
    interpolated: Vec<f64>,
}

/// Breaks calls down by a field.
pub async fn break_down_by_field(
    store: &Store,
    client: &Client,
    wanted: BreakdownRequest,
) -> Result<Breakdown, ServiceError> {
    require_feature(client, overview::FEATURE)?;
    check_field(store, client, "by", &wanted.by).await?;
    let BreakdownRequest { by, range, edges, direction, hours, team, limit } = wanted;
    let (found, counted_from) = if hours.is_some() || team.is_some() {
        let with_sent = scan::is_sent_field(&by);
        let scan = ScanRequest { range, hours, direction: None, team, with_sent };
        scan_field(store, client, &by, &scan).await?
    } else {
        let span = Span { from: range.from, until: range.until, customer_id: None };
        let sums = store.fields().sum_by_field(&client.id, &by, &span).await?;
        (MergedValues::of_field(store, client, &by).await?.merge(sums), None)
    };
    let axis = Axis { name: "by", edges_name: "edges", field: &by, edges, limit };
    let (field_type, rows) = group_values(store, client, axis, &found, direction).await?;
    let all = found.all.tally(direction);
    let mut missing = all.clone();
    missing.add(&rows.other, -1);
    for (_, tally) in &rows.own {
        missing.add(tally, -1);
    }
    Ok(Breakdown {
        field: by,
        r#type: field_type,
        rows: rows.own.into_iter().map(|(row, _)| row).collect(),
        other: figures_if_any(&rows.other),
        missing: figures_if_any(&missing),
        truncated: rows.truncated,
        interpolated: rows.interpolated,
        summary: all.figures(),
        counted_from,
    })
}

/// Counts the calls in hours of the day, or of teams, which no sum holds.
async fn scan_field(
    store: &Store,
    client: &Client,
    field: &str,
    wanted: &ScanRequest,
) -> Result<(FieldTotals, Option<String>), ServiceError> {
    let mut values = Values::of_field(store, client, field).await?;
    let counted_from = scan::for_each_call(store, client, wanted, |call| {
        let line = ValueSums::of_call(&call.fields.counted);
        values.add(call.fields.field_value(field).as_deref(), &line);
    })
    .await?;
    Ok((values.into_totals(), counted_from))
}

/// Grouping the values of a field, and returns their type.
pub(super) async fn group_values(
    store: &Store,
    client: &Client,
    axis: Axis<'_>,
    found: &FieldTotals,
    direction: Option<Direction>,
) -> Result<(FieldType, Rows), ServiceError> {
    let Axis { edges_name, field, edges, limit, .. } = axis;
    let field_type = majority_type(found);
    if edges.is_some() && !matches!(field_type, None | Some(FieldType::Number)) {
        return Err(ServiceError::Invalid {
            field: edges_name,
            sentence: format!(
                "{edges_name} requires numbers, and most values of {field} are not numbers."
            ),
        });
    }
    let field_type = field_type.unwrap_or(FieldType::Text);
    let mut rows = if edges.is_some() || field_type == FieldType::Number {
        let edges = match edges {
            Some(edges) => Some(edges),
            None => store.fields().find_field_edges(&client.id).await?.remove(field),
        };
        rows_by_number(found, direction, edges)
    } else {
        rows_by_value(found, direction, limit)
    };
    add_labels(store, client, field, &mut rows.own).await?;
    Ok((field_type, rows))
}

/// Rejects a field that no call has. `name` is the parameter that names it.
pub(super) async fn check_field(
    store: &Store,
    client: &Client,
    name: &'static str,
    by: &str,
) -> Result<(), ServiceError> {
    let wrong = |sentence| Err(ServiceError::Invalid { field: name, sentence });
    if by.is_empty() {
        return wrong(format!(
            "{name} is missing; name a field, like callType or context.loanAmount."
        ));
    }
    let sent = by.starts_with("context.") || by.starts_with("metadata.");
    if !sent && !BUILT_IN.contains(&by) {
        return wrong(format!(
            "{name} must be {}, context.… or metadata.…, and not {by}.",
            BUILT_IN.join(", ")
        ));
    }
    if store.fields().has_field(&client.id, by).await? {
        return Ok(());
    }
    wrong(format!(
        "{name} names {by}, which no call has; GET /api/ribbon/analytics/fields lists the fields."
    ))
}

/// Returns whether numbers are valid edges: at least one, at most `MOST_EDGES`, and ascending.
pub fn are_valid_edges(edges: &[f64]) -> bool {
    let in_order = edges.is_sorted_by(|one, next| one < next);
    let right = in_order && edges.iter().all(|edge| edge.is_finite());
    right && (1..=MOST_EDGES).contains(&edges.len())
}

/// Returns the figures of a tally; `None` without calls.
pub fn figures_if_any(tally: &Tally) -> Option<Figures> {
    (tally.calls != 0).then(|| tally.figures())
}

/// Returns the type of most values of a field; `None` if it is unknown.
fn majority_type(found: &FieldTotals) -> Option<FieldType> {
    let mut kinds: BTreeMap<ValueKind, i64> = BTreeMap::new();
    for (value, line) in found.values.nonzero_values() {
        if let Some(kind) = key_kind(value) {
            *kinds.entry(kind).or_default() += line.calls();
        }
    }
    majority_type_of(&kinds)
}

/// Returns the type of most calls; the first one if two are equal.
pub fn majority_type_of(kinds: &BTreeMap<ValueKind, i64>) -> Option<FieldType> {
    let most = kinds.iter().rev().max_by_key(|(_, calls)| **calls)?.0;
    Some(match most {
        ValueKind::Number => FieldType::Number,
        ValueKind::Text => FieldType::Text,
        ValueKind::Boolean => FieldType::Boolean,
    })
}

/// Returns one row per value, the one with the most calls first.
fn rows_by_value(found: &FieldTotals, direction: Option<Direction>, limit: usize) -> Rows {
    let mut rows = Rows::default();
    let mut values = Vec::new();
    for (key, line) in found.values.nonzero_values() {
        let tally = line.tally(direction);
        if tally.calls == 0 {
            continue;
        }
        if let Some(value) = key_as_json(key) {
            values.push((key, value, tally));
        } else {
            rows.other.add(&tally, 1);
            rows.truncated = true;
        }
    }
    values.sort_by(|(one, _, a), (other, _, b)| b.calls.cmp(&a.calls).then(one.cmp(other)));
    for (n, (_, value, tally)) in values.into_iter().enumerate() {
        if n < limit {
            rows.own.push((new_row(&tally, |row| row.value = Some(value)), tally));
        } else {
            rows.other.add(&tally, 1);
        }
    }
    rows
}

/// Returns rows of numbers in ascending order; values that are not numbers have none.
fn rows_by_number(
    found: &FieldTotals,
    direction: Option<Direction>,
    edges: Option<Vec<f64>>,
) -> Rows {
    let mut rows = Rows::default();
    let mut numbers = Numbers::default();
    for (key, line) in found.values.nonzero_values() {
        let tally = line.tally(direction);
        if tally.calls != 0 && !numbers.add(key, &tally) {
            rows.other.add(&tally, 1);
            rows.truncated |= key_as_json(key).is_none();
        }
    }
    let edges = match edges {
        Some(edges) => edges,
        None if numbers.are_few() => {
            rows.own.extend(found.values.nonzero_values().filter_map(|(key, line)| {
                let tally = line.tally(direction);
                key_as_number(key).filter(|_| tally.calls != 0)?;
                Some((new_row(&tally, |row| row.value = key_as_json(key)), tally))
            }));
            rows.own.sort_by(|(one, _), (other, _)| {
                let number = |row: &BreakdownRow| row.value.as_ref().and_then(Value::as_f64);
                number(one).partial_cmp(&number(other)).unwrap_or(std::cmp::Ordering::Equal)
            });
            return rows;
        }
        None => numbers.choose_edges(),
    };
    let (parts, interpolated) = numbers.group_between(&edges);
    rows.interpolated = interpolated;
    let last = parts.len().saturating_sub(1);
    for (n, (from, to, tally)) in parts.into_iter().enumerate() {
        // The ranges below the first edge and above the last one were not requested.
        if (n == 0 || n == last) && tally.calls == 0 {
            continue;
        }
        let row = new_row(&tally, |row| (row.from, row.to) = (from, to));
        rows.own.push((row, tally));
    }
    rows
}

fn new_row(tally: &Tally, set: impl FnOnce(&mut BreakdownRow)) -> BreakdownRow {
    let mut row =
        BreakdownRow { value: None, label: None, from: None, to: None, figures: tally.figures() };
    set(&mut row);
    row
}

/// Adds the labels of values.
async fn add_labels(
    store: &Store,
    client: &Client,
    by: &str,
    rows: &mut [(BreakdownRow, Tally)],
) -> Result<(), ServiceError> {
    let labels: BTreeMap<String, String> = match by {
        "agentId" => {
            let ids = rows.iter().filter_map(|(row, _)| row.value.as_ref()?.as_str());
            let ids: Vec<String> = ids.map(str::to_owned).collect();
            store.fields().find_agent_names(&client.id, &ids).await?
        }
        "disposition" => {
            let list = dispositions::list_for_client(store, &client.id).await?;
            list.into_iter().map(|line| (line.code, line.label)).collect()
        }
        _ => return Ok(()),
    };
    for (row, _) in rows {
        let text = row.value.as_ref().and_then(|value| value.as_str());
        row.label = text.and_then(|text| labels.get(text).cloned());
    }
    Ok(())
}
