//! Restores the state from before the page was loaded: from this tab's memory, and from the
//! server's knowledge of the agent's call.

use super::{Effect, EventDetails, FeedEvent, feed_event, page_event};
use crate::ribbon::customer::Customer;
use crate::ribbon::model::{Agent, Model, Position, RibbonCall};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Fact, Outcome, Phase};
use call_ribbon_shared::event::EventName;

/// The state that a tab stores across a reload.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct RecalledState {
    /// The agent at that time.
    pub agent: Agent,
    /// Whether it was stored a moment ago.
    pub fresh: bool,
    /// Whether the same page stored it: the page was reloaded.
    pub same_page: bool,
    /// The position of the bar.
    pub position: Position,
    /// Whether the page had hidden the ribbon.
    pub hidden: bool,
    /// Whether the ribbon was folded to a pill.
    pub minimized: bool,
    /// The customer that the page had set.
    pub customer: Option<Customer>,
    /// The call, if it is recent enough.
    pub call: Option<RecalledCall>,
}

impl RecalledState {
    /// Returns whether this page shows the customer and the call again: a page that was reloaded shows
    /// any, another page only those of a call that was in progress.
    #[must_use]
    pub fn keeps_call(&self) -> bool {
        self.same_page || self.call.as_ref().is_some_and(|call| call.live)
    }
}

/// The call that a tab showed, and its position in the feed.
#[derive(Debug, Clone)]
pub struct RecalledCall {
    /// Whether the call was in progress.
    pub live: bool,
    /// The call's events, in order; empty if there was no call.
    pub history: Vec<FeedEvent>,
    /// The events of the calls that rang meanwhile.
    pub waiting: Vec<FeedEvent>,
    /// The number of the last event received: the stream continues from there, so that the page is
    /// notified of what happened while it was loaded.
    pub last_seq: i64,
    /// When the page was notified of the call's end, if it was.
    pub over: Option<Millis>,
}

/// Shows what the tab showed before. The previous page was notified of all this; this page is not.
/// Another page shows a call that is over only if its notes are still to be saved, and names its
/// customer itself: without that, **Call** there would dial the previous page's customer.
#[inline(never)]
pub(super) fn recall_state(model: &mut Model, recalled: RecalledState) {
    let keeps = recalled.keeps_call() || model.wrap_up.is_some();
    model.customer = recalled.customer.filter(|_| keeps);
    if let Some(mut call) = recalled.call {
        if !keeps {
            // The position in the feed stays.
            call.history.clear();
        }
        // Without the agent, an answered call would look like a colleague's.
        model.agent = recalled.agent;
        for event in &call.history {
            feed_event::apply_event(model, event);
        }
        model.last_seq = Some(call.last_seq);
        if let (Some(at), Some(line)) = (call.over, &mut model.line) {
            end_here(line, at);
            line.told_end = true;
        }
        for event in &call.waiting {
            feed_event::apply_event(model, event);
        }
    }
    model.position = recalled.position;
    model.hidden = recalled.hidden;
    model.minimized = recalled.minimized;
}

/// Restores the agent's call on the first sign-in of a page. The page before a reload was notified
/// of these events; this one can call `getState`. On a later sign-in, or if the tab remembers its
/// position, the stream continues where it broke and delivers what was missed. A feed that is
/// shorter than the remembered position is a different feed.
///
/// A call that still rings is news to this page: returns its `incoming`.
pub(super) fn restore_call(
    model: &mut Model,
    agent_id: String,
    history: &[FeedEvent],
    position: i64,
) -> Vec<Effect> {
    model.agent.id = agent_id;
    if model.last_seq.is_some_and(|last| last <= position) {
        return Vec::new();
    }
    if model.last_seq.take().is_some() {
        model.line = None;
        model.call_waiting.clear();
    }
    model.last_seq = Some(0);
    for event in history {
        feed_event::handle_event(model, event);
    }
    model.last_seq = model.last_seq.max(Some(position));
    let lines = model.line.iter().chain(&model.call_waiting);
    lines
        .filter(|line| line.phase() == Phase::Incoming)
        .map(|line| {
            let at = line.call.started_at().unwrap_or_default();
            Effect::Emit(page_event(line, &EventName::Incoming, at, EventDetails::None))
        })
        .collect()
}

/// Ends a call here as its hang-up will end it at the server. Returns the end if the call was not
/// over yet.
pub(super) fn end_here(line: &mut RibbonCall, at: Millis) -> Option<Fact> {
    let (outcome, reason) = match line.phase() {
        Phase::Incoming => (Outcome::Missed, "declined"),
        Phase::Dialing | Phase::Ringing => (Outcome::NoAnswer, "cancelled"),
        Phase::Connected => (Outcome::Completed, "hangup"),
        Phase::Ended => return None,
    };
    let fact = Fact::new_end(at, outcome, reason);
    line.call.apply(&fact);
    Some(fact)
}
