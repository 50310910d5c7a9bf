//! Defines the filter and the order of a search.

use super::{ExactMatch, FieldTest, SearchText};
use crate::storage::CallWithNotes;
use crate::time;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Direction, Status};
use chrono_tz::Tz;

/// Calls that one request examines if the database evaluates the filter.
const MAX_SCANNED: i64 = 20_000;
/// Calls that one request examines if their `customerData` has to be read.
const MAX_SCANNED_IN_MEMORY: i64 = 4_000;
const HOUR: Millis = 60 * 60 * 1000;
const DAY: Millis = 24 * HOUR;

/// The conditions on a call. All that are set must hold.
#[derive(Debug, Clone)]
pub struct CallFilter {
    /// The earliest start, inclusive.
    pub from: Millis,
    /// The latest start, exclusive.
    pub until: Millis,
    pub agent_id: Option<String>,
    /// The call is of an agent in this team, or in a team of this supervisor.
    pub team: Option<String>,
    pub customer_id: Option<String>,
    /// The call has one of these statuses; empty: any.
    pub statuses: Vec<Status>,
    pub direction: Option<Direction>,
    pub call_type: Option<String>,
    pub disposition: Option<String>,
    /// Whether both sides talked.
    pub connected: Option<Connected>,
    /// The shortest and longest duration, in seconds. An active call counts as 0.
    pub min_duration: i64,
    pub max_duration: i64,
    /// A text that occurs in the displayed values of the call.
    pub text: Option<SearchText>,
    /// The call or number that equals that text; if set, `text` is ignored.
    pub exactly: Option<ExactMatch>,
    pub field: Option<FieldTest>,
    /// Another condition of that kind, which holds too.
    pub and_field: Option<FieldTest>,
    /// The first and the last hour of the day in which the call began, 0 to 23, in `zone`.
    pub hours: Option<(i64, i64)>,
    /// The day of the week, Sunday being 0.
    pub weekday: Option<i64>,
    pub zone: Tz,
    pub sort: CallSort,
}

/// Whether both sides of a call talked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connected {
    Yes,
    No,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallSort {
    /// By start, latest first.
    Newest,
    /// By start, earliest first.
    Oldest,
    /// By duration, longest first; only ended calls.
    Longest,
    /// By duration, shortest first; only ended calls.
    Shortest,
}

impl CallSort {
    /// Returns whether calls are listed by duration.
    pub fn is_by_length(self) -> bool {
        matches!(self, Self::Longest | Self::Shortest)
    }
}

impl CallFilter {
    /// Returns a filter that matches all calls of a range.
    pub fn for_range(from: Millis, until: Millis, zone: Tz) -> Self {
        Self {
            from,
            until,
            agent_id: None,
            team: None,
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
            and_field: None,
            hours: None,
            weekday: None,
            zone,
            sort: CallSort::Newest,
        }
    }

    /// Returns whether an index alone selects the calls, so that a page costs only its own rows.
    pub(super) fn is_index_only(&self) -> bool {
        let of_both = self.agent_id.is_some() && self.customer_id.is_some();
        !self.sort.is_by_length()
            && !of_both
            && self.team.is_none()
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
            && self.and_field.is_none()
            && !self.has_hour_conditions()
    }

    /// Returns whether the filter depends on the time zone.
    pub(super) fn has_hour_conditions(&self) -> bool {
        self.hours.is_some() || self.weekday.is_some()
    }

    /// Returns whether calls must be filtered in memory: by their `customerData`, or, in lists by
    /// duration, by the hour.
    pub(super) fn filters_in_memory(&self) -> bool {
        self.field.is_some()
            || self.and_field.is_some()
            || (self.has_hour_conditions() && self.sort.is_by_length())
    }

    /// Returns the number of calls that one request examines.
    pub(super) fn max_scanned(&self) -> i64 {
        if self.filters_in_memory() { MAX_SCANNED_IN_MEMORY } else { MAX_SCANNED }
    }

    /// Evaluates the conditions that the database cannot, for a call that matches all others.
    pub(super) fn matches_call(&self, row: &CallWithNotes) -> bool {
        let text = self.text.as_ref().filter(|_| self.exactly.is_none());
        text.is_none_or(|text| text.occurs_in_call(row))
            && self.field.as_ref().is_none_or(|field| field.matches_call(row))
            && self.and_field.as_ref().is_none_or(|field| field.matches_call(row))
            && self.matches_hours(row.call.started_at)
    }

    fn matches_hours(&self, at: Millis) -> bool {
        if !self.has_hour_conditions() {
            return true;
        }
        let local = at.saturating_add(time::utc_offset(at, self.zone));
        let hour = local.div_euclid(HOUR).rem_euclid(24);
        // 1 January 1970 was a Thursday.
        let weekday = (local.div_euclid(DAY) + 4).rem_euclid(7);
        self.hours.is_none_or(|(first, last)| (first..=last).contains(&hour))
            && self.weekday.is_none_or(|wanted| wanted == weekday)
    }
}
