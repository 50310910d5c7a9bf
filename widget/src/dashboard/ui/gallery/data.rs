//! Sample data for charts: hard cases, the same each time.

use crate::dashboard::ui::{
    Bar, Bars, Day, Heat, HeatCell, Hue, Line, Lines, Measure, Share, Shares, Stop, format,
};

/// Returns a number that looks random but is the same each time.
fn some(place: usize, most: u32) -> f64 {
    let place = u32::try_from(place).unwrap_or(0);
    f64::from((place.wrapping_mul(2_654_435_761) >> 16) % most)
}

fn days(count: usize) -> Vec<Stop> {
    let last = Day::a_sunday().plus(20_000);
    (0..count)
        .map(|place| {
            let day = last.plus(i64::try_from(place).unwrap_or(0) - 60);
            Stop {
                name: format::date_long(day),
                tick: format::date_short(day),
                rest: day.is_weekend(),
                href: Some(format!("#{day}")),
            }
        })
        .collect()
}

fn line(name: &str, count: usize, most: u32, hue: Hue, before: bool) -> Line {
    let values = (0..count)
        .map(|place| Some(some(place + most as usize, most) + f64::from(most) * 0.4))
        .collect();
    Line { name: name.to_owned(), values, hue, before }
}

fn over(count: usize, lines: Vec<Line>, measure: Measure) -> Lines {
    Lines { of: "Day".to_owned(), stops: days(count), lines, measure }
}

/// A month against the previous one.
pub fn month() -> Lines {
    let before = line("30 days before", 30, 700, Hue::Calls, true);
    over(30, vec![line("Calls", 30, 900, Hue::Calls, false), before], Measure::Count)
}

/// Three lines.
pub fn three() -> Lines {
    let lines = [
        ("Connected", 90, Hue::Connected),
        ("Missed", 30, Hue::Missed),
        ("Inbound", 35, Hue::Inbound),
    ];
    over(7, lines.map(|(name, most, hue)| line(name, 7, most, hue, false)).into(), Measure::Count)
}

/// A quarter of a year of durations.
pub fn season() -> Lines {
    over(90, vec![line("Handling time", 90, 400, Hue::Time, false)], Measure::Seconds)
}

/// Names of people.
pub const NAMES: [&str; 5] = [
    "Ravi Kumar",
    "लक्ष्मी नारायण श्रीवास्तव",
    "Bartholomew Featherstonehaugh-Cholmondeley",
    "<b>Asha</b>",
    "عائشة",
];

/// A bar for each person, and one for all others.
pub fn people() -> Bars {
    let one = |(place, name): (usize, &&str)| Bar {
        name: (*name).to_owned(),
        value: some(place + 3, 4000),
        second: Some(0.41 + some(place, 40) / 100.0),
        href: Some("#".to_owned()),
        rest: false,
    };
    let other =
        Bar { name: "Other".to_owned(), value: 2200.0, second: Some(0.5), href: None, rest: true };
    Bars {
        of: "Agent".to_owned(),
        value_name: "Calls".to_owned(),
        second: Some(("Picked up".to_owned(), Measure::Share)),
        bars: NAMES.iter().enumerate().map(one).chain([other]).collect(),
        ..Bars::default()
    }
}

/// Bars of a number's ranges.
pub fn buckets() -> Bars {
    let names = ["under 0", "0–30", "30–60", "60–90", "90–180", "180 and over", "missing"];
    let one = |(place, name): (usize, &&str)| Bar {
        name: (*name).to_owned(),
        value: some(place + 1, 3000),
        second: Some(0.6),
        href: Some("#".to_owned()),
        rest: place == 6,
    };
    Bars {
        of: "Days overdue".to_owned(),
        bars: names.iter().enumerate().map(one).collect(),
        ..people()
    }
}

/// More columns than have room for their numbers.
pub fn hours() -> Bars {
    let one =
        |hour: usize| Bar { name: hour.to_string(), value: some(hour, 500), ..Bar::default() };
    Bars { of: "Hour".to_owned(), bars: (0..24).map(one).collect(), ..people() }
}

/// A week with its nights.
pub fn week() -> Heat {
    let one = |place: usize| HeatCell {
        value: if (9..20).contains(&(place % 24)) { some(place, 90) } else { 0.0 },
        more: Some("61% picked up".to_owned()),
        href: Some(format!("#{place}")),
    };
    Heat { cells: (0..168).map(one).collect(), value_name: "calls".to_owned(), ..Heat::default() }
}

/// Shares of which one is almost invisible.
pub fn ends() -> Shares {
    let parts = [
        ("Completed", 612.0, Hue::Connected),
        ("No answer", 240.0, Hue::Rest),
        ("Busy", 61.0, Hue::Time),
        ("Missed", 12.0, Hue::Missed),
    ];
    let part = |(name, value, hue): (&str, f64, Hue)| Share {
        name: name.to_owned(),
        value,
        hue,
        href: Some("#".to_owned()),
    };
    Shares {
        of: "How it ended".to_owned(),
        value_name: "Calls".to_owned(),
        parts: parts.map(part).into(),
        ..Shares::default()
    }
}
