//! A tag: a word that names a state.

use call_ribbon_shared::call::Status;
use leptos::prelude::*;

/// The colours of states, the same as in the ribbon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing to do: idle, over.
    #[default]
    Plain,
    /// In progress: dialing, ringing.
    Blue,
    /// As it should be: in a call, completed.
    Green,
    /// Waiting: on hold, to be checked.
    Amber,
    /// Failed.
    Red,
}

impl Tone {
    /// Returns the name in the style sheets.
    #[must_use]
    pub fn class_name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Blue => "blue",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Red => "red",
        }
    }
}

impl From<Status> for Tone {
    fn from(status: Status) -> Self {
        match status {
            Status::Active => Self::Blue,
            Status::Completed => Self::Green,
            Status::Missed | Status::Failed => Self::Red,
            Status::Busy => Self::Amber,
            _ => Self::Plain,
        }
    }
}

/// A dot and a word. A state that still continues has a ring instead of a dot.
#[component]
pub fn Tag(
    /// The word.
    #[prop(into)]
    text: Signal<String>,
    /// Its colour.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    /// Whether the state still continues.
    #[prop(optional, into)]
    live: Signal<bool>,
) -> impl IntoView {
    view! {
        <span class="tag" data-tone=move || tone.get().class_name() data-live=move || live.get().then_some("")>
            {text}
        </span>
    }
}
