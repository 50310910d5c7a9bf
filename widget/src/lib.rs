//! All that runs in a browser.
//!
//! Two programs are built from here: the ribbon, which lives in other people's pages and is
//! kept small, and the dashboard, which is a page of our own. The ribbon never links the
//! dashboard.

#[cfg(feature = "dashboard")]
pub mod dashboard;
pub mod ribbon;
