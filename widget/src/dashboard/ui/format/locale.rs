//! The manner in which numbers and dates are written.

use std::cell::RefCell;

/// Countries of common time zones, for clients that have set no country.
const COUNTRIES: [(&str, &str); 26] = [
    ("Asia/Kolkata", "IN"),
    ("Asia/Calcutta", "IN"),
    ("Asia/Dhaka", "BD"),
    ("Asia/Karachi", "PK"),
    ("Asia/Colombo", "LK"),
    ("Asia/Kathmandu", "NP"),
    ("Asia/Dubai", "AE"),
    ("Asia/Singapore", "SG"),
    ("Asia/Manila", "PH"),
    ("Europe/London", "GB"),
    ("Europe/Dublin", "IE"),
    ("Europe/Berlin", "DE"),
    ("Europe/Paris", "FR"),
    ("Europe/Madrid", "ES"),
    ("Europe/Rome", "IT"),
    ("Europe/Amsterdam", "NL"),
    ("America/New_York", "US"),
    ("America/Chicago", "US"),
    ("America/Denver", "US"),
    ("America/Los_Angeles", "US"),
    ("America/Toronto", "CA"),
    ("Australia/Sydney", "AU"),
    ("Australia/Melbourne", "AU"),
    ("Africa/Johannesburg", "ZA"),
    ("Africa/Nairobi", "KE"),
    ("Africa/Lagos", "NG"),
];

thread_local! {
    /// `None`: the browser's.
    static LOCALE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Writes numbers and dates as the browser does.
pub fn use_browser_locale() {
    LOCALE.set(None);
}

/// Writes numbers and dates in the manner of a country; without one, in that of the time zone's, if
/// it is known. Words stay English.
pub fn use_country(country: Option<&str>, zone: &str) {
    let of_zone = || COUNTRIES.iter().find(|(name, _)| *name == zone).map(|(_, country)| *country);
    let is_code = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    let country = country.filter(|code| is_code(code)).or_else(of_zone);
    LOCALE.set(country.map(|country| format!("en-{country}")));
}

/// Returns the locale; `None` means the browser's.
pub(super) fn current() -> Option<String> {
    LOCALE.with_borrow(Clone::clone)
}
