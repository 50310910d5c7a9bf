//! The rows of a table.

use super::column::{Align, Column, VisibleColumns};
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEventInit};

/// Elements of a row that handle a press themselves.
const OWN: &str = "a, button, input, select, textarea, label, summary";

/// The body of a table.
#[component]
pub(super) fn Body<T>(
    columns: StoredValue<Vec<Column<T>>>,
    shown: VisibleColumns,
    rows: Signal<Vec<T>>,
    key: fn(&T) -> String,
    href: Option<Callback<T, Option<String>>>,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    let body = NodeRef::<html::Tbody>::new();
    view! {
        <tbody node_ref=body on:keydown=move |event| move_focus(&event)>
            <For each=move || rows.get() key=key children=move |row| table_row(columns, shown, &row, href) />
        </tbody>
    }
}

fn table_row<T: Clone + 'static>(
    columns: StoredValue<Vec<Column<T>>>,
    shown: VisibleColumns,
    row: &T,
    href: Option<Callback<T, Option<String>>>,
) -> impl IntoView + use<T> {
    let href = href.and_then(|href| href.run(row.clone()));
    let leads = href.is_some();
    let cells = columns.with_value(|columns| {
        columns
            .iter()
            .enumerate()
            .map(|(place, column)| {
                let (key, end) = (column.key, column.align == Align::End);
                let inside = (column.cell)(row);
                let hidden = move || !shown.is_shown(key);
                match (place, href.clone()) {
                    (0, Some(href)) => view! {
                        <th scope="row" class="name" class:end=end data-key=key hidden=hidden><a class="row-link" href=href>{inside}</a></th>
                    }
                    .into_any(),
                    (0, None) => view! { <th scope="row" class="name" class:end=end data-key=key hidden=hidden>{inside}</th> }.into_any(),
                    _ => view! { <td class="name" class:end=end data-key=key hidden=hidden>{inside}</td> }.into_any(),
                }
            })
            .collect_view()
    });
    view! {
        <tr data-link=leads.then_some("") on:click=move |event| {
            if leads {
                follow_row_link(&event);
            }
        }>{cells}</tr>
    }
}

/// Follows the row's link; held modifier keys open it in a new tab or window. A press on another
/// control, or one that ends a text selection, is ignored.
fn follow_row_link(event: &MouseEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let own = target.is_some_and(|target| target.closest(OWN).ok().flatten().is_some());
    let selected = window().get_selection().ok().flatten().is_some_and(|text| !text.is_collapsed());
    if own || selected {
        return;
    }
    let row = event.current_target().and_then(|row| row.dyn_into::<Element>().ok());
    let Some(link) = row.as_ref().and_then(link_of) else { return };
    let how = MouseEventInit::new();
    how.set_bubbles(true);
    how.set_cancelable(true);
    how.set_ctrl_key(event.ctrl_key());
    how.set_meta_key(event.meta_key());
    how.set_shift_key(event.shift_key());
    if let Ok(again) = MouseEvent::new_with_mouse_event_init_dict("click", &how) {
        // The router or the browser handles the click. It removes this row, so it must not do that
        // while the row's own listener runs.
        let follow = move || drop(link.dispatch_event(&again));
        set_timeout(follow, Duration::ZERO);
    }
}

/// Moves the focus between the rows' links with the arrow keys.
fn move_focus(event: &KeyboardEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let row = target.filter(|target| target.class_list().contains("row-link"));
    let Some(row) = row.and_then(|link| link.closest("tr").ok().flatten()) else { return };
    let rows = row.parent_element();
    let to = match event.key().as_str() {
        "ArrowDown" => row.next_element_sibling(),
        "ArrowUp" => row.previous_element_sibling(),
        "Home" => rows.and_then(|rows| rows.first_element_child()),
        "End" => rows.and_then(|rows| rows.last_element_child()),
        _ => return,
    };
    event.prevent_default();
    if let Some(link) = to.as_ref().and_then(link_of) {
        // Focusing an element of the page cannot fail.
        let _ = link.focus();
    }
}

fn link_of(row: &Element) -> Option<HtmlElement> {
    row.query_selector(".row-link").ok().flatten()?.dyn_into().ok()
}
