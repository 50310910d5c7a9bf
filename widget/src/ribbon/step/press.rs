//! The buttons whose action follows the call. A late press would hit the wrong action: hang up
//! after the other side has hung up, or a second press where one is enough. So these buttons ignore
//! presses for a moment after each change of the main button's action.

use super::{Effect, Press, call, call_waiting, control, wrap_up};
use crate::ribbon::model::{Line, Main, Model};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Action;

/// Handles a press.
pub(super) fn press(model: &mut Model, press: Press) -> Vec<Effect> {
    if model.settling {
        return Vec::new();
    }
    match press {
        Press::Main { key, now } => press_main(model, key, now),
        Press::Redial { key, now } => redial(model, key, now),
        Press::Decline => control::act(model, Action::HangUp, None),
        Press::Waiting(action) => call_waiting::act(model, action),
    }
}

fn press_main(model: &mut Model, key: String, now: Millis) -> Vec<Effect> {
    let main = Main::of(model);
    if !main.can(model) {
        return Vec::new();
    }
    match main {
        Main::Call => call(model, None, key, now, None),
        Main::CallBack | Main::CallAgain => redial(model, key, now),
        Main::Answer => control::act(model, Action::Answer, None),
        Main::Cancel | Main::HangUp => control::act(model, Action::HangUp, None),
        Main::Save | Main::Next | Main::Done => wrap_up::leave(model),
    }
}

fn redial(model: &mut Model, key: String, now: Millis) -> Vec<Effect> {
    let last = model.line.as_ref().map(|line| line.phone.clone());
    call(model, last, key, now, None)
}

/// Updates the main button after any message: if its action has changed, presses are ignored until
/// [`Msg::Settled`](super::Msg::Settled).
pub(super) fn follow(model: &mut Model) {
    let main = Main::of(model);
    let call = model.line.as_ref().map(Line::mark).unwrap_or_default();
    if model.main.0 == main && model.main.1 == call {
        return;
    }
    model.main = (main, call.to_owned());
    model.changes += 1;
    model.settling = true;
}
