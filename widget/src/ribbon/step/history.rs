//! The panel of recent calls: loaded when it is opened, and only then.

use super::Effect;
use crate::ribbon::history::{HistoryContent, PastCall as Call, sort_calls};
use crate::ribbon::model::Model;

/// A message about the panel of recent calls.
#[derive(Debug, Clone)]
pub enum HistoryMsg {
    /// Open or close it; reopening loads it again.
    Open(bool),
    /// The agent's calls and the customer's.
    Loaded(Vec<Call>, Vec<Call>),
    /// The server did not answer.
    Failed,
}

/// Handles a message about recent calls.
pub(super) fn update_history(model: &mut Model, msg: HistoryMsg) -> Vec<Effect> {
    let history = &mut model.history;
    history.version += 1;
    match msg {
        HistoryMsg::Open(true) => {
            history.open = true;
            history.shown = HistoryContent::Loading;
            if let Some(wrap) = &mut model.wrap_up {
                wrap.open = false;
            }
            vec![Effect::LoadHistory, Effect::Focus(".past .small")]
        }
        HistoryMsg::Open(false) => {
            let was_open = std::mem::take(&mut history.open);
            let back = Effect::Focus("[data-act=\"history\"]");
            was_open.then_some(back).into_iter().collect()
        }
        HistoryMsg::Loaded(agents, customers) => {
            history.shown = HistoryContent::Calls(sort_calls(agents, customers));
            Vec::new()
        }
        HistoryMsg::Failed => {
            history.shown = HistoryContent::Failed;
            Vec::new()
        }
    }
}
