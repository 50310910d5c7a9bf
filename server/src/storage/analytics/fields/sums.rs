//! Sums of calls by the values of one field, and their text format.
//!
//! One line per value, in the order of the values: the value, then for outbound and for inbound
//! calls `calls connected missed duration`, and the bins of their durations as `bin` or
//! `bin*calls`. So the same calls make the same text in any order.

use super::sketch::{self, Bins};
use crate::storage::analytics::totals::CountedCall;
use call_ribbon_shared::call::Direction;
use call_ribbon_shared::wire::Figures;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Sums of the calls of one direction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectionSums {
    calls: i64,
    connected: i64,
    missed: i64,
    duration: i64,
    /// Durations of calls that were connected and have ended.
    bins: Bins,
}

/// Sums of the calls with one value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValueSums {
    outbound: DirectionSums,
    inbound: DirectionSums,
}

/// Sums by value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldSums(BTreeMap<String, ValueSums>);

/// Sums of calls of one direction or of both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub calls: i64,
    pub inbound: i64,
    pub connected: i64,
    /// Inbound calls that ended without being connected.
    pub missed: i64,
    /// Talk time in seconds.
    pub duration: i64,
    bins: Bins,
}

/// The text is not in the format of sums.
#[derive(Debug, thiserror::Error)]
#[error(
    "the sums of a field cannot be read; run `call-ribbon rebuild-analytics` to recalculate them"
)]
pub struct InvalidSums;

impl DirectionSums {
    fn add(&mut self, other: &Self, times: i64) {
        self.calls += times * other.calls;
        self.connected += times * other.connected;
        self.missed += times * other.missed;
        self.duration += times * other.duration;
        add_bins(&mut self.bins, &other.bins, times);
    }

    fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    fn write(&self, text: &mut String) {
        if self.is_zero() {
            return;
        }
        let Self { calls, connected, missed, duration, bins } = self;
        // Writing to memory cannot fail.
        let _ = write!(text, "{calls} {connected} {missed} {duration}");
        for (bin, calls) in bins {
            let _ = match calls {
                1 => write!(text, " {bin}"),
                _ => write!(text, " {bin}*{calls}"),
            };
        }
    }

    /// Adds the sums in a text.
    fn add_text(&mut self, text: &str) -> Option<()> {
        if text.is_empty() {
            return Some(());
        }
        let mut words = text.split(' ');
        let mut number = || words.next()?.parse::<i64>().ok();
        self.calls += number()?;
        self.connected += number()?;
        self.missed += number()?;
        self.duration += number()?;
        for word in words {
            let (bin, calls) = match word.split_once('*') {
                Some((bin, calls)) => (bin, calls.parse().ok()?),
                None => (word, 1),
            };
            add_bin(&mut self.bins, bin.parse().ok()?, calls);
        }
        Some(())
    }
}

impl ValueSums {
    /// Returns the sums of one call.
    pub fn of_call(call: &CountedCall) -> Self {
        let totals = call.totals();
        let mut half = DirectionSums {
            calls: 1,
            connected: totals.connected,
            missed: totals.missed,
            duration: totals.duration,
            bins: Bins::new(),
        };
        if let (1, Some(seconds)) = (totals.connected, call.duration) {
            half.bins.insert(sketch::duration_bin(seconds), 1);
        }
        if totals.inbound == 1 {
            Self { inbound: half, ..Self::default() }
        } else {
            Self { outbound: half, ..Self::default() }
        }
    }

    /// Returns only the numbers of calls.
    pub fn calls_only(&self) -> Self {
        let half =
            |half: &DirectionSums| DirectionSums { calls: half.calls, ..DirectionSums::default() };
        Self { outbound: half(&self.outbound), inbound: half(&self.inbound) }
    }

    /// Adds other sums `times` times.
    pub fn add(&mut self, other: &Self, times: i64) {
        self.outbound.add(&other.outbound, times);
        self.inbound.add(&other.inbound, times);
    }

    /// Returns the number of calls.
    pub fn calls(&self) -> i64 {
        self.outbound.calls + self.inbound.calls
    }

    /// Returns the sums of one direction, or of both.
    pub fn tally(&self, direction: Option<Direction>) -> Tally {
        let mut tally = Tally::default();
        if direction != Some(Direction::Inbound) {
            tally.add_half(&self.outbound);
        }
        if direction != Some(Direction::Outbound) {
            tally.add_half(&self.inbound);
            tally.inbound = self.inbound.calls;
        }
        tally
    }

    fn is_zero(&self) -> bool {
        self.outbound.is_zero() && self.inbound.is_zero()
    }
}

impl FieldSums {
    /// Adds to the sums of a value `times` times.
    pub fn add(&mut self, value: &str, line: &ValueSums, times: i64) {
        match self.0.get_mut(value) {
            Some(found) => found.add(line, times),
            None => self.0.entry(value.to_owned()).or_default().add(line, times),
        }
    }

    /// Adds other sums `times` times.
    pub fn add_all(&mut self, other: &Self, times: i64) {
        for (value, line) in &other.0 {
            self.add(value, line, times);
        }
    }

    /// Iterates over the values whose sums are not zero.
    pub fn nonzero_values(&self) -> impl Iterator<Item = (&str, &ValueSums)> {
        self.0.iter().filter(|(_, line)| !line.is_zero()).map(|(value, line)| (&**value, line))
    }

    /// Returns the sums of a value, if it has any.
    pub fn value_sums(&self, value: &str) -> Option<&ValueSums> {
        self.0.get(value)
    }

    /// Encodes the sums; empty if all are zero.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (value, line) in self.nonzero_values() {
            for c in value.chars() {
                match c {
                    '\\' => text.push_str("\\\\"),
                    '\n' => text.push_str("\\n"),
                    '\t' => text.push_str("\\t"),
                    c => text.push(c),
                }
            }
            text.push('\t');
            line.outbound.write(&mut text);
            text.push('|');
            line.inbound.write(&mut text);
            text.push('\n');
        }
        text
    }

    /// Adds the sums in a text.
    pub fn add_text(&mut self, text: &str) -> Result<(), InvalidSums> {
        for line in text.split_terminator('\n') {
            let (value, halves) = line.split_once('\t').ok_or(InvalidSums)?;
            let (outbound, inbound) = halves.split_once('|').ok_or(InvalidSums)?;
            let value = unescape_value(value);
            let found = match self.0.get_mut(value.as_ref()) {
                Some(found) => found,
                None => self.0.entry(value.into_owned()).or_default(),
            };
            found.outbound.add_text(outbound).ok_or(InvalidSums)?;
            found.inbound.add_text(inbound).ok_or(InvalidSums)?;
        }
        Ok(())
    }
}

impl Tally {
    fn add_half(&mut self, half: &DirectionSums) {
        self.calls += half.calls;
        self.connected += half.connected;
        self.missed += half.missed;
        self.duration += half.duration;
        add_bins(&mut self.bins, &half.bins, 1);
    }

    /// Adds other sums `times` times.
    pub fn add(&mut self, other: &Self, times: i64) {
        self.calls += times * other.calls;
        self.inbound += times * other.inbound;
        self.connected += times * other.connected;
        self.missed += times * other.missed;
        self.duration += times * other.duration;
        add_bins(&mut self.bins, &other.bins, times);
    }

    /// Returns the fraction `part / whole` of the sums, rounded to whole calls.
    pub fn scaled(&self, part: f64, whole: f64) -> Self {
        let of = |number: i64| scale_rounded(number, part / whole);
        Self {
            calls: of(self.calls),
            inbound: of(self.inbound),
            connected: of(self.connected),
            missed: of(self.missed),
            duration: of(self.duration),
            bins: self.bins.iter().map(|(bin, calls)| (*bin, of(*calls))).collect(),
        }
    }

    /// Returns the figures of the API.
    pub fn figures(&self) -> Figures {
        // Half a second rounds up.
        let average = |calls: i64| (2 * self.duration + calls) / (2 * calls).max(1);
        Figures {
            calls: self.calls,
            inbound: self.inbound,
            connected: self.connected,
            connect_rate: rounded_ratio(self.connected, self.calls),
            missed: self.missed,
            total_duration: self.duration,
            avg_duration: average(self.calls),
            avg_handling_time: average(self.connected),
            median_duration: sketch::percentile(&self.bins, 50),
            p90_duration: sketch::percentile(&self.bins, 90),
        }
    }
}

/// Returns `part / whole` from 0 to 1, rounded to four digits; 0 if `whole` is 0.
pub fn rounded_ratio(part: i64, whole: i64) -> f64 {
    let ten_thousandths = (20_000 * part + whole) / (2 * whole).max(1);
    i32::try_from(ten_thousandths).map_or(0.0, f64::from) / 10_000.0
}

/// Returns a fraction of a number, rounded.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "numbers of calls and seconds are far below 2^53"
)]
fn scale_rounded(number: i64, part: f64) -> i64 {
    (number as f64 * part).round() as i64
}

fn add_bins(bins: &mut Bins, other: &Bins, times: i64) {
    for (bin, calls) in other {
        add_bin(bins, *bin, times * calls);
    }
}

fn add_bin(bins: &mut Bins, bin: u16, calls: i64) {
    let sum = bins.entry(bin).or_default();
    *sum += calls;
    if *sum == 0 {
        bins.remove(&bin);
    }
}

/// Removes the escapes from a written value.
fn unescape_value(value: &str) -> std::borrow::Cow<'_, str> {
    if !value.contains('\\') {
        return value.into();
    }
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        text.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some(other) => other,
                None => '\\',
            },
            c => c,
        });
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(direction: &str, duration: Option<i64>) -> ValueSums {
        ValueSums::of_call(&CountedCall {
            started_at: 0,
            direction: direction.to_owned(),
            connected_at: None,
            ended_at: duration,
            duration,
            customer_id: None,
        })
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut sums = FieldSums::default();
        for (n, value) in ["tplain", "ta\tb\nc\\n", "t\\", "n1e0", "o"].into_iter().enumerate() {
            for times in 0..=n {
                sums.add(value, &call("inbound", Some(i64::try_from(times * 40).unwrap())), 1);
                sums.add(value, &call("outbound", None), 1);
            }
        }
        let mut read = FieldSums::default();
        read.add_text(&sums.to_text()).unwrap();
        assert_eq!(read, sums);
        read.add_text(&sums.to_text()).unwrap();
        read.add_all(&sums, -2);
        assert_eq!(read.to_text(), "");
        for wrong in ["x", "x\t1", "x\t1 2|", "x\t1 1 0 5 y|"] {
            assert!(FieldSums::default().add_text(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_rate_has_four_digits() {
        let rates =
            [rounded_ratio(1, 3), rounded_ratio(2, 3), rounded_ratio(0, 0), rounded_ratio(5, 5)]
                .map(|rate| rate.to_string());
        assert_eq!(rates, ["0.3333", "0.6667", "0", "1"]);
    }
}
