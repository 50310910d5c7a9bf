//! Handlers for pages and files for browsers.

pub mod assets;
pub mod docs;
pub mod embed;
mod policy;
mod shared;
