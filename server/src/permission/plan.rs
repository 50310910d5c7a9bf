//! A call that is about to be made, and the calls before it.

use crate::secret::sha256;
use call_ribbon_rules::{
    Attempt, AttemptResult, AttemptTo, Consent, ConsentKind, Decision, Facts, Holiday, Occasion,
    Override, Pack, Party, Purpose, QuietTime, Registry, Suppression, ZoneSource, decide,
};
use call_ribbon_shared::Millis;
use chrono_tz::Tz;
use std::sync::Arc;

/// For how long a direct prior consent keeps attempts from being counted (12 CFR 1006.14(b)(3)(i)).
const DIRECT_CONSENT_HOLDS: Millis = 7 * 24 * 60 * 60 * 1000;

/// All that is known about a call before its transaction.
#[derive(Debug, Clone)]
pub struct CallPlan {
    /// The id of the decision.
    pub decision_id: String,
    /// The packs that judge the call.
    pub packs: Vec<Arc<Pack>>,
    /// The number, in the form in which it is dialed.
    pub number: String,
    /// The ways in which the number may be stored.
    pub spellings: Vec<String>,
    /// The numbers that the written one may stand for: at most five. One that is suppressed is
    /// enough to stop the call.
    pub readings: Vec<String>,
    pub customer_id: Option<String>,
    pub agent_id: Option<String>,
    pub purpose: Option<Purpose>,
    pub party: Option<Party>,
    /// The account that the call is about.
    pub account: Option<String>,
    /// The path in `customerData` at which earlier calls name theirs.
    pub account_field: String,
    /// The zones in which the called person may be: at least one.
    pub zones: Vec<Tz>,
    pub zone_source: ZoneSource,
    pub regions: Vec<String>,
    /// The number that the called person sees, in E.164.
    pub caller_id: Option<String>,
    /// The client's line of business.
    pub sector: Option<String>,
    pub overriding: Option<Overriding>,
}

/// A request to call although a rule forbids it.
#[derive(Debug, Clone)]
pub struct Overriding {
    /// The rule's id; `None` for every rule that the caller may override.
    pub rule: Option<String>,
    pub reason: String,
    /// Whether the client itself asks, not one of its agents.
    pub by_admin: bool,
}

/// What happened before a call.
#[derive(Debug, Clone, Default)]
pub struct CallHistory {
    pub calls: Vec<EarlierCall>,
    pub suppressions: Vec<Suppression>,
    pub consents: Vec<Consent>,
    pub registries: Vec<Registry>,
    pub quiet_times: Vec<QuietTime>,
    pub occasions: Vec<Occasion>,
    pub holidays: Vec<Holiday>,
}

/// An earlier call to the same customer or number.
#[derive(Debug, Clone)]
pub struct EarlierCall {
    pub call_sid: String,
    pub at: Millis,
    pub result: AttemptResult,
    pub to: AttemptTo,
    /// The account that it was about.
    pub account: Option<String>,
}

/// A decision, and the hash of the facts on which it was made.
#[derive(Debug, Clone)]
pub struct Judged {
    pub decision: Decision,
    /// The SHA-256 of the facts as JSON, in hex.
    pub facts_hash: String,
}

impl CallPlan {
    /// Returns how far back earlier calls are needed, in milliseconds; 0 if none are.
    pub fn memory(&self) -> Millis {
        self.packs.iter().map(|pack| pack.longest_memory()).max().unwrap_or(0)
    }

    /// Returns whether a pack has a rule about times or occasions at which customers do not want to
    /// be called.
    pub fn reads_quiet_times(&self) -> bool {
        self.packs.iter().any(|pack| pack.reads_quiet_times() || pack.reads_occasions())
    }

    /// Returns whether a pack has a rule about public holidays.
    pub fn reads_holidays(&self) -> bool {
        self.packs.iter().any(|pack| pack.reads_holidays())
    }

    /// Returns the regions of the number, of which there are at most two; an empty text stands for
    /// one that is missing.
    pub fn two_regions(&self) -> [&str; 2] {
        let region = |at: usize| self.regions.get(at).map_or("", String::as_str);
        [region(0), region(1)]
    }

    /// Returns whether a pack looks into registers of numbers.
    pub fn reads_registers(&self) -> bool {
        self.packs.iter().any(|pack| pack.registers().next().is_some())
    }

    /// Returns whether a pack looks into this register.
    pub fn looks_into(&self, register: &str) -> bool {
        self.packs.iter().any(|pack| pack.registers().any(|name| name == register))
    }

    /// Returns what a call to this customer or number is for another plan; `None` if the two have
    /// neither in common.
    pub fn compare_to(&self, other: &Self) -> Option<AttemptTo> {
        let number = self.spellings.iter().any(|number| other.spellings.contains(number));
        let customer = self.customer_id.is_some() && self.customer_id == other.customer_id;
        match (customer, number) {
            (true, true) => Some(AttemptTo::Both),
            (true, false) => Some(AttemptTo::Customer),
            (false, true) => Some(AttemptTo::Number),
            (false, false) => None,
        }
    }

    /// Decides whether the call may be made now.
    pub fn judge(&self, history: &CallHistory, now: Millis) -> Judged {
        let mut attempts: Vec<Attempt<'_>> =
            history.calls.iter().map(|call| to_attempt(call, &history.consents, now)).collect();
        attempts.sort_unstable_by_key(|attempt| attempt.at);
        let facts = Facts {
            purpose: self.purpose,
            party: self.party,
            account: self.account.as_deref(),
            zones: self.zones.clone(),
            zone_source: Some(self.zone_source),
            regions: self.regions.clone(),
            caller_id: self.caller_id.as_deref(),
            sector: self.sector.as_deref(),
            attempts,
            suppressions: history.suppressions.clone(),
            consents: history.consents.clone(),
            registries: history.registries.clone(),
            quiet_times: history.quiet_times.clone(),
            occasions: history.occasions.clone(),
            holidays: history.holidays.clone(),
        };
        let decision = decide(&facts, &self.packs, now);
        let overrides: Vec<Override<'_>> = self
            .overriding
            .iter()
            .map(|one| Override { rule: one.rule.as_deref(), by_admin: one.by_admin })
            .collect();
        // Texts and numbers always serialise.
        let facts = serde_json::to_vec(&facts).unwrap_or_default();
        Judged { decision: decision.with_overrides(&overrides), facts_hash: sha256(&facts) }
    }
}

/// Reads an earlier call as an attempt. Servers' clocks differ a little, and a call that is stored
/// came before this one, so it counts even if its time is later.
fn to_attempt<'c>(call: &'c EarlierCall, consents: &[Consent], now: Millis) -> Attempt<'c> {
    let consented = consents.iter().any(|consent| {
        consent.kind == ConsentKind::DirectPrior
            && consent.given_at <= call.at
            && call.at - consent.given_at <= DIRECT_CONSENT_HOLDS
    });
    Attempt {
        at: call.at.min(now),
        result: call.result,
        consented,
        to: call.to,
        account: call.account.as_deref(),
    }
}
