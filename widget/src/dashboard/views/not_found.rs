//! The view for an unknown address.

use super::head::Head;
use crate::dashboard::address::view_link;
use crate::dashboard::ui::Empty;
use leptos::prelude::*;

/// The view.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Head title="Page not found" />
        <section class="card">
            <Empty title="This address has no page">
                <p>"The link may be out of date or incomplete."</p>
                <div class="row"><a class="button main" href=move || view_link("/dashboard", &[])>"Go to the overview"</a></div>
            </Empty>
        </section>
    }
}
