//! The buttons: one main button, which stays in its place, and the secondary ones beside it.

use super::Handle;
use super::panel::{self, Panel, attr, on, put, text};
use crate::ribbon::icon;
use crate::ribbon::model::{Line, Look, Main, Model, Session};
use crate::ribbon::step::{Msg, Past, Press, Wrap};
use call_ribbon_shared::call::{Action, Phase};
use icondata_lu as set;
use leptos::prelude::*;
use std::cell::Cell;
use web_sys::{Element, Event, HtmlElement};

/// Returns the text on the buttons that save the notes.
pub(super) fn save_name(model: &Model) -> String {
    // Not if the notes are on another call than the one that is shown, or on one in progress.
    match model.next().filter(|_| model.is_writing() && model.written().is_some()) {
        Some(next) => model.words.fill("save-then", next.title()),
        None => model.words.say("save").to_owned(),
    }
}

fn main_icon(main: Main) -> &'static str {
    match main {
        Main::Cancel | Main::HangUp => set::LuPhoneOff.data,
        Main::Save | Main::Done => set::LuCheck.data,
        Main::Next => set::LuArrowRight.data,
        _ => set::LuPhone.data,
    }
}

/// A question mark, without the circle that the icon set draws around it.
const QUESTION: &str = "<path d=\"M8 9a4 4 0 1 1 5.5 3.7c-1 .5-1.5 1-1.5 2.3M12 19h.01\"/>";

/// A secondary button.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quiet {
    Bell,
    Redial,
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

impl Quiet {
    fn id(self) -> &'static str {
        match self {
            Self::Bell => "bell",
            Self::Redial => "redial-last",
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
    fn on(self, model: &Model) -> bool {
        let line = |is: fn(&Line) -> bool| model.live().is_some_and(is);
        match self {
            Self::Mute => line(|line| line.call.is_muted()),
            Self::Hold => line(|line| line.call.is_on_hold()),
            Self::Keypad => model.keypad,
            Self::Notes => model.wrap_up.as_ref().is_some_and(|wrap| wrap.open),
            Self::Fold => model.minimized,
            Self::History => model.history.open,
            Self::Bell | Self::Redial | Self::Decline | Self::Dismiss | Self::Help => false,
        }
    }

    fn name(self, model: &Model) -> &'static str {
        model.words.say(match (self, self.on(model)) {
            (Self::Mute, true) => "unmute",
            (Self::Hold, true) => "resume",
            (Self::Fold, false) => "minimize",
            (Self::Fold, true) => "open",
            (Self::Redial, _) if model.line.as_ref().is_some_and(Line::is_inbound) => "call-back",
            (Self::Redial, _) => "call-again",
            _ => self.id(),
        })
    }

    fn icon(self, model: &Model) -> &'static str {
        match (self, self.on(model)) {
            (Self::Mute, false) => set::LuMic.data,
            (Self::Mute, true) => set::LuMicOff.data,
            (Self::Hold, false) => set::LuPause.data,
            (Self::Hold, true) => set::LuPlay.data,
            (Self::Keypad, _) => set::LuGrip.data,
            (Self::Redial, _) => set::LuPhone.data,
            (Self::Bell, _) => set::LuBell.data,
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
    fn pressed(self, model: &Model) -> Option<&'static str> {
        matches!(self, Self::Mute | Self::Hold | Self::Keypad | Self::Notes | Self::History)
            .then(|| if self.on(model) { "true" } else { "false" })
    }

    fn shown(self, model: &Model) -> bool {
        let talking = |feature| {
            model.live().is_some_and(|line| line.phase() == Phase::Connected && line.can(feature))
        };
        match self {
            Self::Bell => model.may_ask && model.look() == Look::Idle,
            Self::History => model.session == Session::Ready && model.live().is_none(),
            Self::Redial => {
                let leaves = matches!(Main::of(model), Main::Save | Main::Next | Main::Done);
                let of_line = model.line.as_ref().is_some_and(|line| !line.phone.is_empty());
                leaves && of_line && model.session == Session::Ready && model.tried().is_none()
            }
            Self::Mute => talking("mute"),
            Self::Hold => talking("hold"),
            Self::Keypad => talking("dtmf"),
            Self::Notes => model.line.as_ref().is_some_and(|line| {
                !line.session_id.is_empty()
                    && matches!(line.phase(), Phase::Connected | Phase::Ended)
            }),
            Self::Decline => model.live().is_some_and(|line| line.phase() == Phase::Incoming),
            Self::Dismiss => {
                // Saving the notes leaves the call.
                let leaves = model.line.is_some() && !model.is_writing();
                model.live().is_none() && (leaves || model.trouble.is_some())
            }
            // There is no room for it beside all the others.
            Self::Help => Self::History.shown(model) && !Self::Dismiss.shown(model),
            Self::Fold => true,
        }
    }

    fn press(self, model: &Model) -> Msg {
        let on = !self.on(model);
        let action = match self {
            Self::Mute => Action::Mute(on),
            Self::Hold => Action::Hold(on),
            Self::Decline => return Msg::Press(Press::Decline),
            Self::Keypad => return Msg::Keypad(on),
            Self::Notes => return Msg::Wrap(Wrap::Open(on)),
            Self::Fold => return Msg::Minimize(on),
            Self::History => return Msg::Past(Past::Open(on)),
            // The bell asks the browser, and a call needs an id of its own.
            Self::Bell | Self::Redial | Self::Dismiss | Self::Help => return Msg::Dismiss,
        };
        Msg::Act { action, reply: None }
    }
}

/// The secondary buttons, in order; the last one is after the main button.
const QUIET: [Quiet; 11] = [
    Quiet::Redial,
    Quiet::Bell,
    Quiet::History,
    Quiet::Mute,
    Quiet::Hold,
    Quiet::Keypad,
    Quiet::Notes,
    Quiet::Decline,
    Quiet::Dismiss,
    Quiet::Help,
    Quiet::Fold,
];

/// Creates the right-hand zone.
pub(super) fn controls(handle: Handle, bar: &Element) -> Panel {
    let root = put(bar, "div", "do");
    attr(&root, "part", "do");
    let mut parts: Vec<(Option<Quiet>, HtmlElement, Icon, HtmlElement)> = Vec::new();
    for quiet in QUIET {
        if quiet == Quiet::Fold {
            let main = panel::button(&root, "main", "main");
            attr(&main, "part", "main");
            let icon = Icon::put(&main);
            let name = put(&main, "span", "");
            parts.push((None, main, icon, name));
        }
        let button = panel::button(&root, "quiet", quiet.id());
        let icon = Icon::put(&button);
        let caption = put(&button, "span", "caption");
        attr(&caption, "aria-hidden", "true");
        parts.push((Some(quiet), button, icon, caption));
    }
    let listeners = vec![on(handle, &root, "click", click)];
    Panel::new(listeners, move |model| {
        let settling = if model.settling { "true" } else { "false" };
        for (quiet, button, icon, caption) in &parts {
            let Some(quiet) = quiet else {
                let main = Main::of(model);
                let can = main.can(model);
                attr(button, "data-main", main.id());
                attr(button, "data-settling", if can { settling } else { "false" });
                attr(button, "aria-disabled", if can { settling } else { "true" });
                icon.show(main_icon(main));
                let name = match main {
                    Main::Save => save_name(model),
                    _ => model.words.say(main.id()).to_owned(),
                };
                text(caption, &name);
                attr(button, "title", &name);
                let key = match main {
                    Main::Cancel => "hangup",
                    Main::CallBack | Main::CallAgain => "call",
                    _ => main.id(),
                };
                panel::shortcut(handle, button, key);
                continue;
            };
            if matches!(quiet, Quiet::Decline | Quiet::Redial) {
                attr(button, "data-settling", settling);
                attr(button, "aria-disabled", settling);
            }
            button.set_hidden(!quiet.shown(model));
            let name = quiet.name(model);
            panel::name(button, name);
            panel::shortcut(handle, button, quiet.id());
            text(caption, name);
            if let Some(pressed) = quiet.pressed(model) {
                attr(button, "aria-pressed", pressed);
            }
            icon.show(quiet.icon(model));
        }
    })
}

fn click(handle: Handle, event: &Event) {
    let Some(button) = panel::about(event, "[data-act]") else { return };
    let act = button.get_attribute("data-act").unwrap_or_default();
    match QUIET.into_iter().find(|quiet| quiet.id() == act) {
        None => press(handle, false),
        Some(Quiet::Redial) => press(handle, true),
        // `loader/keys.js` opens it.
        Some(Quiet::Help) => {}
        Some(Quiet::Bell) => {
            if let Some(ribbon) = handle.ribbon() {
                ribbon.ask_to_notify();
            }
        }
        Some(quiet) => handle.tell(handle.model.with_untracked(|model| quiet.press(model))),
    }
}

fn press(handle: Handle, redial: bool) {
    if let Some(ribbon) = handle.ribbon() {
        ribbon.press(redial);
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
            attr(&self.path, "d", &icon::path(data));
        }
    }
}
