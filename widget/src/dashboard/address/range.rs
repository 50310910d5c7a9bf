//! Which days a view is about, in the client's time zone.

use super::Address;
use crate::dashboard::access::Access;
use js_sys::{Date, Intl, Object, Reflect};
use wasm_bindgen::JsValue;

/// The ranges that have a name: in the address, and for people.
pub const NAMED: [(&str, &str); 9] = [
    ("today", "Today"),
    ("yesterday", "Yesterday"),
    ("week", "This week"),
    ("7d", "Last 7 days"),
    ("30d", "Last 30 days"),
    ("90d", "Last 90 days"),
    ("month", "This month"),
    ("last-month", "Last month"),
    ("year", "Last 365 days"),
];
/// The one that holds where none is chosen.
pub const USUAL: &str = "7d";

const DAY: f64 = 24.0 * 60.0 * 60.0 * 1000.0;

/// The first and the last day, both included, like `2025-10-12`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub start: String,
    /// The last.
    pub end: String,
}

/// The days that the address names. It follows the address and the client's zone.
pub fn days(address: Address) -> Days {
    let zone = Access::here().zone();
    let named = address.or("range", USUAL);
    if named == "custom"
        && let (Some(start), Some(end)) = (address.get("from"), address.get("to"))
        && is_day(&start)
        && is_day(&end)
    {
        return if start <= end { Days { start, end } } else { Days { start: end, end: start } };
    }
    of_name(&named, &today(&zone))
}

/// What the range is called.
pub fn title(address: Address) -> String {
    let named = address.or("range", USUAL);
    match NAMED.iter().find(|(name, _)| *name == named) {
        Some((_, title)) => (*title).to_owned(),
        None if named == "custom" => {
            let Days { start, end } = days(address);
            if start == end { start } else { format!("{start} to {end}") }
        }
        None => "Last 7 days".to_owned(),
    }
}

/// The days of a named range, as seen from a day.
fn of_name(name: &str, today: &str) -> Days {
    let last = |days: i32| Days { start: shifted(today, 1 - days), end: today.to_owned() };
    match name {
        "today" => last(1),
        "yesterday" => {
            let yesterday = shifted(today, -1);
            Days { start: yesterday.clone(), end: yesterday }
        }
        "week" => {
            // Weeks begin on Monday.
            let since = (weekday(today) + 6) % 7;
            Days { start: shifted(today, -since), end: today.to_owned() }
        }
        "30d" => last(30),
        "90d" => last(90),
        "year" => last(365),
        "month" => Days { start: first_of_month(today), end: today.to_owned() },
        "last-month" => {
            let end = shifted(&first_of_month(today), -1);
            Days { start: first_of_month(&end), end }
        }
        _ => last(7),
    }
}

/// Today by a zone's clocks.
pub fn today(zone: &str) -> String {
    let options = Object::new();
    // A zone that this browser does not know is passed over: then the browser's own holds.
    let known = Reflect::set(&options, &"timeZone".into(), &zone.into()).is_ok();
    debug_assert!(known, "a new object takes a property");
    // This language writes dates as 2025-10-12.
    let languages = js_sys::Array::of1(&"en-CA".into());
    let format = Intl::DateTimeFormat::new(&languages, &options);
    let written = format.format().call1(&JsValue::UNDEFINED, &Date::new_0());
    written.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// A day so many days later.
pub fn shifted(day: &str, by: i32) -> String {
    let at = Date::parse(day) + f64::from(by) * DAY;
    let text = Date::new(&at.into()).to_iso_string().as_string().unwrap_or_default();
    text.chars().take(10).collect()
}

/// The weekday, 0 (Sunday) to 6.
fn weekday(day: &str) -> i32 {
    i32::try_from(Date::new(&day.into()).get_utc_day()).unwrap_or(0)
}

fn first_of_month(day: &str) -> String {
    format!("{}-01", day.get(..7).unwrap_or(day))
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && !Date::parse(text).is_nan()
}
