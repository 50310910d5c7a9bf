//! Dispositions: what may come of a call, what it means, does and asks for.

use serde::{Deserialize, Serialize};

/// A possible outcome of a call, in the client's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Disposition {
    /// The code under which it is stored and counted.
    #[cfg_attr(
        feature = "openapi",
        schema(pattern = "^[A-Za-z0-9_-]{1,64}$", examples("promise_to_pay"))
    )]
    pub code: String,
    /// The text that agents see.
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 60, examples("Promise to pay"))
    )]
    pub label: String,
    /// The values of `callType` for which it is offered; if missing or empty, it is offered for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        feature = "openapi",
        schema(required = false, max_items = 20, examples(json!(["collections"])))
    )]
    pub call_types: Vec<String>,
    /// What it means; absent if it is neither a contact, a promise nor a payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub kind: Option<OutcomeKind>,
    /// What happens when an agent chooses it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false, max_items = 5))]
    pub does: Vec<OutcomeAct>,
    /// The code of the entry under which it is offered. An entry with others under it is only their
    /// heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false, examples("refused")))]
    pub parent: Option<String>,
    /// What the agent enters with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false, max_items = 10))]
    pub requires: Vec<OutcomeField>,
    /// How the call went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub outcome: Option<OutcomeResult>,
    /// After how many minutes the follow-up is due that `follow_up` or `retry` makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    // Browsers write it as they read it, and the visitor would be part of their download.
    #[cfg_attr(
        feature = "openapi",
        serde(deserialize_with = "crate::whole_number::read_optional")
    )]
    #[cfg_attr(
        feature = "openapi",
        schema(nullable = false, minimum = 1, maximum = 525_600, examples(120))
    )]
    pub follow_up_after_minutes: Option<i64>,
}

impl Disposition {
    /// Returns what it means for figures: its kind, else what its outcome says.
    #[must_use]
    pub fn meaning(&self) -> Option<OutcomeKind> {
        self.kind.or_else(|| match self.outcome? {
            OutcomeResult::Contact | OutcomeResult::Refusal => Some(OutcomeKind::Contact),
            OutcomeResult::Promise => Some(OutcomeKind::Promise),
            OutcomeResult::NoContact => None,
        })
    }
}

/// How a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutcomeResult {
    /// The right person was reached.
    Contact,
    /// The right person was not reached.
    NoContact,
    /// The right person promised to pay.
    Promise,
    /// The right person refused.
    Refusal,
}

impl OutcomeResult {
    /// Every result.
    pub const ALL: [Self; 4] = [Self::Contact, Self::NoContact, Self::Promise, Self::Refusal];

    /// Returns its name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::NoContact => "no_contact",
            Self::Promise => "promise",
            Self::Refusal => "refusal",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.as_str() == name)
    }
}

/// What an agent enters with a disposition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OutcomeField {
    /// The name of the field in `dispositionFields`.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Za-z0-9_-]{1,64}$", examples("amount")))]
    pub name: String,
    /// The text that agents see.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 60, examples("Amount")))]
    pub label: String,
    /// What is entered.
    pub kind: OutcomeFieldKind,
    /// What can be chosen, if it is a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(
        feature = "openapi",
        schema(required = false, max_items = 50, examples(json!(["UPI", "Cash"])))
    )]
    pub choices: Vec<String>,
    /// Whether it may stay empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub optional: bool,
}

/// What kind of value a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum OutcomeFieldKind {
    /// A day, as `2026-12-01`.
    Date,
    /// An amount of money: 0 or more, with up to four decimals.
    Amount,
    /// One of `choices`.
    Choice,
    /// A text of up to 1000 characters.
    Text,
}

impl OutcomeFieldKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Date, Self::Amount, Self::Choice, Self::Text];

    /// Returns its name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Amount => "amount",
            Self::Choice => "choice",
            Self::Text => "text",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What a disposition means for a business that calls about money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum OutcomeKind {
    /// The right person was reached.
    Contact,
    /// That person promised to pay.
    Promise,
    /// That person has paid.
    Payment,
}

impl OutcomeKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Contact, Self::Promise, Self::Payment];

    /// Returns its name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Promise => "promise",
            Self::Payment => "payment",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What happens when an agent chooses a disposition, in the transaction that stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutcomeAct {
    /// The number must not be called any more.
    Suppress,
    /// The number belongs to somebody else. It must not be called any more about the call's account;
    /// at all, if the account is unknown.
    WrongNumber,
    /// The consents of the number and of the customer are withdrawn.
    WithdrawConsent,
    /// The call gets a follow-up: after the entry's minutes, or on the day of its date field.
    FollowUp,
    /// The call gets a follow-up for another attempt, at a time when a call is permitted.
    Retry,
}

impl OutcomeAct {
    /// Every act.
    pub const ALL: [Self; 5] =
        [Self::Suppress, Self::WrongNumber, Self::WithdrawConsent, Self::FollowUp, Self::Retry];

    /// Returns its name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suppress => "suppress",
            Self::WrongNumber => "wrong_number",
            Self::WithdrawConsent => "withdraw_consent",
            Self::FollowUp => "follow_up",
            Self::Retry => "retry",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == name)
    }
}
