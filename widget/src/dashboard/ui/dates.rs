//! Days, ranges of days, and a component to choose them.

mod day;
mod picker;
mod preset;

pub use day::Day;
pub use picker::DateRangePicker;
pub use preset::{DateRange, Preset};
