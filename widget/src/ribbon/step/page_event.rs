//! Creates the events that the page receives.

use super::{EventDetails, PageEvent};
use crate::ribbon::model::RibbonCall;
use call_ribbon_shared::Millis;
use call_ribbon_shared::event::EventName;

/// Creates the page's event about a call.
pub(super) fn page_event(
    line: &RibbonCall,
    event: &EventName,
    at: Millis,
    more: EventDetails,
) -> PageEvent {
    let name = match event {
        EventName::Initiated => "dialing",
        EventName::Ringing => "ringing",
        EventName::Incoming => "incoming",
        EventName::Connected => "connected",
        EventName::CallEnded | EventName::Other(_) => "callEnded",
        EventName::Missed => "missed",
        EventName::Failed => "failed",
        EventName::MuteToggle => "mutetoggle",
        EventName::HoldToggle => "holdtoggle",
        EventName::Dtmf => "dtmf",
    };
    let talked = match line.call.connected_at() {
        Some(since) if line.is_live() => u32::try_from((at - since).max(0) / 1000).unwrap_or(0),
        _ => line.call.duration().unwrap_or(0),
    };
    PageEvent {
        name,
        call_sid: line.call_sid.clone(),
        phone: line.phone.clone(),
        direction: line.call.direction(),
        duration: talked,
        customer: line.customer.clone(),
        at,
        more,
        replayed: false,
    }
}
