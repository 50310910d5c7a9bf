//! Which calls are wanted, and in what order.

use super::{Exactly, FieldTest, Text};
use crate::storage::NotedCall;
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Direction, Status};
use chrono_tz::Tz;

/// Calls that one request looks at where the database can tell whether they are wanted.
const LOOKED_AT: i64 = 20_000;
/// Calls that one request opens, where that has to be read out of what was sent along.
const OPENED: i64 = 4_000;
const HOUR: Millis = 60 * 60 * 1000;
const DAY: Millis = 24 * HOUR;

/// What must be true of a call. Everything that is set holds at once.
#[derive(Debug, Clone)]
pub struct CallFilter {
    /// The first moment at which it may have begun.
    pub from: Millis,
    /// The first at which it may not any more.
    pub until: Millis,
    pub agent_id: Option<String>,
    pub customer_id: Option<String>,
    /// It stands in one of these ways; none: in any.
    pub statuses: Vec<Status>,
    pub direction: Option<Direction>,
    pub call_type: Option<String>,
    pub disposition: Option<String>,
    /// Whether both sides talked.
    pub connected: Option<Connected>,
    /// Seconds, at the least and at the most. One that is not over has 0 so far.
    pub min_duration: i64,
    pub max_duration: i64,
    /// A text that stands somewhere in what is shown of it.
    pub text: Option<Text>,
    /// The call or number that is exactly that text; takes its place.
    pub exactly: Option<Exactly>,
    pub field: Option<FieldTest>,
    /// The hour in which it began, 0 to 23, by the clocks of `zone`.
    pub hour: Option<i64>,
    /// The day, Sunday being 0.
    pub weekday: Option<i64>,
    pub zone: Tz,
    pub sort: Sort,
}

/// Whether both sides of a call talked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connected {
    Yes,
    No,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// By their start, the latest first.
    Newest,
    /// By their start, the first one first.
    Oldest,
    /// By the seconds they took; only calls that are over.
    Longest,
    /// The same from the other end.
    Shortest,
}

impl Sort {
    /// Whether calls are listed by the seconds they took.
    pub fn is_by_length(self) -> bool {
        matches!(self, Self::Longest | Self::Shortest)
    }
}

impl CallFilter {
    /// All calls of a range.
    pub fn of_range(from: Millis, until: Millis, zone: Tz) -> Self {
        Self {
            from,
            until,
            agent_id: None,
            customer_id: None,
            statuses: Vec::new(),
            direction: None,
            call_type: None,
            disposition: None,
            connected: None,
            min_duration: 0,
            max_duration: i64::MAX,
            text: None,
            exactly: None,
            field: None,
            hour: None,
            weekday: None,
            zone,
            sort: Sort::Newest,
        }
    }

    /// Whether an index alone says which calls are wanted, so that a page costs what it holds.
    pub(super) fn is_in_index(&self) -> bool {
        let of_both = self.agent_id.is_some() && self.customer_id.is_some();
        !self.sort.is_by_length()
            && !of_both
            && self.exactly.is_none()
            && self.statuses.is_empty()
            && self.direction.is_none()
            && self.call_type.is_none()
            && self.disposition.is_none()
            && self.connected.is_none()
            && self.min_duration == 0
            && self.max_duration == i64::MAX
            && self.text.is_none()
            && self.field.is_none()
            && !self.has_hours()
    }

    /// Whether it matters by which clocks a call began.
    pub(super) fn has_hours(&self) -> bool {
        self.hour.is_some() || self.weekday.is_some()
    }

    /// Whether it is seen only here whether a call is wanted: by what was sent along with it, and
    /// in lists by length by the hour.
    pub(super) fn opens_calls(&self) -> bool {
        self.field.is_some() || (self.has_hours() && self.sort.is_by_length())
    }

    /// How many calls one request looks at.
    pub(super) fn looks_at(&self) -> i64 {
        if self.opens_calls() { OPENED } else { LOOKED_AT }
    }

    /// What the database cannot tell, of a call for which all else is true.
    pub(super) fn passes(&self, row: &NotedCall) -> bool {
        let text = self.text.as_ref().filter(|_| self.exactly.is_none());
        text.is_none_or(|text| text.is_in(&row.call))
            && self.field.as_ref().is_none_or(|field| field.passes(row))
            && self.begins_in_hours(row.call.started_at)
    }

    fn begins_in_hours(&self, at: Millis) -> bool {
        if !self.has_hours() {
            return true;
        }
        let local = at.saturating_add(time::offset(at, self.zone));
        let hour = local.div_euclid(HOUR).rem_euclid(24);
        // 1970 began with a Thursday.
        let weekday = (local.div_euclid(DAY) + 4).rem_euclid(7);
        self.hour.is_none_or(|wanted| wanted == hour)
            && self.weekday.is_none_or(|wanted| wanted == weekday)
    }
}
