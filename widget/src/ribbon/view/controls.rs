//! The buttons: one main act, which stays in its place, and the quiet ones beside it.

use super::Handle;
use super::panel::{self, Panel, attr, on, put, text};
use crate::ribbon::icon;
use crate::ribbon::model::{Line, Look, Model, Session};
use crate::ribbon::step::{Msg, Past, Wrap};
use call_ribbon_shared::call::{Action, Phase};
use icondata_lu as set;
use leptos::prelude::*;
use std::cell::Cell;
use web_sys::{Element, Event, HtmlElement};

/// What the main button does now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Main {
    Call,
    Answer,
    Cancel,
    HangUp,
}

impl Main {
    fn of(model: &Model) -> Self {
        match model.live().map(Line::phase) {
            None | Some(Phase::Ended) => Self::Call,
            Some(Phase::Incoming) => Self::Answer,
            Some(Phase::Dialing | Phase::Ringing) => Self::Cancel,
            Some(Phase::Connected) => Self::HangUp,
        }
    }

    /// Its name in `data-main`, and the key of its word.
    fn id(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Answer => "answer",
            Self::Cancel => "cancel",
            Self::HangUp => "hangup",
        }
    }

    fn icon(self) -> &'static str {
        match self {
            Self::Call | Self::Answer => set::LuPhone.data,
            Self::Cancel | Self::HangUp => set::LuPhoneOff.data,
        }
    }

    fn can(self, model: &Model) -> bool {
        match self {
            Self::Call => model.session == Session::Ready && !model.shown_phone().is_empty(),
            Self::Answer => true,
            Self::Cancel | Self::HangUp => !model.line.as_ref().is_some_and(|line| line.ending),
        }
    }
}

/// Does what the main button says, if it can be done now.
fn press_main(handle: Handle) {
    let (main, can, again) = handle.model.with_untracked(|model| {
        let main = Main::of(model);
        // Without a customer it is the last number that is called again; whom we missed comes
        // before the customer.
        let back = model.customer.is_none() || model.missed().is_some();
        let again = back.then(|| model.shown_phone().to_owned());
        (main, main.can(model), again)
    });
    if !can {
        return;
    }
    let action = match main {
        Main::Call => {
            if let Some(ribbon) = handle.ribbon() {
                ribbon.call(again, None);
            }
            return;
        }
        Main::Answer => Action::Answer,
        Main::Cancel | Main::HangUp => Action::HangUp,
    };
    handle.tell(Msg::Act { action, reply: None });
}

/// A quiet button.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quiet {
    Bell,
    History,
    Mute,
    Hold,
    Keypad,
    Notes,
    Decline,
    Dismiss,
    Fold,
}

impl Quiet {
    fn id(self) -> &'static str {
        match self {
            Self::Bell => "bell",
            Self::History => "history",
            Self::Mute => "mute",
            Self::Hold => "hold",
            Self::Keypad => "keypad",
            Self::Notes => "notes",
            Self::Decline => "decline",
            Self::Dismiss => "dismiss",
            Self::Fold => "fold",
        }
    }

    /// Whether it is pressed, for those that stay pressed; for [`Self::Fold`], whether the
    /// ribbon is folded.
    fn on(self, model: &Model) -> bool {
        let line = |is: fn(&Line) -> bool| model.live().is_some_and(is);
        match self {
            Self::Mute => line(|line| line.call.is_muted()),
            Self::Hold => line(|line| line.call.is_on_hold()),
            Self::Keypad => model.keypad,
            Self::Notes => model.wrap_up.as_ref().is_some_and(|wrap| wrap.open),
            Self::Fold => model.minimized,
            Self::History => model.history.open,
            Self::Bell | Self::Decline | Self::Dismiss => false,
        }
    }

    fn name(self, model: &Model) -> &'static str {
        model.words.say(match (self, self.on(model)) {
            (Self::Mute, true) => "unmute",
            (Self::Hold, true) => "resume",
            (Self::Fold, false) => "minimize",
            (Self::Fold, true) => "open",
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
            (Self::Bell, _) => set::LuBell.data,
            (Self::History, _) => set::LuHistory.data,
            (Self::Notes, _) => set::LuNotebookPen.data,
            (Self::Decline, _) => set::LuPhoneOff.data,
            (Self::Dismiss, _) => set::LuX.data,
            (Self::Fold, false) => set::LuChevronDown.data,
            (Self::Fold, true) => set::LuChevronUp.data,
        }
    }

    /// `aria-pressed`; nothing for a button that does not stay pressed.
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
            Self::Mute => talking("mute"),
            Self::Hold => talking("hold"),
            Self::Keypad => talking("dtmf"),
            Self::Notes => model.line.as_ref().is_some_and(|line| {
                !line.session_id.is_empty()
                    && matches!(line.phase(), Phase::Connected | Phase::Ended)
            }),
            Self::Decline => model.live().is_some_and(|line| line.phase() == Phase::Incoming),
            Self::Dismiss => {
                model.live().is_none() && (model.line.is_some() || model.trouble.is_some())
            }
            Self::Fold => true,
        }
    }

    fn press(self, model: &Model) -> Msg {
        let on = !self.on(model);
        let action = match self {
            Self::Mute => Action::Mute(on),
            Self::Hold => Action::Hold(on),
            Self::Decline => Action::HangUp,
            Self::Keypad => return Msg::Keypad(on),
            Self::Notes => return Msg::Wrap(Wrap::Open(on)),
            Self::Fold => return Msg::Minimize(on),
            Self::History => return Msg::Past(Past::Open(on)),
            // The bell asks the browser, not the model.
            Self::Bell | Self::Dismiss => return Msg::Dismiss,
        };
        Msg::Act { action, reply: None }
    }
}

/// The quiet buttons, in their order; the last one stands behind the main one.
const QUIET: [Quiet; 9] = [
    Quiet::Bell,
    Quiet::History,
    Quiet::Mute,
    Quiet::Hold,
    Quiet::Keypad,
    Quiet::Notes,
    Quiet::Decline,
    Quiet::Dismiss,
    Quiet::Fold,
];

/// The right-hand zone.
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
        for (quiet, button, icon, caption) in &parts {
            let Some(quiet) = quiet else {
                let main = Main::of(model);
                attr(button, "data-main", main.id());
                attr(button, "aria-disabled", if main.can(model) { "false" } else { "true" });
                icon.show(main.icon());
                text(caption, model.words.say(main.id()));
                continue;
            };
            button.set_hidden(!quiet.shown(model));
            let name = quiet.name(model);
            panel::name(button, name);
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
        None => press_main(handle),
        Some(Quiet::Bell) => {
            if let Some(ribbon) = handle.ribbon() {
                ribbon.ask_to_notify();
            }
        }
        Some(quiet) => handle.tell(handle.model.with_untracked(|model| quiet.press(model))),
    }
}

/// An icon that is drawn anew when it becomes another one.
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
