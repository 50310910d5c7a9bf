//! The keypad: twelve digits and what was sent so far.

use super::Handle;
use crate::ribbon::step::Msg;
use call_ribbon_shared::call::Action;
use leptos::prelude::*;

const DIGITS: [char; 12] = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];

/// The keypad, shown while it is open. Digits can be typed, Escape closes it.
pub(super) fn keypad(handle: Handle) -> impl IntoView {
    let press = move |digit| {
        handle.tell(Msg::Act { action: Action::Digit(digit), reply: None });
    };
    let sent = move || {
        handle.see(|model| model.live().map_or_else(String::new, |line| line.digits.clone()))
    };
    let keys: Vec<AnyView> = DIGITS
        .into_iter()
        .map(|digit| {
            view! {
                <button class="key" type="button" data-digit=digit.to_string() on:click=move |_| press(digit)>
                    {digit.to_string()}
                </button>
            }
            .into_any()
        })
        .collect();
    view! {
        <div
            class="keypad"
            part="keypad"
            role="group"
            aria-label=move || handle.say("keypad")
            hidden=move || !handle.see(|model| model.keypad)
            on:keydown=move |event| {
                let key = event.key();
                let mut chars = key.chars();
                if key == "Escape" {
                    handle.tell(Msg::Keypad(false));
                } else if let (Some(digit @ ('0'..='9' | '*' | '#')), None) = (chars.next(), chars.next()) {
                    event.prevent_default();
                    press(digit);
                }
            }
        >
            <output class="digits" aria-live="polite">{sent}</output>
            {keys}
        </div>
    }
}
