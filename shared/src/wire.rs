//! The shapes that travel between browser and server, as the HTTP contract names them.
//!
//! What an integrator sent along (`customerData`, `context`, `metadata`, `data`) is carried as
//! the JSON text it came as ([`RawValue`]), never taken apart and put together again: numbers
//! keep every digit, objects their order, nulls their place.

mod analytics;
mod calls;
mod live;
mod logs;
mod problem;
mod session;

pub use analytics::{Analytics, DetailedAnalytics, DurationBuckets, Summary, TopCustomer};
pub use calls::{
    ActiveCalls, CallHistory, CallObject, CallStarted, FollowUp, FollowUps, TimelineEntry,
};
pub use live::{CallEvent, EventsUrl};
pub use logs::{CallLogs, LogRow, Logged, Pagination};
pub use problem::Problem;
pub use session::{
    ClientInfo, ConfigAnswer, Disposition, Health, InitAnswer, ProviderOffer, Usage,
};

/// JSON text that is handed on as it came.
pub use serde_json::value::RawValue;
