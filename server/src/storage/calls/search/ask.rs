//! What one request of a search asks the database.

use super::offsets::{self, SHIFT};
use super::{CallFilter, Connected, Exactly, Spot, Text};
use crate::storage::Span;
use crate::storage::customers::numbers::five;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Direction, Status};

/// Which calls can be wanted at all, by an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// All of the client's.
    Client,
    Agent,
    Customer,
    Number,
    /// One by its name.
    Call,
}

/// In which way they are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walk {
    Newest,
    Oldest,
    /// Down the list of the client's longest calls, whatever the source.
    Longest,
    /// Up that list.
    Shortest,
    /// All calls of the source, put in order.
    LongestOfFew,
    /// The same from the other end.
    ShortestOfFew,
}

/// A part of the calls with the clocks by which their hours are counted.
#[derive(Debug, Clone)]
pub struct Part {
    low: Spot,
    high: Spot,
    shift: Millis,
}

/// All that a statement of a search takes.
#[derive(Debug)]
pub struct Ask<'a> {
    pub client_id: &'a str,
    pub filter: &'a CallFilter,
    pub source: Source,
    pub walk: Walk,
    /// What the source is: an agent, a customer, a call, or the ways of writing a number.
    pub keys: [&'a str; 5],
    /// Between these the request looks. The one from which it comes was looked at before.
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
    /// -1: any.
    pub hour: i64,
    pub weekday: i64,
}

impl Source {
    /// The narrowest that a filter allows.
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
    /// Whether one request looks at all calls there are, as these are few.
    pub fn looks_at_all(self) -> bool {
        matches!(self, Self::LongestOfFew | Self::ShortestOfFew)
    }

    /// Whether it goes from the highest place to the lowest.
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

    /// Looks at what comes after a spot.
    pub fn begin_after(&mut self, spot: &Spot) {
        let end = if self.walk.is_down() { &mut self.high } else { &mut self.low };
        *end = spot.clone();
    }

    /// Looks no further than a spot.
    pub fn end_at(&mut self, spot: &Spot) {
        let end = if self.walk.is_down() { &mut self.low } else { &mut self.high };
        *end = spot.clone();
    }

    /// What it asks about, taken apart where a zone's clocks change: within a part an hour of the
    /// day is a plain division. In lists by length the parts would be mixed, so hours are not
    /// asked for there.
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

    /// Asks about one part.
    pub fn about(&mut self, part: Part) {
        Part { low: self.low, high: self.high, shift: self.shift } = part;
    }

    fn counts_hours(&self) -> bool {
        self.filter.has_hours() && !self.filter.sort.is_by_length()
    }
}

/// What the source is, in as many ways as a statement asks for.
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

/// The states that are asked for; where none is named, all there are.
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

/// Puts into a statement all that it takes but the last: how many.
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
