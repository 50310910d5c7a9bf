//! What the step function takes in and asks for.

use super::{Fed, Past, Recalled, Wrap};
use crate::ribbon::customer::Customer;
use crate::ribbon::model::{Position, Trouble};
use crate::ribbon::outbox::Entry;
use crate::ribbon::words::Words;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, Direction, Fact};

/// Names the promise that waits for the outcome of a message.
pub type Reply = u32;

/// Something that happened: the page called, the agent clicked, the server spoke.
#[derive(Debug, Clone)]
pub enum Msg {
    /// Sign in, with the options already in force.
    SignIn,
    /// The server took us in, as this agent.
    SignedIn { agent_id: String },
    /// The server said no, or could not be reached (`again`: worth trying again).
    SignInFailed { trouble: Trouble, again: bool },
    /// The live stream is open.
    FeedUp,
    /// The live stream broke.
    FeedDown,
    /// The server's word about a call.
    Fed(Box<Fed>),
    /// Only this page has seen it, and has told the server of it as this event.
    Seen { event_id: String, call_sid: String, fact: Fact },
    /// The page names the agent.
    Name { id: Option<String>, name: Option<String> },
    /// The page shows a customer.
    SetCustomer { customer: Customer, key: String, now: Millis },
    /// Call this number, or the customer. `key` names the attempt.
    Call { to: Option<String>, key: String, now: Millis, reply: Option<Reply> },
    /// The server started the call.
    Started { key: String, session_id: String, call_sid: String },
    /// The server did not start it.
    StartFailed { key: String, trouble: Trouble },
    /// The agent pressed a button that may have changed its meaning under the finger.
    Press(Press),
    /// The main button has meant the same for a moment.
    Settled,
    /// Do this to the current call.
    Act { action: Action, reply: Option<Reply> },
    /// Answer or decline the call that rings in beside the current one.
    ActOnWaiting(Action),
    /// The server did not do it.
    ActFailed { session_id: String, action: Action, trouble: Trouble, why: NotDone, now: Millis },
    /// This tab has the live stream now, or not any more.
    Owns(bool),
    /// In another tab the call was ended while the server is away.
    OverHere { session_id: String, at: Millis },
    /// So many calls wait in the outbox because the server could not be told.
    Unsent(u32),
    /// Move the bar.
    Place(Position),
    /// Where in the client's feed we begin, and what happened so far to the call that the
    /// agent is in: the page may have been reloaded in the middle of it.
    Restore {
        /// Who the server says we are.
        agent_id: String,
        /// The call's events, in order.
        history: Vec<Fed>,
        /// The feed's position at the sign-in.
        position: i64,
    },
    /// What this tab showed before it was reloaded, or went on to the site's next page.
    Recall(Box<Recalled>),
    /// Show or hide it.
    Show(bool),
    /// Fold or unfold it.
    Minimize(bool),
    /// Open or close the keypad.
    Keypad(bool),
    /// Send these digits, in order, after those that are still being sent.
    Digits(String),
    /// The agent has read what went wrong.
    Dismiss,
    /// About the notes on a call.
    Wrap(Wrap),
    /// About the panel of recent calls.
    Past(Past),
    /// Whether the browser would ask the agent about notifications.
    MayAsk(bool),
    /// The agent reads this language from now on.
    Speak(Words),
}

/// A button that harms where it is pressed for what stood in its place before.
#[derive(Debug, Clone)]
pub enum Press {
    /// The main button; `key` names the call that it may start.
    Main { key: String, now: Millis },
    /// Call the other side of the last call again.
    Redial { key: String, now: Millis },
    /// Decline the call that rings in.
    Decline,
    /// Answer or decline the call that rings in beside the current one.
    Waiting(Action),
}

/// Why the server did not do what was asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDone {
    /// It said no.
    Refused,
    /// The call is over or unknown there.
    Gone,
    /// It cannot be reached.
    Away,
}

/// Something to do outside.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Ask the server to sign in; on a repeat, after the usual pause.
    SignIn { again: bool },
    /// Sign in as the agent of the model, and leave what was the last one's.
    ChangeAgent,
    /// Tell the page that calls can be made.
    Ready,
    /// Tell the page what went wrong.
    Report(Trouble),
    /// Ask the server to start a call.
    Start { key: String, to: String, customer: Option<Customer>, reply: Option<Reply> },
    /// Ask the server to do something to a call.
    Act { session_id: String, action: Action, reply: Option<Reply> },
    /// Keep this until the server has it.
    Keep(Entry),
    /// Tell the page about a call.
    Emit(PageEvent),
    /// Save the notes on this call.
    Save { session_id: String, version: u32 },
    /// Save them when the agent pauses.
    SaveSoon,
    /// Try again to save them.
    SaveLater,
    /// Give the first element of this kind the keyboard's focus.
    Focus(&'static str),
    /// Ask the server what is written about this call.
    LoadNotes(String),
    /// Tell the other tabs that the agent has left this call.
    Left(String),
    /// Ask the server for recent calls.
    LoadHistory,
    /// Keep a promise that has nothing to bring.
    Resolve(Reply),
    /// Refuse a promise.
    Reject(Reply, Trouble),
}

/// An event for the page, as its listeners get it.
#[derive(Debug, Clone)]
pub struct PageEvent {
    /// Its name in the API.
    pub name: &'static str,
    /// The call's id at the provider.
    pub call_sid: String,
    /// The other side's number.
    pub phone: String,
    /// Which way the call goes.
    pub direction: Direction,
    /// Seconds talked so far, or in all.
    pub duration: u32,
    /// The customer; without one, the page gets `{phoneNumber}`.
    pub customer: Option<Customer>,
    /// When it happened, by the server's clock.
    pub at: Millis,
    /// What this event has beyond the common part.
    pub more: More,
    /// It happened before; a listener that came late is told how the call stands.
    pub replayed: bool,
}

/// What an event has beyond the common part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum More {
    /// Nothing.
    None,
    /// `status` and `reason`.
    End { status: &'static str, reason: String },
    /// `muted`.
    Muted(bool),
    /// `onHold`.
    OnHold(bool),
    /// `digit`.
    Digit(char),
}
