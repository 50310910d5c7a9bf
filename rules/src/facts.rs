//! What is known about a call before it is made.

use call_ribbon_shared::Millis;
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Why a customer is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// To collect a debt.
    Recovery,
    /// To sell, or to advertise.
    Sales,
    /// About something the customer has asked for or uses.
    Service,
    /// About one transaction of the customer.
    Transactional,
}

/// Who is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Party {
    /// The customer, who owes the debt if there is one.
    Customer,
    /// A person who has guaranteed the customer's debt.
    Guarantor,
    /// Any other person: a relative, a colleague, a reference.
    Other,
}

/// How the zones of the called person are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ZoneSource {
    /// From the customer's data.
    Customer,
    /// From the number, which belongs to one zone.
    Number,
    /// From the number, which may be in several zones.
    Several,
    /// Neither says it, so the client's own zone is assumed.
    ClientDefault,
}

/// How far an attempt came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum AttemptResult {
    /// The dialed number did not ring.
    Unreached,
    /// The dialed number rang.
    Reached,
    /// Both sides talked.
    Talked,
}

/// What an attempt has in common with the call that is about to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum AttemptTo {
    /// It went to the same customer, at another number.
    Customer,
    /// It went to the same number, for another customer or none.
    Number,
    /// It went to the same customer and number.
    Both,
}

/// An earlier attempt to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Attempt<'f> {
    /// When it was made.
    pub at: Millis,
    /// How far it came.
    pub result: AttemptResult,
    /// Whether the customer had consented to this call beforehand.
    pub consented: bool,
    /// What it has in common with the call that is about to be made.
    pub to: AttemptTo,
    /// The account that it was about.
    pub account: Option<&'f str>,
}

/// What a suppression applies to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind", content = "value")]
pub enum Scope {
    /// Every call.
    All,
    /// Calls of one purpose.
    Purpose(Purpose),
    /// Calls about one account.
    Account(String),
}

/// A number or customer that must not be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suppression {
    /// What it applies to.
    pub scope: Scope,
    /// When it began to apply.
    pub at: Millis,
    /// When it ends; `None` if it does not.
    pub until: Option<Millis>,
    /// The register it comes from; `None` if the client keeps it.
    pub registry: Option<String>,
}

/// The kind of a consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentKind {
    /// The customer has said so.
    Explicit,
    /// It follows from what the customer has done.
    Inferred,
    /// The customer has asked the caller, shortly before, to be called.
    DirectPrior,
    /// The customer has bought something.
    Purchase,
    /// The customer has enquired about something.
    Enquiry,
}

/// A consent, or a relationship that counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Consent {
    /// Its kind.
    pub kind: ConsentKind,
    /// The purpose it is limited to; `None` for all purposes.
    pub purpose: Option<Purpose>,
    /// When it was given.
    pub given_at: Millis,
    /// When it ends; `None` if it does not.
    pub expires_at: Option<Millis>,
    /// When it was withdrawn; `None` if it was not.
    pub withdrawn_at: Option<Millis>,
}

/// A time of the week at which the customer does not want to be called. If it ends before it
/// begins, it ends on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct QuietTime {
    /// The days on which it begins: bit 0 is Monday, bit 6 is Sunday.
    pub weekdays: u8,
    /// When it begins, in minutes after midnight: 0 to 1439.
    pub from: u32,
    /// When it ends, in minutes after midnight: 1 to 1440.
    pub to: u32,
    /// Since when it holds.
    pub since: Millis,
    /// Until when it holds; `None` if it has no end.
    pub until: Option<Millis>,
}

/// A time of mourning, of a feast, or the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Occasion {
    /// When it begins.
    pub from: Millis,
    /// When it ends.
    pub until: Millis,
}

/// The latest import of a register of numbers that must not be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Registry {
    /// Its name, such as `us-national-dnc`.
    pub name: String,
    /// When the register's list was made.
    pub as_of: Millis,
}

/// A public holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holiday {
    /// The region that has it, such as `AU` or `US-AL`.
    pub region: String,
    /// Its date.
    pub date: NaiveDate,
}

/// All that is known about a call before it is made.
///
/// Lists are in any order. [`crate::Pack::longest_memory`] says how far back attempts are needed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Facts<'f> {
    /// Why the customer is called; `None` if the client does not say it.
    pub purpose: Option<Purpose>,
    /// Who is called; `None` if it is not known.
    pub party: Option<Party>,
    /// The account that the call is about.
    pub account: Option<&'f str>,
    /// The zones in which the called person may be: at least one. Hours must be permitted in each.
    pub zones: Vec<Tz>,
    /// How the zones are known.
    pub zone_source: Option<ZoneSource>,
    /// The regions in which the called person may be, such as `US-FL`.
    pub regions: Vec<String>,
    /// The number that the called person sees, in E.164; `None` if it is hidden or not known.
    pub caller_id: Option<&'f str>,
    /// The client's line of business, such as `bank`.
    pub sector: Option<&'f str>,
    /// Earlier attempts to reach this customer or number.
    pub attempts: Vec<Attempt<'f>>,
    /// What forbids calls to this customer or number.
    pub suppressions: Vec<Suppression>,
    /// What permits calls to this customer or number.
    pub consents: Vec<Consent>,
    /// When the customer does not want to be called.
    pub quiet_times: Vec<QuietTime>,
    /// When the customer is not to be disturbed.
    pub occasions: Vec<Occasion>,
    /// The registers that the client has imported.
    pub registries: Vec<Registry>,
    /// Public holidays around now.
    pub holidays: Vec<Holiday>,
}

impl Purpose {
    /// Reads the name of a purpose, such as `sales`, in any letter case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.trim().to_lowercase().as_str() {
            "recovery" => Some(Self::Recovery),
            "sales" => Some(Self::Sales),
            "service" => Some(Self::Service),
            "transactional" => Some(Self::Transactional),
            _ => None,
        }
    }
}

impl Consent {
    /// Returns whether the consent holds for a purpose at a time.
    #[must_use]
    pub fn holds(&self, purpose: Option<Purpose>, at: Millis) -> bool {
        self.given_at <= at
            && self.expires_at.is_none_or(|end| at < end)
            && self.withdrawn_at.is_none_or(|end| at < end)
            && self.purpose.is_none_or(|only| Some(only) == purpose)
    }
}
