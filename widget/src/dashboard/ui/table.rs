//! Tables whose rows link to other views.

mod body;
mod column;
mod columns_menu;
mod head;

pub use column::{Align, Column, Sort, shown_columns};

use super::export_menu::{ExportMenu, read_shown_table};
use body::Body;
use column::VisibleColumns;
use columns_menu::ColumnsMenu;
use head::Head;
use leptos::html;
use leptos::prelude::*;

/// A table. If rows have an address, the first shown column is a link; a press anywhere in the row
/// follows it, and the arrow keys move from row to row. Users can hide columns, which the browser
/// remembers under `name`.
#[component]
pub fn DataTable<T>(
    /// The name under which hidden columns are remembered.
    name: &'static str,
    /// What the table holds, for screen readers.
    #[prop(into)]
    caption: Signal<String>,
    /// Its columns.
    columns: Vec<Column<T>>,
    /// Its rows.
    #[prop(into)]
    rows: Signal<Vec<T>>,
    /// Returns the key of a row. A row whose key stays is not redrawn, so everything that can
    /// change must be part of it.
    key: fn(&T) -> String,
    /// Returns the address of a row.
    #[prop(optional, into)]
    href: Option<Callback<T, Option<String>>>,
    /// The current order of the rows.
    #[prop(optional, into)]
    sort: MaybeProp<Sort>,
    /// Receives a new order; without it, no column can be sorted.
    #[prop(optional, into)]
    on_sort: Option<Callback<Sort>>,
    /// Whether other rows are loading.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Content above the table, such as the number of rows.
    #[prop(optional, into)]
    summary: ViewFn,
    /// Content in place of missing rows.
    #[prop(optional, into)]
    empty: ViewFn,
    /// Content below, such as a button for more rows.
    #[prop(optional, into)]
    footer: ViewFn,
    /// Whether the table scrolls within itself and keeps its head in sight.
    #[prop(optional)]
    tall: bool,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    let columns = StoredValue::new(columns);
    let shown = VisibleColumns::from_storage(name, &columns.read_value());
    let table = NodeRef::<html::Table>::new();
    let has_rows = Memo::new(move |_| !rows.read().is_empty());
    view! {
        <div class="table-wrap" aria-busy=move || busy.get().to_string()>
            <div class="table-bar" hidden=move || !has_rows.get()>
                <div role="status">{move || summary.run()}</div>
                <ColumnsMenu columns=columns shown=shown />
                <ExportMenu title=caption numbers=Callback::new(move |()| {
                    table.get_untracked().map(|table| read_shown_table(&table)).unwrap_or_default()
                }) />
            </div>
            <div
                class="table-box"
                class:tall=tall
                tabindex="0"
                role="region"
                aria-label=caption
                hidden=move || !has_rows.get()
            >
                <table class="table" data-table=name node_ref=table>
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
