//! The last word of a customer: what came of the last call, and what an agent wrote.

/// The last call with a customer, as the bar shows it before the next one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastWord {
    /// The customer's id; empty if the customer that is shown has none.
    pub customer: String,
    /// Whether a call was on the bar then. The last word changes when the agent leaves it.
    pub in_call: bool,
    /// Day and time of the last call, in words; empty if there was none, or while it is loading.
    pub when: String,
    /// The status of the last call, in the API's word.
    pub status: String,
    /// Whether it was inbound.
    pub inbound: bool,
    /// The code of its disposition; may be empty.
    pub disposition: String,
    /// The code of the disposition of the call with the last note, if that is an earlier one; may be
    /// empty.
    pub noted: String,
    /// The last note on a call with the customer; may be empty.
    pub note: String,
    /// The day on which a follow-up is due, in words, if that is today or earlier.
    pub due: String,
}
