//! The code that runs in a browser.
//!
//! Two programs are built from it: the ribbon, which runs in customers' pages and is kept small,
//! and the dashboard, which is a page of its own. The ribbon never links the dashboard.

#[cfg(feature = "dashboard")]
pub mod dashboard;
pub mod ribbon;
