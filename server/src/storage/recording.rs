//! Writes facts about calls: one task gathers records, commits many in one transaction, and answers
//! each.

pub mod admission;
pub mod dedup;
pub mod group;
pub mod metrics;
pub mod notices;
pub mod record;
pub mod sink;
pub mod writer;
