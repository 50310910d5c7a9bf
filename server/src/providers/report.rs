//! What a provider tells of a call.

use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Direction, Fact};
use serde_json::{Map, Value};

/// A word longer than this is none, and not worth showing.
pub const LONGEST_WORD: usize = 64;

/// A call that a provider has taken on.
#[derive(Debug, Clone, Default)]
pub struct Placed {
    /// The provider's name for it, where it said one.
    pub provider_call_id: Option<String>,
    /// What is known of it at once.
    pub facts: Vec<Fact>,
    /// The provider's own word for how it stands.
    pub raw_status: Option<String>,
}

/// Which part of a call a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// The call as a whole.
    #[default]
    Call,
    /// The caller waits in a menu, and no agent's phone rings yet.
    Menu,
    /// One agent's: where it is over, the call may go on with another agent.
    OneAgent,
}

/// What a provider tells of one call, by itself or when it was asked.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Our name for the call, where the provider handed it back.
    pub session_id: Option<String>,
    /// The provider's name for the call.
    pub provider_call_id: Option<String>,
    /// Another name of the provider's for it, which its answer may have given.
    pub also_called: Option<String>,
    /// What happened, each with its own time. A word that is not known is no fact: it stands in
    /// `raw_status` and changes nothing.
    pub facts: Vec<Fact>,
    /// Which way the call goes, where that is said.
    pub direction: Option<Direction>,
    /// The customer's number as the provider writes it.
    pub customer_number: Option<String>,
    /// The numbers on our side: the agent's and the virtual one. They are no customer's.
    pub own_numbers: Vec<String>,
    /// What the provider calls the agent who has the call or is rung, in each way that it says:
    /// numbers, names, addresses.
    pub agent_at_provider: Vec<String>,
    /// Whether that agent answered; else the agent was only rung.
    pub agent_answered: bool,
    /// Which part of the call it is about.
    pub part: Part,
    /// When the call began, where that is said.
    pub began: Option<Millis>,
    /// The provider's own word for how the call stands.
    pub raw_status: Option<String>,
    /// Where the recording is.
    pub recording_url: Option<String>,
    /// What else is worth showing in the call's timeline, by the provider's own names: the legs'
    /// states, the cause of the end. No secrets, no numbers.
    pub details: Map<String, Value>,
    /// Nothing more will come of this call.
    pub settled: bool,
}

/// The words that were said, for [`Report::details`].
pub fn details<const N: usize>(said: [(&str, Option<&str>); N]) -> Map<String, Value> {
    let said = said.into_iter().filter_map(|(name, word)| Some((name, word?)));
    said.filter(|(_, word)| word.len() <= LONGEST_WORD)
        .map(|(name, word)| (name.to_owned(), Value::from(word)))
        .collect()
}
