//! Handlers for pages and files for browsers.

pub mod assets;
pub mod docs;
pub mod embed;
pub mod guides;
pub mod notice;
mod policy;
mod shared;
