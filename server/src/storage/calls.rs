//! Reads calls and their events, and keeps the notes on them.

pub mod feed;
pub mod history;
pub mod logs;
pub mod lookup;
pub mod notes;
pub mod search;
