//! One call, as the ribbon knows it.

use crate::ribbon::customer::{Customer, same_number};
use crate::ribbon::step::{ANSWERED_ELSEWHERE, Reply};
use crate::ribbon::words::Words;
use call_ribbon_shared::call::{Call, Direction, Phase, Status};
use call_ribbon_shared::phone::Phone;

/// A call: the one that the ribbon is busy with, the last one, or one that rings in meanwhile.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Line {
    /// The key under which we asked the server to start it; empty for a call that came in.
    pub key: String,
    /// The server's name for the call; empty until the server has answered.
    pub session_id: String,
    /// The telephony provider's name for it.
    pub call_sid: String,
    /// The number of the other side, as it is shown.
    pub phone: String,
    /// Whose call it is: fixed when the call starts.
    pub customer: Option<Customer>,
    /// What follows from the facts so far.
    pub call: Call,
    /// What this call's voice can do.
    pub features: Vec<String>,
    /// The digits sent so far.
    pub digits: String,
    /// The digits that are not known to be sent yet, and the promises of those that the page sends;
    /// the server was asked to send the first.
    pub to_send: Vec<(char, Option<Reply>)>,
    /// Asked to end it, the answer is still to come.
    pub ending: bool,
    /// Asked to answer it, the answer is still to come.
    pub answering: bool,
    /// Hang-up was pressed before the server had said which call it is.
    pub end_when_known: bool,
    /// The events that this page told of: they come back by the stream.
    pub own: Vec<String>,
    /// The page was told that it is over.
    pub told_end: bool,
    /// It was over, and its notes were opened or left closed.
    pub wrap_offered: bool,
    /// The stream's events about it, as they came: from them a reloaded page draws it again.
    pub events: Vec<String>,
}

impl Line {
    /// Where the call is on its way.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.call.phase()
    }

    /// Not over yet.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.phase() != Phase::Ended
    }

    /// Whom the agent reads: the customer's name, else the number.
    #[must_use]
    pub fn who(&self) -> &str {
        let name = self.customer.as_ref().map(|customer| customer.name.as_str());
        name.filter(|name| !name.is_empty()).unwrap_or(&self.phone)
    }

    /// As [`Line::who`], or that the number is withheld.
    #[must_use]
    pub fn caller(&self, words: Words) -> &str {
        match self.who() {
            "" => words.say("withheld"),
            who => who,
        }
    }

    /// What tells this call from others, from its first moment to its last.
    #[must_use]
    pub fn mark(&self) -> &str {
        if self.key.is_empty() { &self.session_id } else { &self.key }
    }

    /// Whether it came in.
    #[must_use]
    pub fn is_inbound(&self) -> bool {
        self.call.direction() == Direction::Inbound
    }

    /// Whether it was made from here and nobody answered.
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        !self.call.was_connected() && !self.is_inbound()
    }

    /// Whether it came in and was missed; not if it was declined, or answered by a colleague.
    #[must_use]
    pub fn is_missed(&self) -> bool {
        let ours = !matches!(self.call.reason(), Some("declined" | ANSWERED_ELSEWHERE));
        self.call.status() == Status::Missed && ours
    }

    /// Whether it is a call with this customer. Customers who share a number have ids of their
    /// own.
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

    /// Takes the customer that the page shows for the other side, where the number says so: in
    /// place of nobody, or, if `instead`, of the one that the server found.
    pub fn recognize(&mut self, shown: &Customer, instead: bool) {
        let known = self.customer.as_ref().is_some_and(Customer::is_known);
        if same_number(&self.phone, &shown.phone) && (instead || !known) {
            self.customer = Some(shown.clone());
        }
    }

    /// The extension in the number as it was written, or in the customer's; empty if there is none.
    #[must_use]
    pub fn extension(&self) -> String {
        let customer = self.customer.as_ref().filter(|customer| self.is_with(customer));
        let of = |text: &str| Phone::read(text).ok()?.extension;
        of(&self.phone).or_else(|| of(&customer?.phone)).unwrap_or_default()
    }

    /// Whether this call's voice can do it.
    #[must_use]
    pub fn can(&self, feature: &str) -> bool {
        self.features.iter().any(|f| f == feature)
    }
}
