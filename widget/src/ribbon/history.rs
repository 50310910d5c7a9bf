//! Recent calls, as the panel shows them.

/// The panel of recent calls.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// It is open.
    pub open: bool,
    /// Counts what is to be shown anew.
    pub version: u32,
    /// What it shows.
    pub shown: Shown,
}

/// What the panel shows.
#[derive(Debug, Clone, Default)]
pub enum Shown {
    /// The server was asked.
    #[default]
    Loading,
    /// The server did not answer.
    Failed,
    /// These calls, newest first within each section.
    Calls(Vec<Past>),
}

/// A call that is over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// The server's name for it.
    pub session_id: String,
    /// The customer's name; may be empty.
    pub name: String,
    /// The other side's number.
    pub phone: String,
    /// Day and time, in the agent's own way of writing it.
    pub when: String,
    /// Seconds talked.
    pub seconds: i64,
    /// It came in.
    pub inbound: bool,
    /// It came in and nobody took it.
    pub missed: bool,
    /// The code of the client's list.
    pub disposition: Option<String>,
    /// What the agent wrote down.
    pub notes: String,
    /// 0 for calls that were missed, 1 for this customer's, 2 for the rest.
    pub section: u8,
}

/// Puts the agent's and the customer's calls in order: those that were missed first, then the
/// customer's, then the rest, each once.
#[must_use]
pub fn in_order(agents: Vec<Past>, customers: Vec<Past>) -> Vec<Past> {
    let mut all: Vec<Past> = Vec::new();
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
        let call = |id: &str, missed| Past { session_id: id.to_owned(), missed, ..Past::default() };
        let agents = vec![call("a", false), call("b", true), call("c", false)];
        let customers = vec![call("c", false), call("d", true)];
        let order: Vec<_> = in_order(agents, customers)
            .into_iter()
            .map(|past| (past.session_id, past.section))
            .collect();
        let wanted = [("c", 1), ("d", 0), ("a", 2), ("b", 0)];
        assert_eq!(order, wanted.map(|(id, section)| (id.to_owned(), section)));
    }
}
