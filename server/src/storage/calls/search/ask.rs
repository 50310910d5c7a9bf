//! Builds the parameters of a search's statements.

use super::offsets::{self, SHIFT};
use super::{CallFilter, Connected, Exactly, Spot, Text};
use crate::storage::Span;
use crate::storage::customers::numbers::five;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Direction, Status};

/// The index that narrows the calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
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
pub struct Part {
    low: Spot,
    high: Spot,
    shift: Millis,
}

/// The parameters of a search's statement.
#[derive(Debug)]
pub struct Ask<'a> {
    pub client_id: &'a str,
    pub filter: &'a CallFilter,
    pub source: Source,
    pub walk: Walk,
    /// The keys of the source: an agent, a customer, a call, or the spellings of a number.
    pub keys: [&'a str; 5],
    /// The positions between which the request searches. The one where it begins was already
    /// examined.
    pub low: Spot,
    pub high: Spot,
    pub from: Millis,
    pub until: Millis,
    pub statuses: [&'static str; 7],
    pub directions: [&'static str; 2],
    pub connected: [i64; 2],
    pub text: String,
    pub number: String,
    pub shift: Millis,
    /// -1: any hour.
    pub hour: i64,
    pub weekday: i64,
}

impl Source {
    /// Returns the narrowest source that a filter allows.
    pub fn of(filter: &CallFilter) -> Self {
        match &filter.exactly {
            Some(Exactly::Call(_)) => Self::Call,
            Some(Exactly::Number(_)) => Self::Number,
            None if filter.customer_id.is_some() => Self::Customer,
            None if filter.agent_id.is_some() => Self::Agent,
            None => Self::Client,
        }
    }
}

impl Walk {
    /// Returns whether one request examines all calls, since they are few.
    pub fn looks_at_all(self) -> bool {
        matches!(self, Self::LongestOfFew | Self::ShortestOfFew)
    }

    /// Returns whether it goes from the highest position to the lowest.
    fn is_down(self) -> bool {
        matches!(self, Self::Newest | Self::Longest | Self::LongestOfFew)
    }
}

impl<'a> Ask<'a> {
    pub fn new(
        client_id: &'a str,
        filter: &'a CallFilter,
        source: Source,
        walk: Walk,
        span: &Span,
        after: Option<&Spot>,
    ) -> Self {
        let place = |duration, at| Spot { duration, at, call_sid: String::new() };
        let mut ask = Self {
            client_id,
            filter,
            source,
            walk,
            keys: keys(filter, source),
            low: place(i64::MIN, span.from),
            high: place(i64::MAX, span.until),
            from: span.from,
            until: span.until,
            statuses: statuses(&filter.statuses),
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
            hour: -1,
            weekday: -1,
        };
        let text = filter.text.as_ref().filter(|_| filter.exactly.is_none());
        (ask.text, ask.number) = Text::patterns(text);
        if ask.counts_hours() {
            ask.hour = filter.hour.unwrap_or(-1);
            ask.weekday = filter.weekday.map_or(-1, offsets::counted);
        }
        if let Some(after) = after {
            ask.begin_after(after);
        }
        ask
    }

    /// Starts the search after a position.
    pub fn begin_after(&mut self, spot: &Spot) {
        let end = if self.walk.is_down() { &mut self.high } else { &mut self.low };
        *end = spot.clone();
    }

    /// Ends the search at a position.
    pub fn end_at(&mut self, spot: &Spot) {
        let end = if self.walk.is_down() { &mut self.low } else { &mut self.high };
        *end = spot.clone();
    }

    /// Splits the range where the time zone's offset changes: within a part, the hour of the day is
    /// a simple division. Lists by duration would mix the parts, so their statements do not filter
    /// by hour.
    pub fn parts(&self) -> Vec<Part> {
        let whole = Part { low: self.low.clone(), high: self.high.clone(), shift: SHIFT };
        if !self.counts_hours() {
            return vec![whole];
        }
        let until = self.high.at.saturating_add(1);
        let mut parts: Vec<Part> = offsets::between(self.low.at, until, self.filter.zone)
            .into_iter()
            .map(|part| Part {
                low: if part.from <= self.low.at { self.low.clone() } else { edge(part.from) },
                high: if part.until >= until { self.high.clone() } else { edge(part.until) },
                shift: part.shift,
            })
            .collect();
        if self.walk.is_down() {
            parts.reverse();
        }
        parts
    }

    /// Restricts the search to one part.
    pub fn about(&mut self, part: Part) {
        Part { low: self.low, high: self.high, shift: self.shift } = part;
    }

    fn counts_hours(&self) -> bool {
        self.filter.has_hours() && !self.filter.sort.is_by_length()
    }
}

/// Returns the keys of the source, repeated to fill the statement's parameters.
fn keys(filter: &CallFilter, source: Source) -> [&str; 5] {
    let one = match (source, &filter.exactly) {
        (Source::Number, Some(Exactly::Number(spellings))) => return five(spellings),
        (Source::Call, Some(Exactly::Call(call_sid))) => call_sid,
        (Source::Customer, _) => filter.customer_id.as_deref().unwrap_or_default(),
        (Source::Agent, _) => filter.agent_id.as_deref().unwrap_or_default(),
        _ => "",
    };
    [one; 5]
}

/// Returns the selected statuses; all if none is set.
fn statuses(asked: &[Status]) -> [&'static str; 7] {
    let Some(first) = asked.first() else { return Status::ALL.map(Status::as_str) };
    let mut all = [first.as_str(); 7];
    for (place, status) in all.iter_mut().zip(asked) {
        *place = status.as_str();
    }
    all
}

fn edge(at: Millis) -> Spot {
    Spot { duration: 0, at, call_sid: String::new() }
}

/// Binds all parameters of a statement but the last, the limit.
macro_rules! bound {
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
            .bind($ask.hour)
            .bind($ask.weekday)
            .bind(&$ask.text)
            .bind(&$ask.number)
            .bind($ask.keys[1])
            .bind($ask.keys[2])
            .bind($ask.keys[3])
            .bind($ask.keys[4])
    };
}

pub(super) use bound;
