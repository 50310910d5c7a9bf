//! The shapes that travel between browser and server, as the HTTP contract names them.
//!
//! What an integrator sent along (`customerData`, `context`, `metadata`, `data`) is carried as
//! the JSON text it came as ([`RawValue`]), never taken apart and put together again: numbers
//! keep every digit, objects their order, nulls their place.

mod analytics;
mod breakdown;
mod calls;
mod lists;
mod live;
mod logs;
mod problem;
mod session;
mod trends;

pub use analytics::{Analytics, DetailedAnalytics, DurationBuckets, Summary, TopCustomer};
pub use breakdown::{
    AgentFigures, AgentRow, Breakdown, BreakdownRow, DayFigures, Field, FieldType, Fields, Figures,
};
pub use calls::{
    ActiveCalls, CallHistory, CallObject, CallStarted, FollowUp, FollowUps, TimelineEntry,
};
pub use lists::{Campaign, CampaignList, CustomerList, LeadList, ListedCustomer, ListedLead};
pub use live::{CallEvent, EventsUrl};
pub use logs::{CallLogs, LogRow, Logged, Pagination};
pub use problem::Problem;
pub use session::{
    ClientAbout, ClientInfo, ConfigAnswer, Disposition, Health, InitAnswer, ProviderOffer, Usage,
};
pub use trends::{Forecast, HourOfWeek, Period, Trends};

/// JSON text that is handed on as it came.
pub use serde_json::value::RawValue;
