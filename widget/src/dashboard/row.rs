//! One call in the list.

use call_ribbon_shared::call::{Direction, Status};
use call_ribbon_shared::wire::{CallEvent, LogRow};
use serde::Deserialize;

/// What the list shows of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) session_id: String,
    pub(super) started: String,
    pub(super) customer: String,
    pub(super) phone: String,
    pub(super) direction: Direction,
    pub(super) agent: String,
    pub(super) status: Status,
    pub(super) duration: Option<i64>,
    pub(super) event: String,
}

/// The part of `customerData` that the list shows.
#[derive(Default, Deserialize)]
struct Named {
    #[serde(default)]
    name: Option<serde_json::Value>,
}

/// The part of an event's `data` that the list shows.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    call_direction: Option<Direction>,
}

impl From<LogRow> for Row {
    fn from(log: LogRow) -> Self {
        let direction =
            serde_json::from_str::<Data>(log.data.get()).ok().and_then(|data| data.call_direction);
        Self {
            session_id: log.session_id,
            started: log.initiated_at,
            customer: log.customer_name.unwrap_or_default(),
            phone: log.customer_phone.unwrap_or_default(),
            direction: direction.unwrap_or(Direction::Outbound),
            agent: log.agent_name.unwrap_or_default(),
            status: log.call_status,
            duration: log.duration,
            event: log.event,
        }
    }
}

impl From<CallEvent> for Row {
    fn from(call: CallEvent) -> Self {
        let named: Named = serde_json::from_str(call.customer_data.get()).unwrap_or_default();
        Self {
            session_id: call.session_id,
            started: call.timestamp,
            customer: named
                .name
                .and_then(|name| name.as_str().map(str::to_owned))
                .unwrap_or_default(),
            phone: call.phone_number.unwrap_or_default(),
            direction: call.call_direction,
            agent: call.agent_name.or(call.agent_id).unwrap_or_default(),
            status: call.status,
            duration: call.duration,
            event: call.event,
        }
    }
}

/// Takes one event into the list: the call it is about changes in its place, a new call comes
/// to the top.
pub(super) fn merge(rows: &mut Vec<Row>, event: CallEvent, most: usize) {
    let fresh = Row::from(event);
    if let Some(row) = rows.iter_mut().find(|row| row.session_id == fresh.session_id) {
        let started = std::mem::take(&mut row.started);
        *row = Row { started, ..fresh };
    } else {
        rows.insert(0, fresh);
        rows.truncate(most);
    }
}
