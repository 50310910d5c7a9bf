//! Counts over the calls themselves, for figures that no sum holds: of two fields at once, or of a
//! customer's attempts.

use super::breakdown::{self, Axis};
use super::dates::DateRange;
use crate::services::ServiceError;
use crate::services::access::teams::TeamView;
use crate::services::calls::merged_values::MergedValues;
use crate::storage::{
    BUILT_IN, CallScan, Client, FieldTotals, ScannedCall, Span, Store, Tally, Unit, ValueSums,
    key_as_json, key_as_number,
};
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Direction;
use call_ribbon_shared::wire::{BreakdownRow, FieldType, GroupKind, PivotGroup};
use chrono_tz::Tz;
use std::collections::{BTreeMap, HashMap};

const HOUR: Millis = 60 * 60 * 1000;
/// The most calls that one request counts.
pub const MOST_CALLS: i64 = 100_000;

/// Hours of the days of a time zone, both included.
#[derive(Debug, Clone, Copy)]
pub struct HoursOfDay {
    pub first: i64,
    pub last: i64,
    pub zone: Tz,
}

impl HoursOfDay {
    fn contains(self, at: Millis) -> bool {
        let local = at.saturating_add(time::utc_offset(at, self.zone));
        (self.first..=self.last).contains(&local.div_euclid(HOUR).rem_euclid(24))
    }
}

/// Which calls to count.
#[derive(Debug, Clone)]
pub struct ScanRequest {
    /// When the calls began.
    pub range: DateRange,
    /// Only calls that began in these hours.
    pub hours: Option<HoursOfDay>,
    /// Only calls of this direction.
    pub direction: Option<Direction>,
    /// Only calls of agents of these teams.
    pub team: Option<TeamView>,
    /// Whether fields of `context` or `metadata` are read.
    pub with_sent: bool,
}

/// Returns whether a field is one that pages send.
pub fn is_sent_field(field: &str) -> bool {
    !BUILT_IN.contains(&field)
}

fn is_of_team(team: &TeamView, call: &ScannedCall) -> bool {
    let agent = call.fields.field_value("agentId");
    agent.as_deref().and_then(|key| key.strip_prefix('t')).is_some_and(|id| team.has_agent(id))
}

/// Takes each call of a range in the order of their starts. Returns the time from which calls are
/// counted, if the range begins earlier: the calls before it were deleted.
pub async fn for_each_call(
    store: &Store,
    client: &Client,
    wanted: &ScanRequest,
    mut take: impl FnMut(&ScannedCall) + Send,
) -> Result<Option<String>, ServiceError> {
    let counted_from = store.clients().find_counted_from(&client.id).await?;
    let from = wanted.range.from.max(counted_from);
    let scanned = Span { from, until: wanted.range.until, customer_id: None };
    if store.fields().count_calls_up_to(&client.id, &scanned, MOST_CALLS + 1).await? > MOST_CALLS {
        return Err(ServiceError::Invalid {
            field: "startDate",
            sentence: format!(
                "startDate and endDate span more than {MOST_CALLS} calls, which is the most that \
                 can be counted at once; choose fewer days."
            ),
        });
    }
    let scan = CallScan { span: scanned, direction: wanted.direction, with_sent: wanted.with_sent };
    let mut last: Option<ScannedCall> = None;
    loop {
        let mut calls = store.fields().scan_calls(&client.id, &scan, last.as_ref()).await?;
        let is_wanted = |call: &&ScannedCall| {
            wanted.hours.is_none_or(|hours| hours.contains(call.fields.counted.started_at))
                && wanted.team.as_ref().is_none_or(|team| is_of_team(team, call))
        };
        calls.iter().filter(is_wanted).for_each(&mut take);
        match calls.pop() {
            Some(call) => last = Some(call),
            None => break,
        }
    }
    Ok((wanted.range.from < counted_from).then(|| time::format(counted_from)))
}

/// Sums calls by day, half hour or hour of the week in a time zone. Units without a call are omitted.
pub async fn sum_by_unit(
    store: &Store,
    client: &Client,
    wanted: &ScanRequest,
    zone: Tz,
    unit: Unit,
) -> Result<BTreeMap<i64, ValueSums>, ServiceError> {
    let mut sums: BTreeMap<i64, ValueSums> = BTreeMap::new();
    for_each_call(store, client, wanted, |call| {
        let at = call.fields.counted.started_at;
        let slot = unit.slot_of(at, time::utc_offset(at, zone));
        sums.entry(slot).or_default().add(&ValueSums::of_call(&call.fields.counted), 1);
    })
    .await?;
    Ok(sums)
}

/// Calls by the values of one field, which are numbered.
#[derive(Debug, Default)]
pub struct Values {
    merged: MergedValues,
    /// The numbers of the values.
    numbers: HashMap<String, usize>,
    totals: FieldTotals,
}

/// The groups of a field, and the group of each of its values.
#[derive(Debug)]
pub struct Grouping {
    pub field_type: FieldType,
    pub groups: Vec<PivotGroup>,
    /// By the number of the value.
    places: Vec<usize>,
    missing: usize,
}

impl Values {
    /// Returns no calls yet, by the values of a field.
    pub async fn of_field(
        store: &Store,
        client: &Client,
        field: &str,
    ) -> Result<Self, ServiceError> {
        let merged = MergedValues::of_field(store, client, field).await?;
        Ok(Self { merged, ..Self::default() })
    }

    /// Adds a call, and returns the number of its value; `None` if it has none.
    pub fn add(&mut self, value: Option<&str>, line: &ValueSums) -> Option<usize> {
        self.totals.all.add(line, 1);
        let value = self.merged.find_key(value?);
        self.totals.values.add(value, line, 1);
        if let Some(number) = self.numbers.get(value) {
            return Some(*number);
        }
        let number = self.numbers.len();
        self.numbers.insert(value.to_owned(), number);
        Some(number)
    }

    /// Grouping the values as a breakdown does.
    pub async fn group(
        &self,
        store: &Store,
        client: &Client,
        axis: Axis<'_>,
    ) -> Result<Grouping, ServiceError> {
        let (field_type, rows) =
            breakdown::group_values(store, client, axis, &self.totals, None).await?;
        let mut missing = self.totals.all.tally(None);
        missing.add(&rows.other, -1);
        let mut groups = Vec::new();
        let mut by_value: HashMap<String, usize> = HashMap::new();
        for (row, tally) in rows.own {
            missing.add(&tally, -1);
            if let Some(value) = &row.value {
                by_value.insert(value.to_string(), groups.len());
            }
            let kind = if row.value.is_some() { GroupKind::Value } else { GroupKind::Range };
            groups.push(PivotGroup { kind, row });
        }
        let ranges: Vec<(usize, Option<f64>, Option<f64>)> = groups
            .iter()
            .enumerate()
            .filter(|(_, group)| group.kind == GroupKind::Range)
            .map(|(place, group)| (place, group.row.from, group.row.to))
            .collect();
        let mut add_rest = |kind, tally: &Tally| {
            if tally.calls != 0 {
                let figures = tally.figures();
                let row = BreakdownRow { value: None, label: None, from: None, to: None, figures };
                groups.push(PivotGroup { kind, row });
            }
            groups.len().saturating_sub(1)
        };
        let other = add_rest(GroupKind::Other, &rows.other);
        let missing = add_rest(GroupKind::Missing, &missing);
        let mut places = vec![other; self.numbers.len()];
        for (value, number) in &self.numbers {
            let own = key_as_json(value).and_then(|value| by_value.get(&value.to_string()));
            let in_range = || {
                let at = key_as_number(value)?;
                let holds = |(_, from, to): &&(usize, Option<f64>, Option<f64>)| {
                    from.is_none_or(|from| from <= at) && to.is_none_or(|to| at < to)
                };
                ranges.iter().find(holds).map(|(place, ..)| *place)
            };
            if let (Some(place), Some(slot)) =
                (own.copied().or_else(in_range), places.get_mut(*number))
            {
                *slot = place;
            }
        }
        Ok(Grouping { field_type, groups, places, missing })
    }

    /// Returns the sums of all values.
    pub fn into_totals(self) -> FieldTotals {
        self.totals
    }

    /// Returns the sums of all calls.
    pub fn all(&self) -> &ValueSums {
        &self.totals.all
    }
}

impl Grouping {
    /// Returns the place of the group of a value.
    pub fn place_of(&self, value: Option<usize>) -> usize {
        value.and_then(|number| self.places.get(number)).copied().unwrap_or(self.missing)
    }
}
