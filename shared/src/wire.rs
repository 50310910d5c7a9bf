//! The types exchanged between browser and server, named as in the HTTP contract.
//!
//! An integrator's own data (`customerData`, `context`, `metadata`, `data`) stays the JSON text
//! that it arrived as ([`RawValue`]) and is never parsed and written again: numbers keep every
//! digit, objects their order, nulls their place.

mod analytics;
mod answering;
mod breakdown;
mod call_backs;
mod calls;
mod decisions;
mod dispositions;
mod funnel;
mod lists;
mod live;
mod logs;
mod outcomes;
mod permission;
mod pivot;
mod problem;
mod promises;
mod quiet_times;
mod session;
mod today;
mod trends;

pub use analytics::{Analytics, DetailedAnalytics, DurationBuckets, Summary, TopCustomer};
pub use answering::{AnsweredCalls, Answering};
pub use breakdown::{
    AgentFigures, AgentRow, Breakdown, BreakdownRow, DayFigures, Field, FieldType, Fields, Figures,
};
pub use call_backs::{CallBackCaller, CallBackFigures, CallBacks, CalledBack};
pub use calls::{
    ActiveCalls, CallHistory, CallObject, CallStarted, FollowUp, FollowUps, MissedCaller,
    MissedCalls, TimelineEntry,
};
pub use decisions::{
    CallLimit, CallLimits, DecidedCall, DecisionCounts, DecisionDay, DecisionFigures, Decisions,
    LimitCount, LimitedCustomer, Objection, RuleFigures,
};
pub use dispositions::{
    Disposition, OutcomeAct, OutcomeField, OutcomeFieldKind, OutcomeKind, OutcomeResult,
};
pub use funnel::{
    AttemptFigures, AttemptHour, Funnel, HourFigures, LeadCohort, LeadFunnel, ReachCounts,
};
pub use lists::{
    Campaign, CampaignList, CustomerLead, CustomerLeads, CustomerList, LeadList, LeadStatus,
    ListedCustomer, ListedLead,
};
pub use live::{CallEvent, CallUpdate, EventsUrl};
pub use logs::{CallLogs, LogRow, Logged, Pagination};
pub use outcomes::{OutcomeCounts, OutcomeFigures, OutcomeGroup, Outcomes, Rate};
pub use permission::{
    BadLine, Consent, Consents, Ended, Suppression, SuppressionImport, SuppressionImports,
    Suppressions,
};
pub use pivot::{GroupKind, Pivot, PivotAxis, PivotCell, PivotGroup};
pub use problem::Problem;
pub use promises::{Promise, PromiseFigures, PromiseGroup, PromiseState, Promises};
pub use quiet_times::{JudgedBy, PublicHoliday, PublicHolidays, QuietTime, QuietTimes};
pub use session::{
    ClientAbout, ClientInfo, ConfigAnswer, FieldLabel, Health, IceServer, InitAnswer, MergedValue,
    ProviderOffer, Usage, VoiceLine,
};
pub use today::{AgentProgress, HalfHour, Target, Targets, TeamProgress, Today};
pub use trends::{Forecast, HourOfWeek, Period, Trends};

/// JSON text that is passed on unchanged.
pub use serde_json::value::RawValue;
