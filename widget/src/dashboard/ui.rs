//! The building blocks of the dashboard's views: cards, figures, charts, tables and fields.
//!
//! None of them knows the server: views turn answers into the plain data types defined beside each
//! component. Style sheets are in `styles/`, one file per kind of component.

mod card;
mod change;
pub mod chart;
pub mod dates;
mod export_menu;
mod figure;
pub mod format;
mod forms;
#[cfg(feature = "gallery")]
mod gallery;
mod icon;
mod menu;
mod plain_table;
mod spark;
mod states;
mod storage;
mod table;
mod tag;

pub use card::Card;
pub use change::{Better, Change, ChangeText, Trend};
pub use chart::{
    Bar, BarChart, Bars, ColumnChart, Heat, HeatCell, HeatMap, Hue, LineChart, LineData, Measure,
    Series, Share, Shares, StackedShare, Stop,
};
pub use dates::{DateRange, DateRangePicker, Day, Preset};
pub use export_menu::{ExportMenu, save_text};
pub use figure::Figure;
pub use forms::{
    Chips, Choice, Confirm, CopyButton, Field, Pages, Search, SecretOnce, SecretText, Segments,
    Select, Tabs, TextField, Toggle, focus_soon,
};
#[cfg(feature = "gallery")]
pub use gallery::Gallery;
pub use icon::Icon;
pub use menu::Menu;
pub use plain_table::{PlainTable, PlainTableView};
pub use spark::Spark;
pub use states::{Empty, Failed, Loading, NoPermission, Note};
pub use storage::{load_preference, remove_preference, save_preference};
pub use table::{Align, Column, DataTable, Sort, shown_columns};
pub use tag::{Tag, Tone};
