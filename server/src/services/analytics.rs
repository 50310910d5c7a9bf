//! Figures about calls: overview, breakdown by field, trends, forecast, agents and campaigns.

pub mod agents;
pub mod breakdown;
pub mod campaigns;
pub mod daily_sums;
pub mod dates;
pub mod fields;
pub mod forecast;
pub mod overview;
pub mod rebuild;
pub mod trends;
