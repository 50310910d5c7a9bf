//! The calls that the Live view knows, and how messages of the feed change them.

use crate::dashboard::feed::FeedMessage;
use crate::dashboard::ui::Tone;
use call_ribbon_shared::call::{Direction, Status};
use call_ribbon_shared::wire::{CallEvent, CallObject, CallUpdate};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The number of finished calls that are shown, of those this page saw.
const FINISHED_SHOWN: usize = 20;
/// A call that takes longer, in seconds, is marked.
const LONG_CALL: f64 = 600.0;
/// An incoming call that waits longer for an agent, in seconds, is marked.
const LONG_WAIT: f64 = 20.0;
/// A call that rings longer on the customer's side, in seconds, is marked: networks end ringing earlier.
const LONG_RING: f64 = 120.0;

/// Calls by session id, with their latest event.
pub type Calls = BTreeMap<String, LiveCall>;

/// A call as this page knows it.
#[derive(Debug, Clone)]
pub struct LiveCall {
    pub call: CallObject,
    /// Its latest event.
    pub event: String,
    pub on_hold: bool,
}

impl LiveCall {
    /// Takes a call from the list of calls in progress.
    pub fn of_active(call: CallObject) -> Self {
        let event = call.connected_time.as_ref().map_or("ringing", |_| "connected").to_owned();
        Self { on_hold: call.on_hold.unwrap_or(false), call, event }
    }

    /// Returns whether both sides are connected.
    pub fn is_talking(&self) -> bool {
        self.call.connected_time.is_some()
    }

    /// Returns the name and colour of its state.
    pub fn state_tag(&self) -> (&'static str, Tone) {
        match (self.on_hold, self.is_talking(), self.call.call_direction) {
            (true, ..) => ("On hold", Tone::Amber),
            (false, true, _) => ("In call", Tone::Green),
            (false, false, Direction::Inbound) => ("Incoming", Tone::Blue),
            (false, false, Direction::Outbound) => ("Calling", Tone::Blue),
        }
    }

    /// Returns when its current state began, in milliseconds since 1970.
    pub fn since(&self) -> f64 {
        let since = self.call.connected_time.as_ref().unwrap_or(&self.call.start_time);
        js_sys::Date::parse(since)
    }

    /// Returns why a supervisor should look at it at a moment.
    pub fn mark(&self, now: f64) -> Option<&'static str> {
        let seconds = (now - self.since()) / 1000.0;
        match (self.is_talking(), self.call.call_direction) {
            (true, _) if seconds > LONG_CALL => Some("Long call"),
            (false, Direction::Inbound) if seconds > LONG_WAIT => Some("Waiting long"),
            (false, Direction::Outbound) if seconds > LONG_RING => Some("Ringing long"),
            _ => None,
        }
    }

    /// Returns the agent's name, or id.
    pub fn agent(&self) -> Option<&str> {
        self.call.agent_name.as_deref().or(self.call.agent_id.as_deref())
    }
}

/// Applies a message of the feed.
pub fn apply_message(
    going_on: RwSignal<Calls>,
    over: RwSignal<Vec<CallObject>>,
    message: FeedMessage,
) {
    match message {
        FeedMessage::Call(event) => apply_event(going_on, over, *event),
        FeedMessage::Updated(update) => apply_update(over, update),
    }
}

/// Shows the outcome that an agent has saved of a call that is over.
fn apply_update(over: RwSignal<Vec<CallObject>>, update: CallUpdate) {
    over.try_update(|over| {
        let call = over.iter_mut().find(|call| call.session_id == update.session_id);
        if let Some(call) = call {
            call.disposition = update.disposition;
        }
    });
}

/// Applies one event.
fn apply_event(going_on: RwSignal<Calls>, over: RwSignal<Vec<CallObject>>, event: CallEvent) {
    let name = event.session_id.clone();
    let before = going_on.try_with_untracked(|calls| calls.get(&name).cloned()).flatten();
    let connected = match event.event.as_str() {
        "connected" => Some(event.timestamp.clone()),
        _ => before.as_ref().and_then(|seen| seen.call.connected_time.clone()),
    };
    let on_hold = event.on_hold.unwrap_or(before.as_ref().is_some_and(|seen| seen.on_hold));
    let started = before.map_or_else(|| event.timestamp.clone(), |seen| seen.call.start_time);
    let (what, is_over) = (event.event.clone(), event.status != Status::Active);
    let call = call_of_event(event, started, connected);
    if is_over {
        going_on.try_update(|calls| calls.remove(&name));
        over.try_update(|over| {
            over.retain(|ended| ended.session_id != name);
            over.insert(0, call);
            over.truncate(FINISHED_SHOWN);
        });
    } else {
        going_on.try_update(|calls| calls.insert(name, LiveCall { call, event: what, on_hold }));
    }
}

/// Builds the call of an event.
fn call_of_event(
    event: CallEvent,
    start_time: String,
    connected_time: Option<String>,
) -> CallObject {
    let is_over = event.status != Status::Active;
    CallObject {
        session_id: event.session_id,
        call_sid: event.call_sid,
        client_id: String::new(),
        start_time,
        end_time: is_over.then_some(event.timestamp),
        duration: event.duration,
        phone_number: event.phone_number,
        call_direction: event.call_direction,
        customer_data: event.customer_data,
        status: event.status,
        reason: event.reason,
        agent_id: event.agent_id,
        agent_name: event.agent_name,
        provider: event.provider,
        connected_time,
        muted: None,
        on_hold: None,
        notes: None,
        disposition: None,
        disposition_fields: None,
        follow_up: None,
        notes_version: None,
        account_id: None,
        provider_call_id: None,
        provider_status: None,
        recording_url: None,
        matched_by: None,
        timeline: None,
    }
}
