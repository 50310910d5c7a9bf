//! A word that says how something stands.

use call_ribbon_shared::call::Status;
use leptos::prelude::*;

/// The colours of states, the same as the ribbon's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing to look at: idle, over.
    #[default]
    Plain,
    /// On its way: dialing, ringing.
    Blue,
    /// As it should be: in call, completed.
    Green,
    /// It waits: on hold, to be looked at.
    Amber,
    /// It went wrong.
    Red,
}

impl Tone {
    /// What the style sheets know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
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

/// A dot and a word. What still goes on has a ring instead of a dot.
#[component]
pub fn Tag(
    /// The word.
    #[prop(into)]
    text: Signal<String>,
    /// Its colour.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    /// Whether it still goes on.
    #[prop(optional, into)]
    live: Signal<bool>,
) -> impl IntoView {
    view! {
        <span class="tag" data-tone=move || tone.get().name() data-live=move || live.get().then_some("")>
            {text}
        </span>
    }
}
