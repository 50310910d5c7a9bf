//! What is there instead of an answer. Each says what is so, and what to do.

use super::icon::Icon;
use super::tag::Tone;
use icondata_lu::{
    LuCircleAlert, LuCircleCheck, LuInbox, LuInfo, LuLock, LuRefreshCw, LuTriangleAlert,
};
use leptos::prelude::*;

/// It is being fetched: the shape of what will come, so that nothing jumps.
#[component]
pub fn Loading(
    /// How many lines will come.
    #[prop(default = 4)]
    lines: usize,
    /// Whether a chart will come instead.
    #[prop(optional)]
    chart: bool,
) -> impl IntoView {
    let lines = if chart { 1 } else { lines };
    view! {
        <div class="skeleton" class:drawn=chart role="status">
            <span class="unseen">"Loading"</span>
            {(0..lines).map(|_| view! { <i></i> }).collect_view()}
        </div>
    }
}

/// It could not be fetched.
#[component]
pub fn Failed(
    /// What happened and what to do, as the server or the API client says it.
    #[prop(into)]
    reason: Signal<String>,
    /// Asks again; without it there is no button.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    view! {
        <div class="state failed" role="alert">
            <Icon of=LuTriangleAlert />
            <p class="title">"This could not be loaded"</p>
            <p dir="auto">{reason}</p>
            {retry.map(|retry| view! {
                <div class="row">
                    <button type="button" class="button" on:click=move |_| retry.run(())>
                        <Icon of=LuRefreshCw />"Try again"
                    </button>
                </div>
            })}
        </div>
    }
}

/// There is nothing yet.
#[component]
pub fn Empty(
    /// What there is none of, such as "No calls in these days".
    #[prop(into)]
    title: Signal<String>,
    /// How to get some: a sentence, links, buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="state">
            <Icon of=LuInbox />
            <p class="title">{title}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// It is not for this reader.
#[component]
pub fn NoPermission(
    /// What is needed to see it, such as "Sign in as an admin of this client."
    #[prop(into)]
    needs: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="state">
            <Icon of=LuLock />
            <p class="title">"Not with this sign-in"</p>
            <p>{needs}</p>
        </div>
    }
}

/// A remark in a coloured box, such as two spellings of one field.
#[component]
pub fn Note(
    /// Whether it is good, a warning, or trouble; blue merely tells.
    #[prop(optional)]
    tone: Tone,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let icon = match tone {
        Tone::Red => LuCircleAlert,
        Tone::Amber => LuTriangleAlert,
        Tone::Green => LuCircleCheck,
        Tone::Blue | Tone::Plain => LuInfo,
    };
    view! {
        <div class="note" data-tone=tone.name()>
            <Icon of=icon />
            <div>{children()}</div>
        </div>
    }
}
