//! Placeholders for a missing answer. Each says what the state is and what to do.

use super::icon::Icon;
use super::tag::Tone;
use icondata_lu::{
    LuCircleAlert, LuCircleCheck, LuInbox, LuInfo, LuLock, LuRefreshCw, LuTriangleAlert,
};
use leptos::prelude::*;

/// The answer is loading: shows the shape of the content, so that nothing jumps.
#[component]
pub fn Loading(
    /// The number of lines to expect.
    #[prop(default = 4)]
    lines: usize,
    /// Whether to expect a chart.
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

/// The answer could not be loaded.
#[component]
pub fn Failed(
    /// What happened and what to do, as the server or the API client says it.
    #[prop(into)]
    reason: Signal<String>,
    /// Sends the request again; without it, no button is shown.
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

/// There is no data yet.
#[component]
pub fn Empty(
    /// What is missing, such as "No calls in these days"
    #[prop(into)]
    title: Signal<String>,
    /// How to get data: a sentence, links, buttons.
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

/// The user lacks permission.
#[component]
pub fn NoPermission(
    /// What is needed to see it, such as "Sign in as an admin of this client."
    #[prop(into)]
    needs: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="state">
            <Icon of=LuLock />
            <p class="title">"This sign-in has no access"</p>
            <p>{needs}</p>
        </div>
    }
}

/// A remark in a coloured box, such as about two spellings of a field.
#[component]
pub fn Note(
    /// Whether the remark is good, a warning or an error; blue only informs.
    #[prop(optional)]
    tone: Tone,
    /// The text.
    children: Children,
) -> impl IntoView {
    let icon = match tone {
        Tone::Red => LuCircleAlert,
        Tone::Amber => LuTriangleAlert,
        Tone::Green => LuCircleCheck,
        Tone::Blue | Tone::Plain => LuInfo,
    };
    view! {
        <div class="note" data-tone=tone.class_name()>
            <Icon of=icon />
            <div>{children()}</div>
        </div>
    }
}
