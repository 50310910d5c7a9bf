//! Handlers about calls: signing the ribbon in, starting, controlling, logging and showing calls.

pub mod call_backs;
pub mod control;
pub mod events;
pub mod export;
pub mod filter;
pub mod follow_ups;
pub mod history;
pub mod logs;
pub mod missed;
pub mod notes;
pub mod page_events;
pub mod ribbon_init;
pub mod start;
pub mod voice_line;
