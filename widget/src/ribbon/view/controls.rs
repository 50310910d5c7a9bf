//! The buttons: one main act, which stays in its place, and the quiet ones beside it.

use super::Handle;
use crate::ribbon::icon;
use crate::ribbon::model::{Line, Model, Session};
use crate::ribbon::step::{Msg, Wrap};
use call_ribbon_shared::call::{Action, Phase};
use icondata_lu as set;
use leptos::prelude::*;

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
        // Without a customer it is the last number that is called again.
        let again = model.customer.is_none().then(|| model.shown_phone().to_owned());
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
            Self::Decline | Self::Dismiss => false,
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
            (Self::Notes, _) => set::LuNotebookPen.data,
            (Self::Decline, _) => set::LuPhoneOff.data,
            (Self::Dismiss, _) => set::LuX.data,
            (Self::Fold, false) => set::LuChevronDown.data,
            (Self::Fold, true) => set::LuChevronUp.data,
        }
    }

    /// `aria-pressed`; nothing for a button that does not stay pressed.
    fn pressed(self, model: &Model) -> Option<&'static str> {
        matches!(self, Self::Mute | Self::Hold | Self::Keypad | Self::Notes)
            .then(|| if self.on(model) { "true" } else { "false" })
    }

    fn shown(self, model: &Model) -> bool {
        let talking = |feature| {
            model.live().is_some_and(|line| line.phase() == Phase::Connected && line.can(feature))
        };
        match self {
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
            Self::Dismiss => return Msg::Dismiss,
        };
        Msg::Act { action, reply: None }
    }
}

/// The right-hand zone.
pub(super) fn controls(handle: Handle) -> impl IntoView {
    let before =
        [Quiet::Mute, Quiet::Hold, Quiet::Keypad, Quiet::Notes, Quiet::Decline, Quiet::Dismiss];
    view! {
        <div class="do" part="do">
            {before.into_iter().map(|button| quiet(handle, button)).collect::<Vec<_>>()}
            <button
                class="main"
                part="main"
                type="button"
                data-main=move || handle.see(|model| Main::of(model).id())
                aria-disabled=move || {
                    handle.see(|model| if Main::of(model).can(model) { "false" } else { "true" })
                }
                on:click=move |_| press_main(handle)
            >
                {svg(handle, |model, _| Main::of(model).icon(), Quiet::Fold)}
                <span>{move || handle.see(|model| model.words.say(Main::of(model).id()))}</span>
            </button>
            {quiet(handle, Quiet::Fold)}
        </div>
    }
}

/// A button with an icon and a name.
fn quiet(handle: Handle, button: Quiet) -> AnyView {
    let name = move || handle.see(|model| button.name(model));
    view! {
        <button
            class="quiet"
            type="button"
            data-act=button.id()
            title=name
            aria-label=name
            aria-pressed=move || handle.see(|model| button.pressed(model))
            hidden=move || handle.see(|model| !button.shown(model))
            on:click=move |_| {
                let msg = handle.model.with_untracked(|model| button.press(model));
                handle.tell(msg);
            }
        >
            {svg(handle, |model, button| button.icon(model), button)}
            <span class="caption" aria-hidden="true">{name}</span>
        </button>
    }
    .into_any()
}

/// An icon that follows the model. One kind of function for all of them keeps the download
/// small.
fn svg(handle: Handle, data: fn(&Model, Quiet) -> &'static str, of: Quiet) -> AnyView {
    view! {
        <svg viewBox="0 0 24 24" aria-hidden="true" class="icon">
            <path d=move || handle.see(|model| icon::path(data(model, of)))></path>
        </svg>
    }
    .into_any()
}
