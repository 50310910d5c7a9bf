//! The state of the current call, as an event for listeners that are added during it.

use super::{EventDetails, PageEvent, page_event};
use crate::ribbon::model::Model;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Phase;
use call_ribbon_shared::event::EventName;

/// Returns the event of this name, if it reports the state of the current call or of a waiting
/// call.
#[must_use]
pub fn replay_event(model: &Model, wanted: &str, now: Millis) -> Option<PageEvent> {
    let current = model.live_call()?;
    let line = match model.waiting_call() {
        Some(waiting) if wanted == "incoming" && current.phase() != Phase::Incoming => waiting,
        _ => current,
    };
    let call = &line.call;
    let (event, since) = match line.phase() {
        Phase::Dialing => (EventName::Initiated, call.started_at()),
        Phase::Ringing => (EventName::Ringing, call.started_at()),
        Phase::Incoming => (EventName::Incoming, call.started_at()),
        Phase::Connected => (EventName::Connected, call.connected_at()),
        Phase::Ended => return None,
    };
    // The seconds are those until now; the time is when it happened.
    let event = page_event(line, &event, now, EventDetails::None);
    let switch = |event: EventName, more| page_event(line, &event, now, more);
    let found = match wanted {
        "mutetoggle" if call.is_muted() => switch(EventName::MuteToggle, EventDetails::Muted(true)),
        "holdtoggle" if call.is_on_hold() => {
            switch(EventName::HoldToggle, EventDetails::OnHold(true))
        }
        _ if wanted == event.name => PageEvent { at: since.unwrap_or(now), ..event },
        _ => return None,
    };
    Some(PageEvent { replayed: true, ..found })
}
