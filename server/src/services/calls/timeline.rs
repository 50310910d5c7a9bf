//! Describes a call's events in sentences: what happened, and who reported it.

use crate::event_data::SentDetails;
use crate::storage::TimelineRow;
use serde::Deserialize;

/// The parts of an event's data that a sentence uses.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EventDetails {
    provider: Option<ProviderWords>,
}

/// What a provider reported.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ProviderWords {
    name: Option<String>,
    status: Option<String>,
    matched_by: Option<String>,
}

/// Describes an event in a sentence.
pub fn summarize_event(row: &TimelineRow) -> String {
    // Data of any other form adds nothing to the event's name.
    let said: EventDetails = serde_json::from_str(&row.data).unwrap_or_default();
    let provider = said.provider.unwrap_or_default();
    let who = match (row.source.as_str(), provider.name.as_deref()) {
        (_, Some(name)) => provider_name(name),
        ("page", None) => "The page",
        ("provider", None) => "The provider",
        _ => "The server",
    };
    let what = describe_event(row, &provider);
    match provider.status.filter(|_| row.event != "provider_status") {
        Some(status) => format!("{who}: {what} ({status})."),
        None => format!("{who}: {what}."),
    }
}

fn describe_event(row: &TimelineRow, provider: &ProviderWords) -> String {
    let details = SentDetails::read(&row.data);
    let reason =
        details.reason.map(|reason| if reason == "hangup" { "hung up".to_owned() } else { reason });
    let because = reason.map(|reason| format!(", {reason}")).unwrap_or_default();
    match row.event.as_str() {
        "initiated" => "the call was requested".to_owned(),
        "ringing" => "the other side's phone rings".to_owned(),
        "incoming" => match provider.matched_by.as_deref() {
            Some("phone") => "the call rings in; the number is the customer's phone".to_owned(),
            Some("several") => "the call rings in; several customers have this number".to_owned(),
            Some(_) => "the call rings in; the number is another one of the customer's".to_owned(),
            None => "the call rings in".to_owned(),
        },
        "connected" => "connected".to_owned(),
        "callEnded" => format!("ended{because}"),
        "missed" => format!("nobody answered{because}"),
        "failed" => format!("the call failed{because}"),
        "mutetoggle" => {
            describe_switch(details.muted, "the microphone was muted", "the microphone was unmuted")
        }
        "holdtoggle" => describe_switch(details.on_hold, "put on hold", "resumed from hold"),
        "dtmf" => format!("the digit {} was sent", details.digit.unwrap_or_default()),
        "in_menu" => "the caller is in the menu; no phone rings yet".to_owned(),
        "agent_free" => "an agent's phone stopped ringing, or is free again".to_owned(),
        "details_added" => "more details of the call arrived: its agent or its start".to_owned(),
        "agent_ringing" => "the agent's own phone rings".to_owned(),
        "agent_answered" => "the agent's own phone was answered".to_owned(),
        "provider_status" => format!(
            "its status is \"{}\", which changes nothing",
            provider.status.as_deref().unwrap_or("unknown"),
        ),
        "recording_ready" => "the recording is available".to_owned(),
        other => format!("{other}{because}"),
    }
}

fn describe_switch(on: Option<bool>, yes: &str, no: &str) -> String {
    match on {
        Some(false) => no.to_owned(),
        _ => yes.to_owned(),
    }
}

/// Returns a provider's name as it spells it.
fn provider_name(name: &str) -> &str {
    match name {
        "exotel" => "Exotel",
        "tata" => "Smartflo",
        "asterisk" => "Asterisk",
        "simulator" => "The simulator",
        other => other,
    }
}
