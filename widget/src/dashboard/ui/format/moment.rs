//! Formats dates and times in the client's time zone, not that of the reader's machine.

use super::super::dates::Day;
use super::locale;
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    /// Formats by zone and options: creating one takes the browser far longer than using it, and a
    /// table uses the same one a hundred times.
    static FORMATS: RefCell<HashMap<String, Option<Function>>> = RefCell::new(HashMap::new());
}

const DATE_LONG: &[(&str, &str)] =
    &[("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")];
const DATE_MEDIUM: &[(&str, &str)] = &[("day", "numeric"), ("month", "short"), ("year", "numeric")];
const DATE_SHORT: &[(&str, &str)] = &[("day", "numeric"), ("month", "short")];
const WEEKDAY_LONG: &[(&str, &str)] = &[("weekday", "long")];
const WEEKDAY_SHORT: &[(&str, &str)] = &[("weekday", "short")];
const HALF_HOUR: &[(&str, &str)] = &[("hour", "numeric"), ("minute", "2-digit")];
const HOUR: &[(&str, &str)] = &[("hour", "numeric")];
const MOMENT: &[(&str, &str)] =
    &[("day", "numeric"), ("month", "short"), ("hour", "2-digit"), ("minute", "2-digit")];
const MOMENT_OF_YEAR: &[(&str, &str)] = &[
    ("day", "numeric"),
    ("month", "short"),
    ("year", "numeric"),
    ("hour", "2-digit"),
    ("minute", "2-digit"),
];
const CLOCK_SECONDS: &[(&str, &str)] =
    &[("hour", "2-digit"), ("minute", "2-digit"), ("second", "2-digit")];
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
/// Options for digits in a known order, to be parsed rather than shown.
const DIGITS: &[(&str, &str)] = &[("year", "numeric"), ("month", "2-digit"), ("day", "2-digit")];

/// Returns a date format; `None` if the browser does not know the zone.
fn date_format(locale: Option<&str>, zone: &str, options: &[(&str, &str)]) -> Option<Function> {
    let name = format!("{locale:?} {zone} {options:?}");
    FORMATS.with_borrow_mut(|known| {
        known.entry(name).or_insert_with(|| make_format(locale, zone, options)).clone()
    })
}

fn make_format(locale: Option<&str>, zone: &str, options: &[(&str, &str)]) -> Option<Function> {
    let object = Object::new();
    for (name, value) in options.iter().chain(&[("timeZone", zone)]) {
        Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let maker: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    let locale = locale.map_or(JsValue::UNDEFINED, JsValue::from_str);
    // Called through `Reflect`, because an unknown zone throws.
    let made = Reflect::construct(&maker, &Array::of2(&locale, &object)).ok()?;
    Some(made.unchecked_into::<Intl::DateTimeFormat>().format())
}

/// Formats a moment in a zone; in UTC if the browser does not know the zone.
fn format_date(date: &Date, zone: &str, options: &[(&str, &str)]) -> String {
    let locale = locale::current();
    date_format(locale.as_deref(), zone, options)
        .or_else(|| date_format(locale.as_deref(), "UTC", options))
        .and_then(|manner| manner.call1(&JsValue::UNDEFINED, date).ok())
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

fn format_day(day: Day, options: &[(&str, &str)]) -> String {
    format_date(&Date::new(&day.to_iso().into()), "UTC", options)
}

/// Formats a day as `Sunday, 12 October 2025`.
#[must_use]
pub fn date_long(of: Day) -> String {
    format_day(of, DATE_LONG)
}

/// Formats a day as `12 Oct 2025`.
#[must_use]
pub fn date_medium(of: Day) -> String {
    format_day(of, DATE_MEDIUM)
}

/// Formats a day as `12 Oct`.
#[must_use]
pub fn date_short(of: Day) -> String {
    format_day(of, DATE_SHORT)
}

/// Returns the name of a weekday, `Sunday`; 0 to 6 from Sunday.
#[must_use]
pub fn weekday_long(weekday: usize) -> String {
    format_day(Day::a_sunday().plus_days(i64::try_from(weekday).unwrap_or_default()), WEEKDAY_LONG)
}

/// Returns the short name of a weekday, `Sun`; 0 to 6 from Sunday.
#[must_use]
pub fn weekday_short(weekday: usize) -> String {
    format_day(Day::a_sunday().plus_days(i64::try_from(weekday).unwrap_or_default()), WEEKDAY_SHORT)
}

/// Returns an hour of the day as `6 am`, or as `06` in locales that write it so; 0 to 23.
#[must_use]
pub fn hour_of_day(hour: usize) -> String {
    format_date(&Date::new(&format!("2023-01-01T{hour:02}:00:00Z").into()), "UTC", HOUR)
}

/// Returns the beginning of a half hour of the day, 0 to 47, as `9:30 am` or `09:30`.
#[must_use]
pub fn half_hour_of_day(half: usize) -> String {
    let (hour, minutes) = (half / 2, if half.is_multiple_of(2) { "00" } else { "30" });
    let at = format!("2023-01-01T{hour:02}:{minutes}:00Z");
    format_date(&Date::new(&at.into()), "UTC", HALF_HOUR)
}

/// Formats a server timestamp in an IANA zone as `today, 10:30`, `yesterday, 10:30` or
/// `12 Oct, 10:30`, with the year if it is not this one; returns the text itself if it is not a
/// time.
#[must_use]
pub fn moment(timestamp: &str, zone: &str) -> String {
    let at = Date::parse(timestamp);
    if at.is_nan() {
        return timestamp.to_owned();
    }
    let (day, today) = (today_in(zone, at), today_in(zone, now_millis()));
    match today.days_since(day) {
        0 => format!("today, {}", clock_time(timestamp, zone)),
        1 => format!("yesterday, {}", clock_time(timestamp, zone)),
        _ if day.to_iso().get(..4) == today.to_iso().get(..4) => {
            format_timestamp(timestamp, zone, MOMENT)
        }
        _ => format_timestamp(timestamp, zone, MOMENT_OF_YEAR),
    }
}

/// Formats a moment, in milliseconds since 1970, as `10:30:05`.
#[must_use]
pub fn clock_of_millis(at: f64, zone: &str) -> String {
    format_date(&Date::new(&JsValue::from_f64(at)), zone, CLOCK_SECONDS)
}

/// Returns a moment, in milliseconds since 1970, as a timestamp of the API.
#[must_use]
pub fn iso_of_millis(at: f64) -> String {
    Date::new(&JsValue::from_f64(at)).to_iso_string().into()
}

/// Formats a timestamp with weekday, year, seconds and the zone's name, for a tooltip or a call's
/// page.
#[must_use]
pub fn moment_long(timestamp: &str, zone: &str) -> String {
    format_timestamp(timestamp, zone, MOMENT_LONG)
}

/// Formats a timestamp as `10:30`.
#[must_use]
pub fn clock_time(timestamp: &str, zone: &str) -> String {
    format_timestamp(timestamp, zone, CLOCK)
}

fn format_timestamp(timestamp: &str, zone: &str, options: &[(&str, &str)]) -> String {
    let date = Date::new(&timestamp.into());
    if date.get_time().is_nan() {
        return timestamp.to_owned();
    }
    format_date(&date, zone, options)
}

/// Formats the time since a timestamp as `2 min. ago`, in the reader's language; `now` is in
/// milliseconds since 1970.
#[must_use]
pub fn relative_time(timestamp: &str, now: f64) -> String {
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
        // A property of a plain object can always be set.
        let _ = Reflect::set(&options, &name.into(), &value.into());
    }
    Intl::RelativeTimeFormat::new(&Array::new(), &options).format(value.round(), unit).into()
}

/// Returns the current time in milliseconds since 1970: the only place where the page reads the
/// clock.
#[must_use]
pub fn now_millis() -> f64 {
    Date::now()
}

/// Returns the date in a zone at a moment.
#[must_use]
pub fn today_in(zone: &str, now: f64) -> Day {
    let date = Date::new(&JsValue::from_f64(now));
    // Canadian English writes dates as ISO 8601 does.
    date_format(Some("en-CA"), zone, DIGITS)
        .and_then(|manner| manner.call1(&JsValue::UNDEFINED, &date).ok())
        .and_then(|text| Day::parse(&text.as_string()?))
        .unwrap_or_else(|| Day::of_epoch_ms(now))
}

/// Returns whether the browser knows an IANA zone of this name.
#[must_use]
pub fn is_zone(zone: &str) -> bool {
    date_format(None, zone, CLOCK).is_some()
}

/// Returns the zone of the reader's machine, for clients without one.
#[must_use]
pub fn browser_zone() -> String {
    let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    Reflect::get(&options, &"timeZone".into())
        .ok()
        .and_then(|zone| zone.as_string())
        .map_or_else(|| "UTC".to_owned(), current_zone_name)
}

/// Returns the present name of a zone that browsers call by the one that it had before.
fn current_zone_name(zone: String) -> String {
    match zone.as_str() {
        "Asia/Calcutta" => "Asia/Kolkata".to_owned(),
        "Asia/Katmandu" => "Asia/Kathmandu".to_owned(),
        "Asia/Rangoon" => "Asia/Yangon".to_owned(),
        "Asia/Saigon" => "Asia/Ho_Chi_Minh".to_owned(),
        "Europe/Kiev" => "Europe/Kyiv".to_owned(),
        "America/Buenos_Aires" => "America/Argentina/Buenos_Aires".to_owned(),
        _ => zone,
    }
}
