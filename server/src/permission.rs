//! Whether a call may be made: what is known before its transaction, and what the transaction adds.
//!
//! Services plan a call ([`CallPlan`]), storage reads what happened before ([`CallHistory`]), and
//! both judge by the same pure function, so that a list, a replay and the dial itself agree.

mod path;
mod plan;
mod settings;

pub use path::find_text;
pub use plan::{CallHistory, CallPlan, EarlierCall, Judged, Overriding};
pub use settings::{
    LONGEST_NAME, MOST_CALL_TYPES, MOST_PACKS, OWN_PREFIX, PermissionSettings, active_packs,
    all_packs,
};
