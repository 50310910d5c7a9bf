//! The main button: one button in one place, whose action follows the call.

use super::{Model, RibbonCall, Session};
use call_ribbon_shared::call::Phase;

/// The current action of the main button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MainAction {
    /// Call the customer.
    #[default]
    Call,
    /// Call back the caller whose call was missed.
    CallBack,
    /// Repeat a call that was not answered.
    CallAgain,
    /// Answer the ringing call.
    Answer,
    /// End a call that is not answered yet.
    Cancel,
    /// End the connected call.
    HangUp,
    /// Save the notes on the last call and leave it.
    Save,
    /// Save them and call the next customer.
    SaveAndCall,
    /// Leave the last call and turn to the next customer.
    Next,
    /// Leave the last call.
    Done,
}

impl MainAction {
    /// Returns the action for the current state.
    #[must_use]
    pub fn for_model(model: &Model) -> Self {
        match model.live_call().map(RibbonCall::phase) {
            Some(Phase::Incoming) => return Self::Answer,
            Some(Phase::Dialing | Phase::Ringing) => return Self::Cancel,
            Some(Phase::Connected) => return Self::HangUp,
            None | Some(Phase::Ended) => {}
        }
        if model.has_open_notes() {
            let next = model.next_customer().is_some_and(|next| !next.phone.is_empty());
            // A call that was missed meanwhile comes first.
            let free = model.shown_notes().is_some() && model.aside.is_none();
            let can_call =
                next && free && model.session == Session::Ready && !model.permission.forbids();
            return if can_call { Self::SaveAndCall } else { Self::Save };
        }
        if model.failed_number().is_none() {
            let Some(line) = &model.line else { return Self::Call };
            if model.missed_call().is_some() {
                return Self::CallBack;
            }
            if model.next_customer().is_none() && line.is_unanswered() {
                return Self::CallAgain;
            }
        }
        if model.failed_number().is_some() && model.permission.asks_reason() {
            return Self::Call;
        }
        if model.next_customer().is_some() { Self::Next } else { Self::Done }
    }

    /// Returns its name in `data-main`, which is also the key of its text.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::CallBack => "call-back",
            Self::CallAgain => "call-again",
            Self::Answer => "answer",
            Self::Cancel => "cancel",
            Self::HangUp => "hangup",
            Self::Save => "save",
            Self::SaveAndCall => "save-call",
            Self::Next => "next",
            Self::Done => "done",
        }
    }

    /// Returns whether the action is possible.
    #[must_use]
    pub fn is_possible(self, model: &Model) -> bool {
        let free = |busy: fn(&RibbonCall) -> bool| !model.line.as_ref().is_some_and(busy);
        match self {
            Self::Call | Self::CallBack | Self::CallAgain => {
                model.session == Session::Ready
                    && !model.feed_down
                    && !model.shown_phone().is_empty()
                    && !model.permission.is_refused()
            }
            Self::Answer => free(|line| line.answering || line.ending),
            Self::Cancel | Self::HangUp => free(|line| line.ending),
            Self::Save | Self::SaveAndCall | Self::Next | Self::Done => true,
        }
    }
}
