//! What was decided about calls: figures, the decisions themselves, and how near customers are to
//! the limits of the client's rules.

use serde::{Deserialize, Serialize};

/// What was decided about the calls of a range of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DecisionFigures {
    /// All decisions of the range.
    pub total: DecisionCounts,
    /// The days with a decision, in order.
    pub days: Vec<DecisionDay>,
    /// The rules that objected to a call, the most frequent first.
    pub rules: Vec<RuleFigures>,
    /// Outbound calls of the range that were only logged: something else dialed them, so no rule judged
    /// them. At most 100,000 are counted.
    pub only_logged: i64,
    /// The time from which decisions are counted; present if the range begins earlier. Those before
    /// it were deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, format = DateTime, examples("2025-10-06T00:00:00.000Z"))
    )]
    pub counted_from: Option<String>,
}

/// Decisions by what came of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecisionCounts {
    /// Calls to which no rule objected.
    pub allowed: i64,
    /// Calls that were made with a warning.
    pub warned: i64,
    /// Calls that were made because somebody overrode a rule.
    pub overridden: i64,
    /// Calls that were not made.
    pub refused: i64,
}

/// The decisions of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DecisionDay {
    /// The day.
    #[cfg_attr(feature = "openapi", schema(format = Date, examples("2025-10-12")))]
    pub date: String,
    /// Its decisions.
    #[serde(flatten)]
    pub counts: DecisionCounts,
}

/// The calls to which a rule objected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RuleFigures {
    /// The pack's name.
    #[cfg_attr(feature = "openapi", schema(examples("in-rbi-recovery")))]
    pub pack: String,
    /// The rule's id.
    #[cfg_attr(feature = "openapi", schema(examples("hours")))]
    pub rule: String,
    /// What an agent read the last time.
    #[cfg_attr(
        feature = "openapi",
        schema(examples("Recovery calls are permitted from 08:00 to 19:00 Indian time."))
    )]
    pub said: String,
    /// Calls that it forbade.
    pub forbade: i64,
    /// Calls about which it warned.
    pub warned: i64,
    /// Calls for which it was overridden.
    pub overridden: i64,
}

/// A page of decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Decisions {
    /// The latest first.
    pub decisions: Vec<DecidedCall>,
    /// The cursor of the next page; null on the last one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next_cursor: Option<String>,
}

/// A decision about a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DecidedCall {
    /// The decision's id.
    #[cfg_attr(feature = "openapi", schema(examples("dec_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub decision_id: String,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub at: String,
    /// `allowed`, `warned`, `overridden` or `refused`.
    #[cfg_attr(feature = "openapi", schema(examples("refused")))]
    pub outcome: String,
    /// The call; absent if it was not made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, examples("ses_0199d7d2c5e07c3f9a3be2b1f0c44a10"))
    )]
    pub session_id: Option<String>,
    /// The agent who asked for the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("agent1")))]
    pub agent_id: Option<String>,
    /// The agent's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Asha Rao")))]
    pub agent_name: Option<String>,
    /// The customer; absent if unknown or erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("CUST-1001")))]
    pub customer_id: Option<String>,
    /// The number; absent if the person was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("+919876543210")))]
    pub phone_number: Option<String>,
    /// Why somebody overrode a rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, examples("The customer asked for it"))
    )]
    pub override_reason: Option<String>,
    /// The rules that objected.
    pub rules: Vec<Objection>,
}

/// A rule that objected to a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Objection {
    /// The pack's name.
    #[cfg_attr(feature = "openapi", schema(examples("in-rbi-recovery")))]
    pub pack: String,
    /// The pack's version.
    pub version: u32,
    /// The rule's id.
    #[cfg_attr(feature = "openapi", schema(examples("hours")))]
    pub rule: String,
    /// `block` or `warn`.
    #[cfg_attr(feature = "openapi", schema(examples("block")))]
    pub effect: String,
    /// Whether somebody overrode it.
    pub overridden: bool,
    /// What the agent read about it.
    #[cfg_attr(
        feature = "openapi",
        schema(examples("Recovery calls are permitted from 08:00 to 19:00 Indian time."))
    )]
    pub said: String,
}

/// How near customers are to the limits on attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallLimits {
    /// The rules of the client's packs that limit attempts.
    pub limits: Vec<CallLimit>,
    /// Those with the fewest attempts left first; of these, those with the most attempts.
    pub customers: Vec<LimitedCustomer>,
    /// Whether others may be near a limit, too: not all customers were examined, or not all are
    /// listed.
    pub truncated: bool,
}

/// A rule that limits attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallLimit {
    /// The pack's name.
    #[cfg_attr(feature = "openapi", schema(examples("us-fdcpa-regf")))]
    pub pack: String,
    /// The rule's id.
    #[cfg_attr(feature = "openapi", schema(examples("seven-in-seven")))]
    pub rule: String,
    /// The most attempts.
    #[cfg_attr(feature = "openapi", schema(examples(7)))]
    pub most: u32,
    /// How many days or hours the time has in which attempts are counted.
    #[cfg_attr(feature = "openapi", schema(examples(7)))]
    pub count: u32,
    /// `days` of the called person, today included, or `hours`.
    #[cfg_attr(feature = "openapi", schema(examples("days")))]
    pub unit: String,
    /// What is counted together: `customer`, `account` or `number`.
    #[cfg_attr(feature = "openapi", schema(examples("account")))]
    pub per: String,
    /// `block` or `warn`.
    #[cfg_attr(feature = "openapi", schema(examples("block")))]
    pub effect: String,
}

/// A customer, or a number of nobody known, and the limits on attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LimitedCustomer {
    /// The customer; absent if the number belongs to nobody known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("CUST-1001")))]
    pub customer_id: Option<String>,
    /// The customer's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("Priya Nair")))]
    pub name: Option<String>,
    /// The number of the last attempt.
    #[cfg_attr(feature = "openapi", schema(examples("+919876543210")))]
    pub phone_number: String,
    /// The call of the last attempt.
    #[cfg_attr(feature = "openapi", schema(examples("ses_0199d7d2c5e07c3f9a3be2b1f0c44a10")))]
    pub session_id: String,
    /// When the last attempt was made.
    #[cfg_attr(feature = "openapi", schema(format = DateTime, examples("2025-10-12T10:30:00Z")))]
    pub last_at: String,
    /// What each rule counts, if the last call were made again now. A rule that does not judge such
    /// a call, or counts no attempt, is left out.
    pub counts: Vec<LimitCount>,
}

/// What a rule counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LimitCount {
    /// The pack's name.
    #[cfg_attr(feature = "openapi", schema(examples("us-fdcpa-regf")))]
    pub pack: String,
    /// The rule's id.
    #[cfg_attr(feature = "openapi", schema(examples("seven-in-seven")))]
    pub rule: String,
    /// The attempts so far.
    #[cfg_attr(feature = "openapi", schema(examples(6)))]
    pub made: u32,
    /// How many more are permitted now.
    #[cfg_attr(feature = "openapi", schema(examples(1)))]
    pub left: u32,
    /// When the next attempt is permitted; present if none is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, format = DateTime, examples("2025-10-19T00:00:00Z"))
    )]
    pub next_at: Option<String>,
}
