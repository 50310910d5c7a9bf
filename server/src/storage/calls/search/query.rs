//! Builds the parameters of a search's statements.

use super::offsets::{self, SHIFT};
use super::{CallFilter, Connected, ExactMatch, ListPosition, SearchText};
use crate::storage::Span;
use crate::storage::spellings::first_five_spellings;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Direction, Status};

/// The index that narrows the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchSource {
    /// All calls of the client.
    Client,
    Agent,
    Customer,
    Number,
    /// One call, by its id.
    Call,
}

/// The order in which calls are traversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walk {
    Newest,
    Oldest,
    /// Down the client's list by duration, whatever the source.
    Longest,
    /// Up that list.
    Shortest,
    /// All calls of the source, sorted by duration, longest first.
    LongestOfFew,
    /// All calls of the source, sorted by duration, shortest first.
    ShortestOfFew,
}

/// A part of the range in which the time zone's offset is constant.
#[derive(Debug, Clone)]
pub struct OffsetPart {
    low: ListPosition,
    high: ListPosition,
    shift: Millis,
}

/// The parameters of a search's statement.
#[derive(Debug)]
pub struct SearchQuery<'a> {
    pub client_id: &'a str,
    pub filter: &'a CallFilter,
    pub source: SearchSource,
    pub walk: Walk,
    /// The keys of the source: an agent, a customer, a call, or the spellings of a number.
    pub keys: [&'a str; 5],
    /// The positions between which the request searches. The one where it begins was already
    /// examined.
    pub low: ListPosition,
    pub high: ListPosition,
    pub from: Millis,
    pub until: Millis,
    pub statuses: [&'static str; 7],
    pub directions: [&'static str; 2],
    pub connected: [i64; 2],
    pub text: String,
    pub number: String,
    pub shift: Millis,
    /// The first hour times 24, plus the last one; -1: any hour.
    pub hours: i64,
    pub weekday: i64,
}

impl SearchSource {
    /// Returns the narrowest source that a filter allows.
    pub fn narrowest_for(filter: &CallFilter) -> Self {
        match &filter.exactly {
            Some(ExactMatch::Call(_)) => Self::Call,
            Some(ExactMatch::Number(_)) => Self::Number,
            None if filter.customer_id.is_some() => Self::Customer,
            None if filter.agent_id.is_some() => Self::Agent,
            None => Self::Client,
        }
    }
}

impl Walk {
    /// Returns whether one request examines all calls, since they are few.
    pub fn reads_all(self) -> bool {
        matches!(self, Self::LongestOfFew | Self::ShortestOfFew)
    }

    /// Returns whether it goes from the highest position to the lowest.
    fn is_descending(self) -> bool {
        matches!(self, Self::Newest | Self::Longest | Self::LongestOfFew)
    }
}

impl<'a> SearchQuery<'a> {
    pub fn new(
        client_id: &'a str,
        filter: &'a CallFilter,
        source: SearchSource,
        walk: Walk,
        span: &Span,
        after: Option<&ListPosition>,
    ) -> Self {
        let place = |duration, at| ListPosition { duration, at, call_sid: String::new() };
        let mut ask = Self {
            client_id,
            filter,
            source,
            walk,
            keys: source_keys(filter, source),
            low: place(i64::MIN, span.from),
            high: place(i64::MAX, span.until),
            from: span.from,
            until: span.until,
            statuses: status_parameters(&filter.statuses),
            directions: match filter.direction {
                Some(direction) => [direction.as_str(); 2],
                None => [Direction::Inbound, Direction::Outbound].map(Direction::as_str),
            },
            connected: match filter.connected {
                Some(Connected::Yes) => [1, 1],
                Some(Connected::No) => [0, 0],
                None => [0, 1],
            },
            text: String::new(),
            number: String::new(),
            shift: 0,
            hours: -1,
            weekday: -1,
        };
        let text = filter.text.as_ref().filter(|_| filter.exactly.is_none());
        (ask.text, ask.number) = SearchText::like_patterns(text);
        if ask.filters_by_hour() {
            ask.hours = filter.hours.map_or(-1, |(first, last)| 24 * first + last);
            ask.weekday = filter.weekday.map_or(-1, offsets::sql_weekday);
        }
        if let Some(after) = after {
            ask.start_after(after);
        }
        ask
    }

    /// Starts the search after a position.
    pub fn start_after(&mut self, spot: &ListPosition) {
        let end = if self.walk.is_descending() { &mut self.high } else { &mut self.low };
        *end = spot.clone();
    }

    /// Ends the search at a position.
    pub fn end_at(&mut self, spot: &ListPosition) {
        let end = if self.walk.is_descending() { &mut self.low } else { &mut self.high };
        *end = spot.clone();
    }

    /// Splits the range where the time zone's offset changes: within a part, the hour of the day is
    /// a simple division. Lists by duration would mix the parts, so their statements do not filter
    /// by hour.
    pub fn split_by_offset(&self) -> Vec<OffsetPart> {
        let whole = OffsetPart { low: self.low.clone(), high: self.high.clone(), shift: SHIFT };
        if !self.filters_by_hour() {
            return vec![whole];
        }
        let until = self.high.at.saturating_add(1);
        let mut parts: Vec<OffsetPart> =
            offsets::split_at_offset_changes(self.low.at, until, self.filter.zone)
                .into_iter()
                .map(|part| OffsetPart {
                    low: if part.from <= self.low.at {
                        self.low.clone()
                    } else {
                        position_at(part.from)
                    },
                    high: if part.until >= until {
                        self.high.clone()
                    } else {
                        position_at(part.until)
                    },
                    shift: part.shift,
                })
                .collect();
        if self.walk.is_descending() {
            parts.reverse();
        }
        parts
    }

    /// Restricts the search to one part.
    pub fn restrict_to_part(&mut self, part: OffsetPart) {
        OffsetPart { low: self.low, high: self.high, shift: self.shift } = part;
    }

    fn filters_by_hour(&self) -> bool {
        self.filter.has_hour_conditions() && !self.filter.sort.is_by_length()
    }
}

/// Returns the keys of the source, repeated to fill the statement's parameters.
fn source_keys(filter: &CallFilter, source: SearchSource) -> [&str; 5] {
    let one = match (source, &filter.exactly) {
        (SearchSource::Number, Some(ExactMatch::Number(spellings))) => {
            return first_five_spellings(spellings);
        }
        (SearchSource::Call, Some(ExactMatch::Call(call_sid))) => call_sid,
        (SearchSource::Customer, _) => filter.customer_id.as_deref().unwrap_or_default(),
        (SearchSource::Agent, _) => filter.agent_id.as_deref().unwrap_or_default(),
        _ => "",
    };
    [one; 5]
}

/// Returns the selected statuses; all if none is set.
fn status_parameters(asked: &[Status]) -> [&'static str; 7] {
    let Some(first) = asked.first() else { return Status::ALL.map(Status::as_str) };
    let mut all = [first.as_str(); 7];
    for (place, status) in all.iter_mut().zip(asked) {
        *place = status.as_str();
    }
    all
}

fn position_at(at: Millis) -> ListPosition {
    ListPosition { duration: 0, at, call_sid: String::new() }
}

/// Binds all parameters of a statement but the last, the limit.
macro_rules! bind_filter {
    ($query:expr, $ask:expr) => {
        $query
            .bind($ask.client_id)
            .bind($ask.keys[0])
            .bind($ask.low.at)
            .bind(&$ask.low.call_sid)
            .bind($ask.high.at)
            .bind(&$ask.high.call_sid)
            .bind($ask.low.duration)
            .bind($ask.high.duration)
            .bind($ask.from)
            .bind($ask.until)
            .bind($ask.statuses[0])
            .bind($ask.statuses[1])
            .bind($ask.statuses[2])
            .bind($ask.statuses[3])
            .bind($ask.statuses[4])
            .bind($ask.statuses[5])
            .bind($ask.statuses[6])
            .bind($ask.directions[0])
            .bind($ask.directions[1])
            .bind($ask.connected[0])
            .bind($ask.connected[1])
            .bind($ask.filter.min_duration)
            .bind($ask.filter.max_duration)
            .bind($ask.filter.call_type.as_deref().unwrap_or_default())
            .bind($ask.filter.disposition.as_deref().unwrap_or_default())
            .bind($ask.filter.agent_id.as_deref().unwrap_or_default())
            .bind($ask.filter.customer_id.as_deref().unwrap_or_default())
            .bind($ask.shift)
            .bind($ask.hours)
            .bind($ask.weekday)
            .bind(&$ask.text)
            .bind(&$ask.number)
            .bind($ask.keys[1])
            .bind($ask.keys[2])
            .bind($ask.keys[3])
            .bind($ask.keys[4])
            .bind($ask.filter.team.as_deref().unwrap_or_default())
    };
}

pub(super) use bind_filter;
