//! Calls: starts and controls them, records what pages and providers report, ends lost ones, and shows them.

pub mod call_backs;
pub mod check;
pub mod control;
pub mod dialing;
pub mod dispositions;
pub mod export;
pub mod fingerprint;
pub mod follow_ups;
pub mod history;
pub mod merged_values;
pub mod missed;
pub mod notes;
pub mod outcome_acts;
pub mod outcome_fields;
pub mod page_events;
pub mod pieces;
pub mod records;
pub mod reports;
pub mod ribbon_init;
pub mod search;
pub mod simulation;
pub mod sweep;
pub mod telephony;
pub mod timeline;
pub mod views;
pub mod voice_line;
