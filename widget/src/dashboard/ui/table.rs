//! Tables of rows that lead somewhere.

mod body;
mod column;
mod columns_menu;
mod head;

pub use column::{Align, Column, Sort};

use body::Body;
use column::Shown;
use columns_menu::ColumnsMenu;
use head::Head;
use leptos::prelude::*;

/// A table. Its first shown column is a link where rows have an address; a press anywhere in a
/// row follows it, the arrow keys go from row to row. Readers can hide columns, which the browser
/// remembers under `name`.
#[component]
pub fn DataTable<T>(
    /// What the columns that a reader hid are remembered under.
    name: &'static str,
    /// What the table holds, for those who listen.
    #[prop(into)]
    caption: Signal<String>,
    /// Its columns.
    columns: Vec<Column<T>>,
    /// Its rows.
    #[prop(into)]
    rows: Signal<Vec<T>>,
    /// What tells rows apart. A row whose text stays is not drawn anew, so all that can change
    /// belongs into it.
    key: fn(&T) -> String,
    /// Where a row leads.
    #[prop(optional, into)]
    href: Option<Callback<T, Option<String>>>,
    /// How the rows are sorted.
    #[prop(optional, into)]
    sort: MaybeProp<Sort>,
    /// Told of how they shall be sorted; without it no column can be sorted by.
    #[prop(optional, into)]
    on_sort: Option<Callback<Sort>>,
    /// Whether other rows are on their way.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What is said above the table, such as how many rows there are.
    #[prop(optional, into)]
    summary: ViewFn,
    /// What is there instead of rows.
    #[prop(optional, into)]
    empty: ViewFn,
    /// What stands below, such as the way to more rows.
    #[prop(optional, into)]
    footer: ViewFn,
    /// Whether the table scrolls by itself, with its head in sight.
    #[prop(optional)]
    tall: bool,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    let columns = StoredValue::new(columns);
    let shown = Shown::recalled(name, &columns.read_value());
    let has_rows = Memo::new(move |_| !rows.read().is_empty());
    view! {
        <div class="table-wrap" aria-busy=move || busy.get().to_string()>
            <div class="table-bar" hidden=move || !has_rows.get()>
                <div role="status">{move || summary.run()}</div>
                <ColumnsMenu columns=columns shown=shown />
            </div>
            <div
                class="table-box"
                class:tall=tall
                tabindex="0"
                role="region"
                aria-label=caption
                hidden=move || !has_rows.get()
            >
                <table class="table">
                    <caption class="unseen">{caption}</caption>
                    <Head columns=columns shown=shown sort=sort on_sort=on_sort />
                    <Body columns=columns shown=shown rows=rows key=key href=href />
                </table>
            </div>
            {move || (!has_rows.get()).then(|| empty.run())}
            {move || footer.run()}
        </div>
    }
}
