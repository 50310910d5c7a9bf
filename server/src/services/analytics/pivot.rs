//! Calls by two fields at once.

use super::breakdown::{self, Axis};
use super::dates::DateRange;
use super::overview;
use super::scan::{self, Grouping, HoursOfDay, ScanRequest, Values, is_sent_field};
use crate::services::access::teams::TeamView;
use crate::services::{ServiceError, require_feature};
use crate::storage::{Client, Store, ValueSums};
use call_ribbon_shared::call::Direction;
use call_ribbon_shared::wire::{Pivot, PivotAxis, PivotCell};
use std::collections::{BTreeMap, HashMap};

/// The most columns.
pub const MOST_COLUMNS: usize = 50;

/// Which calls to count, and by which fields.
#[derive(Debug)]
pub struct PivotRequest<'a> {
    pub rows: Axis<'a>,
    pub columns: Axis<'a>,
    pub range: DateRange,
    pub direction: Option<Direction>,
    /// Only calls that began in these hours.
    pub hours: Option<HoursOfDay>,
    /// Only calls of agents of these teams.
    pub team: Option<TeamView>,
}

/// Counts the calls of a range by two fields.
pub async fn pivot_calls(
    store: &Store,
    client: &Client,
    wanted: PivotRequest<'_>,
) -> Result<Pivot, ServiceError> {
    require_feature(client, overview::FEATURE)?;
    let PivotRequest { rows, columns, range, direction, hours, team } = wanted;
    let (by, across) = (rows.field, columns.field);
    for axis in [&rows, &columns] {
        breakdown::check_field(store, client, axis.name, axis.field).await?;
    }
    if by == across {
        let sentence = "across must name another field than by.".to_owned();
        return Err(ServiceError::Invalid { field: columns.name, sentence });
    }
    let with_sent = is_sent_field(by) || is_sent_field(across);
    let mut down = Values::of_field(store, client, by).await?;
    let mut right = Values::of_field(store, client, across).await?;
    let mut pairs: HashMap<(Option<usize>, Option<usize>), ValueSums> = HashMap::new();
    let scan = ScanRequest { range, hours, direction, team, with_sent };
    let counted_from = scan::for_each_call(store, client, &scan, |call| {
        let line = ValueSums::of_call(&call.fields.counted);
        let row = down.add(call.fields.field_value(by).as_deref(), &line);
        let column = right.add(call.fields.field_value(across).as_deref(), &line);
        pairs.entry((row, column)).or_default().add(&line, 1);
    })
    .await?;
    let rows = down.group(store, client, rows).await?;
    let columns = right.group(store, client, columns).await?;
    let mut cells: BTreeMap<(usize, usize), ValueSums> = BTreeMap::new();
    for ((row, column), sums) in &pairs {
        let place = (rows.place_of(*row), columns.place_of(*column));
        cells.entry(place).or_default().add(sums, 1);
    }
    let cell = |((row, column), sums): ((usize, usize), ValueSums)| {
        let tally = sums.tally(None);
        PivotCell {
            row,
            column,
            calls: tally.calls,
            connected: tally.connected,
            missed: tally.missed,
            total_duration: tally.duration,
        }
    };
    Ok(Pivot {
        rows: to_axis(by, rows),
        columns: to_axis(across, columns),
        cells: cells.into_iter().map(cell).collect(),
        summary: down.all().tally(None).figures(),
        counted_from,
    })
}

fn to_axis(field: &str, groups: Grouping) -> PivotAxis {
    PivotAxis { field: field.to_owned(), r#type: groups.field_type, groups: groups.groups }
}
