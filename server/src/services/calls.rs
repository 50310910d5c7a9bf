//! Calls: starts and controls them, logs what pages report, ends lost ones, and shows them.

pub mod control;
pub mod dialing;
pub mod dispositions;
pub mod export;
pub mod history;
pub mod notes;
pub mod page_events;
pub mod records;
pub mod ribbon_init;
pub mod search;
pub mod simulation;
pub mod sweep;
pub mod timeline;
pub mod views;
