//! Builds records of facts from providers and from the server itself.

use crate::app::App;
use crate::storage::{Client, Condition, Origin, Record, Source};
use crate::time;
use call_ribbon_shared::call::Fact;
use chrono_tz::Tz;

/// The call that a fact is about.
#[derive(Debug, Clone)]
pub struct About {
    pub client_id: String,
    pub time_zone: Tz,
    pub call_sid: String,
    pub session_id: String,
}

impl About {
    /// Refers to a client's call by its two names.
    pub fn of(client: &Client, call_sid: String, session_id: String) -> Self {
        Self { client_id: client.id.clone(), time_zone: client.time_zone, call_sid, session_id }
    }
}

/// Builds the record of a fact reported by the call's provider. An implausible time, such as 1970,
/// is replaced by the time of arrival.
pub fn from_provider(
    app: &App,
    about: &About,
    origin: Origin,
    mut fact: Fact,
    condition: Condition,
) -> Record {
    let now = app.now();
    if !time::is_plausible(fact.at, now) {
        fact.at = now;
    }
    record(app, about, fact, condition, Source::Provider, Some(origin))
}

/// Builds the record of a fact that the server has concluded.
pub fn from_system(app: &App, about: &About, fact: Fact, condition: Condition) -> Record {
    record(app, about, fact, condition, Source::System, None)
}

fn record(
    app: &App,
    about: &About,
    fact: Fact,
    condition: Condition,
    source: Source,
    origin: Option<Origin>,
) -> Record {
    let now = app.now();
    Record {
        client_id: about.client_id.clone(),
        time_zone: about.time_zone,
        call_sid: about.call_sid.clone(),
        event: fact.event().as_str().to_owned(),
        fact,
        event_id: None,
        fingerprint: None,
        source,
        data: None,
        told: None,
        domain: None,
        received_at: now,
        log_id: app.ids.id("log", now),
        session_id: about.session_id.clone(),
        origin,
        condition,
    }
}
