//! The dashboard: a page of our own, for admins. A first one, that shows the latest calls as
//! they happen.

mod data;
mod page;
mod row;
pub mod ui;

pub use page::Page;
