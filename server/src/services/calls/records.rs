//! Builds records of facts from providers and from the server itself.

use super::telephony::Telephony;
use crate::storage::{CallOrigin, Client, Condition, FactSource, Record};
use crate::time;
use call_ribbon_shared::call::Fact;
use chrono_tz::Tz;

/// The call that a fact is about.
#[derive(Debug, Clone)]
pub struct CallRef {
    pub client_id: String,
    pub time_zone: Tz,
    pub call_sid: String,
    pub session_id: String,
}

impl CallRef {
    /// Refers to a client's call by its two names.
    pub fn new(client: &Client, call_sid: String, session_id: String) -> Self {
        Self { client_id: client.id.clone(), time_zone: client.time_zone, call_sid, session_id }
    }
}

/// Builds the record of a fact reported by the call's provider. An implausible time, such as 1970,
/// is replaced by the time of arrival.
pub fn from_provider(
    telephony: &Telephony,
    call_ref: &CallRef,
    origin: CallOrigin,
    mut fact: Fact,
    condition: Condition,
) -> Record {
    let now = telephony.now();
    if !time::is_plausible(fact.at, now) {
        fact.at = now;
    }
    build_record(telephony, call_ref, fact, condition, FactSource::Provider, Some(origin))
}

/// Builds the record of a fact that the server has concluded.
pub fn from_system(
    telephony: &Telephony,
    call_ref: &CallRef,
    fact: Fact,
    condition: Condition,
) -> Record {
    build_record(telephony, call_ref, fact, condition, FactSource::System, None)
}

fn build_record(
    telephony: &Telephony,
    call_ref: &CallRef,
    fact: Fact,
    condition: Condition,
    source: FactSource,
    origin: Option<CallOrigin>,
) -> Record {
    let now = telephony.now();
    Record {
        client_id: call_ref.client_id.clone(),
        time_zone: call_ref.time_zone,
        call_sid: call_ref.call_sid.clone(),
        event: fact.event_name().as_str().to_owned(),
        fact,
        event_id: None,
        fingerprint: None,
        source,
        data: None,
        told: None,
        domain: None,
        received_at: now,
        log_id: telephony.ids.new_id("log", now),
        session_id: call_ref.session_id.clone(),
        origin,
        condition,
        permission: None,
    }
}
