//! The ribbon's state, which the interface draws.

mod agent;
mod main_action;
mod outcomes;
mod ribbon_call;

use super::customer::Customer;
use super::hidden_number::visible_part;
use super::last_word::LastWord;
use super::permission::Permission;
use super::step::Msg;
use super::words::Words;
use super::wrap_up::{Disposition, WrapUp};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Phase, Status};

pub use agent::Agent;
pub use main_action::MainAction;
pub use ribbon_call::{RibbonCall, status_outcome};

/// The position of the bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Position {
    /// Along the upper edge of the window.
    Top,
    /// Along the lower edge.
    #[default]
    Bottom,
    /// A card that can be dragged.
    Floating,
}

impl Position {
    /// Parses the word used in the API.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "top" => Some(Self::Top),
            "bottom" => Some(Self::Bottom),
            "floating" => Some(Self::Floating),
            _ => None,
        }
    }

    /// Returns the word used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Bottom => "bottom",
            Self::Floating => "floating",
        }
    }
}

/// An error for the agent to read and for the page's `onError`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RibbonError {
    /// A stable code for programs, such as `invalid_api_key`.
    pub code: String,
    /// What happened and what to do, in one or two sentences.
    pub message: String,
    /// Why a call is not permitted, as JSON.
    pub decision: Option<String>,
}

impl RibbonError {
    /// Creates an error from its code and sentence.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), decision: None }
    }
}

/// The state of the connection to the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Session {
    /// `init` was not called yet.
    #[default]
    Out,
    /// `init` was sent.
    SigningIn,
    /// Calls can be made.
    Ready,
    /// The server refused; another attempt would not help.
    Refused(RibbonError),
    /// The server could not be reached; the ribbon retries.
    Away(RibbonError),
}

/// The complete state of the ribbon.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Model {
    /// The agent's language.
    pub words: Words,
    /// The state of the connection to the server.
    pub session: Session,
    /// The position of the bar.
    pub position: Position,
    /// Whether the page has hidden the ribbon.
    pub hidden: bool,
    /// Whether the ribbon is folded to a pill.
    pub minimized: bool,
    /// Whether a call that rings has unfolded it: it folds again if nobody answers.
    pub unfolded: bool,
    /// The customer that the page set; during a call, the next one.
    pub customer: Option<Customer>,
    /// The current agent.
    pub agent: Agent,
    /// The agent to change to once no call is in progress.
    pub next_agent: Option<Agent>,
    /// Whether each `setCustomer` starts a call immediately.
    pub auto_call: bool,
    /// The current or the last call.
    pub line: Option<RibbonCall>,
    /// Calls that ring during the current one, the earliest first. None of them is over, and there
    /// are none without a current call: the first one would become the current call.
    pub call_waiting: Vec<RibbonCall>,
    /// The call to show again after the current one: one whose notes are open while another call
    /// rings, or one that was missed meanwhile.
    pub aside: Option<RibbonCall>,
    /// The notes, disposition and follow-up of the call.
    pub wrap_up: Option<WrapUp>,
    /// The client's dispositions.
    pub dispositions: Vec<Disposition>,
    /// What was said last with the customer that is shown.
    pub last_word: LastWord,
    /// The number of the agent's follow-ups that are due.
    pub due: u32,
    /// The number of callers whom the agent has to call back.
    pub missed: u32,
    /// Whether the agent may search the client's customers by name.
    pub customer_search: bool,
    /// Whether a call of this client may be forbidden: it has rules, or numbers not to be called.
    pub call_rules: bool,
    /// Whether the customer that is shown may be called.
    pub permission: Permission,
    /// The calls that the client may still start this month, and its limit.
    pub calls_left: Option<(i64, i64)>,
    /// The main button's action, and the call that it applies to.
    pub main: (MainAction, String),
    /// Incremented whenever `main` changes.
    pub changes: u32,
    /// Whether `main` has just changed: a press was meant for the earlier action and is ignored.
    pub settling: bool,
    /// The number that could not be called, if it is not the customer's.
    pub tried: String,
    /// Whether the browser would ask the agent about notifications.
    pub may_ask: bool,
    /// Whether the keypad is open.
    pub keypad: bool,
    /// The latest error, until something succeeds.
    pub trouble: Option<RibbonError>,
    /// Whether the live stream is broken and being restored.
    pub feed_down: bool,
    /// The number of the last event received; `None` before the first sign-in.
    pub last_seq: Option<i64>,
    /// Whether this tab owns the live stream; the owner rings for all tabs.
    pub owns_stream: bool,
    /// The number of calls about which something is still to be sent to the server.
    pub unsent: u32,
    /// Calls requested before the sign-in was complete.
    pub waiting: Vec<Msg>,
}

/// The look of the whole bar; the style sheet has a colour for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Signing in.
    SigningIn,
    /// No call.
    Idle,
    /// Requested, nothing rings yet.
    Dialing,
    /// The other side's phone rings.
    Ringing,
    /// An inbound call rings.
    Incoming,
    /// Both sides talk.
    Connected,
    /// The other side is on hold.
    Held,
    /// The call ended normally, or was declined.
    Ended,
    /// The line broke during the talk.
    Dropped,
    /// The call failed, or the ribbon cannot work.
    Failed,
    /// The server cannot be reached.
    Offline,
}

impl Look {
    /// Returns the word in `data-look`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SigningIn => "signing-in",
            Self::Idle => "idle",
            Self::Dialing => "dialing",
            Self::Ringing => "ringing",
            Self::Incoming => "incoming",
            Self::Connected => "connected",
            Self::Held => "on-hold",
            Self::Ended => "ended",
            Self::Dropped => "dropped",
            Self::Failed => "failed",
            Self::Offline => "offline",
        }
    }
}

impl Model {
    /// Returns the current call if it is not over.
    #[must_use]
    pub fn live_call(&self) -> Option<&RibbonCall> {
        self.line.as_ref().filter(|line| line.is_live())
    }

    /// Returns the call that rings in addition to the current one.
    #[must_use]
    pub fn waiting_call(&self) -> Option<&RibbonCall> {
        self.call_waiting.iter().find(|line| line.phase() == Phase::Incoming)
    }

    /// Returns the look of the whole bar.
    #[must_use]
    pub fn bar_look(&self) -> Look {
        if let Some(line) = &self.line {
            match line.phase() {
                Phase::Dialing => return Look::Dialing,
                Phase::Ringing => return Look::Ringing,
                Phase::Incoming => return Look::Incoming,
                Phase::Connected if line.call.is_on_hold() => return Look::Held,
                Phase::Connected => return Look::Connected,
                Phase::Ended => {}
            }
        }
        match &self.session {
            Session::Out | Session::SigningIn => return Look::SigningIn,
            Session::Refused(_) => return Look::Failed,
            Session::Away(_) => return Look::Offline,
            Session::Ready if self.feed_down => return Look::Offline,
            Session::Ready => {}
        }
        if self.trouble.is_some() {
            return Look::Failed;
        }
        let Some(line) = &self.line else { return Look::Idle };
        match line.call.status() {
            Status::Failed if line.call.was_connected() => Look::Dropped,
            Status::Missed if !line.is_missed() => Look::Ended,
            Status::Failed | Status::Busy | Status::Missed => Look::Failed,
            _ => Look::Ended,
        }
    }

    /// Returns the phase for `getState`: the look of the bar, except during after-call work.
    #[must_use]
    pub fn state_phase(&self) -> &'static str {
        match self.bar_look() {
            _ if self.has_open_notes() => "wrap-up",
            Look::Dropped => Look::Failed.as_str(),
            look => look.as_str(),
        }
    }

    /// Returns the inbound call that was missed, until the agent has turned to something else: the
    /// caller to call back.
    #[must_use]
    pub fn missed_call(&self) -> Option<&RibbonCall> {
        self.line.as_ref().filter(|line| line.is_missed())
    }

    /// Returns whether the notes on a call that is over are open.
    #[must_use]
    pub fn has_open_notes(&self) -> bool {
        self.live_call().is_none() && self.wrap_up.as_ref().is_some_and(|wrap| wrap.open)
    }

    /// Returns whether the open notes belong to this call.
    #[must_use]
    pub fn has_open_notes_on(&self, line: &RibbonCall) -> bool {
        self.wrap_up.as_ref().is_some_and(|wrap| wrap.open && wrap.session_id == line.session_id)
    }

    /// Returns the notes on the call that is shown.
    #[must_use]
    pub fn shown_notes(&self) -> Option<&WrapUp> {
        let line = self.line.as_ref()?;
        self.wrap_up.as_ref().filter(|wrap| wrap.session_id == line.session_id)
    }

    /// Returns the customer that the page set, if the call that is shown is with another one.
    #[must_use]
    pub fn next_customer(&self) -> Option<&Customer> {
        let other = |next: &&Customer| {
            let is_someone = next.is_known() || !next.phone.is_empty();
            is_someone && self.line.as_ref().is_none_or(|line| !line.is_with(next))
        };
        self.customer.as_ref().filter(other)
    }

    /// Returns the number that the bar shows because it could not be called.
    #[must_use]
    pub fn failed_number(&self) -> Option<&str> {
        let shows = self.trouble.is_some() && self.live_call().is_none() && !self.tried.is_empty();
        shows.then_some(self.tried.as_str())
    }

    /// Returns the customer that the bar shows: the call's until the agent has left the call, else
    /// the one that the page set.
    #[must_use]
    pub fn shown_customer(&self) -> Option<&Customer> {
        match &self.line {
            _ if self.failed_number().is_some() => None,
            Some(line) => line.customer.as_ref(),
            None => self.customer.as_ref(),
        }
    }

    /// Returns the number that the bar shows: of the same call or customer.
    #[must_use]
    pub fn shown_phone(&self) -> &str {
        match (self.failed_number(), &self.line, &self.customer) {
            (Some(tried), ..) => tried,
            (None, Some(line), _) => visible_part(&line.phone),
            (None, None, Some(customer)) => visible_part(&customer.phone),
            (None, None, None) => "",
        }
    }

    /// Returns when the talk began, by the server's clock, while it lasts.
    #[must_use]
    pub fn talking_since(&self) -> Option<Millis> {
        self.live_call().and_then(|line| line.call.connected_at())
    }
}
