//! One call, as the ribbon knows it.

use crate::ribbon::customer::Customer;
use call_ribbon_shared::call::{Call, Phase};

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
    /// Asked to end it, the answer is still to come.
    pub ending: bool,
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

    /// Whether this call's voice can do it.
    #[must_use]
    pub fn can(&self, feature: &str) -> bool {
        self.features.iter().any(|f| f == feature)
    }
}
