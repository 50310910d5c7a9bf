//! The dashboard: a page of our own, for admins. A first one, that shows the latest calls as
//! they happen.

#![allow(dead_code)]

mod access;
mod address;
mod api;
mod data;
mod load;
mod page;
mod row;
pub mod ui;

pub use page::Page;
