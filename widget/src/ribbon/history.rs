//! The model of the panel of recent calls.

/// The state of the panel of recent calls.
#[derive(Debug, Clone, Default)]
pub struct HistoryPanel {
    /// Whether the panel is open.
    pub open: bool,
    /// Incremented whenever the contents must be redrawn.
    pub version: u32,
    /// The panel's contents.
    pub shown: HistoryContent,
}

/// The contents of the panel.
#[derive(Debug, Clone, Default)]
pub enum HistoryContent {
    /// The request is running.
    #[default]
    Loading,
    /// The server did not answer.
    Failed,
    /// The calls, newest first within each section.
    Calls(Vec<PastCall>),
}

/// A call that is over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PastCall {
    /// The server's id of the call.
    pub session_id: String,
    /// The customer's name; may be empty.
    pub name: String,
    /// The other side's number.
    pub phone: String,
    /// Day and time, formatted for the agent's language.
    pub when: String,
    /// Seconds of talk.
    pub seconds: i64,
    /// Whether the call was inbound.
    pub inbound: bool,
    /// Whether the call was inbound and not answered.
    pub missed: bool,
    /// The code of the disposition.
    pub disposition: Option<String>,
    /// The agent's notes.
    pub notes: String,
    /// 0 for missed calls, 1 for calls with this customer, 2 for all others.
    pub section: u8,
}

/// Merges the agent's and the customer's calls, each call once: missed calls first, then the
/// customer's, then the rest.
#[must_use]
pub fn sort_calls(agents: Vec<PastCall>, customers: Vec<PastCall>) -> Vec<PastCall> {
    let mut all: Vec<PastCall> = Vec::new();
    for (of_customer, calls) in [(true, customers), (false, agents)] {
        for mut call in calls {
            if all.iter().any(|known| known.session_id == call.session_id) {
                continue;
            }
            call.section = match (call.missed, of_customer) {
                (true, _) => 0,
                (false, true) => 1,
                (false, false) => 2,
            };
            all.push(call);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missed_calls_come_first_and_none_twice() {
        let call = |id: &str, missed| PastCall {
            session_id: id.to_owned(),
            missed,
            ..PastCall::default()
        };
        let agents = vec![call("a", false), call("b", true), call("c", false)];
        let customers = vec![call("c", false), call("d", true)];
        let order: Vec<_> = sort_calls(agents, customers)
            .into_iter()
            .map(|past| (past.session_id, past.section))
            .collect();
        let wanted = [("c", 1), ("d", 0), ("a", 2), ("b", 0)];
        assert_eq!(order, wanted.map(|(id, section)| (id.to_owned(), section)));
    }
}
