//! The view for an unknown address.

use super::head::Head;
use crate::dashboard::address::link;
use crate::dashboard::ui::Empty;
use leptos::prelude::*;

/// The view.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Head title="No such page" />
        <section class="card">
            <Empty title="There is nothing at this address">
                <p>"The link may be older than this version, or a part of it is missing."</p>
                <div class="row"><a class="button main" href=move || link("/dashboard", &[])>"To the overview"</a></div>
            </Empty>
        </section>
    }
}
