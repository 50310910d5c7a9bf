//! Formats numbers, durations, dates and plurals for people.
//!
//! The browser's `Intl` formats numbers and dates in the manner of the client's country, or in that
//! of the browser: 12,34,567 in India, 1,234,567 elsewhere.

mod duration;
mod locale;
mod moment;
mod number;

pub use duration::{duration, duration_words};
pub use locale::{use_browser_locale, use_country};
pub use moment::{
    browser_zone, clock_of_millis, clock_time, date_long, date_medium, date_short,
    half_hour_of_day, hour_of_day, is_zone, iso_of_millis, moment, moment_long, now_millis,
    relative_time, today_in, weekday_long, weekday_short,
};
pub use number::{count, decimal, money, number, percent, percent_whole, points, short_number};
