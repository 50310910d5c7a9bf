//! The panel of recent calls: loaded when it is opened, and only then.

use super::Effect;
use crate::ribbon::history::{Past as Call, Shown, in_order};
use crate::ribbon::model::Model;

/// A message about the panel of recent calls.
#[derive(Debug, Clone)]
pub enum Past {
    /// Open or close it; reopening loads it again.
    Open(bool),
    /// The agent's calls and the customer's.
    Loaded(Vec<Call>, Vec<Call>),
    /// The server did not answer.
    Failed,
}

/// Handles a message about recent calls.
pub(super) fn past(model: &mut Model, msg: Past) -> Vec<Effect> {
    let history = &mut model.history;
    history.version += 1;
    match msg {
        Past::Open(true) => {
            history.open = true;
            history.shown = Shown::Loading;
            if let Some(wrap) = &mut model.wrap_up {
                wrap.open = false;
            }
            vec![Effect::LoadHistory, Effect::Focus(".past .small")]
        }
        Past::Open(false) => {
            let was_open = std::mem::take(&mut history.open);
            let back = Effect::Focus("[data-act=\"history\"]");
            was_open.then_some(back).into_iter().collect()
        }
        Past::Loaded(agents, customers) => {
            history.shown = Shown::Calls(in_order(agents, customers));
            Vec::new()
        }
        Past::Failed => {
            history.shown = Shown::Failed;
            Vec::new()
        }
    }
}
