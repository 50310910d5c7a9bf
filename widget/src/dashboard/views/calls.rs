//! The Calls view: filters, searches, sorts, pages through and downloads calls.

mod chips;
mod conditions;
pub mod download;
mod field_filter;
mod filters;
mod list;

use super::head::Head;
use super::saved_views::SaveView;
use download::Download;
use filters::Filters;
use leptos::prelude::*;
use list::List;

/// The view.
#[component]
pub fn Calls() -> impl IntoView {
    view! {
        <Head title="Calls"><Download /><SaveView /></Head>
        <Filters />
        <List />
    }
}
