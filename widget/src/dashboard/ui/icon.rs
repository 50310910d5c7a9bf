//! Icons of the Lucide set (ISC licence); only those that are named somewhere are downloaded.

use leptos::prelude::*;

/// An icon as large as the text beside it. It says nothing by itself: what it means stands in
/// words beside it, or in the name of the button that it is in.
#[component]
pub fn Icon(
    /// One of `icondata_lu`.
    of: icondata_core::Icon,
) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" inner_html=of.data></svg> }
}
