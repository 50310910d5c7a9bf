//! Sample data for charts: hard cases, the same each time.

use crate::dashboard::ui::{
    Bar, Bars, Day, Heat, HeatCell, Hue, LineData, Measure, Series, Share, Shares, Stop, format,
};

/// Returns a number that looks random but is the same each time.
fn pseudo_random(place: usize, most: u32) -> f64 {
    let place = u32::try_from(place).unwrap_or(0);
    f64::from((place.wrapping_mul(2_654_435_761) >> 16) % most)
}

fn day_stops(count: usize) -> Vec<Stop> {
    let last = Day::a_sunday().plus_days(20_000);
    (0..count)
        .map(|place| {
            let day = last.plus_days(i64::try_from(place).unwrap_or(0) - 60);
            Stop {
                name: format::date_long(day),
                tick: format::date_short(day),
                rest: day.is_weekend(),
                href: Some(format!("#{day}")),
            }
        })
        .collect()
}

fn sample_line(name: &str, count: usize, most: u32, hue: Hue, before: bool) -> Series {
    let values = (0..count)
        .map(|place| Some(pseudo_random(place + most as usize, most) + f64::from(most) * 0.4))
        .collect();
    Series { name: name.to_owned(), values, hue, before }
}

fn lines_over_days(count: usize, lines: Vec<Series>, measure: Measure) -> LineData {
    LineData {
        of: "Day".to_owned(),
        stops: day_stops(count),
        lines,
        measure,
        is_last_partial: false,
    }
}

/// A month against the previous one.
pub fn month_lines() -> LineData {
    let before = sample_line("30 days before", 30, 700, Hue::Calls, true);
    lines_over_days(
        30,
        vec![sample_line("Calls", 30, 900, Hue::Calls, false), before],
        Measure::Count,
    )
}

/// Three lines.
pub fn three_lines() -> LineData {
    let lines = [
        ("Connected", 90, Hue::Connected),
        ("Missed", 30, Hue::Missed),
        ("Inbound", 35, Hue::Inbound),
    ];
    lines_over_days(
        7,
        lines.map(|(name, most, hue)| sample_line(name, 7, most, hue, false)).into(),
        Measure::Count,
    )
}

/// A quarter of a year of durations.
pub fn season_lines() -> LineData {
    lines_over_days(
        90,
        vec![sample_line("Handling time", 90, 400, Hue::Time, false)],
        Measure::Seconds,
    )
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
pub fn agent_bars() -> Bars {
    let one = |(place, name): (usize, &&str)| Bar {
        name: (*name).to_owned(),
        value: pseudo_random(place + 3, 4000),
        second: Some(0.41 + pseudo_random(place, 40) / 100.0),
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
pub fn range_bars() -> Bars {
    let names = ["under 0", "0–30", "30–60", "60–90", "90–180", "180 and over", "missing"];
    let one = |(place, name): (usize, &&str)| Bar {
        name: (*name).to_owned(),
        value: pseudo_random(place + 1, 3000),
        second: Some(0.6),
        href: Some("#".to_owned()),
        rest: place == 6,
    };
    Bars {
        of: "Days overdue".to_owned(),
        bars: names.iter().enumerate().map(one).collect(),
        ..agent_bars()
    }
}

/// More columns than have room for their numbers.
pub fn hour_bars() -> Bars {
    let one = |hour: usize| Bar {
        name: hour.to_string(),
        value: pseudo_random(hour, 500),
        ..Bar::default()
    };
    Bars { of: "Hour".to_owned(), bars: (0..24).map(one).collect(), ..agent_bars() }
}

/// A week with its nights.
pub fn week_heat() -> Heat {
    let one = |place: usize| HeatCell {
        is_faint: false,
        value: if (9..20).contains(&(place % 24)) { pseudo_random(place, 90) } else { 0.0 },
        more: Some("61% picked up".to_owned()),
        href: Some(format!("#{place}")),
    };
    Heat { cells: (0..168).map(one).collect(), value_name: "calls".to_owned(), ..Heat::default() }
}

/// Shares of which one is almost invisible.
pub fn end_shares() -> Shares {
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
