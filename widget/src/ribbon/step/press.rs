//! The buttons whose action follows the call. A late press would hit the wrong action: hang up
//! after the other side has hung up, or a second press where one is enough. So these buttons ignore
//! presses for a moment after each change of the main button's action.

use super::{Effect, Press, call_waiting, control, start_call, wrap_up};
use crate::ribbon::model::{MainAction, Model, RibbonCall};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Action;

/// Handles a press.
pub(super) fn handle_press(model: &mut Model, press: Press) -> Vec<Effect> {
    if model.settling {
        return Vec::new();
    }
    match press {
        Press::Main { key, now } => press_main(model, key, now),
        Press::Redial { key, now } => press_redial(model, key, now),
        Press::Decline => control::act_on_current(model, Action::HangUp, None),
        Press::Waiting(action) => call_waiting::act_on_waiting(model, action),
    }
}

fn press_main(model: &mut Model, key: String, now: Millis) -> Vec<Effect> {
    let main = MainAction::for_model(model);
    if !main.is_possible(model) {
        return Vec::new();
    }
    match main {
        MainAction::Call | MainAction::CallBack | MainAction::CallAgain
            if model.permission.asks_reason() =>
        {
            // The pill has no room for it.
            model.minimized = false;
            vec![Effect::AskReason]
        }
        MainAction::Call => start_call(model, None, key, now, None),
        MainAction::CallBack | MainAction::CallAgain => press_redial(model, key, now),
        MainAction::Answer => control::act_on_current(model, Action::Answer, None),
        MainAction::Cancel | MainAction::HangUp => {
            control::act_on_current(model, Action::HangUp, None)
        }
        MainAction::Save | MainAction::SaveAndCall if model.lacking_field().is_some() => {
            // The pill has no room for the field.
            model.minimized = false;
            wrap_up::ask_for_field()
        }
        MainAction::SaveAndCall => {
            let mut effects = wrap_up::leave_notes(model);
            effects.extend(start_call(model, None, key, now, None));
            effects
        }
        MainAction::Save | MainAction::Next | MainAction::Done => wrap_up::leave_notes(model),
    }
}

#[inline(never)]
fn press_redial(model: &mut Model, key: String, now: Millis) -> Vec<Effect> {
    let last = model.line.as_ref().map(|line| line.phone.clone());
    if last.as_ref().is_some_and(|last| model.permission.refuses_number(last)) {
        return Vec::new();
    }
    start_call(model, last, key, now, None)
}

/// Updates the main button after any message: if its action has changed, presses are ignored until
/// [`Msg::Settled`](super::Msg::Settled).
pub(super) fn update_main(model: &mut Model) {
    let main = MainAction::for_model(model);
    let call = model.line.as_ref().map(RibbonCall::stable_id).unwrap_or_default();
    if model.main.0 == main && model.main.1 == call {
        return;
    }
    model.main = (main, call.to_owned());
    model.changes += 1;
    model.settling = true;
}
