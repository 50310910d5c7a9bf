//! The buttons: one main act, which stays in its place, and the quiet ones beside it.

use super::Handle;
use crate::ribbon::icon;
use crate::ribbon::model::{Look, Model, Session};
use crate::ribbon::step::Msg;
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
        match model.live().map(super::super::model::Line::phase) {
            None | Some(Phase::Ended) => Self::Call,
            Some(Phase::Incoming) => Self::Answer,
            Some(Phase::Dialing | Phase::Ringing) => Self::Cancel,
            Some(Phase::Connected) => Self::HangUp,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Call => "Call",
            Self::Answer => "Answer",
            Self::Cancel => "Cancel",
            Self::HangUp => "Hang up",
        }
    }

    fn can(self, model: &Model) -> bool {
        let ending = model.line.as_ref().is_some_and(|line| line.ending);
        match self {
            Self::Call => model.session == Session::Ready && !model.shown_phone().is_empty(),
            Self::Answer => true,
            Self::Cancel | Self::HangUp => !ending,
        }
    }

    fn press(self, handle: Handle) {
        match self {
            Self::Call => {
                if let Some(ribbon) = handle.ribbon() {
                    let again = ribbon.read(|model| {
                        model.customer.is_none().then(|| model.shown_phone().to_owned())
                    });
                    ribbon.call(again.flatten(), None);
                }
            }
            Self::Answer => handle.tell(Msg::Act { action: Action::Answer, reply: None }),
            Self::Cancel | Self::HangUp => {
                handle.tell(Msg::Act { action: Action::HangUp, reply: None });
            }
        }
    }
}

/// The right-hand zone.
pub(super) fn controls(handle: Handle) -> impl IntoView {
    let main = move || handle.see(Main::of);
    let talking = |model: &Model| model.live().is_some_and(|line| line.phase() == Phase::Connected);
    let can = move |feature: &str| {
        handle.see(|model| talking(model) && model.live().is_some_and(|line| line.can(feature)))
    };
    let muted = move || handle.see(|model| model.live().is_some_and(|line| line.call.is_muted()));
    let held = move || handle.see(|model| model.live().is_some_and(|line| line.call.is_on_hold()));
    let keypad = move || handle.see(|model| model.keypad);
    let folded = move || handle.see(|model| model.minimized);
    let incoming = move || handle.see(|model| model.look() == Look::Incoming);
    let dismissable = move || {
        handle.see(|model| {
            model.live().is_none() && (model.line.is_some() || model.trouble.is_some())
        })
    };
    let act = move |action| handle.tell(Msg::Act { action, reply: None });
    view! {
        <div class="do" part="do">
            {quiet(
                "mute",
                move || if muted() { "Unmute" } else { "Mute" },
                move || if muted() { set::LuMicOff.data } else { set::LuMic.data },
                move || Some(muted()),
                move || can("mute"),
                move || act(Action::Mute(!muted())),
            )}
            {quiet(
                "hold",
                move || if held() { "Resume" } else { "Hold" },
                move || if held() { set::LuPlay.data } else { set::LuPause.data },
                move || Some(held()),
                move || can("hold"),
                move || act(Action::Hold(!held())),
            )}
            {quiet(
                "keypad",
                || "Keypad",
                || set::LuGrip.data,
                move || Some(keypad()),
                move || can("dtmf"),
                move || handle.tell(Msg::Keypad(!keypad())),
            )}
            {quiet(
                "decline",
                || "Decline",
                || set::LuPhoneOff.data,
                || None,
                incoming,
                move || act(Action::HangUp),
            )}
            {quiet("dismiss", || "Dismiss", || set::LuX.data, || None, dismissable, move || handle.tell(Msg::Dismiss))}
            <button
                class="main"
                part="main"
                type="button"
                data-main=move || match main() {
                    Main::Call => "call",
                    Main::Answer => "answer",
                    Main::Cancel => "cancel",
                    Main::HangUp => "hangup",
                }
                aria-disabled=move || (!handle.see(|model| main().can(model))).to_string()
                on:click=move |_| {
                    let can = handle.model.with_untracked(|model| Main::of(model).can(model));
                    if can {
                        handle.model.with_untracked(Main::of).press(handle);
                    }
                }
            >
                {svg(move || if matches!(main(), Main::Call | Main::Answer) { set::LuPhone.data } else { set::LuPhoneOff.data })}
                <span>{move || main().words()}</span>
            </button>
            {quiet(
                "fold",
                move || if folded() { "Open the ribbon" } else { "Minimize" },
                move || if folded() { set::LuChevronUp.data } else { set::LuChevronDown.data },
                || None,
                || true,
                move || handle.tell(Msg::Minimize(!folded())),
            )}
        </div>
    }
}

/// A button with an icon and a name; `pressed` where it is one that stays pressed.
fn quiet(
    id: &'static str,
    name: impl Fn() -> &'static str + Copy + Send + Sync + 'static,
    icon: impl Fn() -> &'static str + Send + Sync + 'static,
    pressed: impl Fn() -> Option<bool> + Send + Sync + 'static,
    shown: impl Fn() -> bool + Send + Sync + 'static,
    press: impl Fn() + 'static,
) -> AnyView {
    // The words are of fixed length in the type system's eyes: one kind of button for all.
    quiet_button(
        id,
        Signal::derive(name),
        Signal::derive(icon),
        Signal::derive(pressed),
        Signal::derive(shown),
        Box::new(press),
    )
}

fn quiet_button(
    id: &'static str,
    name: Signal<&'static str>,
    icon: Signal<&'static str>,
    pressed: Signal<Option<bool>>,
    shown: Signal<bool>,
    press: Box<dyn Fn()>,
) -> AnyView {
    view! {
        <button
            class="quiet"
            type="button"
            data-act=id
            title=move || name.get()
            aria-label=move || name.get()
            aria-pressed=move || pressed.get().map(|on| on.to_string())
            hidden=move || !shown.get()
            on:click=move |_| press()
        >
            {svg(move || icon.get())}
            <span class="caption" aria-hidden="true">{move || name.get()}</span>
        </button>
    }
    .into_any()
}

/// An icon by its SVG text.
pub(super) fn svg(data: impl Fn() -> &'static str + Send + Sync + 'static) -> AnyView {
    view! {
        <svg viewBox="0 0 24 24" aria-hidden="true" class="icon">
            <path d=move || icon::path(data())></path>
        </svg>
    }
    .into_any()
}
