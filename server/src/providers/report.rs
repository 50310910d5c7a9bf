//! What a provider reports about a call.

use call_ribbon_shared::Millis;
use call_ribbon_shared::call::{Direction, Fact};
use serde_json::{Map, Value};

/// A longer word is not a state, and not worth showing.
pub const MAX_WORD_CHARS: usize = 64;

/// A call that a provider has accepted.
#[derive(Debug, Clone, Default)]
pub struct Placed {
    /// The provider's id of the call, if it returned one.
    pub provider_call_id: Option<String>,
    /// The facts known at once.
    pub facts: Vec<Fact>,
    /// The provider's own word for the call's state.
    pub raw_status: Option<String>,
}

/// The part of a call that a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// The call as a whole.
    #[default]
    Call,
    /// The caller is in a menu, and no agent's phone rings yet.
    Menu,
    /// One agent's: after its end, the call may continue with another agent.
    OneAgent,
}

/// A provider's report about one call, from a webhook or a look-up.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The server's id of the call, if the provider returned it.
    pub session_id: Option<String>,
    /// The provider's id of the call.
    pub provider_call_id: Option<String>,
    /// Another id of the provider's, which its answer to the dial request may have given.
    pub also_called: Option<String>,
    /// The facts, each with its own time. An unknown word is no fact: it is kept in `raw_status`
    /// and changes nothing.
    pub facts: Vec<Fact>,
    /// The direction of the call, if reported.
    pub direction: Option<Direction>,
    /// The customer's number as the provider writes it.
    pub customer_number: Option<String>,
    /// The numbers of the client's side: the agent's and the virtual one. They are never a
    /// customer's.
    pub own_numbers: Vec<String>,
    /// All ids, numbers and addresses by which the provider names the agent who has the call or is
    /// rung.
    pub agent_at_provider: Vec<String>,
    /// Whether that agent answered; otherwise the agent was only rung.
    pub agent_answered: bool,
    /// The part of the call it is about.
    pub part: Part,
    /// When the call began, if reported.
    pub began: Option<Millis>,
    /// The provider's own word for the call's state.
    pub raw_status: Option<String>,
    /// The URL of the recording.
    pub recording_url: Option<String>,
    /// More details for the call's timeline, under the provider's own names: the legs' states, the
    /// cause of the end. No secrets, no phone numbers.
    pub details: Map<String, Value>,
    /// Whether the provider will report nothing more about this call.
    pub settled: bool,
}

/// Collects the words that are present, for [`Report::details`].
pub fn collect_details<const N: usize>(said: [(&str, Option<&str>); N]) -> Map<String, Value> {
    let said = said.into_iter().filter_map(|(name, word)| Some((name, word?)));
    said.filter(|(_, word)| word.len() <= MAX_WORD_CHARS)
        .map(|(name, word)| (name.to_owned(), Value::from(word)))
        .collect()
}
