//! Charts. Each takes plain data that stands beside it, and can say the same as a table.
//!
//! What can be a list is one: bars, columns and shares are lists of links, hours of the week a
//! table of links, so that everybody who can read a page can read them. Only lines are drawings;
//! these have one place for the focus, from which arrow keys walk along.

mod bars;
mod columns;
mod heat;
mod hue;
mod line;
mod measure;
mod scale;
mod shares;
mod width;

pub use bars::{Bar, BarChart, Bars};
pub use columns::ColumnChart;
pub use heat::{Heat, HeatCell, HeatMap};
pub use hue::Hue;
pub use line::{Line, LineChart, Lines, Stop};
pub use measure::Measure;
pub use shares::{Share, Shares, StackedShare};
