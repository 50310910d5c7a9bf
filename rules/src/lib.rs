//! Decides whether a call may be made.
//!
//! [`decide`] is a pure function of the facts about a call ([`Facts`]), the rule packs that a client
//! has switched on ([`Pack`]) and the time. It reads no clock and no database, so the same facts
//! give the same decision on every server and in every replay of the past.
//!
//! The numbers of the law are data in the packs, each with its source and date. The packs that this
//! crate contains ([`packs::built_in`]) are a summary by engineers and no legal advice.

mod attempts;
mod decide;
mod decision;
mod facts;
mod hours;
mod needs;
mod pack;
pub mod packs;
mod work;
pub mod zones;

pub use decide::decide;
pub use decision::{Decision, Finding, Override, Reason};
pub use facts::{
    Attempt, AttemptResult, AttemptTo, Consent, ConsentKind, Facts, Holiday, Occasion, Party,
    Purpose, QuietTime, Registry, Scope, Suppression, ZoneSource,
};
pub use pack::{
    Effect, Exception, HolidayHours, MayOverride, Opening, Pack, PackError, Per, Rule, Series,
    Standing, Test, Window,
};
