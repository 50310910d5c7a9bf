//! The strip in the bar for a call that rings during the current one.

use super::Handle;
use super::panel::{self, Panel, add_element, add_listener, set_attribute, set_text};
use crate::ribbon::hidden_number::visible_part;
use crate::ribbon::model::{Look, RibbonCall};
use crate::ribbon::step::{Msg, Press};
use call_ribbon_shared::call::Action;
use icondata_lu as set;
use web_sys::{Element, Event};

/// Creates the strip: who is calling, and the possible actions. It is at the bar's outer edge, so
/// that the zones of the current call do not move.
pub(super) fn call_waiting(handle: Handle, place: &Element, bar: &Element) -> Panel {
    let root = add_element(bar, "div", "waiting");
    set_attribute(&root, "part", "waiting");
    // It also exists while no call waits, since a screen reader announces changes only in a region
    // that it knows.
    let said = add_element(&root, "span", "said");
    set_attribute(&said, "role", "status");
    let who = add_element(&said, "b", "caller");
    set_attribute(&who, "dir", "auto");
    let decline = panel::add_button(&root, "act", "decline-waiting");
    panel::draw_icon(&decline, set::LuPhoneOff.data);
    let decline_name = add_element(&decline, "span", "");
    let answer = panel::add_button(&root, "act", "answer-waiting");
    panel::draw_icon(&answer, set::LuPhone.data);
    let answer_name = add_element(&answer, "span", "");
    let place = place.clone();
    let listeners = vec![add_listener(handle, &root, "click", handle_click)];
    Panel::new(listeners, move |model| {
        let calling = model.waiting_call();
        // If the current call only rings too, the agent chooses between them.
        let ends_current = model.bar_look() != Look::Incoming;
        set_attribute(&place, "data-waiting", if calling.is_some() { "true" } else { "false" });
        let sentence = calling
            .map(|line| model.words.fill("waiting", &isolate_text(line.caller_text(model.words))));
        set_text(&who, sentence.as_deref().unwrap_or_default());
        set_attribute(
            &said,
            "title",
            &calling.map_or_else(String::new, |line| isolate_text(visible_part(&line.phone))),
        );
        set_text(&decline_name, model.words.say("decline"));
        let answer_key = if ends_current { "waiting.answer" } else { "answer" };
        set_text(&answer_name, model.words.say(answer_key));
        panel::set_shortcut(handle, &decline, "decline");
        panel::set_shortcut(handle, &answer, "answer");
        decline.set_hidden(calling.is_none());
        answer.set_hidden(calling.is_none());
        let busy = |line: &RibbonCall| line.ending || line.answering || line.answer_next;
        let going = model.settling || calling.is_some_and(busy);
        for button in [&decline, &answer] {
            set_attribute(button, "aria-disabled", if going { "true" } else { "false" });
        }
    })
}

/// Isolates a name or a number, so that it keeps its own direction between words of the other
/// direction.
fn isolate_text(text: &str) -> String {
    ["\u{2068}", text, "\u{2069}"].concat()
}

fn handle_click(handle: Handle, event: &Event) {
    let Some(button) = panel::closest_match(event, "[data-act]") else { return };
    let answers = button.get_attribute("data-act").as_deref() == Some("answer-waiting");
    let action = if answers { Action::Answer } else { Action::HangUp };
    handle.dispatch(Msg::Press(Press::Waiting(action)));
}
