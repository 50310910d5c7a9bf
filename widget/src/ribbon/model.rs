//! What the ribbon knows: the one state that the interface draws.

mod agent;
mod line;
mod main_act;

use super::customer::Customer;
use super::history::History;
use super::step::Msg;
use super::words::Words;
use super::wrap_up::WrapUp;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Outcome, Phase, Status};

pub use agent::Agent;
pub use line::Line;
pub use main_act::Main;

/// Where the bar stands.
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
    /// Reads the word of the API.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "top" => Some(Self::Top),
            "bottom" => Some(Self::Bottom),
            "floating" => Some(Self::Floating),
            _ => None,
        }
    }

    /// The word of the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Bottom => "bottom",
            Self::Floating => "floating",
        }
    }
}

/// Something that went wrong, for the agent to read and for the page's `onError`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// A stable word for programs, such as `invalid_api_key`.
    pub code: String,
    /// What happened and what to do, in a sentence or two.
    pub message: String,
}

impl Trouble {
    /// A trouble by its code and sentence.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }
}

/// How the ribbon stands with the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Session {
    /// `init` was not called yet.
    #[default]
    Out,
    /// `init` is on its way.
    SigningIn,
    /// Calls can be made.
    Ready,
    /// The server said no; asking again would not help.
    Refused(Trouble),
    /// The server could not be reached; it is tried again.
    Away(Trouble),
}

/// Everything the ribbon knows.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Model {
    /// The language that the agent reads.
    pub words: Words,
    /// How it stands with the server.
    pub session: Session,
    /// Where the bar stands.
    pub position: Position,
    /// Hidden by the page.
    pub hidden: bool,
    /// Folded to a pill.
    pub minimized: bool,
    /// Whom the page set; during a call, whom to call next.
    pub customer: Option<Customer>,
    /// Who the agent is.
    pub agent: Agent,
    /// Who the agent is to be once the calls are over.
    pub next_agent: Option<Agent>,
    /// Whether each `setCustomer` calls at once.
    pub auto_call: bool,
    /// The current or the last call.
    pub line: Option<Line>,
    /// Calls that ring in meanwhile, the first one first. None is over, and none waits without a
    /// current call: then the first one is that.
    pub call_waiting: Vec<Line>,
    /// The call that is shown again after the current one: one whose notes are open while another
    /// rings in, or one that was missed meanwhile.
    pub aside: Option<Line>,
    /// What is written down about the call.
    pub wrap_up: Option<WrapUp>,
    /// The client's dispositions, as code and label.
    pub dispositions: Vec<(String, String)>,
    /// The panel of recent calls.
    pub history: History,
    /// What the main button does, and to which call.
    pub main: (Main, String),
    /// Counts how often that has changed.
    pub changes: u32,
    /// It changed just now: what is pressed was meant for what was there before, and does
    /// nothing.
    pub settling: bool,
    /// The number that could not be called, where it is not the customer's.
    pub tried: String,
    /// The browser would ask the agent about notifications.
    pub may_ask: bool,
    /// The keypad is open.
    pub keypad: bool,
    /// What went wrong last, until something goes right.
    pub trouble: Option<Trouble>,
    /// The live stream is broken and being restored.
    pub feed_down: bool,
    /// How far in the client's feed we are; `None` before the first sign-in.
    pub last_seq: Option<i64>,
    /// Whether this tab has the live stream; the one that has it rings for all.
    pub owns_stream: bool,
    /// Calls of which the server has still to be told something, where it could not be.
    pub unsent: u32,
    /// Calls that were asked for before the server took us in.
    pub waiting: Vec<Msg>,
}

/// What the bar as a whole looks like; the style sheet has a colour for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Waiting for the server's yes.
    SigningIn,
    /// Nothing to do.
    Idle,
    /// Asked for, nothing rings.
    Dialing,
    /// It rings at the other side.
    Ringing,
    /// It rings in.
    Incoming,
    /// They talk.
    Connected,
    /// The other side waits.
    Held,
    /// Over, as it should be.
    Ended,
    /// It went wrong, or the ribbon cannot work.
    Failed,
    /// The server cannot be reached.
    Offline,
}

impl Look {
    /// The word in `data-look`.
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
            Self::Failed => "failed",
            Self::Offline => "offline",
        }
    }
}

impl Model {
    /// The current call, if it is not over.
    #[must_use]
    pub fn live(&self) -> Option<&Line> {
        self.line.as_ref().filter(|line| line.is_live())
    }

    /// The call that rings in beside the current one.
    #[must_use]
    pub fn calling(&self) -> Option<&Line> {
        self.call_waiting.iter().find(|line| line.phase() == Phase::Incoming)
    }

    /// What the bar as a whole looks like.
    #[must_use]
    pub fn look(&self) -> Look {
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
            Session::Ready => {}
        }
        if self.trouble.is_some() {
            return Look::Failed;
        }
        match self.line.as_ref().map(|line| line.call.status()) {
            None => Look::Idle,
            Some(Status::Failed | Status::Busy | Status::Missed) => Look::Failed,
            Some(_) => Look::Ended,
        }
    }

    /// The phase that `getState` tells: as the bar looks, but for the agent who is writing down
    /// what came of the call.
    #[must_use]
    pub fn phase(&self) -> &'static str {
        if self.is_writing() { "wrap-up" } else { self.look().as_str() }
    }

    /// The call that came in and was missed, until the agent has turned to something else: its
    /// caller is the one to be called back.
    #[must_use]
    pub fn missed(&self) -> Option<&Line> {
        self.line.as_ref().filter(|line| line.is_missed())
    }

    /// Whether the notes on a call that is over are open.
    #[must_use]
    pub fn is_writing(&self) -> bool {
        self.live().is_none() && self.wrap_up.as_ref().is_some_and(|wrap| wrap.open)
    }

    /// Whether the notes that are open are on this call.
    #[must_use]
    pub fn is_noted(&self, line: &Line) -> bool {
        self.wrap_up.as_ref().is_some_and(|wrap| wrap.open && wrap.session_id == line.session_id)
    }

    /// The notes on the call that is shown.
    #[must_use]
    pub fn written(&self) -> Option<&WrapUp> {
        let line = self.line.as_ref()?;
        self.wrap_up.as_ref().filter(|wrap| wrap.session_id == line.session_id)
    }

    /// The customer that the page set, where the call that is shown is with somebody else.
    #[must_use]
    pub fn next(&self) -> Option<&Customer> {
        let other = |next: &&Customer| self.line.as_ref().is_none_or(|line| !line.is_with(next));
        self.customer.as_ref().filter(other)
    }

    /// The number that the bar shows because it could not be called.
    #[must_use]
    pub fn tried(&self) -> Option<&str> {
        let shows = self.trouble.is_some() && self.live().is_none() && !self.tried.is_empty();
        shows.then_some(self.tried.as_str())
    }

    /// Whom the bar shows: the customer of the call until the agent has left it, else the one
    /// that the page set.
    #[must_use]
    pub fn shown_customer(&self) -> Option<&Customer> {
        match &self.line {
            _ if self.tried().is_some() => None,
            Some(line) => line.customer.as_ref(),
            None => self.customer.as_ref(),
        }
    }

    /// The number the bar shows: of the same call or customer.
    #[must_use]
    pub fn shown_phone(&self) -> &str {
        match (self.tried(), &self.line, &self.customer) {
            (Some(tried), ..) => tried,
            (None, Some(line), _) => &line.phone,
            (None, None, Some(customer)) => &customer.phone,
            (None, None, None) => "",
        }
    }

    /// When the talk began, while it lasts, by the server's clock.
    #[must_use]
    pub fn talking_since(&self) -> Option<Millis> {
        self.live().and_then(|line| line.call.connected_at())
    }
}

/// The outcome that a status of the feed stands for, where an event ended the call.
#[must_use]
pub fn outcome_of(status: Status) -> Option<Outcome> {
    match status {
        Status::Active => None,
        Status::Completed => Some(Outcome::Completed),
        Status::Missed => Some(Outcome::Missed),
        Status::Failed => Some(Outcome::Failed),
        Status::NoAnswer => Some(Outcome::NoAnswer),
        Status::Busy => Some(Outcome::Busy),
        Status::Abandoned => Some(Outcome::Abandoned),
    }
}
