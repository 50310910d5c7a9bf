//! Reads calls and their events, and stores the notes on calls.

pub mod attempts;
pub mod call_backs;
mod due;
pub mod feed;
pub mod follow_ups;
pub mod history;
pub mod logs;
pub mod lookup;
pub mod missed;
pub mod notes;
mod notes_news;
pub mod past_calls;
pub mod promises;
pub mod search;
