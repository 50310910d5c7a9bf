//! A table of a few rows with actions.

use leptos::prelude::*;

/// A table with column titles; the rows are `<tr>` elements.
#[component]
pub fn SmallTable(
    /// What it holds.
    #[prop(into)]
    caption: Signal<String>,
    /// The titles of its columns.
    #[prop(into)]
    heads: Vec<&'static str>,
    /// Its rows.
    children: Children,
) -> impl IntoView {
    let heads = heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }).collect_view();
    view! {
        <div class="table-box" tabindex="0" role="group" aria-label=caption>
            <table class="table">
                <caption class="unseen">{caption}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

/// A time in a table; a dash if there was none.
#[component]
pub fn Moment(
    /// The time, as the server writes it.
    at: Option<String>,
    /// The text if there was none.
    #[prop(default = "–")]
    never: &'static str,
) -> impl IntoView {
    use crate::dashboard::access::Access;
    use crate::dashboard::ui::format;
    let zone = Access::from_context().time_zone();
    match at {
        Some(at) => {
            let (short, long) = (format::moment(&at, &zone), format::moment_long(&at, &zone));
            view! { <time datetime=at title=long>{short}</time> }.into_any()
        }
        None => view! { <span class="soft">{never}</span> }.into_any(),
    }
}
