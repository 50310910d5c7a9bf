//! The messages and effects of the step function.

use super::{FeedEvent, PermissionMsg, RecalledState, WrapUpMsg};
use crate::ribbon::customer::Customer;
use crate::ribbon::last_word::LastWord;
use crate::ribbon::model::{Position, RibbonError};
use crate::ribbon::outbox::Entry;
use crate::ribbon::words::Words;
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Action, Direction, Fact};

/// The id of the promise that waits for the outcome of a message.
pub type Reply = u32;

/// A message: the page called, the agent clicked, or the server answered.
#[derive(Debug, Clone)]
pub enum Msg {
    /// Sign in, with the current options.
    SignIn,
    /// The sign-in succeeded, as this agent.
    SignedIn { agent_id: String },
    /// The server refused, or could not be reached (`again`: worth trying again).
    SignInFailed { trouble: RibbonError, again: bool },
    /// The live stream is open.
    FeedUp,
    /// The live stream broke.
    FeedDown,
    /// An event about a call arrived.
    FeedEvent(Box<FeedEvent>),
    /// Only this page has observed the fact, and has sent it to the server as this event.
    Seen { event_id: String, call_sid: String, fact: Fact },
    /// The page names the agent.
    NameAgent { id: Option<String>, name: Option<String> },
    /// The page sets a customer.
    SetCustomer { customer: Customer, key: String, now: Millis },
    /// Call this number, or the customer. `key` identifies the attempt.
    Call { to: Option<String>, key: String, now: Millis, reply: Option<Reply> },
    /// The server started the call.
    Started { key: String, session_id: String, call_sid: String },
    /// The server did not start it.
    StartFailed { key: String, trouble: RibbonError },
    /// The agent pressed a button whose action may have just changed.
    Press(Press),
    /// The main button's action has been stable for a moment.
    Settled,
    /// Perform this action on the current call.
    Act { action: Action, reply: Option<Reply> },
    /// Answer or decline the call that rings during the current one.
    ActOnWaiting(Action),
    /// The action failed.
    ActFailed {
        session_id: String,
        action: Action,
        trouble: RibbonError,
        why: ActionFailure,
        now: Millis,
    },
    /// Whether this tab owns the live stream now.
    OwnsStream(bool),
    /// The call was ended in another tab while the server is away.
    EndedInOtherTab { session_id: String, at: Millis },
    /// The number of calls in the outbox, because the server could not be reached.
    Unsent(u32),
    /// Move the bar.
    SetPosition(Position),
    /// The feed position at which the ribbon begins, and the events so far of the agent's call: the
    /// page may have been reloaded during it.
    Restore {
        /// The agent according to the server.
        agent_id: String,
        /// The call's events, in order.
        history: Vec<FeedEvent>,
        /// The feed's position at the sign-in.
        position: i64,
    },
    /// What this tab showed before it was reloaded, or navigated within the site.
    Recall(Box<RecalledState>),
    /// Show or hide it.
    SetVisible(bool),
    /// Fold or unfold it.
    Minimize(bool),
    /// Open or close the keypad.
    Keypad(bool),
    /// Send these digits, in order, after those that are still being sent.
    Digits(String),
    /// Dismiss the error.
    Dismiss,
    /// About permission to call.
    Permission(PermissionMsg),
    /// About the notes on a call.
    WrapUp(WrapUpMsg),
    /// What was said last with a customer.
    LastWord(Box<LastWord>),
    /// How many follow-ups are due, and how many missed callers wait.
    Counts { due: u32, missed: u32 },
    /// What the client's plan and key allow the agent.
    Plan { calls_left: Option<(i64, i64)>, customer_search: bool, call_rules: bool },
    /// Call this customer, whatever customer is shown.
    CallCustomer { customer: Customer, key: String, now: Millis },
    /// Whether the browser would ask the agent about notifications.
    MayAsk(bool),
    /// Change the agent's language.
    SetLanguage(Words),
}

/// A press of a button that does harm if it was meant for the button's earlier action.
#[derive(Debug, Clone)]
pub enum Press {
    /// The main button; `key` identifies the call that it may start.
    Main { key: String, now: Millis },
    /// Call the other side of the last call again.
    Redial { key: String, now: Millis },
    /// Decline the ringing call.
    Decline,
    /// Answer or decline the call that rings during the current one.
    Waiting(Action),
}

/// Why the server did not perform an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionFailure {
    /// The server refused.
    Refused,
    /// The call is over or unknown at the server.
    Gone,
    /// The server cannot be reached.
    Away,
}

/// A side effect for the runtime to carry out.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Sign in at the server; on a repeat, after the usual pause.
    SignIn { again: bool },
    /// Sign in as the model's agent, and leave everything of the last agent.
    ChangeAgent,
    /// Notify the page that calls can be made.
    Ready,
    /// Report an error to the page.
    Report(RibbonError),
    /// Ask the server to start a call; `reason` says why, although a rule objects.
    Start {
        key: String,
        to: String,
        customer: Option<Customer>,
        reply: Option<Reply>,
        reason: Option<String>,
    },
    /// Ask the server whether this call may be made: for the bar, or for the page (`reply`).
    Check { asked: u32, to: String, customer: Option<Customer>, reply: Option<Reply> },
    /// Put the server's decision about a call into the agent's words.
    Explain { asked: u32, said: String, decision: String },
    /// Let the agent write why to call all the same.
    AskReason,
    /// Ask the server to perform an action on a call.
    Act { session_id: String, action: Action, reply: Option<Reply> },
    /// Store this in the outbox until the server has it.
    Keep(Entry),
    /// Send an event about a call to the page.
    Emit(PageEvent),
    /// Save the notes on this call.
    Save { session_id: String, version: u32 },
    /// Save the notes when the agent pauses.
    SaveSoon,
    /// Retry to save the notes.
    SaveLater,
    /// Move the keyboard focus to the first matching element.
    Focus(&'static str),
    /// Request the notes on this call from the server.
    LoadNotes(String),
    /// Notify the other tabs that the agent has left this call.
    Left(String),
    /// Request what was said last with this customer; without an id, only end the running request.
    LoadLastWord(String),
    /// Resolve a promise without a value.
    Resolve(Reply),
    /// Reject a promise.
    Reject(Reply, RibbonError),
}

/// An event for the page, as its listeners receive it.
#[derive(Debug, Clone)]
pub struct PageEvent {
    /// Its name in the API.
    pub name: &'static str,
    /// The call's id at the provider.
    pub call_sid: String,
    /// The other side's number.
    pub phone: String,
    /// The direction of the call.
    pub direction: Direction,
    /// Seconds of talk so far, or in total.
    pub duration: u32,
    /// The customer; without one, the page gets `{phoneNumber}`.
    pub customer: Option<Customer>,
    /// When it happened, by the server's clock.
    pub at: Millis,
    /// The fields of this event beyond the common ones.
    pub more: EventDetails,
    /// Whether it happened before; a listener that was added late receives the call's state.
    pub replayed: bool,
}

/// The fields of an event beyond the common ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventDetails {
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
    /// `decision`, as JSON.
    NotPermitted(String),
}
