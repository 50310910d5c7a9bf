//! The buttons whose meaning follows the call. Somebody who is late presses what is gone: hang up
//! where the other side has hung up, or a second time what needs only one press. So each change
//! of the main button's meaning makes these buttons deaf for a moment.

use super::{Effect, Press, call, call_waiting, control, wrap_up};
use crate::ribbon::model::{Line, Main, Model};
use call_ribbon_shared::Millis;
use call_ribbon_shared::call::Action;

/// Takes a press in.
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

/// What follows from any message: the button that means something else now is deaf until
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
