//! The head of a view: its title and actions.

use super::switcher::Whose;
use crate::dashboard::access::Access;
use leptos::prelude::*;

/// The heading, which is also the page's title.
#[component]
pub fn Head(
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// What the view is about.
    #[prop(optional, into)]
    about: MaybeProp<String>,
    /// The address of the previous view, and its name.
    #[prop(optional)]
    back: Option<(Signal<String>, &'static str)>,
    /// Actions for the whole view.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    Effect::new(move |_| document().set_title(&format!("{} · Call Ribbon", title.get())));
    let access = Access::from_context();
    let is_known = Memo::new(move |_| access.client.with(Option::is_some));
    let back = back.map(|(href, name)| view! { <a class="back" href=href>"← "{name}</a> });
    view! {
        <header class="page-head">
            <div>
                {back}
                // A narrow rail does not name the client.
                <div class="of-client" hidden=move || !is_known.get()><Whose /></div>
                <h1 dir="auto">{title}</h1>
                <p hidden=move || about.read().is_none() dir="auto">{move || about.get()}</p>
            </div>
            <div class="row">{children.map(|children| children())}</div>
        </header>
    }
}
