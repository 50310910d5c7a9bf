//! Icons of the Lucide set (ISC licence); only those used in the code are downloaded.

use leptos::prelude::*;

/// An icon as large as the text beside it. It is hidden from screen readers: the text beside it, or
/// the name of its button, says what it means.
#[component]
pub fn Icon(
    /// One of `icondata_lu`.
    of: icondata_core::Icon,
) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" inner_html=of.data></svg> }
}
