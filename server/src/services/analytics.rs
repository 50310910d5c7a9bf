//! Figures about calls: overview, breakdown by field, trends, forecast, agents and campaigns.

pub mod agents;
pub mod answering;
pub mod breakdown;
pub mod campaigns;
pub mod daily_sums;
pub mod dates;
pub mod fields;
pub mod forecast;
pub mod funnel;
pub mod outcomes;
pub mod overview;
pub mod pivot;
pub mod promises;
pub mod rebuild;
pub mod scan;
pub mod today;
pub mod trends;
