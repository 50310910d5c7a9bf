//! Taking up again what was there before the page was loaded: what this tab remembers, and what
//! the server knows of the agent's call.

use super::{Fed, fed};
use crate::ribbon::customer::Customer;
use crate::ribbon::model::{Agent, Line, Model, Position};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Fact, Outcome, Phase};

/// What a tab remembers over a reload.
#[derive(Debug, Clone)]
pub struct Recalled {
    /// Who the agent was.
    pub agent: Agent,
    /// It was a moment ago.
    pub fresh: bool,
    /// Where the bar stood.
    pub position: Position,
    /// Hidden by the page.
    pub hidden: bool,
    /// Folded to a pill.
    pub minimized: bool,
    /// Whom the page had set.
    pub customer: Option<Customer>,
    /// The call, where it is not too long ago.
    pub call: Option<RecalledCall>,
}

/// The call that a tab showed, and how far it had followed the feed.
#[derive(Debug, Clone)]
pub struct RecalledCall {
    /// It was going on then.
    pub live: bool,
    /// The call's events, in order; none where there was no call.
    pub history: Vec<Fed>,
    /// The events of the calls that rang in meanwhile.
    pub waiting: Vec<Fed>,
    /// How far in the client's feed we were: the stream goes on from there, so that the page
    /// hears what happened while it was loaded.
    pub last_seq: i64,
    /// When the page was told that the call is over, where it was.
    pub over: Option<Millis>,
}

/// Shows again what the tab showed. The page before was told of all this; this one is not.
pub(super) fn recall(model: &mut Model, recalled: Recalled) {
    model.customer = recalled.customer;
    if let Some(call) = recalled.call {
        // Without it an answered call looks like a colleague's.
        model.agent = recalled.agent;
        for event in &call.history {
            fed::take(model, event);
        }
        model.last_seq = Some(call.last_seq);
        if let (Some(at), Some(line)) = (call.over, &mut model.line) {
            end_here(line, at);
            line.told_end = true;
        }
        for event in &call.waiting {
            fed::take(model, event);
        }
    }
    model.position = recalled.position;
    model.hidden = recalled.hidden;
    model.minimized = recalled.minimized;
}

/// Takes up the call that the agent is in, on the first sign-in of a page. The page before a
/// reload was told of these events; this one can ask `getState`. On a later sign-in, or where
/// the tab remembers how far it was, the stream goes on where it broke and brings what was
/// missed. A feed that is shorter than what was seen of it is another one.
pub(super) fn restore(model: &mut Model, agent_id: String, history: &[Fed], position: i64) {
    model.agent.id = agent_id;
    if model.last_seq.is_some_and(|last| last <= position) {
        return;
    }
    if model.last_seq.take().is_some() {
        model.line = None;
        model.call_waiting.clear();
    }
    model.last_seq = Some(0);
    for event in history {
        fed::fed(model, event);
    }
    model.last_seq = model.last_seq.max(Some(position));
}

/// Ends a call here, as its hang-up will end it at the server. Returns the end, where it was
/// not over yet.
pub(super) fn end_here(line: &mut Line, at: Millis) -> Option<Fact> {
    let (outcome, reason) = match line.phase() {
        Phase::Incoming => (Outcome::Missed, "declined"),
        Phase::Dialing | Phase::Ringing => (Outcome::NoAnswer, "cancelled"),
        Phase::Connected => (Outcome::Completed, "hangup"),
        Phase::Ended => return None,
    };
    let fact = Fact::ended(at, outcome, reason);
    line.call.apply(&fact);
    Some(fact)
}
