//! The change of a number against the previous period.

use super::format;
use super::icon::Icon;
use icondata_lu::{LuArrowDown, LuArrowUp, LuMinus};
use leptos::prelude::*;

/// A smaller change counts as none: it would be shown as 0 %.
const LEAST: f64 = 0.0005;

/// The direction of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trend {
    /// The number grew.
    Up,
    /// The number fell.
    Down,
    /// The number is the same.
    Same,
}

/// Which direction is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Better {
    /// More is better, as for answered calls.
    #[default]
    Up,
    /// Less is better, as for missed calls.
    Down,
    /// Neither, as for the duration of calls.
    Neither,
}

/// A change, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    way: Trend,
    size: Option<String>,
    before: String,
}

impl Change {
    /// Compares unbounded numbers, in percent. From zero no percentage exists, so only the
    /// direction is given.
    #[must_use]
    pub fn of_number(now: f64, before: f64, before_text: String) -> Self {
        let size = if before.abs() <= f64::EPSILON {
            f64::INFINITY
        } else {
            (now - before) / before.abs()
        };
        let same = (now - before).abs() <= f64::EPSILON || size.abs() < LEAST;
        Self {
            way: trend_of(now - before, same),
            size: (!same && size.is_finite()).then(|| format::percent(size.abs())),
            before: before_text,
        }
    }

    /// Compares shares from 0 to 1, in percentage points, because a percentage of a percentage
    /// misleads.
    #[must_use]
    pub fn of_share(now: f64, before: f64) -> Self {
        let same = (now - before).abs() < LEAST;
        Self {
            way: trend_of(now - before, same),
            size: (!same).then(|| format!("{} pts", format::points((now - before).abs()))),
            before: format::percent(before),
        }
    }

    /// Returns the direction.
    #[must_use]
    pub fn trend(&self) -> Trend {
        self.way
    }

    /// Describes the change for a sentence, such as `12% more than 1,071 before`.
    #[must_use]
    pub fn as_sentence(&self) -> String {
        let before = &self.before;
        match (self.way, &self.size) {
            (Trend::Same, _) => format!("the same as before ({before})"),
            (Trend::Up, Some(size)) => format!("{size} more than {before} before"),
            (Trend::Down, Some(size)) => format!("{size} less than {before} before"),
            (Trend::Up, None) => format!("more than {before} before"),
            (Trend::Down, None) => format!("less than {before} before"),
        }
    }

    fn tone_class(&self, better: Better) -> &'static str {
        match (self.way, better) {
            (Trend::Up, Better::Up) | (Trend::Down, Better::Down) => "good",
            (Trend::Up, Better::Down) | (Trend::Down, Better::Up) => "bad",
            (Trend::Same, _) | (_, Better::Neither) => "plain",
        }
    }
}

fn trend_of(difference: f64, same: bool) -> Trend {
    match (same, difference > 0.0) {
        (true, _) => Trend::Same,
        (false, true) => Trend::Up,
        (false, false) => Trend::Down,
    }
}

/// The change beside its number: an arrow, the amount, and the previous value. What is good or bad
/// is coloured, and also given as text for screen readers.
#[component]
pub fn ChangeText(
    /// The change.
    #[prop(into)]
    change: Signal<Change>,
    /// Which direction is good.
    #[prop(optional)]
    better: Better,
) -> impl IntoView {
    move || {
        let change = change.get();
        let (icon, word) = match change.way {
            Trend::Up => (LuArrowUp, "up "),
            Trend::Down => (LuArrowDown, "down "),
            Trend::Same => (LuMinus, "no change "),
        };
        let tone = change.tone_class(better);
        let judged = match tone {
            "good" => ", which is better",
            "bad" => ", which is worse",
            _ => "",
        };
        view! {
            <span class="change" data-tone=tone>
                <Icon of=icon />
                <span>
                    <span class="unseen">{word}</span>
                    {change.size.map(|size| format!("{size} "))}
                    <span class="soft">{format!("from {}", change.before)}</span>
                    <span class="unseen">{judged}</span>
                </span>
            </span>
        }
    }
}
