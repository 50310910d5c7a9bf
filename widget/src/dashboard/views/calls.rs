//! Every call there is: filtered, searched, sorted, paged through, and taken away as a file.

mod download;
mod filters;
mod list;

use super::head::Head;
use super::saved::SaveView;
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
