//! Draws the model. Decides nothing: what is shown follows from [`Model`], what is clicked
//! becomes a message.
//!
//! Nearly every element is always there and only shown or hidden: nothing is built anew while
//! a call runs, so the keyboard's focus stays where it is and nothing jumps.

mod controls;
mod keypad;
mod panel;
mod place;
mod wrap_up;

use super::customer::Customer;
use super::model::{Look, Model};
use super::runtime::Ribbon;
use super::step::Msg;
use super::words;
use call_ribbon_shared::Millis;
use leptos::prelude::*;
use std::rc::{Rc, Weak};

/// What the parts of the interface share: the model to draw, and the way back.
#[derive(Clone, Copy)]
pub(super) struct Handle {
    ribbon: StoredValue<Weak<Ribbon>, LocalStorage>,
    model: RwSignal<Model, LocalStorage>,
    now: RwSignal<Millis>,
}

impl Handle {
    /// The handle of a ribbon.
    pub(super) fn new(
        ribbon: &Rc<Ribbon>,
        model: RwSignal<Model, LocalStorage>,
        now: RwSignal<Millis>,
    ) -> Self {
        let ribbon = ribbon.owner().with(|| StoredValue::new_local(Rc::downgrade(ribbon)));
        Self { ribbon, model, now }
    }

    /// Something of the model, followed as it changes.
    fn see<T>(self, read: impl FnOnce(&Model) -> T) -> T {
        self.model.with(read)
    }

    /// The ribbon, unless it is being removed.
    fn ribbon(self) -> Option<Rc<Ribbon>> {
        self.ribbon.try_with_value(Weak::upgrade).flatten()
    }

    /// What stands for a key in the agent's language, followed as that changes.
    fn say(self, key: &'static str) -> &'static str {
        self.see(|model| model.words.say(key))
    }

    /// Passes a click on.
    fn tell(self, msg: Msg) {
        if let Some(ribbon) = self.ribbon() {
            ribbon.tell(msg);
        }
    }

    /// Seconds talked so far, or in all.
    fn seconds(self) -> Option<i64> {
        let now = self.now.get();
        self.see(|model| {
            let line = model.line.as_ref()?;
            match line.call.connected_at() {
                Some(since) if line.is_live() => Some((now - since).max(0) / 1000),
                Some(_) => line.call.duration().map(i64::from),
                None => None,
            }
        })
    }
}

/// The whole interface.
pub(super) fn ribbon(handle: Handle) -> impl IntoView {
    let place = NodeRef::new();
    place.on_load(move |card: web_sys::HtmlDivElement| {
        place::recall(&card);
        panel::follow(handle, vec![wrap_up::wrap_up(handle, &card)]);
    });
    view! {
        <div
            class="place"
            node_ref=place
            data-position=move || handle.see(|model| model.position.as_str())
            data-minimized=move || handle.see(|model| model.minimized.to_string())
            hidden=move || handle.see(|model| model.hidden)
            lang=move || handle.see(|model| model.words.tag)
            dir=move || handle.say("dir")
        >
            <div
                class="bar"
                part="bar"
                role="region"
                aria-label=move || handle.say("ribbon")
                data-look=move || handle.see(|model| model.look().as_str())
                on:pointerdown=move |event| place::drag(handle, place, &event)
            >
                {who(handle)}
                {what(handle)}
                {controls::controls(handle)}
            </div>
            {keypad::keypad(handle)}
        </div>
    }
}

/// Who is on the line: initials, name, number and what the context says.
fn who(handle: Handle) -> impl IntoView {
    let name = move || {
        handle.see(|model| {
            let name = model.shown_customer().map(|customer| customer.name.clone());
            name.filter(|name| !name.is_empty()).unwrap_or_else(|| {
                let phone = model.shown_phone();
                if phone.is_empty() { model.words.say("no-customer") } else { phone }.to_owned()
            })
        })
    };
    let initials =
        move || handle.see(|m| m.shown_customer().map_or_else(String::new, Customer::initials));
    let details = move || {
        handle.see(|model| {
            let customer = model.shown_customer();
            let mut parts = Vec::new();
            if customer.is_some_and(|customer| !customer.name.is_empty()) {
                parts.push(model.shown_phone().to_owned());
            }
            let facts = customer.map(|customer| customer.facts.as_slice()).unwrap_or_default();
            parts.extend(facts.iter().map(|(label, value)| format!("{label} {value}")));
            parts.join(" · ")
        })
    };
    view! {
        <div
            class="who"
            part="who"
            title=move || format!("{}\n{}", name(), details())
        >
            <span class="avatar" aria-hidden="true">{initials}</span>
            <span class="lines">
                <b class="name" dir="auto">{name}</b>
                <span class="details" dir="auto">{details}</span>
            </span>
        </div>
    }
}

/// What is going on: the state in a word, the time, and one line of what to do next.
fn what(handle: Handle) -> impl IntoView {
    let state = move || handle.see(|model| model.words.say(words::state(model)));
    let advice = move || handle.see(words::advice);
    let timer = move || handle.seconds().map_or_else(String::new, words::clock);
    let shouts = move || {
        handle.see(|model| {
            matches!(model.look(), Look::Failed | Look::Offline) || model.trouble.is_some()
        })
    };
    view! {
        <div class="what" part="what" title=advice>
            <span class="lines">
                <span class="now">
                    <i class="dot" aria-hidden="true"></i>
                    <b class="state" role="status">{state}</b>
                    <span class="timer" role="timer">{timer}</span>
                </span>
                <span class="advice" data-alert=move || shouts().to_string() role="status" dir="auto">{advice}</span>
            </span>
        </div>
    }
}
