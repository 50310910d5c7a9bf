//! The head of a view: its name, and what can be done with all of it.

use leptos::prelude::*;

/// The heading, which is the page's title too.
#[component]
pub fn Head(
    /// What the view is called.
    #[prop(into)]
    title: Signal<String>,
    /// What it is about.
    #[prop(optional, into)]
    about: MaybeProp<String>,
    /// Where one came from: an address, and what it is called.
    #[prop(optional)]
    back: Option<(Signal<String>, &'static str)>,
    /// What can be done with all that is shown.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    Effect::new(move |_| document().set_title(&format!("{} · Call Ribbon", title.get())));
    let back = back.map(|(href, name)| view! { <a class="back" href=href>"← "{name}</a> });
    view! {
        <header class="page-head">
            <div>
                {back}
                <h1 dir="auto">{title}</h1>
                <p hidden=move || about.read().is_none() dir="auto">{move || about.get()}</p>
            </div>
            <div class="row">{children.map(|children| children())}</div>
        </header>
    }
}
