//! The buttons: one main button, which stays in its place, and the secondary ones beside it.

use super::Handle;
use super::panel::{self, Panel, add_element, add_listener, set_attribute, set_text};
use crate::ribbon::icon;
use crate::ribbon::model::{Look, MainAction, Model, RibbonCall, Session};
use crate::ribbon::step::{Msg, Press, WrapUpMsg};
use call_ribbon_shared::call::{Action, Phase};
use icondata_lu as set;
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, MouseEvent};

/// Returns the text on the button that saves the notes.
fn save_name(model: &Model, main: MainAction) -> String {
    let key = if main == MainAction::SaveAndCall { "save-call" } else { "save-then" };
    // Not if the notes are on another call than the one that is shown.
    match model.next_customer().filter(|_| model.shown_notes().is_some()) {
        Some(next) => model.words.fill(key, next.first_name()),
        None => model.words.say("save").to_owned(),
    }
}

fn main_icon(main: MainAction) -> &'static str {
    match main {
        MainAction::Cancel | MainAction::HangUp => set::LuPhoneOff.data,
        MainAction::Save | MainAction::SaveAndCall | MainAction::Done => set::LuCheck.data,
        MainAction::Next => set::LuArrowRight.data,
        _ => set::LuPhone.data,
    }
}

/// A question mark, without the circle that the icon set draws around it.
const QUESTION: &str = "<path d=\"M8 9a4 4 0 1 1 5.5 3.7c-1 .5-1.5 1-1.5 2.3M12 19h.01\"/>";

/// A secondary button.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SideButton {
    Bell,
    Redial,
    Dial,
    FollowUps,
    History,
    Mute,
    Hold,
    Keypad,
    Notes,
    Decline,
    Dismiss,
    Help,
    Fold,
}

impl SideButton {
    fn id(self) -> &'static str {
        match self {
            Self::Bell => "bell",
            Self::Redial => "redial-last",
            Self::Dial => "dial",
            Self::FollowUps => "follow-ups",
            Self::History => "history",
            Self::Mute => "mute",
            Self::Hold => "hold",
            Self::Keypad => "keypad",
            Self::Notes => "notes",
            Self::Decline => "decline",
            Self::Dismiss => "dismiss",
            Self::Help => "help",
            Self::Fold => "fold",
        }
    }

    /// Returns whether it is pressed, for toggle buttons; for [`Self::Fold`], whether the ribbon is
    /// folded.
    fn is_on(self, model: &Model) -> bool {
        let line = |is: fn(&RibbonCall) -> bool| model.live_call().is_some_and(is);
        match self {
            Self::Mute => line(|line| line.call.is_muted()),
            Self::Hold => line(|line| line.call.is_on_hold()),
            Self::Keypad => model.keypad,
            // The pill does not show the panel.
            Self::Notes => !model.minimized && model.wrap_up.as_ref().is_some_and(|wrap| wrap.open),
            Self::Fold => model.minimized,
            _ => false,
        }
    }

    fn name(self, model: &Model) -> &'static str {
        model.words.say(match (self, self.is_on(model)) {
            (Self::Mute, true) => "unmute",
            (Self::Hold, true) => "resume",
            (Self::Fold, false) => "minimize",
            (Self::Fold, true) => "open",
            (Self::Redial, _) if model.line.as_ref().is_some_and(RibbonCall::is_inbound) => {
                "call-back"
            }
            (Self::Redial, _) => "call-again",
            _ => self.id(),
        })
    }

    fn icon(self, model: &Model) -> &'static str {
        match (self, self.is_on(model)) {
            (Self::Mute, false) => set::LuMic.data,
            (Self::Mute, true) => set::LuMicOff.data,
            (Self::Hold, false) => set::LuPause.data,
            (Self::Hold, true) => set::LuPlay.data,
            (Self::Keypad, _) => set::LuGrip.data,
            (Self::Redial, _) => set::LuPhone.data,
            (Self::Bell, _) => set::LuBell.data,
            (Self::Dial, _) => set::LuSearch.data,
            (Self::FollowUps, _) => set::LuListChecks.data,
            (Self::History, _) => set::LuHistory.data,
            (Self::Notes, _) => set::LuNotebookPen.data,
            (Self::Decline, _) => set::LuPhoneOff.data,
            (Self::Dismiss, _) => set::LuX.data,
            (Self::Help, _) => QUESTION,
            (Self::Fold, false) => set::LuChevronDown.data,
            (Self::Fold, true) => set::LuChevronUp.data,
        }
    }

    /// Returns `aria-pressed`; `None` for a button that is not a toggle.
    fn aria_pressed(self, model: &Model) -> Option<&'static str> {
        matches!(self, Self::Mute | Self::Hold | Self::Keypad | Self::Notes)
            .then(|| if self.is_on(model) { "true" } else { "false" })
    }

    fn is_shown(self, model: &Model) -> bool {
        let talking = |feature| {
            model
                .live_call()
                .is_some_and(|line| line.phase() == Phase::Connected && line.has_feature(feature))
        };
        match self {
            Self::Bell => model.may_ask && model.bar_look() == Look::Idle,
            Self::Dial | Self::FollowUps | Self::History => {
                model.session == Session::Ready && model.live_call().is_none()
            }
            Self::Redial => {
                let leaves = matches!(
                    MainAction::for_model(model),
                    MainAction::Save
                        | MainAction::SaveAndCall
                        | MainAction::Next
                        | MainAction::Done
                );
                let of_line = model.line.as_ref().is_some_and(|line| !line.phone.is_empty());
                leaves
                    && of_line
                    && model.session == Session::Ready
                    && model.failed_number().is_none()
            }
            Self::Mute => talking("mute"),
            Self::Hold => talking("hold"),
            Self::Keypad => talking("dtmf"),
            Self::Notes => model.line.as_ref().is_some_and(|line| {
                !line.session_id.is_empty()
                    && matches!(line.phase(), Phase::Connected | Phase::Ended)
            }),
            Self::Decline => model.live_call().is_some_and(|line| line.phase() == Phase::Incoming),
            Self::Dismiss => {
                // Saving the notes leaves the call.
                let leaves = model.line.is_some() || model.trouble.is_some();
                leaves && model.live_call().is_none() && !model.has_open_notes()
            }
            // There is no room for it beside all the others.
            Self::Help => Self::History.is_shown(model) && !Self::Dismiss.is_shown(model),
            Self::Fold => true,
        }
    }

    /// Returns whether a press can be meant for a button that was in its place before.
    fn waits_for_moment(self) -> bool {
        matches!(
            self,
            Self::Decline
                | Self::Redial
                | Self::Dial
                | Self::FollowUps
                | Self::History
                | Self::Notes
        )
    }

    /// Returns whether presses are ignored now. Notes stay where they are during a call.
    fn is_deaf(self, model: &Model) -> bool {
        let moves = self != Self::Notes || model.live_call().is_none();
        model.settling && self.waits_for_moment() && moves
    }

    /// Returns whether it cannot do anything: the call would be refused.
    fn is_off(self, model: &Model) -> bool {
        let last = model.line.as_ref().filter(|_| self == Self::Redial);
        last.is_some_and(|line| model.permission.refuses_number(&line.phone))
    }

    /// Returns how many things behind it wait for the agent.
    fn count(self, model: &Model) -> u32 {
        match self {
            Self::FollowUps => model.due,
            Self::History => model.missed,
            _ => 0,
        }
    }

    fn press_msg(self, model: &Model) -> Msg {
        let on = !self.is_on(model);
        let action = match self {
            Self::Mute => Action::Mute(on),
            Self::Hold => Action::Hold(on),
            Self::Decline => return Msg::Press(Press::Decline),
            Self::Keypad => return Msg::Keypad(on),
            Self::Notes => return Msg::WrapUp(WrapUpMsg::Open(on)),
            Self::Fold => return Msg::Minimize(on),
            // The others are handled in `handle_click`.
            _ => return Msg::Dismiss,
        };
        Msg::Act { action, reply: None }
    }
}

/// The secondary buttons, in order; the last one is after the main button.
const QUIET: [SideButton; 13] = [
    SideButton::Redial,
    SideButton::Bell,
    SideButton::Dial,
    SideButton::FollowUps,
    SideButton::History,
    SideButton::Mute,
    SideButton::Hold,
    SideButton::Keypad,
    SideButton::Notes,
    SideButton::Decline,
    SideButton::Dismiss,
    SideButton::Help,
    SideButton::Fold,
];

/// Creates the right-hand zone.
pub(super) fn controls(handle: Handle, bar: &Element) -> Panel {
    let root = add_element(bar, "div", "do");
    set_attribute(&root, "part", "do");
    let mut parts: Vec<(Option<SideButton>, HtmlElement, Icon, HtmlElement)> = Vec::new();
    for quiet in QUIET {
        if quiet == SideButton::Fold {
            let main = panel::add_button(&root, "main", "main");
            set_attribute(&main, "part", "main");
            let icon = Icon::put(&main);
            let name = add_element(&main, "span", "");
            parts.push((None, main, icon, name));
        }
        let button = panel::add_button(&root, "quiet", quiet.id());
        let icon = Icon::put(&button);
        let caption = add_element(&button, "span", "caption");
        set_attribute(&caption, "aria-hidden", "true");
        parts.push((Some(quiet), button, icon, caption));
    }
    let listeners = vec![add_listener(handle, &root, "click", handle_click)];
    Panel::new(listeners, move |model| {
        let settling = if model.settling { "true" } else { "false" };
        for (quiet, button, icon, caption) in &parts {
            let Some(quiet) = quiet else {
                let main = MainAction::for_model(model);
                let can = main.is_possible(model);
                set_attribute(button, "data-main", main.id());
                set_attribute(button, "data-settling", if can { settling } else { "false" });
                set_attribute(button, "aria-disabled", if can { settling } else { "true" });
                icon.show(main_icon(main));
                let name = match main {
                    MainAction::Save | MainAction::SaveAndCall => save_name(model, main),
                    _ => model.words.say(main.id()).to_owned(),
                };
                set_text(caption, &name);
                let key = match main {
                    MainAction::Cancel => "hangup",
                    MainAction::CallBack | MainAction::CallAgain => "call",
                    _ => main.id(),
                };
                panel::set_shortcut(handle, button, key);
                // The keys of the panel of notes.
                match main {
                    MainAction::Save => set_attribute(button, "aria-keyshortcuts", "Control+Enter"),
                    MainAction::SaveAndCall => {
                        set_attribute(button, "aria-keyshortcuts", "Control+Shift+Enter");
                    }
                    _ => {}
                }
                continue;
            };
            if quiet.waits_for_moment() {
                let settling = if quiet.is_deaf(model) { "true" } else { "false" };
                let off = quiet.is_off(model);
                set_attribute(button, "data-settling", if off { "false" } else { settling });
                set_attribute(button, "aria-disabled", if off { "true" } else { settling });
            }
            button.set_hidden(!quiet.is_shown(model));
            let name = quiet.name(model);
            match quiet.count(model) {
                0 => {
                    panel::set_name(button, name);
                    // Our own attribute can always be removed.
                    let _ = button.remove_attribute("data-count");
                }
                count => {
                    let count = count.to_string();
                    set_attribute(button, "data-count", &count);
                    panel::set_name(button, &[name, " (", &count, ")"].concat());
                }
            }
            panel::set_shortcut(handle, button, quiet.id());
            set_text(caption, name);
            if let Some(pressed) = quiet.aria_pressed(model) {
                set_attribute(button, "aria-pressed", pressed);
            }
            icon.show(quiet.icon(model));
        }
    })
}

fn handle_click(handle: Handle, event: &Event) {
    let Some(button) = panel::closest_match(event, "[data-act]") else { return };
    let act = button.get_attribute("data-act").unwrap_or_default();
    match QUIET.into_iter().find(|quiet| quiet.id() == act) {
        None => press_main(handle, false),
        Some(SideButton::Redial) => press_main(handle, true),
        // `loader/keys.js` and `loader/companion.js` open these.
        Some(SideButton::Help | SideButton::Dial | SideButton::FollowUps | SideButton::History) => {
        }
        Some(SideButton::Bell) => {
            if let Some(ribbon) = handle.upgrade_ribbon() {
                ribbon.ask_to_notify();
            }
        }
        // A key, whose click has no position, is meant for what it presses: notes stay notes.
        Some(SideButton::Notes) if event.unchecked_ref::<MouseEvent>().detail() == 0 => {
            handle
                .dispatch(handle.model.with_untracked(|model| SideButton::Notes.press_msg(model)));
        }
        Some(quiet) if handle.model.with_untracked(|model| quiet.is_deaf(model)) => {}
        Some(quiet) => handle.dispatch(handle.model.with_untracked(|model| quiet.press_msg(model))),
    }
}

pub(super) fn press_main(handle: Handle, redial: bool) {
    if let Some(ribbon) = handle.upgrade_ribbon() {
        ribbon.press_main(redial);
    }
}

/// An icon that is redrawn only when it changes.
struct Icon {
    path: Element,
    drawn: Cell<&'static str>,
}

impl Icon {
    fn put(button: &Element) -> Self {
        Self { path: panel::draw_icon(button, ""), drawn: Cell::new("") }
    }

    fn show(&self, data: &'static str) {
        if self.drawn.replace(data) != data {
            set_attribute(&self.path, "d", &icon::icon_path(data));
        }
    }
}
