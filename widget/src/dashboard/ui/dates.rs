//! Days, ranges of days, and how one is chosen.

mod day;
mod picker;
mod preset;

pub use day::Day;
pub use picker::DateRangePicker;
pub use preset::{DateRange, Preset};
