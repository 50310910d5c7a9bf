//! Calls: started, controlled, logged by pages, and shown.

pub mod answering;
pub mod call_backs;
pub mod control;
pub mod dispositions;
pub mod events;
pub mod export;
mod export_table;
pub mod follow_ups;
pub mod history;
pub mod live_updates;
mod log_calls;
pub mod logs;
pub mod missed;
pub mod notes;
mod one_follow_up;
pub mod page_events;
pub mod ribbon_init;
pub mod search;
pub mod simulated;
