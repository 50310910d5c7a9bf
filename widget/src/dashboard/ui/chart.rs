//! Charts. Each draws a plain data type defined beside it, and can show the same data as a table.
//!
//! Whatever can be a list is one: bars, columns and shares are lists of links, hours of the week a
//! table of links, so that anybody who can read a page can read them. Only line charts are
//! drawings; they have one focus target, from which the arrow keys move along.

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
pub use line::{LineChart, LineData, Series, Stop};
pub use measure::Measure;
pub use shares::{Share, Shares, StackedShare};
