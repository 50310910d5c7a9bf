//! The strip in the bar for a call that rings during the current one.

use super::Handle;
use super::panel::{self, Panel, attr, on, put, text};
use crate::ribbon::model::{Line, Look};
use crate::ribbon::step::{Msg, Press};
use call_ribbon_shared::call::Action;
use icondata_lu as set;
use web_sys::{Element, Event};

/// Creates the strip: who is calling, and the possible actions. It is at the bar's outer edge, so
/// that the zones of the current call do not move.
pub(super) fn call_waiting(handle: Handle, place: &Element, bar: &Element) -> Panel {
    let root = put(bar, "div", "waiting");
    attr(&root, "part", "waiting");
    // It also exists while no call waits, since a screen reader announces changes only in a region
    // that it knows.
    let said = put(&root, "span", "said");
    attr(&said, "role", "status");
    let who = put(&said, "b", "caller");
    let how = put(&said, "span", "how");
    for part in [&who, &how] {
        attr(part, "dir", "auto");
    }
    let decline = panel::button(&root, "act", "decline-waiting");
    panel::draw_icon(&decline, set::LuPhoneOff.data);
    let decline_name = put(&decline, "span", "");
    let answer = panel::button(&root, "act", "answer-waiting");
    panel::draw_icon(&answer, set::LuPhone.data);
    let answer_name = put(&answer, "span", "");
    let place = place.clone();
    let listeners = vec![on(handle, &root, "click", click)];
    Panel::new(listeners, move |model| {
        let calling = model.calling();
        // If the current call only rings too, the agent chooses.
        let can_answer = calling.is_some() && model.look() == Look::Incoming;
        attr(&place, "data-waiting", if calling.is_some() { "true" } else { "false" });
        let sentence =
            calling.map(|line| model.words.fill("waiting", &isolated(line.caller(model.words))));
        text(&who, sentence.as_deref().unwrap_or_default());
        let hint = calling.filter(|_| !can_answer).map(|_| model.words.say("waiting.how"));
        text(&how, hint.unwrap_or_default());
        attr(&root, "title", &calling.map_or_else(String::new, |line| isolated(&line.phone)));
        text(&decline_name, model.words.say("decline"));
        text(&answer_name, model.words.say("answer"));
        for (button, command) in [(&decline, "decline"), (&answer, "answer")] {
            attr(button, "title", model.words.say(command));
            panel::shortcut(handle, button, command);
        }
        decline.set_hidden(calling.is_none());
        answer.set_hidden(!can_answer);
        let busy = |line: &Line| line.ending || line.answering;
        let going = model.settling || calling.is_some_and(busy);
        for button in [&decline, &answer] {
            attr(button, "aria-disabled", if going { "true" } else { "false" });
        }
    })
}

/// Isolates a name or a number, so that it keeps its own direction between words of the other
/// direction.
fn isolated(text: &str) -> String {
    ["\u{2068}", text, "\u{2069}"].concat()
}

fn click(handle: Handle, event: &Event) {
    let Some(button) = panel::about(event, "[data-act]") else { return };
    let answers = button.get_attribute("data-act").as_deref() == Some("answer-waiting");
    let action = if answers { Action::Answer } else { Action::HangUp };
    handle.tell(Msg::Press(Press::Waiting(action)));
}
