//! Dates and times, in the zone of a client rather than of the reader's machine.

use super::super::dates::Day;
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    /// By zone and options: making one takes the browser far longer than using it, and a table
    /// uses the same one a hundred times.
    static MANNERS: RefCell<HashMap<String, Option<Function>>> = RefCell::new(HashMap::new());
}

const DATE_LONG: &[(&str, &str)] =
    &[("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")];
const DATE_MEDIUM: &[(&str, &str)] = &[("day", "numeric"), ("month", "short"), ("year", "numeric")];
const DATE_SHORT: &[(&str, &str)] = &[("day", "numeric"), ("month", "short")];
const WEEKDAY_LONG: &[(&str, &str)] = &[("weekday", "long")];
const WEEKDAY_SHORT: &[(&str, &str)] = &[("weekday", "short")];
const HOUR: &[(&str, &str)] = &[("hour", "numeric")];
const MOMENT: &[(&str, &str)] =
    &[("day", "numeric"), ("month", "short"), ("hour", "2-digit"), ("minute", "2-digit")];
const MOMENT_LONG: &[(&str, &str)] = &[
    ("weekday", "short"),
    ("day", "numeric"),
    ("month", "short"),
    ("year", "numeric"),
    ("hour", "2-digit"),
    ("minute", "2-digit"),
    ("second", "2-digit"),
    ("timeZoneName", "short"),
];
const CLOCK: &[(&str, &str)] = &[("hour", "2-digit"), ("minute", "2-digit")];
/// Digits in an order that is known, to be read again rather than shown.
const DIGITS: &[(&str, &str)] = &[("year", "numeric"), ("month", "2-digit"), ("day", "2-digit")];

/// What writes dates; none where the browser does not know the zone.
fn manner(locale: Option<&str>, zone: &str, options: &[(&str, &str)]) -> Option<Function> {
    let name = format!("{locale:?} {zone} {options:?}");
    MANNERS.with_borrow_mut(|known| {
        known.entry(name).or_insert_with(|| make(locale, zone, options)).clone()
    })
}

fn make(locale: Option<&str>, zone: &str, options: &[(&str, &str)]) -> Option<Function> {
    let object = Object::new();
    for (name, value) in options.iter().chain(&[("timeZone", zone)]) {
        Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let maker: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    let locale = locale.map_or(JsValue::UNDEFINED, JsValue::from_str);
    // Called by hand, since a zone that is not known throws.
    let made = Reflect::construct(&maker, &Array::of2(&locale, &object)).ok()?;
    Some(made.unchecked_into::<Intl::DateTimeFormat>().format())
}

/// A moment written in a zone; in UTC where the browser does not know that one.
fn write(date: &Date, zone: &str, options: &[(&str, &str)]) -> String {
    manner(None, zone, options)
        .or_else(|| manner(None, "UTC", options))
        .and_then(|manner| manner.call1(&JsValue::UNDEFINED, date).ok())
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

fn day(day: Day, options: &[(&str, &str)]) -> String {
    write(&Date::new(&day.iso().into()), "UTC", options)
}

/// `Sunday, 12 October 2025`.
#[must_use]
pub fn date_long(of: Day) -> String {
    day(of, DATE_LONG)
}

/// `12 Oct 2025`.
#[must_use]
pub fn date_medium(of: Day) -> String {
    day(of, DATE_MEDIUM)
}

/// `12 Oct`.
#[must_use]
pub fn date_short(of: Day) -> String {
    day(of, DATE_SHORT)
}

/// `Sunday`, of 0 to 6 from Sunday on.
#[must_use]
pub fn weekday_long(weekday: usize) -> String {
    day(Day::a_sunday().plus(i64::try_from(weekday).unwrap_or_default()), WEEKDAY_LONG)
}

/// `Sun`, of 0 to 6 from Sunday on.
#[must_use]
pub fn weekday_short(weekday: usize) -> String {
    day(Day::a_sunday().plus(i64::try_from(weekday).unwrap_or_default()), WEEKDAY_SHORT)
}

/// `6 am`, or `06` where people write it so; of 0 to 23.
#[must_use]
pub fn hour_of_day(hour: usize) -> String {
    write(&Date::new(&format!("2023-01-01T{hour:02}:00:00Z").into()), "UTC", HOUR)
}

/// `12 Oct, 10:30` of a time as the server writes it, in an IANA zone; the text itself where it
/// is none.
#[must_use]
pub fn moment(timestamp: &str, zone: &str) -> String {
    written(timestamp, zone, MOMENT)
}

/// The same with weekday, year, seconds and the zone's name, for a tooltip or one call's page.
#[must_use]
pub fn moment_long(timestamp: &str, zone: &str) -> String {
    written(timestamp, zone, MOMENT_LONG)
}

/// `10:30`.
#[must_use]
pub fn clock_time(timestamp: &str, zone: &str) -> String {
    written(timestamp, zone, CLOCK)
}

fn written(timestamp: &str, zone: &str, options: &[(&str, &str)]) -> String {
    let date = Date::new(&timestamp.into());
    if date.get_time().is_nan() {
        return timestamp.to_owned();
    }
    write(&date, zone, options)
}

/// `2 min. ago`, as the reader's language says it; `now` in milliseconds since 1970.
#[must_use]
pub fn relative(timestamp: &str, now: f64) -> String {
    let seconds = (Date::new(&timestamp.into()).get_time() - now) / 1000.0;
    if seconds.is_nan() {
        return timestamp.to_owned();
    }
    let (value, unit) = match seconds.abs() {
        away if away < 45.0 => (0.0, "second"),
        away if away < 2700.0 => (seconds / 60.0, "minute"),
        away if away < 79_200.0 => (seconds / 3600.0, "hour"),
        _ => (seconds / 86_400.0, "day"),
    };
    let options = Object::new();
    for (name, value) in [("numeric", "auto"), ("style", "short")] {
        // A plain object takes any property.
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    Intl::RelativeTimeFormat::new(&Array::new(), &options).format(value.round(), unit).into()
}

/// The moment it is, in milliseconds since 1970: the one place where the page asks for it.
#[must_use]
pub fn now() -> f64 {
    Date::now()
}

/// The day that it is in a zone at a moment.
#[must_use]
pub fn today(zone: &str, now: f64) -> Day {
    let date = Date::new(&JsValue::from_f64(now));
    // Canada's English writes dates as ISO 8601 does.
    manner(Some("en-CA"), zone, DIGITS)
        .and_then(|manner| manner.call1(&JsValue::UNDEFINED, &date).ok())
        .and_then(|text| Day::parse(&text.as_string()?))
        .unwrap_or_else(|| Day::of_epoch_ms(now))
}

/// Whether the browser knows an IANA zone of this name.
#[must_use]
pub fn is_zone(zone: &str) -> bool {
    manner(None, zone, CLOCK).is_some()
}

/// The zone of the reader's machine, for clients that have none.
#[must_use]
pub fn browser_zone() -> String {
    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"timeZone".into())
        .ok()
        .and_then(|zone| zone.as_string())
        .unwrap_or_else(|| "UTC".to_owned())
}
