//! A call in the ribbon's model.

use crate::ribbon::customer::{Customer, same_number};
use crate::ribbon::hidden_number::visible_part;
use crate::ribbon::step::{ANSWERED_ELSEWHERE, Reply};
use crate::ribbon::words::Words;
use call_ribbon_shared::call::{Call, Direction, Outcome, Phase, Status};
use call_ribbon_shared::phone::Phone;

/// A call: the current one, the last one, or one that rings during the current one.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct RibbonCall {
    /// The idempotency key of the request that started it; empty for an inbound call.
    pub key: String,
    /// The server's id of the call; empty until the server has answered.
    pub session_id: String,
    /// The telephony provider's id of the call.
    pub call_sid: String,
    /// The number of the other side, as displayed.
    pub phone: String,
    /// The customer of the call: fixed when the call starts.
    pub customer: Option<Customer>,
    /// The state that follows from the facts so far.
    pub call: Call,
    /// The features of this call's voice.
    pub features: Vec<String>,
    /// The digits sent so far.
    pub digits: String,
    /// The digits that are not known to be sent yet, and the promises of those that the page sends;
    /// the request for the first one is running.
    pub to_send: Vec<(char, Option<Reply>)>,
    /// A hang-up was requested; the answer is still to come.
    pub ending: bool,
    /// Answering was requested; the answer is still to come.
    pub answering: bool,
    /// It is answered as soon as the current call is over.
    pub answer_next: bool,
    /// Hang-up was pressed before the server had named the call.
    pub end_when_known: bool,
    /// The ids of the events that this page reported: they come back by the stream.
    pub own: Vec<String>,
    /// Whether the page was notified of the end.
    pub told_end: bool,
    /// Whether the notes were opened, or deliberately left closed, after the end.
    pub wrap_offered: bool,
    /// The stream's events about it, as received: a reloaded page shows the call again from them.
    pub events: Vec<String>,
}

impl RibbonCall {
    /// Returns the phase of the call.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.call.phase()
    }

    /// Returns whether the call is not over yet.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.phase() != Phase::Ended
    }

    /// Returns the name that the agent sees: the customer's name, else the number.
    #[must_use]
    pub fn display_name(&self) -> &str {
        let name = self.customer.as_ref().map(|customer| customer.name.as_str());
        name.filter(|name| !name.is_empty()).unwrap_or_else(|| visible_part(&self.phone))
    }

    /// Returns the same name, or a text that says that the number is withheld.
    #[must_use]
    pub fn caller_text(&self, words: Words) -> &str {
        match self.display_name() {
            "" => words.say("withheld"),
            who => who,
        }
    }

    /// Returns an id that stays the same from the call's first moment to its last.
    #[must_use]
    pub fn stable_id(&self) -> &str {
        if self.key.is_empty() { &self.session_id } else { &self.key }
    }

    /// Returns whether the call is inbound.
    #[must_use]
    pub fn is_inbound(&self) -> bool {
        self.call.direction() == Direction::Inbound
    }

    /// Returns whether it was made from here and not answered.
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        !self.call.was_connected() && !self.is_inbound()
    }

    /// Returns whether it was inbound and missed; not if it was declined, or answered by a
    /// colleague.
    #[must_use]
    pub fn is_missed(&self) -> bool {
        let ours = !matches!(self.call.reason(), Some("declined" | ANSWERED_ELSEWHERE));
        self.call.status() == Status::Missed && ours
    }

    /// Returns whether it is a call with this customer. Customers who share a number have different
    /// ids.
    #[must_use]
    pub fn is_with(&self, customer: &Customer) -> bool {
        if let Some(known) = &self.customer {
            if known.json == customer.json {
                return true;
            }
            if !known.id.is_empty() && !customer.id.is_empty() {
                return known.id == customer.id;
            }
        }
        same_number(&self.phone, &customer.phone)
    }

    /// Attributes the call to the customer that the page shows, if the number matches: if the call
    /// has no customer, or, with `instead`, in place of the customer that the server found.
    pub fn recognize_customer(&mut self, shown: &Customer, instead: bool) {
        let known = self.customer.as_ref().is_some_and(Customer::is_known);
        if same_number(&self.phone, &shown.phone) && (instead || !known) {
            self.customer = Some(shown.clone());
        }
    }

    /// Returns the extension written with the number, or the customer's; empty if there is none.
    #[must_use]
    pub fn extension(&self) -> String {
        let customer = self.customer.as_ref().filter(|customer| self.is_with(customer));
        let of = |text: &str| Phone::parse(text).ok()?.extension;
        of(&self.phone).or_else(|| of(&customer?.phone)).unwrap_or_default()
    }

    /// Returns whether this call's voice has the feature.
    #[must_use]
    pub fn has_feature(&self, feature: &str) -> bool {
        self.features.iter().any(|f| f == feature)
    }
}

/// Returns the outcome for a status of the feed, if the status ends the call.
#[must_use]
pub fn status_outcome(status: Status) -> Option<Outcome> {
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
