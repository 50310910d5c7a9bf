//! A menu to choose which columns are shown.

use super::super::icon::Icon;
use super::super::menu::Menu;
use super::column::{Column, VisibleColumns};
use icondata_lu::LuColumns3;
use leptos::prelude::*;

/// A menu of all columns but the first, which names the row.
#[component]
pub(super) fn ColumnsMenu<T: Send + Sync + 'static>(
    columns: StoredValue<Vec<Column<T>>>,
    shown: VisibleColumns,
) -> impl IntoView {
    let choices = move || {
        columns.with_value(|columns| {
            columns
                .iter()
                .skip(1)
                .map(|column| {
                    let key = column.key;
                    view! {
                        <label class="check">
                            <input type="checkbox" prop:checked=move || shown.is_shown(key) on:change=move |_| shown.toggle(key) />
                            <span>{column.title.clone()}</span>
                        </label>
                    }
                })
                .collect_view()
        })
    };
    view! {
        <Menu
            class="button quiet small"
            end=true
            label=|| view! { <Icon of=LuColumns3 />"Columns" }
        >
            {choices()}
        </Menu>
    }
}
