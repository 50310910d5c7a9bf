//! The answer of the answering endpoint: how fast incoming calls are answered.

use serde::{Deserialize, Serialize};

/// The answer to `GET /api/ribbon/analytics/answering`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Answering {
    /// The seconds within which a call counts as answered in time.
    #[cfg_attr(feature = "openapi", schema(examples(20)))]
    pub within: i64,
    /// All incoming calls of the range.
    #[serde(flatten)]
    pub all: AnsweredCalls,
    /// The longest wait of an answered call, in seconds.
    pub longest_wait: i64,
    /// The 24 hours of the day.
    pub hours: Vec<AnsweredCalls>,
    /// From when calls are counted, if the range begins earlier: the calls before it were deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(format = DateTime, nullable = false))]
    pub counted_from: Option<String>,
}

/// Incoming calls that were answered or have ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AnsweredCalls {
    /// Calls.
    pub calls: i64,
    /// Those that were answered.
    pub answered: i64,
    /// Those that were answered in time.
    pub in_time: i64,
    /// Answered calls of which the wait is not known, because nothing said when they were answered.
    pub wait_unknown: i64,
    /// The seconds that callers waited for their answer, of all answered calls together.
    pub wait_seconds: i64,
    /// The seconds that callers waited who got no answer, together.
    pub lost_seconds: i64,
}

impl AnsweredCalls {
    /// Returns the calls of which it is known whether they were answered in time.
    #[must_use]
    pub fn judged(&self) -> i64 {
        self.calls - self.wait_unknown
    }

    /// Returns the calls without an answer.
    #[must_use]
    pub fn lost(&self) -> i64 {
        self.calls - self.answered
    }

    /// Returns the mean wait of the answered calls in seconds; `None` if it is not known of any.
    #[must_use]
    pub fn mean_wait(&self) -> Option<i64> {
        mean(self.wait_seconds, self.answered - self.wait_unknown)
    }

    /// Returns the mean wait of the calls without an answer; `None` without any.
    #[must_use]
    pub fn mean_lost_wait(&self) -> Option<i64> {
        mean(self.lost_seconds, self.lost())
    }
}

/// Returns a rounded mean; `None` of nothing.
fn mean(sum: i64, count: i64) -> Option<i64> {
    (count > 0).then(|| (2 * sum + count) / (2 * count))
}
